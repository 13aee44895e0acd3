//! The commands that look into states and mend them, through the program itself, with built-in providers only.

mod state_support;

use std::path::PathBuf;
use std::sync::Arc;

use addr::{ProviderConfig, ResourceInstance};
use serde_json::{Value, json};
use state::journal::{Action, Begin, Entry, OpId, RunId};
use state::{Digest, Object, ObjectAddr};
use state_support::Folder;
use store::{
    FileSettings, FileStore, LockRequest, Opening, RescueDirs, StackKey, Store as _, SystemWorld,
};

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

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
fn moving_and_forgetting_keep_a_backup() {
    let folder = Folder::applied();
    let before = folder.read("terraform.tfstate");
    let dry =
        folder.expect(&["state", "mv", "-dry-run", "terraform_data.b", "terraform_data.c"], 0);
    assert_eq!(dry, "Would move \"terraform_data.b\" to \"terraform_data.c\"\n");
    folder.expect(&["state", "rm", "-dry-run", "module.m"], 0);
    folder.fails(&["state", "mv", "terraform_data.b", "terraform_data.a[0]"], "state-mv-taken");
    folder.fails(&["state", "mv", "no.such", "terraform_data.c"], "state-nothing-there");
    folder.fails(&["state", "mv", "module.m", "terraform_data.c"], "state-mv-kind");
    folder.fails(&["state", "rm", "no.such"], "state-nothing-there");
    assert_eq!(folder.read("terraform.tfstate"), before, "nothing was changed so far");
    assert!(backups(&folder).is_empty());
    let moved = folder.expect(&["state", "mv", "terraform_data.b", "terraform_data.c"], 0);
    assert_eq!(
        moved,
        "Move \"terraform_data.b\" to \"terraform_data.c\"\nSuccessfully moved 1 object(s).\n"
    );
    let kept = backups(&folder);
    assert_eq!(kept.len(), 1);
    let kept = std::fs::read_to_string(&kept[0]).expect("read");
    let value = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    assert_eq!(value(&kept), value(&before), "the state as it was, in one line");
    let removed = folder.expect(&["state", "rm", "module.m"], 0);
    assert!(removed.ends_with("Successfully removed 2 resource instance(s).\n"), "{removed}");
    let left = folder.expect(&["state", "list"], 0);
    assert_eq!(lines(&left), ["terraform_data.a[0]", "terraform_data.a[1]", "terraform_data.c"]);
}

/// Backups with a time in their name.
fn backups(folder: &Folder) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder.path("")).expect("a folder");
    let paths = all.map(|entry| entry.expect("an entry").path());
    let dated = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let middle =
            name.strip_prefix("terraform.tfstate.").and_then(|n| n.strip_suffix(".backup"));
        middle.is_some_and(|middle| middle.parse::<u64>().is_ok())
    };
    paths.filter(dated).collect()
}

fn serial(document: &str) -> u64 {
    let document: Value = serde_json::from_str(document).expect("JSON");
    document["serial"].as_u64().expect("a serial")
}

#[test]
fn push_takes_what_pull_gave() {
    let folder = Folder::applied();
    let pulled = folder.expect(&["state", "pull"], 0);
    assert_eq!(pulled, folder.read("terraform.tfstate"));
    folder.write("pulled", &pulled);
    folder.expect(&["state", "push", "pulled"], 0);
    assert_eq!(folder.expect(&["state", "pull"], 0), pulled, "the same again changes nothing");
    folder.expect(&["state", "rm", "module.m"], 0);
    let after = folder.read("terraform.tfstate");
    folder.fails(&["state", "push", "pulled"], "state-serial");
    assert_eq!(folder.read("terraform.tfstate"), after);
    let ran = folder.run_with(&["state", "push", "-force", "-"], &pulled);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let forced = folder.expect(&["state", "pull"], 0);
    assert!(serial(&forced) > serial(&after), "serials only rise");
    assert_eq!(lines(&folder.expect(&["state", "list"], 0)).len(), 5);
    let lineage: Value = serde_json::from_str(&pulled).expect("JSON");
    let lineage = lineage["lineage"].as_str().expect("a lineage");
    folder.write("foreign", &forced.replace(lineage, "11111111-2222-3333-4444-555555555555"));
    folder.fails(&["state", "push", "foreign"], "state-lineage");
    folder.fails(&["state", "push", "main.tf"], "push-unreadable");
    folder.fails(&["state", "push", "nothing"], "push-unreadable");
    let empty = Folder::empty();
    empty.write("pulled", &pulled);
    empty.expect(&["state", "push", "pulled"], 0);
    assert_eq!(empty.expect(&["state", "pull"], 0), pulled, "nothing was there to be replaced");
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

/// The store of a folder's state, in this process.
fn store_of(folder: &Folder) -> FileStore {
    let settings = FileSettings {
        state: folder.path("terraform.tfstate"),
        backup: None,
        rescue: RescueDirs(Vec::new()),
        version: "1.12.6".into(),
    };
    FileStore::open(settings, Arc::new(SystemWorld::new()))
}

fn request() -> LockRequest {
    LockRequest {
        id: "11111111-2222-3333-4444-555555555555".into(),
        operation: "apply".into(),
        info: "".into(),
        who: "somebody@somewhere".into(),
        version: "1.12.6".into(),
    }
}

#[test]
fn a_lease_is_shown_and_broken() {
    let folder = Folder::applied();
    assert_eq!(folder.expect(&["lock", "show"], 0), "No lease is held.\n");
    folder.fails(&["lock", "break", "-force"], "lock-free");
    let store = store_of(&folder);
    let lease = store.acquire(&StackKey::root(), &request()).expect("a lease");
    assert!(folder.expect(&["lock", "show"], 0).contains("somebody@somewhere (apply"));
    let before = folder.read("terraform.tfstate");
    folder.fails(&["state", "rm", "module.m"], "lock-held");
    folder.fails(&["lock", "break"], "not-approved");
    assert_eq!(folder.read("terraform.tfstate"), before);
    let state = store.load(&lease).expect("a state").state;
    folder.expect(&["lock", "break", "-force"], 0);
    let late = store.replace(&lease, state.serial, state);
    assert!(late.is_err(), "a late write of the former holder is refused");
    folder.expect(&["state", "rm", "module.m"], 0);
}

/// Leaves creates of `terraform_data.NAME` in doubt, as a run that is killed does.
fn leave_in_doubt(folder: &Folder, names: &[&str]) {
    let store = store_of(folder);
    let lease = store.acquire(&StackKey::root(), &request()).expect("a lease");
    store.load(&lease).expect("a state");
    let run = RunId::new("p-KILLED");
    let opening = Opening { run, plan: Digest::default(), lineage: None };
    let journal = store.open_journal(&lease, &opening).expect("a journal");
    let begin = |(at, name): (usize, &&str)| {
        let address: ResourceInstance = format!("terraform_data.{name}").parse().expect("one");
        let provider: ProviderConfig =
            "provider[\"terraform.io/builtin/terraform\"]".parse().expect("a provider");
        let planned = r#"{"id":null,"input":null,"output":null,"triggers_replace":null}"#;
        Entry::Begin(Box::new(Begin {
            op: OpId(u32::try_from(at).expect("few")),
            at: ObjectAddr::current(address),
            action: Action::Create,
            provider: provider.into(),
            prior: None,
            planned: Some(Arc::new(Object::new(planned.as_bytes(), 0))),
            look_before: None,
        }))
    };
    let last = journal.append(names.iter().enumerate().map(begin).collect()).expect("appended");
    journal.wait(last).expect("durable");
    drop(journal);
    store.release(lease).expect("released");
}

#[test]
fn a_person_resolves_what_is_in_doubt() {
    let folder = Folder::applied();
    folder.write(
        "more.tf",
        "resource \"terraform_data\" \"new\" {}\nresource \"terraform_data\" \"other\" {}\n",
    );
    assert_eq!(folder.expect(&["state", "resolve"], 0), "Nothing is in doubt.\n");
    leave_in_doubt(&folder, &["new", "other"]);
    let doubt = |name: &str| json!({ "address": format!("terraform_data.{name}"), "action": "create", "run": "p-KILLED" });
    let listed = folder.json(&["state", "resolve", "-json"]);
    assert_eq!(listed, json!({ "in_doubt": [doubt("new"), doubt("other")] }));
    let plan = ["plan", "-detailed-exitcode", "-var", "unset=given"];
    folder.fails(&plan, "in-doubt");
    folder.fails(&["state", "resolve", "terraform_data.new"], "resolve-what");
    folder.fails(&["state", "resolve", "-absent"], "resolve-what");
    folder.fails(&["state", "resolve", "terraform_data.b", "-absent"], "not-in-doubt");
    let said = folder.expect(&["state", "resolve", "terraform_data.new", "-exists", "an-id"], 0);
    assert_eq!(said, "terraform_data.new is resolved: exists. 1 more in doubt.\n");
    let object = folder.json(&["state", "show", "-json", "terraform_data.new"]);
    assert_eq!(object["values"]["root_module"]["resources"][0]["values"]["id"], "an-id");
    assert_eq!(
        folder.json(&["state", "resolve", "-json"]),
        json!({ "in_doubt": [doubt("other")] })
    );
    folder.expect(&["state", "resolve", "terraform_data.other", "--absent"], 0);
    let left = folder.expect(&["state", "list", "terraform_data.new"], 0);
    assert_eq!(left, "terraform_data.new\n");
    assert_eq!(folder.expect(&["state", "resolve"], 0), "Nothing is in doubt.\n");
    let planned = folder.expect(&plan, 2);
    assert!(planned.contains("plan: 1 to add, 0 to change, 0 to destroy"), "{planned}");
}

#[test]
fn in_an_estate_each_command_names_its_stack() {
    let estate = Folder::estate();
    estate.fails(&["state", "list"], "stack-needed");
    estate.fails(&["output"], "stack-needed");
    estate.fails(&["state", "list", "-stack", "dev/none"], "stack-unknown");
    estate.fails(&["state", "pull", "-stack", "dev/network", "-state", "x"], "options-state");
    estate.fails(&["state", "rm", "-stack", "dev/shop", "dev/network//a.b"], "stacks-differ");
    let by_option = estate.expect(&["state", "list", "-stack", "dev/network"], 0);
    assert_eq!(lines(&by_option).len(), 4);
    let vpc = "dev/network//terraform_data.vpc";
    assert_eq!(estate.expect(&["state", "list", vpc], 0), "terraform_data.vpc\n");
    let id = estate.expect(&["output", "dev/network", "id"], 0);
    assert_eq!(estate.expect(&["output", "-env", "dev", "network", "id"], 0), id);
    let ran = estate.run_with(&["console", "dev/database"], "var.network_id\n");
    assert_eq!((ran.out, ran.code), (id, 0), "{}", ran.err);
    let shown = estate.json(&["show", "-json", "dev/network"]);
    assert_eq!(shown["values"]["root_module"]["resources"].as_array().map(Vec::len), Some(4));
    let all = estate.json(&["show", "-json", "-env", "dev"]);
    assert_eq!(all["stacks"].as_object().map(serde_json::Map::len), Some(4));
    let list = estate.json(&["list", "-json"]);
    assert_eq!(list["stacks"].as_array().map(Vec::len), Some(8));
    assert_eq!(list["stacks"][0]["objects"], 4);
    let graph = estate.json(&["graph", "-env", "dev", "-json"]);
    let edge = json!({ "from": "dev/shop", "to": "dev/cluster", "through": "endpoint" });
    assert!(graph["edges"].as_array().expect("edges").contains(&edge));
    assert!(estate.expect(&["providers", "dev/network"], 0).contains("required by dev/network:"));
    assert_eq!(estate.expect(&["lock", "show"], 0), "No lease is held.\n");
}

#[test]
fn a_changed_state_of_an_estate_leaves_an_event() {
    let estate = Folder::estate();
    estate.fails(&["store", "create"], "store-exists");
    let pulled = estate.expect(&["state", "pull", "-stack", "dev/network"], 0);
    estate.expect(
        &["state", "mv", "-stack", "dev/network", "terraform_data.vpc", "terraform_data.v"],
        0,
    );
    estate.expect(&["state", "rm", "dev/network//terraform_data.v"], 0);
    estate.write("pulled", &pulled);
    estate.fails(&["state", "push", "-stack", "dev/network", "pulled"], "state-serial");
    estate.expect(&["state", "push", "-stack", "dev/network", "-force", "pulled"], 0);
    let store = estate.json(&["store", "show", "-json"]);
    let events = store["events"]["last"].as_array().expect("events");
    let told: Vec<(&str, &Value)> =
        events.iter().map(|e| (e["what"].as_str().expect("a word"), &e["serials"])).collect();
    assert_eq!(
        told[told.len() - 3..],
        [
            ("state-mv", &json!([1, 2])),
            ("state-rm", &json!([2, 3])),
            ("state-push", &json!([3, 4])),
        ]
    );
    let plan = estate.expect(&["plan", "-env", "dev", "-detailed-exitcode"], 0);
    assert!(plan.contains("no changes"), "{plan}");
    let id = plan.split_whitespace().find(|word| word.starts_with("p-")).expect("an id").to_owned();
    let document = estate.json(&["show", "-json", &id]);
    assert_eq!(document["stacks"].as_object().map(serde_json::Map::len), Some(4));
    let one = estate.json(&["show", "-json", &id, "dev/shop"]);
    assert_eq!(one["stacks"].as_object().map(serde_json::Map::len), Some(1));
    assert!(estate.expect(&["show", &id, "dev/shop"], 0).contains("hello/dev: no changes."));
    estate.fails(&["show", &id, "dev/none"], "show-stack");
}
