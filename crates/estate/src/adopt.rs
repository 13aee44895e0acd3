//! Stacks that the file no longer names, taken into the estate for the command that destroys them.
//!
//! Nothing is read here: what they are made from is the store's to know. Invariant: an adopted instance stands after all
//! others in its graph, reads only instances before it, and nothing reads it but what was adopted after it.

use std::sync::Arc;

use addr::StackAddr;
use diag::{Span, Spanned};
use value::{Type, Value};

use crate::graph::{Each, Instance, InstanceIdx, StackGraph};
use crate::model::{Estate, LayerIdx, Origin, Stack, StackIdx};

impl Estate {
    /// The stack with this name, made where there is none: with a root module in this folder, and no inputs. A layer that
    /// is no longer there is taken to be the highest.
    pub fn adopt(&mut self, name: &str, source: &str, layer: &str) -> StackIdx {
        if let Some(known) = self.stack(name) {
            return known;
        }
        let highest = LayerIdx(self.layers.len().saturating_sub(1) as u32);
        let span = self.span;
        let named = |text: &str| Spanned { node: Arc::from(text), span };
        let index = StackIdx(self.stacks.len() as u32);
        let known = self.layer(layer);
        self.stacks.push(Stack {
            origin: if known.is_some() { Origin::Orphan } else { Origin::OrphanOfNobody },
            name: named(name),
            layer: known.unwrap_or(highest),
            source: named(source),
            inputs: Vec::new(),
            environments: None,
            for_each: None,
            hosted_by: None,
            defer: Vec::new(),
            owners: None,
            approvals: None,
            providers: Vec::new(),
            credentials: Vec::new(),
        });
        self.stack_names.insert(name.into(), index);
        index
    }

    /// The place of the `estate` block, for what has no place of its own.
    pub fn place(&self) -> Span {
        self.span
    }
}

impl StackGraph {
    /// Puts an instance behind all others: one of this stack that stands on these.
    pub fn adopt(
        &mut self,
        addr: StackAddr,
        stack: StackIdx,
        stands_on: &[StackAddr],
        host: Option<&StackAddr>,
    ) -> InstanceIdx {
        let index = InstanceIdx(self.order.len() as u32);
        let mut reads: Vec<InstanceIdx> =
            stands_on.iter().chain(host).filter_map(|below| self.find(below)).collect();
        reads.sort_unstable();
        reads.dedup();
        for below in &reads {
            self.order[below.0 as usize].readers.push(index);
        }
        let each = addr.key.as_ref().map(|key| Each {
            text: key.clone(),
            key: Value::string(key.clone()),
            value: Value::unknown(Type::DYNAMIC),
        });
        let values = self.order.first().map(|one| one.values.clone()).unwrap_or_default();
        self.put(Instance {
            addr,
            stack,
            environment: self.environment,
            each,
            wires: Vec::new(),
            reads,
            readers: Vec::new(),
            withheld: Vec::new(),
            hosted_by: host.and_then(|host| self.find(host)),
            values,
        });
        index
    }
}
