//! The overlays that are part of the program.
//!
//! Invariant: each can be read, and fits the embedded schemas (`tests/it/overlays.rs`).

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde::Deserialize;

/// Which types were measured against real parts; written by `cargo xtask fidelity`.
const MEASURED: &str = include_str!("../../measured.toml");

#[derive(Deserialize, Default)]
struct MeasuredText {
    #[serde(default, rename = "type")]
    types: Vec<MeasuredType>,
}

#[derive(Deserialize)]
struct MeasuredType {
    name: String,
}

/// The types that were measured; data sources as `data.TYPE`.
pub(crate) fn measured() -> &'static BTreeSet<String> {
    static ALL: OnceLock<BTreeSet<String>> = OnceLock::new();
    ALL.get_or_init(|| {
        let read: MeasuredText = toml::from_str(MEASURED).expect("BUG: measured.toml");
        read.types.into_iter().map(|one| one.name).collect()
    })
}

/// The files: a provider's name, and its overlay.
pub const FILES: &[(&str, &str)] = &[
    ("aws", include_str!("../../overlays/aws.toml")),
    ("aws", include_str!("../../overlays/aws-acme.toml")),
    ("azuread", include_str!("../../overlays/azuread.toml")),
    ("azurerm", include_str!("../../overlays/azurerm.toml")),
    ("google", include_str!("../../overlays/google.toml")),
    ("helm", include_str!("../../overlays/helm.toml")),
    ("kubectl", include_str!("../../overlays/kubectl.toml")),
    ("kubernetes", include_str!("../../overlays/kubernetes.toml")),
    ("local", include_str!("../../overlays/local.toml")),
    ("random", include_str!("../../overlays/random.toml")),
    ("time", include_str!("../../overlays/time.toml")),
    ("tls", include_str!("../../overlays/tls.toml")),
];
