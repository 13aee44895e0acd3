//! Whether an object is what was planned: equal where that was known, anything of the kind where it was not.
//!
//! Used of a result against its plan, and of the plan made while applying against the one made while planning.
//! Behaviour of OpenTofu's `plans/objchange/compatible.go`.
//!
//! Invariant: an object is compatible with itself.

use schema::{Attr, Block, NestedBlock, Nesting, Slot};
use value::{Path, Step, Value, View};

use super::{Breach, brief, conforms};

/// Every place where `actual` departs from `planned`.
pub(crate) fn incompatibilities(block: &Block, planned: &Value, actual: &Value) -> Vec<Breach> {
    let mut walk = Walk { path: Path::new(), found: Vec::new() };
    if planned != actual {
        walk.block(block, planned, actual);
    }
    walk.found
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

    fn block(&mut self, block: &Block, planned: &Value, actual: &Value) {
        match (planned.is_null(), actual.is_null()) {
            (true, true) => return,
            (true, false) => return self.breach("was absent, and is now present"),
            (false, true) => return self.breach("was present, and is now absent"),
            (false, false) => {}
        }
        let (View::Object(_, planned), View::Object(_, actual)) = (planned.view(), actual.view())
        else {
            return;
        };
        for ((slot, planned), actual) in block.slots().zip(planned).zip(actual) {
            if planned == actual {
                continue;
            }
            self.at(Step::Attr(slot.name().clone()), |walk| match slot {
                Slot::Attr(attr) => walk.attr(attr, planned, actual),
                Slot::Block(nested) => walk.nested(nested, planned, actual),
            });
        }
    }

    fn attr(&mut self, attr: &Attr, planned: &Value, actual: &Value) {
        let before = self.found.len();
        self.value(planned, actual);
        let hidden = attr.sensitive
            || planned.deep_marks().is_sensitive()
            || actual.deep_marks().is_sensitive();
        if hidden && self.found.len() > before {
            self.found.truncate(before);
            self.breach("the values of a sensitive attribute do not agree");
        }
    }

    fn nested(&mut self, nested: &NestedBlock, planned: &Value, actual: &Value) {
        match (nested.nesting, planned.view(), actual.view()) {
            (Nesting::Single | Nesting::Group, View::Unknown(_), View::Null) => {}
            (Nesting::Single | Nesting::Group, ..) => self.block(&nested.block, planned, actual),
            (_, View::Unknown(_) | View::Null, _) | (_, _, View::Unknown(_) | View::Null) => {}
            (_, View::List(a) | View::Tuple(a), View::List(b) | View::Tuple(b)) => {
                self.blocks_in_order(&nested.block, a, b);
            }
            (_, View::Map(a), View::Map(b)) => {
                if a.len() != b.len() {
                    return self.breach(format!(
                        "there were {} blocks, and are now {}",
                        a.len(),
                        b.len()
                    ));
                }
                for (key, one) in a {
                    if let Some((_, other)) = b.iter().find(|(name, _)| name == key) {
                        self.at(Step::Index(Value::string(key.clone())), |walk| {
                            walk.block(&nested.block, one, other);
                        });
                    }
                }
            }
            (_, View::Object(a_type, a), View::Object(b_type, _)) => {
                for (key, one) in a_type.names().iter().zip(a) {
                    match actual.attr(key) {
                        None => self.breach(format!("the block {key:?} has vanished")),
                        Some(other) => self.at(Step::Attr(key.clone()), |walk| {
                            walk.block(&nested.block, one, other);
                        }),
                    }
                }
                for key in b_type.names().iter().filter(|key| planned.attr(key).is_none()) {
                    self.breach(format!("the block {key:?} has appeared"));
                }
            }
            (_, View::Set(a), View::Set(b)) => {
                self.sets(a, b, |one, other| {
                    let mut inner = Walk { path: Path::new(), found: Vec::new() };
                    inner.block(&nested.block, one, other);
                    inner.found.is_empty()
                });
            }
            _ => {}
        }
    }

    fn blocks_in_order(&mut self, block: &Block, a: &[Value], b: &[Value]) {
        if a.len() != b.len() {
            return self.breach(format!("there were {} blocks, and are now {}", a.len(), b.len()));
        }
        for (index, (one, other)) in a.iter().zip(b).enumerate() {
            self.at(Step::Index(number(index)), |walk| walk.block(block, one, other));
        }
    }

    fn value(&mut self, planned: &Value, actual: &Value) {
        if planned == actual || planned.ty() == value::Type::DYNAMIC {
            return;
        }
        if !conforms(actual.ty(), planned.ty()) {
            return self.breach(format!(
                "was planned to be {}, and is {}",
                planned.ty().friendly_name(),
                actual.ty().friendly_name()
            ));
        }
        match (planned.view(), actual.view()) {
            (View::Unknown(_), _) => {
                if plan::refine::value_refines(planned, actual).is_err() && actual.is_wholly_known()
                {
                    self.breach(format!("{} is outside of what was planned", brief(actual)));
                }
            }
            (View::Null, View::Null) => {}
            (View::Null, _) => self.breach(format!("was null, and is now {}", brief(actual))),
            (_, View::Null) => self.breach(format!("was {}, and is now null", brief(planned))),
            (_, View::Unknown(_)) => self.breach("was known, and is now unknown"),
            (View::List(a), View::List(b)) | (View::Tuple(a), View::Tuple(b)) => {
                self.in_order(a, b);
            }
            (View::Map(a), View::Map(b)) => self.by_key(a, b),
            (View::Object(ty, a), View::Object(_, b)) => {
                for ((name, one), other) in ty.names().iter().zip(a).zip(b) {
                    self.at(Step::Attr(name.clone()), |walk| walk.value(one, other));
                }
            }
            (View::Set(a), View::Set(b)) => self.sets(a, b, |one, other| {
                let mut inner = Walk { path: Path::new(), found: Vec::new() };
                inner.value(one, other);
                inner.found.is_empty()
            }),
            _ => self.breach(format!("was {}, and is now {}", brief(planned), brief(actual))),
        }
    }

    fn in_order(&mut self, a: &[Value], b: &[Value]) {
        for (index, (one, other)) in a.iter().zip(b).enumerate() {
            self.at(Step::Index(number(index)), |walk| walk.value(one, other));
        }
        for index in b.len()..a.len() {
            self.breach(format!("the element {index} has vanished"));
        }
        for index in a.len()..b.len() {
            self.breach(format!("the element {index} has appeared"));
        }
    }

    fn by_key(&mut self, a: &[(std::sync::Arc<str>, Value)], b: &[(std::sync::Arc<str>, Value)]) {
        let find = |list: &[(std::sync::Arc<str>, Value)], key: &str| {
            list.binary_search_by(|(name, _)| name.as_ref().cmp(key)).ok()
        };
        for (key, one) in a {
            match find(b, key) {
                None => self.breach(format!("the element {key:?} has vanished")),
                Some(at) => self.at(Step::Index(Value::string(key.clone())), |walk| {
                    walk.value(one, &b[at].1);
                }),
            }
        }
        for (key, _) in b.iter().filter(|(key, _)| find(a, key).is_none()) {
            self.breach(format!("the element {key:?} has appeared"));
        }
    }

    /// Each planned element answers some actual one, and each actual one some planned one; equal ones are paired by
    /// their order first, so that the search is only among what changed.
    fn sets(&mut self, a: &[Value], b: &[Value], fits: impl Fn(&Value, &Value) -> bool) {
        let known_in = |list: &[Value], one: &Value| one.is_wholly_known() && list.contains(one);
        let lost = a
            .iter()
            .filter(|one| !known_in(b, one) && !b.iter().any(|other| fits(one, other)))
            .count();
        if lost > 0 {
            return self.breach(format!("{lost} planned elements of a set are not there"));
        }
        let new = b
            .iter()
            .filter(|other| !known_in(a, other) && !a.iter().any(|one| fits(one, other)))
            .count();
        if new > 0 {
            return self.breach(format!("{new} elements of a set were not planned"));
        }
        if a.len() < b.len() {
            self.breach(format!("there were {} elements, and are now {}", a.len(), b.len()));
        }
    }
}

fn number(index: usize) -> Value {
    Value::int(i64::try_from(index).expect("BUG: length beyond i64"))
}
