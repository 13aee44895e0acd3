//! Where a rehearsal's schemas come from: documents that the user gives, those that are part of the program, and
//! providers that are installed ([`Installed`]).
//!
//! A document is read type by type, when a type is first asked for. Invariant: of one provider the newest document
//! counts that the stack's constraints admit and that has the wanted types; what the user gives goes first.

mod embedded;

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::io::Read as _;
use std::sync::{Arc, Mutex, PoisonError};

use addr::ProviderAddr;
use diag::Diagnostic;
use flate2::read::GzDecoder;
use plan::Digest;
use provider::Wanted;
use schema::document::{Document, ProviderDocument};
use schema::version::{Constraints, Dialect, Version};
use schema::{ProviderSchema, ResourceSchema};

pub use embedded::{DOCUMENTS, MANIFEST, documents};

/// Gives the schemas of a provider that is installed, where it is.
pub trait Installed: Send + Sync {
    /// The schemas of the wanted types; `None` where the provider is not installed.
    fn schemas(
        &self,
        provider: &ProviderAddr,
        constraints: &Constraints,
        wanted: &Wanted,
    ) -> Option<ProviderSchema>;
}

/// Largest document that is read, unpacked.
const DOCUMENT_BYTES_MAX: u64 = 512 << 20;

/// All sources of schemas.
#[derive(Default)]
pub struct SchemaSources {
    given: Vec<Given>,
    installed: Option<Arc<dyn Installed>>,
}

/// A document that the user gave.
struct Given {
    document: Document<'static>,
    offers: HashMap<String, Arc<Offer>>,
    digest: Digest,
}

impl fmt::Debug for SchemaSources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SchemaSources").field("given", &self.given.len()).finish_non_exhaustive()
    }
}

impl SchemaSources {
    /// Those that are part of the program.
    pub fn embedded() -> SchemaSources {
        SchemaSources::default()
    }

    /// With a document that the user gave, as `providers schema -json` prints it, packed with gzip or not. `name` is
    /// for messages.
    ///
    /// # Errors
    /// Where it is no such document.
    pub fn give(&mut self, name: &str, bytes: &[u8]) -> Result<(), Diagnostic> {
        let wrong = |detail: String| {
            Diagnostic::error("schema-document-invalid", "A schema document cannot be read")
                .detail(format!("{name}: {detail}."))
                .remedy("Write one with: tofu providers schema -json > FILE, in a folder where init was run.")
        };
        let text = unpacked(bytes).map_err(wrong)?;
        // A process is given a few documents and keeps each to its end.
        let text: &'static str = Box::leak(text.into_boxed_str());
        let document = Document::parse(text).map_err(|error| wrong(error.to_string()))?;
        if document.addresses().next().is_none() {
            return Err(wrong("it holds no provider".to_owned()));
        }
        let mut offers = HashMap::new();
        for address in document.addresses() {
            let read = document.provider(address).expect("BUG: an address of the document");
            let read = read.map_err(|error| wrong(error.to_string()))?;
            offers.insert(address.to_owned(), Arc::new(Offer::whole(read)));
        }
        self.given.push(Given { document, offers, digest: Digest::of(text.as_bytes()) });
        Ok(())
    }

    /// With the schemas of installed providers, for what no document has.
    #[must_use]
    pub fn with_installed(self, installed: Arc<dyn Installed>) -> SchemaSources {
        SchemaSources { installed: Some(installed), ..self }
    }

    /// What tells these sources from others.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = MANIFEST.as_bytes().to_vec();
        for given in &self.given {
            bytes.extend_from_slice(&given.digest.0);
        }
        bytes
    }

    /// The document of a provider for a stack that has these constraints and wants these types.
    ///
    /// # Errors
    /// Where there is none: how to get it.
    pub(crate) fn of(
        &self,
        provider: &ProviderAddr,
        constraints: &Constraints,
        wanted: &Wanted,
    ) -> Result<Arc<Offer>, Diagnostic> {
        for given in &self.given {
            if let Some(address) = address_in(&given.document, provider) {
                return Ok(given.offers[&address].clone());
            }
        }
        let admitted = embedded::of(provider).into_iter().filter(|(version, _)| {
            constraints.is_empty() || constraints.admits(version, Dialect::Provider)
        });
        let mut lacking = None;
        for (version, index) in admitted {
            let offer = embedded::offer(index);
            let missing = offer.missing(wanted);
            if missing.is_empty() {
                return Ok(offer);
            }
            lacking.get_or_insert((version, missing));
        }
        if let Some(installed) = &self.installed
            && let Some(schema) = installed.schemas(provider, constraints, wanted)
        {
            let from = From::Installed(Box::new(schema));
            return Ok(Arc::new(Offer { from, memo: Mutex::default() }));
        }
        Err(absent(provider, constraints, lacking))
    }
}

fn absent(
    provider: &ProviderAddr,
    constraints: &Constraints,
    lacking: Option<(Version, BTreeSet<Arc<str>>)>,
) -> Diagnostic {
    let name = provider.for_display();
    let detail = match lacking {
        Some((version, missing)) => {
            let missing: Vec<&str> = missing.iter().map(AsRef::as_ref).collect();
            format!(
                "Of {name} {version} a part is at hand, and it has not: {}.",
                missing.join(", ")
            )
        }
        None => {
            let versions: Vec<String> =
                embedded::of(provider).iter().map(|(version, _)| version.to_string()).collect();
            match versions.as_slice() {
                [] => format!("None of {name} is part of Strata."),
                _ => format!(
                    "{name} is at hand in version {}, which the constraints ({constraints}) do not admit.",
                    versions.join(", ")
                ),
            }
        }
    };
    Diagnostic::error("rehearsal-without-schema", "A provider cannot be rehearsed without its schema")
        .detail(detail)
        .remedy(
            "Check the names; else install the provider (strata init), or write its schema where it is installed, with: tofu \
             providers schema -json > schema.json, and give it with --schema schema.json.",
        )
        .about(name)
}

fn unreadable(provider: &ProviderAddr, message: &str) -> Diagnostic {
    Diagnostic::error("schema-document-invalid", "A schema document cannot be read")
        .detail(format!("{}: {message}.", provider.for_display()))
        .remedy("Write it anew with: tofu providers schema -json > FILE.")
}

/// The text of a document, packed with gzip or not.
///
/// # Errors
/// What is wrong with the bytes.
pub fn unpacked(bytes: &[u8]) -> Result<String, String> {
    let bytes = match bytes {
        [0x1f, 0x8b, ..] => {
            let mut unpacked = Vec::new();
            GzDecoder::new(bytes)
                .take(DOCUMENT_BYTES_MAX)
                .read_to_end(&mut unpacked)
                .map_err(|error| format!("it cannot be unpacked: {error}"))?;
            unpacked
        }
        _ => bytes.to_vec(),
    };
    String::from_utf8(bytes).map_err(|_| "it is no text".to_owned())
}

/// The address under which a document has a provider. The two public registries mirror each other.
fn address_in(document: &Document<'_>, provider: &ProviderAddr) -> Option<String> {
    let wanted = provider.to_string();
    let tail = format!("/{}/{}", provider.namespace, provider.name);
    let public = |address: &str| {
        address.starts_with("registry.opentofu.org/")
            || address.starts_with("registry.terraform.io/")
    };
    let same = |address: &&str| {
        *address == wanted || (public(address) && public(&wanted) && address.ends_with(&tail))
    };
    document.addresses().find(same).map(str::to_owned)
}

enum From {
    Document(ProviderDocument<'static>),
    Installed(Box<ProviderSchema>),
}

type Memo = Mutex<HashMap<(Section, Arc<str>), Option<Arc<ResourceSchema>>>>;

/// The schemas of a provider, from one source.
pub(crate) struct Offer {
    from: From,
    memo: Memo,
}

/// Which kind of type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Section {
    Resource,
    Data,
    Ephemeral,
}

impl Offer {
    fn whole(document: ProviderDocument<'static>) -> Offer {
        Offer { from: From::Document(document), memo: Mutex::default() }
    }

    /// The schema of a type; `None` where it is not offered, or cannot be read.
    pub(crate) fn of(&self, section: Section, name: &str) -> Option<Arc<ResourceSchema>> {
        let key = (section, Arc::from(name));
        let mut memo = self.memo.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = memo.get(&key) {
            return known.clone();
        }
        let found = match (&self.from, section) {
            (From::Document(one), Section::Resource) => one.resource(name).map(Result::ok),
            (From::Document(one), Section::Data) => one.data(name).map(Result::ok),
            (From::Document(one), Section::Ephemeral) => one.ephemeral(name).map(Result::ok),
            (From::Installed(one), _) => {
                let all = match section {
                    Section::Resource => &one.resources,
                    Section::Data => &one.data,
                    Section::Ephemeral => &one.ephemeral,
                };
                return all.get(name).cloned();
            }
        };
        let found = found.flatten().map(Arc::new);
        memo.insert(key, found.clone());
        found
    }

    /// Types that are wanted and not offered.
    fn missing(&self, wanted: &Wanted) -> BTreeSet<Arc<str>> {
        let Wanted::Named { resources, data, ephemeral, .. } = wanted else {
            return BTreeSet::new();
        };
        let sections = [
            (Section::Resource, resources),
            (Section::Data, data),
            (Section::Ephemeral, ephemeral),
        ];
        let mut missing = BTreeSet::new();
        for (section, names) in sections {
            missing.extend(names.iter().filter(|name| self.of(section, name).is_none()).cloned());
        }
        missing
    }

    /// The wanted part as one value.
    pub(crate) fn part(
        &self,
        provider: &ProviderAddr,
        wanted: &Wanted,
    ) -> Result<ProviderSchema, Diagnostic> {
        let document = match &self.from {
            From::Document(document) => document,
            From::Installed(schema) => return Ok((**schema).clone()),
        };
        let wrong =
            |error: schema::document::DocumentError| unreadable(provider, &error.to_string());
        let Wanted::Named { resources, data, ephemeral, functions } = wanted else {
            return document.whole().map_err(wrong);
        };
        let mut schema = ProviderSchema::empty();
        schema.provider = Arc::new(document.configuration().map_err(wrong)?);
        let some = |section: Section, names: &BTreeSet<Arc<str>>| {
            let found =
                names.iter().filter_map(|name| Some((name.clone(), self.of(section, name)?)));
            found.collect()
        };
        schema.resources = some(Section::Resource, resources);
        schema.data = some(Section::Data, data);
        schema.ephemeral = some(Section::Ephemeral, ephemeral);
        for name in functions {
            if let Some(read) = document.function(name) {
                schema.functions.insert(name.clone(), Arc::new(read.map_err(wrong)?));
            }
        }
        Ok(schema)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(text: &str) -> ProviderAddr {
        text.parse().unwrap()
    }

    fn resources(names: &[&str]) -> Wanted {
        let Wanted::Named { data, ephemeral, functions, .. } = Wanted::nothing() else { panic!() };
        let resources = names.iter().map(|name| Arc::from(*name)).collect();
        Wanted::Named { resources, data, ephemeral, functions }
    }

    fn constraints(text: &str) -> Constraints {
        Constraints::parse(text, Dialect::Provider).unwrap()
    }

    #[test]
    fn the_constraints_choose_the_document() {
        let sources = SchemaSources::embedded();
        let of = |text: &str| {
            let helm = provider("registry.opentofu.org/hashicorp/helm");
            let wanted = resources(&["helm_release"]);
            let offer = sources.of(&helm, &constraints(text), &wanted).unwrap();
            offer.part(&helm, &wanted).unwrap().provider.block.block("kubernetes").is_some()
        };
        assert!(!of("~> 3.1"));
        assert!(of("~> 1.3"));
    }

    #[test]
    fn what_is_not_at_hand_is_told_with_a_remedy() {
        let sources = SchemaSources::embedded();
        let told = |name: &str, version: &str, types: &[&str]| {
            let any = match version {
                "" => Constraints::default(),
                text => constraints(text),
            };
            let wrong = sources.of(&provider(name), &any, &resources(types)).err().unwrap();
            assert!(wrong.remedy.contains("--schema"));
            wrong.detail
        };
        assert_eq!(
            told("registry.opentofu.org/acme/cloud", "", &[]),
            "None of acme/cloud is part of Strata."
        );
        assert!(
            told("registry.opentofu.org/hashicorp/random", "", &["random_nothing"])
                .contains("has not: random_nothing")
        );
        assert!(
            told("registry.opentofu.org/hashicorp/random", "~> 9.0", &[]).contains("do not admit")
        );
    }

    #[test]
    fn a_document_of_the_user_goes_first_and_what_is_none_is_refused() {
        let mut sources = SchemaSources::embedded();
        for (text, expect) in [
            ("{}", "format_version"),
            ("schema", "not a schema document"),
            ("{\"format_version\":\"1.0\"}", "no provider"),
        ] {
            let wrong = sources.give("my.json", text.as_bytes()).unwrap_err();
            assert!(wrong.detail.contains(expect) && wrong.detail.contains("my.json"), "{wrong:?}");
        }
        let own = r#"{"format_version":"1.0","provider_schemas":{"registry.terraform.io/hashicorp/random":
            {"resource_schemas":{"random_own":{"version":0,"block":{"attributes":{"id":{"type":"string","computed":true}}}}}}}}"#;
        sources.give("my.json", own.as_bytes()).unwrap();
        let random = provider("registry.opentofu.org/hashicorp/random");
        let offer = sources.of(&random, &Constraints::default(), &Wanted::nothing()).unwrap();
        assert!(offer.of(Section::Resource, "random_own").is_some());
    }
}
