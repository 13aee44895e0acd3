//! A file of the catalogue, read.
//!
//! The format is told in `docs/guard.md`. Invariant: what is not of the format is an error that names its type.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::guards::Guarding;
use super::{CatalogueError, Entry};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryText {
    holds: String,
    name: Option<String>,
    #[serde(default)]
    guards: Vec<GuardText>,
    only: Option<GuardTable>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum GuardText {
    Path(String),
    Table(GuardTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GuardTable {
    at: String,
    safe: Option<Scalars>,
    say: Option<String>,
    #[serde(rename = "else")]
    otherwise: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Scalars {
    Flag(bool),
    Number(i64),
    Text(String),
    Texts(Vec<String>),
}

/// Reads a file.
///
/// # Errors
/// Where it is not of the format.
pub(super) fn file(name: &str, text: &str) -> Result<Vec<(Arc<str>, Entry)>, CatalogueError> {
    let read: BTreeMap<String, EntryText> = toml::from_str(text)
        .map_err(|error| CatalogueError { file: name.to_owned(), message: error.to_string() })?;
    Ok(read.into_iter().map(|(type_name, entry)| (type_name.into(), resolved(entry))).collect())
}

fn resolved(text: EntryText) -> Entry {
    let guards = text.guards.into_iter().map(|guard| match guard {
        GuardText::Path(path) => Guarding::of_path(&path),
        GuardText::Table(table) => guarding(table),
    });
    Entry {
        holds: text.holds.into(),
        name: text.name.map(Arc::from),
        guards: guards.collect(),
        only: text.only.map(guarding),
    }
}

fn guarding(table: GuardTable) -> Guarding {
    let plain = Guarding::of_path(&table.at);
    let safe = match table.safe {
        None => Vec::new(),
        Some(Scalars::Flag(flag)) => vec![flag.to_string()],
        Some(Scalars::Number(number)) => vec![number.to_string()],
        Some(Scalars::Text(text)) => vec![text],
        Some(Scalars::Texts(texts)) => texts,
    };
    Guarding {
        safe: safe.into_iter().map(Arc::from).collect(),
        say: table.say.map_or_else(|| plain.say.clone(), Arc::from),
        otherwise: table.otherwise.map_or(plain.otherwise, Arc::from),
        path: plain.path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_of_the_format_is_refused() {
        for text in [
            "[a]",
            "[a]\nholds = 1",
            "[a]\nholds = \"x\"\ngard = []",
            "[a]\nholds = \"x\"\nguards = [{}]",
        ] {
            let error = file("aws", text).expect_err(text);
            assert!(error.to_string().starts_with("catalogue/aws.toml: "), "{error}");
        }
    }

    #[test]
    fn an_entry_has_its_words() {
        let text = "[t]\nholds = \"rows\"\nguards = [\"a.b\", { at = \"c\", safe = false, say = \"on\", else = \"OFF\" }]";
        let entries = file("aws", text).expect("reads");
        let entry = &entries[0].1;
        assert_eq!((&*entry.holds, &*entry.guards[0].say), ("rows", "a.b = {}"));
        assert_eq!((&*entry.guards[1].safe[0], &*entry.guards[1].otherwise), ("false", "OFF"));
    }
}
