//! Who plays in the scenes: the objects and stacks of an environment that fit a part.
//!
//! Invariant: chosen by the estate alone, so that the same estate always has the same cast.

use std::cmp::Reverse;

use addr::{InstanceKey, Mode, StackAddr};
use estate::Instance;
use serde_json::Value as Json;
use store::StackKey;

use crate::commands::estate::Opened;

/// An argument of an object that bears data.
pub(super) struct Candidate {
    /// The stack.
    pub(super) stack: StackAddr,
    /// The resource's type.
    pub(super) type_name: String,
    /// Its name.
    pub(super) name: String,
    /// The argument.
    pub(super) argument: String,
    /// What it is now.
    pub(super) value: String,
}

/// Arguments by which objects are most often told apart: a change of one makes another object.
const FIRST: [&str; 8] = [
    "cluster_identifier",
    "database_name",
    "identifier",
    "name",
    "bucket",
    "location",
    "region",
    "engine",
];

/// The arguments that are tried of one object, at most.
const ARGUMENTS_MAX: usize = 6;

/// The parts that an edit may play, the likeliest first: data stores before what else bears data, arguments that tell
/// objects apart before others.
pub(super) fn data_bearing(opened: &Opened) -> Vec<Candidate> {
    let catalogue = opened.policies.catalogue();
    let mut found = Vec::new();
    for instance in &opened.graph().order {
        let Ok(loaded) = opened.store.peek(&StackKey::from(&instance.addr)) else { continue };
        for (at, row) in loaded.state.rows() {
            let resource = &at.instance.resource;
            let fits = resource.mode == Mode::Managed
                && at.deposed.is_none()
                && at.instance.module.is_root()
                && at.instance.key == InstanceKey::None
                && catalogue.entry(&resource.type_name).is_some();
            if fits {
                let attributes = row.object.attributes.as_json();
                found.extend(
                    attributes
                        .into_iter()
                        .flat_map(|attributes| candidates(&instance.addr, resource, attributes)),
                );
            }
        }
    }
    found.sort_by_key(|one: &Candidate| !is_database(&one.type_name));
    found
}

fn is_database(type_name: &str) -> bool {
    ["rds", "sql", "cosmos", "dynamodb", "database"].iter().any(|word| type_name.contains(word))
}

fn candidates(stack: &StackAddr, resource: &addr::Resource, attributes: &[u8]) -> Vec<Candidate> {
    let Ok(Json::Object(attributes)) = serde_json::from_slice(attributes) else {
        return Vec::new();
    };
    let texts = attributes.iter().filter_map(|(name, value)| Some((name, value.as_str()?)));
    let mut texts: Vec<(&String, &str)> = texts
        .filter(|(name, value)| !value.is_empty() && *name != "id" && !name.ends_with("arn"))
        .collect();
    texts.sort_by_key(|(name, _)| {
        FIRST.iter().position(|first| first == name).unwrap_or(FIRST.len())
    });
    let candidate = |(name, value): (&String, &str)| Candidate {
        stack: stack.clone(),
        type_name: resource.type_name.to_string(),
        name: resource.name.to_string(),
        argument: name.clone(),
        value: value.to_owned(),
    };
    texts.into_iter().take(ARGUMENTS_MAX).map(candidate).collect()
}

/// Stacks that can go and come back without anybody noticing, for nobody reads them, each with its count of objects. Those
/// first that bear least data, then those of high layers, then large ones.
pub(super) fn leaves(opened: &Opened) -> Vec<(StackAddr, usize)> {
    let catalogue = opened.policies.catalogue();
    let mut found = Vec::new();
    for instance in opened.graph().order.iter().filter(|one| one.readers.is_empty()) {
        let Ok(loaded) = opened.store.peek(&StackKey::from(&instance.addr)) else { continue };
        let (mut objects, mut bearing) = (0, 0);
        for (at, row) in loaded.state.rows() {
            let resource = &at.instance.resource;
            // What is built in is not the cloud's.
            if resource.mode == Mode::Managed && !row.provider.config.provider.is_builtin() {
                objects += 1;
                bearing += usize::from(catalogue.entry(&resource.type_name).is_some());
            }
        }
        if objects > 1 {
            let rank =
                (bearing, Reverse(opened.file.estate[instance.stack].layer), Reverse(objects));
            found.push((rank, instance.addr.clone(), objects));
        }
    }
    found.sort();
    found.into_iter().map(|(_, stack, objects)| (stack, objects)).collect()
}

/// The app whose change is planned: the last stack of the last layer that nobody reads.
pub(super) fn app(opened: &Opened) -> Option<&Instance> {
    let order = &opened.graph().order;
    let unread = |one: &&Instance| one.readers.is_empty();
    let layer = |one: &&Instance| opened.file.estate[one.stack].layer;
    order.iter().filter(unread).max_by_key(layer)
}
