//! The law of unknowns, as a property: what is said of a result while variables are unknown stays true once they are
//! known. An unknown only becomes more known, and a known part never changes.
//!
//! Where HCL itself breaks the law, nothing is generated: branches of a condition are of one type (of an unknown type
//! in one branch HCL makes no common type), `try` and `can` look at one access only (what else in an expression is
//! unknown may yet turn out null, and so an error: a condition that is unknown between two equal results gives that result, known, and
//! fails later; as the middle argument of `try` it would have been passed over). The type of a null is not compared. An error may go away, since `&&` and `||` drop the errors of what the other side decides.

use std::sync::Arc;

use diag::{Diags, FileId};
use lang::config::{Names, VarIdx};
use lang::eval::{Eval, Scope, eval};
use lang::expr::{Exprs, Lowerer};
use proptest::prelude::*;
use value::{Kind, Type, Value};

const VARIABLES: [&str; 10] = ["n1", "n2", "s1", "s2", "b1", "b2", "l1", "l2", "m1", "o1"];

struct Variables(Vec<Value>);

impl Scope for Variables {
    fn variable(&self, variable: VarIdx) -> Eval {
        Eval::Value(self.0[variable.index()].clone())
    }
}

/// Expressions that give numbers, strings, truth values, lists and objects, by the depth that is left.
fn number(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        Just("var.n1".to_owned()),
        Just("var.n2".to_owned()),
        (-2i64..4).prop_map(|n| n.to_string())
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = || number(depth - 1);
    prop_oneof![
        leaf,
        (inner(), prop_oneof![Just("+"), Just("-"), Just("*"), Just("/"), Just("%")], inner())
            .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
        (truth(depth - 1), inner(), inner()).prop_map(|(c, a, b)| format!("({c} ? {a} : {b})")),
        list(depth - 1).prop_map(|l| format!("length({l})")),
        text(depth - 1).prop_map(|s| format!("length({s})")),
        (inner(), inner()).prop_map(|(a, b)| format!("max({a}, {b})")),
        (inner(), inner()).prop_map(|(a, b)| format!("[{a}, {b}][{a}]")),
        object(depth - 1).prop_map(|o| format!("{o}.n")),
        inner().prop_map(|a| format!("try(var.o1.n + var.n1, var.n2, {a})")),
        inner().prop_map(|a| format!("-{a}")),
    ]
    .boxed()
}

fn text(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        Just("var.s1".to_owned()),
        Just("var.s2".to_owned()),
        Just("\"a-\"".to_owned()),
        Just("null".to_owned())
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = || text(depth - 1);
    prop_oneof![
        leaf,
        (inner(), inner()).prop_map(|(a, b)| format!("\"{{}}${{{a}}}-${{{b}}}\"")),
        (truth(depth - 1), inner(), inner()).prop_map(|(c, a, b)| format!("({c} ? {a} : {b})")),
        (truth(depth - 1), inner(), inner()).prop_map(|(c, a, b)| format!(
            "\"%{{ if {c} }}${{{a}}}%{{ else }}${{{b}}}%{{ endif }}\""
        )),
        list(depth - 1).prop_map(|l| format!("\"%{{ for x in {l} }}${{x}},%{{ endfor }}\"")),
        (list(depth - 1), number(depth - 1)).prop_map(|(l, n)| format!("{l}[{n}]")),
        inner().prop_map(|a| format!("upper({a})")),
        (inner(), inner()).prop_map(|(a, b)| format!("coalesce({a}, {b}, \"z\")")),
        (inner(), list(depth - 1)).prop_map(|(a, l)| format!("join({a}, {l})")),
        object(depth - 1).prop_map(|o| format!("{o}[\"s\"]")),
        inner().prop_map(|b| format!("try(var.l1[var.n1], {b})")),
        inner().prop_map(|a| format!("lookup(var.m1, {a}, \"none\")")),
        inner().prop_map(|a| format!("var.m1[{a}]")),
        (inner(), inner()).prop_map(|(a, b)| format!("{{ ({a}) = {b} }}[{a}]")),
    ]
    .boxed()
}

fn truth(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        Just("var.b1".to_owned()),
        Just("var.b2".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned())
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = || truth(depth - 1);
    prop_oneof![
        leaf,
        (inner(), prop_oneof![Just("&&"), Just("||"), Just("=="), Just("!=")], inner())
            .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
        (
            number(depth - 1),
            prop_oneof![Just("<"), Just("<="), Just(">"), Just(">="), Just("==")],
            number(depth - 1)
        )
            .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
        (text(depth - 1), text(depth - 1)).prop_map(|(a, b)| format!("({a} == {b})")),
        Just("(var.l1 == var.l2)".to_owned()),
        object(depth - 1).prop_map(|o| format!("({o} == null)")),
        text(depth - 1).prop_map(|s| format!("startswith({s}, \"a\")")),
        Just("can(var.l1[var.n1])".to_owned()),
        inner().prop_map(|a| format!("!{a}")),
    ]
    .boxed()
}

fn list(depth: u32) -> BoxedStrategy<String> {
    let leaf =
        prop_oneof![Just("var.l1".to_owned()), Just("var.l2".to_owned()), Just("[]".to_owned())];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = || list(depth - 1);
    prop_oneof![
        leaf,
        (text(depth - 1), text(depth - 1)).prop_map(|(a, b)| format!("[{a}, {b}]")),
        (inner(), truth(depth - 1)).prop_map(|(l, c)| format!("[for i, x in {l} : x if {c}]")),
        (inner(), text(depth - 1))
            .prop_map(|(l, s)| format!("[for x in {l} : \"${{x}}${{{s}}}\"]")),
        Just("var.l1[*]".to_owned()),
        (inner(), inner()).prop_map(|(a, b)| format!("concat({a}, {b})")),
        inner().prop_map(|l| format!("tolist({l})")),
        inner().prop_map(|l| format!("keys({{ for x in {l} : x => 1... }})")),
        text(depth - 1).prop_map(|s| format!("{s}[*]")),
    ]
    .boxed()
}

fn object(depth: u32) -> BoxedStrategy<String> {
    let leaf = Just("var.o1".to_owned());
    if depth == 0 {
        return leaf.boxed();
    }
    prop_oneof![
        leaf,
        (number(depth - 1), text(depth - 1)).prop_map(|(n, s)| format!("{{ n = {n}, s = {s} }}")),
        (object(depth - 1), number(depth - 1))
            .prop_map(|(o, n)| format!("merge({o}, {{ n = {n} }})")),
    ]
    .boxed()
}

fn expression() -> BoxedStrategy<String> {
    prop_oneof![number(3), text(3), truth(3), list(3), object(3)].boxed()
}

fn strings() -> BoxedStrategy<Value> {
    let word = prop_oneof![Just("a"), Just("a-b"), Just("b"), Just("1")].prop_map(Value::string);
    prop::collection::vec(word, 0..3).prop_map(|words| Value::list(Type::STRING, words)).boxed()
}

fn values() -> BoxedStrategy<Vec<Value>> {
    let numbers =
        || prop_oneof![4 => (-1i64..3).prop_map(Value::int), 1 => Just(Value::null(Type::NUMBER))];
    let texts = || {
        let word = prop_oneof![Just("a"), Just("a-b"), Just("b"), Just("1"), Just("")];
        prop_oneof![4 => word.prop_map(Value::string), 1 => Just(Value::null(Type::STRING))]
    };
    let truths = || any::<bool>().prop_map(Value::bool);
    let map = texts().prop_map(|it| Value::map(Type::STRING, [("a".into(), it)]));
    let object = (numbers(), texts()).prop_map(|(n, s)| {
        let pairs: [(Arc<str>, Value); 2] = [("n".into(), n), ("s".into(), s)];
        Value::object(pairs)
    });
    (numbers(), numbers(), texts(), texts(), truths(), truths(), strings(), strings(), map, object)
        .prop_map(|(a, b, c, d, e, f, g, h, i, j)| vec![a, b, c, d, e, f, g, h, i, j])
        .boxed()
}

fn run(text: &str, variables: Vec<Value>) -> Option<Value> {
    let mut names = Names::new();
    for (at, name) in VARIABLES.iter().enumerate() {
        names.add_variable((*name).into(), VarIdx::new(at));
    }
    let (mut exprs, mut diags) = (Exprs::new(), Diags::new());
    let expr = syntax::parse_expression(FileId::new(0), text, &mut diags)
        .unwrap_or_else(|| panic!("{text}: {diags:?}"));
    let root = Lowerer::module(&names, &mut exprs).expr(&expr, &mut diags);
    assert!(!diags.has_errors(), "{text}: {diags:?}");
    match eval(&exprs, root, &Variables(variables), &mut diags) {
        Eval::Value(value) => Some(value),
        Eval::Failed => {
            assert!(diags.has_errors(), "{text} failed without a word");
            None
        }
        Eval::Blocked(on) => panic!("{text} waits for {on:?}"),
    }
}

/// Whether a value is one of those that the earlier result left open.
fn fits(earlier: &Value, later: &Value) -> bool {
    if !earlier.is_known() && later.is_null() {
        return !earlier.is_certainly_not_null();
    }
    if !earlier.is_known() {
        return type_fits(earlier.ty(), later.ty()) && range_fits(earlier, later);
    }
    if earlier.is_null() || later.is_null() {
        return earlier.is_null() && later.is_null();
    }
    match (earlier.as_slice(), later.as_slice(), earlier.as_entries(), later.as_entries()) {
        (Some(a), Some(b), ..) => {
            type_fits(earlier.ty(), later.ty())
                && a.len() == b.len()
                && a.iter().zip(b).all(|(a, b)| fits(a, b))
        }
        (_, _, Some(a), Some(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0 == b.0 && fits(&a.1, &b.1))
        }
        _ => earlier.same(later),
    }
}

fn type_fits(earlier: Type, later: Type) -> bool {
    match (earlier.kind(), later.kind()) {
        (Kind::Dynamic, _) | (_, Kind::Dynamic) => true,
        (Kind::List(a), Kind::List(b))
        | (Kind::Set(a), Kind::Set(b))
        | (Kind::Map(a), Kind::Map(b)) => type_fits(a, b),
        (Kind::Tuple(a), Kind::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| type_fits(*a, *b))
        }
        (Kind::Object(a), Kind::Object(b)) => {
            a.names() == b.names()
                && a.types().iter().zip(b.types()).all(|(a, b)| type_fits(*a, *b))
        }
        _ => earlier == later,
    }
}

fn range_fits(earlier: &Value, later: &Value) -> bool {
    let range = earlier.range();
    let prefix = range.string_prefix.as_deref();
    prefix.is_none_or(|prefix| later.as_str().is_some_and(|text| text.starts_with(prefix)))
        && later.as_number().is_none_or(|number| range.admits_number(number))
        && (!later.ty().is_collection()
            || later.len().is_none_or(|length| range.admits_length(length as u64)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_known_early_stays_true(text in expression(), values in values(), mask in 0u32..1024) {
        let unknown = |(at, value): (usize, &Value)| {
            if mask & (1 << at) == 0 { value.clone() } else { Value::unknown(value.ty()) }
        };
        let earlier = run(&text, values.iter().enumerate().map(unknown).collect());
        let later = run(&text, values.clone());
        if let (Some(earlier), Some(later)) = (earlier, later) {
            prop_assert!(
                fits(&earlier, &later),
                "{text}\nfirst {}\nthen  {}\nwith {:?}", shown(&earlier), shown(&later), values
            );
        }
    }
}

fn shown(value: &Value) -> String {
    format!(
        "{} of type {}, {:?}",
        lang::print::value(value),
        value.ty().friendly_name(),
        value.range()
    )
}
