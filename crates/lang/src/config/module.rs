//! A module definition: all that the files of one folder declare, lowered.
//!
//! It is shared by all calls of the folder. Nothing here depends on who calls it: the module tree and where
//! providers come from is told by [`Config`](super::tree::Config).
//!
//! Invariant: every index in it is in range, and every [`ExprId`] belongs to its arena.

use std::sync::Arc;

use addr::ProviderAddr;
use diag::Span;
use value::{Path, Type, Value};

use super::declared::{PassedProvider, ProviderRef, RequiredProvider};
use super::names::{Names, ProviderIdx, ResIdx};
use super::version::VersionConstraint;
use crate::body::LoweredBody;
use crate::constraint::Constraint;
use crate::expr::{ExprId, Exprs, Target};

/// All that the files of one folder declare.
#[derive(Clone, Debug)]
pub struct ModuleDef {
    /// The folder, as paths of its files begin.
    pub dir: Arc<str>,
    /// What its names stand for.
    pub names: Names,
    /// The arena of all its expressions.
    pub exprs: Exprs,
    /// Its variables, by [`VarIdx`](super::VarIdx).
    pub variables: Vec<Variable>,
    /// Its local values, by [`LocalIdx`](super::LocalIdx).
    pub locals: Vec<Local>,
    /// Its outputs, by [`OutputIdx`](super::OutputIdx).
    pub outputs: Vec<Output>,
    /// Its managed and data resources, by [`ResIdx`].
    pub resources: Vec<Resource>,
    /// Its module calls, by [`CallIdx`](super::CallIdx).
    pub calls: Vec<ModuleCall>,
    /// Its `provider` blocks, by [`ProviderIdx`].
    pub providers: Vec<ProviderBlock>,
    /// Its `required_providers`, sorted by local name.
    pub required_providers: Vec<RequiredProvider>,
    /// Its `backend`.
    pub backend: Option<Backend>,
    /// Its `cloud` block.
    pub cloud: Option<Span>,
    /// Its `provider_meta` blocks.
    pub provider_metas: Vec<ProviderMeta>,
}

impl ModuleDef {
    /// The provider that a local name stands for: as required, or as the name implies; `None` where the name could
    /// never be a provider's.
    pub fn provider_of(&self, local_name: &str) -> Option<ProviderAddr> {
        match self.required_provider(local_name) {
            Some(required) => Some(required.provider.clone()),
            None => ProviderAddr::implied(local_name).ok(),
        }
    }

    /// The entry of `required_providers` with this local name.
    pub fn required_provider(&self, local_name: &str) -> Option<&RequiredProvider> {
        let found = self.required_providers.binary_search_by(|it| (*it.name).cmp(local_name));
        found.ok().map(|at| &self.required_providers[at])
    }

    /// The `provider` block with this local name and alias.
    pub fn provider_block(&self, name: &str, alias: Option<&str>) -> Option<ProviderIdx> {
        let same = |it: &ProviderBlock| &*it.name == name && it.alias.as_deref() == alias;
        self.providers.iter().position(same).map(ProviderIdx::new)
    }

    /// The local name for a provider: the one required, or its own name.
    pub fn local_name_of<'a>(&'a self, provider: &'a ProviderAddr) -> &'a str {
        let required = self.required_providers.iter().find(|it| it.provider == *provider);
        required.map_or(&provider.name, |it| &it.name)
    }
}

/// An input variable.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name.
    pub name: Arc<str>,
    /// `description`.
    pub description: Option<Arc<str>>,
    /// What values it admits, with the defaults of optional attributes.
    pub constraint: Constraint,
    /// The type of its values: the constraint without optional attributes.
    pub ty: Type,
    /// How its value is read where it comes as text from the command line or the environment.
    pub parsing: Parsing,
    /// `default`, converted to the constraint.
    pub default: Option<Value>,
    /// `sensitive`.
    pub sensitive: bool,
    /// `nullable`: whether null stays null instead of becoming the default.
    pub nullable: bool,
    /// `const`: whether its value must be known before anything is evaluated.
    pub constant: bool,
    /// `deprecated`: what to use instead.
    pub deprecated: Option<Arc<str>>,
    /// `validation` blocks.
    pub validations: Vec<CheckRule>,
    /// The name in the block's header.
    pub name_span: Span,
    /// The block's header.
    pub span: Span,
}

impl Variable {
    /// Whether a value must be given.
    pub fn is_required(&self) -> bool {
        self.default.is_none()
    }
}

/// How the value of a variable is read where it comes as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parsing {
    /// The text is the value: variables of a primitive type, or without a type.
    Literal,
    /// The text is an expression: all others.
    Expression,
}

/// A condition and what is said where it does not hold.
#[derive(Clone, Debug)]
pub struct CheckRule {
    /// The condition.
    pub condition: ExprId,
    /// `error_message`.
    pub message: ExprId,
    /// The block's header.
    pub span: Span,
}

/// A local value.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name.
    pub name: Arc<str>,
    /// Its value.
    pub expr: ExprId,
    /// The whole entry.
    pub span: Span,
}

/// An output value.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its name.
    pub name: Arc<str>,
    /// `description`.
    pub description: Option<Arc<str>>,
    /// `value`.
    pub expr: ExprId,
    /// `sensitive`.
    pub sensitive: bool,
    /// `deprecated`: what to use instead.
    pub deprecated: Option<Arc<str>>,
    /// `precondition` blocks.
    pub preconditions: Vec<CheckRule>,
    /// `depends_on`.
    pub depends_on: Vec<DependsOn>,
    /// The name in the block's header.
    pub name_span: Span,
    /// The block's header.
    pub span: Span,
}

/// An entry of `depends_on`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DependsOn {
    /// What is waited for.
    pub target: Target,
    /// Where it is written.
    pub span: Span,
}

/// How many instances a block makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Repeat {
    /// One, without key.
    #[default]
    One,
    /// `count`.
    Count(ExprId),
    /// `for_each`.
    ForEach(ExprId),
}

impl Repeat {
    /// The expression that tells how many.
    pub fn expr(self) -> Option<ExprId> {
        match self {
            Repeat::One => None,
            Repeat::Count(expr) | Repeat::ForEach(expr) => Some(expr),
        }
    }
}

/// A managed or data resource.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its address within the module.
    pub addr: addr::Resource,
    /// How many instances it has.
    pub repeat: Repeat,
    /// `provider`, where it is written.
    pub provider_ref: Option<ProviderRef>,
    /// Which provider it is of: what the local name stands for, or the type's first word.
    pub provider: ProviderAddr,
    /// `depends_on`.
    pub depends_on: Vec<DependsOn>,
    /// `lifecycle`.
    pub lifecycle: Lifecycle,
    /// `precondition` blocks.
    pub preconditions: Vec<CheckRule>,
    /// `postcondition` blocks.
    pub postconditions: Vec<CheckRule>,
    /// The arguments and blocks of the provider's schema.
    pub body: LoweredBody,
    /// The type in the block's header.
    pub type_span: Span,
    /// The name in the block's header.
    pub name_span: Span,
    /// The block's header.
    pub span: Span,
}

impl Resource {
    /// The local name and alias of the provider configuration that it asks for.
    pub fn provider_local(&self) -> (&str, Option<&str>) {
        match &self.provider_ref {
            Some(given) => (&given.name, given.alias.as_deref()),
            None => (self.addr.implied_provider(), None),
        }
    }
}

/// What `lifecycle` says of a managed resource.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    /// `create_before_destroy`, where it is written.
    pub create_before_destroy: Option<bool>,
    /// `prevent_destroy`.
    pub prevent_destroy: Option<ExprId>,
    /// `destroy`: false forgets instead of destroying.
    pub destroy: Option<ExprId>,
    /// `ignore_changes`.
    pub ignore_changes: Ignore,
    /// `replace_triggered_by`.
    pub replace_triggered_by: Vec<Trigger>,
}

/// What `ignore_changes` names.
#[derive(Clone, Debug, Default)]
pub enum Ignore {
    /// Nothing.
    #[default]
    Nothing,
    /// `all`.
    All,
    /// These attributes and what is beneath them, each with its place.
    Paths(Vec<(Path, Span)>),
}

/// An element of `replace_triggered_by`: `TYPE.NAME`, `TYPE.NAME[KEY]`, and what is looked at within.
#[derive(Clone, Debug)]
pub struct Trigger {
    /// The resource.
    pub resource: ResIdx,
    /// The instance, where one is named.
    pub key: Option<ExprId>,
    /// What is looked at within it; empty for the whole object.
    pub steps: Vec<TriggerStep>,
    /// All of it, for its references.
    pub expr: ExprId,
    /// Where it stands.
    pub span: Span,
}

/// A step of a [`Trigger`] into the object.
#[derive(Clone, Debug)]
pub enum TriggerStep {
    /// `.name`.
    Attr(Arc<str>),
    /// `[key]`.
    Index(ExprId),
}

/// A module call.
#[derive(Clone, Debug)]
pub struct ModuleCall {
    /// Its name.
    pub name: Arc<str>,
    /// `source`; `None` where it is missing or faulty, which has been reported.
    pub source: Option<ExprId>,
    /// `version`.
    pub version: Option<ExprId>,
    /// How many instances it has.
    pub repeat: Repeat,
    /// `providers`.
    pub providers: Vec<PassedProvider>,
    /// `depends_on`.
    pub depends_on: Vec<DependsOn>,
    /// The values given to the called module's variables.
    pub body: LoweredBody,
    /// The block's header.
    pub span: Span,
}

impl ModuleCall {
    /// The expression given for a variable of the called module.
    pub fn argument(&self, name: &str) -> Option<ExprId> {
        let mut given = self.body.attrs.iter().chain(&self.body.members);
        given.find(|it| &*it.name == name).map(|it| it.expr)
    }
}

/// A `provider` block.
#[derive(Clone, Debug)]
pub struct ProviderBlock {
    /// The provider's local name.
    pub name: Arc<str>,
    /// Which provider that is.
    pub provider: ProviderAddr,
    /// `alias`.
    pub alias: Option<Arc<str>>,
    /// `version`, deprecated.
    pub version: Option<VersionConstraint>,
    /// The arguments and blocks of the provider's schema.
    pub body: LoweredBody,
    /// The block's header.
    pub span: Span,
}

impl ProviderBlock {
    /// Whether nothing is configured: within a called module such a block stands for a configuration that is passed.
    pub fn is_empty(&self) -> bool {
        self.body.attrs.is_empty()
            && self.body.blocks.is_empty()
            && self.body.members.is_empty()
            && self.version.is_none()
    }
}

/// `backend "TYPE"`.
#[derive(Clone, Debug)]
pub struct Backend {
    /// Its type, such as `local`.
    pub kind: Arc<str>,
    /// Its arguments.
    pub body: LoweredBody,
    /// The type in the block's header.
    pub kind_span: Span,
    /// The block's header.
    pub span: Span,
}

/// `provider_meta "NAME"`.
#[derive(Clone, Debug)]
pub struct ProviderMeta {
    /// The provider's local name.
    pub name: Arc<str>,
    /// Which provider that is.
    pub provider: ProviderAddr,
    /// Its arguments.
    pub body: LoweredBody,
    /// The block's header.
    pub span: Span,
}
