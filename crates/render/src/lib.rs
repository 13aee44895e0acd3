//! Diagnostics, plans and progress as strings: for people, and as JSON for programs.
//!
//! It prints nothing, asks no terminal, and decides nothing. Colours are in a string only where the caller says that a
//! person's terminal will show it.
//!
//! Invariant: a sensitive value is in no string that this crate returns.

mod cause;
mod changes;
mod clean;
mod diagnostic;
mod diagnostic_json;
mod difference;
mod drift;
mod estate;
mod findings;
mod layers;
mod line_diff;
mod page;
mod paint;
mod run;
mod value;

pub use changes::{Showing, change_of, changes};
pub use clean::clean;
pub use diagnostic::{diagnostic, diagnostics};
pub use diagnostic_json::{diagnostic_json, validation_json};
pub use difference::differences;
pub use drift::{
    DriftBy, DriftIgnored, DriftReport, DriftSecurity, Drifted, drift_findings, drift_json,
    drift_markdown, drift_text,
};
pub use estate::{
    Changes, DeferredPart, EstatePage, Foot, Force, Forced, HostedForget, Loss, LossApproval,
    MARKDOWN_BYTES_MAX, Need, PAGE_LINE_CHARS_MAX, PAGE_LINES_MAX, PolicyStanding, PolicyTold,
    Reach, Refusal, Refused, StackPart, Standing, Widening, Wires, estate_page,
    estate_page_findings, estate_page_json, estate_page_markdown, estate_page_suite, fenced,
};
pub use findings::{Case, Finding, FindingPlace, Level, Outcome, Suite, junit, sarif};
pub use layers::{Band, Edge, LayerPicture, layers_mermaid, layers_svg, layers_text};
pub use line_diff::line_diff;
pub use page::{Page, PageStack, page};
pub use paint::Paint;
pub use run::{
    Came, Fate, LIVE_LINES_MAX, LiveRun, RunDone, Slow, StackDone, run_done, run_done_json, took,
};
pub use value::{Secrets, value};
