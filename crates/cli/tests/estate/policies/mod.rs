//! Policies through the program: the starter set over plans with known answers, and the estate's own bundles.

mod bundles;
mod starter;
