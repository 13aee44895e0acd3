//! The functions as `tofu console` prints their results: value, type and errors of each case.
//!
//! The cases stand in `STRATA_CONFORMANCE`, by default in `../shared/conformance` beside the workspace.

mod support;

use std::fs;

use diag::{Diags, FileId};
use lang::config::Names;
use lang::eval::{Asked, Eval, Scope, eval};
use lang::expr::{ConsoleLine, Exprs, Lowerer};
use lang::print;
use support::conformance;

/// A world in which every folder is empty.
struct Nowhere;

impl Scope for Nowhere {
    fn world(&self, asked: &Asked<'_>, _: &mut Diags) -> Eval<Option<funcs::Answer>> {
        match asked.request {
            funcs::Request::ListFiles { .. } => Eval::Value(Some(funcs::Answer::Files(Vec::new()))),
            other => panic!("no case asks the world for {other:?}"),
        }
    }
}

/// What the console answers to a line.
fn console(line: &str) -> Result<String, String> {
    let (mut exprs, mut diags) = (Exprs::new(), Diags::new());
    let names = Names::new();
    let lowered = syntax::parse_expression(FileId::new(0), line, &mut diags)
        .map(|expr| Lowerer::module(&names, &mut exprs).console(&expr, &mut diags));
    let Some(lowered) = lowered.filter(|_| !diags.has_errors()) else {
        return Err(format!("{diags:?}"));
    };
    let id = match lowered {
        ConsoleLine::Type(id) | ConsoleLine::Value(id) => id,
    };
    match (eval(&exprs, id, &Nowhere, &mut diags), lowered) {
        (Eval::Value(value), ConsoleLine::Type(_)) => Ok(print::type_text(value.ty())),
        (Eval::Value(value), ConsoleLine::Value(_)) => Ok(print::value(&value)),
        _ => Err(format!("{diags:?}")),
    }
}

#[test]
fn every_case() {
    let Some(path) = conformance("functions/cases.json") else { return };
    let text = fs::read_to_string(path).expect("readable cases");
    let cases: Vec<serde_json::Value> = serde_json::from_str(&text).expect("cases in JSON");
    let mut failed = Vec::new();
    for case in &cases {
        let text = |name: &str| case.get(name).and_then(|it| it.as_str());
        let expr = text("expr").expect("an expression");
        let mut wrong = Vec::new();
        let checks = [(text("console"), expr.to_owned()), (text("type"), format!("type({expr})"))];
        for (expected, line) in checks {
            let found = console(&line);
            match expected {
                Some(expected) if found.as_deref() != Ok(expected) => {
                    wrong.push(format!("{line}\n  expected {expected}\n  found {found:?}"));
                }
                None if case.get("error").is_some() && found.is_ok() => {
                    wrong.push(format!("{line}\n  expected an error\n  found {found:?}"));
                }
                _ => {}
            }
        }
        failed.extend((!wrong.is_empty()).then(|| wrong.join("\n")));
    }
    support::closing("functions", cases.len() - failed.len(), failed.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
