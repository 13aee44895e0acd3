//! Mending what legacy providers answer: blocks of theirs may be null or unknown as a whole, which no other block is.
//!
//! Behaviour of OpenTofu's `plans/objchange/normalize_obj.go`. Values are unmarked.

use value::{Value, View};

use crate::block::{Block, NestedBlock, Nesting, Slot};

impl Block {
    /// The same object with no nested block null or unknown as a whole.
    pub fn normalized_from_legacy(&self, value: &Value) -> Value {
        let View::Object(_, values) = value.view() else {
            return if value.is_null() { Value::null(self.ty()) } else { value.clone() };
        };
        if self.blocks().is_empty() {
            return value.clone();
        }
        let values = self
            .slots()
            .zip(values)
            .map(|(slot, value)| match slot {
                Slot::Block(nested) if !nested.block.ty().has_dynamic() => nested.normalized(value),
                _ => value.clone(),
            })
            .collect::<Vec<Value>>();
        Value::object_of(self.ty(), values)
    }
}

impl NestedBlock {
    fn normalized(&self, value: &Value) -> Value {
        let object = self.block.ty();
        let each = |values: &[Value]| -> Vec<Value> {
            values.iter().map(|one| self.block.normalized_from_legacy(one)).collect()
        };
        match (self.nesting, value.view()) {
            (Nesting::Single | Nesting::Group, View::Unknown(_)) => self.block.unknown_stub(),
            (Nesting::Group, View::Null) => self.empty(),
            (Nesting::Single | Nesting::Group, _) => self.block.normalized_from_legacy(value),
            (Nesting::List, View::Unknown(_)) => {
                Value::list(object, vec![self.block.unknown_stub()])
            }
            (Nesting::Set, View::Unknown(_)) => Value::set(object, vec![self.block.unknown_stub()]),
            (Nesting::List | Nesting::Set, View::Null) => self.empty(),
            (Nesting::List, View::List(values)) => Value::list(object, each(values)),
            (Nesting::Set, View::Set(values)) => Value::set(object, each(values)),
            _ => value.clone(),
        }
    }
}
