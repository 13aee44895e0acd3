//! The built-in functions of Rego that policies may call.
//!
//! Those that ask the clock, the network, chance or the machine are not among them, and are refused by name. Invariant: a
//! function of something that is not known is not known, unless what it says is the same whatever that is.

mod collections;
mod encoding;
mod network;
mod numbers;
mod patterns;
mod print;
mod strings;
mod types;

use crate::value::V;

/// A built-in function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Builtin {
    pub(crate) name: &'static str,
    /// How many arguments it has; none where any number will do.
    pub(crate) arity: Option<usize>,
    care: Care,
    run: fn(&[V]) -> Option<V>,
}

/// Who cares for arguments that are not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Care {
    /// Nobody has to: what it says is not known then.
    Whole,
    /// The function itself.
    Itself,
}

impl Builtin {
    /// What it says; none where that is undefined.
    pub(crate) fn call(&self, args: &[V]) -> Option<V> {
        let cause = args.iter().find_map(V::murk);
        match (self.care, cause) {
            (Care::Whole, Some(cause)) => Some(V::computed(cause.clone())),
            _ => (self.run)(args),
        }
    }
}

/// The function of this name.
pub(crate) fn find(name: &str) -> Option<Builtin> {
    let tables: [&[Builtin]; 8] = [
        collections::TABLE,
        encoding::TABLE,
        network::TABLE,
        numbers::TABLE,
        patterns::TABLE,
        print::TABLE,
        strings::TABLE,
        types::TABLE,
    ];
    tables.into_iter().flatten().find(|one| one.name == name).copied()
}

/// Why a function of Rego is not here.
pub(crate) fn refused(name: &str) -> Option<&'static str> {
    let beginnings: [(&str, &str); 10] = [
        ("http.", "a policy asks no network"),
        ("net.lookup", "a policy asks no network"),
        ("time.", "a policy knows no clock, so that it says the same of the same plan"),
        ("rand.", "a policy knows no chance, so that it says the same of the same plan"),
        ("uuid.", "a policy knows no chance, so that it says the same of the same plan"),
        ("opa.", "it is about OPA itself"),
        ("rego.", "it is about OPA itself"),
        ("io.jwt.", "tokens are no part of a plan"),
        ("crypto.", "a later version may have it"),
        ("graphql.", "a later version may have it"),
    ];
    beginnings.into_iter().find(|(one, _)| name.starts_with(one)).map(|(_, why)| why)
}

/// A function that nobody has to care for.
const fn whole(name: &'static str, arity: usize, run: fn(&[V]) -> Option<V>) -> Builtin {
    Builtin { name, arity: Some(arity), care: Care::Whole, run }
}

/// A function that cares for what is not known.
const fn itself(name: &'static str, arity: usize, run: fn(&[V]) -> Option<V>) -> Builtin {
    Builtin { name, arity: Some(arity), care: Care::Itself, run }
}

#[cfg(test)]
mod tests;
