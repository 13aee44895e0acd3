//! Commands that only look: `state list`, `state show`, `output`, `show`, `console`, `graph`, `providers`.

use serde_json::json;

use crate::support::{Folder, lines};

#[test]
fn list_prints_one_address_a_line() {
    let folder = Folder::applied();
    let all = folder.expect(&["state", "list"], 0);
    assert_eq!(
        lines(&all),
        [
            "terraform_data.a[0]",
            "terraform_data.a[1]",
            "terraform_data.b",
            "module.m.terraform_data.x[\"p\"]",
            "module.m.terraform_data.x[\"q\"]",
        ]
    );
    let some = folder.expect(&["state", "list", "module.m", "terraform_data.a[1]"], 0);
    assert_eq!(lines(&some).len(), 3);
    let id = folder.expect(&["output", "-raw", "id"], 0);
    assert_eq!(folder.expect(&["state", "list", "-id", &id], 0), "terraform_data.b\n");
    assert_eq!(folder.expect(&["state", "list", "-id=none"], 0), "");
    let document = folder.json(&["state", "list", "-json", "terraform_data.b"]);
    assert_eq!(document, json!({ "addresses": ["terraform_data.b"] }));
    folder.fails(&["state", "list", "no.such"], "state-nothing-there");
    folder.fails(&["state", "list", "no such"], "bad-address");
    assert_eq!(Folder::empty().expect(&["state", "list"], 0), "", "a folder with nothing in it");
}

#[test]
fn outputs_are_printed_as_scripts_expect() {
    let folder = Folder::applied();
    let text = folder.expect(&["output"], 0);
    assert!(text.contains("count = 2\n"), "{text}");
    assert!(text.contains("secret = <sensitive>\n"), "{text}");
    assert_eq!(folder.expect(&["output", "-raw", "count"], 0), "2");
    assert_eq!(folder.expect(&["output", "secret"], 0), "\"hush\"\n");
    assert_eq!(folder.expect(&["output", "-json", "shape"], 0), "{\"a\":\"x\",\"b\":[1,2]}\n");
    let document = folder.json(&["output", "-json"]);
    assert_eq!(document["secret"], json!({ "sensitive": true, "type": "string", "value": "hush" }));
    assert_eq!(
        document["shape"]["type"],
        json!(["object", { "a": "string", "b": ["tuple", ["number", "number"]] }])
    );
    folder.fails(&["output", "-raw", "shape"], "output-raw");
    folder.fails(&["output", "-raw"], "output-raw");
    folder.fails(&["output", "nothing"], "output-unknown");
    let empty = Folder::empty();
    let ran = empty.run_with(&["output"], "");
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert!(ran.err.contains("[output-none]"), "{}", ran.err);
    assert_eq!(empty.expect(&["output", "-json"], 0), "{}\n");
}

#[test]
fn show_tells_objects_and_documents() {
    let folder = Folder::applied();
    let object = folder.expect(&["state", "show", "terraform_data.a[1]"], 0);
    assert!(object.starts_with("# terraform_data.a[1]:\nresource \"terraform_data\" \"a\" {\n"));
    assert!(
        object.contains("    input  = {\n        n    = 1\n        text = <<-EOT\n"),
        "{object}"
    );
    folder.fails(&["state", "show", "terraform_data.a"], "state-nothing-there");
    let one = folder.json(&["state", "show", "-json", "terraform_data.b"]);
    assert_eq!(one["values"]["root_module"]["resources"].as_array().map(Vec::len), Some(1));
    let all = folder.json(&["show", "-json"]);
    assert_eq!(all["values"]["root_module"]["resources"].as_array().map(Vec::len), Some(3));
    let text = folder.expect(&["show"], 0);
    assert!(text.ends_with("secret = (sensitive value)\nshape = {\n    a = \"x\"\n    b = [\n        1,\n        2,\n    ]\n}\n"), "{text}");
    let shown = folder.expect(&["show", "-show-sensitive"], 0);
    assert!(shown.contains("secret = \"hush\"\n"), "{shown}");
    assert_eq!(folder.expect(&["show", "terraform.tfstate"], 0), text);
    folder.expect(&["plan", "-out", "p.plan", "-var", "unset=given", "-var", "name=y"], 0);
    let plan = folder.json(&["show", "-json", "p.plan"]);
    assert_eq!(plan["output_changes"]["shape"]["after"]["a"], "y");
    assert!(folder.expect(&["show", "p.plan"], 0).contains("next: strata apply p.plan"));
    folder.fails(&["show", "main.tf"], "show-unreadable");
    folder.fails(&["show", "nothing"], "show-unreadable");
    assert_eq!(Folder::empty().expect(&["show"], 0), "The state is empty.\n");
}

#[test]
fn the_console_sees_what_is_applied() {
    let folder = Folder::applied();
    let input = "local.shape\nmodule.m\nvar.unset\n{\n  a = 1\n}\ntype(local.shape)\nsensitive(1)\n[sensitive(1), 2]\nexit\nno.such\n";
    let ran = folder.run_with(&["console"], input);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let expect = "{\n  \"a\" = \"x\"\n  \"b\" = [\n    1,\n    2,\n  ]\n}\n{\n  \"p\" = \"p\"\n}\n(known after apply)\n{\n  \"a\" = 1\n}\n\
        object({\n    a: string,\n    b: tuple([\n        number,\n        number,\n    ]),\n})\n(sensitive value)\n[\n  (sensitive value),\n  2,\n]\n";
    assert_eq!(ran.out, expect);
    let id = folder.expect(&["output", "id"], 0);
    assert_eq!(folder.run_with(&["console"], "terraform_data.b.id\n").out, id);
    let given = folder.run_with(&["console", "-var", "unset=hi"], "upper(var.unset)");
    assert_eq!(given.out, "\"HI\"\n");
    for wrong in ["no.such\n1\n", "1 +\n", "{\n", "output.id\n"] {
        let ran = folder.run_with(&["console"], wrong);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{wrong}: {}", ran.err);
    }
    folder.write("wrong.tf", "output \"wrong\" { value = \"x${local.shape}\" }\n");
    let ran = folder.run_with(&["console"], "1\n2\n");
    assert_eq!((ran.code, ran.out.as_str()), (0, "1\n2\n"), "{}", ran.err);
    assert_eq!(ran.err.matches("wrong.tf:1").count(), 1, "told once: {}", ran.err);
    std::fs::remove_file(folder.path("wrong.tf")).expect("removed");
    folder.write("more.tf", "resource \"terraform_data\" \"new\" {}\n");
    let new = folder.run_with(&["console"], "terraform_data.new\nterraform_data.a[1].input.n\n");
    assert_eq!(new.out, "(known after apply)\n1\n", "what is not applied is not known");
}

#[test]
fn graphs_and_providers_are_told() {
    let folder = Folder::applied();
    let dot = folder.expect(&["graph"], 0);
    assert!(dot.starts_with("digraph {\n"), "{dot}");
    assert!(dot.contains("  \"terraform_data.b\" -> \"terraform_data.a\"\n"), "{dot}");
    let graph = folder.json(&["graph", "-json"]);
    let edge = json!({ "from": "output.shape", "to": "local.shape" });
    assert!(graph["edges"].as_array().expect("edges").contains(&edge));
    let tree = folder.expect(&["providers"], 0);
    assert_eq!(
        tree,
        "\nProviders required by configuration:\n.\n├── provider[terraform.io/builtin/terraform]\n└── module.m\n    \
         └── provider[terraform.io/builtin/terraform]\n\nProviders required by state:\n\n    provider[terraform.io/builtin/terraform]\n\n"
    );
    let schemas = folder.json(&["providers", "schema", "-json"]);
    let own = &schemas["provider_schemas"]["terraform.io/builtin/terraform"];
    assert!(own["resource_schemas"]["terraform_data"]["block"]["attributes"]["id"].is_object());
    folder.fails(&["providers", "schema"], "schema-json");
    folder.fails(&["providers", "lock"], "providers-lock");
    folder.fails(&["providers", "what"], "providers-what");
    folder.fails(&["list"], "no-estate");
    folder.fails(&["store", "show"], "no-estate");
}
