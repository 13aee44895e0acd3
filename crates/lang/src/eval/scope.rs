//! What an evaluation asks for: the values of a module's objects, of the instance at hand, and the world's answers.
//!
//! The planner, the applier, the console and the estate implement it. Each value is a cell: where it is not there
//! yet, the answer is [`Eval::Blocked`]; an implementation never evaluates another cell to answer.

use std::sync::Arc;

use addr::InstanceKey;
use diag::{Diags, Span};
use value::Value;

use super::answer::Eval;
use crate::config::names::{CallIdx, LocalIdx, ResIdx, VarIdx};
use crate::expr::{HoistIdx, PathAttr, ProviderFunction};

/// The instances that a resource or module call has in the module instance at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expansion {
    /// One, without key.
    Single,
    /// `count`: keys 0 to one less than this.
    Count(u64),
    /// `for_each`: these keys, sorted.
    Each(Arc<[Arc<str>]>),
    /// Not known before apply.
    Unknown,
}

/// A step after a root name that only the scope understands.
#[derive(Clone, Debug, PartialEq)]
pub enum FreeStep {
    /// `.name`.
    Attr(Arc<str>, Span),
    /// `[key]`.
    Index(Value, Span),
}

/// What an impure function asks the world.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The function.
    pub function: &'static funcs::Function,
    /// What it asks: the whole key of the answer, except for random bits.
    pub request: &'a funcs::Request,
    /// When it may be answered.
    pub when: funcs::When,
    /// The call.
    pub span: Span,
}

/// Where an evaluation gets its values. A method without implementation panics: it is a BUG to lower a reference
/// that the scope does not serve.
pub trait Scope {
    /// `var.NAME`.
    fn variable(&self, variable: VarIdx) -> Eval {
        unserved("variable", variable)
    }

    /// `local.NAME`.
    fn local(&self, local: LocalIdx) -> Eval {
        unserved("local", local)
    }

    /// The keys of a resource's instances.
    fn resource_keys(&self, resource: ResIdx) -> Eval<Expansion> {
        unserved("resource keys", resource)
    }

    /// A whole resource: its one object, or a tuple or object of all instances. Asked only after `resource_keys` has
    /// answered with something other than [`Expansion::Unknown`].
    fn resource(&self, resource: ResIdx) -> Eval {
        unserved("resource", resource)
    }

    /// One instance; the key is one of those that `resource_keys` told.
    fn resource_instance(&self, resource: ResIdx, key: &InstanceKey) -> Eval {
        unserved("resource instance", (resource, key))
    }

    /// The keys of a module call's instances.
    fn module_keys(&self, call: CallIdx) -> Eval<Expansion> {
        unserved("module keys", call)
    }

    /// All outputs of all instances of a module call: an object, or a tuple or object of them.
    fn module(&self, call: CallIdx) -> Eval {
        unserved("module", call)
    }

    /// All outputs of one instance as an object; the key is one of those that `module_keys` told.
    fn module_instance(&self, call: CallIdx, key: &InstanceKey) -> Eval {
        unserved("module instance", (call, key))
    }

    /// One output of one instance; `None` where the module declares no such output.
    fn module_output(&self, call: CallIdx, key: &InstanceKey, output: &str) -> Option<Eval> {
        unserved("module output", (call, key, output))
    }

    /// The names of the outputs that the called module declares: for suggestions only.
    fn module_output_names(&self, call: CallIdx) -> Vec<Arc<str>> {
        let _ = call;
        Vec::new()
    }

    /// `count.index`.
    fn count_index(&self) -> Eval {
        unserved("count.index", ())
    }

    /// `each.key`.
    fn each_key(&self) -> Eval {
        unserved("each.key", ())
    }

    /// `each.value`.
    fn each_value(&self) -> Eval {
        unserved("each.value", ())
    }

    /// `self`.
    fn self_value(&self) -> Eval {
        unserved("self", ())
    }

    /// `path.NAME`.
    fn path(&self, path: PathAttr) -> Value {
        unserved("path", path)
    }

    /// `terraform.NAME`: `workspace` or `applying`.
    fn terraform(&self, attr: &str) -> Eval {
        unserved("terraform", attr)
    }

    /// The world's answer to an impure function; none where it is not to be known before apply, so that the result
    /// is unknown.
    fn world(&self, asked: &Asked<'_>, diags: &mut Diags) -> Eval<Option<funcs::Answer>> {
        let _ = diags;
        unserved("impure function", asked.function.name)
    }

    /// The result of a provider's function; arguments may be unknown and carry marks. The places are the call's and
    /// its arguments'.
    fn provider_function(
        &self,
        function: &ProviderFunction,
        args: &[Value],
        places: (Span, &[Span]),
        diags: &mut Diags,
    ) -> Eval {
        let _ = (args, places, diags);
        unserved("provider function", function)
    }

    /// A root name of a scope without a module, with the steps that follow: the value, and how many of the steps
    /// led to it (the rest looks into the value).
    fn free(
        &self,
        root: &str,
        steps: &[FreeStep],
        span: Span,
        diags: &mut Diags,
    ) -> Eval<(Value, usize)> {
        let _ = (steps, span, diags);
        unserved("root name", root)
    }

    /// The value kept for a hoisted sub-expression in the module instance at hand.
    fn hoisted(&self, hoist: HoistIdx) -> Option<Value> {
        let _ = hoist;
        None
    }

    /// Keeps the value of a hoisted sub-expression for the module instance at hand, where the scope has a table.
    fn keep_hoisted(&self, hoist: HoistIdx, value: &Value) {
        let _ = (hoist, value);
    }
}

fn unserved<T>(what: &str, which: impl std::fmt::Debug) -> T {
    panic!("BUG: this scope serves no {what} ({which:?})")
}
