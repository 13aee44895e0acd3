//! The static graph: each case is a fixture and what the graph tells of it.

mod common;

use addr::{ConfigResource, InstanceKey, Target};
use common::{Loaded, line, load};
use diag::Diags;
use lang::config::{Config, ModuleId, ResIdx};
use lang::graph::{AppliedChange, Object, StaticGraph};

fn graph(loaded: &Loaded) -> (StaticGraph, Vec<String>) {
    let mut diags = Diags::new();
    let graph = StaticGraph::build(loaded.good(), &mut diags);
    let lines = diags.iter().map(|it| line(it, &loaded.sources)).collect();
    (graph, lines)
}

fn find(config: &Config, addr: &str) -> (ModuleId, ResIdx) {
    let addr: ConfigResource = addr.parse().expect("an address");
    config.find_resource(&addr).expect("a declared resource")
}

fn check_dependencies(fixture: &str, resource: &str, expect: &[&str]) {
    let loaded = load(fixture);
    let (graph, faults) = graph(&loaded);
    assert!(faults.is_empty(), "{faults:?}");
    let (module, index) = find(loaded.good(), resource);
    let found: Vec<String> =
        graph.dependencies(loaded.good(), module, index).iter().map(ToString::to_string).collect();
    assert_eq!(found, expect, "{fixture}");
}

fn check_faults(fixture: &str, expect: &[&str]) {
    let loaded = load(fixture);
    assert_eq!(graph(&loaded).1, expect, "{fixture}");
}

#[test]
fn dependencies_go_through_locals_modules_and_branches_not_taken() {
    check_dependencies(
        "resource \"t_x\" \"x\" {}\nvariable \"use\" {}\nresource \"t_x\" \"y\" {\n v = var.use ? t_x.x.id : \"no\"\n}\n",
        "t_x.y",
        &["t_x.x"],
    );
    check_dependencies(
        "resource \"t_x\" \"b\" {}\nresource \"t_x\" \"a\" {\n v = t_x.b.id\n}\nlocals {\n l = t_x.a.id\n}\n\
         data \"t_x\" \"d\" {\n v = local.l\n}\nresource \"t_x\" \"z\" {\n v = data.t_x.d.id\n}\n",
        "t_x.z",
        &["data.t_x.d", "t_x.a", "t_x.b"],
    );
    check_dependencies(
        "resource \"t_x\" \"a\" {}\nmodule \"m\" {\n source = \"./m\"\n v = t_x.a.id\n}\n\
         resource \"t_x\" \"z\" {\n v = module.m.o\n}\n\
         //- m/main.tf\nvariable \"v\" {}\nresource \"t_x\" \"in\" {\n v = var.v\n}\nresource \"t_x\" \"aside\" {}\n\
         output \"o\" {\n value = t_x.in.id\n}\n",
        "t_x.z",
        &["module.m.t_x.in", "t_x.a"],
    );
}

#[test]
fn dependencies_go_through_provider_blocks() {
    check_dependencies(
        "resource \"terraform_data\" \"px\" {}\nprovider \"t\" {\n proxy {\n url = terraform_data.px.output\n }\n}\n\
         resource \"t_key\" \"k\" {}\n",
        "t_key.k",
        &["terraform_data.px"],
    );
}

#[test]
fn a_whole_module_is_waited_for_with_all_in_it() {
    check_dependencies(
        "module \"m\" {\n source = \"./m\"\n}\nresource \"t_x\" \"z\" {\n depends_on = [module.m]\n}\n\
         //- m/main.tf\nresource \"t_x\" \"a\" {}\nmodule \"n\" {\n source = \"./n\"\n}\n\
         //- m/n/main.tf\nresource \"t_x\" \"b\" {}\n",
        "t_x.z",
        &["module.m.module.n.t_x.b", "module.m.t_x.a"],
    );
    check_dependencies(
        "resource \"t_x\" \"a\" {}\nmodule \"m\" {\n source = \"./m\"\n depends_on = [t_x.a]\n}\n\
         //- m/main.tf\nresource \"t_x\" \"b\" {}\n",
        "module.m.t_x.b",
        &["t_x.a"],
    );
}

#[test]
fn circles() {
    check_faults(
        "resource \"t_x\" \"a\" {\n v = t_x.b[0].id\n}\nresource \"t_x\" \"b\" {\n count = 2\n v = t_x.a.id\n}\n",
        &["circular-reference main.tf:2"],
    );
    check_faults(
        "locals {\n a = local.b\n b = local.c\n c = local.a\n}\n",
        &["circular-reference main.tf:2"],
    );
    check_faults("locals {\n a = local.a\n}\n", &["self-reference main.tf:2"]);
    check_faults("resource \"t_x\" \"a\" {\n v = t_x.a.id\n}\n", &["self-reference main.tf:2"]);
    check_faults("resource \"t_x\" \"a\" {\n depends_on = [t_x.a]\n}\n", &[]);
    check_faults(
        "module \"m\" {\n source = \"./m\"\n v = module.m.o\n}\n\
         //- m/main.tf\nvariable \"v\" {}\noutput \"o\" {\n value = var.v\n}\n",
        &["circular-reference main.tf:3"],
    );
    check_faults(
        "module \"m\" {\n source = \"./m\"\n}\noutput \"o\" {\n value = module.m.naem\n}\n\
         //- m/main.tf\noutput \"name\" {\n value = 1\n}\n",
        &["output-undeclared main.tf:5"],
    );
}

#[test]
fn create_before_destroy_is_forced_on_what_stands_behind() {
    let loaded = load(
        "resource \"t_x\" \"a\" {}\nlocals {\n l = t_x.a.id\n}\n\
         resource \"t_x\" \"b\" {\n v = local.l\n lifecycle {\n create_before_destroy = true\n }\n}\n\
         resource \"t_x\" \"c\" {\n v = t_x.b.id\n}\n",
    );
    let (graph, _) = graph(&loaded);
    let config = loaded.good();
    let forced = graph.create_before_destroy(config, None);
    let is_forced = |addr: &str| {
        let (module, index) = find(config, addr);
        forced.contains(graph.resource_no(module, index).0)
    };
    assert!(is_forced("t_x.a") && is_forced("t_x.b") && !is_forced("t_x.c"));
}

/// Ran: `tofu` 1.12.6 writes `create_before_destroy` for `a["x"]` only, since `b` names that instance.
#[test]
fn what_is_written_at_apply_is_told_by_instances() {
    let loaded = load(
        "resource \"t_x\" \"a\" {\n for_each = toset([\"x\", \"y\"])\n}\n\
         resource \"t_x\" \"b\" {\n v = t_x.a[\"x\"].id\n lifecycle {\n create_before_destroy = true\n }\n}\n",
    );
    let (graph, _) = graph(&loaded);
    let config = loaded.good();
    let number = |addr: &str| {
        let (module, index) = find(config, addr);
        graph.resource_no(module, index)
    };
    let change = |addr: &str, key: InstanceKey| AppliedChange {
        resource: number(addr),
        key,
        creates_first: false,
    };
    let (x, y) = (InstanceKey::Str("x".into()), InstanceKey::Str("y".into()));
    let all = [
        change("t_x.a", x.clone()),
        change("t_x.a", y.clone()),
        change("t_x.b", InstanceKey::None),
    ];
    let first = graph.create_before_destroy_applied(config, &all);
    assert!(first.contains(number("t_x.a"), &x) && !first.contains(number("t_x.a"), &y));
    let first = graph.create_before_destroy_applied(config, &all[..2]);
    assert!(!first.contains(number("t_x.a"), &x), "b does not change, so it forces nothing");
    let first = graph.create_before_destroy_applied(config, &all[1..]);
    assert!(first.contains(number("t_x.a"), &y), "x does not change, so it stands for all of a");
}

#[test]
fn data_waits_for_what_it_names() {
    let loaded = load(
        "resource \"t_x\" \"a\" {}\nresource \"t_x\" \"b\" {\n v = t_x.a.id\n}\nlocals {\n l = t_x.a.id\n}\n\
         data \"t_x\" \"direct\" {\n v = t_x.b.id\n}\ndata \"t_x\" \"through\" {\n v = local.l\n}\n\
         data \"t_x\" \"named\" {\n depends_on = [t_x.b]\n}\n\
         module \"m\" {\n source = \"./m\"\n depends_on = [t_x.b]\n}\n\
         //- m/main.tf\ndata \"t_x\" \"inner\" {}\n",
    );
    let (graph, _) = graph(&loaded);
    let config = loaded.good();
    let waits = |addr: &str| -> Vec<String> {
        let (module, index) = find(config, addr);
        let numbers = graph.read_waits_for(config, module, index);
        let addrs = numbers.into_iter().map(|it| {
            let (module, index) = graph.resource(it);
            config.resource_addr(module, index).to_string()
        });
        addrs.collect()
    };
    assert_eq!(waits("data.t_x.direct"), ["t_x.b"]);
    assert_eq!(waits("data.t_x.through"), [""; 0]);
    assert_eq!(waits("data.t_x.named"), ["t_x.b"]);
    assert_eq!(waits("module.m.data.t_x.inner"), ["t_x.a", "t_x.b"]);
}

const CHAIN: &str = "resource \"t_x\" \"a\" {}\nresource \"t_x\" \"b\" {\n v = t_x.a.id\n}\nresource \"t_x\" \"c\" {\n v = t_x.b.id\n}\n\
     resource \"t_x\" \"other\" {\n count = 2\n}\noutput \"b\" {\n value = t_x.b.id\n}\noutput \"all\" {\n value = [t_x.a.id, t_x.c.id]\n}\noutput \"none\" {\n value = 1\n}\n";

fn selected(loaded: &Loaded, targets: &[&str], exclude: bool) -> Vec<String> {
    let (graph, _) = graph(loaded);
    let config = loaded.good();
    let targets: Vec<Target> = targets.iter().map(|it| it.parse().expect("a target")).collect();
    let selection =
        if exclude { graph.exclude(config, &targets) } else { graph.target(config, &targets) };
    let nodes = graph.order().iter().filter(|node| selection.contains(**node));
    let mut names: Vec<String> = nodes
        .filter(|node| matches!(graph.object(**node), Object::Resource(..) | Object::Output(..)))
        .map(|node| graph.describe(config, *node))
        .collect();
    names.sort();
    names
}

#[test]
fn targets_bring_what_they_depend_on() {
    let loaded = load(CHAIN);
    assert_eq!(selected(&loaded, &["t_x.b"], false), ["output.b", "t_x.a", "t_x.b"]);
    assert_eq!(selected(&loaded, &["t_x.other[1]"], false), ["t_x.other"]);
    assert_eq!(
        selected(&loaded, &["t_x.c"], false),
        ["output.all", "output.b", "t_x.a", "t_x.b", "t_x.c"]
    );
}

#[test]
fn excludes_take_what_depends_on_them() {
    let loaded = load(CHAIN);
    assert_eq!(selected(&loaded, &["t_x.b"], true), ["t_x.a", "t_x.other"]);
    assert_eq!(
        selected(&loaded, &["t_x.other[0]"], true),
        ["output.all", "output.b", "t_x.a", "t_x.b", "t_x.c", "t_x.other"]
    );
}

#[test]
fn a_provider_waits_for_resources_behind_its_arguments() {
    let loaded = load(
        "resource \"t_x\" \"a\" {}\nvariable \"v\" {}\nprovider \"p\" {\n v = t_x.a.id\n}\nprovider \"q\" {\n v = var.v\n}\n\
         resource \"p_x\" \"a\" {}\nresource \"q_x\" \"a\" {}\n",
    );
    let (graph, _) = graph(&loaded);
    let config = loaded.good();
    let waits = |addr: &str| {
        let (module, index) = find(config, addr);
        let provider = config.module(module).resource_providers[index.index()].expect("a provider");
        graph.provider_waits(provider)
    };
    assert!(waits("p_x.a") && !waits("q_x.a") && !waits("t_x.a"));
}

#[test]
fn ten_thousand_resources_in_a_row_and_beside_each_other() {
    let mut fixture = String::from("resource \"t_x\" \"r0\" {}\n");
    for at in 1..3_000 {
        fixture.push_str(&format!("resource \"t_x\" \"r{at}\" {{\n v = t_x.r{}.id\n}}\n", at - 1));
    }
    for at in 0..7_000 {
        fixture.push_str(&format!("resource \"t_y\" \"r{at}\" {{}}\n"));
    }
    let loaded = load(&fixture);
    let (graph, faults) = graph(&loaded);
    assert!(faults.is_empty());
    let (module, index) = find(loaded.good(), "t_x.r2999");
    assert_eq!(graph.dependencies(loaded.good(), module, index).len(), 2_999);
}
