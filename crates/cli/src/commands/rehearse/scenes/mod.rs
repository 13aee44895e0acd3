//! Three scenes: what a team fears, played out.
//!
//! Invariant: after each scene the estate is as it was before.

mod edit;
mod killed;
mod one_app;

pub(super) use edit::one_edit;
pub(super) use killed::killed;
pub(super) use one_app::an_app;
