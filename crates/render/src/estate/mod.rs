//! The page of an environment's plan: one model, printed as text, as Markdown for a pull request, and as JSON.
//!
//! The example in the design is the specification of the text; `docs/specs/page.md` has the rest.
//! Invariants: the first line answers whether data is destroyed and whether it may be applied; the three forms say the
//! same; no form is longer than its limit, and what is left out is counted.

mod build;
mod fit;
mod found;
mod json;
mod loss;
mod markdown;
mod model;
mod policy;
pub(crate) mod quoted;
mod row;
mod short;
mod summary;
mod text;

#[cfg(test)]
mod tests;

pub use build::Wires;
pub(crate) use build::input_names;
pub use found::{estate_page_findings, estate_page_suite};
pub use json::estate_page_json;
pub use markdown::{MARKDOWN_BYTES_MAX, estate_page_markdown};
pub use model::{
    Changes, DeferredPart, EstatePage, Foot, Force, Forced, HostedForget, Loss, LossApproval, Need,
    PolicyStanding, PolicyTold, Reach, Refusal, Refused, StackPart, Standing, Widening,
};
pub use quoted::fenced;
pub use text::{PAGE_LINE_CHARS_MAX, PAGE_LINES_MAX, estate_page};
