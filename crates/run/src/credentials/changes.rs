//! What an identity changes in the environment of a provider's process.
//!
//! Invariant: its `Debug` shows names of variables and never a value.

use std::fmt;
use std::sync::Arc;

/// Variables to set and variables to take out.
#[derive(Clone, Default)]
pub struct Changes {
    set: Vec<(String, String)>,
    removed: Vec<&'static str>,
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set: Vec<&str> = self.set.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Changes").field("set", &set).field("removed", &self.removed).finish()
    }
}

impl Changes {
    /// Takes these out.
    pub(super) fn without(removed: &[&'static str]) -> Changes {
        Changes { set: Vec::new(), removed: removed.to_vec() }
    }

    /// And sets this.
    pub(super) fn set(mut self, name: &str, value: impl Into<String>) -> Changes {
        self.set.push((name.to_owned(), value.into()));
        self
    }

    /// The environment with the changes.
    pub(super) fn apply(&self, base: &[(String, String)]) -> Arc<[(String, String)]> {
        let stays = |(name, _): &&(String, String)| {
            !self.removed.contains(&name.as_str()) && !self.set.iter().any(|(set, _)| set == name)
        };
        base.iter().filter(stays).chain(&self.set).cloned().collect()
    }
}

/// A text that no `Debug` shows.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Hidden(pub(super) String);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_takes_the_place_of_what_was_there() {
        let base = [("A", "1"), ("B", "2"), ("C", "3")];
        let base = base.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let changes = Changes::without(&["A"]).set("B", "secret");
        let changed: Vec<_> = changes.apply(&base).to_vec();
        let expect = [("C", "3"), ("B", "secret")].map(|(n, v)| (n.to_owned(), v.to_owned()));
        assert_eq!(changed, expect);
        assert!(!format!("{changes:?} {:?}", Hidden("secret".into())).contains("secret"));
    }
}
