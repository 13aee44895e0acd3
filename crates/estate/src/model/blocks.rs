//! The blocks of `strata.hcl` beside estate, layer, environment and stack, as data.
//!
//! Invariant: a name in a [`Spanned`] stands in the file at that place.

use std::sync::Arc;

use diag::{Span, Spanned};
use syntax::Body;

use super::Input;

/// People whose signatures count as one group's approval.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its name.
    pub name: Spanned<Arc<str>>,
    /// A file of allowed signers as `ssh-keygen` reads it, relative to the estate's folder.
    pub signers: Spanned<Arc<str>>,
    /// Patterns of the identities that its people have in clouds and clusters: ARNs of roles, `group NAME`, members. `strata
    /// access` alone reads them.
    pub principals: Vec<Spanned<Arc<str>>>,
}

/// Settings that are merged into a provider block of the root modules, as OpenTofu merges an override file.
///
/// Its expressions may name `env`, `estate`, `self`, `each` and `secret`; never `stack`.
#[derive(Clone, Debug)]
pub struct ProviderBlock {
    /// The provider's local name in the root modules.
    pub name: Spanned<Arc<str>>,
    /// Which of a module's provider blocks; the one without alias where there is none.
    pub alias: Option<Spanned<Arc<str>>>,
    /// Arguments and nested blocks, without `alias`.
    pub body: Body,
    /// `provider "NAME"`.
    pub header: Span,
}

/// Who a provider is when it plans and when it applies.
#[derive(Clone, Debug)]
pub struct CredentialsBlock {
    /// The provider's local name in the root modules; tells the kind too.
    pub name: Spanned<Arc<str>>,
    /// Arguments; their expressions may name what those of a [`ProviderBlock`] may.
    pub attributes: Vec<Input>,
    /// `credentials "NAME"`.
    pub header: Span,
}

/// A value that stands outside of the file: read as `secret.NAME`, always sensitive.
#[derive(Clone, Debug)]
pub struct Secret {
    /// Its name.
    pub name: Spanned<Arc<str>>,
    /// Where it is.
    pub source: SecretSource,
}

/// Where a [`Secret`] is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// In an environment variable.
    Env(Spanned<Arc<str>>),
    /// The whole text of a file, relative to the estate's folder.
    File(Spanned<Arc<str>>),
    /// A value in a file that `sops` encrypted, relative to the estate's folder.
    Sops {
        /// The file.
        file: Spanned<Arc<str>>,
        /// The value's place: names and numbers with dots between.
        key: Spanned<Arc<str>>,
    },
}

/// A stack, or one instance of it in every environment, as `moved` and `removed` name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackRef {
    /// The stack's name; the file need not name it any more.
    pub stack: Arc<str>,
    /// The key of one instance; all instances where there is none.
    pub key: Option<Arc<str>>,
    /// The reference.
    pub span: Span,
}

/// `moved { from = stack.a, to = stack.b }`: what the store holds of the one is the other's.
#[derive(Clone, Debug)]
pub struct MovedStack {
    /// The old name.
    pub from: StackRef,
    /// The new name, which the file has.
    pub to: StackRef,
    /// `moved`.
    pub header: Span,
}

/// `removed { from = stack.a }`: the store forgets it, and its objects stay as they are.
#[derive(Clone, Debug)]
pub struct RemovedStack {
    /// The stack, which the file does not name any more.
    pub from: StackRef,
    /// `removed`.
    pub header: Span,
}

/// A type of resource whose loss loses data, beyond the catalogue.
#[derive(Clone, Debug)]
pub struct DataBearing {
    /// The type.
    pub type_name: Spanned<Arc<str>>,
    /// Why, for those who are asked to approve.
    pub reason: Arc<str>,
    /// Attributes that protect it where they are set, such as `deletion_protection`.
    pub protected_by: Vec<Spanned<Arc<str>>>,
    /// `data_bearing "TYPE"`.
    pub header: Span,
}
