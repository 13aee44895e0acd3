//! Conversion between types.
