//! The estate's provider settings for a stack instance, as the text of an override file.
//!
//! The text holds literal values only, so that `tofu` reads it as we do (`strata eject -override` writes it). What is
//! sensitive stands in no text: the argument becomes a reference to a sensitive variable, which a second file declares
//! and the run gives a value.
//!
//! Invariant: the text depends on the estate file and the root module only, never on a secret's value; so `validate`,
//! `plan` and `apply` load the same configuration.

pub mod eject;
mod literal;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use diag::{Diagnostic, Diags, FileId, Span};
use engine::GivenVariable;
use estate::{Estate, Instance, ProviderBlock, Secrets, UnknownSecrets};
use lang::config::{Config, FileText, ModuleId};
use syntax::{Body, Expr};
use value::{Type, Value};

/// The override file; a root module's own file of this name is not read in an estate.
pub const OVERRIDE_FILE: &str = "strata_override.tf";
/// The file that declares the variables of sensitive settings.
pub const VARIABLES_FILE: &str = "strata_variables.tf";

/// Arguments of `provider` blocks that are the language's own.
const RESERVED: [&str; 6] = ["version", "for_each", "count", "depends_on", "source", "lifecycle"];

/// The settings that apply to a stack instance.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    /// The text of [`OVERRIDE_FILE`].
    pub text: Arc<str>,
    /// The sensitive arguments, in the order of the text.
    pub variables: Vec<OverlayVariable>,
    /// The text among the sources, once it is loaded.
    pub file: Option<FileId>,
}

/// A sensitive argument of a provider.
#[derive(Clone, Debug)]
pub struct OverlayVariable {
    /// The variable that stands for it.
    pub name: Arc<str>,
    expr: Expr,
    is_text: bool,
}

impl Overlay {
    /// The settings that apply to an instance with this root module; none where there are none. What is wrong with
    /// them is reported.
    pub fn of(
        estate: &Estate,
        instance: &Instance,
        config: &Config,
        diags: &mut Diags,
    ) -> Option<Overlay> {
        let blocks = estate.providers_of(instance.environment, instance.stack);
        let mut writer = Writer { estate, instance, diags, out: String::new(), variables: vec![] };
        for block in &blocks {
            match uses(config, block) {
                Some(name) => writer.provider(block, &name),
                None => writer.unused(block),
            }
        }
        let Writer { out, variables, .. } = writer;
        if out.is_empty() {
            return None;
        }
        let text = format!("# The provider settings of strata.hcl for this stack.\n\n{out}");
        Some(Overlay { text: syntax::format(&text).into(), variables, file: None })
    }

    /// The files that are read beside the root module's own.
    pub fn files(&self) -> Vec<FileText> {
        let own = (OVERRIDE_FILE.to_owned(), self.text.clone());
        if self.variables.is_empty() {
            return vec![own];
        }
        let mut text = "# Sensitive provider settings of strata.hcl.\n".to_owned();
        for variable in &self.variables {
            let (name, ty) = (&variable.name, if variable.is_text { "string" } else { "any" });
            let written = write!(
                text,
                "\nvariable \"{name}\" {{\n  type      = {ty}\n  sensitive = true\n}}\n"
            );
            written.expect("BUG: writing to a string failed");
        }
        vec![own, (VARIABLES_FILE.to_owned(), text.into())]
    }

    /// Points a diagnostic at strata.hcl, where it is about the text: nobody wrote that, and no file of it is there.
    pub fn explain(
        &self,
        estate: &Estate,
        instance: &Instance,
        diagnostic: Diagnostic,
    ) -> Diagnostic {
        let Some(span) = diagnostic.span.filter(|span| Some(span.file) == self.file) else {
            return diagnostic;
        };
        let text = self.text.get(span.start as usize..span.end as usize).unwrap_or_default();
        let blocks = estate.providers_of(instance.environment, instance.stack);
        let attributes = || blocks.iter().flat_map(|block| &block.body.attributes);
        let given = attributes().find(|attribute| *attribute.name.text == *text);
        let given = given.map(|attribute| attribute.name.span);
        match given.or_else(|| blocks.first().map(|block| block.header)) {
            Some(given) => diagnostic.label(given, "given here"),
            None => diagnostic,
        }
    }

    /// The values of the variables; none where a secret cannot be read, which is reported.
    pub fn values(
        &self,
        estate: &Estate,
        instance: &Instance,
        secrets: &dyn Secrets,
        diags: &mut Diags,
    ) -> Option<Vec<GivenVariable>> {
        let value = |variable: &OverlayVariable| {
            let value = estate::evaluate_setting(estate, instance, &variable.expr, secrets, diags)?;
            Some(GivenVariable { name: variable.name.clone(), value })
        };
        self.variables.iter().map(value).collect()
    }
}

/// The local name that the root module has for a block's provider, where the root module or one below it through
/// inheritance uses that configuration.
fn uses(config: &Config, block: &ProviderBlock) -> Option<String> {
    let root = &config.root().def;
    let provider = root.provider_of(&block.name.node)?;
    let alias = block.alias.as_ref().map(|alias| &alias.node);
    let is_it = |node: &&lang::config::ProviderConfigNode| {
        node.module == ModuleId::ROOT
            && node.addr.provider == provider
            && node.addr.alias.as_ref() == alias
    };
    config.provider_configs.iter().find(is_it)?;
    Some(root.local_name_of(&provider).to_owned())
}

struct Writer<'a> {
    estate: &'a Estate,
    instance: &'a Instance,
    diags: &'a mut Diags,
    out: String,
    variables: Vec<OverlayVariable>,
}

impl Writer<'_> {
    /// A stack's own block for a configuration that it does not have; those that reach many stacks pass it over.
    fn unused(&mut self, block: &ProviderBlock) {
        let Some(alias) = &block.alias else { return };
        let own = &self.estate[self.instance.stack].providers;
        if own.iter().any(|other| other.header == block.header) {
            self.diags.push(
                Diagnostic::error("provider-alias-unknown", format!("No provider block is called `{}.{}`", block.name.node, alias.node))
                    .detail("The root module has no configuration of this provider with this alias, so nothing would take the settings.")
                    .remedy("Name an alias that the root module has, or take the block out.")
                    .at(alias.span),
            );
        }
    }

    fn provider(&mut self, block: &ProviderBlock, name: &str) {
        for attribute in &block.body.attributes {
            if RESERVED.contains(&&*attribute.name.text) {
                self.diags.push(reserved(&attribute.name.text, attribute.name.span));
                return;
            }
        }
        let mut path = format!("strata_{name}");
        self.out.push_str("provider ");
        literal::quote(name, &mut self.out);
        self.out.push_str(" {\n");
        if let Some(alias) = &block.alias {
            self.out.push_str("alias = ");
            literal::quote(&alias.node, &mut self.out);
            self.out.push('\n');
            path.push('_');
            path.push_str(&alias.node);
        }
        self.body(&block.body, &path);
        self.out.push_str("}\n\n");
    }

    /// The inside of a block. Nesting has a limit, which reading has checked.
    fn body(&mut self, body: &Body, path: &str) {
        for attribute in &body.attributes {
            let name = &attribute.name.text;
            self.attribute(name, &attribute.expr, format!("{path}_{name}"));
        }
        let mut seen: Vec<&str> = Vec::new();
        for block in &body.blocks {
            let kind = &*block.kind.text;
            let at = seen.iter().filter(|other| **other == kind).count();
            seen.push(kind);
            self.out.push_str(kind);
            for label in &block.labels {
                self.out.push(' ');
                literal::quote(&label.text, &mut self.out);
            }
            self.out.push_str(" {\n");
            let inner =
                if at == 0 { format!("{path}_{kind}") } else { format!("{path}_{kind}{at}") };
            self.body(&block.body, &inner);
            self.out.push_str("}\n");
        }
    }

    fn attribute(&mut self, name: &str, expr: &Expr, variable: String) {
        let value =
            estate::evaluate_setting(self.estate, self.instance, expr, &UnknownSecrets, self.diags);
        let Some(value) = value else { return };
        self.out.push_str(name);
        self.out.push_str(" = ");
        if is_open(&value) {
            literal::write(&value, &mut self.out);
        } else {
            let taken: BTreeSet<&str> = self.variables.iter().map(|one| &*one.name).collect();
            let free =
                (1..).map(|at| if at == 1 { variable.clone() } else { format!("{variable}_{at}") });
            let name = free.into_iter().find(|name| !taken.contains(name.as_str()));
            let name: Arc<str> = name.expect("BUG: there is always a free name").into();
            self.out.push_str("var.");
            self.out.push_str(&name);
            let is_text = value.ty() == Type::STRING;
            self.variables.push(OverlayVariable { name, expr: expr.clone(), is_text });
        }
        self.out.push('\n');
    }
}

/// Whether a value may stand in a text: known, and nothing of it sensitive.
fn is_open(value: &Value) -> bool {
    value.is_wholly_known() && !value.deep_marks().is_sensitive()
}

fn reserved(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error("provider-setting", format!("`{name}` is no setting of a provider"))
        .detail("It belongs to the provider block of the root module, where the language reads it.")
        .remedy("Write it there.")
        .at(span)
}
