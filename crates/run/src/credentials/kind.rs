//! The kinds of credentials, and which providers' processes each is for.
//!
//! Invariant: a provider is of one kind at most.

use addr::ProviderAddr;

/// A kind of credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A role, assumed through the AWS Security Token Service.
    Aws,
    /// A service account that is impersonated.
    Google,
    /// A client of Microsoft Entra.
    Azure,
    /// A token for a cluster's API.
    Kubernetes,
}

impl Kind {
    /// All kinds, clouds before what stands on them.
    pub const ALL: [Kind; 4] = [Kind::Aws, Kind::Google, Kind::Azure, Kind::Kubernetes];

    /// The label of its block.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Aws => "aws",
            Kind::Google => "google",
            Kind::Azure => "azure",
            Kind::Kubernetes => "kubernetes",
        }
    }

    /// The kind that a block's label names.
    pub fn of_label(label: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == label)
    }

    /// The kind of credentials that a provider takes, by its type.
    pub fn of_provider(provider: &ProviderAddr) -> Option<Kind> {
        match &*provider.name {
            "aws" | "awscc" => Some(Kind::Aws),
            "google" | "google-beta" => Some(Kind::Google),
            "azurerm" | "azuread" | "azapi" => Some(Kind::Azure),
            "kubernetes" | "helm" | "kubectl" => Some(Kind::Kubernetes),
            _ => None,
        }
    }

    /// The arguments of its block, without `plan_` and `apply_`; the flag says whether these may stand before it.
    pub(super) fn arguments(self) -> &'static [(&'static str, Split)] {
        use Split::{ByPurpose, Shared};
        match self {
            Kind::Aws => &[
                ("role", ByPurpose),
                ("session_name", Shared),
                ("tags", Shared),
                ("external_id", Shared),
                ("duration", Shared),
                ("region", Shared),
                ("web_identity_token_file", ByPurpose),
            ],
            Kind::Google => &[("service_account", ByPurpose)],
            Kind::Azure => &[
                ("tenant_id", Shared),
                ("subscription_id", Shared),
                ("client_id", ByPurpose),
                ("oidc_token_file", ByPurpose),
                ("client_secret", ByPurpose),
            ],
            Kind::Kubernetes => &[("token", ByPurpose), ("exec", ByPurpose)],
        }
    }

    /// Variables that could give a process another identity than the stack's: taken out of its environment.
    pub(super) fn base_variables(self) -> &'static [&'static str] {
        match self {
            Kind::Aws => &[
                "AWS_ACCESS_KEY_ID",
                "AWS_SECRET_ACCESS_KEY",
                "AWS_SESSION_TOKEN",
                "AWS_SECURITY_TOKEN",
                "AWS_PROFILE",
                "AWS_DEFAULT_PROFILE",
                "AWS_ROLE_ARN",
                "AWS_ROLE_SESSION_NAME",
                "AWS_WEB_IDENTITY_TOKEN_FILE",
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
            ],
            // Impersonation starts from the base credentials, which therefore stay.
            Kind::Google => &["GOOGLE_IMPERSONATE_SERVICE_ACCOUNT"],
            Kind::Azure => &[
                "ARM_CLIENT_ID",
                "ARM_CLIENT_ID_FILE_PATH",
                "ARM_CLIENT_SECRET",
                "ARM_CLIENT_SECRET_FILE_PATH",
                "ARM_CLIENT_CERTIFICATE",
                "ARM_CLIENT_CERTIFICATE_PATH",
                "ARM_CLIENT_CERTIFICATE_PASSWORD",
                "ARM_OIDC_TOKEN",
                "ARM_OIDC_TOKEN_FILE_PATH",
                "ARM_OIDC_REQUEST_TOKEN",
                "ARM_OIDC_REQUEST_URL",
                "ARM_USE_OIDC",
                "ARM_USE_MSI",
                "ARM_USE_CLI",
                "ARM_USE_AKS_WORKLOAD_IDENTITY",
            ],
            Kind::Kubernetes => &[
                "KUBE_TOKEN",
                "KUBE_USER",
                "KUBE_PASSWORD",
                "KUBE_CLIENT_CERT_DATA",
                "KUBE_CLIENT_KEY_DATA",
                "KUBE_CONFIG_PATH",
                "KUBE_CONFIG_PATHS",
                "KUBECONFIG",
            ],
        }
    }
}

/// Whether an argument may be given apart for planning and for applying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Split {
    /// `plan_NAME` and `apply_NAME`, or `NAME` for both.
    ByPurpose,
    /// `NAME` only.
    Shared,
}
