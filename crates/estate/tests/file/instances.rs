//! Stacks with `for_each`: their instances, wiring by key, hosts, and stacks of one environment read from all.

use crate::support::{check, checked, graph, interface};
use estate::{EnvironmentIdx, Interface, StackGraph};
use value::{Type, Value};

const NETWORK: &str = "stack \"network\" {\n  layer = \"low\"\n  source = \"./network\"\n  for_each = env.cidrs\n  inputs = { cidr = each.value, region = self.key }\n}\n";

fn network() -> (&'static str, Interface) {
    let variables = [("cidr", Type::STRING), ("region", Type::STRING)];
    ("network", interface(&variables, &[("id", Value::unknown(Type::STRING))]))
}

fn reader(inputs: &str) -> String {
    format!(
        "{NETWORK}stack \"eks\" {{\n  layer = \"high\"\n  source = \"./eks\"\n  for_each = env.cidrs\n  inputs = {{ {inputs} }}\n}}\n"
    )
}

fn eks() -> (&'static str, Interface) {
    ("eks", interface(&[("net", Type::DYNAMIC)], &[]))
}

#[test]
fn there_is_an_instance_for_each_key() {
    let checked = checked(NETWORK, &[network()]);
    assert_eq!(checked.found, [""; 0]);
    assert_eq!(checked.order, ["dev/network:eu-west-1", "dev/network:us-east-1"]);
    let inputs = &checked.inputs["dev/network:us-east-1"].values;
    assert_eq!(inputs["cidr"].as_str(), Some("10.2.0.0/16"));
    assert_eq!(inputs["region"].as_str(), Some("us-east-1"));
    // The other environment has other keys.
    let graph = graph(NETWORK, EnvironmentIdx(1));
    let addresses: Vec<String> = graph.order.iter().map(|i| i.addr.to_string()).collect();
    assert_eq!(addresses, ["prod/network:eu-west-1"]);
}

#[test]
fn wires_follow_keys() {
    let wires = |inputs: &str, reader_key: &str| -> Vec<String> {
        let graph = graph(&reader(inputs), EnvironmentIdx(0));
        let eks = format!("dev/eks:{reader_key}").parse().expect("an address");
        let instance = graph.instance(graph.find(&eks).expect("an instance"));
        instance.wires.iter().map(|wire| format!("{}.{}", wire.from, wire.output)).collect()
    };
    assert_eq!(
        wires("net = stack.network[each.key].id", "us-east-1"),
        ["dev/network:us-east-1.id"]
    );
    assert_eq!(
        wires("net = stack.network[\"eu-west-1\"].id", "us-east-1"),
        ["dev/network:eu-west-1.id"]
    );
    assert_eq!(
        wires("net = stack.network[env.main].id", "us-east-1"),
        ["dev/network:eu-west-1.id"]
    );
    let both = ["dev/network:eu-west-1.id", "dev/network:us-east-1.id"];
    assert_eq!(wires("net = [for one in stack.network : one.id]", "us-east-1"), both);
    assert_eq!(
        wires("net = { for k, one in stack.network : k => one.id if k != \"x\" }", "us-east-1"),
        both
    );
    assert_eq!(wires("net = [for k in keys(env.cidrs) : stack.network[k].id]", "us-east-1"), both);
    assert_eq!(
        wires("net = \"%{ for one in stack.network }${one.id}%{ endfor }\"", "us-east-1"),
        both
    );
}

#[test]
fn instances_are_an_object_in_a_for() {
    let text = reader("net = { for k, one in stack.network : k => one.id }");
    let checked = checked(&text, &[network(), eks()]);
    assert_eq!(checked.found, [""; 0]);
    let net = &checked.inputs["dev/eks:eu-west-1"].values["net"];
    assert_eq!(
        net.ty(),
        Type::object([("eu-west-1".into(), Type::STRING), ("us-east-1".into(), Type::STRING)])
    );
}

#[test]
fn wrong_keys_are_told() {
    let all = [network(), eks()];
    check(&reader("net = stack.network.id"), &all, &["wiring-form @ stack.network.id"]);
    check(&reader("net = stack.network[\"mars\"].id"), &all, &["wiring-key-unknown @ \"mars\""; 1]);
    check(&reader("net = stack.network"), &all, &["wiring-form @ stack.network"]);
    check(&reader("net = [for one in stack.network : one]"), &all, &["wiring-form @ one"]);
    check(
        &reader("net = stack.network[stack.network[each.key].id].id"),
        &all,
        &["wiring-key @ stack.network[each.key].id"],
    );
    let single = NETWORK.replace("  for_each = env.cidrs\n", "").replace("cidr = each.value, ", "");
    check(
        &format!(
            "{single}stack \"eks\" {{\n  layer = \"high\"\n  source = \"./eks\"\n  inputs = {{ net = stack.network[\"a\"].id }}\n}}\n"
        ),
        &all,
        &["wiring-form @ stack.network[\"a\"].id"],
    );
}

#[test]
fn for_each_is_known_from_the_file_and_makes_addresses() {
    let with = |each: &str| NETWORK.replace("env.cidrs", each);
    let place = |code: &str, each: &str| [format!("{code} @ {each}")];
    let check = |each: &str, code: &str| {
        let found = checked(&with(each), &[network()]).found;
        assert_eq!(found, place(code, each));
    };
    check("[\"a\"]", "estate-for-each");
    check("\"a\"", "estate-for-each");
    check("null", "estate-for-each");
    check("toset([1])", "estate-for-each");
    check("stack.network.id", "estate-reference-unknown");
    check("each.key", "estate-reference-unknown");
    check("toset([\"a/b\"])", "estate-key-form");
    let set = checked(&with("toset([\"b\", \"a\"])"), &[network()]);
    assert_eq!(set.order, ["dev/network:a", "dev/network:b"]);
    assert!(checked(&with("{}"), &[network()]).order.is_empty());
    let unkeyed = NETWORK.replace("  for_each = env.cidrs\n", "");
    assert_eq!(checked(&unkeyed, &[network()]).found, ["estate-each @ each.value"]);
}

#[test]
fn a_stack_stands_on_its_host() {
    let logging = |host: &str| {
        format!(
            "{}stack \"logging\" {{\n  layer = \"top\"\n  source = \"./logging\"\n  for_each = env.cidrs\n  hosted_by = {host}\n}}\n",
            reader("")
        )
    };
    let graph = graph(&logging("stack.eks[each.key]"), EnvironmentIdx(0));
    let find = |addr: &str| graph.find(&addr.parse().expect("an address")).expect("an instance");
    let (host, guest) = (find("dev/eks:us-east-1"), find("dev/logging:us-east-1"));
    assert_eq!(graph.instance(guest).hosted_by, Some(host));
    assert!(host < guest && graph.instance(guest).reads == [host]);
    assert_eq!(graph.instance(host).readers, [guest]);
    let all = [network(), eks(), ("logging", interface(&[], &[]))];
    check(&logging("stack.eks"), &all, &["wiring-form @ stack.eks"]);
    check(&logging("stack.nowhere"), &all, &["wiring-stack-unknown @ nowhere"]);
    check(&logging("\"eks\""), &all, &["estate-host @ \"eks\""]);
    check(&logging("stack.logging[each.key]"), &all, &["estate-host @ stack.logging[each.key]"]);
}

const TRUST: &str = "stack \"trust\" {\n  layer = \"low\"\n  source = \"./trust\"\n  environments = [\"prod\"]\n  inputs = { size = env.size }\n}\n";

#[test]
fn a_stack_of_one_environment_is_read_from_all() {
    let text = format!(
        "{TRUST}stack \"app\" {{\n  layer = \"high\"\n  source = \"./app\"\n  inputs = {{ trust = stack.trust.arn }}\n}}\n"
    );
    let graph_of = |environment| -> StackGraph { graph(&text, EnvironmentIdx(environment)) };
    let dev = graph_of(0);
    let addresses = |of: &[estate::Instance]| -> Vec<String> {
        of.iter().map(|i| i.addr.to_string()).collect()
    };
    assert_eq!(addresses(&dev.order), ["dev/app"]);
    assert_eq!(addresses(&dev.outside), ["prod/trust"]);
    assert_eq!(dev.order[0].wires[0].from.to_string(), "prod/trust");
    assert!(dev.order[0].reads.is_empty(), "what is outside is never waited for");
    let prod = graph_of(1);
    assert_eq!(addresses(&prod.order), ["prod/trust", "prod/app"]);
    assert!(prod.outside.is_empty());
    let trust =
        ("trust", interface(&[("size", Type::NUMBER)], &[("arn", Value::unknown(Type::STRING))]));
    let app = ("app", interface(&[("trust", Type::list(Type::STRING))], &[]));
    check(&text, &[trust, app], &["wiring-type @ stack.trust.arn"]);
}

#[test]
fn a_circle_through_another_environment_is_one() {
    let text = "stack \"a\" {\n  layer = \"low\"\n  source = \"./a\"\n  environments = [\"dev\"]\n  inputs = { x = stack.b.x }\n}\n\
                stack \"b\" {\n  layer = \"low\"\n  source = \"./b\"\n  environments = [\"prod\"]\n  inputs = { x = stack.a.x }\n}\n";
    check(text, &[], &["wiring-circle @ stack.b.x"]);
}
