//! Hostile pull requests, over real repositories and the real program: none of them succeeds.
//!
//! Each test shows first what the attack would come to where everybody is trusted, then that it is refused by name, or
//! comes to nothing. docs/pull-requests.md has a row for each; the last test here holds both against each other.

mod approvals;
mod files;
mod output;
mod programs;
mod rules;
mod secrets;
mod table;
mod world;
