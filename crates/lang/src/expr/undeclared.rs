//! Diagnostics for references that lead nowhere.
//!
//! Not here: accesses that fail on a value (`eval`), and what a place forbids (`config`).

use diag::{Diagnostic, Span};
use syntax::Name;

use crate::config::names::Names;
use crate::suggest;

const UNDECLARED: &str = "reference-undeclared";
const INVALID: &str = "reference-invalid";

fn or_declare(given: &str, candidates: &[std::sync::Arc<str>], declare: String) -> String {
    let near = suggest::sentence(given, candidates.iter().map(|name| &**name));
    if near.is_empty() { declare } else { near }
}

pub(super) fn variable(name: &Name, span: Span, names: &Names) -> Diagnostic {
    let declare = format!("Declare it: variable \"{}\" {{}}", name.text);
    Diagnostic::error(UNDECLARED, "Undeclared input variable")
        .detail(format!("This module declares no input variable `{}`.", name.text))
        .remedy(or_declare(&name.text, &names.variable_names(), declare))
        .at(span)
}

pub(super) fn local(name: &Name, span: Span, names: &Names) -> Diagnostic {
    let declare = "Declare it in a `locals` block.".to_owned();
    Diagnostic::error(UNDECLARED, "Undeclared local value")
        .detail(format!("This module declares no local value `{}`.", name.text))
        .remedy(or_declare(&name.text, &names.local_names(), declare))
        .at(span)
}

pub(super) fn module(name: &Name, span: Span, names: &Names) -> Diagnostic {
    let declare = "Declare it with a `module` block.".to_owned();
    Diagnostic::error(UNDECLARED, "Undeclared module call")
        .detail(format!("This module makes no call named `{}`.", name.text))
        .remedy(or_declare(&name.text, &names.call_names(), declare))
        .at(span)
}

pub(super) fn resource(
    kind: &Name,
    name: &Name,
    is_data: bool,
    span: Span,
    names: &Names,
) -> Diagnostic {
    let (what, others) = if is_data {
        ("data source", names.data_names(&kind.text))
    } else {
        ("resource", names.managed_names(&kind.text))
    };
    let other_mode = if is_data {
        names.managed(&kind.text, &name.text).map(|_| format!("{}.{}", kind.text, name.text))
    } else {
        names.data(&kind.text, &name.text).map(|_| format!("data.{}.{}", kind.text, name.text))
    };
    let remedy = match other_mode {
        Some(address) => format!("Did you mean `{address}`?"),
        None => {
            let types = names.managed_types();
            let near_type = suggest::sentence(&kind.text, types.iter().map(|name| &**name));
            let by_name = suggest::sentence(&name.text, others.iter().map(|name| &**name));
            match (by_name.is_empty(), is_data || !others.is_empty()) {
                (false, _) => by_name,
                (true, false) if !near_type.is_empty() => near_type,
                _ => format!(
                    "Declare it, or correct the name: {} \"{}\" \"{}\" {{}}",
                    if is_data { "data" } else { "resource" },
                    kind.text,
                    name.text
                ),
            }
        }
    };
    Diagnostic::error(UNDECLARED, format!("Undeclared {what}"))
        .detail(format!("This module declares no {what} `{}` of type `{}`.", name.text, kind.text))
        .remedy(remedy)
        .at(span)
}

/// `var` and its like without what has to follow.
pub(super) fn incomplete(root: &Name, what: &str) -> Diagnostic {
    Diagnostic::error(INVALID, "Incomplete reference")
        .detail(format!("After `{}` has to follow a full stop and {what}.", root.text))
        .at(root.span)
}

pub(super) fn resource_incomplete(root: &Name, span: Span, prefix: usize) -> Diagnostic {
    let diagnostic = Diagnostic::error(INVALID, "Incomplete reference").at(span);
    if prefix == 0 {
        diagnostic
            .detail(format!(
                "`{}` alone refers to nothing: a type of resources is followed by a name.",
                root.text
            ))
            .remedy("If a text is meant, put it in quotes.")
    } else {
        diagnostic.detail(format!(
            "After `{}` have to follow a type and a name, as in `{0}.TYPE.NAME`.",
            root.text
        ))
    }
}

pub(super) fn reserved(root: &Name) -> Diagnostic {
    match &*root.text {
        "ephemeral" => {
            Diagnostic::error("not-yet", "Ephemeral resources are not yet in the language")
                .detail("This version of Strata reads no ephemeral resource.")
                .at(root.span)
        }
        name => Diagnostic::error(INVALID, "Reserved name")
            .detail(format!("The name `{name}` is reserved and cannot be the type of a resource."))
            .at(root.span),
    }
}

pub(super) fn count(span: Span) -> Diagnostic {
    Diagnostic::error("count-unavailable", "`count.index` outside a block with `count`")
        .detail("Only a resource, data source or module with the argument `count` has an index.")
        .at(span)
}

pub(super) fn each(span: Span) -> Diagnostic {
    Diagnostic::error("each-unavailable", "`each` outside a block with `for_each`")
        .detail("Only a resource, data source or module with the argument `for_each` has `each.key` and `each.value`.")
        .at(span)
}

pub(super) fn self_object(span: Span) -> Diagnostic {
    Diagnostic::error("self-unavailable", "`self` is not available here")
        .detail("The object itself can be named only in its postconditions, provisioners and connection.")
        .remedy("Refer to the resource by its address.")
        .at(span)
}

/// An attribute of `each`, `path` and their like that does not exist.
pub(super) fn attr_of(root: &str, attrs: &[&str], span: Span) -> Diagnostic {
    let list: Vec<String> = attrs.iter().map(|attr| format!("`{root}.{attr}`")).collect();
    Diagnostic::error(INVALID, format!("No such attribute of `{root}`"))
        .detail(format!("There is only {}.", list.join(", ")))
        .at(span)
}

pub(super) fn template_variable(name: &Name, known: &[&str]) -> Diagnostic {
    let remedy = match suggest::sentence(&name.text, known.iter().copied()) {
        near if near.is_empty() => {
            "Add it to the map of variables given to the template.".to_owned()
        }
        near => near,
    };
    Diagnostic::error(UNDECLARED, "Undeclared template variable")
        .detail(format!("The template is given no variable `{}`.", name.text))
        .remedy(remedy)
        .at(name.span)
}

pub(super) fn function(name: &Name, near: Option<&str>) -> Diagnostic {
    Diagnostic::error("function-unknown", "Unknown function")
        .detail(format!("There is no function `{}`.", name.text))
        .remedy(near.map_or(String::new(), |near| format!("Did you mean `{near}`?")))
        .at(name.span)
}
