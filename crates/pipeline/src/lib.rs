//! The text of an estate's CI pipelines and of its owners' file. Writes no file.
