//! One object that a provider manages, as the state remembers it.
//!
//! Not decoded: without its schema, attributes are text.
//! Invariant: JSON texts are compact (no white space between tokens) and hold one JSON value each.

use std::collections::BTreeMap;
use std::sync::Arc;

use addr::ConfigResource;
use value::Path;

/// Whether the object is as its configuration wanted it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// It is.
    Ready,
    /// It may be half made, or was marked by a person: the next plan replaces it.
    Tainted,
}

/// What the provider last said the object is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attributes {
    /// A JSON object in the state's encoding, compact.
    Json(Arc<[u8]>),
    /// The flat map of very old states; only a provider can read it, in its upgrade.
    Flat(Arc<BTreeMap<Arc<str>, Arc<str>>>),
}

impl Attributes {
    /// From JSON text; it must be compact.
    pub fn json(text: impl Into<Arc<[u8]>>) -> Attributes {
        Attributes::Json(text.into())
    }

    /// The JSON text, unless it is a flat map.
    pub fn as_json(&self) -> Option<&Arc<[u8]>> {
        match self {
            Attributes::Json(text) => Some(text),
            Attributes::Flat(_) => None,
        }
    }
}

/// The provider's own name for the object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// A JSON object, compact.
    pub json: Arc<[u8]>,
    /// The version of its schema; a file may lack it.
    pub schema_version: Option<u64>,
}

/// One object that a provider manages.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Whether it is sound.
    pub status: Status,
    /// The version of the schema that `attributes` follow.
    pub schema_version: u64,
    /// What the provider last said.
    pub attributes: Attributes,
    /// Where in the attributes sensitive values stand.
    pub sensitive: Arc<[Path]>,
    /// The provider's private data; empty for none.
    pub private: Arc<[u8]>,
    /// Its identity, where the provider gives one.
    pub identity: Option<Identity>,
    /// What must outlive it: the resources that its configuration referred to, also through others. Shared between
    /// the instances of a resource.
    pub dependencies: Arc<[ConfigResource]>,
    /// Whether its replacement is made first, also where others force it.
    pub create_before_destroy: bool,
    /// Whether it is to be forgotten instead of destroyed (`lifecycle { destroy = false }`).
    pub skip_destroy: bool,
}

impl Object {
    /// A sound object with these attributes (compact JSON) of this schema version, and nothing else.
    pub fn new(attributes: impl Into<Arc<[u8]>>, schema_version: u64) -> Object {
        Object {
            status: Status::Ready,
            schema_version,
            attributes: Attributes::json(attributes),
            sensitive: Arc::new([]),
            private: Arc::new([]),
            identity: None,
            dependencies: Arc::new([]),
            create_before_destroy: false,
            skip_destroy: false,
        }
    }

    /// The same, tainted.
    pub fn tainted(&self) -> Object {
        Object { status: Status::Tainted, ..self.clone() }
    }
}
