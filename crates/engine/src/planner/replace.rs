//! Update, replace or nothing: what a provider's plan of an object comes to.
//!
//! Only the decision; the calls around it are `instance`'s. Behaviour of OpenTofu's
//! `NodeAbstractResourceInstance.plan`.
//!
//! Invariant: a path forces replacement only where the value really changes, or is write-only.

use plan::{Action, CreateBeforeDestroy, Reason};
use schema::{Attr, Block, Slot};
use value::{Path, Step, Value};

use crate::judge::{Breach, Rule};

/// What is known when a provider has planned an object. Values without marks.
pub(crate) struct Planned<'a> {
    pub(crate) block: &'a Block,
    /// The object before; null where there is none, or it is tainted.
    pub(crate) prior: &'a Value,
    /// What the provider planned.
    pub(crate) planned: &'a Value,
    /// What the provider says forces replacement.
    pub(crate) requires_replace: &'a [Path],
    /// Who else wants it replaced.
    pub(crate) forced: Forced,
    /// Whether there is a tainted object.
    pub(crate) tainted: bool,
    /// In which order it is replaced.
    pub(crate) order: CreateBeforeDestroy,
    /// Whether the old object is forgotten instead of destroyed.
    pub(crate) old: Old,
}

/// Who, beside the provider, wants an object replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forced {
    /// Nobody.
    No,
    /// The user, by `-replace`.
    ByRequest,
    /// Something in `replace_triggered_by`.
    ByTrigger,
}

/// What becomes of the object that is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Old {
    /// It is destroyed.
    Destroyed,
    /// It is forgotten: `destroy = false`.
    Forgotten,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Decision {
    pub(crate) action: Action,
    pub(crate) reason: Reason,
    /// The paths that force the replacement.
    pub(crate) paths: Vec<Path>,
}

/// Decides. Fails where the provider names a path that exists neither before nor after.
pub(crate) fn decide(input: &Planned<'_>) -> Result<Decision, (Rule, Breach)> {
    let paths = changed_paths(input)?;
    let replace = || match (input.old, input.order) {
        (Old::Forgotten, _) => Action::ForgetThenCreate,
        (Old::Destroyed, CreateBeforeDestroy::Yes) => Action::CreateThenDelete,
        (Old::Destroyed, CreateBeforeDestroy::No) => Action::DeleteThenCreate,
    };
    let forced = input.forced != Forced::No;
    let write_only = paths.iter().any(|path| is_write_only(input.block, path));
    let (action, reason) = if input.prior.is_null() {
        if input.tainted {
            (replace(), Reason::ReplaceBecauseTainted)
        } else {
            (Action::Create, Reason::None)
        }
    } else if !write_only && !forced && input.planned.certainly_equals(input.prior) {
        (Action::NoOp, Reason::None)
    } else if forced || !paths.is_empty() {
        let reason = match input.forced {
            Forced::ByRequest => Reason::ReplaceByRequest,
            Forced::ByTrigger => Reason::ReplaceByTriggers,
            Forced::No => Reason::ReplaceBecauseCannotUpdate,
        };
        (replace(), reason)
    } else {
        (Action::Update, Reason::None)
    };
    // A trigger is told as the reason whatever the action comes to, as OpenTofu tells it.
    let reason = if input.forced == Forced::ByTrigger { Reason::ReplaceByTriggers } else { reason };
    Ok(Decision { action, reason, paths })
}

/// Those of the provider's paths at which the value changes, in its order.
fn changed_paths(input: &Planned<'_>) -> Result<Vec<Path>, (Rule, Breach)> {
    let mut changed: Vec<Path> = Vec::new();
    if input.prior.is_null() {
        return Ok(changed);
    }
    for path in input.requires_replace {
        let (before, after) = (path.find(input.prior), path.find(input.planned));
        let changes = match (before, after) {
            (None, None) if unknown_on_the_way(path, input.planned) => true,
            (None, None) => {
                let message = "forces replacement, though there is no such attribute".to_owned();
                return Err((Rule::ReplacePathExists, Breach { path: path.clone(), message }));
            }
            (Some(before), Some(after)) => !after.certainly_equals(before),
            (Some(one), None) | (None, Some(one)) => !one.is_null(),
        };
        if (changes || is_write_only(input.block, path)) && !changed.contains(path) {
            changed.push(path.clone());
        }
    }
    Ok(changed)
}

/// Whether the path ends early in an unknown value, so that what it leads to is unknown too.
fn unknown_on_the_way(path: &Path, value: &Value) -> bool {
    (0..path.len()).any(|len| {
        let above: Path = path.steps()[..len].iter().cloned().collect();
        above.find(value).is_some_and(|value| !value.is_known())
    })
}

/// Whether the attribute at the path is write-only.
fn is_write_only(block: &Block, path: &Path) -> bool {
    fn of_attr(attr: &Attr, rest: &[Step]) -> bool {
        let rest = skip_index(rest);
        match (rest.split_first(), &attr.nested) {
            (None, _) => attr.write_only,
            (Some((Step::Attr(name), rest)), Some(nested)) => {
                nested.attr(name).is_some_and(|attr| of_attr(attr, rest))
            }
            _ => false,
        }
    }
    fn skip_index(steps: &[Step]) -> &[Step] {
        match steps.split_first() {
            Some((Step::Index(_), rest)) => rest,
            _ => steps,
        }
    }
    let Some((Step::Attr(name), rest)) = path.steps().split_first() else { return false };
    let slot = block.slots().find(|slot| slot.name() == name);
    match slot {
        Some(Slot::Attr(attr)) => of_attr(attr, rest),
        Some(Slot::Block(nested)) => {
            let rest: Path = skip_index(rest).iter().cloned().collect();
            is_write_only(&nested.block, &rest)
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use value::Type;

    fn block() -> Block {
        Block::of_attrs(vec![
            Attr::new("id", Type::STRING).computed(),
            Attr::new("name", Type::STRING).optional(),
            Attr::new("secret", Type::STRING).optional().write_only(),
        ])
    }

    fn object(id: Value, name: &str) -> Value {
        Value::object([
            ("id".into(), id),
            ("name".into(), Value::string(name)),
            ("secret".into(), Value::null(Type::STRING)),
        ])
    }

    struct Case {
        prior: Value,
        planned: Value,
        paths: Vec<Path>,
        forced: Forced,
        tainted: bool,
        order: CreateBeforeDestroy,
        old: Old,
    }

    impl Default for Case {
        fn default() -> Case {
            Case {
                prior: object(Value::string("1"), "a"),
                planned: object(Value::string("1"), "a"),
                paths: Vec::new(),
                forced: Forced::No,
                tainted: false,
                order: CreateBeforeDestroy::No,
                old: Old::Destroyed,
            }
        }
    }

    fn check(case: Case, action: Action, reason: Reason) {
        let decision = decide(&Planned {
            block: &block(),
            prior: &case.prior,
            planned: &case.planned,
            requires_replace: &case.paths,
            forced: case.forced,
            tainted: case.tainted,
            order: case.order,
            old: case.old,
        });
        let decision = decision.expect("the paths exist");
        assert_eq!((decision.action, decision.reason), (action, reason));
    }

    fn name() -> Vec<Path> {
        vec![Path::new().attr("name")]
    }

    #[test]
    fn nothing_changes_nothing() {
        check(Case::default(), Action::NoOp, Reason::None);
        check(Case { paths: name(), ..Case::default() }, Action::NoOp, Reason::None);
    }

    #[test]
    fn a_change_is_an_update_unless_a_path_forces_more() {
        let planned = object(Value::string("1"), "b");
        let case = || Case { planned: planned.clone(), ..Case::default() };
        check(case(), Action::Update, Reason::None);
        check(
            Case { paths: name(), ..case() },
            Action::DeleteThenCreate,
            Reason::ReplaceBecauseCannotUpdate,
        );
        check(
            Case { paths: name(), order: CreateBeforeDestroy::Yes, ..case() },
            Action::CreateThenDelete,
            Reason::ReplaceBecauseCannotUpdate,
        );
        check(
            Case { paths: name(), old: Old::Forgotten, ..case() },
            Action::ForgetThenCreate,
            Reason::ReplaceBecauseCannotUpdate,
        );
    }

    #[test]
    fn an_unknown_value_at_a_forcing_path_replaces() {
        let planned = object(Value::unknown(Type::STRING), "a");
        let paths = vec![Path::new().attr("id")];
        check(
            Case { planned, paths, ..Case::default() },
            Action::DeleteThenCreate,
            Reason::ReplaceBecauseCannotUpdate,
        );
    }

    #[test]
    fn users_and_triggers_force_what_would_be_nothing() {
        let case = |forced| Case { forced, ..Case::default() };
        check(case(Forced::ByRequest), Action::DeleteThenCreate, Reason::ReplaceByRequest);
        check(case(Forced::ByTrigger), Action::DeleteThenCreate, Reason::ReplaceByTriggers);
    }

    #[test]
    fn tainted_objects_are_replaced_and_absent_ones_made() {
        let prior = || Value::null(block().ty());
        check(Case { prior: prior(), ..Case::default() }, Action::Create, Reason::None);
        check(
            Case { prior: prior(), tainted: true, ..Case::default() },
            Action::DeleteThenCreate,
            Reason::ReplaceBecauseTainted,
        );
    }

    #[test]
    fn a_write_only_path_always_replaces() {
        let paths = vec![Path::new().attr("secret")];
        check(
            Case { paths, ..Case::default() },
            Action::DeleteThenCreate,
            Reason::ReplaceBecauseCannotUpdate,
        );
    }

    #[test]
    fn a_path_that_is_nowhere_is_the_providers_fault() {
        let block = block();
        let object = object(Value::string("1"), "a");
        let paths = [Path::new().attr("nowhere")];
        let result = decide(&Planned {
            block: &block,
            prior: &object,
            planned: &object,
            requires_replace: &paths,
            forced: Forced::No,
            tainted: false,
            order: CreateBeforeDestroy::No,
            old: Old::Destroyed,
        });
        assert_eq!(result.map_err(|(rule, _)| rule), Err(Rule::ReplacePathExists));
    }
}
