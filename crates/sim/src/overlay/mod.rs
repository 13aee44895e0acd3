//! Overlays: what schemas do not say of providers, as data. The format is told in `docs/specs/overlays.md`.
//!
//! Not here: what is done with them (`behave`, `make`). Invariant: an overlay that was read has no wrong key and no
//! template that cannot be evaluated.

mod check;
mod embedded;
mod path;
mod read;
mod template;

use std::collections::BTreeMap;
use std::sync::Arc;

use addr::ProviderAddr;
use diag::{Diags, FileId, Span};

use crate::schemas::Section;

pub use check::{Misfit, misfits};
pub use embedded::FILES;
pub(crate) use embedded::measured;
pub(crate) use path::Along;
pub use path::{Pattern, PatternStep};
pub use template::Template;
pub(crate) use template::{
    AboutPart, Alternative, BytesAs, Filter, Letters, Part, Source, Special, TimePart,
};

/// A value that an overlay gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Made {
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Another number.
    Float(f64),
    /// A text with holes.
    Text(Template),
    /// Elements.
    List(Vec<Made>),
    /// Attributes or keys.
    Table(Vec<(Arc<str>, Made)>),
}

/// Values by path.
pub type MadeAt = Vec<(Pattern, Made)>;

/// Which promises the provider's SDK keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sdk {
    /// All.
    #[default]
    Current,
    /// Those of the old type system: it may plan what the schema does not let it.
    Legacy,
}

/// Estimated times of a type, in milliseconds; none where the file does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// To make an object.
    pub create_ms: Option<u64>,
    /// To change one.
    pub update_ms: Option<u64>,
    /// To remove one.
    pub delete_ms: Option<u64>,
    /// To look at one.
    pub read_ms: Option<u64>,
}

impl Times {
    /// These, and where they say nothing those.
    pub(crate) fn or(self, other: Times) -> Times {
        Times {
            create_ms: self.create_ms.or(other.create_ms),
            update_ms: self.update_ms.or(other.update_ms),
            delete_ms: self.delete_ms.or(other.delete_ms),
            read_ms: self.read_ms.or(other.read_ms),
        }
    }
}

/// A choice of paths: those named, or all but some.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// All, `*`.
    pub all: bool,
    /// Those named.
    pub these: Vec<Pattern>,
    /// Those named with `!`.
    pub but: Vec<Pattern>,
}

/// An object that stands on another keeps it from going.
#[derive(Clone, Debug, PartialEq)]
pub struct Hold {
    /// The type of the object that stands on it.
    pub type_name: Arc<str>,
    /// Where that object says so.
    pub by: Pattern,
    /// The attribute that it names there.
    pub named: Arc<str>,
}

/// How a data source finds objects of the simulated cloud.
#[derive(Clone, Debug, PartialEq)]
pub struct Finds {
    /// Their type.
    pub type_name: Arc<str>,
    /// The data source's attribute and the object's, which have to agree where the first is set.
    pub by: Vec<(Pattern, Pattern)>,
    /// Whether it is an error to find none.
    pub required: bool,
}

/// What an overlay says of a resource type, a data source, an ephemeral resource type or a function. What the file
/// does not say is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    /// What the cloud gives, by path.
    pub values: Option<MadeAt>,
    /// What the cloud fills in, by path.
    pub defaults: Option<MadeAt>,
    /// Which computed attributes are known in the plan; `all`: those of `defaults`.
    pub known_at_plan: Option<Choice>,
    /// What makes a new object.
    pub replaces: Option<Choice>,
    /// What an update makes unknown.
    pub changes: Option<Choice>,
    /// What stays all the same.
    pub stays: Option<Choice>,
    /// What must be one of its kind: each list together.
    pub unique: Option<Vec<Vec<Pattern>>>,
    /// In what.
    pub within: Option<Template>,
    /// What keeps it from going.
    pub holds: Option<Vec<Hold>>,
    /// By what an import finds it.
    pub import: Option<Vec<Pattern>>,
    /// Attributes of the identity.
    pub identity: Option<Vec<(Arc<str>, Made)>>,
    /// How a data source finds one object.
    pub finds: Option<Finds>,
    /// How a data source finds many.
    pub lists: Option<Finds>,
    /// What a function says.
    pub result: Option<Made>,
    /// How long things take.
    pub times: Times,
    /// Where the file names it.
    pub place: Option<Span>,
}

impl Entry {
    /// This, and where it says nothing the other.
    fn or(self, other: &Entry) -> Entry {
        let other = other.clone();
        Entry {
            values: self.values.or(other.values),
            defaults: self.defaults.or(other.defaults),
            known_at_plan: self.known_at_plan.or(other.known_at_plan),
            replaces: self.replaces.or(other.replaces),
            changes: self.changes.or(other.changes),
            stays: self.stays.or(other.stays),
            unique: self.unique.or(other.unique),
            within: self.within.or(other.within),
            holds: self.holds.or(other.holds),
            import: self.import.or(other.import),
            identity: self.identity.or(other.identity),
            finds: self.finds.or(other.finds),
            lists: self.lists.or(other.lists),
            result: self.result.or(other.result),
            times: self.times.or(other.times),
            place: self.place.or(other.place),
        }
    }
}

/// A map that the provider makes of others.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// Its attribute.
    pub into: Arc<str>,
    /// What it is made of; of equal keys the last counts.
    pub of: Vec<MergedPart>,
}

/// Where a part of a merged map comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum MergedPart {
    /// The object.
    Attr(Pattern),
    /// The provider's configuration.
    Provider(Pattern),
}

/// What is known of a provider beyond its schema.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overlay {
    /// Which promises its SDK keeps.
    pub sdk: Option<Sdk>,
    /// In what `unique` holds.
    pub within: Option<Template>,
    /// Names for templates.
    pub names: BTreeMap<Arc<str>, Template>,
    /// How long things take.
    pub times: Times,
    /// Maps that are made of others.
    pub merged: Vec<Merged>,
    /// Resource types.
    pub types: BTreeMap<Arc<str>, Entry>,
    /// Data sources.
    pub data: BTreeMap<Arc<str>, Entry>,
    /// Ephemeral resource types.
    pub ephemeral: BTreeMap<Arc<str>, Entry>,
    /// Functions.
    pub functions: BTreeMap<Arc<str>, Entry>,
}

impl Overlay {
    fn extend(&mut self, later: Overlay) {
        self.sdk = later.sdk.or(self.sdk);
        self.within = later.within.or(self.within.take());
        self.names.extend(later.names);
        self.times = later.times.or(self.times);
        for merged in later.merged {
            self.merged.retain(|one| one.into != merged.into);
            self.merged.push(merged);
        }
        let join = |mine: &mut BTreeMap<Arc<str>, Entry>, theirs: BTreeMap<Arc<str>, Entry>| {
            for (name, entry) in theirs {
                let entry = match mine.get(&name) {
                    Some(earlier) => entry.or(earlier),
                    None => entry,
                };
                mine.insert(name, entry);
            }
        };
        join(&mut self.types, later.types);
        join(&mut self.data, later.data);
        join(&mut self.ephemeral, later.ephemeral);
        join(&mut self.functions, later.functions);
    }
}

/// The overlays of all providers.
#[derive(Clone, Debug, Default)]
pub struct Overlays {
    by_provider: BTreeMap<Arc<str>, Overlay>,
    /// What was added to the embedded ones.
    own: BTreeMap<Arc<str>, Overlay>,
    text: Vec<u8>,
}

impl Overlays {
    /// None.
    pub fn none() -> Overlays {
        Overlays::default()
    }

    /// Those that are part of the program.
    pub fn embedded() -> Overlays {
        let mut overlays = Overlays::none();
        for (name, text) in FILES {
            let mut diags = Diags::new();
            overlays.read(FileId::new(0), text, &mut diags);
            let first = diags.iter().next();
            assert!(first.is_none(), "BUG: overlays/{name}.toml: {:?}", first.expect("is some"));
        }
        overlays
    }

    /// Adds a file, upon what stands already. One with errors adds nothing.
    pub fn add(&mut self, file: FileId, text: &str, diags: &mut Diags) {
        if let Some((provider, overlay)) = self.read(file, text, diags) {
            self.own.entry(provider).or_default().extend(overlay);
        }
    }

    fn read(&mut self, file: FileId, text: &str, diags: &mut Diags) -> Option<(Arc<str>, Overlay)> {
        let (provider, overlay) = read::file(file, text, &self.by_provider, diags)?;
        self.by_provider.entry(provider.clone()).or_default().extend(overlay.clone());
        self.text.extend_from_slice(text.as_bytes());
        self.text.push(0);
        Some((provider, overlay))
    }

    /// What is known of a provider.
    pub fn of(&self, provider: &ProviderAddr) -> Option<&Overlay> {
        of(&self.by_provider, provider)
    }

    /// What does not fit of what was added to the embedded overlays.
    pub(crate) fn own_misfits(
        &self,
        provider: &ProviderAddr,
        schema: &schema::ProviderSchema,
    ) -> Vec<Misfit> {
        let Some(own) = of(&self.own, provider) else { return Vec::new() };
        let sdk = self.of(provider).and_then(|overlay| overlay.sdk);
        misfits(&Overlay { sdk, ..own.clone() }, schema)
    }

    /// Whether what was added to the embedded overlays changes how a type behaves.
    pub(crate) fn changes(&self, provider: &ProviderAddr, section: Section, name: &str) -> bool {
        of(&self.own, provider).is_some_and(|own| {
            let entries = match section {
                Section::Resource => &own.types,
                Section::Data => &own.data,
                Section::Ephemeral => &own.ephemeral,
            };
            let all = own.sdk.is_some() || own.within.is_some() || !own.merged.is_empty();
            all || !own.names.is_empty() || entries.contains_key(name)
        })
    }

    /// The types and data sources (`data.TYPE`) that were added to the embedded overlays, and where.
    pub(crate) fn own_names(&self) -> impl Iterator<Item = (String, Option<Span>)> {
        self.own.values().flat_map(|own| {
            let types = own.types.iter().map(|(name, entry)| (name.to_string(), entry.place));
            let data = own.data.iter().map(|(name, entry)| (format!("data.{name}"), entry.place));
            types.chain(data)
        })
    }

    /// All of them, by the provider's address as written.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Overlay)> {
        self.by_provider.iter()
    }

    /// Every byte that was read; for digests.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.text
    }
}

fn of<'o>(all: &'o BTreeMap<Arc<str>, Overlay>, provider: &ProviderAddr) -> Option<&'o Overlay> {
    let source = format!("{}/{}", provider.namespace, provider.name);
    all.get(&*source).or_else(|| all.get(&*provider.to_string()))
}
