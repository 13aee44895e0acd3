//! Paths: where inside a value something stands.
//!
//! A path is relative to some value that its user knows. It is made only at the edges (errors,
//! state, plan documents); the inside of the program walks values, not paths.

use std::fmt;
use std::sync::Arc;

use crate::{Value, View};

/// One step from a value to something inside it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Step {
    /// Into an attribute of an object.
    Attr(Arc<str>),
    /// Into an element: a number for lists and tuples, a string for maps, for a set the element.
    Index(Value),
}

/// Steps from the outside inwards.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Path(Vec<Step>);

impl Path {
    /// The path of the value itself.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The steps.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Does it name the value itself?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many steps there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Goes one step further inwards.
    pub fn push(&mut self, step: Step) {
        self.0.push(step);
    }

    /// Takes back the innermost step.
    pub fn pop(&mut self) -> Option<Step> {
        self.0.pop()
    }

    /// This path with an attribute step added.
    #[must_use]
    pub fn attr(mut self, name: impl Into<Arc<str>>) -> Self {
        self.0.push(Step::Attr(name.into()));
        self
    }

    /// This path with an element step added.
    #[must_use]
    pub fn index(mut self, key: Value) -> Self {
        self.0.push(Step::Index(key));
        self
    }

    /// Is this path the other, or one that leads to it?
    pub fn is_prefix_of(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    /// The value at this path inside a value, where it is there and known so far. Maps are entered
    /// by an index step, objects by either kind.
    pub fn find<'v>(&self, root: &'v Value) -> Option<&'v Value> {
        self.0.iter().try_fold(root, |value, step| match (step, value.view()) {
            (Step::Attr(name), View::Object(..)) => value.attr(name),
            (Step::Attr(name), View::Map(_)) => value.entry(name),
            (Step::Index(key), View::List(elements) | View::Tuple(elements)) => {
                elements.get(usize::try_from(key.as_number()?.to_i64()?).ok()?)
            }
            (Step::Index(key), View::Map(_)) => value.entry(key.as_str()?),
            (Step::Index(key), View::Object(..)) => value.attr(key.as_str()?),
            (Step::Index(key), View::Set(elements)) => elements.iter().find(|e| *e == key),
            _ => None,
        })
    }
}

impl From<Vec<Step>> for Path {
    fn from(steps: Vec<Step>) -> Self {
        Self(steps)
    }
}

impl FromIterator<Step> for Path {
    fn from_iter<I: IntoIterator<Item = Step>>(steps: I) -> Self {
        Self(steps.into_iter().collect())
    }
}

/// As it would follow a name in the language: `.tags["a"][0]`; a set's element as `[...]`.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.0 {
            match step {
                Step::Attr(name) => write!(f, ".{name}")?,
                Step::Index(key) => match key.view() {
                    View::Number(number) => write!(f, "[{number}]")?,
                    View::String(text) => write!(f, "[{text:?}]")?,
                    _ => f.write_str("[...]")?,
                },
            }
        }
        Ok(())
    }
}
