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

/// A call that only the world can answer. The arguments are wholly known, without marks, converted to the
/// function's parameters.
#[derive(Clone, Debug)]
pub struct Impure<'a> {
    /// The function.
    pub function: &'static funcs::Function,
    /// Its arguments.
    pub args: &'a [Value],
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

    /// The result of an impure function.
    fn impure(&self, call: &Impure<'_>, diags: &mut Diags) -> Eval {
        let _ = diags;
        unserved("impure function", call.function.name)
    }

    /// The result of a provider's function; arguments may be unknown and carry marks.
    fn provider_function(
        &self,
        function: &ProviderFunction,
        args: &[Value],
        span: Span,
        diags: &mut Diags,
    ) -> Eval {
        let _ = (args, span, diags);
        unserved("provider function", function)
    }

    /// A root name of a scope without a module, with the steps that follow: the value, and how many of the steps
    /// led to it (the rest looks into the value).
    fn free(&self, root: &str, steps: &[FreeStep], span: Span, diags: &mut Diags) -> Eval<(Value, usize)> {
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
