//! The policies as a root module: a stack of the layer that gives identities can take it as it is.
//!
//! Invariant: it makes policies and attaches them to roles that are named, and makes no role.

use serde_json::Value as Json;

use super::learned::Statement;
use super::policy::document;

/// A file of the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleFile {
    /// Its name in the module's folder.
    pub name: &'static str,
    /// Its text.
    pub text: String,
}

/// The module for a stack's policies: `stack` is its address, `prefix` what the policies' names begin with.
pub fn root_module(
    stack: &str,
    prefix: &str,
    plan: &[Statement],
    apply: &[Statement],
) -> Vec<ModuleFile> {
    let pretty = |policy: &Json| format!("{policy:#}\n");
    vec![
        ModuleFile { name: "plan.json", text: pretty(&document(plan)) },
        ModuleFile { name: "apply.json", text: pretty(&document(apply)) },
        ModuleFile { name: "main.tf", text: main(stack) },
        ModuleFile { name: "variables.tf", text: variables(prefix) },
        ModuleFile { name: "outputs.tf", text: OUTPUTS.to_owned() },
        ModuleFile { name: "versions.tf", text: VERSIONS.to_owned() },
    ]
}

fn main(stack: &str) -> String {
    format!(
        r#"# What planning and applying {stack} were seen to need. Learned by `strata access derive`: change the stack, then learn again.

locals {{
  purposes = toset(["plan", "apply"])
}}

resource "aws_iam_policy" "stack" {{
  for_each = local.purposes

  name        = "${{var.name}}-${{each.key}}"
  path        = var.path
  description = "Stack {stack}: ${{each.key}}"
  policy      = jsonencode(jsondecode(file("${{path.module}}/${{each.key}}.json")))
}}

resource "aws_iam_role_policy_attachment" "stack" {{
  for_each = {{ for purpose, role in var.roles : purpose => role if role != null }}

  role       = each.value
  policy_arn = aws_iam_policy.stack[each.key].arn
}}
"#
    )
}

fn variables(prefix: &str) -> String {
    format!(
        r#"variable "name" {{
  description = "What the names of the policies begin with."
  type        = string
  default     = "{prefix}"
}}

variable "path" {{
  description = "The path of the policies."
  type        = string
  default     = "/"
}}

variable "roles" {{
  description = "The names of the roles that get the policies; none where they are attached elsewhere."
  type        = object({{ plan = optional(string), apply = optional(string) }})
  default     = {{}}
}}
"#
    )
}

const OUTPUTS: &str = r#"output "policy_arns" {
  description = "The policies, by purpose."
  value       = { for purpose, policy in aws_iam_policy.stack : purpose => policy.arn }
}
"#;

const VERSIONS: &str = r#"terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}
"#;

#[cfg(test)]
mod tests {
    use diag::{Diags, SourceMap};

    use super::*;

    #[test]
    fn the_module_is_canonical_and_well_formed() {
        for file in root_module("dev/network:eu-west-1", "dev-network-eu-west-1", &[], &[]) {
            if file.name.ends_with(".tf") {
                assert_eq!(syntax::format(&file.text), file.text, "{}", file.name);
                let (mut sources, mut diags) = (SourceMap::new(), Diags::new());
                let id = sources.add(file.name, file.text.as_str());
                syntax::parse_native(id, &file.text, &mut diags);
                assert!(!diags.has_errors(), "{}", file.name);
            } else {
                let policy: Json = serde_json::from_str(&file.text).expect("JSON");
                assert_eq!(policy["Version"], "2012-10-17");
            }
        }
    }
}
