//! A new stack of an estate that is there: a root module that plans, and its block for `strata.hcl`.
//!
//! Invariant: the module is valid as it is and needs no provider binary; what to put in its place is said in it.

use crate::{File, Name};

/// The files of a new stack's root module, relative to its folder.
pub fn stack_files(name: &Name) -> Vec<File> {
    let file = |path: &str, text: String| File { path: path.to_owned(), text };
    vec![
        file("main.tf", MAIN.replace("NAME", name.as_str())),
        file("outputs.tf", OUTPUTS.replace("NAME", name.as_str())),
        file("variables.tf", VARIABLES.to_owned()),
        file("versions.tf", VERSIONS.to_owned()),
    ]
}

/// The block that makes it a stack of the estate. The layer is one that the estate has.
pub fn stack_block(name: &Name, layer: &str) -> String {
    format!(
        "stack \"{name}\" {{\n  layer  = \"{layer}\"\n  source = \"./stacks/{name}\"\n  inputs = {{ env = env.name }}\n}}\n"
    )
}

const MAIN: &str = r#"# NAME: put the resources of this stack here. What is below stands for them until then, so that the stack plans.
resource "terraform_data" "this" {
  input = "NAME-${var.env}"
}
"#;

const OUTPUTS: &str = r#"# What other stacks read: in strata.hcl as `stack.NAME.name`.
output "name" {
  description = "The name of what this stack makes."
  value       = terraform_data.this.output
}
"#;

const VARIABLES: &str = r#"# What this stack reads: given in strata.hcl by `inputs`, from values or from outputs of other stacks.
variable "env" {
  description = "The environment."
  type        = string
}
"#;

const VERSIONS: &str = r#"terraform {
  required_version = ">= 1.8"
}
"#;
