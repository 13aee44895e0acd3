//! How JSON spells bodies and blocks: objects within objects for labels, arrays for repetition, null for nothing.
//!
//! Invariant: the rules are those of HCL's JSON syntax.

use diag::{Diags, Span};
use syntax::{JsonKind, JsonMember, JsonNode, Name};

use super::content::{BlockSrc, Inside};
use crate::config::faults;

/// The members of an object, or of the objects of an array.
pub(super) fn members<'s>(
    node: &'s JsonNode,
    label: Option<&str>,
    diags: &mut Diags,
) -> Vec<&'s JsonMember> {
    match &node.kind {
        JsonKind::Null | JsonKind::Invalid => Vec::new(),
        JsonKind::Object(members) => members.iter().collect(),
        JsonKind::Array(nodes) => {
            let mut all = Vec::new();
            for node in nodes {
                match &node.kind {
                    JsonKind::Object(members) => all.extend(members),
                    _ => diags.push(faults::object_required(node.span, label)),
                }
            }
            all
        }
        _ => {
            diags.push(faults::object_required(node.span, label));
            Vec::new()
        }
    }
}

/// The type of blocks, and the labels peeled off so far.
pub(super) struct Header<'s> {
    pub(super) kind: &'s Name,
    pub(super) labels: Vec<Name>,
}

/// Peels the labels off a JSON value, one object for each, and collects the blocks beneath.
pub(super) fn blocks<'s>(
    node: &'s JsonNode,
    labels: &[&str],
    header: &mut Header<'s>,
    found: &mut Vec<BlockSrc<'s>>,
    diags: &mut Diags,
) {
    if let [label, rest @ ..] = labels {
        let errors = diags.error_count();
        let members = self::members(node, Some(label), diags);
        if members.is_empty() && diags.error_count() == errors {
            diags.push(faults::missing_json_label(&header.kind.text, label, node.span));
        }
        for member in members {
            header.labels.push(member.key.clone());
            blocks(&member.value, rest, header, found, diags);
            header.labels.pop();
        }
        return;
    }
    let mut add = |node: &'s JsonNode, opening: Span| {
        found.push(BlockSrc {
            kind: header.kind,
            labels: header.labels.clone(),
            header: opening,
            inside: Inside::Json(node),
        });
    };
    match &node.kind {
        JsonKind::Null | JsonKind::Invalid => {}
        JsonKind::Object(_) => add(node, node.head()),
        JsonKind::Array(nodes) => nodes.iter().for_each(|inner| add(inner, node.head())),
        _ => diags.push(faults::blocks_required(&header.kind.text, node.span)),
    }
}
