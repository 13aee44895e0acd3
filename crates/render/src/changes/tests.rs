//! Changes as a reviewer reads them.

use insta::assert_snapshot;
use value::{Marks, Value};

use super::diff::{Diff, Note};
use super::*;

fn shown(before: &Value, after: &Value) -> String {
    let wires = Wires::default();
    let how = Showing { wires: &wires, secrets: Secrets::Hidden, paint: Paint::Plain };
    let mut out = String::new();
    Diff::new(how, &mut out).entry("it", Some(before), Some(after), Note::None);
    out
}

fn text(text: &str) -> Value {
    Value::string(text.to_owned())
}

fn map(entries: &[(&str, &str)]) -> Value {
    Value::object(entries.iter().map(|(key, value)| ((*key).into(), text(value))))
}

#[test]
fn what_fits_stands_on_a_line() {
    assert_snapshot!(shown(&text("a"), &text("b")), @r#"    ~ it = "a" -> "b""#);
    assert_snapshot!(shown(&map(&[("a", "1")]), &map(&[("a", "2")])), @r#"    ~ it = {a = "1"} -> {a = "2"}"#);
}

#[test]
fn objects_differ_key_by_key() {
    let long = "x".repeat(60);
    let before = map(&[("same", &long), ("gone", "1"), ("other key", "2")]);
    let after = map(&[("same", &long), ("new", "1"), ("other key", "3")]);
    assert_snapshot!(shown(&before, &after), @r#"
        ~ it = {
          - gone = "1"
          + new = "1"
          ~ "other key" = "2" -> "3"
            1 unchanged
          }
    "#);
}

#[test]
fn sequences_differ_between_what_stays_at_both_ends() {
    let list =
        |texts: &[&str]| Value::tuple(texts.iter().map(|one| text(&one.repeat(30))).collect());
    assert_snapshot!(shown(&list(&["a", "b", "c"]), &list(&["a", "x", "y", "c"])), @r#"
        ~ it = [
          - "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
          + "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
          + "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
            2 unchanged
          ]
    "#);
}

#[test]
fn texts_differ_by_what_they_say() {
    let policy = |action: &str| {
        text(&format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"arn:aws:s3:::acme-logs-*"}}]}}"#
        ))
    };
    assert_snapshot!(shown(&policy("s3:GetObject"), &policy("s3:PutObject")), @r#"
        ~ it = JSON {
          ~ Statement = [
            ~ {
              ~ Action = "s3:GetObject" -> "s3:PutObject"
                2 unchanged
              }
            ]
            1 unchanged
          }
    "#);
    assert_snapshot!(shown(&text("a\nb\nc\n"), &text(&format!("a\n{}\nc\n", "b".repeat(99)))), @r#"
        ~ it = <<-EOT
          - b
          + bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
            2 unchanged
          EOT
    "#);
}

#[test]
fn a_secret_is_hidden_wherever_it_lies_and_a_difference_is_never_silent() {
    let secret = |it: &str| text(it).with_marks(Marks::SENSITIVE);
    let told = shown(&secret("canary-1"), &secret("canary-2"));
    assert_snapshot!(told, @"    ~ it = (sensitive value)  differs, hidden");
    let inside = |it: &str| Value::object([("a".into(), secret(it)), ("b".into(), text("x"))]);
    assert_snapshot!(shown(&inside("canary-1"), &inside("canary-2")), @r#"
        ~ it = {
          ~ a = (sensitive value)  differs, hidden
            1 unchanged
          }
    "#);
    assert_snapshot!(shown(&text("a"), &secret("a")), @"    ~ it = (sensitive value)  differs, hidden");
}
