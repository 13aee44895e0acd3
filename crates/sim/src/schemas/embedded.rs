//! The documents that are part of the program, as they are asked: by provider and version, each unpacked once.
//!
//! Invariant: the list here is the manifest's, and an embedded document can be read.

use std::sync::{Arc, OnceLock};

use addr::ProviderAddr;
use schema::document::Document;
use schema::version::Version;

use super::{Offer, address_in, unpacked};

/// What `cargo xtask schemas` says of the documents.
pub const MANIFEST: &str = include_str!("../../schemas/manifest.toml");

/// The documents: file names, and their bytes, packed with gzip.
pub const DOCUMENTS: &[(&str, &[u8])] = &[
    ("aws-5.100.0.json.gz", include_bytes!("../../schemas/aws-5.100.0.json.gz")),
    ("azuread-3.9.0.json.gz", include_bytes!("../../schemas/azuread-3.9.0.json.gz")),
    ("azurerm-5.2.0.json.gz", include_bytes!("../../schemas/azurerm-5.2.0.json.gz")),
    ("google-7.45.0.json.gz", include_bytes!("../../schemas/google-7.45.0.json.gz")),
    ("helm-1.3.2.json.gz", include_bytes!("../../schemas/helm-1.3.2.json.gz")),
    ("helm-3.1.2.json.gz", include_bytes!("../../schemas/helm-3.1.2.json.gz")),
    ("kubectl-1.19.0.json.gz", include_bytes!("../../schemas/kubectl-1.19.0.json.gz")),
    ("kubernetes-1.13.4.json.gz", include_bytes!("../../schemas/kubernetes-1.13.4.json.gz")),
    ("kubernetes-3.2.1.json.gz", include_bytes!("../../schemas/kubernetes-3.2.1.json.gz")),
    ("local-2.9.0.json.gz", include_bytes!("../../schemas/local-2.9.0.json.gz")),
    ("random-3.9.0.json.gz", include_bytes!("../../schemas/random-3.9.0.json.gz")),
    ("time-0.14.2.json.gz", include_bytes!("../../schemas/time-0.14.2.json.gz")),
    ("tls-4.0.4.json.gz", include_bytes!("../../schemas/tls-4.0.4.json.gz")),
];

/// The embedded documents of providers of this type (`aws`), newest first.
pub fn documents(name: &str) -> Vec<(Version, &'static Document<'static>)> {
    places(name).map(|(version, index)| (version, document(index))).collect()
}

/// The embedded documents of a provider, newest first, with their places in [`DOCUMENTS`].
pub(super) fn of(provider: &ProviderAddr) -> Vec<(Version, usize)> {
    let own = |one: &(Version, usize)| address_in(document(one.1), provider).is_some();
    places(&provider.name).filter(own).collect()
}

fn places(name: &str) -> impl Iterator<Item = (Version, usize)> {
    let mut all: Vec<(Version, usize)> = (0..DOCUMENTS.len())
        .map(|index| (parts(index), index))
        .filter(|((of, _), _)| *of == name)
        .map(|((_, version), index)| (version, index))
        .collect();
    all.sort_by(|a, b| b.0.precedence(&a.0));
    all.into_iter()
}

/// Its provider's name and its version, from the file's name.
fn parts(index: usize) -> (&'static str, Version) {
    let stem = DOCUMENTS[index].0.strip_suffix(".json.gz").expect("BUG: a document's file name");
    let (name, version) = stem.rsplit_once('-').expect("BUG: a document's file name");
    (name, Version::parse(version).expect("BUG: a document's version"))
}

/// One document; unpacked once.
fn document(index: usize) -> &'static Document<'static> {
    static ALL: OnceLock<Vec<OnceLock<Document<'static>>>> = OnceLock::new();
    let all = ALL.get_or_init(|| DOCUMENTS.iter().map(|_| OnceLock::new()).collect());
    all[index].get_or_init(|| {
        let text = unpacked(DOCUMENTS[index].1).expect("BUG: an embedded document");
        let text: &'static str = Box::leak(text.into_boxed_str());
        Document::parse(text).expect("BUG: an embedded document")
    })
}

/// The schemas of one document; of each type once in a process.
pub(super) fn offer(index: usize) -> Arc<Offer> {
    static ALL: OnceLock<Vec<OnceLock<Arc<Offer>>>> = OnceLock::new();
    let all = ALL.get_or_init(|| DOCUMENTS.iter().map(|_| OnceLock::new()).collect());
    let offer = all[index].get_or_init(|| {
        let document = document(index);
        let address = document.addresses().next().expect("BUG: a document has a provider");
        let read = document.provider(address).expect("BUG: an address of the document");
        Arc::new(Offer::whole(read.expect("BUG: an embedded document")))
    });
    offer.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_the_manifests() {
        let manifest: toml::Table = toml::from_str(MANIFEST).unwrap();
        let files = manifest["document"].as_array().unwrap().iter();
        let files: Vec<&str> = files.map(|one| one["file"].as_str().unwrap()).collect();
        let listed: Vec<&str> = DOCUMENTS.iter().map(|(name, _)| *name).collect();
        assert_eq!(listed, files);
        for index in 0..DOCUMENTS.len() {
            offer(index);
        }
    }
}
