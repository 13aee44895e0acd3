//! `strata graph`: what depends on what, for Graphviz or as JSON: the stacks of an environment, or the objects of a root
//! module.

use std::collections::BTreeSet;

use ::estate::{InstanceIdx, StackGraph};
use lang::config::{BackendRule, Config};
use lang::graph::{NodeId, Object, StaticGraph};
use run::estate::EstateFile;
use serde_json::json;

use super::{Context, estate};
use crate::args::GraphArgs;
use crate::exit::Exit;
use crate::report::Format;
use crate::session::{self, Session};

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, args: &GraphArgs) -> Exit {
    session::run(context, 1, |mut session| async move {
        if let Some(text) = drawn(&mut session, args) {
            session.context.out(&text);
        }
        session.end(Exit::Done)
    })
}

fn drawn(session: &mut Session<'_>, args: &GraphArgs) -> Option<String> {
    if !session.context.is_estate() {
        if args.layers {
            return session.heed(Err(super::store::no_estate(session.context)));
        }
        return of_root(session).map(|picture| picture.written(session));
    }
    let file = estate::read_file(session)?;
    let (addresses, choice) = (&args.selection.addresses, &args.selection.choice);
    let (graph, chosen) = estate::choose(session, &file, addresses, choice, estate::Depth::Wires)?;
    let chosen = chosen.instances;
    let json = session.context.format == Format::Json;
    Some(match args.layers && !json {
        true => estate::layers::drawn(&file, &graph, &chosen, args.format),
        false => of_estate(&file, &graph, &chosen).written(session),
    })
}

/// A graph to be drawn.
#[derive(Default)]
struct Picture {
    nodes: Vec<Node>,
    /// Who depends on whom, and through what.
    edges: BTreeSet<(String, String, String)>,
}

struct Node {
    address: String,
    /// What it is: a stack's `layer`, an object's `kind`.
    sort: (&'static str, String),
    shape: &'static str,
}

impl Picture {
    fn written(&self, session: &Session<'_>) -> String {
        match session.context.format {
            Format::Json => self.document(),
            Format::Text => self.dot(),
        }
    }

    fn dot(&self) -> String {
        let mut out = String::from("digraph {\n  rankdir = \"RL\"\n");
        for node in &self.nodes {
            out.push_str(&format!("  {} [shape = \"{}\"]\n", quoted(&node.address), node.shape));
        }
        for (from, to, label) in &self.edges {
            let label = match label.as_str() {
                "" => String::new(),
                label => format!(" [label = {}]", quoted(label)),
            };
            out.push_str(&format!("  {} -> {}{label}\n", quoted(from), quoted(to)));
        }
        out.push_str("}\n");
        out
    }

    fn document(&self) -> String {
        let nodes = self.nodes.iter().map(|node| {
            let (name, sort) = &node.sort;
            json!({ "address": node.address, *name: sort })
        });
        let edges = self.edges.iter().map(|(from, to, label)| {
            let mut edge = json!({ "from": from, "to": to });
            if !label.is_empty() {
                edge["through"] = label.as_str().into();
            }
            edge
        });
        let (nodes, edges): (Vec<_>, Vec<_>) = (nodes.collect(), edges.collect());
        format!("{:#}\n", json!({ "nodes": nodes, "edges": edges }))
    }
}

/// Text in quotes as Graphviz reads it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The chosen stacks: a stack points at those that it reads.
fn of_estate(file: &EstateFile, graph: &StackGraph, chosen: &BTreeSet<InstanceIdx>) -> Picture {
    let mut picture = Picture::default();
    for instance in chosen.iter().map(|index| graph.instance(*index)) {
        let layer = &file.estate[file.estate[instance.stack].layer].name.node;
        let (address, sort) = (instance.addr.to_string(), ("layer", layer.to_string()));
        picture.nodes.push(Node { address: address.clone(), sort, shape: "box" });
        for wire in &instance.wires {
            if graph.find(&wire.from).is_some_and(|below| chosen.contains(&below)) {
                let below = wire.from.to_string();
                picture.edges.insert((address.clone(), below, wire.output.to_string()));
            }
        }
    }
    picture
}

fn of_root(session: &mut Session<'_>) -> Option<Picture> {
    let (host, dir) = (session.context.host, &session.context.dir);
    if !run::load::has_configuration(host, dir) {
        session.diags.push(run::load::no_configuration(&dir.display().to_string()));
        return None;
    }
    let (sources, diags) = (&mut session.sources, &mut session.diags);
    let given = run::variables::collect(host, dir, &[], sources, diags).for_sources();
    let loaded = run::load::load(host, dir, BackendRule::Honoured, given, sources, diags)?;
    let graph = StaticGraph::build(&loaded.config, diags);
    if diags.has_errors() {
        return None;
    }
    Some(objects(&loaded.config, &graph))
}

/// The objects of a root module and of the modules that it calls.
fn objects(config: &Config, graph: &StaticGraph) -> Picture {
    let mut picture = Picture::default();
    for node in graph.order() {
        let Some((kind, shape)) = kind(graph.object(*node)) else { continue };
        let address = graph.describe(config, *node);
        for other in behind(graph, *node) {
            picture.edges.insert((address.clone(), graph.describe(config, other), String::new()));
        }
        picture.nodes.push(Node { address, sort: ("kind", kind.to_owned()), shape });
    }
    picture.nodes.sort_by(|a, b| a.address.cmp(&b.address));
    picture
}

/// What is shown of an object; nothing of what only orders the work.
fn kind(object: Object) -> Option<(&'static str, &'static str)> {
    Some(match object {
        Object::Variable(..) => ("variable", "note"),
        Object::Local(..) => ("local", "ellipse"),
        Object::Output(..) => ("output", "ellipse"),
        Object::Resource(..) => ("resource", "box"),
        Object::Provider(_) => ("provider", "diamond"),
        Object::Expansion(_) | Object::Close(_) => return None,
    })
}

/// What a node depends on, seen through the nodes that are not shown.
fn behind(graph: &StaticGraph, node: NodeId) -> BTreeSet<NodeId> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut open: Vec<NodeId> = graph.depends_on(node).collect();
    while let Some(next) = open.pop() {
        if !seen.insert(next) {
            continue;
        }
        match kind(graph.object(next)) {
            Some(_) => drop(found.insert(next)),
            None => open.extend(graph.depends_on(next)),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Node, Picture};

    #[test]
    fn addresses_with_quotes_stay_one_name() {
        let mut picture = Picture::default();
        let address = "provider[\"x\"]".to_owned();
        let sort = ("kind", "provider".to_owned());
        picture.nodes.push(Node { address: address.clone(), sort, shape: "diamond" });
        picture.edges.insert(("a".into(), address, String::new()));
        assert_eq!(
            picture.dot(),
            "digraph {\n  rankdir = \"RL\"\n  \"provider[\\\"x\\\"]\" [shape = \"diamond\"]\n  \"a\" -> \"provider[\\\"x\\\"]\"\n}\n"
        );
    }
}
