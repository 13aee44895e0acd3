//! Tests of the simulated cloud from outside.

#[cfg(test)]
mod behaviour;
#[cfg(test)]
mod driver;
#[cfg(test)]
mod every_type;
#[cfg(test)]
mod overlays;
#[cfg(test)]
mod rules;
