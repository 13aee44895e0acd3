//! What a module's files may say: each case is a fixture and the diagnostics that it gives.

mod common;

use common::{load, load_with, options};

fn check(fixture: &str, expect: &[&str]) {
    let lines = load(fixture).lines();
    assert_eq!(lines, expect, "{fixture}");
}

#[test]
fn an_empty_folder_is_an_empty_module() {
    check("", &[]);
    check("//- notes.txt\nnot configuration\n", &[]);
}

#[test]
fn what_is_unexpected_or_missing() {
    check("foo = 1\n", &["unexpected-argument main.tf:1"]);
    check("varyable \"x\" {}\n", &["unexpected-block main.tf:1"]);
    check("variable {}\n", &["missing-label main.tf:1"]);
    check("variable \"a\" \"b\" {}\n", &["extra-label main.tf:1"]);
    check("variable \"a\" {\n typ = string\n}\n", &["unexpected-argument main.tf:2"]);
    check("output \"a\" {\n}\n", &["missing-argument main.tf:1"]);
    check("locals {\n x {}\n}\n", &["unexpected-block main.tf:2"]);
    check("terraform {\n backend = 1\n}\n", &["unexpected-argument main.tf:2"]);
}

#[test]
fn duplicates() {
    check("variable \"a\" {}\nvariable \"a\" {}\n", &["duplicate-declaration main.tf:2"]);
    check("locals {\n a = 1\n}\nlocals {\n a = 2\n}\n", &["duplicate-declaration main.tf:5"]);
    check(
        "resource \"t_x\" \"a\" {}\n//- b.tf\nresource \"t_x\" \"a\" {}\n",
        &["duplicate-declaration main.tf:1"],
    );
    check("provider \"a\" {}\nprovider \"a\" {}\n", &["duplicate-declaration main.tf:2"]);
    check(
        "provider \"a\" {\n alias = \"x\"\n}\nprovider \"a\" {\n alias = \"x\"\n}\n",
        &["duplicate-declaration main.tf:4"],
    );
    check(
        "terraform {\n required_providers {}\n required_providers {}\n}\n",
        &["duplicate-block main.tf:3"],
    );
}

#[test]
fn names() {
    check("variable \"1a\" {}\n", &["invalid-name main.tf:1"]);
    check("variable \"source\" {}\n", &["invalid-name main.tf:1"]);
    check("variable \"lifecycle\" {}\n", &["invalid-name main.tf:1"]);
    check("output \"a b\" {\n value = 1\n}\n", &["invalid-name main.tf:1"]);
    check("resource \"a b\" \"x\" {}\n", &["invalid-name main.tf:1"]);
    check("provider \"a_b\" {}\n", &["provider-name main.tf:1"]);
}

#[test]
fn variables() {
    check("variable \"a\" {\n type = string\n default = [1]\n}\n", &["invalid-default main.tf:3"]);
    check("variable \"a\" {\n type = list(string)\n default = [1]\n}\n", &[]);
    check(
        "variable \"a\" {\n nullable = false\n default = null\n}\n",
        &["invalid-default main.tf:3"],
    );
    check("variable \"a\" {\n default = var.b\n}\n", &["constant-required main.tf:2"]);
    check("variable \"a\" {\n default = upper(\"x\")\n}\n", &["constant-required main.tf:2"]);
    check("variable \"a\" {\n default = [for x in [1, 2] : x + 1]\n}\n", &[]);
    check("variable \"a\" {\n sensitive = \"perhaps\"\n}\n", &["wrong-type main.tf:2"]);
    check("variable \"a\" {\n sensitive = \"true\"\n}\n", &[]);
    check("variable \"a\" {\n type = \"string\"\n}\n", &["quoted-type main.tf:2"]);
    check("variable \"a\" {\n type = list\n}\n", &[]);
    check("variable \"a\" {\n deprecated = \" \"\n}\n", &["empty-deprecation main.tf:2"]);
    check("variable \"a\" {\n ephemeral = true\n}\n", &["not-yet-in-the-language main.tf:2"]);
    check("variable \"a\" {\n ephemeral = false\n}\n", &[]);
}

#[test]
fn types() {
    let check_type = |ty: &str, expect: &[&str]| {
        check(&format!("variable \"a\" {{\n type = {ty}\n}}\n"), expect);
    };
    check_type("object({ a = optional(string, \"x\"), b = list(number) })", &[]);
    check_type("tuple([string, map(any)])", &[]);
    check_type("strin", &["invalid-type main.tf:2"]);
    check_type("set", &["invalid-type main.tf:2"]);
    check_type("list(string, string)", &["invalid-type main.tf:2"]);
    check_type("object({ a = string, a = string })", &["invalid-type main.tf:2"]);
    check_type("object({ a = optional(number, \"x\") })", &["invalid-default main.tf:2"]);
    check_type("optional(string)", &["invalid-type main.tf:2"]);
    check_type("list(nothing(string))", &["invalid-type main.tf:2"]);
    check_type("1 + 1", &["invalid-type main.tf:2"]);
}

#[test]
fn validations_look_at_the_variable() {
    let check_condition = |condition: &str, expect: &[&str]| {
        check(
            &format!(
                "variable \"a\" {{\n validation {{\n condition = {condition}\n error_message = \"no\"\n }}\n}}\nvariable \"b\" {{}}\n"
            ),
            expect,
        );
    };
    check_condition("var.a > 1", &[]);
    check_condition("var.a > var.b", &[]);
    check_condition(
        "true",
        &["constant-condition main.tf:3", "validation-without-value main.tf:3"],
    );
    check_condition("var.b > 1", &["validation-without-value main.tf:3"]);
}

#[test]
fn resources() {
    let check_body = |body: &str, expect: &[&str]| {
        check(
            &format!("resource \"t_x\" \"a\" {{\n{body}\n}}\nresource \"t_x\" \"b\" {{}}\n"),
            expect,
        );
    };
    check_body("count = 1\nfor_each = {}", &["exclusive-arguments main.tf:2"]);
    check_body("lifecycle {}\nlifecycle {}", &["duplicate-block main.tf:3"]);
    check_body("locals {}", &["reserved-block main.tf:2"]);
    check_body("_ {\ncount = 1\n}\ncount = 1", &[]);
    check_body("provisioner \"local-exec\" {}", &["not-yet-in-the-language main.tf:2"]);
    check_body("connection {}", &["not-yet-in-the-language main.tf:2"]);
    check_body("depends_on = [t_x.b]", &[]);
    check_body("depends_on = t_x.b", &["list-required main.tf:2"]);
    check_body("depends_on = [\"t_x.b\"]", &["w quoted-reference main.tf:2"]);
    check_body("depends_on = [t_x.b.id]", &["invalid-depends-on main.tf:2"]);
    check_body("depends_on = [1]", &["reference-required main.tf:2"]);
    check_body("depends_on = [t_x.c]", &["reference-undeclared main.tf:2"]);
    check_body("provider = 1", &["provider-reference-required main.tf:2"]);
    check_body("provider = t.a.b.c", &["provider-reference-required main.tf:2"]);
    check_body("provider = t[\"x\"]", &["not-yet-in-the-language main.tf:2"]);
    check_body("value = each.key", &["each-unavailable main.tf:2"]);
    check_body("for_each = {}\nvalue = each.key", &[]);
}

#[test]
fn lifecycles() {
    let check_body = |body: &str, expect: &[&str]| {
        check(
            &format!(
                "resource \"t_x\" \"a\" {{\n for_each = {{}}\n lifecycle {{\n{body}\n }}\n}}\nresource \"t_x\" \"b\" {{}}\n"
            ),
            expect,
        );
    };
    check_body("create_before_destroy = 3", &["wrong-type main.tf:4"]);
    check_body("prevent_destroy = var.x", &["reference-undeclared main.tf:4"]);
    check_body("ignore_changes = all", &[]);
    check_body("ignore_changes = [a, b[\"c\"].d]", &[]);
    check_body("ignore_changes = [\"a\"]", &["w quoted-reference main.tf:4"]);
    check_body("ignore_changes = [\"*\"]", &["ignore-changes-star main.tf:4"]);
    check_body("ignore_changes = a", &["list-required main.tf:4"]);
    check_body("replace_triggered_by = [t_x.b]", &[]);
    check_body("replace_triggered_by = [t_x.b.id, t_x.b[each.key].id]", &[]);
    check_body("replace_triggered_by = [each.key]", &["invalid-replace-trigger main.tf:4"]);
    check_body(
        "replace_triggered_by = [t_x.b[each.value]]",
        &["invalid-replace-trigger main.tf:4"],
    );
    check_body(
        "replace_triggered_by = [local.x]",
        &["invalid-replace-trigger main.tf:4", "invalid-replace-trigger main.tf:4"],
    );
    check_body(
        "enabled = true",
        &["not-yet-in-the-language main.tf:4", "exclusive-arguments main.tf:2"],
    );
    check_body(
        "precondition {\n condition = t_x.a.id != \"\"\n error_message = \"\"\n}",
        &["self-reference main.tf:5"],
    );
    check_body("postcondition {\n condition = self.id != \"\"\n error_message = \"\"\n}", &[]);
    check_body(
        "precondition {\n condition = true\n error_message = \"\"\n}",
        &["constant-condition main.tf:5"],
    );
}

#[test]
fn data_has_no_lifecycle_of_its_own() {
    check(
        "data \"t_x\" \"a\" {\n lifecycle {\n prevent_destroy = true\n }\n}\n",
        &["managed-only main.tf:3"],
    );
}

#[test]
fn what_is_not_there_yet_is_refused_by_name_and_the_rest_still_checked() {
    check(
        "moved {}\nimport {}\nremoved {}\ncheck \"x\" {}\nvariable \"1\" {}\n",
        &[
            "not-yet-in-the-language main.tf:1",
            "not-yet-in-the-language main.tf:2",
            "not-yet-in-the-language main.tf:3",
            "not-yet-in-the-language main.tf:4",
            "invalid-name main.tf:5",
        ],
    );
    check("ephemeral \"t_x\" \"a\" {}\n", &["not-yet-in-the-language main.tf:1"]);
    check("terraform {\n backend \"s3\" {}\n}\n", &["not-yet-in-the-language main.tf:2"]);
    check("terraform {\n backend \"local\" {}\n}\n", &[]);
    check("terraform {\n cloud {}\n}\n", &["not-yet-in-the-language main.tf:2"]);
    check("terraform {\n encryption {}\n}\n", &["not-yet-in-the-language main.tf:2"]);
    check(
        "provider \"a\" {\n alias = \"x\"\n for_each = {}\n}\n",
        &["not-yet-in-the-language main.tf:3"],
    );
    check(
        "module \"a\" {\n source = \"hashicorp/x/aws\"\n}\n",
        &["not-yet-in-the-language main.tf:2"],
    );
    check(
        "module \"a\" {\n source = \"git::https://example.com/x\"\n}\n",
        &["not-yet-in-the-language main.tf:2"],
    );
}

#[test]
fn an_estate_passes_over_backends() {
    let options =
        lang::config::LoadOptions { backend: lang::config::BackendRule::Ignored, ..options() };
    let loaded = load_with("terraform {\n backend \"s3\" {}\n}\n", options);
    assert_eq!(loaded.lines(), ["w backend-ignored main.tf:2"]);
}

#[test]
fn versions_of_the_language() {
    let own = |text: &str, expect: &[&str]| check(&format!("//- main.tofu\n{text}"), expect);
    check("terraform {\n required_version = \"0.1\"\n}\n", &[]);
    own("terraform {\n required_version = \">= 1.11\"\n}\n", &[]);
    own(
        "terraform {\n required_version = \"0.1\"\n}\nunknown {}\n",
        &["incompatible-module main.tofu:2"],
    );
    own("terraform {\n required_version = \"x\"\n}\n", &["invalid-version-constraint main.tofu:2"]);
    own(
        "terraform {\n required_version = \">= 1.2.0-beta1\"\n}\n",
        &["prerelease-constraint main.tofu:2"],
    );
    check(
        "language {\n compatible_with {\n opentofu = \">= 1.12.0\"\n }\n edition = tofu2024\n}\n",
        &[],
    );
    check(
        "language {\n compatible_with {\n opentofu = \">= 1.10\"\n }\n}\n",
        &["w ineffective-constraint main.tf:3"],
    );
    check("language {\n edition = TF2021\n}\n", &["language-edition main.tf:2"]);
    check("language {\n experiments = [x]\n}\n", &["language-experiment main.tf:2"]);
    check("//- override.tf\nlanguage {}\n", &["not-overridable override.tf:1"]);
}

#[test]
fn required_providers() {
    let check_entry = |entry: &str, expect: &[&str]| {
        check(&format!("terraform {{\n required_providers {{\n {entry}\n }}\n}}\n"), expect);
    };
    check_entry("aws = { source = \"hashicorp/aws\", version = \"~> 5.0\" }", &[]);
    check_entry("aws = \"~> 5.0\"", &[]);
    check_entry("aws = \"five\"", &["invalid-version-constraint main.tf:3"]);
    check_entry("aws = [1]", &["invalid-required-provider main.tf:3"]);
    check_entry("aws = { sauce = \"x\" }", &["invalid-required-provider main.tf:3"]);
    check_entry("aws = { source = \"a/b/c/d\" }", &["invalid-provider-source main.tf:3"]);
    check_entry("aws = { source = 1 }", &["invalid-required-provider main.tf:3"]);
    check_entry("AWS = { source = \"a/b\" }", &["provider-name main.tf:3"]);
    check_entry("aws = { configuration_aliases = [aws.x] }", &[]);
    check_entry(
        "aws = { configuration_aliases = [x.y] }",
        &["invalid-configuration-alias main.tf:3"],
    );
    check("required_providers {}\n", &["misplaced-required-providers main.tf:1"]);
}

#[test]
fn providers() {
    check("provider \"a\" {\n version = \"1.0\"\n}\n", &["w provider-version main.tf:2"]);
    check("provider \"a\" {\n count = 1\n}\n", &["reserved-argument main.tf:2"]);
    check("provider \"a\" {\n alias = \"1x\"\n}\n", &["invalid-name main.tf:2"]);
    check("provider \"a\" {\n locals {}\n}\n", &["reserved-block main.tf:2"]);
}

#[test]
fn override_files() {
    check("//- override.tf\nvariable \"a\" {}\n", &["nothing-to-override override.tf:1"]);
    check("//- a_override.tf\nprovider \"a\" {}\n", &[]);
    check(
        "//- a_override.tf\nprovider \"a\" {\n alias = \"x\"\n}\n",
        &["nothing-to-override a_override.tf:1"],
    );
    check(
        "variable \"a\" {\n default = \"x\"\n}\n//- override.tf\nvariable \"a\" {\n type = number\n}\n",
        &["invalid-default override.tf:1"],
    );
    check(
        "resource \"t_x\" \"a\" {}\n//- override.tf\nresource \"t_x\" \"a\" {\n depends_on = [t_x.a]\n}\n",
        &["not-overridable override.tf:2"],
    );
    check(
        "output \"a\" {\n value = 1\n}\n//- override.tf\noutput \"a\" {\n precondition {}\n}\n",
        &["not-overridable override.tf:2"],
    );
}

#[test]
fn override_files_replace_argument_by_argument() {
    let loaded = load(
        "variable \"a\" {\n type = string\n default = \"x\"\n description = \"d\"\n}\n\
         //- override.tf\nvariable \"a\" {\n default = 5\n}\n",
    );
    let variable = &loaded.good().root().def.variables[0];
    assert_eq!(variable.default.as_ref().and_then(|it| it.as_str()), Some("5"));
    assert_eq!(variable.description.as_deref(), Some("d"));
}

#[test]
fn override_files_replace_blocks_by_type() {
    let loaded = load(
        "resource \"t_x\" \"a\" {\n x = 1\n y = 2\n b {}\n b {}\n dynamic \"c\" {\n for_each = []\n content {}\n }\n}\n\
         //- override.tf\nresource \"t_x\" \"a\" {\n x = 3\n b {}\n c {}\n}\n",
    );
    let body = &loaded.good().root().def.resources[0].body;
    let names: Vec<&str> = body.attrs.iter().map(|it| &*it.name).collect();
    assert_eq!(names, ["y", "x"]);
    assert_eq!(body.blocks.len(), 2);
}

#[test]
fn json_files() {
    check("//- main.tf.json\n{\"variable\": {\"a\": {\"default\": \"${x}\"}}}\n", &[]);
    check("//- main.tf.json\n{\"//\": \"note\", \"locals\": [{\"a\": 1}, {\"b\": 2}]}\n", &[]);
    check("//- main.tf.json\n{\"varyable\": {}}\n", &["unexpected-argument main.tf.json:1"]);
    check("//- main.tf.json\n{\"resource\": {\"t_x\": {}}}\n", &["missing-label main.tf.json:1"]);
    check("//- main.tf.json\n{\"resource\": 1}\n", &["json-object-required main.tf.json:1"]);
    check(
        "//- main.tf.json\n{\"resource\": {\"t_x\": {\"a\": {\"depends_on\": [\"t_x.b\"]}, \"b\": {}}}}\n",
        &[],
    );
    check(
        "//- main.tf.json\n{\"output\": {\"a\": {\"value\": \"${local.nothing}\"}}}\n",
        &["reference-undeclared main.tf.json:1"],
    );
}

#[test]
fn a_file_of_its_own_stands_in_for_one_of_the_same_name() {
    check("//- a.tf\nfoo = 1\n//- a.tofu\n\n", &[]);
}
