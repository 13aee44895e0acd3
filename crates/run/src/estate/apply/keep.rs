//! What is kept of a stack's turn: how far it came, what was done, what it was applied from.
//!
//! Invariant: everything here is written under the stack's lease.

use std::collections::BTreeSet;

use diag::Diags;
use plan::{Counts, Mode};
use store::Event as StoreEvent;

use super::super::published::published_of;
use super::super::record::Came;
use super::super::snapshot;
use super::before::is_gone;
use super::tell;
use super::turn::Turn;
use crate::stack;

/// A stack of which the store has nothing any more.
const GONE: Came = Came::Closed { serial: 0 };

impl Turn<'_> {
    /// Records what was done, and what the stack was applied from.
    pub(super) fn keep(
        &mut self,
        before: u64,
        after: u64,
        done: &Counts,
        whole: bool,
    ) -> Result<(), Diags> {
        let label = self.label();
        self.came(Came::Closed { serial: after })?;
        let rest = if whole { "" } else { "; not all that was planned" };
        let (add, change, destroy) = (done.add, done.change, done.destroy);
        let detail = format!("{add} added, {change} changed, {destroy} destroyed{rest}");
        self.record("apply", Some((before, after)), detail)?;
        let (held, ready) = self.prepared();
        if whole && self.run.standing.adopted(&self.approved.address).is_some() {
            // Nothing is left of an orphan, and nobody names it.
            let forgotten = self.run.store.forget_stack(held.lease());
            forgotten.map_err(|error| tell::one(crate::failure::write(&label, &error)))?;
            return self.came(GONE);
        }
        let whole = whole && ready.later.deferred.is_empty();
        self.keep_snapshot(whole)?;
        let outputs = published_of(self.run, self.instance()).map_err(tell::one)?;
        self.publish(outputs);
        Ok(())
    }

    /// Keeps what the stack is applied from, where its configuration was. Where something is left, what it stood on before
    /// counts on; of a stack that was destroyed nothing stands on anything.
    pub(super) fn keep_snapshot(&self, whole: bool) -> Result<(), Diags> {
        let (held, ready) = self.prepared();
        let (store, key) = (&**self.run.store, held.lease().stack());
        let options = &ready.later.options;
        let now = snapshot::Head::of(self.run, self.instance());
        let head = match options.mode {
            Mode::RefreshOnly => return Ok(()),
            Mode::Normal if whole && !options.is_partial() => now,
            Mode::Destroy if whole && !options.is_partial() => {
                snapshot::Head { whole: false, reads: BTreeSet::new(), host: None, ..now }
            }
            Mode::Normal | Mode::Destroy => {
                let before = snapshot::head(store, key).map_err(tell::one)?;
                let before = before.into_iter().flat_map(|before| before.reads);
                snapshot::Head { whole: false, reads: before.chain(now.reads).collect(), ..now }
            }
        };
        let id = &self.applying.plan_id;
        let bytes = snapshot::encode(&head, id, &ready.own, &ready.later, &ready.given);
        let kept = self.run.store.put_snapshot(held.lease(), &bytes);
        kept.map_err(|error| tell::one(crate::failure::write(&self.label(), &error)))
    }

    /// Forgets a stack whose host is gone.
    pub(super) async fn forgotten(&mut self) -> Result<(), Diags> {
        let label = self.label();
        self.take_lease().await?;
        let store = self.run.store;
        let loaded = store
            .load(self.lease())
            .map_err(|error| tell::one(crate::failure::load(&label, &error)))?;
        if is_gone(self.applying, self.approved, &loaded) {
            return Ok(());
        }
        if stack::base(&loaded) != self.approved.plan.base {
            return Err(tell::one(tell::moved(&label)));
        }
        let objects: Vec<String> =
            loaded.state.rows().map(|(at, _)| at.instance.to_string()).collect();
        store
            .forget_stack(self.lease())
            .map_err(|error| tell::one(crate::failure::write(&label, &error)))?;
        self.came(GONE)?;
        self.add(&Counts { forget: objects.len(), ..Counts::default() });
        let serial = loaded.state.serial;
        self.record("forget", Some((serial, serial)), format!("forgotten: {}", objects.join(", ")))
    }

    /// Records how far the stack came.
    pub(super) fn came(&self, came: Came) -> Result<(), Diags> {
        let kept = self.recorder().came(&**self.run.store, &self.approved.address, came);
        kept.map_err(|error| tell::one(crate::failure::port(&self.label(), &error)))
    }

    /// Appends to the table of events.
    fn record(&self, what: &str, serials: Option<(u64, u64)>, detail: String) -> Result<(), Diags> {
        let event = StoreEvent::new((self.applying.now_ms)(), self.applying.request.author(), what);
        let event = event.of_stack(self.label()).under(self.applying.plan_id.as_str());
        let event = StoreEvent { serials, ..event.saying(detail) };
        let recorded = self.run.store.record(&event).map(drop);
        recorded.map_err(|error| tell::one(crate::failure::port(&self.label(), &error)))
    }
}
