//! Schema documents for `validate`: those that are in the program, and those that `-schema=FILE` names.
//!
//! Invariant: a document that is named counts before one in the program, and for whatever version is required.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use addr::ProviderAddr;
use diag::{Diagnostic, Diags, FileId};
use host::Host;
use lang::body::Absent;
use lang::config::Config;
use provider::Wanted;
use provider::discovery::Locks;
use run::offline::{Known, Offline, Types};
use schema::ProviderSchema;
use schema::document::{Document, DocumentError, ProviderDocument};
use schema::version::Version;
use sim::schemas::{documents, unpacked};

/// Checks root modules against the documents that there are; `dir` is where the lock file stands.
pub(crate) fn check(
    host: &Host,
    dir: &Path,
    given: &[String],
    configs: &[(&Config, Absent)],
    diags: &mut Diags,
) {
    let mut documents = Documents { given: Vec::new() };
    for name in given {
        match read(host, dir, name) {
            Ok(document) => documents.given.push(Given { name: name.clone(), document }),
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

/// A document that `-schema` names.
struct Given {
    name: String,
    document: Document<'static>,
}

struct Documents {
    given: Vec<Given>,
}

/// A document that has a provider.
struct Place<'d> {
    document: &'d Document<'static>,
    /// The address under which it has it.
    address: String,
    from: From<'d>,
}

enum From<'d> {
    /// The user, by this name.
    Given(&'d str),
    Embedded(Version),
}

impl Documents {
    /// Those given, then those embedded, newest first.
    fn places(&self, provider: &ProviderAddr) -> Vec<Place<'_>> {
        let given = self.given.iter().map(|one| (From::Given(&one.name), &one.document));
        let embedded = documents(&provider.name).into_iter();
        let embedded = embedded.map(|(version, document)| (From::Embedded(version), document));
        let place = |(from, document)| {
            let address = address_in(document, provider)?;
            Some(Place { document, address, from })
        };
        given.chain(embedded).filter_map(place).collect()
    }
}

impl Offline for Documents {
    fn versions(&self, provider: &ProviderAddr) -> Vec<Option<Version>> {
        let version = |place: Place<'_>| match place.from {
            From::Given(_) => None,
            From::Embedded(version) => Some(version),
        };
        self.places(provider).into_iter().map(version).collect()
    }

    fn read(
        &self,
        provider: &ProviderAddr,
        at: usize,
        wanted: &Wanted,
    ) -> Result<Known, Diagnostic> {
        let place = self.places(provider).swap_remove(at);
        match place.from {
            From::Given(name) => {
                known(&place, wanted, Extent::Whole).map_err(|error| no_document(name, &error))
            }
            From::Embedded(_) => {
                Ok(known(&place, wanted, Extent::Part)
                    .expect("BUG: an embedded document can be read"))
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

fn known(place: &Place<'_>, wanted: &Wanted, extent: Extent) -> Result<Known, DocumentError> {
    let document = place.document.provider(&place.address);
    let document = document.expect("BUG: an address of the document")?;
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
fn address_in(document: &Document<'_>, provider: &ProviderAddr) -> Option<String> {
    document.addresses().find(|address| ends_alike(address, provider)).map(str::to_owned)
}

/// Whether namespace and type are the same.
fn ends_alike(address: &str, provider: &ProviderAddr) -> bool {
    let end = |text: &str| text.rsplit('/').take(2).map(str::to_owned).collect::<Vec<_>>();
    end(address) == end(&provider.to_string())
}

fn read(host: &Host, dir: &Path, name: &str) -> Result<Document<'static>, Diagnostic> {
    let bytes = host.files.read(&dir.join(name)).map_err(|error| {
        Diagnostic::error("schema-unreadable", "A schema document cannot be read")
            .detail(format!("-schema={name}: {error}."))
            .remedy("Name a file that is there and can be read.")
    })?;
    let text = unpacked(&bytes)
        .map_err(|message| no_document(name, &DocumentError { about: String::new(), message }))?;
    // A command is given a few documents and keeps each to its end.
    Document::parse(Box::leak(text.into_boxed_str())).map_err(|error| no_document(name, &error))
}

fn no_document(name: &str, error: &DocumentError) -> Diagnostic {
    Diagnostic::error("schema-document-invalid", "This is no schema document")
        .detail(format!("-schema={name}: {error}."))
        .remedy("Give what `tofu providers schema -json` prints in a root module that requires the provider.")
}
