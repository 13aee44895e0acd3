//! Estates through the program itself.

mod affected;
mod choice;
#[path = "../../../run/tests/cloud/mod.rs"]
mod cloud;
mod guard;
mod hello;
mod identities;
mod page;
mod runs;
#[expect(dead_code, reason = "only some of what the store's own tests do with a server")]
#[path = "../../../store/tests/it/server.rs"]
mod server;
mod secrets;
mod settings;
mod store;
mod support;
