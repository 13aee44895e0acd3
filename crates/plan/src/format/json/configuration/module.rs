//! A module: its outputs, resources, calls and variables.

use std::collections::BTreeMap;
use std::sync::Arc;

use addr::Mode;
use lang::config::{Config, DependsOn, Module, ModuleCall, ModuleDef, Output, Repeat, Resource};
use lang::expr::Target;
use lang::outline::outline;
use value::Type;

use super::super::change::named;
use super::super::write::{Object, Slot};
use super::expressions::{expression, members};
use super::providers::Providers;
use crate::schemas::Schemas;

/// A module, with those below it.
pub(super) fn module(
    slot: Slot<'_>,
    module: &Module,
    config: &Config,
    schemas: &Schemas,
    providers: &Providers,
) {
    let def = &*module.def;
    slot.object(|object| {
        outputs(object, def);
        resources(object, module, schemas, providers);
        if !def.calls.is_empty() {
            let by_name: BTreeMap<&Arc<str>, &ModuleCall> =
                def.calls.iter().map(|call| (&call.name, call)).collect();
            object.member("module_calls").object(|object| {
                for (name, one) in by_name {
                    let child = config.module(module.children[name]);
                    call(object.member(name), one, module, child, config, schemas, providers);
                }
            });
        }
        variables(object, def);
    });
}

fn outputs(object: &mut Object<'_>, def: &ModuleDef) {
    if def.outputs.is_empty() {
        return;
    }
    let by_name: BTreeMap<&Arc<str>, &Output> =
        def.outputs.iter().map(|output| (&output.name, output)).collect();
    object.member("outputs").object(|object| {
        for (name, output) in by_name {
            object.member(name).object(|object| {
                if output.sensitive {
                    object.member("sensitive").bool(true);
                }
                object.text_unless_empty("deprecated", output.deprecated.as_deref().unwrap_or(""));
                expression(object.member("expression"), &def.exprs, output.expr);
                depends_on(object, def, &output.depends_on);
                object
                    .text_unless_empty("description", output.description.as_deref().unwrap_or(""));
            });
        }
    });
}

/// Managed resources by their address, then data sources.
fn resources(object: &mut Object<'_>, module: &Module, schemas: &Schemas, providers: &Providers) {
    let def = &*module.def;
    if def.resources.is_empty() {
        return;
    }
    let mut sorted: Vec<(String, &Resource)> =
        def.resources.iter().map(|one| (one.addr.to_string(), one)).collect();
    let rank = |one: &Resource| match one.addr.mode {
        Mode::Managed => 0,
        Mode::Data => 1,
        Mode::Ephemeral => 2,
    };
    sorted.sort_by(|a, b| (rank(a.1), &a.0).cmp(&(rank(b.1), &b.0)));
    object.member("resources").array(|array| {
        for (address, one) in sorted {
            array.element().object(|object| {
                object.member("address").text(&address);
                named(object, one.addr.mode, &one.addr.type_name, &one.addr.name);
                let (local, alias) = one.provider_local();
                let key = providers.source_of(&module.path, local, alias);
                object.member("provider_config_key").text(&key);
                resource(object, one, def, schemas);
            });
        }
    });
}

fn resource(object: &mut Object<'_>, one: &Resource, def: &ModuleDef, schemas: &Schemas) {
    if let Some(schema) = schemas.of(&one.provider, &one.addr) {
        if body_says(one, &schema.block) {
            object.member("expressions").object(|object| {
                members(object, &def.exprs, &one.body, &schema.block);
            });
        }
        object.member("schema_version").number(schema.version);
    }
    repeat(object, one.repeat, def);
    depends_on(object, def, &one.depends_on);
}

/// Whether anything of the body is told.
fn body_says(one: &Resource, schema: &schema::Block) -> bool {
    one.body.attrs.iter().any(|attr| schema.attr(&attr.name).is_some())
        || one.body.blocks.iter().any(|item| match item {
            lang::body::BlockItem::Static(block) => {
                schema.block(&block.kind).is_some() || schema.attr(&block.kind).is_some()
            }
            lang::body::BlockItem::Dynamic(_) => false,
        })
}

/// `count` or `for_each`.
fn repeat(object: &mut Object<'_>, repeat: Repeat, def: &ModuleDef) {
    let (name, expr) = match repeat {
        Repeat::One => return,
        Repeat::Count(expr) => ("count_expression", expr),
        Repeat::ForEach(expr) => ("for_each_expression", expr),
    };
    let outline = outline(&def.exprs, expr);
    if outline.constant.is_some() || !outline.references.is_empty() {
        expression(object.member(name), &def.exprs, expr);
    }
}

fn call(
    slot: Slot<'_>,
    one: &ModuleCall,
    parent: &Module,
    child: &Module,
    config: &Config,
    schemas: &Schemas,
    providers: &Providers,
) {
    let def = &*parent.def;
    let text = |expr| outline(&def.exprs, expr).constant?.as_str().map(str::to_owned);
    slot.object(|object| {
        object.text_unless_empty("source", &one.source.and_then(text).unwrap_or_default());
        let known = |name: &Arc<str>| child.def.names.variable(name).is_some();
        let given: BTreeMap<&Arc<str>, _> = one
            .body
            .attrs
            .iter()
            .filter(|attr| known(&attr.name))
            .map(|attr| (&attr.name, attr.expr))
            .collect();
        if !given.is_empty() {
            object.member("expressions").object(|object| {
                for (name, expr) in given {
                    expression(object.member(name), &def.exprs, expr);
                }
            });
        }
        repeat(object, one.repeat, def);
        module(object.member("module"), child, config, schemas, providers);
        let version = one.version.and_then(text).unwrap_or_default();
        object.text_unless_empty("version_constraint", &version);
        depends_on(object, def, &one.depends_on);
    });
}

fn depends_on(object: &mut Object<'_>, def: &ModuleDef, all: &[DependsOn]) {
    if all.is_empty() {
        return;
    }
    object.member("depends_on").array(|array| {
        all.iter().for_each(|one| array.element().text(&target(def, &one.target)));
    });
}

/// What an entry of `depends_on` names.
fn target(def: &ModuleDef, target: &Target) -> String {
    match target {
        Target::Variable(at) => format!("var.{}", def.variables[at.index()].name),
        Target::Local(at) => format!("local.{}", def.locals[at.index()].name),
        Target::Resource(at) => def.resources[at.index()].addr.to_string(),
        Target::Module(at) => format!("module.{}", def.calls[at.index()].name),
        Target::Output(at, name) => format!("module.{}.{name}", def.calls[at.index()].name),
        _ => String::new(),
    }
}

fn variables(object: &mut Object<'_>, def: &ModuleDef) {
    if def.variables.is_empty() {
        return;
    }
    let by_name: BTreeMap<_, _> = def.variables.iter().map(|one| (&one.name, one)).collect();
    object.member("variables").object(|object| {
        for (name, variable) in by_name {
            object.member(name).object(|object| {
                let constraint = variable.constraint.ty;
                if constraint != Type::DYNAMIC {
                    object.member("type").raw(&value::json::type_to_json(constraint));
                }
                let default = variable.default.as_ref();
                if let Some(Ok(text)) = default.map(value::json::encode_simple) {
                    object.member("default").raw(&text);
                }
                let description = variable.description.as_deref().unwrap_or("");
                object.text_unless_empty("description", description);
                if variable.is_required() {
                    object.member("required").bool(true);
                }
                if variable.sensitive {
                    object.member("sensitive").bool(true);
                }
                object
                    .text_unless_empty("deprecated", variable.deprecated.as_deref().unwrap_or(""));
            });
        }
    });
}
