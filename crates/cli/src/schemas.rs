//! Schema documents for `validate`: those that are in the program, and those that `-schema=FILE` names.
//!
//! Invariant: a document that is named counts before one in the program, and for whatever version is required.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use addr::ProviderAddr;
use diag::{Diagnostic, Diags, FileId};
use flate2::read::GzDecoder;
use host::Host;
use lang::body::Absent;
use lang::config::Config;
use provider::Wanted;
use provider::discovery::Locks;
use run::offline::{Known, Offline, Types};
use schema::ProviderSchema;
use schema::document::{Document, DocumentError, ProviderDocument};
use schema::version::Version;
use sim::schemas::DOCUMENTS;

/// Most bytes that a document may have, uncompressed.
const DOCUMENT_BYTES_MAX: u64 = 1 << 30;

/// Checks root modules against the documents that there are; `dir` is where the lock file stands.
pub(crate) fn check(
    host: &Host,
    dir: &Path,
    given: &[String],
    configs: &[(&Config, Absent)],
    diags: &mut Diags,
) {
    let mut documents = Documents { given: Vec::new(), embedded: OnceCell::new() };
    for name in given {
        match read(host, dir, name) {
            Ok(text) => documents.given.push(Given { name: name.clone(), text }),
            Err(diagnostic) => diags.push(diagnostic),
        }
    }
    run::offline::check(configs, &locks(host, dir), &documents, diags);
}

/// What is locked. A faulty lock file is told by the commands that need it.
fn locks(host: &Host, dir: &Path) -> Locks {
    let text = host.files.read_text(&dir.join(".terraform.lock.hcl"));
    text.map_or_else(
        |_| Locks::default(),
        |text| Locks::read(FileId::new(0), &text, &mut Diags::new()),
    )
}

struct Given {
    name: String,
    text: String,
}

struct Documents {
    given: Vec<Given>,
    /// The embedded ones that were unpacked so far.
    embedded: OnceCell<Vec<OnceCell<String>>>,
}

impl Documents {
    /// Places among those given, then places among those embedded, newest first.
    fn places(&self, provider: &ProviderAddr) -> Vec<Place> {
        let given = (0..self.given.len())
            .filter(|at| address_in(&self.given[*at].text, provider).is_some())
            .map(Place::Given);
        let own = |at: &usize| {
            stem(*at).0 == &*provider.name && address_in(self.embedded(*at), provider).is_some()
        };
        let embedded = (0..DOCUMENTS.len()).rev().filter(own);
        given.chain(embedded.map(Place::Embedded)).collect()
    }

    fn embedded(&self, at: usize) -> &str {
        let cells =
            self.embedded.get_or_init(|| DOCUMENTS.iter().map(|_| OnceCell::new()).collect());
        cells[at].get_or_init(|| {
            unpacked(DOCUMENTS[at].1).expect("BUG: an embedded document is packed text")
        })
    }
}

/// Name and version of an embedded document's provider: its file is NAME-VERSION.json.gz.
fn stem(at: usize) -> (&'static str, &'static str) {
    let stem = DOCUMENTS[at].0.trim_end_matches(".json.gz");
    stem.rsplit_once('-').expect("BUG: the name of an embedded document")
}

#[derive(Clone, Copy)]
enum Place {
    Given(usize),
    Embedded(usize),
}

impl Offline for Documents {
    fn versions(&self, provider: &ProviderAddr) -> Vec<Option<Version>> {
        let version = |place: &Place| match place {
            Place::Given(_) => None,
            Place::Embedded(at) => {
                Some(Version::parse(stem(*at).1).expect("BUG: the version of a document"))
            }
        };
        self.places(provider).iter().map(version).collect()
    }

    fn read(
        &self,
        provider: &ProviderAddr,
        at: usize,
        wanted: &Wanted,
    ) -> Result<Known, Diagnostic> {
        match self.places(provider)[at] {
            Place::Given(at) => {
                let Given { name, text } = &self.given[at];
                known(text, provider, wanted, Extent::Whole)
                    .map_err(|error| no_document(name, &error))
            }
            Place::Embedded(at) => {
                let known = known(self.embedded(at), provider, wanted, Extent::Part);
                Ok(known.expect("BUG: an embedded document can be read"))
            }
        }
    }
}

/// How much of a provider a document holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Whole,
    Part,
}

fn known(
    text: &str,
    provider: &ProviderAddr,
    wanted: &Wanted,
    extent: Extent,
) -> Result<Known, DocumentError> {
    let document = Document::parse(text)?;
    let nothing = || DocumentError { about: provider.to_string(), message: "is not in it".into() };
    let address = address_in(text, provider).ok_or_else(nothing)?;
    let document = document.provider(&address).ok_or_else(nothing)??;
    let names = |names: &mut dyn Iterator<Item = &str>| names.map(Arc::from).collect();
    let types = (extent == Extent::Whole).then(|| Types {
        resources: names(&mut document.resource_names()),
        data: names(&mut document.data_names()),
    });
    Ok(Known { schema: part(&document, wanted)?, types })
}

fn part(document: &ProviderDocument<'_>, wanted: &Wanted) -> Result<ProviderSchema, DocumentError> {
    let Wanted::Named { resources, data, ephemeral, .. } = wanted else { return document.whole() };
    let mut schema = ProviderSchema::empty();
    schema.provider = Arc::new(document.configuration()?);
    let mut of = |names: &BTreeSet<Arc<str>>, section: Section| -> Result<(), DocumentError> {
        for name in names {
            let (read, map) = match section {
                Section::Resources => (document.resource(name), &mut schema.resources),
                Section::Data => (document.data(name), &mut schema.data),
                Section::Ephemeral => (document.ephemeral(name), &mut schema.ephemeral),
            };
            if let Some(read) = read {
                map.insert(name.clone(), Arc::new(read?));
            }
        }
        Ok(())
    };
    of(resources, Section::Resources)?;
    of(data, Section::Data)?;
    of(ephemeral, Section::Ephemeral)?;
    Ok(schema)
}

enum Section {
    Resources,
    Data,
    Ephemeral,
}

/// The address under which a document has a provider: another registry's has the same types.
fn address_in(text: &str, provider: &ProviderAddr) -> Option<String> {
    let document = Document::parse(text).ok()?;
    document.addresses().find(|address| ends_alike(address, provider)).map(str::to_owned)
}

/// Whether namespace and type are the same.
fn ends_alike(address: &str, provider: &ProviderAddr) -> bool {
    let end = |text: &str| text.rsplit('/').take(2).map(str::to_owned).collect::<Vec<_>>();
    end(address) == end(&provider.to_string())
}

fn read(host: &Host, dir: &Path, name: &str) -> Result<String, Diagnostic> {
    let bytes = host.files.read(&dir.join(name)).map_err(|error| {
        Diagnostic::error("schema-unreadable", "A schema document cannot be read")
            .detail(format!("-schema={name}: {error}."))
            .remedy("Name a file that is there and can be read.")
    })?;
    let text = if bytes.starts_with(&[0x1f, 0x8b]) { unpacked(&bytes) } else { utf8(bytes) };
    let text = text
        .map_err(|message| no_document(name, &DocumentError { about: String::new(), message }))?;
    Document::parse(&text).map_err(|error| no_document(name, &error))?;
    Ok(text)
}

fn utf8(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())
}

fn unpacked(bytes: &[u8]) -> Result<String, String> {
    let mut text = String::new();
    let mut unpacking = GzDecoder::new(bytes).take(DOCUMENT_BYTES_MAX);
    unpacking.read_to_string(&mut text).map_err(|error| error.to_string())?;
    Ok(text)
}

fn no_document(name: &str, error: &DocumentError) -> Diagnostic {
    Diagnostic::error("schema-document", "This is no schema document")
        .detail(format!("-schema={name}: {error}."))
        .remedy("Give what `tofu providers schema -json` prints in a root module that requires the provider.")
}
