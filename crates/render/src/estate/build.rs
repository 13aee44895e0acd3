//! From a stack's plan to its part of the page.
//!
//! Not the guard: whether data is lost is told to it. Invariant: what a change comes from is named by what a reader of
//! the estate file knows, `STACK.OUTPUT`, not by the variable that it comes in by.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use addr::StackAddr;
use plan::{Action, Cause, Change, Deferred, DeferredItem, Origin, Plan, Provisional};

use super::model::{Changes, DeferredPart, Forced, Loss, LossApproval, Reach, StackPart};
use super::short;
use super::summary::name;
use crate::cause;
use crate::changes::reason;

/// The wiring around one stack.
#[derive(Clone, Debug, Default)]
pub struct Wires {
    /// What each of its inputs reads of stacks below: `STACK.OUTPUT`.
    pub inputs: BTreeMap<Arc<str>, Vec<String>>,
    /// Who reads each of its outputs, as the page names them.
    pub readers: BTreeMap<Arc<str>, Vec<String>>,
}

impl<'a> StackPart<'a> {
    /// The part of a stack that was planned. What the guard says is put in afterwards.
    ///
    /// `deferred_max` bounds what a deferral without a bound of its own may create.
    pub fn of_plan(
        address: &StackAddr,
        layer: &str,
        plan: &'a Plan,
        wires: &Wires,
        deferred_max: u64,
    ) -> StackPart<'a> {
        let acting: Vec<&Change> =
            plan.changes.iter().filter(|change| change.action != Action::NoOp).collect();
        let mut causes = origins(&acting, wires);
        if acting.is_empty() && plan.has_changes() {
            causes = of_the_rest(plan);
        }
        StackPart {
            layer: layer.to_owned(),
            plan: Some(plan),
            wires: wires.clone(),
            changes: if plan.has_changes() { Changes::Some } else { Changes::None },
            counts: plan.counts(),
            causes,
            provisional: acting.iter().filter(|one| one.provisional == Provisional::Yes).count(),
            deferred: plan.deferred.iter().map(|one| deferred(one, wires, deferred_max)).collect(),
            drift: left(plan),
            ..StackPart::new(address.clone())
        }
    }

    /// The part of a stack of which nothing is said yet.
    pub fn new(address: StackAddr) -> StackPart<'a> {
        StackPart {
            address,
            layer: String::new(),
            standing: super::Standing::Planned,
            plan: None,
            wires: Wires::default(),
            changes: Changes::None,
            counts: plan::Counts::default(),
            causes: Vec::new(),
            needs: Vec::new(),
            refused: super::Refused::No,
            widens: Vec::new(),
            unknown_inputs: 0,
            provisional: 0,
            deferred: Vec::new(),
            drift: 0,
            was: None,
            forgets: Vec::new(),
        }
    }
}

/// How many objects drifted and are left as they are.
fn left(plan: &Plan) -> usize {
    let changed = |drifted: &Change| {
        let found = plan
            .changes
            .iter()
            .find(|change| change.address == drifted.address && change.deposed == drifted.deposed);
        found.is_some_and(|change| change.action != Action::NoOp)
    };
    let counting = plan.drift.iter().filter(|one| one.counts_as_drift());
    counting.filter(|one| !changed(one)).count()
}

/// Why a plan has something to do though no object changes.
fn of_the_rest(plan: &Plan) -> Vec<String> {
    let of = |found: bool, text: &str| found.then(|| text.to_owned());
    let moved = plan.changes.iter().any(|change| change.previous_address.is_some());
    let outputs = plan.outputs.iter().any(|output| output.action != Action::NoOp);
    [
        of(!plan.deferred.is_empty(), "deferred"),
        of(moved, "moved addresses"),
        of(outputs, "outputs"),
        of(!plan.drift.is_empty(), "drift"),
    ]
    .into_iter()
    .flatten()
    .take(1)
    .collect()
}

/// What a deferral may come to, and what it waits for as the estate file names it.
fn deferred(deferred: &Deferred, wires: &Wires, max: u64) -> DeferredPart {
    let address = match &deferred.what {
        DeferredItem::Instance(instance) => instance.to_string(),
        DeferredItem::Pattern(pattern) => pattern.to_string(),
    };
    let one = match &deferred.what {
        DeferredItem::Instance(_) => 1,
        DeferredItem::Pattern(_) => max,
    };
    let waits_for = deferred.waits_for.iter().flat_map(|name| input_names(name, wires));
    DeferredPart {
        address,
        creates_max: deferred.creates_max.unwrap_or(one),
        waits_for: waits_for.collect(),
    }
}

/// How much a cause tells: the text first, then what is wired, then what was asked for, then what others did.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Text,
    Wired,
    Asked,
    Outside,
    Rest,
}

/// What changes come from, most telling first, none twice.
fn origins(changes: &[&Change], wires: &Wires) -> Vec<String> {
    let mut found: BTreeSet<(Rank, String)> = BTreeSet::new();
    for cause in changes.iter().flat_map(|change| &change.causes) {
        of_cause(cause, wires, &mut found);
    }
    if found.is_empty() && !changes.is_empty() {
        found.insert((Rank::Text, THIS_CHANGE.to_owned()));
    }
    found.into_iter().map(|(_, text)| text).collect()
}

/// What the page calls a change of the configuration's text.
pub(super) const THIS_CHANGE: &str = "this change";

fn of_cause(cause: &Cause, wires: &Wires, found: &mut BTreeSet<(Rank, String)>) {
    let mut add = |rank, text: &str| {
        found.insert((rank, text.to_owned()));
    };
    match cause {
        Cause::New | Cause::Removed => add(Rank::Text, THIS_CHANGE),
        Cause::Argument { from, .. } if from.is_empty() => add(Rank::Text, THIS_CHANGE),
        Cause::Argument { from, .. } | Cause::Pending(from) => {
            for origin in from {
                if let Origin::Input(input) = origin {
                    match wires.inputs.get(input).filter(|read| !read.is_empty()) {
                        Some(read) => read.iter().for_each(|text| add(Rank::Wired, text)),
                        // Its value stands in the estate file.
                        None => add(Rank::Text, THIS_CHANGE),
                    }
                }
            }
        }
        // What it names has a change, and a cause, of its own.
        Cause::Trigger(_) => {}
        Cause::Drift { .. } | Cause::Gone => add(Rank::Outside, "drift"),
        Cause::Tainted => add(Rank::Rest, "tainted"),
        Cause::Deposed => add(Rank::Rest, "left over"),
        Cause::Requested => add(Rank::Asked, "-replace"),
        Cause::Destroy => add(Rank::Asked, "destroy"),
        Cause::Bookkeeping => add(Rank::Rest, "bookkeeping"),
        Cause::Provider => add(Rank::Rest, "the provider"),
    }
}

/// What an input of the root module (`NAME` or `var.NAME`) reads, or the input itself where it is not wired.
pub(crate) fn input_names(input: &str, wires: &Wires) -> Vec<String> {
    let bare = input.strip_prefix("var.").unwrap_or(input);
    match wires.inputs.get(bare) {
        Some(outputs) if !outputs.is_empty() => outputs.clone(),
        _ if is_input(input) => vec![format!("var.{bare}")],
        _ => vec![input.to_owned()],
    }
}

/// Whether a name is that of a variable, not an address.
fn is_input(name: &str) -> bool {
    name.starts_with("var.") || !name.contains('.')
}

impl Loss {
    /// The loss that a change of a plan is. `name`, `place`, `guards` and the approval are put in by who knows them.
    pub fn of_change(stack: &StackAddr, change: &Change, plan: &Plan, wires: &Wires) -> Loss {
        let forced_by: Vec<Forced> =
            change.replace_paths.iter().map(|path| forced(change, path)).collect();
        let keep = forced_by.first().filter(|_| change.action.is_replace()).map(|first| {
            match forced_by.len() {
                1 => format!("{} as it is", first.path),
                n => format!("{} and {} more as they are", first.path, n - 1),
            }
        });
        let why = reason(change.reason).map(str::to_owned).into_iter();
        Loss {
            stack: stack.clone(),
            address: match &change.deposed {
                Some(key) => format!("{} (deposed {key})", change.address),
                None => change.address.to_string(),
            },
            name: None,
            action: change.action,
            forced_by,
            why: why.collect(),
            place: None,
            origin: origin(change, wires),
            guards: Vec::new(),
            reaches: reaches(stack, plan, wires),
            keep,
            approval: LossApproval::Missing,
        }
    }
}

fn forced(change: &Change, path: &value::Path) -> Forced {
    let null = value::Value::null(value::Type::DYNAMIC);
    let find = |object: &value::Value| {
        let hidden = object.marks();
        path.find(object).cloned().unwrap_or_else(|| null.clone()).with_marks(hidden)
    };
    let (before, after) = short::pair(&find(&change.before), &find(&change.after));
    Forced { path: cause::path(path), before, after }
}

/// What one change comes from, and what it reads that changes too.
fn origin(change: &Change, wires: &Wires) -> Vec<String> {
    let mut all: BTreeSet<(Rank, String)> = BTreeSet::new();
    for cause in &change.causes {
        of_cause(cause, wires, &mut all);
        let (Cause::Argument { from, .. } | Cause::Pending(from)) = cause else {
            if let Cause::Trigger(by) = cause {
                all.extend(other(by));
            }
            continue;
        };
        all.extend(from.iter().filter_map(other));
    }
    all.into_iter().map(|(_, text)| text).collect()
}

fn other(origin: &Origin) -> Option<(Rank, String)> {
    match origin {
        Origin::Input(_) => None,
        Origin::Instance(instance) => Some((Rank::Wired, format!("{instance}, which changes"))),
        Origin::Resource(resource) => Some((Rank::Wired, format!("{resource}, which changes"))),
    }
}

/// The outputs of the stack that were known and no longer are, and who reads them.
fn reaches(stack: &StackAddr, plan: &Plan, wires: &Wires) -> Vec<Reach> {
    let lost = plan.outputs.iter().filter(|output| {
        output.before.is_wholly_known()
            && !output.before.is_null()
            && !output.after.is_wholly_known()
    });
    lost.filter_map(|output| {
        let readers = wires.readers.get(&output.name).filter(|readers| !readers.is_empty())?;
        let output = format!("{}.{}", name(stack), output.name);
        Some(Reach { output, readers: readers.clone() })
    })
    .collect()
}
