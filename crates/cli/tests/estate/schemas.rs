//! `strata validate` against provider schemas, without providers: those in the program, and those given.

use crate::support::Estate;

fn module(body: &str) -> Estate {
    let versions = "terraform {\n  required_providers {\n    tls = {\n      source  = \"hashicorp/tls\"\n      version = \"~> 4.0\"\n    }\n  }\n}\n";
    Estate::of(&[("versions.tf", versions), ("main.tf", body)])
}

#[test]
fn what_does_not_fit_is_told_at_its_place() {
    let fits = module("resource \"tls_private_key\" \"k\" {\n  algorithm = \"ED25519\"\n}\n");
    assert_eq!(fits.expect(&["validate"], 0), "Valid.\n");
    let wrong = module(
        "resource \"tls_private_key\" \"k\" {\n  count = 0\n  algorithmn = \"ED25519\"\n  public_key_pem = \"x\"\n}\n",
    );
    wrong.fails(&["validate"], "argument-unexpected", "main.tf:3");
    wrong.fails(&["validate"], "argument-unexpected", "Did you mean `algorithm`?");
    wrong.fails(&["validate"], "argument-computed", "main.tf:4");
    wrong.fails(&["validate"], "argument-missing", "`algorithm`");
}

#[test]
fn another_version_is_not_judged() {
    let newer = module("resource \"tls_private_key\" \"k\" {\n  novelty = 1\n}\n");
    newer.edit("versions.tf", "~> 4.0", "~> 5.0");
    assert_eq!(newer.expect(&["validate"], 0), "Valid.\n");
}

#[test]
fn a_document_that_is_given_counts() {
    let one =
        module("resource \"tls_thing\" \"k\" {\n  name = 1\n}\nresource \"tls_thin\" \"k\" {}\n");
    assert_eq!(one.expect(&["validate"], 0), "Valid.\n");
    one.write(
        "schema.json",
        r#"{"format_version":"1.0","provider_schemas":{"registry.terraform.io/hashicorp/tls":{"provider":{"version":0,"block":{}},
        "resource_schemas":{"tls_thing":{"version":0,"block":{"attributes":{"nam":{"type":"string","optional":true}}}}}}}}"#,
    );
    one.fails(&["validate", "-schema=schema.json"], "argument-unexpected", "main.tf:2");
    one.fails(&["validate", "-schema=schema.json"], "type-unknown", "Did you mean `tls_thing`?");
    one.write("other.json", "{}");
    one.fails(&["validate", "-schema=other.json"], "schema-document-invalid", "-schema=other.json");
    one.fails(&["validate", "-schema=none.json"], "schema-unreadable", "none.json");
}
