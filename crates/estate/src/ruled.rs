//! An estate under the rules of another commit: who a change needs is said by what it is to be merged into.
//!
//! Rules are groups, owners, approvals, limits, hours, whether an environment is protected, what bears data, and what
//! pull requests may do. Stacks, wiring and inputs stay those of the change. Invariant: nothing that the change says
//! of rules is left; a stack, a layer or an environment that is new has the strictest that can be told.

use std::sync::Arc;

use diag::{Span, Spanned};

use crate::model::{
    Environment, EnvironmentIdx, Estate, Layer, LayerIdx, Protection, Stack, StackIdx,
};

/// A rule that the change says otherwise than what it is to be merged into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleChange {
    /// What it is about, as a part of a sentence: `` layer `apps` ``.
    pub what: String,
    /// Where it stands in the change.
    pub span: Span,
}

/// An estate under others' rules.
#[derive(Clone, Debug)]
pub struct Ruled {
    /// The stacks of the change under the rules of the base.
    pub estate: Estate,
    /// What the change says otherwise; it does not count.
    pub changed: Vec<RuleChange>,
    /// Stacks that the change puts into another layer.
    pub moved: Vec<RuleChange>,
}

/// The estate of a change under the rules of its base.
pub fn under_rules(change: &Estate, base: &Estate) -> Ruled {
    let mut ruled = Ruled { estate: change.clone(), changed: Vec::new(), moved: Vec::new() };
    ruled.groups(change, base);
    for layer in &mut ruled.estate.layers {
        if let Some(span) = rule_layer(layer, base) {
            ruled.changed.push(RuleChange { what: named("layer", &layer.name.node), span });
        }
    }
    for environment in &mut ruled.estate.environments {
        if let Some(span) = rule_environment(environment, base) {
            let what = named("environment", &environment.name.node);
            ruled.changed.push(RuleChange { what, span });
        }
    }
    ruled.stacks(change, base);
    ruled.estate.data_bearing = base.data_bearing.clone();
    ruled.estate.pull_requests = base.pull_requests.clone();
    ruled.estate.audit = base.audit.clone();
    ruled.policies(change, base);
    ruled
}

fn named(kind: &str, name: &str) -> String {
    format!("{kind} `{name}`")
}

fn names(all: &[Spanned<Arc<str>>]) -> Vec<&str> {
    all.iter().map(|one| &*one.node).collect()
}

/// The positions of those that are true.
fn positions(all: impl Iterator<Item = bool>) -> impl Iterator<Item = u32> {
    (0..).zip(all).filter_map(|(at, judged)| judged.then_some(at))
}

impl Ruled {
    /// The bundles of the base judge: what they judge there, by name, and whatever the base does not have.
    fn policies(&mut self, change: &Estate, base: &Estate) {
        let mut policies = base.policies.clone();
        for policy in &mut policies {
            if let Some(judged) = &policy.environments {
                let of_base = |name: &str| base.environment(name);
                let all = change.environments.iter().map(|one| of_base(&one.name.node));
                let judges = |at: Option<EnvironmentIdx>| at.is_none_or(|at| judged.contains(&at));
                policy.environments =
                    Some(positions(all.map(judges)).map(EnvironmentIdx).collect());
            }
            if let Some(judged) = &policy.layers {
                let of_base = |name: &str| base.layer(name);
                let all = change.layers.iter().map(|one| of_base(&one.name.node));
                let judges = |at: Option<LayerIdx>| at.is_none_or(|at| judged.contains(&at));
                policy.layers = Some(positions(all.map(judges)).map(LayerIdx).collect());
            }
        }
        for policy in &change.policies {
            let same = base
                .policies
                .iter()
                .any(|one| one.name.node == policy.name.node && one.source.is_same(&policy.source));
            if !same {
                let what = named("policy", &policy.name.node);
                self.changed.push(RuleChange { what, span: policy.header });
            }
        }
        self.estate.policies = policies;
    }

    fn groups(&mut self, change: &Estate, base: &Estate) {
        for group in &change.groups {
            let known = base.group(&group.name.node);
            if known.is_none_or(|known| known.signers.node != group.signers.node) {
                let what = named("group", &group.name.node);
                self.changed.push(RuleChange { what, span: group.name.span });
            }
        }
        for bearing in &base.data_bearing {
            let same = |one: &crate::model::DataBearing| {
                one.type_name.node == bearing.type_name.node
                    && names(&one.protected_by) == names(&bearing.protected_by)
            };
            if !change.data_bearing.iter().any(same) {
                let what = named("data_bearing", &bearing.type_name.node);
                self.changed.push(RuleChange { what, span: change.span });
            }
        }
        self.estate.groups = base.groups.clone();
    }

    fn stacks(&mut self, change: &Estate, base: &Estate) {
        for at in 0..change.stacks.len() {
            let index = StackIdx(at as u32);
            let stack = &change[index];
            let before = (change.owners_of(index), change.approvals_of(index));
            let before = (names(before.0).join(" "), before.1);
            let known = former(change, base, &stack.name.node);
            let (owners, approvals) = match known {
                Some(known) => {
                    let layer = &base[base[known].layer].name.node;
                    if *layer != change[stack.layer].name.node {
                        let what =
                            format!("{} is in layer `{layer}`", named("stack", &stack.name.node));
                        self.moved.push(RuleChange { what, span: stack.name.span });
                    }
                    (base.owners_of(known).to_vec(), base.approvals_of(known))
                }
                None => match base.layer(&change[stack.layer].name.node) {
                    Some(layer) => (base[layer].owners.clone(), base[layer].approvals),
                    None => (Vec::new(), strictest(base)),
                },
            };
            if before != (names(&owners).join(" "), approvals) {
                let what = named("stack", &stack.name.node);
                self.changed.push(RuleChange { what, span: stack.name.span });
            }
            let ruled: &mut Stack = &mut self.estate.stacks[at];
            ruled.owners = Some(owners);
            ruled.approvals = Some(approvals);
        }
    }
}

/// The stack of the base that a stack is, under whatever name it had there.
fn former(change: &Estate, base: &Estate, name: &str) -> Option<StackIdx> {
    let mut name: &str = name;
    // Names lead back at most as far as there are statements.
    for _ in 0..=change.moved.len() {
        if let Some(known) = base.stack(name) {
            return Some(known);
        }
        name = &change.moved.iter().find(|moved| &*moved.to.stack == name)?.from.stack;
    }
    None
}

/// The approvals of what the base does not know: one of any group, where there are groups.
fn strictest(base: &Estate) -> u32 {
    u32::from(!base.groups.is_empty())
}

/// Gives a layer the base's rules; tells where it said otherwise.
fn rule_layer(layer: &mut Layer, base: &Estate) -> Option<Span> {
    let said = (
        names(&layer.owners).join(" "),
        layer.approvals,
        layer.approval_hours,
        layer.max_destroy,
        layer.max_deferred,
    );
    match base.layer(&layer.name.node) {
        Some(known) => {
            let known = &base[known];
            layer.owners.clone_from(&known.owners);
            layer.approvals = known.approvals;
            layer.approval_hours = known.approval_hours;
            layer.max_destroy = known.max_destroy;
            layer.max_deferred = known.max_deferred;
        }
        None => {
            layer.owners = Vec::new();
            layer.approvals = strictest(base);
            // Nothing that is there may go as the content of a layer that is new.
            layer.max_destroy = Some(0);
        }
    }
    let ruled = (
        names(&layer.owners).join(" "),
        layer.approvals,
        layer.approval_hours,
        layer.max_destroy,
        layer.max_deferred,
    );
    (said != ruled).then_some(layer.name.span)
}

/// Gives an environment the base's protection; tells where it said otherwise.
fn rule_environment(environment: &mut Environment, base: &Estate) -> Option<Span> {
    let known = base.environment(&environment.name.node);
    let rule = known.map_or(Protection::Protected, |known| base[known].protection);
    let said = std::mem::replace(&mut environment.protection, rule);
    (said != rule).then_some(environment.name.span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::sample;

    const BASE: &str = r#"
estate { name = "acme" }
group "platform" { signers = "platform.signers" }
group "apps" { signers = "apps.signers" }
layer "low" {
  owners      = ["platform"]
  approvals   = 2
  max_destroy = 1
}
layer "high" { owners = ["apps"] }
environment "prod" { protected = true }
stack "db" {
  layer  = "low"
  source = "./db"
}
stack "shop" {
  layer  = "high"
  source = "./shop"
}
data_bearing "acme_ledger" { reason = "a ledger" }
"#;

    fn read(text: &str) -> Estate {
        sample::file(text).expect("an estate")
    }

    fn ruled(edit: impl Fn(String) -> String) -> Ruled {
        under_rules(&read(&edit(BASE.to_owned())), &read(BASE))
    }

    fn rules(estate: &Estate, stack: &str) -> String {
        let at = estate.stack(stack).expect("a stack");
        let layer = &estate[estate[at].layer];
        format!(
            "{} {} {:?}",
            names(estate.owners_of(at)).join(" "),
            estate.approvals_of(at),
            layer.max_destroy
        )
    }

    fn changed(ruled: &Ruled) -> Vec<&str> {
        ruled.changed.iter().map(|one| one.what.as_str()).collect()
    }

    #[test]
    fn the_same_rules_are_no_change() {
        let same = ruled(|text| text);
        assert_eq!((changed(&same).len(), same.moved.len()), (0, 0));
        assert_eq!(rules(&same.estate, "db"), "platform 2 Some(1)");
    }

    #[test]
    fn what_a_change_says_of_rules_does_not_count() {
        let check = |from: &str, to: &str, stack: &str, rules_then: &str, told: &[&str]| {
            let ruled = ruled(|text| {
                assert!(text.contains(from), "{from}");
                text.replace(from, to)
            });
            assert_eq!(rules(&ruled.estate, stack), rules_then, "{to}");
            assert_eq!(changed(&ruled), told, "{to}");
            let prod = ruled.estate.environment("prod").expect("an environment");
            assert_eq!(ruled.estate[prod].protection, Protection::Protected, "{to}");
            assert_eq!(ruled.estate.data_bearing.len(), 1, "{to}");
        };
        let low = "platform 2 Some(1)";
        check("approvals   = 2", "approvals = 0", "db", low, &["layer `low`", "stack `db`"]);
        check("max_destroy = 1", "max_destroy = 99", "db", low, &["layer `low`"]);
        check("protected = true", "protected = false", "db", low, &["environment `prod`"]);
        check("platform.signers", "mine.signers", "db", low, &["group `platform`"]);
        check(
            "source = \"./db\"",
            "source = \"./db\"\n  owners = []\n  approvals = 0",
            "db",
            low,
            &["stack `db`"],
        );
        check(
            "data_bearing \"acme_ledger\" { reason = \"a ledger\" }",
            "",
            "db",
            low,
            &["data_bearing `acme_ledger`"],
        );
    }

    #[test]
    fn what_is_new_has_the_strictest_rules_that_can_be_told() {
        let more = "layer \"mine\" { approvals = 0 }\nstack \"x\" {\n  layer = \"mine\"\n  source = \"./x\"\n}\n\
                    stack \"y\" {\n  layer = \"low\"\n  source = \"./y\"\n  owners = [\"apps\"]\n}\nenvironment \"new\" {}\n";
        let ruled = ruled(|text| format!("{text}{more}"));
        assert_eq!(rules(&ruled.estate, "x"), " 1 Some(0)");
        assert_eq!(rules(&ruled.estate, "y"), "platform 2 Some(1)");
        let new = ruled.estate.environment("new").expect("an environment");
        assert_eq!(ruled.estate[new].protection, Protection::Protected);
    }

    #[test]
    fn a_stack_is_the_same_under_another_name() {
        let ruled = ruled(|text| {
            let text = text
                .replace("stack \"db\" {\n  layer  = \"low\"", "stack \"x\" {\n  layer = \"high\"");
            format!("{text}moved {{\n  from = stack.db\n  to = stack.x\n}}\n")
        });
        assert_eq!(rules(&ruled.estate, "x"), "platform 2 None");
        let moved: Vec<&str> = ruled.moved.iter().map(|one| one.what.as_str()).collect();
        assert_eq!(moved, ["stack `x` is in layer `low`"]);
    }
}
