//! The references that a stack instance's inputs make to other instances, and whether each leads to something.
//!
//! Invariant: a [`Wire`] leads to an instance that exists, on the same or a lower layer, in the same environment or of
//! a stack that exists in exactly one.

use std::sync::Arc;

use addr::StackAddr;
use diag::{Diagnostic, Diags, Span};
use syntax::Expr;
use value::{Type, Value};

use crate::graph::Each;
use crate::instances::{Instances, Keys};
use crate::model::{EnvironmentIdx, Estate, Nearness, StackIdx};
use crate::references::{self, Key, Reference};
use crate::scope::{Names, Values, Visible, evaluate};

/// An edge from an instance's output to another instance's input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wire {
    /// The instance that is read: in the same environment, or of a stack of exactly one environment in that one.
    pub from: StackAddr,
    /// Its output.
    pub output: Arc<str>,
    /// The input that reads it.
    pub input: Arc<str>,
    /// The reference.
    pub span: Span,
}

impl Wire {
    /// Whether it comes from this output of the instance of a stack with this key.
    pub(crate) fn leads_to(&self, stack: &str, key: Option<&str>, output: &str) -> bool {
        *self.from.stack == *stack && self.from.key.as_deref() == key && *self.output == *output
    }
}

/// The instance that reads.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) environment: EnvironmentIdx,
    pub(crate) stack: StackIdx,
    pub(crate) values: &'a Values,
    pub(crate) each: Option<&'a Each>,
}

/// The wires of an instance.
#[derive(Default)]
pub(crate) struct Wires {
    /// All of them, in the order of inputs.
    pub(crate) wires: Vec<Wire>,
    /// Whether the input of the wire at the same position is the stack's own.
    pub(crate) nearness: Vec<Nearness>,
    /// What is wrong with inputs that many stacks are given: it counts only where the stack declares the variable.
    pub(crate) withheld: Vec<(Arc<str>, Diagnostic)>,
}

/// All wires of an instance's inputs; each wrong one is reported, or withheld, and left out.
pub(crate) fn wires(instances: &mut Instances<'_>, reader: Reader<'_>, diags: &mut Diags) -> Wires {
    let mut found = Wires::default();
    let estate = instances.estate;
    for (input, nearness) in estate.inputs_of(reader.environment, reader.stack) {
        let mut own = Diags::new();
        let all = references::references(&input.expr);
        for span in all.malformed {
            own.push(malformed(span));
        }
        let name = &input.name.text;
        for reference in all.references {
            wire(instances, reader, name, &reference, &mut found.wires, &mut own);
        }
        found.nearness.resize(found.wires.len(), nearness);
        match nearness {
            Nearness::Own => diags.extend(own),
            Nearness::Shared => {
                found.withheld.extend(own.into_iter().map(|one| (name.clone(), one)))
            }
        }
    }
    found
}

fn wire(
    instances: &mut Instances<'_>,
    reader: Reader<'_>,
    input: &Arc<str>,
    reference: &Reference<'_>,
    found: &mut Vec<Wire>,
    diags: &mut Diags,
) {
    let estate = instances.estate;
    let name = reference.stack;
    let Some(from) = estate.stack(&name.text) else {
        diags.push(no_stack(
            estate,
            &name.text,
            name.span,
            &format!("The input `{input}` reads an output of it."),
        ));
        return;
    };
    let Some(environment) = place(estate, reader.environment, from) else {
        diags.push(elsewhere(estate, reader.environment, from, name.span));
        return;
    };
    if estate[from].layer > estate[reader.stack].layer {
        diags.push(upward(estate, reader.stack, from, reference.span));
        return;
    }
    let keys = instances.keys(environment, from, diags);
    let key = reference.key;
    for key in chosen(instances.estate, reader, &name.text, &keys, key, reference.span, diags) {
        found.push(Wire {
            from: instances.address(environment, from, key.as_ref()),
            output: reference.output.text.clone(),
            input: input.clone(),
            span: reference.span,
        });
    }
}

/// The environment in which a stack is read: the reader's, or the only one that has it.
fn place(estate: &Estate, own: EnvironmentIdx, stack: StackIdx) -> Option<EnvironmentIdx> {
    if estate.has(own, stack) {
        return Some(own);
    }
    match estate[stack].environments.as_deref() {
        Some([only]) => Some(*only),
        _ => None,
    }
}

/// The instance on which another stands; `None` where the expression is wrong, which is reported.
pub(crate) fn host(
    instances: &mut Instances<'_>,
    reader: Reader<'_>,
    expr: &Expr,
    diags: &mut Diags,
) -> Option<StackAddr> {
    let estate = instances.estate;
    let wrong = |detail: String| {
        Diagnostic::error("estate-host", "A host that the stack cannot have")
            .detail(detail)
            .remedy("Name a stack instance of the same environment on a lower layer: `stack.NAME`, or `stack.NAME[each.key]`.")
            .at(expr.span)
    };
    let Some((name, key)) = references::instance(expr) else {
        diags.push(wrong("The expression names no stack instance.".into()));
        return None;
    };
    let Some(stack) = estate.stack(&name.text) else {
        let detail = "`hosted_by` names the stack whose resources it runs on.";
        diags.push(no_stack(estate, &name.text, name.span, detail));
        return None;
    };
    let (own, other) = (&estate[reader.stack], &estate[stack]);
    if other.layer >= own.layer {
        let layer = &estate[other.layer].name.node;
        diags.push(wrong(format!("`{}` is on layer `{layer}`, which is not below.", name.text)));
        return None;
    }
    if !estate.has(reader.environment, stack) {
        let environment = &estate[reader.environment].name.node;
        diags.push(wrong(format!("`{}` does not exist in `{environment}`.", name.text)));
        return None;
    }
    let keys = instances.keys(reader.environment, stack, diags);
    let key = key.map_or(Key::None, Key::One);
    let chosen = chosen(estate, reader, &name.text, &keys, key, expr.span, diags);
    let key = chosen.into_iter().next()?;
    Some(instances.address(reader.environment, stack, key.as_ref()))
}

/// The keys of the instances that a reference means.
fn chosen(
    estate: &Estate,
    reader: Reader<'_>,
    name: &str,
    keys: &Keys,
    key: Key<'_>,
    span: Span,
    diags: &mut Diags,
) -> Vec<Option<Arc<str>>> {
    match (keys, key) {
        (Keys::Failed, _) => Vec::new(),
        (Keys::Single, Key::None) => vec![None],
        (Keys::Single, _) => {
            diags.push(not_keyed(name, span));
            Vec::new()
        }
        (Keys::Each(_), Key::None) => {
            diags.push(keyed(name, span));
            Vec::new()
        }
        (Keys::Each(each), Key::Any) => each.iter().map(|one| Some(one.text.clone())).collect(),
        (Keys::Each(each), Key::One(expr)) => {
            let Some(key) = key_of(estate, reader, expr, diags) else { return Vec::new() };
            if each.binary_search_by(|one| (*one.text).cmp(&key)).is_ok() {
                return vec![Some(key)];
            }
            let known: Vec<&str> = each.iter().map(|one| &*one.text).collect();
            diags.push(no_such_key(name, Some(&key), &known, expr.span));
            Vec::new()
        }
    }
}

/// The value of a key, which must be known from the file alone.
fn key_of(estate: &Estate, reader: Reader<'_>, expr: &Expr, diags: &mut Diags) -> Option<Arc<str>> {
    if references::mentions(expr, &["stack", "secret"]) {
        diags.push(key_not_known(expr.span));
        return None;
    }
    let names = Names {
        estate,
        environment: reader.environment,
        values: reader.values,
        stack: Some(reader.stack),
        each: reader.each.map_or(Visible::NotKeyed, Visible::As),
        upstream: None,
        secrets: None,
    };
    let value = evaluate(expr, &names, diags)?;
    let text = value::convert::convert(&value, Type::STRING).ok();
    let text = text.as_ref().and_then(Value::as_arc_str).cloned();
    if text.is_none() {
        diags.push(key_not_known(expr.span));
    }
    text
}

fn key_not_known(span: Span) -> Diagnostic {
    Diagnostic::error("wiring-key", "A key of an instance that the file alone does not tell")
        .detail("Which instance is read must be known before anything is planned, and without credentials.")
        .remedy("Use each.key, a value of the environment, or a text; or go through all instances: `[for k, one in stack.NAME : one.OUTPUT]`.")
        .at(span)
}

/// A key that no instance has.
pub(crate) fn no_such_key(name: &str, key: Option<&str>, known: &[&str], span: Span) -> Diagnostic {
    let summary = match key {
        Some(key) => format!("`{name}` has no instance `{key}` here"),
        None => format!("This is no key of an instance of `{name}`"),
    };
    Diagnostic::error("wiring-key-unknown", summary)
        .detail(match known {
            [] => "Its `for_each` makes no instance in this environment.".to_owned(),
            _ => format!("Its `for_each` makes: {}.", known.join(", ")),
        })
        .remedy("Name one of its keys, or give it this one.")
        .at(span)
}

fn not_keyed(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error("wiring-form", format!("`{name}` has no instances by key"))
        .detail("The stack has no `for_each`, so there is one instance, without key.")
        .remedy(format!("Write `stack.{name}.OUTPUT`."))
        .at(span)
}

fn keyed(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error("wiring-form", format!("`{name}` has an instance for each key"))
        .detail("The stack has `for_each`, so a reference says which instance it means.")
        .remedy(format!("Write `stack.{name}[each.key].OUTPUT`, or go through all: `[for one in stack.{name} : one.OUTPUT]`."))
        .at(span)
}

fn malformed(span: Span) -> Diagnostic {
    Diagnostic::error("wiring-form", "A reference to a stack names one output of it")
        .detail("Outputs are published one by one, so a whole stack is no value.")
        .remedy("Write `stack.NAME.OUTPUT`, or `stack.NAME[KEY].OUTPUT` where the stack has `for_each`.")
        .at(span)
}

fn no_stack(estate: &Estate, name: &str, span: Span, detail: &str) -> Diagnostic {
    let known: Vec<&str> = estate.stacks.iter().map(|s| &*s.name.node).collect();
    Diagnostic::error("wiring-stack-unknown", format!("No stack named `{name}`"))
        .detail(detail)
        .remedy(format!("Name one of: {}.", known.join(", ")))
        .at(span)
}

fn upward(estate: &Estate, reader: StackIdx, from: StackIdx, span: Span) -> Diagnostic {
    let (own, other) = (&estate[reader], &estate[from]);
    Diagnostic::error("wiring-upward", "Wiring that points up a layer")
        .detail(format!(
            "`{}` is on layer `{}`; `{}`, which it reads, is on the higher layer `{}`.",
            own.name.node,
            estate[own.layer].name.node,
            other.name.node,
            estate[other.layer].name.node,
        ))
        .remedy("Move what is read to a lower layer, or the reader to a higher one; a lower layer names what is above it by path, prefix or tag.")
        .at(span)
        .label(other.name.span, "the stack that is read")
}

fn elsewhere(
    estate: &Estate,
    environment: EnvironmentIdx,
    from: StackIdx,
    span: Span,
) -> Diagnostic {
    let stack = &estate[from];
    let places: Vec<&str> = stack
        .environments
        .iter()
        .flatten()
        .map(|environment| &*estate[*environment].name.node)
        .collect();
    Diagnostic::error("wiring-environment", "Wiring that crosses environments")
        .detail(format!(
            "`{}` does not exist in `{}`, only in: {}.",
            stack.name.node,
            estate[environment].name.node,
            places.join(", "),
        ))
        .remedy("Limit the reader to the same environments, or take the limit off the stack that is read; a stack of exactly one environment may be read from all.")
        .at(span)
}
