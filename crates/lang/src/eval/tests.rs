//! Tests of evaluation: one line for each behaviour.

use diag::Diags;
use value::Value;

use super::{Eval, eval};
use crate::expr::Exprs;
use crate::fixture::World;

fn check(text: &str, expect: &str) {
    assert_eq!(World::new().outcome(text), expect, "{text}");
}

#[test]
fn operators_convert_and_report() {
    check("1 + 2 * 3", "7");
    check("\"4\" * 2", "8");
    check("-(3)", "-3");
    check("7 % 4 == 3 && !false", "true");
    check("1 == \"1\"", "false");
    check("\"a\" + 1", "error: operand-type at `\"a\"`");
    check("1 / 0", "+Inf");
    check("0 / 0", "error: operation-failed at `0 / 0`");
    check("null + 1", "error: operation-failed at `null + 1`");
    check("var.secret == \"hush\"", "sensitive true");
}

#[test]
fn logic_lets_one_side_decide_over_the_faults_of_the_other() {
    check("false && var.no.x", "false");
    check("var.object.nope && false", "false");
    check("true || var.object.nope", "true");
    check("true && null", "false");
    check("null || true", "true");
    check("null || false", "error: operation-failed at `null || false`");
    check("true && var.object.nope", "error: attribute-unknown at `nope`");
    check("var.maybe && false", "false");
    check("var.maybe && true", "unknown bool, not null");
    check("var.maybe || var.object.nope", "unknown bool, not null");
}

#[test]
fn conditionals_have_one_type() {
    check("true ? 1 : \"a\"", "\"1\"");
    check("false ? null : [1]", "[1,]");
    check("true ? null : 3", "tonumber(null)");
    check("true ? var.list : []", "tolist([\"a\",\"b\",\"c\",])");
    check("true ? { a = 1 } : { b = 2 }", "tomap({\"a\" = 1})");
    check("true ? { a = 1 } : { b = [] }", "error: condition-types at `{ a = 1 } : { b = [] }`");
    check("var.no ? 1 : 2", "error: condition-null at `var.no`");
    check("\"yes\" ? 1 : 2", "error: condition-type at `\"yes\"`");
    check("var.maybe ? 1 : 2", "unknown number, not null");
    check("var.maybe ? var.list : var.no_list", "unknown list of string");
    check(
        "var.maybe ? var.list : var.many",
        "unknown list of string, not null, length Some(1) to Some(3)",
    );
    check("true ? 1 : var.object.nope", "1");
    check("true ? \"a\" : var.secret", "sensitive \"a\"");
}

#[test]
fn templates_are_strings() {
    check("\"${1}${true}\"", "\"1true\"");
    check("\"${var.list}\"", "tolist([\"a\",\"b\",\"c\",])");
    check("\"x${var.list}\"", "error: template-value at `var.list`");
    check("\"x${var.no}\"", "error: template-value at `var.no`");
    check("\"some-${var.unknown}\"", "unknown string, not null, prefix some-");
    check("\"some${var.unknown}\"", "unknown string, not null, prefix som");
    check("\"x${var.secret}\"", "sensitive \"xhush\"");
    check("\"%{ if var.one == 1 }yes%{ else }no%{ endif }\"", "\"yes\"");
    check("\"%{ for i, x in var.list }${i}${x},%{ endfor }\"", "\"0a,1b,2c,\"");
}

#[test]
fn for_goes_through_collections() {
    check("[for x in var.list : \"${x}!\"]", "[\"a!\",\"b!\",\"c!\",]");
    check("[for i, x in var.list : i if x != \"b\"]", "[0,2,]");
    check("{ for k, v in var.map : v => k }", "{\"1\" = \"x\"\"2\" = \"y\"}");
    check("{ for x in [\"a\", \"b\", \"a\"] : x => 1... }", "{\"a\" = [1,1,]\"b\" = [1,]}");
    check("{ for x in [\"a\", \"a\"] : x => 1 }", "error: for-key-duplicate at `x`");
    check("[for x in var.no_list : x]", "error: iteration-invalid at `var.no_list`");
    check("[for x in 5 : x]", "error: iteration-invalid at `5`");
    check("[for x in var.many : x]", "unknown dynamic");
    check("[for x in var.list : x if var.maybe]", "unknown dynamic");
    check("[for x in var.list : x if var.no]", "error: for-condition at `var.no`");
    check("[for x in [1, 2] : [for y in [10, 20] : x + y]]", "[[11,21,],[12,22,],]");
    check("[for k, v in var.set : k]", "[\"a\",\"b\",]");
}

#[test]
fn splats() {
    check("[{ a = 1 }, { a = 2 }][*].a", "[1,2,]");
    check("var.list[*]", "tolist([\"a\",\"b\",\"c\",])");
    check("var.one[*]", "[1,]");
    check("var.no[*]", "[]");
    check("var.no_list[*]", "error: splat-of-null at `var.no_list`");
    check("var.many[*]", "unknown list of string, not null, length Some(1) to Some(3)");
    check("[[{ a = 1 }]].*.0.a", "[1,]");
    check("[{ a = [{ b = 1 }] }][*].a[*].b", "[[1,],]");
    check("var.unknown[*]", "unknown dynamic");
}

#[test]
fn indexes_name_the_keys() {
    check("var.list[1]", "\"b\"");
    check("var.list[\"1\"]", "\"b\"");
    check("var.list[3]", "error: index-invalid at `3`");
    check("var.map[\"x\"] + var.map.y", "3");
    check("var.map.z", "error: attribute-unknown at `z`");
    check("var.set[0]", "error: index-invalid at `0`");
    check("var.object[\"name\"]", "\"n\"");
    check("var.no[0]", "error: index-of-null at `0`");
    check("var.something.a.b[2]", "unknown dynamic");
}

#[test]
fn objects_and_their_keys() {
    check("{ a = 1, \"b\" = 2, (var.list[0]) = 3 }", "{\"a\" = 3\"b\" = 2}");
    check("{ (var.unknown) = 1 }", "unknown dynamic");
    check("{ (null) = 1 }", "error: object-key at `(null)`");
    check("{ var.one = 1 }", "error: object-key-ambiguous at `var.one`");
    check("{ (var.secret) = 1 }", "sensitive {\"hush\" = 1}");
}

#[test]
fn blocked_operands_are_united_and_hide_errors() {
    check("[var.blocked, var.blocked2]", "blocked: 1 2");
    check("var.blocked + var.object.nope", "blocked: 1");
    check("\"${var.blocked}${var.no}\"", "blocked: 1");
    check("var.blocked ? var.blocked2 : 1", "blocked: 1");
    check("true ? var.blocked : var.blocked2", "blocked: 1 2");
    check("var.blocked && var.blocked2", "blocked: 1");
    check("[for x in var.blocked : var.blocked2]", "blocked: 1");
    check("[for x in var.list : var.blocked]", "blocked: 1");
    check("var.list[var.blocked]", "blocked: 1");
    check("[var.failed, 1]", "failed");
    check("[var.failed, var.blocked]", "blocked: 1");
}

#[test]
fn references_ask_for_no_more_than_they_need() {
    fn check(text: &str, expect: &str, asked: &[&str]) {
        let world = World::new();
        assert_eq!(world.outcome(text), expect, "{text}");
        assert_eq!(world.asked.borrow().as_slice(), asked, "{text}");
    }
    check("t.single.id", "\"i\"", &["keys 0", "one 0"]);
    check("t.count[1].id", "\"i[1]\"", &["keys 1", "one 1[1]"]);
    check("t.half[0].id", "\"i[0]\"", &["keys 4", "one 4[0]"]);
    check("t.half[*].id", "blocked: 7", &["keys 4", "all 4"]);
    check("t.each[\"b\"].id", "\"i[\\\"b\\\"]\"", &["keys 2", "one 2[\"b\"]"]);
    check("t.later[0].id", "unknown dynamic", &["keys 3"]);
    check("module.m.out", "\"m\"", &["module keys 0", "output 0.out"]);
    check("module.ms[\"a\"].out", "\"ma\"", &["module keys 1", "output 1[\"a\"].out"]);
    check("data.t.d.id", "\"i\"", &["keys 5", "one 5"]);
    check("resource.t.single.id", "\"i\"", &["keys 0", "one 0"]);
}

#[test]
fn references_that_lead_nowhere() {
    check("t.count[3].id", "error: index-invalid at `3`");
    check("t.count.id", "error: instance-key-missing at `t.count`");
    check("t.each[\"c\"].id", "error: index-invalid at `\"c\"`");
    check("t.single[0].id", "error: instance-key-unexpected at `0`");
    check("t.single[\"i${\"d\"}\"]", "\"i\"");
    check("module.m.nope", "error: output-undeclared at `nope`");
    check("module.ms.out", "error: instance-key-missing at `module.ms.out`");
    check("var.nope", "error: reference-undeclared at `var.nope`");
    check("local.nope", "error: reference-undeclared at `local.nope`");
    check("u.x.y", "error: reference-undeclared at `u.x`");
    check("data.t.single.id", "error: reference-undeclared at `data.t.single`");
    check("foo", "error: reference-invalid at `foo`");
    check("count.index", "error: count-unavailable at `count.index`");
    check("each.key", "error: each-unavailable at `each.key`");
    check("self.id", "error: self-unavailable at `self`");
    check("path.nope", "error: reference-invalid at `path.nope`");
}

#[test]
fn instance_data_where_allowed() {
    let check = |text: &str, expect: &str| {
        assert_eq!(World::new().per_instance().outcome(text), expect, "{text}");
    };
    check("\"${count.index}${each.key}${each.value}${self.id}\"", "\"1kvself\"");
    check("t.count[count.index].id", "\"i[1]\"");
}

#[test]
fn what_does_not_depend_on_the_instance_is_kept() {
    let world = World::new().per_instance();
    let (mut exprs, mut diags) = (Exprs::new(), Diags::new());
    let root = world.lower("t.count.*.id[count.index]", &mut exprs, &mut diags).unwrap();
    for _ in 0..2 {
        let value = eval(&exprs, root, &world, &mut diags).value().unwrap();
        assert_eq!(value.as_str(), Some("i[1]"));
    }
    assert_eq!(world.asked.borrow().as_slice(), ["keys 1", "all 1", "keep"]);
    assert_eq!(exprs.hoists(), 1);
}

#[test]
fn what_does_not_depend_on_the_iteration_is_kept() {
    let world = World::new();
    check("[for x in [1, 2] : [for y in t.count[*].size : x + y]]", "[[4,4,4,],[5,5,5,],]");
    world.outcome("[for x in [1, 2] : [for y in t.count[*].size : x + y]]");
    assert_eq!(world.asked.borrow().as_slice(), ["keys 1", "all 1", "keep"]);
}

#[test]
fn hints_show_plain_values_only() {
    let world = World::new();
    let (mut exprs, mut diags) = (Exprs::new(), Diags::new());
    let text = "var.list[var.one + var.map[\"x\"] + 5] == var.secret";
    let root = world.lower(text, &mut exprs, &mut diags).unwrap();
    assert_eq!(eval(&exprs, root, &world, &mut diags), Eval::Failed);
    let hints = &diags.iter().next().unwrap().values;
    let expect =
        [("var.list", "list of string with 3 elements"), ("var.map[\"x\"]", "1"), ("var.one", "1")];
    assert_eq!(hints.iter().map(|(a, b)| (&**a, &**b)).collect::<Vec<_>>(), expect);
}

/// On a stack as large as that of a program's main thread.
fn check_deep(text: String, expect: &'static str) {
    let run = move || check(&text, expect);
    let thread = std::thread::Builder::new().stack_size(8 << 20).spawn(run).expect("a thread");
    thread.join().expect("no overflow");
}

#[test]
fn the_deepest_expressions_are_within_the_stack() {
    let tuples = format!("{}var.one{}", "[".repeat(900), "]".repeat(900));
    check_deep(format!("{tuples} == null"), "false");
    check_deep(vec!["var.one"; 900].join(" + "), "900");
    check_deep(format!("{}var.one{}", "(1 + ".repeat(400), ")".repeat(400)), "401");
    let loops = format!("{}var.one{}", "[for x in [1] : ".repeat(400), "]".repeat(400));
    check_deep(format!("{loops} == null"), "false");
    check_deep(format!("{}var.one{}", "true ? ".repeat(400), " : 0".repeat(400)), "1");
    check_deep(format!("{}var.one{}", "max(".repeat(400), ")".repeat(400)), "1");
}

#[test]
fn values_nest_within_a_limit() {
    let mut world = World::new();
    let deep = (0..value::DEPTH_MAX).fold(Value::int(1), |inner, _| Value::tuple(vec![inner]));
    world.add_variable("deep", Eval::Value(deep));
    assert_eq!(world.outcome("[var.deep]"), "error: value-depth at `[var.deep]`");
    assert_eq!(world.outcome("length(var.deep)"), "1");
}
