//! `strata graph -layers`: the stacks of an environment in their layers, as text, Mermaid or SVG.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use addr::StackAddr;
use estate::{Instance, InstanceIdx, StackGraph};
use render::{Band, Edge, LayerPicture, layers_mermaid, layers_svg, layers_text};
use run::estate::EstateFile;

use crate::args::Picture;

/// The picture of the chosen stacks.
pub(crate) fn drawn(
    file: &EstateFile,
    graph: &StackGraph,
    chosen: &BTreeSet<InstanceIdx>,
    picture: Picture,
) -> String {
    let model = model(file, graph, chosen);
    match picture {
        Picture::Text => layers_text(&model),
        Picture::Mermaid => layers_mermaid(&model),
        Picture::Svg => layers_svg(&model),
    }
}

fn model(file: &EstateFile, graph: &StackGraph, chosen: &BTreeSet<InstanceIdx>) -> LayerPicture {
    let estate = &file.estate;
    let own = chosen.iter().map(|index| graph.instance(*index));
    let read = |one: &&Instance| {
        chosen.iter().any(|index| graph.instance(*index).wires.iter().any(|w| w.from == one.addr))
    };
    // Of another environment only what is read, by its whole address.
    let outside = graph.outside.iter().filter(read);
    let shown: Vec<&Instance> = own.chain(outside).collect();
    let names = shown.iter().map(|one| match one.environment == graph.environment {
        true => name(&one.addr),
        false => one.addr.to_string(),
    });
    let places: HashMap<&StackAddr, usize> =
        shown.iter().enumerate().map(|(at, one)| (&one.addr, at)).collect();
    let mut bands: Vec<Band> = estate
        .layers
        .iter()
        .map(|layer| Band { name: layer.name.node.to_string(), stacks: Vec::new() })
        .collect();
    let mut edges = Vec::new();
    for (at, one) in shown.iter().enumerate() {
        bands[estate[one.stack].layer.0 as usize].stacks.push(at);
        if one.environment == graph.environment {
            edges.extend(edges_of(graph, &places, at, one));
        }
    }
    let environment = &estate[graph.environment].name.node;
    LayerPicture {
        title: format!("{}/{environment}", estate.name.node),
        bands,
        stacks: names.collect(),
        edges,
    }
}

/// One edge for each instance that is read or stood on.
fn edges_of(
    graph: &StackGraph,
    places: &HashMap<&StackAddr, usize>,
    from: usize,
    instance: &Instance,
) -> Vec<Edge> {
    let mut outputs: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for wire in &instance.wires {
        if let Some(to) = places.get(&wire.from) {
            outputs.entry(*to).or_default().insert(&wire.output);
        }
    }
    if let Some(host) = instance.hosted_by
        && let Some(to) = places.get(&graph.instance(host).addr)
    {
        outputs.entry(*to).or_default();
    }
    let edge = |(to, outputs): (usize, BTreeSet<&str>)| Edge {
        from,
        to,
        outputs: outputs.into_iter().map(str::to_owned).collect(),
    };
    outputs.into_iter().map(edge).collect()
}

/// The address without its environment.
fn name(addr: &StackAddr) -> String {
    match &addr.key {
        Some(key) => format!("{}:{key}", addr.stack),
        None => addr.stack.to_string(),
    }
}
