//! Which outputs have changes pending: what reads them sees another world once the plan is applied.
//!
//! Invariant: from syntax and the plan's actions alone, so that it does not depend on values.

use std::collections::BTreeSet;
use std::sync::Arc;

use lang::config::{ModuleId, OutputIdx, VarIdx};
use lang::graph::Object;
use plan::{Action, Plan};

use super::modules::Module;

/// The outputs of a stack of which an object in their static closure changes, or an input that is pending itself.
pub(super) fn outputs(
    module: &Module,
    plan: &Plan,
    inputs: &BTreeSet<Arc<str>>,
) -> BTreeSet<Arc<str>> {
    let (config, graph) = (&module.loaded.config, &module.graph);
    let root = &config.root().def;
    let changing: BTreeSet<u32> = plan
        .changes
        .iter()
        .filter(|change| change.action != Action::NoOp)
        .filter_map(|change| {
            let resource = change.address.resource.clone().in_module(change.address.module.path());
            let (module, resource) = config.find_resource(&resource)?;
            Some(graph.node(Object::Resource(module, resource)).0)
        })
        .collect();
    let wired: BTreeSet<u32> = inputs
        .iter()
        .filter_map(|name| {
            let index: VarIdx = root.names.variable(name)?;
            Some(graph.node(Object::Variable(ModuleId::ROOT, index)).0)
        })
        .collect();
    let changes = |name: &str| {
        plan.outputs.iter().any(|output| &*output.name == name && output.action != Action::NoOp)
    };
    let pending = |name: &Arc<str>| {
        let Some(index): Option<OutputIdx> = root.names.output(name) else { return false };
        let closure = graph.closure(graph.node(Object::Output(ModuleId::ROOT, index)));
        changes(name) || changing.iter().chain(&wired).any(|node| closure.contains(*node))
    };
    root.outputs.iter().map(|output| output.name.clone()).filter(pending).collect()
}

#[cfg(test)]
mod tests {
    use diag::{Diags, SourceMap};
    use lang::config::BackendRule;
    use lang::graph::StaticGraph;
    use state::{Object, ObjectAddr, Row, State};

    use super::*;
    use crate::load;

    /// `changing` and `staying` are resources; `given` is an input.
    const TEXT: &str = r#"
        variable "given" { type = string }
        resource "terraform_data" "changing" { input = 1 }
        resource "terraform_data" "staying" { input = 2 }
        output "changes" { value = upper(terraform_data.changing.id) }
        output "stays" { value = terraform_data.staying.id }
        output "passes" { value = "${var.given}!" }
        output "fixed" { value = 1 }
    "#;

    fn module() -> Module {
        let (mut sources, mut diags) = (SourceMap::new(), Diags::new());
        let mut texts = |_: &str| Ok(vec![("main.tf".to_owned(), Arc::from(TEXT))]);
        let rule = BackendRule::Ignored;
        let loaded =
            load::load_from(&mut texts, rule, Default::default(), &mut sources, &mut diags);
        let loaded = loaded.expect("a configuration");
        let graph = Arc::new(StaticGraph::build(&loaded.config, &mut diags));
        let interface = estate::interface(&loaded.config, &graph);
        Module { loaded, graph, interface, overlay: None }
    }

    /// A plan of which only `terraform_data.changing` is something else than a no-op.
    fn plan() -> Plan {
        let mut state = State::new();
        let address = "terraform_data.changing".parse().expect("an address");
        let provider = "provider[\"terraform.io/builtin/terraform\"]".parse().expect("a provider");
        let object = Arc::new(Object::new(b"{}".to_vec(), 0));
        state.put(ObjectAddr::current(address), Row { provider, object });
        let loaded = store::Loaded {
            state,
            digest: state::Digest::default(),
            in_doubt: Vec::new(),
            stale: Default::default(),
            recovered: None,
        };
        super::super::forget::plan(&loaded, Default::default(), 0)
    }

    fn check(inputs: &[&str], expect: &[&str]) {
        let inputs = inputs.iter().map(|name| Arc::from(*name)).collect();
        let found = outputs(&module(), &plan(), &inputs);
        assert_eq!(found.iter().map(|name| &**name).collect::<Vec<_>>(), expect);
    }

    #[test]
    fn an_output_is_pending_by_what_it_derives_from() {
        check(&[], &["changes"]);
        check(&["given"], &["changes", "passes"]);
    }
}
