//! Large configurations: that nothing grows faster than what is planned. Times are printed, not judged; run with
//! `--nocapture` and an optimising profile to see them.

mod support;

use std::time::Instant;

use support::{Stack, without_errors};

#[expect(clippy::print_stdout, reason = "a measurement, shown when asked for")]
fn timed(name: &str, fixture: &str, expect: usize) {
    let begun = Instant::now();
    let mut stack = Stack::new(fixture);
    let loaded = begun.elapsed();
    let begun = Instant::now();
    let outcome = stack.plan();
    let planned = begun.elapsed();
    without_errors(&outcome.diags);
    assert_eq!(outcome.plan.counts().add, expect);
    println!("{name}: loaded in {loaded:?}, planned in {planned:?}");
}

fn blocks(count: usize) -> String {
    let block = |n: usize| format!("resource \"test_thing\" \"t{n}\" {{ name = \"n{n}\" }}\n");
    (0..count).map(block).collect()
}

fn correlated(count: usize, spelling: &str) -> String {
    format!(
        r#"
        resource "test_thing" "a" {{
          count = {count}
          name  = "a${{count.index}}"
        }}
        resource "test_thing" "b" {{
          count = {count}
          name  = {spelling}
        }}
        "#
    )
}

#[test]
fn many_blocks() {
    timed("2,000 blocks", &blocks(2_000), 2_000);
}

#[test]
fn many_correlated_instances() {
    for spelling in [
        "test_thing.a[count.index].id",
        "element(test_thing.a[*].id, count.index)",
        "test_thing.a.*.id[count.index]",
        "values({ for k, v in test_thing.a : k => v.id })[count.index]",
    ] {
        timed(spelling, &correlated(500, spelling), 1_000);
    }
}

#[test]
#[ignore = "takes long without an optimising profile"]
fn ten_thousand_blocks() {
    timed("10,000 blocks", &blocks(10_000), 10_000);
}

#[test]
#[ignore = "takes long without an optimising profile"]
fn two_thousand_correlated() {
    for spelling in [
        "test_thing.a[count.index].id",
        "element(test_thing.a[*].id, count.index)",
        "test_thing.a.*.id[count.index]",
    ] {
        timed(spelling, &correlated(1_000, spelling), 2_000);
    }
}
