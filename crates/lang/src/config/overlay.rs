//! Override files: what they declare is laid over what ordinary files declared.
//!
//! What is written takes the place of what was there, argument by argument; what is not written stays. Nothing new
//! can be declared so, but a default provider configuration, required providers and a backend.
//!
//! Invariant: the rules are those of OpenTofu (`configs/module_merge`): `depends_on` and conditions never change.

use addr::Mode;
use diag::{Diagnostic, Diags, Span};
use syntax::Traversal;

use super::declared::{
    BackendDecl, CallDecl, FileDecl, OutputDecl, ProviderDecl, RepeatDecl, RequiredDecl,
    ResourceDecl, VariableDecl, provider_text,
};
use super::decode::invalid_default;
use super::gather::ModuleDecl;
use crate::constraint::Constraint;

impl<'s> ModuleDecl<'s> {
    /// Lays the required providers of an override file over those of the module. Comes before all else, since
    /// providers of resources depend on it.
    pub(super) fn overlay_required(&mut self, decls: Vec<RequiredDecl>) {
        for entry in decls.into_iter().flat_map(|decl| decl.entries) {
            match self.required.iter_mut().find(|it| it.name == entry.name) {
                Some(base) => *base = entry,
                None => self.required.push(entry),
            }
        }
    }

    /// Lays an override file over the module.
    pub(super) fn overlay(&mut self, file: FileDecl<'s>, diags: &mut Diags) {
        self.overlay_required(file.required);
        self.overlay_backend(file.backends, &file.clouds, diags);
        for over in file.providers {
            self.overlay_provider(over, diags);
        }
        for over in file.variables {
            match self.variables.find(&over.name.text) {
                Some(base) => variable(base, over, diags),
                None => diags.push(no_base("variable", &over.name.text, over.header)),
            }
        }
        for over in file.locals {
            match self.locals.find(&over.name.text) {
                Some(base) => *base = over,
                None => diags.push(no_base("local value", &over.name.text, over.span)),
            }
        }
        for over in file.outputs {
            match self.outputs.find(&over.name.text) {
                Some(base) => output(base, over, diags),
                None => diags.push(no_base("output", &over.name.text, over.header)),
            }
        }
        for over in file.calls {
            match self.calls.find(&over.name.text) {
                Some(base) => call(base, over, diags),
                None => diags.push(no_base("module call", &over.name.text, over.header)),
            }
        }
        for over in file.resources {
            let key = (over.mode, over.kind.text.clone(), over.name.text.clone());
            match self.resources.find(&key) {
                Some(base) => resource(base, over, diags),
                None => {
                    let what =
                        if over.mode == Mode::Managed { "resource" } else { "data resource" };
                    diags.push(no_base(what, &over.addr().to_string(), over.header));
                }
            }
        }
    }

    fn overlay_backend(
        &mut self,
        backends: Vec<BackendDecl<'s>>,
        clouds: &[Span],
        diags: &mut Diags,
    ) {
        if let [first, second, ..] = &backends[..] {
            diags.push(twice_in_file("backend", second.header, first.header));
        } else if let Some(backend) = backends.into_iter().next() {
            self.cloud = None;
            self.backend = Some(backend);
        }
        match clouds {
            [] => {}
            [only] => {
                self.backend = None;
                self.cloud = Some(*only);
            }
            [first, second, ..] => diags.push(twice_in_file("cloud", *second, *first)),
        }
    }

    fn overlay_provider(&mut self, over: ProviderDecl<'s>, diags: &mut Diags) {
        let key = provider_text(&over.name.text, over.alias.as_deref());
        match self.providers.find(&key) {
            Some(base) => {
                if over.version.is_some() {
                    base.version = over.version;
                }
                base.body.overlay(over.body);
            }
            None if over.alias.is_some() => {
                diags.push(no_base("provider configuration", &key, over.header));
            }
            // A default configuration that is not written is an empty one.
            None => {
                let added = FileDecl { providers: vec![over], ..FileDecl::default() };
                self.append(added, diags);
            }
        }
    }
}

fn set<T>(base: &mut Option<T>, over: Option<T>) {
    if over.is_some() {
        *base = over;
    }
}

fn variable<'s>(base: &mut VariableDecl<'s>, over: VariableDecl<'s>, diags: &mut Diags) {
    let (type_given, default_given) = (over.constraint.is_some(), over.default.is_some());
    set(&mut base.description, over.description);
    set(&mut base.sensitive, over.sensitive);
    set(&mut base.deprecated, over.deprecated);
    set(&mut base.constraint, over.constraint);
    set(&mut base.nullable, over.nullable);
    set(&mut base.constant, over.constant);
    if default_given {
        base.default = over.default;
        base.default_span = over.default_span;
    }
    let Some(default) = &base.default else { return };
    let constraint = base.constraint.clone().unwrap_or_else(Constraint::any);
    match value::convert::convert(default, constraint.ty) {
        Ok(converted) => base.default = Some(converted),
        Err(error) => {
            let why = match (type_given, default_given) {
                (true, false) => {
                    "Its type was overridden, and the default does not fit the new type"
                }
                (false, true) => {
                    "Its default was overridden, and the new one does not fit the type"
                }
                _ => "The default does not fit the type",
            };
            diags.push(invalid_default(format!("{why}: {error}."), over.header));
        }
    }
    if base.nullable == Some(false) && base.default.as_ref().is_some_and(value::Value::is_null) {
        let detail =
            "With this override the default is null, and `nullable = false` does not admit null.";
        diags.push(invalid_default(detail, over.header));
    }
}

fn output<'s>(base: &mut OutputDecl<'s>, over: OutputDecl<'s>, diags: &mut Diags) {
    set(&mut base.description, over.description.filter(|text| !text.is_empty()));
    set(&mut base.value, over.value);
    set(&mut base.sensitive, over.sensitive);
    set(&mut base.deprecated, over.deprecated);
    fixed_depends_on(&over.depends_on, diags);
}

fn repeat<'s>(base: &mut RepeatDecl<'s>, over: RepeatDecl<'s>) {
    set(&mut base.count, over.count);
    set(&mut base.for_each, over.for_each);
}

fn call<'s>(base: &mut CallDecl<'s>, over: CallDecl<'s>, diags: &mut Diags) {
    set(&mut base.source, over.source);
    set(&mut base.version, over.version);
    repeat(&mut base.repeat, over.repeat);
    base.body.overlay(over.body);
    if !over.providers.is_empty() {
        base.providers = over.providers;
    }
    fixed_depends_on(&over.depends_on, diags);
}

fn resource<'s>(base: &mut ResourceDecl<'s>, over: ResourceDecl<'s>, diags: &mut Diags) {
    repeat(&mut base.repeat, over.repeat);
    set(&mut base.provider, over.provider);
    let lifecycle = &mut base.lifecycle;
    set(&mut lifecycle.create_before_destroy, over.lifecycle.create_before_destroy);
    set(&mut lifecycle.prevent_destroy, over.lifecycle.prevent_destroy);
    set(&mut lifecycle.destroy, over.lifecycle.destroy);
    if !over.lifecycle.ignore_changes.is_empty() {
        lifecycle.ignore_changes = over.lifecycle.ignore_changes;
    }
    lifecycle.ignore_all |= over.lifecycle.ignore_all;
    base.body.overlay(over.body);
    fixed_depends_on(&over.depends_on, diags);
}

fn fixed_depends_on(given: &[Traversal], diags: &mut Diags) {
    if let Some(first) = given.first() {
        diags.push(
            Diagnostic::error("not-overridable", "`depends_on` cannot be overridden")
                .detail("What an object waits for is said where it is declared.")
                .remedy("Take it out of the override file.")
                .at(first.span),
        );
    }
}

fn no_base(kind: &str, name: &str, span: Span) -> Diagnostic {
    Diagnostic::error("nothing-to-override", format!("There is no {kind} `{name}` to override"))
        .detail("An override file changes what an ordinary file of the module declares.")
        .remedy(format!("Declare `{name}` in an ordinary file, or correct the name."))
        .at(span)
}

fn twice_in_file(kind: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::error("duplicate-block", format!("A second `{kind}` block in one override file"))
        .detail(format!("An override file has at most one `{kind}` block."))
        .remedy("Keep one of the two.")
        .at(again)
        .label(first, "the first stands here")
}
