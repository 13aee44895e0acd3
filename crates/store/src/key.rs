//! How stores name a stack instance.
//!
//! Opaque to them: the text of its address in an estate, `.` for a plain root module.
//! Invariant: two stack instances have two keys.

use std::fmt;
use std::sync::Arc;

use addr::StackAddr;

/// The name of a stack instance in a store.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StackKey(Arc<str>);

impl StackKey {
    /// The only stack of a plain root module.
    pub fn root() -> StackKey {
        StackKey(".".into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&StackAddr> for StackKey {
    fn from(address: &StackAddr) -> StackKey {
        StackKey(address.to_string().into())
    }
}

impl From<&str> for StackKey {
    fn from(text: &str) -> StackKey {
        StackKey(text.into())
    }
}

impl fmt::Display for StackKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
