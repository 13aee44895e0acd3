//! Environment variables, as they were at the start.

use std::collections::BTreeMap;

/// A snapshot of the variables whose names and values are UTF-8; others are left out.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    vars: BTreeMap<String, String>,
}

impl Environment {
    pub(crate) fn of_process() -> Environment {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Environment { vars: std::env::vars_os().filter_map(text).collect() }
    }

    /// An environment of just these variables.
    pub fn of(vars: impl IntoIterator<Item = (String, String)>) -> Environment {
        Environment { vars: vars.into_iter().collect() }
    }

    /// The value of a variable; an empty one is there, too.
    pub fn var(&self, name: &str) -> Option<&str> {
        self.vars.get(name).map(String::as_str)
    }

    /// Whether a variable is set to something that is not empty.
    pub fn has(&self, name: &str) -> bool {
        self.var(name).is_some_and(|value| !value.is_empty())
    }

    /// The variables whose names begin with `prefix`, without it, sorted.
    pub fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.vars
            .range(prefix.to_owned()..)
            .map_while(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str())))
    }

    /// All variables, sorted by name.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.vars.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::Environment;

    #[test]
    fn a_prefix_selects_and_is_cut_off() {
        let pairs = [("TF_VAR_a", "1"), ("TF_VAR_b", ""), ("TF_VAX", "2")];
        let environment = Environment::of(pairs.map(|(n, v)| (n.to_owned(), v.to_owned())));
        assert_eq!(environment.with_prefix("TF_VAR_").collect::<Vec<_>>(), [("a", "1"), ("b", "")]);
        assert!(!environment.has("TF_VAR_b"));
    }
}
