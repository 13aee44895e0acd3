//! The `ci` block: how CI runs this estate.
//!
//! What a pipeline looks like is `pipeline`'s; here is what the file says. Invariant: every group that is named is one of
//! the file, and every environment, too.

use std::sync::Arc;

use diag::{Span, Spanned};

use super::{EnvironmentIdx, Input};

/// How CI runs the estate. What is missing has the default that is told at each.
#[derive(Clone, Debug)]
pub struct Ci {
    /// The branch that is applied.
    pub branch: Arc<str>,
    /// What lets a plan be applied.
    pub approval: CiApproval,
    /// Where the pipeline is written, relative to the repository's top; the forge's own place where the file does not say.
    pub file: Option<Spanned<Arc<str>>>,
    /// The version of Strata that CI runs; the one that writes the pipeline where the file does not say.
    pub version: Option<Spanned<Arc<str>>>,
    /// Where the program is: an address, with `VERSION` for the version.
    pub download: Option<Spanned<Arc<str>>>,
    /// SHA-256 of the program, as 64 hexadecimal digits.
    pub checksum: Option<Spanned<Arc<str>>>,
    /// When drift is looked for: five fields of cron, in UTC. Never where the file does not say.
    pub drift: Option<Spanned<Arc<str>>>,
    /// The machines that run it: a label of GitHub's or Jenkins's, a tag of GitLab's.
    pub runner: Option<Spanned<Arc<str>>>,
    /// GitLab's container image.
    pub image: Option<Spanned<Arc<str>>>,
    /// The environments that CI applies; all where the file does not say.
    pub environments: Option<Vec<EnvironmentIdx>>,
    /// The repository at the forge, `OWNER/NAME`: only Jenkins has to be told.
    pub repository: Option<Spanned<Arc<str>>>,
    /// Which forge keeps the repository: only Jenkins has to be told.
    pub forge: CiForge,
    /// Whether findings go to the forge's code scanning, too.
    pub code_scanning: CodeScanning,
    /// Who groups are at the forge: `@acme/platform`, by the group's name.
    pub owners: Vec<CiOwner>,
    /// How CI becomes somebody at a cloud.
    pub trusts: Vec<CiTrust>,
    /// `ci`.
    pub span: Span,
}

/// Who a group is at the forge.
#[derive(Clone, Debug)]
pub struct CiOwner {
    /// The group.
    pub group: Spanned<Arc<str>>,
    /// Its name there: `@acme/platform`.
    pub name: Spanned<Arc<str>>,
}

/// What lets a plan be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum CiApproval {
    /// Signatures of people, as `strata approve` makes them.
    #[default]
    Signature,
    /// The forge's environment: who is let into it has a key, with which the pipeline signs.
    Environment,
}

/// A forge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum CiForge {
    /// GitHub.
    #[default]
    GitHub,
    /// GitLab.
    GitLab,
}

/// Whether findings go to the forge's code scanning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum CodeScanning {
    /// They stay a file of the run.
    #[default]
    Off,
    /// They are sent there.
    On,
}

/// How CI becomes somebody at a cloud, by the token that the forge gives a run: there is no key.
#[derive(Clone, Debug)]
pub struct CiTrust {
    /// The cloud.
    pub cloud: CiCloud,
    /// Its arguments; their expressions see `env` and `estate`.
    pub attributes: Vec<Input>,
    /// `trust "aws"`.
    pub header: Span,
}

/// A cloud that believes a forge's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CiCloud {
    /// AWS: `plan_role`, `apply_role`.
    Aws,
    /// Azure: `tenant_id`, `plan_client_id`, `apply_client_id`.
    Azure,
    /// Google Cloud: `provider`, and where rights are not given to the run itself `plan_account` and `apply_account`.
    Google,
}

impl CiCloud {
    /// The label of its block.
    pub fn word(self) -> &'static str {
        match self {
            CiCloud::Aws => "aws",
            CiCloud::Azure => "azure",
            CiCloud::Google => "google",
        }
    }

    /// The arguments that its block needs.
    pub fn arguments(self) -> &'static [&'static str] {
        match self {
            CiCloud::Aws => &["plan_role", "apply_role"],
            CiCloud::Azure => &["tenant_id", "plan_client_id", "apply_client_id"],
            CiCloud::Google => &["provider"],
        }
    }

    /// The arguments that may stand beside them.
    pub fn optional(self) -> &'static [&'static str] {
        match self {
            CiCloud::Aws | CiCloud::Azure => &["audience"],
            CiCloud::Google => &["audience", "plan_account", "apply_account"],
        }
    }
}
