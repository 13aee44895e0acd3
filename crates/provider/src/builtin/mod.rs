//! The provider that is built in.
