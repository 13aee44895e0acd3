//! Everything that one provider offers: schemas of its types, its functions, what it is able to do.
//!
//! Not here: where schemas come from (`json`, `cache`, the provider's own answer).

use std::collections::BTreeMap;
use std::sync::Arc;

use value::Type;

use crate::block::{Block, Description, NestedAttrs};

/// The schema of a resource type, a data source, an ephemeral resource type or a provider's configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceSchema {
    /// The version that objects are stored under; 0 where versions mean nothing.
    pub version: u64,
    /// What its block holds.
    pub block: Arc<Block>,
    /// What identifies an object of it, where the provider says so.
    pub identity: Option<Arc<IdentitySchema>>,
}

impl ResourceSchema {
    /// Version 0, without identity.
    pub fn of(block: Block) -> ResourceSchema {
        ResourceSchema { version: 0, block: Arc::new(block), identity: None }
    }
}

/// The schema of the identity of a resource type's objects.
#[derive(Clone, Debug, PartialEq)]
pub struct IdentitySchema {
    /// The version that identities are stored under.
    pub version: u64,
    /// Its attributes, as one object ([`crate::Nesting::Single`]). A *required* attribute has to be given to import
    /// by identity, an *optional* one may be.
    pub attrs: NestedAttrs,
}

impl IdentitySchema {
    /// The object type of an identity.
    pub fn ty(&self) -> Type {
        self.attrs.object()
    }
}

/// What a provider says that it is able to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// It wants to plan destroys as well.
    pub plan_destroy: bool,
    /// It need not be asked for its schema before other calls.
    pub schema_optional: bool,
    /// It answers MoveResourceState.
    pub move_state: bool,
}

/// Everything that one provider offers.
#[derive(Clone, Debug, PartialEq)]
pub struct ProviderSchema {
    /// Its configuration.
    pub provider: Arc<ResourceSchema>,
    /// The block that a module may send it along, where it takes one.
    pub meta: Option<Arc<Block>>,
    /// Resource types by name.
    pub resources: BTreeMap<Arc<str>, Arc<ResourceSchema>>,
    /// Data sources by name.
    pub data: BTreeMap<Arc<str>, Arc<ResourceSchema>>,
    /// Ephemeral resource types by name.
    pub ephemeral: BTreeMap<Arc<str>, Arc<ResourceSchema>>,
    /// Functions by name.
    pub functions: BTreeMap<Arc<str>, Arc<FunctionSchema>>,
    /// What it is able to do.
    pub capabilities: Capabilities,
}

impl ProviderSchema {
    /// A provider that takes no configuration and offers nothing.
    pub fn empty() -> ProviderSchema {
        ProviderSchema {
            provider: Arc::new(ResourceSchema::of(Block::of_attrs(Vec::new()))),
            meta: None,
            resources: BTreeMap::new(),
            data: BTreeMap::new(),
            ephemeral: BTreeMap::new(),
            functions: BTreeMap::new(),
            capabilities: Capabilities::default(),
        }
    }
}

/// A provider-defined function.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionSchema {
    /// Its parameters in order.
    pub params: Vec<FunctionParam>,
    /// The parameter that takes any number of further arguments.
    pub variadic: Option<FunctionParam>,
    /// The type of its result.
    pub result: Type,
    /// One line for people.
    pub summary: Box<str>,
    /// For people.
    pub description: Description,
    /// Why its use draws a warning; empty where it does not.
    pub deprecation: Box<str>,
}

/// A parameter of a provider-defined function.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionParam {
    /// Its name, for messages.
    pub name: Arc<str>,
    /// The type that arguments are converted to.
    pub ty: Type,
    /// Whether null may be given.
    pub allow_null: bool,
    /// Whether unknown values may be given; else the call's result is unknown without a call.
    pub allow_unknown: bool,
    /// For people.
    pub description: Description,
}
