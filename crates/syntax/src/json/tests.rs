//! Tests of JSON syntax.
