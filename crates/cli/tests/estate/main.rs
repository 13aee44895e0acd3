//! Estates through the program itself.

mod access;
mod adopt;
mod affected;
mod audit;
mod blueprints;
mod choice;
mod ci;
#[path = "../../../run/tests/cloud/mod.rs"]
mod cloud;
mod derive;
mod drift;
mod explore;
mod guard;
mod hello;
mod hostile;
mod identities;
mod new;
mod outside;
mod page;
mod policies;
mod rehearse;
mod resume;
mod runs;
mod scenarios;
mod schemas;
mod secrets;
#[expect(dead_code, reason = "only some of what the store's own tests do with a server")]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#[path = "../../../store/tests/it/server.rs"]
mod server;
mod settings;
mod store;
mod support;
