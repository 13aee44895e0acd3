//! What can be said of an estate without credentials, provider or network: each stack's inputs against what its root
//! module declares, and each wire against what the stack below gives out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use addr::StackAddr;
use diag::{Diagnostic, Diags, Span};
use value::{Type, Value};

use crate::evaluate::{Inputs, UnknownSecrets, Upstream, evaluate_inputs};
use crate::graph::{Instance, StackGraph};
use crate::model::{Estate, Nearness};

/// What a root module declares towards the estate.
#[derive(Clone, Debug, Default)]
pub struct Interface {
    /// Its input variables.
    pub variables: BTreeMap<Arc<str>, InterfaceVariable>,
    /// Its outputs.
    pub outputs: BTreeMap<Arc<str>, InterfaceOutput>,
    /// Local names, in its root module, of the providers that it or a module beneath it requires.
    pub providers: BTreeSet<Arc<str>>,
}

/// An input variable.
#[derive(Clone, Debug)]
pub struct InterfaceVariable {
    /// Its type constraint, with optional attributes.
    pub ty: Type,
    /// Whether it has no default.
    pub required: bool,
    /// Whether it is declared sensitive.
    pub sensitive: bool,
    /// Where it is declared.
    pub span: Span,
}

/// An output.
#[derive(Clone, Debug)]
pub struct InterfaceOutput {
    /// What is known of its value without any provider: usually unknown, of as narrow a type as can be told.
    pub value: Value,
    /// Whether it is declared sensitive.
    pub sensitive: bool,
    /// Where it is declared.
    pub span: Span,
}

/// Checks one instance; `interface_of` tells what a stack's root module declares. Gives back the inputs, unknown
/// where they are wired.
pub fn check<'a>(
    estate: &Estate,
    graph: &StackGraph,
    instance: &Instance,
    interface_of: &dyn Fn(&Instance) -> Option<&'a Interface>,
    diags: &mut Diags,
) -> Option<Inputs> {
    let own = interface_of(instance)?;
    check_names(estate, graph, instance, own, diags);
    check_outputs(estate, graph, instance, interface_of, diags);
    let upstream = Published { graph, interface_of };
    let inputs = evaluate_inputs(estate, instance, own, &upstream, &UnknownSecrets, diags)?;
    check_types(estate, graph, instance, own, &inputs, diags);
    Some(inputs)
}

struct Published<'a, 'b> {
    graph: &'b StackGraph,
    interface_of: &'b dyn Fn(&Instance) -> Option<&'a Interface>,
}

impl Upstream for Published<'_, '_> {
    fn output(&self, from: &StackAddr, output: &str) -> Option<Value> {
        let instance = self.graph.find_any(from)?;
        let interface = (self.interface_of)(instance)?;
        interface.outputs.get(output).map(|output| output.value.clone())
    }
}

/// Inputs that the module does not declare, and those that it requires and does not get.
fn check_names(
    estate: &Estate,
    graph: &StackGraph,
    instance: &Instance,
    own: &Interface,
    diags: &mut Diags,
) {
    let stack = &estate[instance.stack];
    let given = estate.inputs_of(graph.environment, instance.stack);
    for (input, nearness) in &given {
        if *nearness == Nearness::Own && !own.variables.contains_key(&input.name.text) {
            let known: Vec<&str> = own.variables.keys().map(|name| &**name).collect();
            diags.push(
                Diagnostic::error(
                    "input-undeclared",
                    format!("`{}` declares no variable `{}`", stack.name.node, input.name.text),
                )
                .detail(format!("The root module in {} has no such input.", stack.source.node))
                .remedy(match known.as_slice() {
                    [] => "Take it out, or declare the variable there.".to_owned(),
                    _ => {
                        format!("Give one of: {}; or declare the variable there.", known.join(", "))
                    }
                })
                .at(input.name.span)
                .about(instance.addr.to_string()),
            );
        }
    }
    for (name, variable) in own.variables.iter().filter(|(_, variable)| variable.required) {
        if !given.iter().any(|(input, _)| input.name.text == *name) {
            diags.push(
                Diagnostic::error(
                    "input-missing",
                    format!("`{}` gets no value for `{name}`", stack.name.node),
                )
                .detail("The variable has no default, and neither the stack, its environment, its layer nor the estate gives one.")
                .remedy(format!("Add `{name} = ...` to the stack's inputs, or give the variable a default."))
                .at(stack.name.span)
                .label(variable.span, "declared here")
                .about(instance.addr.to_string()),
            );
        }
    }
}

/// Wires to outputs that the stack below does not have.
fn check_outputs<'a>(
    estate: &Estate,
    graph: &StackGraph,
    instance: &Instance,
    interface_of: &dyn Fn(&Instance) -> Option<&'a Interface>,
    diags: &mut Diags,
) {
    for wire in &instance.wires {
        let Some(below) = graph.find_any(&wire.from) else { continue };
        let Some(interface) = interface_of(below) else { continue };
        if interface.outputs.contains_key(&wire.output) {
            continue;
        }
        let stack = &estate[below.stack];
        let known: Vec<&str> = interface.outputs.keys().map(|name| &**name).collect();
        diags.push(
            Diagnostic::error(
                "wiring-output-unknown",
                format!("`{}` has no output `{}`", stack.name.node, wire.output),
            )
            .detail(format!("The root module in {} does not declare it.", stack.source.node))
            .remedy(match known.as_slice() {
                [] => "Declare it there; the module has no outputs yet.".to_owned(),
                _ => format!("Read one of: {}; or declare it there.", known.join(", ")),
            })
            .at(wire.span)
            .about(instance.addr.to_string()),
        );
    }
}

/// Values whose type the variable cannot take.
fn check_types(
    estate: &Estate,
    graph: &StackGraph,
    instance: &Instance,
    own: &Interface,
    inputs: &Inputs,
    diags: &mut Diags,
) {
    for (input, _) in estate.inputs_of(graph.environment, instance.stack) {
        let name = &input.name.text;
        let (Some(variable), Some(value)) = (own.variables.get(name), inputs.values.get(name))
        else {
            continue;
        };
        if let Err(error) = value::convert::convert(value, variable.ty) {
            let wired = instance.wires.iter().find(|wire| wire.input == *name);
            let (code, cause) = match wired {
                Some(wire) => {
                    let stack = &wire.from.stack;
                    ("wiring-type", format!("It is wired from `{stack}.{}`. ", wire.output))
                }
                None => ("input-type", String::new()),
            };
            diags.push(
                Diagnostic::error(code, format!("`{name}` is given a value of another type"))
                    .detail(format!(
                        "{cause}The variable takes {}; {}.",
                        variable.ty.friendly_name(),
                        error.message
                    ))
                    .remedy("Convert the value in the input's expression, or change the variable's type.")
                    .at(input.expr.span)
                    .label(variable.span, "the variable")
                    .about(instance.addr.to_string()),
            );
        }
    }
}
