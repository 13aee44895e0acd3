//! Whatever stands in the files, loading ends with a configuration or with errors: it never panics or hangs.
//!
//! Whole configurations are mangled by a seeded generator; a failing seed is printed.

mod common;

use common::load;
use diag::Diags;
use lang::graph::StaticGraph;

const WHOLE: &str = r#"
terraform {
  required_version = ">= 1.0"
  required_providers {
    t = { source = "acme/t", version = "~> 1.0", configuration_aliases = [t.west] }
  }
  backend "local" { path = "x" }
}
provider "t" {
  alias = "west"
  url   = data.t_x.d.url
}
variable "v" {
  type = object({ a = optional(list(string), ["x"]), b = map(number) })
  default = { b = { c = 1 } }
  validation {
    condition     = length(var.v.b) > 0
    error_message = "No ${var.v.a[0]}."
  }
}
locals { l = [for k, x in var.v.b : "${k}-%{ if x > 1 }big%{ endif }" if x != 2] }
data "t_x" "d" {
  depends_on = [module.m, "t_x.a"]
}
resource "t_x" "a" {
  for_each = toset(local.l)
  provider = t.west
  name     = each.key
  dynamic "part" {
    for_each = var.v.a
    iterator = it
    content { v = it.value }
  }
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [tags["x"], name]
    replace_triggered_by  = [t_x.b[each.key].id]
    postcondition {
      condition     = self.id != ""
      error_message = "x"
    }
  }
}
resource "t_x" "b" { count = 2 }
module "m" {
  source    = "./m"
  providers = { t = t.west, t.other = t }
  v         = t_x.a["x"].id
}
output "o" {
  value      = module.m.o[*].id
  sensitive  = true
  depends_on = [t_x.a]
}
//- m/main.tf
terraform {
  required_providers { t = { source = "acme/t", configuration_aliases = [t.other] } }
}
variable "v" {}
resource "t_x" "c" { v = var.v }
output "o" { value = [t_x.c] }
//- override.tf
variable "v" { default = null }
resource "t_x" "a" { name = "over" }
"#;

const JSON: &str = r#"
//- main.tf.json
{"variable": {"a": {"type": "list(string)", "default": ["x"]}},
 "resource": {"t_x": {"a": [{"count": 2, "v": "${var.a[count.index]}"}],
   "b": {"depends_on": ["t_x.a"], "lifecycle": {"ignore_changes": "all", "replace_triggered_by": ["t_x.a[0].id"]},
         "dynamic": {"part": {"for_each": "${var.a}", "content": {"x": "${part.value}"}}}}}},
 "output": {"o": {"value": {"k": "${t_x.b.id}"}}},
 "locals": {"l": null, "//": 1}, "provider": {"t": {}},
 "module": {"m": {"source": "./m", "providers": {"t.x": "t"}}}}
//- m/main.tf.json
[{"output": {"x": {"value": 1}}}]
"#;

/// A small generator of numbers (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }
}

/// Cuts, doubles and swaps words, and strews in signs.
fn mangle(text: &str, numbers: &mut Numbers) -> String {
    const SIGNS: [&str; 16] = [
        "{", "}", "[", "]", "\"", "${", "=", ".", ",", "count", "each.key", "null", "\n", "é", "*",
        "(",
    ];
    let mut words: Vec<&str> = text.split_inclusive([' ', '\n', '"', '.', '[', '{', '}']).collect();
    for _ in 0..1 + numbers.below(6) {
        let at = numbers.below(words.len());
        match numbers.below(4) {
            0 => {
                words.remove(at);
            }
            1 => words.insert(at, SIGNS[numbers.below(SIGNS.len())]),
            2 => words.insert(at, words[numbers.below(words.len())]),
            _ => {
                let other = numbers.below(words.len());
                words.swap(at, other);
            }
        }
    }
    words.concat()
}

#[test]
fn mangled_configurations_load_or_are_refused() {
    for seed in 0..3_000u64 {
        let text = mangle(if seed % 3 == 0 { JSON } else { WHOLE }, &mut Numbers(seed));
        let outcome = std::panic::catch_unwind(|| {
            let loaded = load(&text);
            if let (Some(config), false) = (&loaded.config, loaded.diags.has_errors()) {
                StaticGraph::build(config, &mut Diags::new());
            }
            for diagnostic in &loaded.diags {
                common::line(diagnostic, &loaded.sources);
                let spans = diagnostic.labels.iter().map(|it| it.span).chain(diagnostic.span);
                spans.for_each(|span| assert!(!loaded.sources.place(span).is_empty()));
                if let Some(span) = diagnostic.span {
                    loaded.sources.text(span);
                }
            }
        });
        assert!(outcome.is_ok(), "seed {seed}:\n{text}");
    }
}

#[test]
fn the_configurations_themselves_are_in_order() {
    for text in [WHOLE, JSON] {
        let loaded = load(text);
        let mut diags = Diags::new();
        StaticGraph::build(loaded.good(), &mut diags);
    }
}
