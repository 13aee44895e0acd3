//! Every type of every embedded schema goes through plan, apply, a second plan without changes, and destroy: the rules of
//! the real judge hold for what is simulated.

use std::fmt::Write as _;

use plan::{Mode, Options};
use provider::Wanted;
use run::cloud::Cloud;
use schema::version::{Constraints, Dialect};
use schema::{Block, Nesting};
use value::{Kind, Type};

use crate::driver::{Stack, clean, told};

/// An expression of a type.
fn expression(ty: Type) -> String {
    match ty.kind() {
        Kind::Bool => "true".to_owned(),
        Kind::Number => "3".to_owned(),
        Kind::String | Kind::Dynamic => "\"x\"".to_owned(),
        Kind::List(element) | Kind::Set(element) => format!("[{}]", expression(element)),
        Kind::Tuple(types) => {
            format!("[{}]", types.iter().map(|ty| expression(*ty)).collect::<Vec<_>>().join(", "))
        }
        Kind::Map(element) => format!("{{ k = {} }}", expression(element)),
        Kind::Object(object) => {
            let each = object.names().iter().zip(object.types());
            let each: Vec<String> =
                each.map(|(name, ty)| format!("{name} = {}", expression(*ty))).collect();
            format!("{{ {} }}", each.join(", "))
        }
    }
}

/// The arguments and blocks that a block needs; every block once where `blocks` says so.
fn body(block: &Block, blocks: bool, depth: usize, out: &mut String) {
    for attr in block.attrs().iter().filter(|attr| attr.required && !attr.write_only) {
        let text = match &attr.nested {
            Some(nested) => {
                let required = nested.attrs().iter().filter(|attr| attr.required);
                let each: Vec<String> = required
                    .map(|attr| format!("{} = {}", attr.name, expression(attr.ty)))
                    .collect();
                let object = format!("{{ {} }}", each.join(", "));
                match nested.nesting() {
                    Nesting::Map => format!("{{ k = {object} }}"),
                    Nesting::List | Nesting::Set => format!("[{object}]"),
                    _ => object,
                }
            }
            None => expression(attr.ty),
        };
        writeln!(out, "{} = {text}", attr.name).unwrap();
    }
    for nested in block.blocks() {
        let needed = nested.min_items > 0 || (blocks && depth < 3 && &*nested.name != "timeouts");
        if !needed {
            continue;
        }
        for _ in 0..nested.min_items.max(1) {
            let label = if nested.nesting == Nesting::Map { " \"k\"" } else { "" };
            writeln!(out, "{}{label} {{", nested.name).unwrap();
            body(&nested.block, blocks, depth + 1, out);
            writeln!(out, "}}").unwrap();
        }
    }
}

fn check(file: &str, blocks: bool) {
    let (name, version) = file.strip_suffix(".json.gz").unwrap().rsplit_once('-').unwrap();
    let namespace = if name == "kubectl" { "gavinbunney" } else { "hashicorp" };
    let mut text = format!(
        "terraform {{\n required_providers {{\n {name} = {{ source = \"{namespace}/{name}\" }}\n }}\n}}\n"
    );
    let address = format!("registry.opentofu.org/{namespace}/{name}").parse().unwrap();
    let exact = Constraints::parse(version, Dialect::Provider).unwrap();
    let empty = Stack::new(&text);
    let schema = empty.rehearsal.schemas("", &address, &exact, &Wanted::All).unwrap();
    writeln!(text, "provider \"{name}\" {{").unwrap();
    body(&schema.provider.block, false, 0, &mut text);
    writeln!(text, "}}").unwrap();
    for (label, schemas) in [("resource", &schema.resources), ("data", &schema.data)] {
        for (type_name, schema) in schemas {
            writeln!(text, "{label} \"{type_name}\" \"x\" {{").unwrap();
            body(&schema.block, blocks, 0, &mut text);
            writeln!(text, "}}").unwrap();
        }
    }
    let mut stack = Stack::new(&text);
    stack.constraints.insert(name.to_owned(), version.to_owned());
    let mut stack = stack.applied();
    // All names are alike, so that one keeps another whose deletion nothing orders: what is left goes the next time.
    for _ in 0..5 {
        let (plan, diags) = stack.plan_with(Options { mode: Mode::Destroy, ..Options::default() });
        clean(&diags);
        let told = told(&stack.apply(plan));
        assert!(told.iter().all(|one| one.contains("it is in use")), "{told:#?}");
    }
    assert!(stack.rehearsal.existing().is_empty(), "{file}");
}

#[test]
fn every_embedded_type_is_made_stays_and_goes() {
    for (file, _) in sim::schemas::DOCUMENTS {
        check(file, false);
    }
}

#[test]
fn also_with_every_block() {
    for (file, _) in sim::schemas::DOCUMENTS {
        check(file, true);
    }
}
