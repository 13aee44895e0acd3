//! Checks of the tree that no module can make alone: what calls give to the modules they call, and backends.
//!
//! Invariant: each finding is at a place in the calling module, since that is where it can be mended.

use diag::{Diagnostic, Diags, Span};

use super::decode::not_yet;
use super::loader::BackendRule;
use super::module::{Backend, ModuleCall, ModuleDef};
use super::tree::Config;
use crate::body::BlockItem;
use crate::suggest;

/// Checks where state is kept.
pub(super) fn backends(config: &Config, rule: BackendRule, diags: &mut Diags) {
    for module in &config.modules {
        let def = &module.def;
        let span = def.backend.as_ref().map(|it| it.span).or(def.cloud);
        let Some(span) = span else { continue };
        if module.parent.is_some() {
            diags.push(ignored_in_module(span));
        } else if rule == BackendRule::Ignored {
            diags.push(ignored(span));
        } else {
            refuse(def.backend.as_ref(), span, diags);
        }
    }
}

fn refuse(backend: Option<&Backend>, span: Span, diags: &mut Diags) {
    match backend {
        Some(backend) if &*backend.kind == "local" => {}
        Some(backend) => {
            diags.push(not_yet(&format!("the backend `{}`", backend.kind), backend.kind_span));
        }
        None => diags.push(not_yet("the block `cloud`", span)),
    }
}

fn ignored(span: Span) -> Diagnostic {
    Diagnostic::warning("backend-ignored", "This says where state is kept, and is passed over")
        .detail("The stack belongs to an estate, whose store holds the state.")
        .remedy("Take the block out, or leave it for those who use the folder on its own.")
        .at(span)
}

fn ignored_in_module(span: Span) -> Diagnostic {
    Diagnostic::warning("backend-ignored", "This says where state is kept, and is passed over")
        .detail("State is that of the whole configuration, so only the root module says where it is kept.")
        .remedy("Take the block out of the called module.")
        .at(span)
}

/// Checks the arguments of every call against the variables of the module it leads to.
pub(super) fn calls(config: &Config, diags: &mut Diags) {
    for module in &config.modules {
        let Some((parent, call)) = module.parent else { continue };
        let call = &config.module(parent).def.calls[call.index()];
        arguments(call, &module.def, diags);
    }
}

fn arguments(call: &ModuleCall, called: &ModuleDef, diags: &mut Diags) {
    for given in call.body.attrs.iter().chain(&call.body.members) {
        match called.names.variable(&given.name) {
            None => diags.push(no_variable(call, called, &given.name, given.name_span)),
            Some(variable) => {
                let variable = &called.variables[variable.index()];
                if let Some(advice) = &variable.deprecated {
                    diags.push(deprecated(call, &variable.name, advice, given.span));
                }
            }
        }
    }
    for block in &call.body.blocks {
        let (kind, span) = match block {
            BlockItem::Static(block) => (&block.kind, block.kind_span),
            BlockItem::Dynamic(block) => (&block.kind, block.kind_span),
        };
        diags.push(
            Diagnostic::error("unexpected-block", format!("No block `{kind}` is expected here"))
                .detail("What a module call gives to variables is written as arguments.")
                .remedy(format!("Write `{kind} = ...` if a variable is meant."))
                .at(span),
        );
    }
    for variable in called.variables.iter().filter(|it| it.is_required()) {
        if call.argument(&variable.name).is_none() {
            diags.push(missing(call, &variable.name, variable.span));
        }
    }
}

fn no_variable(call: &ModuleCall, called: &ModuleDef, name: &str, span: Span) -> Diagnostic {
    let known = called.variables.iter().map(|it| &*it.name);
    Diagnostic::error(
        "unexpected-argument",
        format!("The module `{}` has no variable `{name}`", call.name),
    )
    .detail(suggest::sentence(name, known))
    .remedy("Take the argument out, or declare the variable in the called module.")
    .at(span)
}

fn missing(call: &ModuleCall, name: &str, declared: Span) -> Diagnostic {
    Diagnostic::error("missing-argument", format!("The argument `{name}` is missing"))
        .detail(format!(
            "The module `{}` declares the variable `{name}` without a default.",
            call.name
        ))
        .remedy(format!("Add `{name} = ...` to the call."))
        .at(call.body.end)
        .within(call.span)
        .label(declared, "declared here")
}

fn deprecated(call: &ModuleCall, name: &str, advice: &str, span: Span) -> Diagnostic {
    Diagnostic::warning(
        "deprecated-variable",
        format!("The variable `{name}` of the module `{}` is deprecated", call.name),
    )
    .detail(format!("Its author says: {advice}"))
    .remedy("Do as its author says.")
    .at(span)
}
