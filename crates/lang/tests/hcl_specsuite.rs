//! HCL's own suite: each case's file is parsed, decoded through its `.hcldec` specification and compared with its
//! `.t` expectation, places of diagnostics included.
//!
//! The cases stand in `STRATA_CONFORMANCE`, by default in `../shared/conformance` beside the workspace. Of the
//! specification language only what the cases use is read.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use diag::{Diags, FileId, Span};
use lang::body::{LoweredBody, eval_body};
use lang::config::BodySrc;
use lang::constraint::type_constraint;
use lang::eval::{Eval, FreeStep, Scope, eval};
use lang::expr::{Exprs, Lowerer};
use schema::{Attr, Block, BlockParts, NestedBlock, Nesting, Slot};
use support::conformance;
use syntax::{Body, Expr};
use value::{Type, Value, convert};

/// The variables of a specification.
#[derive(Default)]
struct Variables(Vec<(Arc<str>, Value)>);

impl Scope for Variables {
    fn free(&self, root: &str, _: &[FreeStep], _: Span, _: &mut Diags) -> Eval<(Value, usize)> {
        match self.0.iter().find(|(name, _)| &**name == root) {
            Some((_, value)) => Eval::Value((value.clone(), 0)),
            None => Eval::Failed,
        }
    }
}

/// What a specification makes of a body.
enum Spec {
    Literal(Value),
    Object(Block),
    Blocks(NestedBlock),
}

#[test]
fn every_case_of_the_suite() {
    let Some(root) = conformance("hcl/specsuite") else { return };
    let mut cases = Vec::new();
    find_cases(&root, &mut cases);
    cases.sort();
    assert!(!cases.is_empty(), "no case in {}", root.display());
    let mut failed = Vec::new();
    for case in &cases {
        for input in [case.with_extension("hcl"), case.with_extension("hcl.json")] {
            if input.exists()
                && let Err(why) = run(case, &input)
            {
                failed.push(format!("{}: {why}", input.display()));
            }
        }
    }
    support::closing("hcl specsuite", cases.len() - failed.len(), failed.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

fn find_cases(folder: &Path, cases: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            find_cases(&path, cases);
        } else if path.extension().is_some_and(|extension| extension == "t") {
            cases.push(path);
        }
    }
}

fn run(case: &Path, input: &Path) -> Result<(), String> {
    let expected = parse_own(case);
    let (spec, variables) = specification(&parse_own(&case.with_extension("hcldec")));
    let text = fs::read_to_string(input).expect("a readable case");
    let file = FileId::new(0);
    let mut diags = Diags::new();
    let mut exprs = Exprs::new();
    let mut lowerer = Lowerer::free(&mut exprs);
    let lowered = if input.to_string_lossy().ends_with(".json") {
        let parsed = syntax::parse_json(file, &text, &mut diags);
        lowerer.body(&BodySrc::json(&parsed.root, &mut diags), &mut diags)
    } else {
        let parsed = syntax::parse_native(file, &text, &mut diags);
        lowerer.body(&BodySrc::native(&parsed.body), &mut diags)
    };
    let value = if diags.has_errors() {
        None
    } else {
        decode(&spec, &exprs, &lowered, &variables, &mut diags)
    };
    match expected.blocks_of("diagnostics").next() {
        Some(block) => same_places(&block.body, &diags),
        None if diags.has_errors() => Err(format!("unexpected {diags:?}")),
        None => same_value(&expected, value.expect("a value where nothing was reported")),
    }
}

fn decode(
    spec: &Spec,
    exprs: &Exprs,
    body: &LoweredBody,
    scope: &Variables,
    diags: &mut Diags,
) -> Option<Value> {
    match spec {
        Spec::Literal(value) => Some(value.clone()),
        Spec::Object(block) => eval_body(exprs, body, block, scope, diags).value(),
        Spec::Blocks(nested) => {
            let outer =
                Block::new(BlockParts { blocks: vec![nested.clone()], ..BlockParts::default() });
            let value = eval_body(exprs, body, &outer, scope, diags).value()?;
            assert!(matches!(outer.slot(0), Slot::Block(_)));
            value.slot(0).cloned()
        }
    }
}

/// A file of the suite that is not under test.
fn parse_own(path: &Path) -> Body {
    let text = fs::read_to_string(path).expect("a readable case");
    let mut diags = Diags::new();
    let file = syntax::parse_native(FileId::new(0), &text, &mut diags);
    assert!(!diags.has_errors(), "{}: {diags:?}", path.display());
    file.body
}

fn constant(expr: &Expr) -> Value {
    let (mut exprs, mut diags) = (Exprs::new(), Diags::new());
    let root = Lowerer::free(&mut exprs).expr(expr, &mut diags);
    eval(&exprs, root, &Variables::default(), &mut diags)
        .value()
        .unwrap_or_else(|| panic!("{diags:?}"))
}

fn typed(expr: &Expr) -> Type {
    let mut diags = Diags::new();
    let constraint = type_constraint(expr, &mut diags);
    assert!(!diags.has_errors(), "{diags:?}");
    constraint.ty
}

fn specification(body: &Body) -> (Spec, Variables) {
    let mut variables = Variables::default();
    let mut spec = None;
    for block in &body.blocks {
        match &*block.kind.text {
            "variables" => variables.0.extend(
                block.body.attributes.iter().map(|it| (it.name.text.clone(), constant(&it.expr))),
            ),
            "literal" => {
                let value = &block.body.attribute("value").expect("a literal's value").expr;
                spec = Some(Spec::Literal(constant(value)));
            }
            "object" => spec = Some(Spec::Object(object(&block.body))),
            _ => spec = Some(Spec::Blocks(blocks(block, None))),
        }
    }
    (spec.expect("a specification"), variables)
}

fn object(body: &Body) -> Block {
    let mut parts = BlockParts::default();
    for block in &body.blocks {
        let name = block.labels.first().map(|label| label.text.clone());
        if &*block.kind.text == "attr" {
            let ty = block.body.attribute("type").map_or(Type::DYNAMIC, |it| typed(&it.expr));
            parts.attrs.push(Attr::new(name.expect("an attribute's name"), ty).optional());
        } else {
            parts.blocks.push(blocks(block, name));
        }
    }
    Block::new(parts)
}

fn blocks(block: &syntax::Block, name: Option<Arc<str>>) -> NestedBlock {
    let nesting = match &*block.kind.text {
        "block" => Nesting::Single,
        "block_list" => Nesting::List,
        "block_set" => Nesting::Set,
        "block_map" => Nesting::Map,
        other => panic!("specification `{other}` is not read"),
    };
    let named = || constant(&block.body.attribute("block_type").expect("a block's type").expr);
    let name = name.unwrap_or_else(|| named().as_arc_str().expect("a string").clone());
    let inner = block.body.blocks_of("object").next().expect("an object within");
    NestedBlock::new(name, nesting, object(&inner.body))
}

fn same_value(expected: &Body, value: Value) -> Result<(), String> {
    let ty = expected.attribute("result_type").map(|it| typed(&it.expr));
    let value = match ty {
        Some(ty) => convert::convert(&value, ty)
            .map_err(|error| format!("type {:?}: {error}", value.ty()))?,
        None => value,
    };
    let Some(result) = expected.attribute("result") else { return Ok(()) };
    let wanted = convert::convert(&constant(&result.expr), value.ty())
        .expect("an expectation of its own type");
    if wanted.same(&value) {
        return Ok(());
    }
    Err(format!("expected {}\ngot {}", lang::print::value(&wanted), lang::print::value(&value)))
}

/// Whether errors stand exactly where they are expected.
fn same_places(expected: &Body, diags: &Diags) -> Result<(), String> {
    let byte = |body: &Body, name: &str| {
        let place = body.blocks_of(name).next().expect("a place");
        let value = constant(&place.body.attribute("byte").expect("a byte").expr);
        value.as_number().and_then(value::Number::to_u64).expect("a whole number") as u32
    };
    let mut wanted: Vec<(u32, u32)> = expected
        .blocks_of("error")
        .map(|error| (byte(&error.body, "from"), byte(&error.body, "to")))
        .collect();
    let mut found: Vec<(u32, u32)> = diags
        .iter()
        .filter(|it| it.is_error())
        .filter_map(|it| it.span.map(|span| (span.start, span.end)))
        .collect();
    wanted.sort_unstable();
    found.sort_unstable();
    if wanted == found {
        Ok(())
    } else {
        Err(format!("expected errors at {wanted:?}, found {found:?}: {diags:?}"))
    }
}
