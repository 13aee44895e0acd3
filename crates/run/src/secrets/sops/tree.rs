//! The tree of a file that `sops` encrypted, in the order of the file: its authentication code depends on it.
//!
//! No `Debug`: after decryption it holds secrets. Invariant: nesting is at most [`DEPTH_MAX`].

use serde_json::Value as Json;

/// Deepest nesting.
pub(super) const DEPTH_MAX: usize = 100;

/// A value of the tree.
pub(super) enum Tree {
    /// Nothing.
    Null,
    /// A value without others in it.
    Leaf(Leaf),
    /// A list.
    List(Vec<Tree>),
    /// A mapping, in the order of the file.
    Map(Vec<(String, Tree)>),
}

/// A value without others in it.
#[derive(PartialEq)]
pub(super) enum Leaf {
    /// Text, and moments in time.
    Text(String),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// True or false.
    Bool(bool),
    /// A comment that stood in a list: no value, and not in the authentication code.
    Comment,
}

impl Leaf {
    /// The bytes that the authentication code is over (`sops.ToBytes`).
    pub(super) fn write_to(&self, bytes: &mut Vec<u8>) {
        match self {
            Leaf::Text(text) => bytes.extend_from_slice(text.as_bytes()),
            Leaf::Int(number) => bytes.extend_from_slice(number.to_string().as_bytes()),
            Leaf::Float(number) => bytes.extend_from_slice(number.to_string().as_bytes()),
            Leaf::Bool(true) => bytes.extend_from_slice(b"True"),
            Leaf::Bool(false) => bytes.extend_from_slice(b"False"),
            Leaf::Comment => {}
        }
    }
}

/// Where a path leads nowhere.
pub(super) struct Nowhere {
    /// The part of the path that is there.
    pub(super) found: String,
    /// What it could go on with: names, never values.
    pub(super) known: Vec<String>,
}

impl Tree {
    /// The entry of a mapping.
    pub(super) fn get(&self, name: &str) -> Option<&Tree> {
        match self {
            Tree::Map(entries) => entries.iter().find(|(key, _)| key == name).map(|(_, it)| it),
            _ => None,
        }
    }

    /// The text of a leaf.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Tree::Leaf(Leaf::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// What names and numbers with dots between lead to.
    pub(super) fn at(&self, path: &str) -> Result<&Tree, Nowhere> {
        let mut here = self;
        let mut found: Vec<&str> = Vec::new();
        for step in path.split('.') {
            let next = match here {
                Tree::Map(_) => here.get(step),
                Tree::List(items) => {
                    step.parse().ok().and_then(|at| items.iter().filter(is_value).nth(at))
                }
                _ => None,
            };
            let Some(next) = next else {
                return Err(Nowhere { found: found.join("."), known: here.steps() });
            };
            found.push(step);
            here = next;
        }
        Ok(here)
    }

    fn steps(&self) -> Vec<String> {
        match self {
            Tree::Map(entries) => entries.iter().map(|(key, _)| key.clone()).collect(),
            Tree::List(items) => {
                (0..items.iter().filter(is_value).count()).map(|at| at.to_string()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// As a secret, which is a text: a number as it is written, a list or mapping as JSON; nothing where there is none.
    pub(super) fn secret(&self) -> Option<String> {
        match self {
            Tree::Null | Tree::Leaf(Leaf::Comment) => None,
            Tree::Leaf(Leaf::Text(text)) => Some(text.clone()),
            _ => Some(self.json().to_string()),
        }
    }

    fn json(&self) -> Json {
        match self {
            Tree::Null | Tree::Leaf(Leaf::Comment) => Json::Null,
            Tree::Leaf(Leaf::Text(text)) => text.as_str().into(),
            Tree::Leaf(Leaf::Int(number)) => (*number).into(),
            Tree::Leaf(Leaf::Float(number)) => (*number).into(),
            Tree::Leaf(Leaf::Bool(bool)) => (*bool).into(),
            Tree::List(items) => items.iter().filter(is_value).map(Tree::json).collect(),
            Tree::Map(entries) => {
                entries.iter().map(|(key, it)| (key.clone(), it.json())).collect()
            }
        }
    }
}

/// Comments in lists stand among the values and are none.
fn is_value(item: &&Tree) -> bool {
    !matches!(item, Tree::Leaf(Leaf::Comment))
}
