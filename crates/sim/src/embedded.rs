//! The schema documents that are in the program. Written by `cargo xtask schemas`; not edited by hand.
//!
//! Not here: reading them. Invariant: one entry for each file of the folder `schemas`.

/// A document in the program.
#[derive(Clone, Copy, Debug)]
pub struct Embedded {
    /// The provider's full address.
    pub provider: &'static str,
    /// The version that it was taken from.
    pub version: &'static str,
    /// The document, compressed with gzip.
    pub packed: &'static [u8],
}

/// All of them; of one provider the older versions come first.
pub const DOCUMENTS: &[Embedded] = &[
    Embedded {
        provider: "registry.opentofu.org/hashicorp/aws",
        version: "5.100.0",
        packed: include_bytes!("../schemas/aws-5.100.0.json.gz"),
    },
    Embedded {
        provider: "registry.opentofu.org/hashicorp/azuread",
        version: "3.9.0",
        packed: include_bytes!("../schemas/azuread-3.9.0.json.gz"),
    },
    Embedded {
        provider: "registry.opentofu.org/hashicorp/azurerm",
        version: "5.2.0",
        packed: include_bytes!("../schemas/azurerm-5.2.0.json.gz"),
    },
    Embedded {
        provider: "registry.opentofu.org/hashicorp/google",
        version: "7.45.0",
        packed: include_bytes!("../schemas/google-7.45.0.json.gz"),
    },
    Embedded {
        provider: "registry.opentofu.org/hashicorp/helm",
        version: "1.3.2",
        packed: include_bytes!("../schemas/helm-1.3.2.json.gz"),
    },
    Embedded {
        provider: "registry.opentofu.org/hashicorp/helm",
        version: "3.1.2",
        packed: include_bytes!("../schemas/helm-3.1.2.json.gz"),
    },
    Embedded {
        provider: "registry.opentofu.org/gavinbunney/kubectl",
        version: "1.19.0",
        packed: include_bytes!("../schemas/kubectl-1.19.0.json.gz"),
    },
    Embedded {
        provider: "registry.opentofu.org/hashicorp/kubernetes",
        version: "1.13.4",
        packed: include_bytes!("../schemas/kubernetes-1.13.4.json.gz"),
    },
    Embedded {
        provider: "registry.opentofu.org/hashicorp/kubernetes",
        version: "3.2.1",
        packed: include_bytes!("../schemas/kubernetes-3.2.1.json.gz"),
    },
    Embedded {
        provider: "registry.opentofu.org/hashicorp/local",
        version: "2.9.0",
        packed: include_bytes!("../schemas/local-2.9.0.json.gz"),
    },
    Embedded {
        provider: "registry.opentofu.org/hashicorp/random",
        version: "3.9.0",
        packed: include_bytes!("../schemas/random-3.9.0.json.gz"),
    },
    Embedded {
        provider: "registry.opentofu.org/hashicorp/time",
        version: "0.14.2",
        packed: include_bytes!("../schemas/time-0.14.2.json.gz"),
    },
    Embedded {
        provider: "registry.opentofu.org/hashicorp/tls",
        version: "4.0.4",
        packed: include_bytes!("../schemas/tls-4.0.4.json.gz"),
    },
];
