//! The overlays that are part of the program.
//!
//! Invariant: each can be read, and fits the embedded schemas (`tests/overlays.rs`).

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
