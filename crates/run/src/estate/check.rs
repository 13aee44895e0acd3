//! `strata validate` of an estate: every environment's wiring and inputs, without credentials, providers or network.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use diag::{Diagnostic, Diags, SourceMap};
use estate::{EnvironmentIdx, Instance, Interface, StackGraph, StackIdx};
use host::Host;
use lang::config::BackendRule;
use lang::graph::StaticGraph;

use super::open::EstateFile;
use crate::load::{self, Loaded};

/// A stack's root module, as it was loaded.
#[derive(Clone)]
pub struct Module {
    /// Its configuration.
    pub loaded: Loaded,
    /// Its static graph.
    pub graph: Arc<StaticGraph>,
    /// What it declares.
    pub interface: Interface,
}

/// An estate that was checked.
pub struct Checked {
    /// Root modules by stack.
    pub modules: BTreeMap<StackIdx, Module>,
    /// The graph of each environment.
    pub graphs: BTreeMap<EnvironmentIdx, StackGraph>,
}

impl Checked {
    /// The module of an instance.
    pub fn module(&self, instance: &Instance) -> &Module {
        &self.modules[&instance.stack]
    }
}

/// How much is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// What is wrong.
    Errors,
    /// Also what is only doubtful.
    Hints,
}

/// Checks the environments; `None` where something is wrong, which is reported.
pub fn check(
    host: &Host,
    file: &EstateFile,
    environments: &[EnvironmentIdx],
    strictness: Strictness,
    sources: &mut SourceMap,
    diags: &mut Diags,
) -> Option<Checked> {
    let before = diags.error_count();
    let estate = &file.estate;
    let mut graphs = BTreeMap::new();
    for environment in environments {
        let mut own = Diags::new();
        if let Some(graph) = StackGraph::new(estate, *environment, &mut own) {
            graphs.insert(*environment, graph);
        }
        extend_once(diags, own);
    }
    let modules = load_modules(host, file, &graphs, sources, diags);
    let loaded = |stack: StackIdx| modules.get(&stack).map(|module| &module.interface);
    estate::check_settings(estate, &loaded, diags);
    for graph in graphs.values() {
        let mut all_inputs = Vec::with_capacity(graph.order.len());
        for instance in &graph.order {
            let mut own = Diags::new();
            let interface_of = |one: &Instance| loaded(one.stack);
            let inputs = estate::check(estate, graph, instance, &interface_of, &mut own);
            if inputs.is_some() && strictness == Strictness::Hints {
                sensitive_wires(graph, instance, &modules, &mut own);
            }
            all_inputs.push(inputs);
            extend_once(diags, own);
        }
        let mut own = Diags::new();
        estate::twins(estate, graph, &all_inputs, &mut own);
        extend_once(diags, own);
    }
    if strictness == Strictness::Hints {
        unread_outputs(file, &graphs, &modules, diags);
    }
    (diags.error_count() == before).then_some(Checked { modules, graphs })
}

/// Adds what was not said yet: the same wrong line is wrong in every environment.
fn extend_once(diags: &mut Diags, own: Diags) {
    for one in own {
        let same = |other: &Diagnostic| {
            other.code == one.code && other.span == one.span && other.summary == one.summary
        };
        if one.span.is_none() || !diags.iter().any(same) {
            diags.push(one);
        }
    }
}

fn load_modules(
    host: &Host,
    file: &EstateFile,
    graphs: &BTreeMap<EnvironmentIdx, StackGraph>,
    sources: &mut SourceMap,
    diags: &mut Diags,
) -> BTreeMap<StackIdx, Module> {
    let mut modules = BTreeMap::new();
    let wanted: BTreeSet<StackIdx> = graphs
        .values()
        .flat_map(|graph| graph.order.iter().chain(&graph.outside).map(|instance| instance.stack))
        .collect();
    for stack in wanted {
        if let Some(module) = load_module(host, file, stack, sources, diags) {
            modules.insert(stack, module);
        }
    }
    modules
}

fn load_module(
    host: &Host,
    file: &EstateFile,
    stack: StackIdx,
    sources: &mut SourceMap,
    diags: &mut Diags,
) -> Option<Module> {
    let source = &file.estate[stack].source;
    let dir = stack_dir(file, stack);
    if !load::has_configuration(host, &dir) {
        diags.push(
            Diagnostic::error("stack-source", format!("No root module in {}", source.node))
                .detail("The folder does not exist, or holds no .tf or .tofu file.")
                .remedy("Name the folder of the stack's root module, relative to strata.hcl.")
                .at(source.span),
        );
        return None;
    }
    let shown = source.node.trim_start_matches("./").trim_end_matches('/');
    sources.set_prefix(if matches!(shown, "" | ".") { String::new() } else { format!("{shown}/") });
    let loaded = load::load(host, &dir, BackendRule::Ignored, Default::default(), sources, diags);
    let loaded = loaded?;
    let before = diags.error_count();
    let graph = Arc::new(StaticGraph::build(&loaded.config, diags));
    if diags.error_count() > before {
        return None;
    }
    let interface = estate::interface(&loaded.config, &graph);
    Some(Module { loaded, graph, interface })
}

/// The folder of a stack's root module, absolute.
pub fn stack_dir(file: &EstateFile, stack: StackIdx) -> PathBuf {
    normal(&file.dir.join(&*file.estate[stack].source.node))
}

/// The path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// Sensitive outputs wired into variables that are not declared sensitive.
fn sensitive_wires(
    graph: &StackGraph,
    instance: &Instance,
    modules: &BTreeMap<StackIdx, Module>,
    diags: &mut Diags,
) {
    for wire in &instance.wires {
        let below = graph.find_any(&wire.from).map(|below| below.stack);
        let output =
            below.and_then(|stack| modules.get(&stack)?.interface.outputs.get(&wire.output));
        let input =
            modules.get(&instance.stack).and_then(|m| m.interface.variables.get(&wire.input));
        if let (Some(output), Some(input)) = (output, input)
            && output.sensitive
            && !input.sensitive
        {
            diags.push(
                Diagnostic::warning("wiring-sensitive", "A sensitive output is wired into an input that is not")
                    .detail(format!("`{}` is declared sensitive, the variable `{}` is not; the value stays hidden, but nothing above says so.", wire.output, wire.input))
                    .remedy("Declare the variable `sensitive = true`.")
                    .at(wire.span)
                    .label(input.span, "the variable"),
            );
        }
    }
}

/// Outputs that no stack reads, in any environment.
fn unread_outputs(
    file: &EstateFile,
    graphs: &BTreeMap<EnvironmentIdx, StackGraph>,
    modules: &BTreeMap<StackIdx, Module>,
    diags: &mut Diags,
) {
    let read: HashSet<(&str, &str)> = graphs
        .values()
        .flat_map(|graph| graph.order.iter().flat_map(|instance| &instance.wires))
        .map(|wire| (&*wire.from.stack, &*wire.output))
        .collect();
    for (stack, module) in modules {
        let own = &*file.estate[*stack].name.node;
        for (name, output) in &module.interface.outputs {
            if !read.contains(&(own, &**name)) {
                diags.push(
                    Diagnostic::warning("output-unread", format!("Nobody reads `{own}.{name}`"))
                        .detail(
                            "The output is published and no stack of the estate is wired to it.",
                        )
                        .remedy("Take it out, or leave it for people and programs outside.")
                        .at(output.span),
                );
            }
        }
    }
}
