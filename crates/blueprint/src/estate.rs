//! A new estate: the files of a cloud over those that all clouds share.
//!
//! Invariant: the estate's name stands wherever the blueprint's stood; no other byte is changed.

use std::collections::BTreeMap;

use crate::{File, Name};

/// What stands in blueprints where the estate's name goes.
const TOKEN: &str = "acme-blueprint";

/// Paths, with the part that they belong to in front, and texts.
static FILES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// A cloud that there is a blueprint for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cloud {
    /// Amazon Web Services.
    Aws,
    /// Microsoft Azure.
    Azure,
    /// Google Cloud.
    Gcp,
}

impl Cloud {
    /// All, in the order in which they are told.
    pub const ALL: [Cloud; 3] = [Cloud::Aws, Cloud::Azure, Cloud::Gcp];

    /// The cloud of this word.
    pub fn parse(word: &str) -> Option<Cloud> {
        Cloud::ALL.into_iter().find(|cloud| cloud.word() == word)
    }

    /// Its word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Cloud::Aws => "aws",
            Cloud::Azure => "azure",
            Cloud::Gcp => "gcp",
        }
    }
}

/// The files of a new estate, in the order of their paths.
pub fn estate(cloud: Cloud, name: &Name) -> Vec<File> {
    merged(FILES, cloud.word())
        .into_iter()
        .map(|(path, text)| File {
            path: path.to_owned(),
            text: text.replace(TOKEN, name.as_str()),
        })
        .collect()
}

fn merged<'t>(files: &[(&'t str, &'t str)], cloud: &str) -> BTreeMap<&'t str, &'t str> {
    let mut merged = BTreeMap::new();
    for part in ["common", cloud] {
        for (path, text) in files {
            let inside = path.strip_prefix(part).and_then(|rest| rest.strip_prefix('/'));
            if let Some(inside) = inside.filter(|path| !is_table(path)) {
                merged.insert(inside, *text);
            }
        }
    }
    merged
}

/// Which cell of the design stands where: for our tests, not for the new estate.
fn is_table(path: &str) -> bool {
    path.starts_with("table") && path.ends_with(".toml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clouds_file_takes_the_place_of_the_common_one() {
        let files = [
            ("aws/stacks/a/cloud.tf", "c"),
            ("aws/stacks/a/main.tf", "aws"),
            ("aws/table.toml", "t"),
            ("awsome/x", "no"),
            ("common/stacks/a/main.tf", "common"),
            ("gcp/y", "no"),
        ];
        let merged: Vec<_> = merged(&files, "aws").into_iter().collect();
        assert_eq!(merged, [("stacks/a/cloud.tf", "c"), ("stacks/a/main.tf", "aws")]);
    }

    #[test]
    fn common_files_name_no_cloud() {
        let words = ["aws_", "azurerm_", "google_", "amazonaws", "windows.net"];
        for (path, text) in FILES.iter().filter(|(path, _)| path.starts_with("common/")) {
            for word in words {
                assert!(!text.contains(word), "{path} names {word}");
            }
        }
    }

    #[test]
    fn names_go_where_the_token_stood() {
        let name = Name::parse("shop").expect("a name");
        for cloud in Cloud::ALL {
            for file in estate(cloud, &name) {
                assert!(!file.text.contains(TOKEN), "{}", file.path);
                assert!(!file.path.starts_with('/') && !file.path.contains(".."), "{}", file.path);
            }
        }
    }
}
