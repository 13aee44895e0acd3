//! What `sops` says about a file: who can open it, which of its values are encrypted, and its authentication code.

use regex::Regex;

use super::SopsError;
use super::tree::Tree;

/// Kinds of keys other than age, as the file names them, and as people do.
const OTHERS: [(&str, &str); 6] = [
    ("kms", "AWS KMS"),
    ("gcp_kms", "Google Cloud KMS"),
    ("azure_kv", "Azure Key Vault"),
    ("hc_vault", "Vault"),
    ("hckms", "Huawei KMS"),
    ("pgp", "PGP"),
];

/// The part of a file under `sops`.
pub(super) struct Metadata {
    /// The data key, encrypted for each age key: armored.
    pub(super) age: Vec<String>,
    /// Other kinds of keys that open the file.
    pub(super) others: Vec<&'static str>,
    /// The authentication code, encrypted.
    pub(super) mac: String,
    /// When the file was last written: binds the code.
    pub(super) last_modified: String,
    /// Which values are encrypted.
    pub(super) rule: Rule,
    /// Whether the code is over the encrypted values only.
    pub(super) mac_only_encrypted: bool,
}

/// Which values of a file are encrypted, by the names on the way to them.
pub(super) enum Rule {
    UnencryptedSuffix(String),
    EncryptedSuffix(String),
    UnencryptedRegex(Regex),
    EncryptedRegex(Regex),
}

impl Rule {
    /// Whether what lies at the end of this path is encrypted.
    pub(super) fn encrypts(&self, path: &[String]) -> bool {
        match self {
            Rule::UnencryptedSuffix(suffix) => !path.iter().any(|it| it.ends_with(&**suffix)),
            Rule::EncryptedSuffix(suffix) => path.iter().any(|it| it.ends_with(&**suffix)),
            Rule::UnencryptedRegex(regex) => !path.iter().any(|it| regex.is_match(it)),
            Rule::EncryptedRegex(regex) => path.iter().any(|it| regex.is_match(it)),
        }
    }
}

impl Metadata {
    /// Reads it.
    pub(super) fn read(about: &Tree) -> Result<Metadata, SopsError> {
        let text = |name: &str| about.get(name).and_then(Tree::text).map(str::to_owned);
        let needed = |name: &str| {
            text(name).ok_or_else(|| SopsError::malformed(&format!("sops.{name} is missing")))
        };
        if about.get("key_groups").is_some() || about.get("shamir_threshold").is_some_and(is_set) {
            return Err(SopsError::unlike("key groups"));
        }
        let only = about.get("mac_only_encrypted");
        Ok(Metadata {
            age: age(about),
            others: OTHERS
                .iter()
                .filter(|(name, _)| has_keys(about, name))
                .map(|(_, shown)| *shown)
                .collect(),
            mac: needed("mac")?,
            last_modified: needed("lastmodified")?,
            rule: rule(about)?,
            mac_only_encrypted: only.is_some_and(is_set),
        })
    }
}

fn is_set(tree: &Tree) -> bool {
    use super::tree::Leaf;
    match tree {
        Tree::Leaf(Leaf::Bool(set)) => *set,
        Tree::Leaf(Leaf::Int(number)) => *number != 0,
        Tree::Leaf(Leaf::Text(text)) => text == "true",
        _ => false,
    }
}

/// The data keys for age: under `age` as a list, or in dotenv as `age__list_0__map_enc`.
fn age(about: &Tree) -> Vec<String> {
    if let Some(Tree::List(keys)) = about.get("age") {
        let enc = |key: &Tree| key.get("enc").and_then(Tree::text).map(str::to_owned);
        return keys.iter().filter_map(enc).collect();
    }
    let Tree::Map(entries) = about else { return Vec::new() };
    let is_enc = |name: &str| name.starts_with("age__list_") && name.ends_with("__map_enc");
    entries
        .iter()
        .filter(|(name, _)| is_enc(name))
        .filter_map(|(_, key)| key.text().map(str::to_owned))
        .collect()
}

fn has_keys(about: &Tree, kind: &str) -> bool {
    if let Some(keys) = about.get(kind) {
        return matches!(keys, Tree::List(keys) if !keys.is_empty());
    }
    let flat = format!("{kind}__list_");
    matches!(about, Tree::Map(entries) if entries.iter().any(|(name, _)| name.starts_with(&flat)))
}

fn rule(about: &Tree) -> Result<Rule, SopsError> {
    let text = |name: &str| {
        about.get(name).and_then(Tree::text).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let regex = |text: String| {
        Regex::new(&text).map_err(|_| SopsError::unlike("a pattern of another dialect"))
    };
    if text("unencrypted_comment_regex").or_else(|| text("encrypted_comment_regex")).is_some() {
        return Err(SopsError::unlike("a rule about comments"));
    }
    if let Some(suffix) = text("encrypted_suffix") {
        return Ok(Rule::EncryptedSuffix(suffix));
    }
    if let Some(pattern) = text("unencrypted_regex") {
        return regex(pattern).map(Rule::UnencryptedRegex);
    }
    if let Some(pattern) = text("encrypted_regex") {
        return regex(pattern).map(Rule::EncryptedRegex);
    }
    let suffix = text("unencrypted_suffix").unwrap_or_else(|| "_unencrypted".to_owned());
    Ok(Rule::UnencryptedSuffix(suffix))
}
