//! Creating and updating: planned again with what is known now, compared with the plan, begun, applied.
//!
//! Also the create half of a replacement, and changes that are only recorded.
//!
//! Invariant: whatever object the provider leaves is told to the journal, also when it errs or breaks its word; one that
//! was being created and met an error is tainted.

use std::sync::Arc;

use lang::body::eval_body;
use lang::eval::{Cell, Eval};
use plan::{Action, Change, OpId, Provisional};
use schema::Traits;
use schema::protocol::{self, Call, Deferral, FailureKind, Private, ReplyBody};
use state::journal::{self, Begin, End, Entry, Outcome};
use state::{Object, ObjectAddr, Row, Status};
use value::{Marks, Path, Value};

use super::Applier;
use super::begin::Ready;
use super::ops::Stand;
use super::site::{Site, Told};
use crate::cells::{InstanceId, View, When, conditions};
use crate::judge::{self, Breach, Rule, Sdk, Weight, weight};
use crate::object::{Keeping, Live, encode, known, marked_as, unmarked};
use crate::planner::ignore::{ignored, ignored_in_plan};
use crate::planner::replace::{Forced, Old, Planned, decide};
use crate::wishes::{Wishes, wishes};

/// How far the work on an op is.
#[derive(Debug, Default)]
pub(super) enum Stage {
    /// Nothing asked yet.
    #[default]
    Beginning,
    /// The provider looks at a configuration that was not known while planning.
    Validating(Box<Draft>),
    /// The provider plans again.
    Planning(Box<Draft>),
    /// The provider makes it so.
    Applying(Box<Draft>),
    /// A data source is read.
    Reading(Box<Draft>),
    /// An object of the trail is read again before it is destroyed.
    Looking,
    /// The provider destroys what stands in this row.
    Destroying(Box<Row>),
    /// The value is there, postconditions are left.
    Concluding(InstanceId, Value),
}

/// What is carried through the work on an op.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) id: InstanceId,
    /// The body without marks.
    pub(super) config: Value,
    /// The same, with what is ignored as it was before.
    pub(super) effective: Value,
    pub(super) marks: Vec<(Path, Marks)>,
    pub(super) wishes: Wishes,
    /// What was planned again, without marks.
    pub(super) planned: Value,
}

impl Applier {
    pub(super) fn run_change(&mut self, cell: Cell, op: OpId, change: &Change) {
        let work = self.ops.work(op);
        let (stage, reply) = (std::mem::take(&mut work.stage), work.reply.take());
        match (stage, reply) {
            (Stage::Beginning, _) => self.begin_change(cell, op, change),
            (Stage::Validating(draft), Some(answer)) => {
                let site = self.site_of(draft.id);
                match self.heard(change, site.as_ref().map(Site::block), answer) {
                    Ok((_, Told::Nothing)) => self.plan_again(cell, op, change, draft),
                    _ => self.fail_op(cell, op, change),
                }
            }
            (Stage::Planning(draft), Some(answer)) => {
                let site = self.site_of(draft.id);
                match self.heard(change, site.as_ref().map(Site::block), answer) {
                    Ok((body, Told::Nothing)) => self.planned_again(cell, op, change, draft, body),
                    _ => self.fail_op(cell, op, change),
                }
            }
            (Stage::Applying(draft), Some(answer)) => {
                self.applied(cell, op, change, &draft, answer)
            }
            (Stage::Concluding(id, value), _) => self.conclude(cell, op, id, value),
            _ => panic!("BUG: an op is woken without an answer"),
        }
    }

    fn begin_change(&mut self, cell: Cell, op: OpId, change: &Change) {
        let Some(mut draft) = self.evaluated(cell, op, change) else { return };
        let site = self.site_of(draft.id).expect("BUG: an instance that is evaluated has a schema");
        let prior = self.prior_value(change, &site);
        let config = draft.config.clone();
        let marked = config.mark_with_paths(draft.marks.iter().map(|(path, marks)| (path, *marks)));
        let ignore = &site.block().lifecycle.ignore_changes;
        (draft.effective, draft.marks) =
            unmarked(&ignored(ignore, &site.schema.block, &prior, &marked));
        // What is only written is in no plan, so it may have been unknown.
        let is_seen = !site.schema.block.deep_traits().contains(Traits::WRITE_ONLY);
        if is_seen && change.configuration.is_wholly_known() {
            return self.plan_again(cell, op, change, draft);
        }
        let call = Call::ValidateResource {
            type_name: change.address.resource.type_name.clone(),
            config: draft.config.clone(),
        };
        self.ops.work(op).stage = Stage::Validating(draft);
        self.ask(op, change, call);
    }

    /// Preconditions and body of the instance; `None` while it waits or after it failed.
    pub(super) fn evaluated(
        &mut self,
        cell: Cell,
        op: OpId,
        change: &Change,
    ) -> Option<Box<Draft>> {
        let id = match self.locate(change) {
            Eval::Value(Some(id)) => id,
            Eval::Value(None) => {
                self.bug(change, "the configuration has no such instance any more");
                self.end_op(cell, op, Stand::Failed);
                return None;
            }
            other => {
                self.conclude_op(cell, op, other.map(|_| ()));
                return None;
            }
        };
        let Some(site) = self.site_of(id) else {
            self.bug(change, "there is no schema");
            self.end_op(cell, op, Stand::Failed);
            return None;
        };
        let address = change.address.clone();
        match conditions(&self.world, cell, id, When::Before, None, &mut self.diags) {
            Eval::Value(true) => {}
            Eval::Blocked(on) => {
                self.world.table.wait(cell, &on);
                return None;
            }
            Eval::Value(false) | Eval::Failed => {
                self.fail_op(cell, op, change);
                return None;
            }
        }
        let (frame, here) = self.world.place(id);
        let view = View::new(&self.world, frame, here, cell);
        let body = &site.block().body;
        let config = eval_body(&site.def.exprs, body, &site.schema.block, &view, &mut self.diags);
        let at = (Some(frame), &*site.def, site.index);
        let said = wishes(&self.world, &mut self.diags, cell, at, &address);
        match (config, said) {
            (Eval::Value(config), Eval::Value(wishes)) => {
                let (config, marks) = unmarked(&config);
                if !config.is_wholly_known() {
                    self.bug(change, "its configuration is still not known");
                    self.fail_op(cell, op, change);
                    return None;
                }
                let effective = config.clone();
                let planned = Value::DYNAMIC;
                Some(Box::new(Draft { id, config, effective, marks, wishes, planned }))
            }
            (Eval::Blocked(on), _) | (_, Eval::Blocked(on)) => {
                self.world.table.wait(cell, &on);
                None
            }
            (Eval::Failed, _) | (_, Eval::Failed) => {
                self.fail_op(cell, op, change);
                None
            }
        }
    }

    /// The object before, as the provider is asked to change it: null for all that is made anew.
    fn prior_value(&self, change: &Change, site: &Site) -> Value {
        match change.action {
            Action::Update => change.before.clone(),
            _ => Value::null(site.schema.block.ty()),
        }
    }

    /// The row before, for what is changed in place.
    fn prior_row(&self, change: &Change) -> Option<Row> {
        let at = ObjectAddr { instance: change.address.clone(), deposed: change.deposed.clone() };
        self.input.plan.prior.row(&at)
    }

    fn plan_again(&mut self, _: Cell, op: OpId, change: &Change, draft: Box<Draft>) {
        let site = self.site_of(draft.id).expect("BUG: an instance that is evaluated has a schema");
        let prior = self.prior_value(change, &site).unmark_deep().0;
        let row = self.prior_row(change).filter(|_| change.action == Action::Update);
        let call = Call::Plan {
            type_name: change.address.resource.type_name.clone(),
            proposed: site.schema.block.proposed_new(&prior, &draft.effective),
            prior,
            config: draft.effective.clone(),
            prior_private: row
                .map_or_else(|| Arc::new([]) as Private, |row| row.object.private.clone()),
            prior_identity: change
                .prior_identity
                .clone()
                .filter(|_| change.action == Action::Update),
            deferral: Deferral::Refused,
        };
        self.ops.work(op).stage = Stage::Planning(draft);
        self.ask(op, change, call);
    }

    fn planned_again(
        &mut self,
        cell: Cell,
        op: OpId,
        change: &Change,
        mut draft: Box<Draft>,
        body: ReplyBody,
    ) {
        let ReplyBody::Planned {
            planned,
            private,
            requires_replace,
            legacy_type_system,
            identity,
            ..
        } = body
        else {
            panic!("BUG: an answer to another call")
        };
        let site = self.site_of(draft.id).expect("BUG: an instance that is evaluated has a schema");
        let prior = self.prior_value(change, &site).unmark_deep().0;
        let sdk = Sdk::of(legacy_type_system);
        let breaches = self.faults_of_plan(&site, &prior, &draft, &planned, sdk);
        if !breaches.is_empty() {
            breaches.iter().for_each(|(rule, breach)| self.blame(change, *rule, breach));
            return self.fail_op(cell, op, change);
        }
        let planned = match sdk {
            Sdk::Legacy => {
                ignored_in_plan(&site.block().lifecycle.ignore_changes, &prior, &planned)
            }
            Sdk::Current => planned,
        };
        let decision = decide(&Planned {
            block: &site.schema.block,
            prior: &prior,
            planned: &planned,
            requires_replace: &requires_replace,
            forced: Forced::No,
            tainted: false,
            order: change.create_before_destroy,
            old: Old::Destroyed,
        });
        let action = match decision {
            Ok(decision) => decision.action,
            Err((rule, breach)) => {
                self.blame(change, rule, &breach);
                return self.fail_op(cell, op, change);
            }
        };
        if !self.agrees(change, &site, action, &planned) {
            return self.fail_op(cell, op, change);
        }
        if action == Action::NoOp {
            let value = marked_as(&planned, &draft.marks, &site.schema);
            return self.needless(cell, op, change, draft.id, value);
        }
        draft.planned = planned.clone();
        let entries = self.begin_entries(op, change, &site, &planned, &private, identity.as_ref());
        let call = Call::Apply {
            type_name: change.address.resource.type_name.clone(),
            prior,
            planned,
            config: draft.effective.clone(),
            planned_private: private,
            planned_identity: identity,
        };
        self.ops.work(op).stage = Stage::Applying(draft);
        self.queue(Ready { op, entries, call });
    }

    /// Ends an op that turns out to have nothing to change: at most the marks of its object are recorded.
    fn needless(&mut self, cell: Cell, op: OpId, change: &Change, id: InstanceId, value: Value) {
        if crate::object::equally_sensitive(&change.before, &value) {
            self.settled(cell, op, id, value);
        } else {
            self.record(cell, op, change, id, value);
        }
    }

    fn faults_of_plan(
        &self,
        site: &Site,
        prior: &Value,
        draft: &Draft,
        planned: &Value,
        sdk: Sdk,
    ) -> Vec<(Rule, Breach)> {
        if let Some(fault) = judge::shape(&site.schema.block, planned) {
            return vec![fault];
        }
        if weight(Rule::PlanValid, sdk) == Weight::Log {
            return Vec::new();
        }
        judge::invalidities(&site.schema.block, prior, &draft.effective, planned)
            .into_iter()
            .map(|breach| (Rule::PlanValid, breach))
            .collect()
    }

    /// Whether what is planned now is what was planned, with what was unknown known.
    fn agrees(&mut self, change: &Change, site: &Site, action: Action, planned: &Value) -> bool {
        let same = match (change.action, action) {
            (Action::Update, Action::Update | Action::NoOp) => true,
            (was, Action::Create) => was.creates(),
            _ => false,
        };
        if !same {
            let words = |action: Action| action.words().join(", then ");
            let message =
                format!("{} was planned, and is now {}", words(change.action), words(action));
            let breach = Breach { path: Path::new(), message };
            self.blame(change, Rule::FinalActionMatches, &breach);
            return false;
        }
        if change.provisional == Provisional::Yes {
            return true;
        }
        let was = change.after.clone().unmark_deep().0;
        let breaches = judge::incompatibilities(&site.schema.block, &was, planned);
        breaches.iter().for_each(|breach| self.blame(change, Rule::FinalPlanMatches, breach));
        breaches.is_empty()
    }

    /// What must be durable before the call.
    fn begin_entries(
        &self,
        op: OpId,
        change: &Change,
        site: &Site,
        planned: &Value,
        private: &Private,
        identity: Option<&Value>,
    ) -> Vec<Entry> {
        let number = journal::OpId(op.0);
        let live = Live {
            value: planned.clone(),
            private: private.clone(),
            identity: identity.cloned(),
            status: Status::Ready,
        };
        let keeping = self.keeping(change, site, Wishes::NONE);
        let prior = self.prior_row(change).filter(|_| change.action == Action::Update);
        let mut entries = Vec::with_capacity(2);
        if let Some(key) = &change.deposes {
            let (address, key) = (change.address.clone(), key.clone());
            entries.push(Entry::Deposed { op: number, address, key });
        }
        entries.push(Entry::Begin(Box::new(Begin {
            op: number,
            at: ObjectAddr::current(change.address.clone()),
            action: match change.action {
                Action::Update => journal::Action::Update,
                _ => journal::Action::Create,
            },
            provider: self.providers.get(change.provider).addr.clone(),
            prior: prior.map(|row| row.object),
            planned: Some(Arc::new(encode(&live, &keeping, &site.schema))),
            look_before: None,
        })));
        entries
    }

    /// What the state keeps of an object beside what its provider says.
    pub(super) fn keeping(&self, change: &Change, site: &Site, wishes: Wishes) -> Keeping {
        Keeping {
            dependencies: self.facts.dependencies(site.module, site.index),
            create_before_destroy: self.creates_first(change, site),
            skip_destroy: wishes.old == Old::Forgotten,
        }
    }

    fn applied(
        &mut self,
        cell: Cell,
        op: OpId,
        change: &Change,
        draft: &Draft,
        answer: protocol::Answer,
    ) {
        self.free_place();
        let site = self.site_of(draft.id).expect("BUG: an instance that is evaluated has a schema");
        let (body, told) = match self.heard(change, Some(site.block()), answer) {
            Ok(heard) => heard,
            Err(failure) => return self.unanswered(cell, op, change, &site, failure.kind),
        };
        let ReplyBody::Applied { state, private, legacy_type_system, identity } = body else {
            panic!("BUG: an answer to another call")
        };
        let sdk = Sdk::of(legacy_type_system);
        let fine = self.judge_result(change, &site, draft, &state, told, sdk);
        let live = (!state.is_null()).then(|| Live {
            value: marked_as(&known(&state), &draft.marks, &site.schema),
            private,
            identity,
            status: match (fine, change.action) {
                (true, _) => Status::Ready,
                (false, Action::Update) => {
                    self.prior_row(change).map_or(Status::Ready, |row| row.object.status)
                }
                (false, _) => Status::Tainted,
            },
        });
        let keeping = self.keeping(change, &site, draft.wishes);
        let outcome = match &live {
            Some(live) => Outcome::Object(self.row(change, encode(live, &keeping, &site.schema))),
            // An update that left nothing and an error: what was before is still believed.
            None if change.action == Action::Update => {
                let row = self.prior_row(change).expect("BUG: an object that is updated has a row");
                Outcome::Object(row)
            }
            None => Outcome::Gone,
        };
        self.log_end_of(op, change, outcome);
        match live.filter(|_| fine) {
            Some(live) => {
                self.count(change.action);
                self.settled(cell, op, draft.id, live.value);
            }
            None => self.fail_op(cell, op, change),
        }
    }

    /// Whether the result is what was planned; else the provider is blamed, unless it told an error itself.
    fn judge_result(
        &mut self,
        change: &Change,
        site: &Site,
        draft: &Draft,
        state: &Value,
        told: Told,
        sdk: Sdk,
    ) -> bool {
        let mut faults: Vec<(Rule, Breach)> =
            judge::unknowns(state).into_iter().map(|breach| (Rule::ResultKnown, breach)).collect();
        faults.extend(judge::shape(&site.schema.block, state));
        if faults.is_empty() && told == Told::Nothing {
            if state.is_null() {
                let message = "nothing is there after it was made or changed".to_owned();
                faults.push((Rule::ResultPresence, Breach { path: Path::new(), message }));
            } else if weight(Rule::ResultMatchesPlan, sdk) == Weight::Error {
                let breaches = judge::incompatibilities(&site.schema.block, &draft.planned, state);
                faults.extend(breaches.into_iter().map(|breach| (Rule::ResultMatchesPlan, breach)));
            }
        }
        faults.iter().for_each(|(rule, breach)| self.blame(change, *rule, breach));
        faults.is_empty() && told == Told::Nothing
    }

    /// A call without an answer: nobody knows what it did, unless it never came to the provider.
    pub(super) fn unanswered(
        &mut self,
        cell: Cell,
        op: OpId,
        change: &Change,
        site: &Site,
        kind: FailureKind,
    ) {
        match kind {
            FailureKind::Undecodable(found) => self.log_end_of(
                op,
                change,
                Outcome::Unreadable {
                    raw: found.raw.clone(),
                    private: found.private.clone(),
                    schema_version: site.schema.version,
                },
            ),
            FailureKind::Refused => self.log_nothing_done(op, change),
            FailureKind::Exited
            | FailureKind::TimedOut
            | FailureKind::Stopped
            | FailureKind::Transport => {}
        }
        self.fail_op(cell, op, change);
    }

    /// The end of a call that did nothing: the object is what it was.
    pub(super) fn log_nothing_done(&mut self, op: OpId, change: &Change) {
        let row = self.prior_row(change).filter(|_| !change.action.creates());
        self.log_end_of(op, change, row.map_or(Outcome::Gone, Outcome::Object));
    }

    pub(super) fn row(&self, change: &Change, object: Object) -> Row {
        Row { provider: self.providers.get(change.provider).addr.clone(), object: Arc::new(object) }
    }

    /// The end of an op at the change's own object.
    pub(super) fn log_end_of(&mut self, op: OpId, change: &Change, outcome: Outcome) {
        let at = ObjectAddr { instance: change.address.clone(), deposed: change.deposed.clone() };
        self.log.append(Entry::End(Box::new(End { op: journal::OpId(op.0), at, outcome })));
    }

    /// The object is there: readers see it, and its postconditions are looked at.
    pub(super) fn settled(&mut self, cell: Cell, op: OpId, id: InstanceId, value: Value) {
        self.reveal(id, value.clone());
        self.conclude(cell, op, id, value);
    }

    pub(super) fn conclude(&mut self, cell: Cell, op: OpId, id: InstanceId, value: Value) {
        match conditions(&self.world, cell, id, When::After, Some(&value), &mut self.diags) {
            Eval::Value(true) => self.end_op(cell, op, Stand::Done),
            Eval::Value(false) | Eval::Failed => self.end_op(cell, op, Stand::Failed),
            Eval::Blocked(on) => {
                self.ops.work(op).stage = Stage::Concluding(id, value);
                self.world.table.wait(cell, &on);
            }
        }
    }

    /// A change that is only recorded: sensitivity differs, and nothing of the object.
    pub(super) fn run_record(&mut self, cell: Cell, op: OpId, change: &Change) {
        let work = self.ops.work(op);
        if let Stage::Concluding(id, value) = std::mem::take(&mut work.stage) {
            return self.conclude(cell, op, id, value);
        }
        let Some(draft) = self.evaluated(cell, op, change) else { return };
        let site = self.site_of(draft.id).expect("BUG: an instance that is evaluated has a schema");
        let bare = change.after.clone().unmark_deep().0;
        let value = marked_as(&bare, &draft.marks, &site.schema);
        self.record(cell, op, change, draft.id, value);
    }

    fn record(&mut self, cell: Cell, op: OpId, change: &Change, id: InstanceId, value: Value) {
        let site = self.site_of(id).expect("BUG: an instance that is evaluated has a schema");
        let row = self.prior_row(change).expect("BUG: an object that is recorded has a row");
        let live = Live {
            value: value.clone(),
            private: row.object.private.clone(),
            identity: change.prior_identity.clone(),
            status: row.object.status,
        };
        let keeping = Keeping {
            dependencies: self.facts.dependencies(site.module, site.index),
            create_before_destroy: row.object.create_before_destroy,
            skip_destroy: row.object.skip_destroy,
        };
        let row = self.row(change, encode(&live, &keeping, &site.schema));
        self.log_end_of(op, change, Outcome::Object(row));
        self.count(change.action);
        self.settled(cell, op, id, value);
    }

    /// The conditions of an object that does not change.
    pub(super) fn run_check(&mut self, cell: Cell, op: OpId, change: &Change) {
        let id = match self.locate(change) {
            Eval::Value(Some(id)) => id,
            Eval::Value(None) => return self.end_op(cell, op, Stand::Done),
            other => return self.conclude_op(cell, op, other.map(|_| ())),
        };
        let before = conditions(&self.world, cell, id, When::Before, None, &mut self.diags);
        match before {
            Eval::Value(true) => self.conclude(cell, op, id, change.after.clone()),
            Eval::Value(false) | Eval::Failed => self.end_op(cell, op, Stand::Failed),
            Eval::Blocked(on) => self.world.table.wait(cell, &on),
        }
    }

    pub(super) fn count(&mut self, action: Action) {
        match action {
            Action::Update => self.done.change += 1,
            _ => self.done.add += 1,
        }
    }
}
