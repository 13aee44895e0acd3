//! Reading and checking an estate from its text: a finding is `CODE @ TEXT OF THE PLACE`, and must have a remedy.
//!
//! Not every test file uses all of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use diag::{Diags, SourceMap, Span};
use estate::{
    EnvironmentIdx, Estate, Inputs, Interface, InterfaceOutput, InterfaceVariable, StackGraph,
};
use value::{Type, Value};

pub(crate) const HEAD: &str = r#"
estate {
  name   = "acme"
  inputs = { env = env.name }
}

layer "low" {}
layer "high" {}
layer "top" {}

environment "dev" {
  values = { size = 3, main = "eu-west-1", cidrs = { us-east-1 = "10.2.0.0/16", eu-west-1 = "10.1.0.0/16" } }
}

environment "prod" {
  values = { size = 30, main = "eu-west-1", cidrs = { eu-west-1 = "10.0.0.0/16" } }
}
"#;

pub(crate) struct Checked {
    pub(crate) estate: Option<Estate>,
    pub(crate) order: Vec<String>,
    pub(crate) inputs: BTreeMap<String, Inputs>,
    pub(crate) found: Vec<String>,
}

/// Reads HEAD and `text` and checks every stack of environment `dev`; a finding is `CODE @ TEXT OF THE PLACE`.
pub(crate) fn checked(text: &str, interfaces: &[(&str, Interface)]) -> Checked {
    let text = format!("{HEAD}{text}");
    let (mut sources, mut diags) = (SourceMap::new(), Diags::new());
    let file = syntax::parse_native(sources.add("strata.hcl", text.as_str()), &text, &mut diags);
    let estate = estate::read(&file, &[], &mut diags);
    let mut checked =
        Checked { estate, order: Vec::new(), inputs: BTreeMap::new(), found: Vec::new() };
    if let Some(estate) = &checked.estate
        && let Some(graph) = StackGraph::new(estate, EnvironmentIdx(0), &mut diags)
        && let Some(graph) =
            graph.declared(&|one, input| declares(interfaces, one, input), &mut diags)
    {
        for instance in &graph.order {
            checked.order.push(instance.addr.to_string());
            let interface_of = |instance: &estate::Instance| {
                let name = &*instance.addr.stack;
                interfaces.iter().find(|(n, _)| *n == name).map(|(_, interface)| interface)
            };
            let mut own = Diags::new();
            if let Some(inputs) = estate::check(estate, &graph, instance, &interface_of, &mut own) {
                checked.inputs.insert(instance.addr.to_string(), inputs);
            }
            for one in own {
                if !diags.iter().any(|other| other.code == one.code && other.span == one.span) {
                    diags.push(one);
                }
            }
        }
    }
    for one in &diags {
        assert!(!one.remedy.is_empty(), "{} has no remedy", one.code.0);
        let place = one.span.map_or("nowhere".into(), |span| sources.text(span).to_owned());
        checked.found.push(format!("{} @ {place}", one.code.0));
    }
    checked
}

/// Whether a stack declares a variable; one without interface declares every one.
fn declares(interfaces: &[(&str, Interface)], one: &estate::Instance, input: &str) -> bool {
    let own = interfaces.iter().find(|(name, _)| **name == *one.addr.stack);
    own.is_none_or(|(_, interface)| interface.variables.contains_key(input))
}

pub(crate) fn check(text: &str, interfaces: &[(&str, Interface)], expect: &[&str]) {
    assert_eq!(checked(text, interfaces).found, expect);
}

fn span() -> Span {
    Span::new(diag::FileId::new(0), 0, 0)
}

pub(crate) fn interface(variables: &[(&str, Type)], outputs: &[(&str, Value)]) -> Interface {
    let variable = |(name, ty): &(&str, Type)| {
        (
            Arc::from(*name),
            InterfaceVariable { ty: *ty, required: true, sensitive: false, span: span() },
        )
    };
    let output = |(name, value): &(&str, Value)| {
        (Arc::from(*name), InterfaceOutput { value: value.clone(), sensitive: false, span: span() })
    };
    Interface {
        variables: variables.iter().map(variable).collect(),
        outputs: outputs.iter().map(output).collect(),
        ..Interface::default()
    }
}

/// An estate without errors.
pub(crate) fn estate(text: &str) -> Estate {
    whole(&format!("{HEAD}{text}"))
}

/// An estate without errors, of its whole text.
pub(crate) fn whole(text: &str) -> Estate {
    let (mut sources, mut diags) = (SourceMap::new(), Diags::new());
    let file = syntax::parse_native(sources.add("strata.hcl", text), text, &mut diags);
    let estate = estate::read(&file, &[], &mut diags);
    estate
        .unwrap_or_else(|| panic!("{:?}", diags.iter().map(|one| &one.summary).collect::<Vec<_>>()))
}

/// The graph of an environment, without errors.
pub(crate) fn graph(text: &str, environment: EnvironmentIdx) -> StackGraph {
    let mut diags = Diags::new();
    let graph = StackGraph::new(&estate(text), environment, &mut diags);
    graph
        .unwrap_or_else(|| panic!("{:?}", diags.iter().map(|one| &one.summary).collect::<Vec<_>>()))
}
