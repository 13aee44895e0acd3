//! Runs that would break what stands on what: refused until a run has a lead and a trail (ENGINE §8).
//!
//! Applying a lower stack to its end before an upper one begins destroys what the upper one still uses. So a run that
//! would delete or replace an object from which an output derives that another stack reads is refused.

use diag::{Diagnostic, Diags};
use lang::config::{ModuleId, OutputIdx};
use lang::graph::{Object, StaticGraph};

use super::plan::{EnvironmentPlan, Run, StackPlan};

/// Reports every change that would break a reader.
pub(super) fn check(run: Run<'_>, planned: &EnvironmentPlan, diags: &mut Diags) {
    for stack in &planned.stacks {
        let instance = run.graph.instance(stack.index);
        for reader in &instance.readers {
            let reader = run.graph.instance(*reader);
            for wire in reader.wires.iter().filter(|wire| wire.from == instance.addr) {
                if let Some(address) = broken(run, stack, &wire.output) {
                    diags.push(refused(
                        stack,
                        &address,
                        &wire.output,
                        &reader.addr.to_string(),
                        wire.span,
                    ));
                }
            }
        }
    }
}

/// The first object that the plan destroys and the output derives from.
fn broken(run: Run<'_>, stack: &StackPlan, output: &str) -> Option<String> {
    let module = run.checked.module(run.graph.instance(stack.index));
    let config = &module.loaded.config;
    let graph: &StaticGraph = &module.graph;
    let index: OutputIdx = config.root().def.names.output(output)?;
    let closure = graph.closure(graph.node(Object::Output(ModuleId::ROOT, index)));
    let destroys = stack.plan.changes.iter().filter(|change| change.action.destroys());
    destroys
        .filter(|change| {
            let resource = change.address.resource.clone().in_module(change.address.module.path());
            config.find_resource(&resource).is_some_and(|(module, resource)| {
                closure.contains(graph.node(Object::Resource(module, resource)).0)
            })
        })
        .map(|change| change.address.to_string())
        .next()
}

fn refused(
    stack: &StackPlan,
    address: &str,
    output: &str,
    reader: &str,
    span: diag::Span,
) -> Diagnostic {
    Diagnostic::error("run-breaks-reader", format!("`{reader}` still uses what this run would destroy"))
        .detail(format!(
            "The plan of {} destroys or replaces {address}, from which its output `{output}` derives, which `{reader}` reads. \
             This version of Strata finishes a lower stack before an upper one begins, so the reader would stand on nothing.",
            stack.address
        ))
        .remedy("Add the new object beside the old one and wire the output to it, apply; then remove the old one.")
        .at(span)
        .about(format!("{}//{address}", stack.address))
}
