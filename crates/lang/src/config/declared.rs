//! What a file declares, decoded but not lowered: names, constants and the expressions still in the syntax tree.
//!
//! The first pass over a module produces these, override files are laid over them, and the second pass lowers them
//! into the [`ModuleDef`](super::module::ModuleDef). Nothing here outlives the syntax trees.
//!
//! Invariant: `None` in an argument means that it was not written, so that overriding can tell.

use std::sync::Arc;

use addr::{Mode, ProviderAddr};
use diag::Span;
use syntax::{Name, Traversal};
use value::Value;

use super::source::{BodySrc, ExprSrc};
use super::version::VersionConstraint;
use crate::constraint::Constraint;

/// Whether a file overrides others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// An ordinary file.
    Primary,
    /// `override.tf`, `*_override.tf` and their like.
    Override,
}

/// All that one file declares.
#[derive(Debug, Default)]
pub(super) struct FileDecl<'s> {
    pub(super) backends: Vec<BackendDecl<'s>>,
    pub(super) clouds: Vec<Span>,
    pub(super) required: Vec<RequiredDecl>,
    pub(super) providers: Vec<ProviderDecl<'s>>,
    pub(super) metas: Vec<MetaDecl<'s>>,
    pub(super) variables: Vec<VariableDecl<'s>>,
    pub(super) locals: Vec<LocalDecl<'s>>,
    pub(super) outputs: Vec<OutputDecl<'s>>,
    pub(super) calls: Vec<CallDecl<'s>>,
    pub(super) resources: Vec<ResourceDecl<'s>>,
}

/// `backend "TYPE" { }`.
#[derive(Clone, Debug)]
pub(super) struct BackendDecl<'s> {
    pub(super) kind: Name,
    pub(super) body: BodySrc<'s>,
    pub(super) header: Span,
}

/// `required_providers { }`.
#[derive(Clone, Debug)]
pub(super) struct RequiredDecl {
    pub(super) entries: Vec<RequiredProvider>,
    pub(super) header: Span,
}

/// One entry of `required_providers`.
#[derive(Clone, Debug, PartialEq)]
pub struct RequiredProvider {
    /// The name by which the module calls the provider.
    pub name: Arc<str>,
    /// Which provider it is.
    pub provider: ProviderAddr,
    /// Which versions will do.
    pub version: Option<VersionConstraint>,
    /// The aliases of configurations that callers must pass (`configuration_aliases`).
    pub aliases: Vec<Arc<str>>,
    /// The value of the entry.
    pub span: Span,
}

/// `provider_meta "NAME" { }`.
#[derive(Clone, Debug)]
pub(super) struct MetaDecl<'s> {
    pub(super) name: Name,
    pub(super) body: BodySrc<'s>,
    pub(super) header: Span,
}

/// `provider "NAME" { }`.
#[derive(Clone, Debug)]
pub(super) struct ProviderDecl<'s> {
    pub(super) name: Name,
    pub(super) alias: Option<Arc<str>>,
    pub(super) version: Option<VersionConstraint>,
    pub(super) body: BodySrc<'s>,
    pub(super) header: Span,
}

/// `variable "NAME" { }`.
#[derive(Clone, Debug)]
pub(super) struct VariableDecl<'s> {
    pub(super) name: Name,
    pub(super) description: Option<Arc<str>>,
    pub(super) constraint: Option<Constraint>,
    pub(super) default: Option<Value>,
    pub(super) default_span: Option<Span>,
    pub(super) sensitive: Option<bool>,
    pub(super) nullable: Option<bool>,
    pub(super) constant: Option<bool>,
    pub(super) deprecated: Option<Arc<str>>,
    pub(super) validations: Vec<RuleDecl<'s>>,
    pub(super) header: Span,
}

/// One entry of `locals`.
#[derive(Clone, Debug)]
pub(super) struct LocalDecl<'s> {
    pub(super) name: Name,
    pub(super) expr: ExprSrc<'s>,
    pub(super) span: Span,
}

/// `output "NAME" { }`.
#[derive(Clone, Debug)]
pub(super) struct OutputDecl<'s> {
    pub(super) name: Name,
    pub(super) description: Option<Arc<str>>,
    pub(super) value: Option<ExprSrc<'s>>,
    pub(super) sensitive: Option<bool>,
    pub(super) deprecated: Option<Arc<str>>,
    pub(super) depends_on: Vec<Traversal>,
    pub(super) preconditions: Vec<RuleDecl<'s>>,
    pub(super) header: Span,
}

/// A condition and what is said where it does not hold.
#[derive(Clone, Debug)]
pub(super) struct RuleDecl<'s> {
    pub(super) condition: Option<ExprSrc<'s>>,
    pub(super) message: Option<ExprSrc<'s>>,
    pub(super) header: Span,
}

/// `count` or `for_each`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RepeatDecl<'s> {
    pub(super) count: Option<ExprSrc<'s>>,
    pub(super) for_each: Option<ExprSrc<'s>>,
}

/// `provider = NAME.ALIAS`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderRef {
    /// The provider's local name.
    pub name: Arc<str>,
    /// The alias of its configuration.
    pub alias: Option<Arc<str>>,
    /// Where the name stands.
    pub span: Span,
}

impl ProviderRef {
    /// As it is written: `NAME` or `NAME.ALIAS`.
    pub fn text(&self) -> String {
        provider_text(&self.name, self.alias.as_deref())
    }
}

/// A provider configuration within its module: `NAME` or `NAME.ALIAS`.
pub(super) fn provider_text(name: &str, alias: Option<&str>) -> String {
    match alias {
        Some(alias) => format!("{name}.{alias}"),
        None => name.to_owned(),
    }
}

/// `resource`, `data` or `ephemeral`.
#[derive(Clone, Debug)]
pub(super) struct ResourceDecl<'s> {
    pub(super) mode: Mode,
    pub(super) kind: Name,
    pub(super) name: Name,
    pub(super) repeat: RepeatDecl<'s>,
    pub(super) provider: Option<ProviderRef>,
    pub(super) depends_on: Vec<Traversal>,
    pub(super) lifecycle: LifecycleDecl<'s>,
    pub(super) preconditions: Vec<RuleDecl<'s>>,
    pub(super) postconditions: Vec<RuleDecl<'s>>,
    pub(super) body: BodySrc<'s>,
    pub(super) header: Span,
}

impl ResourceDecl<'_> {
    /// Its address within the module.
    pub(super) fn addr(&self) -> addr::Resource {
        addr::Resource::new(self.mode, self.kind.text.clone(), self.name.text.clone())
    }

    /// The local name of its provider: as written, or the first word of its type.
    pub(super) fn provider_name(&self) -> &str {
        match &self.provider {
            Some(given) => &given.name,
            None => self.kind.text.split('_').next().unwrap_or_default(),
        }
    }
}

/// The arguments of `lifecycle` that only managed resources have.
#[derive(Clone, Debug, Default)]
pub(super) struct LifecycleDecl<'s> {
    pub(super) create_before_destroy: Option<bool>,
    pub(super) prevent_destroy: Option<ExprSrc<'s>>,
    pub(super) destroy: Option<ExprSrc<'s>>,
    pub(super) ignore_all: bool,
    pub(super) ignore_changes: Vec<Traversal>,
    pub(super) triggers: Vec<syntax::Expr>,
}

/// `module "NAME" { }`.
#[derive(Clone, Debug)]
pub(super) struct CallDecl<'s> {
    pub(super) name: Name,
    pub(super) source: Option<ExprSrc<'s>>,
    pub(super) version: Option<(ExprSrc<'s>, Span)>,
    pub(super) repeat: RepeatDecl<'s>,
    pub(super) depends_on: Vec<Traversal>,
    pub(super) providers: Vec<PassedProvider>,
    pub(super) body: BodySrc<'s>,
    pub(super) header: Span,
}

/// One entry of `providers = { CHILD = PARENT }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedProvider {
    /// What the called module calls it.
    pub child: ProviderRef,
    /// What the calling module calls it.
    pub parent: ProviderRef,
}
