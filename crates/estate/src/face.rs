//! What the estate file gives a stack instance, in a form that can be compared: to its form of another day, and to
//! that of another instance.
//!
//! A value that is wholly known is compared as it is. One that is not is compared by how it is written, by the values
//! of the names in it, and by what it is wired to.
//!
//! Invariant: two faces without difference give a root module the same, whatever other stacks give out.

use std::collections::BTreeMap;

use diag::Diags;
use syntax::{Body, Expr, ExprKind, children};
use value::Value;

use crate::evaluate::{UnknownSecrets, evaluate_setting};
use crate::graph::Instance;
use crate::model::Estate;
use crate::same::same;

/// What the estate file gives an instance.
pub(crate) struct Face<'e> {
    /// The folder of the root module, in its shortest form.
    pub(crate) folder: String,
    /// What is given, by where it stands.
    parts: BTreeMap<String, Part<'e>>,
    /// Input, and the output that it is wired to.
    wires: Vec<(&'e str, String)>,
}

/// An expression, and what is known of its value.
struct Part<'e> {
    expr: &'e Expr,
    /// Nothing where it is not known from the file alone.
    value: Option<Value>,
    /// The values of the names in it, in the order of the text.
    names: Vec<Option<Value>>,
}

impl<'e> Face<'e> {
    /// The face of an instance; `takes` tells which inputs its root module declares.
    pub(crate) fn of(
        estate: &'e Estate,
        instance: &'e Instance,
        takes: &dyn Fn(&str) -> bool,
    ) -> Face<'e> {
        let stack = &estate[instance.stack];
        let mut face = Face {
            folder: shortest_path(&stack.source.node),
            parts: BTreeMap::new(),
            wires: Vec::new(),
        };
        for wire in instance.wires.iter().filter(|wire| takes(&wire.input)) {
            face.wires.push((&wire.input, format!("{}.{}", wire.from, wire.output)));
        }
        for (input, _) in estate.inputs_of(instance.environment, instance.stack) {
            if takes(&input.name.text) {
                let place = format!("inputs.{}", input.name.text);
                face.add(estate, instance, place, &input.expr);
            }
        }
        face.settings(estate, instance);
        face
    }

    fn settings(&mut self, estate: &'e Estate, instance: &Instance) {
        let own = &estate[instance.stack];
        // From the farthest to the nearest, as `Estate::providers_of` merges them.
        let levels = [
            (&estate.providers, &estate.credentials),
            (&estate[own.layer].providers, &estate[own.layer].credentials),
            (&estate[instance.environment].providers, &estate[instance.environment].credentials),
            (&own.providers, &own.credentials),
        ];
        for (providers, credentials) in levels {
            for block in providers {
                let alias = block.alias.as_ref().map_or(String::new(), |a| format!(".{}", a.node));
                let place = format!("provider.{}{alias}", block.name.node);
                self.body(estate, instance, &place, &block.body);
            }
            for block in credentials {
                for one in &block.attributes {
                    let place = format!("credentials.{}.{}", block.name.node, one.name.text);
                    self.add(estate, instance, place, &one.expr);
                }
            }
        }
    }

    fn body(&mut self, estate: &'e Estate, instance: &Instance, place: &str, body: &'e Body) {
        for one in &body.attributes {
            self.add(estate, instance, format!("{place}.{}", one.name.text), &one.expr);
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for block in &body.blocks {
            let kind = &*block.kind.text;
            let count = counts.entry(kind).or_insert(0);
            if *count == 0 {
                // A nearer level's blocks of a type take the place of all farther ones.
                let farther = format!("{place}.{kind}[");
                self.parts.retain(|place, _| !place.starts_with(&farther));
            }
            self.body(estate, instance, &format!("{place}.{kind}[{count}]"), &block.body);
            *count += 1;
        }
    }

    fn add(&mut self, estate: &Estate, instance: &Instance, place: String, expr: &'e Expr) {
        // What is wrong with an expression is told where it is used.
        let evaluate = |expr: &Expr| {
            evaluate_setting(estate, instance, expr, &UnknownSecrets, &mut Diags::new())
        };
        let value = evaluate(expr).filter(Value::is_wholly_known);
        let names = match value {
            Some(_) => Vec::new(),
            None => {
                let mut found = Vec::new();
                names(expr, &mut found);
                found.into_iter().map(evaluate).collect()
            }
        };
        self.parts.insert(place, Part { expr, value, names });
    }

    /// Where the first difference stands, if there is one.
    pub(crate) fn difference(&self, other: &Face<'_>) -> Option<String> {
        if self.folder != other.folder {
            return Some("source".into());
        }
        let places =
            self.parts.keys().chain(other.parts.keys().filter(|p| !self.parts.contains_key(*p)));
        for place in places {
            match (self.parts.get(place), other.parts.get(place)) {
                (Some(a), Some(b)) if a.is_same(b) => {}
                _ => return Some(place.clone()),
            }
        }
        if self.wires == other.wires {
            return None;
        }
        let here: Vec<_> = other.wires.iter().collect();
        let moved = self.wires.iter().find(|wire| !here.contains(wire)).or(self.wires.first());
        let input = moved.or(other.wires.first()).map_or("", |(input, _)| input);
        Some(format!("inputs.{input}"))
    }
}

impl Part<'_> {
    fn is_same(&self, other: &Part<'_>) -> bool {
        match (&self.value, &other.value) {
            (Some(a), Some(b)) => a.same(b),
            (None, None) => {
                let pairs = self.names.iter().zip(&other.names);
                same(self.expr, other.expr)
                    && self.names.len() == other.names.len()
                    && pairs.into_iter().all(|(a, b)| match (a, b) {
                        (Some(a), Some(b)) => a.same(b),
                        (None, None) => true,
                        _ => false,
                    })
            }
            _ => false,
        }
    }
}

/// The references in an expression that are no wires, whole as they are written.
fn names<'e>(expr: &'e Expr, found: &mut Vec<&'e Expr>) {
    match root(expr) {
        Some("stack") => {}
        Some(_) => found.push(expr),
        None => children(expr, &mut |child| names(child, found)),
    }
}

/// The first name of a reference without computed keys.
fn root(expr: &Expr) -> Option<&str> {
    let mut at = expr;
    loop {
        at = match &at.kind {
            ExprKind::GetAttr(source, _) => source,
            ExprKind::Index(source, key)
                if matches!(key.kind, ExprKind::Str(_) | ExprKind::Number(_)) =>
            {
                source
            }
            ExprKind::Variable(name) => return Some(&name.text),
            _ => return None,
        };
    }
}

/// A path without `.`, and with `..` only in front.
pub fn shortest_path(source: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in source.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            other => parts.push(other),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    #[test]
    fn folders_are_compared_by_where_they_lead() {
        let check = |source: &str, expect: &str| assert_eq!(super::shortest_path(source), expect);
        check("./a/../b/./c/", "b/c");
        check("../a", "../a");
        check("../../a", "../../a");
        check(".", "");
    }
}
