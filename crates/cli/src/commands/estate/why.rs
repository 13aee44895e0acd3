//! `strata why ADDRESS`: why a stack instance is where it is: its layer, what it reads and over which wires, who reads
//! it, who approves its changes and within which limits.
//!
//! Needs no store, provider or network.

use std::collections::BTreeMap;

use addr::StackPattern;
use diag::{Diagnostic, SourceMap, Span};
use estate::{Affected, Estate, Instance, InstanceIdx, Protection, StackGraph};
use run::estate::{Since, Strictness};
use serde_json::{Value, json};

use super::affected::{causes_text, through};
use super::{environments, patterns, read_file};
use crate::args::WhyArgs;
use crate::commands::Context;
use crate::commands::store::no_estate;
use crate::exit::Exit;
use crate::report::Format;
use crate::session::{self, Session};

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, args: &WhyArgs) -> Exit {
    session::run(context, 1, |mut session| async move {
        if let Some(text) = told(&mut session, args) {
            session.context.out(&text);
        }
        session.end(Exit::Done)
    })
}

fn told(session: &mut Session<'_>, args: &WhyArgs) -> Option<String> {
    let context = session.context;
    if !context.is_estate() {
        return session.heed(Err(no_estate(context)));
    }
    let file = read_file(session)?;
    let patterns = patterns(session, &args.addresses)?;
    let wanted = environments(session, &file, &patterns, None)?;
    let (sources, diags) = (&mut session.sources, &mut session.diags);
    let checked =
        run::estate::check(context.host, &file, &wanted, Strictness::Errors, sources, diags)?;
    let mut changes = BTreeMap::new();
    if let Some(reference) = &args.affected {
        let since = session.heed(Since::read(context.host, &file, reference))?;
        for graph in checked.graphs.values() {
            changes.insert(graph.environment, since.affected(&file, &checked, graph));
        }
    }
    let mut stories = Vec::new();
    for graph in checked.graphs.values() {
        for index in graph.indexes() {
            if patterns.iter().any(|one| one.matches(&graph.instance(index).addr)) {
                let affected = changes.get(&graph.environment);
                stories.push(Story { estate: &file.estate, graph, index, affected });
            }
        }
    }
    if stories.is_empty() {
        return session.heed(Err(nothing(&patterns)));
    }
    let sources = &session.sources;
    Some(match context.format {
        Format::Json => document(&stories, sources),
        Format::Text => {
            let texts: Vec<String> = stories.iter().map(|story| story.text(sources)).collect();
            texts.join("\n")
        }
    })
}

fn nothing(patterns: &[StackPattern]) -> Diagnostic {
    let named: Vec<String> = patterns.iter().map(ToString::to_string).collect();
    Diagnostic::error("stack-unknown", format!("No stack has the address `{}`", named.join(" ")))
        .detail("The estate's files make no instance that it covers.")
        .remedy("Name one that `strata list` shows, or use *.")
}

/// All there is to tell about one instance.
struct Story<'a> {
    estate: &'a Estate,
    graph: &'a StackGraph,
    index: InstanceIdx,
    affected: Option<&'a Affected>,
}

/// An edge as it is told: the other instance, `OUTPUT -> INPUT`, and where that stands.
struct Edge {
    other: String,
    output: String,
    input: String,
    span: Span,
}

impl Story<'_> {
    fn instance(&self) -> &Instance {
        self.graph.instance(self.index)
    }

    fn text(&self, sources: &SourceMap) -> String {
        let (estate, instance) = (self.estate, self.instance());
        let stack = &estate[instance.stack];
        let layers = estate.layers.len();
        let layer = &estate[stack.layer];
        let mut out = format!("{}\n", instance.addr);
        let mut line = |name: &str, text: &str| out.push_str(&format!("  {name:9}  {text}\n"));
        line("layer", &format!("{} ({} of {layers})", layer.name.node, stack.layer.0 + 1));
        line("source", stack.source.node.trim_start_matches("./"));
        if let Some(host) = instance.hosted_by {
            line("hosted by", &self.graph.instance(host).addr.to_string());
        }
        let hosts = self.hosts();
        if !hosts.is_empty() {
            line("hosts", &hosts.join(", "));
        }
        line("approvals", &self.approvals());
        line("limits", &self.limits());
        if let Some(affected) = self.affected {
            line("affected", &self.affected_text(affected));
        }
        let wires = [("reads", self.reads()), ("read by", self.read_by())];
        for (name, edges) in wires {
            if edges.is_empty() {
                out.push_str(&format!("  {name:9}  nobody\n"));
                continue;
            }
            out.push_str(&format!("  {name}\n"));
            let width = edges.iter().map(|edge| edge.other.len()).max().unwrap_or(0);
            for edge in edges {
                let place = sources.place(edge.span);
                let (other, wire) = (edge.other, format!("{} -> {}", edge.output, edge.input));
                out.push_str(&format!("    {other:width$}  {wire}  ({place})\n"));
            }
        }
        out
    }

    /// The instances that stand on it.
    fn hosts(&self) -> Vec<String> {
        let readers = self.instance().readers.iter().map(|reader| self.graph.instance(*reader));
        let guests = readers.filter(|reader| reader.hosted_by == Some(self.index));
        guests.map(|guest| guest.addr.to_string()).collect()
    }

    fn approvals(&self) -> String {
        let instance = self.instance();
        let owners = self.owners();
        let needed = self.estate.approvals_of(instance.stack);
        if needed == 0 {
            return match owners.as_slice() {
                [] => "none needed".to_owned(),
                owners => format!("none needed; owned by {}", owners.join(", ")),
            };
        }
        let binds = match self.estate[instance.environment].protection {
            Protection::Protected => "bind here",
            Protection::Open => "only warn here, the environment is not protected",
        };
        let hours = self.estate[self.estate[instance.stack].layer].approval_hours;
        format!("{needed} of {}, for {hours} h; {binds}", owners.join(", "))
    }

    fn owners(&self) -> Vec<&str> {
        self.estate.owners_of(self.instance().stack).iter().map(|owner| &*owner.node).collect()
    }

    fn limits(&self) -> String {
        let layer = &self.estate[self.estate[self.instance().stack].layer];
        let destroy = layer.max_destroy.map_or("any number".into(), |max| format!("at most {max}"));
        format!("{destroy} destroyed in the layer, at most {} deferred", layer.max_deferred)
    }

    fn affected_text(&self, affected: &Affected) -> String {
        match affected.changed.get(&self.index) {
            Some(causes) => causes_text(causes),
            None if affected.rippled.contains(&self.index) => {
                format!("reads {}", through(self.graph, affected, self.index).join(", "))
            }
            None => "no".to_owned(),
        }
    }

    fn reads(&self) -> Vec<Edge> {
        let wires = self.instance().wires.iter();
        let edge = |wire: &estate::Wire| Edge {
            other: wire.from.to_string(),
            output: wire.output.to_string(),
            input: wire.input.to_string(),
            span: wire.span,
        };
        wires.map(edge).collect()
    }

    fn read_by(&self) -> Vec<Edge> {
        let own = self.instance();
        let readers = own.readers.iter().map(|reader| self.graph.instance(*reader));
        let edges = readers.flat_map(|reader| {
            let wires = reader.wires.iter().filter(|wire| wire.from == own.addr);
            wires.map(|wire| Edge {
                other: reader.addr.to_string(),
                output: wire.output.to_string(),
                input: wire.input.to_string(),
                span: wire.span,
            })
        });
        edges.collect()
    }

    fn document(&self, sources: &SourceMap) -> Value {
        let (estate, instance) = (self.estate, self.instance());
        let stack = &estate[instance.stack];
        let layer = &estate[stack.layer];
        let edges = |edges: Vec<Edge>| -> Vec<Value> {
            let one = |edge: Edge| {
                let at = sources.place(edge.span);
                json!({ "stack": edge.other, "output": edge.output, "input": edge.input, "at": at })
            };
            edges.into_iter().map(one).collect()
        };
        let host = instance.hosted_by.map(|host| self.graph.instance(host).addr.to_string());
        let mut document = json!({
            "address": instance.addr.to_string(),
            "layer": &*layer.name.node,
            "rank": stack.layer.0,
            "source": &*stack.source.node,
            "key": instance.addr.key.as_deref(),
            "hosted_by": host,
            "hosts": self.hosts(),
            "owners": self.owners(),
            "approvals": estate.approvals_of(instance.stack),
            "approval_hours": layer.approval_hours,
            "binding": estate[instance.environment].protection == Protection::Protected,
            "max_destroy": layer.max_destroy,
            "max_deferred": layer.max_deferred,
            "reads": edges(self.reads()),
            "read_by": edges(self.read_by()),
        });
        if let Some(affected) = self.affected {
            document["affected"] = json!({
                "changed": affected.changed.contains_key(&self.index),
                "rippled": affected.rippled.contains(&self.index),
            });
        }
        document
    }
}

fn document(stories: &[Story<'_>], sources: &SourceMap) -> String {
    let stacks: Vec<Value> = stories.iter().map(|story| story.document(sources)).collect();
    format!("{:#}\n", json!({ "format_version": "1.0", "stacks": stacks }))
}
