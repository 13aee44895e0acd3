//! Tests of calls, and of the functions that this crate carries out.

use crate::fixture::World;

fn check(text: &str, expect: &str) {
    assert_eq!(World::new().outcome(text), expect, "{text}");
}

#[test]
fn faults_of_calls() {
    check("upper(\"a\")", "\"A\"");
    check("core::upper(\"a\")", "\"A\"");
    check("uper(\"a\")", "error: function-unknown at `uper`");
    check("upper()", "error: call-arguments at `)`");
    check("upper(\"a\", 2)", "error: call-arguments at `2`");
    check("upper([])", "error: call-argument at `[]`");
    check("type(1)", "error: function-unknown at `type`");
    check("upper(var.blocked)", "blocked: 1");
    check("upper(var.secret)", "sensitive \"HUSH\"");
    check("upper(var.unknown)", "unknown string, not null");
}

#[test]
fn expanded_arguments() {
    check("max([1, 5, 3]...)", "5");
    check("max(var.no_list...)", "error: call-expansion at `var.no_list`");
    check("max(5...)", "error: call-expansion at `5`");
    check("concat(var.many...)", "unknown dynamic");
}

#[test]
fn try_and_can_see_errors_only() {
    check("try(var.object.nope, 2)", "2");
    check(
        "try(var.list[7], var.object.nope)",
        "error: try-failed at `try(var.list[7], var.object.nope)`",
    );
    check("try(var.blocked, 1)", "blocked: 1");
    check("try(var.failed, 1)", "failed");
    check("try(var.unknown, 1)", "unknown dynamic");
    check("can(var.object.nope)", "false");
    check("can(var.one)", "true");
    check("can(var.unknown)", "unknown bool");
    check("can(var.blocked)", "blocked: 1");
    check("try(t.count[9].id, \"none\")", "\"none\"");
}

#[test]
fn coalesce_stops_at_what_is_waited_for() {
    check("coalesce(var.blocked, var.blocked2)", "blocked: 1");
    check("coalesce(var.no, \"x\")", "\"x\"");
}

#[test]
fn keys_and_lengths_of_resources_ask_for_no_instance() {
    check("length(t.half)", "2");
    check("keys(t.each)", "[\"a\",\"b\",]");
    check("length(t.later)", "unknown number, not null");
    check("length(module.ms)", "2");
    check("length(t.single)", "2");
}

#[test]
fn templates_from_text_and_files() {
    check("templatestring(\"$${a}-$${b}\", { a = 1, b = var.secret })", "sensitive \"1-hush\"");
    check("templatestring(\"$${nope}\", {})", "error: template-failed at `\"$${nope}\"`");
    check("templatestring(\"$${a\", {})", "error: template-failed at `\"$${a\"`");
    check("templatestring(\"x\", 5)", "error: call-argument at `5`");
    check("templatestring(var.unknown, {})", "unknown dynamic");
    check("templatefile(\"greet.tmpl\", { name = \"W\", list = var.list })", "\"Hello, W! a b c\"");
    check("templatefile(\"loop.tmpl\", {})", "error: template-failed at `\"loop.tmpl\"`");
    check(
        "templatestring(\"$${[for x in [1, 2] : upper(y)][0]}\", { y = var.blocked })",
        "blocked: 1",
    );
}

#[test]
fn impure_functions_ask_the_world() {
    check("file(\"greet.tmpl\") != \"\"", "true");
    check("timestamp()", "unknown string, not null");
}
