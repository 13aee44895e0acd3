//! Whether a planned object is allowed: attribute by attribute what the configuration says, what was before, or what
//! the provider may compute.
//!
//! Behaviour of OpenTofu's `plans/objchange/plan_valid.go`. Refinements are not compared: the configuration's and the
//! provider's may differ.
//!
//! Invariant: the proposed object, with computed attributes unknown, is valid.

use schema::{Attr, Block, NestedAttrs, NestedBlock, Nesting, Slot};
use value::{Path, Step, Type, Value, View};

use super::{Breach, brief};

/// Every place where the planned object is not allowed.
pub(crate) fn invalidities(
    block: &Block,
    prior: &Value,
    config: &Value,
    planned: &Value,
) -> Vec<Breach> {
    let mut walk = Walk { path: Path::new(), found: Vec::new() };
    walk.block(
        block,
        &Three { prior: prior.clone(), config: config.clone(), planned: planned.clone() },
    );
    walk.found
}

/// The three values at one place.
struct Three {
    prior: Value,
    config: Value,
    planned: Value,
}

impl Three {
    fn child(&self, index: usize, ty: Type) -> Three {
        let of = |value: &Value| match value.view() {
            View::Object(_, values) => values[index].clone(),
            View::Unknown(_) => Value::unknown(ty),
            _ => Value::null(ty),
        };
        Three { prior: of(&self.prior), config: of(&self.config), planned: of(&self.planned) }
    }
}

struct Walk {
    path: Path,
    found: Vec<Breach>,
}

impl Walk {
    fn breach(&mut self, message: impl Into<String>) {
        self.found.push(Breach { path: self.path.clone(), message: message.into() });
    }

    fn at(&mut self, step: Step, inside: impl FnOnce(&mut Walk)) {
        self.path.push(step);
        inside(self);
        self.path.pop();
    }

    fn presence(&mut self, three: &Three) -> bool {
        match (three.config.is_null(), three.planned.is_null()) {
            (false, true) => self.breach("is planned to be absent, though it is configured"),
            (true, false) => self.breach("is planned to be present, though it is not configured"),
            (true, true) => {}
            (false, false) => return true,
        }
        false
    }

    fn block(&mut self, block: &Block, three: &Three) {
        if !self.presence(three) {
            return;
        }
        for (index, slot) in block.slots().enumerate() {
            let three = three.child(index, slot.ty());
            self.at(Step::Attr(slot.name().clone()), |walk| match slot {
                Slot::Attr(attr) => walk.attr(attr, &three),
                Slot::Block(nested) => walk.nested(nested, &three),
            });
        }
    }

    fn nested(&mut self, nested: &NestedBlock, three: &Three) {
        if three.planned == three.config {
            return;
        }
        if !three.config.is_known() {
            return self.breach("blocks that are not known yet are planned to be something else");
        }
        if !three.planned.is_known() {
            return self.breach("a block itself is planned to be unknown");
        }
        if matches!(nested.nesting, Nesting::Single | Nesting::Group) {
            return self.block(&nested.block, three);
        }
        if three.planned.is_null() {
            return self.breach("blocks are planned to be null and not empty");
        }
        if nested.nesting == Nesting::Set {
            if elements(&three.planned).iter().any(|(_, one)| !one.is_known()) {
                self.breach("a block itself is planned to be unknown");
            }
            return;
        }
        let Some(pairs) = self.pairs(three, nested.block.ty()) else { return };
        for (key, three) in pairs {
            self.at(Step::Index(key), |walk| {
                if three.planned.is_known() {
                    walk.block(&nested.block, &three);
                } else {
                    walk.breach("a block itself is planned to be unknown");
                }
            });
        }
    }

    /// Elements by key: those of plan and configuration must be the same; `None` after a breach.
    fn pairs(&mut self, three: &Three, ty: Type) -> Option<Vec<(Value, Three)>> {
        let (planned, config) = (elements(&three.planned), elements(&three.config));
        if planned.len() != config.len() {
            self.breach(format!(
                "{} are planned where the configuration has {}",
                planned.len(),
                config.len()
            ));
            return None;
        }
        let prior = elements(&three.prior);
        let mut pairs = Vec::with_capacity(planned.len());
        for ((key, planned), (config_key, config)) in planned.into_iter().zip(config) {
            if key != config_key {
                self.breach(format!("{} is planned and not configured", brief(&key)));
                return None;
            }
            let prior = prior
                .iter()
                .find(|(prior_key, _)| *prior_key == key)
                .map_or_else(|| Value::null(ty), |(_, value)| value.clone());
            pairs.push((key, Three { prior, config, planned }));
        }
        Some(pairs)
    }

    fn attr(&mut self, attr: &Attr, three: &Three) {
        let Three { prior, config, planned } = three;
        let allowed = same_unrefined(planned, config)
            || (!prior.is_null() && !config.is_null() && same_unrefined(planned, prior))
            || (attr.computed && (!attr.optional || config.is_null()))
            || (attr.write_only && planned.is_null() && !config.is_null());
        if allowed {
            return;
        }
        if config.is_null() && !planned.is_null() {
            return self.planned_breach(
                attr,
                planned,
                "for an attribute that is neither configured nor computed",
            );
        }
        match &attr.nested {
            Some(nested) => self.object(nested, three),
            None if prior.is_null() => {
                self.planned_breach(attr, planned, "and that is not the configured value");
            }
            None => {
                self.planned_breach(
                    attr,
                    planned,
                    "and that is neither the configured nor the prior value",
                );
            }
        }
    }

    fn planned_breach(&mut self, attr: &Attr, planned: &Value, why: &str) {
        let what = if attr.sensitive { "a sensitive value".to_owned() } else { brief(planned) };
        self.breach(format!("{what} is planned {why}"));
    }

    fn object(&mut self, nested: &NestedAttrs, three: &Three) {
        if !self.presence(three) {
            return;
        }
        if !three.planned.is_known() {
            return self.breach("a configured value is planned to be unknown");
        }
        match nested.nesting() {
            Nesting::Single | Nesting::Group => self.attrs(nested, three),
            Nesting::List | Nesting::Map => {
                let Some(pairs) = self.pairs(three, nested.object()) else { return };
                for (key, three) in pairs {
                    self.at(Step::Index(key), |walk| walk.attrs(nested, &three));
                }
            }
            // Elements of sets cannot be told apart for sure, so only their number is looked at.
            Nesting::Set => {
                let (planned, config) = (elements(&three.planned), elements(&three.config));
                let known = three.planned.is_wholly_known() && three.config.is_wholly_known();
                if known && planned.len() != config.len() {
                    self.breach(format!(
                        "{} are planned where the configuration has {}",
                        planned.len(),
                        config.len()
                    ));
                }
            }
        }
    }

    fn attrs(&mut self, nested: &NestedAttrs, three: &Three) {
        for (index, attr) in nested.attrs().iter().enumerate() {
            let three = three.child(index, attr.ty);
            self.at(Step::Attr(attr.name.clone()), |walk| walk.attr(attr, &three));
        }
    }
}

/// The elements of a known collection with their keys; none of anything else.
fn elements(value: &Value) -> Vec<(Value, Value)> {
    match value.view() {
        View::List(items) | View::Tuple(items) => items
            .iter()
            .enumerate()
            .map(|(i, v)| {
                (Value::int(i64::try_from(i).expect("BUG: length beyond i64")), v.clone())
            })
            .collect(),
        View::Set(items) => items.iter().map(|v| (v.clone(), v.clone())).collect(),
        View::Map(items) => {
            items.iter().map(|(k, v)| (Value::string(k.clone()), v.clone())).collect()
        }
        View::Object(ty, values) => ty
            .names()
            .iter()
            .zip(values)
            .map(|(k, v)| (Value::string(k.clone()), v.clone()))
            .collect(),
        View::Null | View::Unknown(_) | View::Bool(_) | View::Number(_) | View::String(_) => {
            Vec::new()
        }
    }
}

/// Equal, where unknowns of one type are equal whatever is known about them.
fn same_unrefined(a: &Value, b: &Value) -> bool {
    if a == b {
        return true;
    }
    if a.ty() != b.ty() || (a.is_wholly_known() && b.is_wholly_known()) {
        return false;
    }
    match (a.view(), b.view()) {
        (View::Unknown(_), View::Unknown(_)) => true,
        (View::List(a), View::List(b))
        | (View::Tuple(a), View::Tuple(b))
        | (View::Set(a), View::Set(b))
        | (View::Object(_, a), View::Object(_, b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_unrefined(a, b))
        }
        (View::Map(a), View::Map(b)) => {
            a.len() == b.len()
                && a.iter().zip(b).all(|((k, a), (l, b))| k == l && same_unrefined(a, b))
        }
        _ => false,
    }
}
