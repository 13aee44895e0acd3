//! The driver of the real world: it loads configurations, holds leases, drives the engine's machines against providers
//! and stores, and takes the stacks of an estate through a run.
//!
//! It decides nothing about resources (the engine does) and prints nothing (it tells [`Events`]).
//!
//! Invariant: no call that changes an object begins before its entry in the journal is durable.

pub mod adopted;
pub mod audit;
pub mod bounds;
pub mod cloud;
pub mod credentials;
pub mod difference;
mod drive;
pub mod estate;
pub mod evaluate;
pub mod events;
pub mod failure;
mod impure;
mod interrupt;
pub mod lease;
pub mod load;
mod mask;
pub mod offline;
pub mod overrides;
pub mod providers;
pub mod recording;
pub mod resolve;
pub mod root;
pub mod secrets;
pub mod shadow;
pub mod stack;
pub mod trail;
mod underway;
pub mod variables;
pub mod who;
mod world;

pub use interrupt::{Interrupter, Interrupts, Level, interrupts};
