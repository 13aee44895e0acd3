//! Tests of the simulated cloud from outside.

mod behaviour;
mod driver;
mod every_type;
mod overlays;
