//! What `tofu` needs beside a root module to run it as the estate does: the override file, and the inputs that are known.
//!
//! Invariant: no secret is written; what has no value here stands in a comment, and `tofu` asks for it.

use std::fmt::Write as _;

use estate::{Estate, Inputs, Instance};
use lang::config::FileText;

use super::{Overlay, is_open, literal};

/// The file of known inputs: `tofu` reads it by its name.
const INPUTS_FILE: &str = "strata.auto.tfvars";

/// The files for an instance, by name.
pub fn files(
    estate: &Estate,
    instance: &Instance,
    overlay: Option<&Overlay>,
    inputs: &Inputs,
) -> Vec<FileText> {
    let mut files = overlay.map(Overlay::files).unwrap_or_default();
    let sensitive = overlay.iter().flat_map(|overlay| &overlay.variables);
    let sensitive: Vec<&str> = sensitive.map(|variable| &*variable.name).collect();
    let text = text(estate, instance, inputs, &sensitive);
    files.push((INPUTS_FILE.to_owned(), text.into()));
    files
}

fn text(estate: &Estate, instance: &Instance, inputs: &Inputs, sensitive: &[&str]) -> String {
    let mut known = String::new();
    let mut missing = String::new();
    for (name, value) in &inputs.values {
        if is_open(value) {
            known.push_str(name);
            known.push_str(" = ");
            literal::write(value, &mut known);
            known.push('\n');
            continue;
        }
        let wires = instance.wires.iter().filter(|wire| wire.input == *name);
        let from: Vec<String> =
            wires.map(|wire| format!("output {} of {}", wire.output, wire.from)).collect();
        let why = if from.is_empty() { "a secret".to_owned() } else { from.join(", ") };
        let _ = writeln!(missing, "# {name}: {why}");
    }
    for name in sensitive {
        let _ = writeln!(missing, "# {name}: a secret");
    }
    let mut text = format!("# Inputs of {} in {}.\n", instance.addr, estate.name.node);
    if !known.is_empty() {
        text.push('\n');
        text.push_str(&syntax::format(&known));
    }
    if !missing.is_empty() {
        text.push_str("\n# To be given with -var or TF_VAR_NAME:\n");
        text.push_str(&missing);
    }
    text
}
