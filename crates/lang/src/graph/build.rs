//! Nodes and edges from the configuration.
//!
//! Invariant: edges of a node are without repetition and never lead to the node itself.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use addr::InstanceKey;
use diag::{Diagnostic, Diags, Span};

use super::{Block, Edge, NodeId, Object, StaticGraph, called};
use crate::body::LoweredBody;
use crate::config::{
    CheckRule, Config, DependsOn, LocalIdx, Module, ModuleId, OutputIdx, ProviderConfigId, ResIdx,
    VarIdx,
};
use crate::expr::{ExprId, Exprs, Node, Target};
use crate::suggest;

/// The graph with nodes and edges, and nothing yet computed from them.
pub(super) fn build(config: &Config, diags: &mut Diags) -> StaticGraph {
    let mut graph = nodes(config);
    let mut builder = Builder { config, graph: &graph, found: Vec::new(), diags };
    let mut starts = Vec::with_capacity(graph.objects.len() + 1);
    let mut edges: Vec<Edge> = Vec::new();
    let mut keyed = HashMap::new();
    for position in 0..graph.objects.len() {
        starts.push(edges.len() as u32);
        let own = NodeId(position as u32);
        builder.found.clear();
        builder.object(graph.objects[position]);
        // The first of several references is where a circle is shown.
        builder.found.sort_by_key(|it| it.edge.to);
        for same in builder.found.chunk_by(|a, b| a.edge.to == b.edge.to) {
            let to = same[0].edge.to;
            if to == own {
                continue;
            }
            edges.push(same[0].edge);
            if let Some(keys) = same.iter().map(|it| it.key.clone()).collect::<Option<Vec<_>>>() {
                keyed.insert((own, to), keys);
            }
        }
    }
    starts.push(edges.len() as u32);
    graph.starts = starts;
    graph.edges = edges;
    graph.keyed = keyed;
    graph
}

/// An edge, and the one instance that its reference names by a literal key.
#[derive(Clone, Debug)]
struct Found {
    edge: Edge,
    key: Option<InstanceKey>,
}

fn nodes(config: &Config) -> StaticGraph {
    let mut objects = Vec::new();
    let mut blocks = Vec::with_capacity(config.modules.len());
    let mut resources = Vec::new();
    for module in &config.modules {
        let (id, def) = (module.id, &module.def);
        let first = objects.len() as u32;
        let locals = first + 2 + def.variables.len() as u32;
        let outputs = locals + def.locals.len() as u32;
        blocks.push(Block {
            first,
            locals,
            outputs,
            resources: outputs + def.outputs.len() as u32,
            first_resource: resources.len() as u32,
        });
        objects.extend([Object::Expansion(id), Object::Close(id)]);
        objects.extend((0..def.variables.len()).map(|i| Object::Variable(id, VarIdx::new(i))));
        objects.extend((0..def.locals.len()).map(|i| Object::Local(id, LocalIdx::new(i))));
        objects.extend((0..def.outputs.len()).map(|i| Object::Output(id, OutputIdx::new(i))));
        objects.extend((0..def.resources.len()).map(|i| Object::Resource(id, ResIdx::new(i))));
        resources.extend((0..def.resources.len()).map(|i| (id, ResIdx::new(i))));
    }
    let first_provider = objects.len() as u32;
    let providers = 0..config.provider_configs.len() as u32;
    objects.extend(providers.map(|i| Object::Provider(ProviderConfigId(i))));
    StaticGraph {
        objects,
        blocks,
        first_provider,
        starts: Vec::new(),
        edges: Vec::new(),
        keyed: HashMap::new(),
        back_starts: Vec::new(),
        back_edges: Vec::new(),
        order: Vec::new(),
        resources,
        closures: OnceLock::new(),
    }
}

/// Gathers the edges of one node after another.
struct Builder<'a> {
    config: &'a Config,
    graph: &'a StaticGraph,
    found: Vec<Found>,
    diags: &'a mut Diags,
}

impl Builder<'_> {
    fn object(&mut self, object: Object) {
        match object {
            Object::Expansion(module) => self.expansion(module),
            Object::Close(module) => self.close(module),
            Object::Variable(module, index) => self.variable(module, index),
            Object::Local(module, index) => self.local(module, index),
            Object::Output(module, index) => self.output(module, index),
            Object::Resource(module, index) => self.resource(module, index),
            Object::Provider(id) => self.provider(id),
        }
    }

    fn to(&mut self, object: Object, span: Option<Span>) {
        let edge = Edge { to: self.graph.node(object), span };
        self.found.push(Found { edge, key: None });
    }

    /// Everything in a called module waits for its expansion.
    fn within(&mut self, module: ModuleId) {
        if module != ModuleId::ROOT {
            self.to(Object::Expansion(module), None);
        }
    }

    fn expansion(&mut self, id: ModuleId) {
        let config = self.config;
        let Some((parent, call)) = config.module(id).parent else { return };
        self.within(parent);
        let call = &config.module(parent).def.calls[call.index()];
        self.expr(parent, call.repeat.expr());
        self.depends_on(parent, &call.depends_on);
    }

    fn close(&mut self, id: ModuleId) {
        if id == ModuleId::ROOT {
            return;
        }
        self.within(id);
        let def = &self.config.module(id).def;
        let block = self.graph.blocks[id.index()];
        let end = block.resources + def.resources.len() as u32;
        let edges = (block.first + 2..end).map(|at| Edge { to: NodeId(at), span: None });
        self.found.extend(edges.map(|edge| Found { edge, key: None }));
        for child in self.config.module(id).children.values() {
            self.to(Object::Close(*child), None);
        }
        for (position, node) in self.config.provider_configs.iter().enumerate() {
            if node.module == id {
                self.to(Object::Provider(ProviderConfigId(position as u32)), None);
            }
        }
    }

    fn variable(&mut self, id: ModuleId, index: VarIdx) {
        let config = self.config;
        let module = config.module(id);
        let variable = &module.def.variables[index.index()];
        self.within(id);
        if let Some((parent, call)) = module.parent {
            let call = &config.module(parent).def.calls[call.index()];
            self.expr(parent, call.argument(&variable.name));
        }
        self.rules(id, &variable.validations);
    }

    fn local(&mut self, id: ModuleId, index: LocalIdx) {
        let local = &self.config.module(id).def.locals[index.index()];
        self.within(id);
        self.expr(id, Some(local.expr));
        self.refuse_itself(Object::Local(id, index), &format!("local.{}", local.name));
    }

    fn output(&mut self, id: ModuleId, index: OutputIdx) {
        let output = &self.config.module(id).def.outputs[index.index()];
        self.within(id);
        self.expr(id, Some(output.expr));
        self.depends_on(id, &output.depends_on);
        self.rules(id, &output.preconditions);
    }

    fn resource(&mut self, id: ModuleId, index: ResIdx) {
        let config = self.config;
        let module = config.module(id);
        let resource = &module.def.resources[index.index()];
        self.within(id);
        self.expr(id, resource.repeat.expr());
        self.body(id, &resource.body);
        self.refuse_itself(Object::Resource(id, index), &resource.addr.to_string());
        // Waiting for itself is without effect, as in OpenTofu.
        self.depends_on(id, &resource.depends_on);
        let lifecycle = &resource.lifecycle;
        self.expr(id, lifecycle.prevent_destroy);
        lifecycle.replace_triggered_by.iter().for_each(|it| self.expr(id, Some(it.expr)));
        self.rules(id, &resource.preconditions);
        self.rules(id, &resource.postconditions);
        if let Some(provider) = module.resource_providers.get(index.index()).copied().flatten() {
            let span = resource.provider_ref.as_ref().map(|it| it.span);
            self.to(Object::Provider(provider), span);
        }
    }

    fn provider(&mut self, id: ProviderConfigId) {
        let config = self.config;
        let node = config.provider_config(id);
        self.within(node.module);
        if let Some(block) = node.block {
            let block = &config.module(node.module).def.providers[block.index()];
            self.body(node.module, &block.body);
        }
    }

    fn rules(&mut self, module: ModuleId, rules: &[CheckRule]) {
        for rule in rules {
            self.expr(module, Some(rule.condition));
            self.expr(module, Some(rule.message));
        }
    }

    fn body(&mut self, module: ModuleId, body: &LoweredBody) {
        body.expressions().into_iter().for_each(|expr| self.expr(module, Some(expr)));
    }

    fn expr(&mut self, module: ModuleId, expr: Option<ExprId>) {
        let Some(expr) = expr else { return };
        let exprs = &self.config.module(module).def.exprs;
        let mut stack = vec![expr];
        while let Some(id) = stack.pop() {
            if let Some(reference) = exprs.reference_of(id) {
                let before = self.found.len();
                self.target(module, &reference.target, reference.span);
                if let (Some(key), Some(found)) =
                    (literal_key(exprs, id), self.found.get_mut(before))
                {
                    found.key = Some(key);
                }
            }
            let from = stack.len();
            exprs.operands(id, &mut |operand| stack.push(operand));
            stack[from..].reverse();
        }
    }

    fn depends_on(&mut self, module: ModuleId, list: &[DependsOn]) {
        list.iter().for_each(|it| self.target(module, &it.target, it.span));
    }

    /// The edges of one reference.
    fn target(&mut self, module: ModuleId, target: &Target, span: Span) {
        let config = self.config;
        match target {
            Target::Variable(index) => self.to(Object::Variable(module, *index), Some(span)),
            Target::Local(index) => self.to(Object::Local(module, *index), Some(span)),
            Target::Resource(index) => self.to(Object::Resource(module, *index), Some(span)),
            Target::Module(call) => {
                if let Some(called) = called(config, module, *call) {
                    self.to(Object::Close(called), Some(span));
                }
            }
            Target::Output(call, name) => {
                let Some(called) = called(config, module, *call) else { return };
                match config.module(called).def.names.output(name) {
                    Some(index) => self.to(Object::Output(called, index), Some(span)),
                    None => self.diags.push(no_output(config.module(called), name, span)),
                }
            }
            Target::Function(function) => {
                if let Some(provider) = config.function_provider(module, function) {
                    self.to(Object::Provider(provider), Some(span));
                }
            }
            _ => {}
        }
    }

    /// An object cannot be made out of itself.
    fn refuse_itself(&mut self, own: Object, text: &str) {
        let own = self.graph.node(own);
        for edge in self.found.iter().map(|it| it.edge).filter(|edge| edge.to == own) {
            self.diags.push(
                Diagnostic::error("self-reference", format!("`{text}` refers to itself"))
                    .detail("Its value would be needed to compute its value.")
                    .remedy("Refer to something else, or use a local value for what both need.")
                    .maybe_at(edge.span),
            );
        }
    }
}

/// The literal key by which an expression names one instance of a resource.
fn literal_key(exprs: &Exprs, id: ExprId) -> Option<InstanceKey> {
    let Node::Instance(_, key) = exprs.node(id) else { return None };
    let mut at = *key;
    while let Node::Hoist(_, inner) = exprs.node(at) {
        at = *inner;
    }
    let Node::Literal(value) = exprs.node(at) else { return None };
    match value.as_str() {
        Some(text) => Some(InstanceKey::Str(text.into())),
        None => value.as_number()?.to_i64().map(InstanceKey::Int),
    }
}

fn no_output(called: &Module, name: &Arc<str>, span: Span) -> Diagnostic {
    let known = called.def.outputs.iter().map(|it| &*it.name);
    Diagnostic::error("output-undeclared", format!("`{}` has no output `{name}`", called.path))
        .detail(suggest::sentence(name, known))
        .remedy("Correct the name, or declare the output in the called module.")
        .at(span)
}
