//! Lowering of JSON values, of which nobody knows yet whether they are attributes or blocks.
//!
//! So each value is lowered once, as an expression, and objects and arrays are kept as such: a body is a view of an
//! object (`body::json`). Only strings are templates.
//!
//! Invariant: inside `"dynamic"`, what stands under `content` and `labels` may refer to the iterator.

use diag::{Diags, Span};
use syntax::{JsonKind, JsonMember, JsonNode};
use value::{Type, Value};

use super::arena::ExprId;
use super::lower::Lowerer;
use super::node::{Node, ObjectNode};

impl Lowerer<'_> {
    /// Lowers a JSON value.
    pub fn json_value(&mut self, node: &JsonNode, diags: &mut Diags) -> ExprId {
        let span = node.span;
        match &node.kind {
            JsonKind::Null => self.literal(Value::null(Type::DYNAMIC), span),
            JsonKind::Bool(value) => self.literal(Value::bool(*value), span),
            JsonKind::Number(text) => self.number(text, span, diags),
            JsonKind::String(it) if !has_markers(&it.text) => {
                self.literal(Value::string(it.text.clone()), span)
            }
            JsonKind::String(_) => {
                let expr = syntax::json_expr(node, diags);
                self.expr(&expr, diags)
            }
            JsonKind::Array(nodes) => {
                let ids: Vec<ExprId> =
                    nodes.iter().map(|node| self.json_value(node, diags)).collect();
                self.kept_tuple(&ids, span)
            }
            JsonKind::Object(members) => {
                let mut pairs = Vec::with_capacity(members.len() * 2);
                for member in members {
                    pairs.push(self.json_key(member, diags));
                    pairs.push(match &*member.key.text {
                        "dynamic" => self.json_dynamics(&member.value, diags),
                        _ => self.json_value(&member.value, diags),
                    });
                }
                self.kept_object(&pairs, span)
            }
            JsonKind::Invalid => self.invalid(span),
        }
    }

    fn kept_tuple(&mut self, ids: &[ExprId], span: Span) -> ExprId {
        let depends = self.union(ids);
        let list = self.exprs.push_list(ids);
        self.exprs.push(Node::Tuple(list), span, depends)
    }

    fn kept_object(&mut self, pairs: &[ExprId], span: Span) -> ExprId {
        let sorted = self.literal_keys(pairs);
        let depends = self.union(pairs);
        let pairs = self.exprs.push_list(pairs);
        let at = self.exprs.push_object(ObjectNode { pairs, sorted });
        self.exprs.push(Node::Object(at), span, depends)
    }

    fn json_key(&mut self, member: &JsonMember, diags: &mut Diags) -> ExprId {
        let kind = JsonKind::String(member.key_text.clone());
        let node = JsonNode { kind, span: member.key.span };
        self.json_value(&node, diags)
    }

    /// The value of `"dynamic"`: objects of type → specification.
    pub(crate) fn json_dynamics(&mut self, node: &JsonNode, diags: &mut Diags) -> ExprId {
        match &node.kind {
            JsonKind::Array(nodes) => {
                let ids: Vec<ExprId> =
                    nodes.iter().map(|node| self.json_dynamics(node, diags)).collect();
                self.kept_tuple(&ids, node.span)
            }
            JsonKind::Object(members) => {
                let mut pairs = Vec::with_capacity(members.len() * 2);
                for member in members {
                    pairs.push(self.json_key(member, diags));
                    pairs.push(self.json_dynamic(member, &member.value, diags));
                }
                self.kept_object(&pairs, node.span)
            }
            _ => self.json_value(node, diags),
        }
    }

    /// One specification, or several in an array.
    fn json_dynamic(&mut self, of: &JsonMember, node: &JsonNode, diags: &mut Diags) -> ExprId {
        let members = match &node.kind {
            JsonKind::Array(nodes) => {
                let ids: Vec<ExprId> =
                    nodes.iter().map(|node| self.json_dynamic(of, node, diags)).collect();
                return self.kept_tuple(&ids, node.span);
            }
            JsonKind::Object(members) => members,
            _ => return self.json_value(node, diags),
        };
        let named = members.iter().find_map(|member| match &member.value.kind {
            JsonKind::String(it) if &*member.key.text == "iterator" => Some(&it.text),
            _ => None,
        });
        let mut pairs = Vec::with_capacity(members.len() * 2);
        for member in members {
            pairs.push(self.json_key(member, diags));
            pairs.push(match &*member.key.text {
                "content" | "labels" => {
                    let mark = self.frame.mark();
                    let slot = self.frame.bind_iterator(named.unwrap_or(&of.key.text));
                    let id = self.json_value(&member.value, diags);
                    self.frame.leave(mark);
                    self.exprs.needs_slots(self.frame.highest());
                    self.exprs.push_iterator(id, slot);
                    id
                }
                _ => self.json_value(&member.value, diags),
            });
        }
        self.kept_object(&pairs, node.span)
    }
}

fn has_markers(text: &str) -> bool {
    text.contains("${") || text.contains("%{")
}
