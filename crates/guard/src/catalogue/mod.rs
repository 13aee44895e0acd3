//! The catalogue: which resource types bear data, what protects their objects, and how to say so.
//!
//! Data, in one file for each provider under `catalogue/`; an estate adds types with `data_bearing` blocks and can take
//! none away. It decides nothing about a plan.
//!
//! Invariant: no type stands in it twice; a type that it does not name bears no data.

mod guards;
mod read;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use state::Digest;
use value::Value;

pub use guards::Guarding;

/// The files: a provider's local name as most use it, and its entries.
pub const FILES: &[(&str, &str)] = &[
    ("aws", include_str!("../../catalogue/aws.toml")),
    ("azuread", include_str!("../../catalogue/azuread.toml")),
    ("azurerm", include_str!("../../catalogue/azurerm.toml")),
    ("google", include_str!("../../catalogue/google.toml")),
    ("helm", include_str!("../../catalogue/helm.toml")),
    ("kubectl", include_str!("../../catalogue/kubectl.toml")),
    ("kubernetes", include_str!("../../catalogue/kubernetes.toml")),
];

/// A resource type that bears data.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What an object of the type holds, as a noun: `the databases of the cluster`.
    pub holds: Arc<str>,
    /// The attribute that says what people call an object, as a path with dots; `None`: `name`, where there is one.
    pub name: Option<Arc<str>>,
    /// What protects it, in the order in which it is told.
    pub guards: Vec<Guarding>,
    /// Where only some objects of the type bear data: which do.
    pub only: Option<Guarding>,
}

/// The types that bear data.
#[derive(Clone, Debug)]
pub struct Catalogue {
    entries: HashMap<Arc<str>, Entry>,
    digest: Digest,
}

/// A type that an estate says bears data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnType {
    /// The resource type.
    pub type_name: Arc<str>,
    /// What it holds, or why it counts; empty where the file does not say.
    pub holds: Arc<str>,
    /// Attributes that protect an object, as paths with dots.
    pub protected_by: Vec<Arc<str>>,
}

/// A file of the catalogue that cannot be read: our own mistake, or a test's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueError {
    /// Which file.
    pub file: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "catalogue/{}.toml: {}", self.file, self.message)
    }
}

impl std::error::Error for CatalogueError {}

impl Catalogue {
    /// The built-in types, and those that the estate adds. A type that both name has the estate's guards beside the
    /// built-in ones, and each of its objects bears data.
    pub fn new(own: &[OwnType]) -> Catalogue {
        let mut entries = HashMap::new();
        let mut text = b"strata catalogue 1\0".to_vec();
        for (name, file) in FILES {
            let read = read::file(name, file).unwrap_or_else(|error| panic!("BUG: {error}"));
            entries.extend(read);
            text.extend_from_slice(file.as_bytes());
        }
        for one in own {
            let guards = one.protected_by.iter().map(|path| Guarding::of_path(path));
            match entries.get_mut(&one.type_name) {
                Some(entry) => {
                    // The estate says that they bear data: then all objects of the type do.
                    entry.only = None;
                    entry.guards.extend(guards);
                }
                None => {
                    let holds = match &*one.holds {
                        "" => "what the estate calls data".into(),
                        _ => one.holds.clone(),
                    };
                    let entry = Entry { holds, name: None, guards: guards.collect(), only: None };
                    entries.insert(one.type_name.clone(), entry);
                }
            }
            text.extend_from_slice(format!("{one:?}\0").as_bytes());
        }
        Catalogue { entries, digest: Digest::of(&text) }
    }

    /// The entry of a type; `None` where it bears no data.
    pub fn entry(&self, type_name: &str) -> Option<&Entry> {
        self.entries.get(type_name)
    }

    /// Every type that it names.
    pub fn types(&self) -> impl Iterator<Item = &Arc<str>> {
        self.entries.keys()
    }

    /// The digest of all that it says.
    pub fn digest(&self) -> Digest {
        self.digest
    }
}

impl Entry {
    /// Whether this object bears data; one that cannot be told does.
    pub fn bears(&self, object: &Value) -> bool {
        self.only.as_ref().is_none_or(|only| only.may_hold(object))
    }

    /// What people call an object.
    pub fn name_of(&self, object: &Value) -> Option<String> {
        let name = self.name.as_deref().unwrap_or("name");
        let path: Vec<Arc<str>> = name.split('.').map(Arc::from).collect();
        guards::shown(object, &path)
    }

    /// What protects an object and what does not, in words.
    pub fn guards_of(&self, object: &Value) -> Vec<String> {
        self.guards.iter().map(|guard| guard.words(object)).collect()
    }
}

#[cfg(test)]
mod tests;
