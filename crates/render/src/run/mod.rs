//! A run while it goes on, and what came of it.
//!
//! Not where events come from (`run`), nor who writes them on a terminal (`cli`): views that are told, and give lines.

mod done;
mod live;
mod took;

pub use done::{Came, RunDone, Slow, StackDone, run_done, run_done_json};
pub use live::{Fate, LIVE_LINES_MAX, LiveRun};
pub use took::took;
