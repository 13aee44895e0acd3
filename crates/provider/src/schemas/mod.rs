//! The schemas of one provider binary, read one type at a time.
//!
//! A large cloud has thousands of types and a stack uses twenty, so schemas stay as they are stored ([`image`]) and
//! each is decoded when it is first asked for, then kept.
//!
//! Invariant: what is decoded is never changed after; a name that is not in the index is not offered.

pub(crate) mod image;
pub(crate) mod store;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, RwLock};

use schema::{Block, Capabilities, FunctionSchema, ProviderSchema, ResourceSchema, compact};

use crate::wire::Protocol;
use image::{Image, Section};

/// The stored schemas cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemasError(pub(crate) String);

impl fmt::Display for SchemasError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SchemasError {}

/// Which types of a provider are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// All; for documents.
    All,
    /// These names only; a name that the provider does not offer is left out.
    Named {
        /// Resource types.
        resources: BTreeSet<Arc<str>>,
        /// Data sources.
        data: BTreeSet<Arc<str>>,
        /// Ephemeral resource types.
        ephemeral: BTreeSet<Arc<str>>,
        /// Functions.
        functions: BTreeSet<Arc<str>>,
    },
}

impl Wanted {
    /// No type at all: only what the provider's own configuration holds.
    pub fn nothing() -> Wanted {
        Wanted::Named {
            resources: BTreeSet::new(),
            data: BTreeSet::new(),
            ephemeral: BTreeSet::new(),
            functions: BTreeSet::new(),
        }
    }
}

/// The schemas of one provider binary.
pub struct Schemas {
    image: Image,
    provider: Arc<ResourceSchema>,
    meta: Option<Arc<Block>>,
    resources: Memo<ResourceSchema>,
    data: Memo<ResourceSchema>,
    ephemeral: Memo<ResourceSchema>,
    functions: Memo<FunctionSchema>,
}

type Memo<T> = RwLock<HashMap<Box<str>, Option<Arc<T>>>>;
type Found<T> = Result<Option<Arc<T>>, SchemasError>;

impl fmt::Debug for Schemas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schemas").field("protocol", &self.protocol()).finish_non_exhaustive()
    }
}

impl Schemas {
    pub(crate) fn open(image: Image) -> Result<Schemas, SchemasError> {
        let provider = read(&image, Section::Provider, "", compact::decode_resource)?;
        let provider = provider.unwrap_or_else(|| ResourceSchema::of(Block::of_attrs(Vec::new())));
        let meta = read(&image, Section::Meta, "", compact::decode_block)?.map(Arc::new);
        Ok(Schemas {
            image,
            provider: Arc::new(provider),
            meta,
            resources: Memo::default(),
            data: Memo::default(),
            ephemeral: Memo::default(),
            functions: Memo::default(),
        })
    }

    /// The protocol that the binary speaks.
    pub fn protocol(&self) -> Protocol {
        self.image.protocol()
    }

    /// What the provider says that it is able to do.
    pub fn capabilities(&self) -> Capabilities {
        self.image.capabilities()
    }

    /// The schema of its configuration.
    pub fn provider(&self) -> &Arc<ResourceSchema> {
        &self.provider
    }

    /// The block that a module may send along with calls.
    pub fn meta(&self) -> Option<&Arc<Block>> {
        self.meta.as_ref()
    }

    /// The schema of a resource type, where it is offered.
    pub fn resource(&self, name: &str) -> Found<ResourceSchema> {
        self.remembered(&self.resources, Section::Resource, name, compact::decode_resource)
    }

    /// The schema of a data source, where it is offered.
    pub fn data(&self, name: &str) -> Found<ResourceSchema> {
        self.remembered(&self.data, Section::Data, name, compact::decode_resource)
    }

    /// The schema of an ephemeral resource type, where it is offered.
    pub fn ephemeral(&self, name: &str) -> Found<ResourceSchema> {
        self.remembered(&self.ephemeral, Section::Ephemeral, name, compact::decode_resource)
    }

    /// The schema of a function, where it is offered.
    pub fn function(&self, name: &str) -> Found<FunctionSchema> {
        self.remembered(&self.functions, Section::Function, name, compact::decode_function)
    }

    /// The names of all resource types, sorted; for suggestions.
    pub fn resource_names(&self) -> impl Iterator<Item = &str> {
        self.image.names(Section::Resource)
    }

    /// The names of all data sources, sorted; for suggestions.
    pub fn data_names(&self) -> impl Iterator<Item = &str> {
        self.image.names(Section::Data)
    }

    /// The wanted part as one value.
    pub fn part(&self, wanted: &Wanted) -> Result<ProviderSchema, SchemasError> {
        let chosen = |section: Section,
                      named: fn(&Wanted) -> Option<&BTreeSet<Arc<str>>>|
         -> Vec<Arc<str>> {
            match named(wanted) {
                Some(names) => names.iter().cloned().collect(),
                None => self.image.names(section).map(Arc::from).collect(),
            }
        };
        Ok(ProviderSchema {
            provider: self.provider.clone(),
            meta: self.meta.clone(),
            resources: all(chosen(Section::Resource, Wanted::resources), |name| {
                self.resource(name)
            })?,
            data: all(chosen(Section::Data, Wanted::data), |name| self.data(name))?,
            ephemeral: all(chosen(Section::Ephemeral, Wanted::ephemeral), |name| {
                self.ephemeral(name)
            })?,
            functions: all(chosen(Section::Function, Wanted::functions), |name| {
                self.function(name)
            })?,
            capabilities: self.capabilities(),
        })
    }

    fn remembered<T>(
        &self,
        memo: &Memo<T>,
        section: Section,
        name: &str,
        decode: impl Fn(&[u8]) -> Result<T, compact::CompactError>,
    ) -> Found<T> {
        if let Some(found) = memo.read().expect("BUG: a reader panicked").get(name) {
            return Ok(found.clone());
        }
        let found = read(&self.image, section, name, decode)?.map(Arc::new);
        memo.write().expect("BUG: a writer panicked").insert(name.into(), found.clone());
        Ok(found)
    }
}

impl Wanted {
    fn resources(&self) -> Option<&BTreeSet<Arc<str>>> {
        match self {
            Wanted::All => None,
            Wanted::Named { resources, .. } => Some(resources),
        }
    }

    fn data(&self) -> Option<&BTreeSet<Arc<str>>> {
        match self {
            Wanted::All => None,
            Wanted::Named { data, .. } => Some(data),
        }
    }

    fn ephemeral(&self) -> Option<&BTreeSet<Arc<str>>> {
        match self {
            Wanted::All => None,
            Wanted::Named { ephemeral, .. } => Some(ephemeral),
        }
    }

    fn functions(&self) -> Option<&BTreeSet<Arc<str>>> {
        match self {
            Wanted::All => None,
            Wanted::Named { functions, .. } => Some(functions),
        }
    }
}

fn all<T>(
    names: Vec<Arc<str>>,
    find: impl Fn(&str) -> Found<T>,
) -> Result<BTreeMap<Arc<str>, Arc<T>>, SchemasError> {
    let found = names.into_iter().map(|name| find(&name).map(|one| one.map(|one| (name, one))));
    found.filter_map(Result::transpose).collect()
}

fn read<T>(
    image: &Image,
    section: Section,
    name: &str,
    decode: impl Fn(&[u8]) -> Result<T, compact::CompactError>,
) -> Result<Option<T>, SchemasError> {
    let Some(bytes) = image.blob(section, name)? else { return Ok(None) };
    decode(&bytes).map(Some).map_err(|error| SchemasError(format!("schema of {name:?}: {error}")))
}
