//! `strata state pull`: the state as a version 4 document.

use state::v4;

use crate::args::WhichState;
use crate::exit::Exit;
use crate::session::Session;
use crate::which::{self, Backup};

/// Runs the command. Of a state that was never written there is nothing to print, as with `tofu`.
pub(super) async fn run(mut session: Session<'_>, which: &WhichState) -> Exit {
    if let Some((place, _)) = which::open(&mut session, which, &[], Backup::Beside)
        && let Some(loaded) = place.peek(&mut session)
        && !loaded.state.lineage.is_empty()
    {
        let serial = loaded.state.serial;
        let recorded = place.record(&session, "state-pull", Some((serial, serial)), String::new());
        if session.heed(recorded).is_some() {
            session.context.out(&String::from_utf8_lossy(&v4::write(&loaded.state)));
        }
    }
    session.end(Exit::Done)
}
