//! Is a configuration right? What the schema alone tells: required, not to be set, how many blocks.
//!
//! Invariant: an unknown is never wrong.

use schema::protocol::{ProviderDiagnostic, ProviderSeverity};
use schema::{Attr, Block, NestedAttrs, NestedBlock, Nesting, Slot};
use value::{Path, Step, Value, View};

/// Everything that is wrong.
pub(super) fn faults(block: &Block, config: &Value) -> Vec<ProviderDiagnostic> {
    let mut walk = Walk { path: Path::new(), found: Vec::new() };
    walk.block(block, config);
    walk.found
}

struct Walk {
    path: Path,
    found: Vec<ProviderDiagnostic>,
}

impl Walk {
    fn wrong(&mut self, summary: &str, detail: String) {
        self.found.push(ProviderDiagnostic {
            severity: ProviderSeverity::Error,
            summary: summary.to_owned(),
            detail,
            attribute: self.path.clone(),
        });
    }

    fn at(&mut self, step: Step, walk: impl FnOnce(&mut Walk)) {
        self.path.push(step);
        walk(self);
        self.path.pop();
    }

    fn block(&mut self, block: &Block, config: &Value) {
        let View::Object(_, values) = config.view() else { return };
        for (slot, value) in block.slots().zip(values) {
            self.at(Step::Attr(slot.name().clone()), |walk| match slot {
                Slot::Attr(attr) => walk.attr(attr, value),
                Slot::Block(nested) => walk.nested(nested, value),
            });
        }
    }

    fn attr(&mut self, attr: &Attr, value: &Value) {
        if value.is_null() {
            if attr.required {
                self.wrong("A required argument is not set", format!("{} must be set.", attr.name));
            }
            return;
        }
        if attr.computed && !attr.optional {
            let text = format!("{} is what the provider says; it cannot be configured.", attr.name);
            return self.wrong("What is computed cannot be set", text);
        }
        if let Some(nested) = &attr.nested {
            self.each(value, nested.nesting(), &mut |walk, one| walk.attrs(nested, one));
        }
    }

    fn attrs(&mut self, nested: &NestedAttrs, value: &Value) {
        let View::Object(_, values) = value.view() else { return };
        for (attr, value) in nested.attrs().iter().zip(values) {
            self.at(Step::Attr(attr.name.clone()), |walk| walk.attr(attr, value));
        }
    }

    fn nested(&mut self, nested: &NestedBlock, value: &Value) {
        let single = matches!(nested.nesting, Nesting::Single | Nesting::Group);
        if let (false, Some(many)) = (single, value.len()) {
            let many = many as u64;
            let known = value.is_wholly_known() || nested.nesting != Nesting::Set;
            if many < nested.min_items && known {
                let text =
                    format!("At least {} {} blocks are required.", nested.min_items, nested.name);
                self.wrong("Too few blocks", text);
            } else if nested.max_items > 0 && many > nested.max_items && known {
                let text = format!(
                    "No more than {} {} blocks are allowed.",
                    nested.max_items, nested.name
                );
                self.wrong("Too many blocks", text);
            }
        }
        self.each(value, nested.nesting, &mut |walk, one| walk.block(&nested.block, one));
    }

    fn each(&mut self, value: &Value, nesting: Nesting, inside: &mut dyn FnMut(&mut Walk, &Value)) {
        if matches!(nesting, Nesting::Single | Nesting::Group) {
            return inside(self, value);
        }
        match value.view() {
            View::List(items) | View::Tuple(items) => {
                for (index, one) in (0_i64..).zip(items) {
                    self.at(Step::Index(Value::int(index)), |walk| inside(walk, one));
                }
            }
            View::Set(items) => {
                for one in items {
                    self.at(Step::Index(one.clone()), |walk| inside(walk, one));
                }
            }
            View::Map(entries) => {
                for (key, one) in entries {
                    self.at(Step::Index(Value::string(key.clone())), |walk| inside(walk, one));
                }
            }
            _ => {}
        }
    }
}
