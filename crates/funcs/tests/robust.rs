//! Whatever a function is given, it answers: a value or a fault, never a panic. And what it says of unknown arguments
//! stays true of known ones.

mod support;

use funcs::{Answer, FileKind, Purity, Step, WorldFault};
use proptest::prelude::*;
use support::{list, map, secret, set, v};
use value::{Marks, Refinement, Type, Value};

/// Values of all types, in all states.
fn pool() -> Vec<Value> {
    let texts = [
        "",
        "a",
        "true",
        "12",
        "-0.5",
        "é\u{301}",
        "a\nb\r\n",
        "%s %d %v",
        "%[2]q",
        "[a-z]+",
        "(",
        "10.0.0.0/8",
        "fd00::/64",
        "2017-11-22T00:00:00Z",
        "1h30m",
        "YYYY'",
        "aGVsbG8=",
        "{\"a\":[1]}",
        "a: [1, *x]",
        "x,y\n1,2",
        "UTF-16",
        "dns",
        "**/*.{a,b}",
        "/a(b)?/",
        "%41%zz",
    ];
    let numbers = ["0", "1", "-1", "2.5", "300", "1e30", "-1e-30", "99999999999999999999"];
    let mut pool: Vec<Value> = texts.iter().map(|text| Value::string(*text)).collect();
    pool.extend(numbers.iter().map(|text| v(text)));
    pool.extend([
        Value::TRUE,
        Value::FALSE,
        v("null"),
        Value::null(Type::STRING),
        Value::null(Type::list(Type::STRING)),
        v("[]"),
        v("{}"),
        v(r#"["a", 1, null, ["b", []]]"#),
        v(r#"{"a": 1, "b": {"c": [true]}}"#),
        list(r#"["a", "b", "a"]"#),
        list("[1, 2, 3]"),
        list("[[1], []]"),
        set(r#"["b", "a"]"#),
        set("[]"),
        map(r#"{"a": "x", "b": "y"}"#),
        map(r#"{"a": ["x"], "b": []}"#),
        Value::DYNAMIC,
        Value::unknown(Type::STRING),
        Value::unknown_with(Type::STRING, Refinement::NOT_NULL.prefix("12a")),
        Value::unknown(Type::NUMBER),
        Value::unknown(Type::BOOL),
        Value::unknown(Type::list(Type::STRING)),
        Value::unknown(Type::map(Type::NUMBER)),
        Value::unknown(Type::tuple(&[Type::STRING, Type::DYNAMIC])),
        Value::unknown(Type::object([("a".into(), Type::STRING)])),
        Value::tuple(vec![Value::DYNAMIC, Value::unknown(Type::STRING)]),
        Value::list(Type::STRING, vec![Value::string("a"), Value::unknown(Type::STRING)]),
        Value::set(Type::STRING, vec![Value::string("a"), Value::unknown(Type::STRING)]),
        Value::map(Type::STRING, [("a".into(), Value::unknown(Type::STRING))]),
        secret(Value::string("s")),
        secret(Value::unknown(Type::STRING)),
        secret(list(r#"["a"]"#)),
        Value::tuple(vec![secret(Value::string("s")), Value::int(1)]),
        Value::string("e").with_marks(Marks::EPHEMERAL),
        secret(Value::DYNAMIC),
    ]);
    pool
}

/// What a call comes to, whoever carries it out.
fn outcome(name: &str, args: &[Value]) -> Option<Value> {
    let function = support::function(name);
    match function.purity() {
        Purity::Pure => funcs::call(function, args).ok(),
        Purity::Evaluates => None,
        Purity::Impure => match funcs::request(function, args).ok()? {
            Step::Value(value) => Some(value),
            Step::Ask(request) => {
                use funcs::Request;
                let answer = match request {
                    Request::ReadFile { .. } => Answer::Bytes(b"x\xff".as_slice().into()),
                    Request::FileKind { .. } => Answer::Kind(FileKind::Folder),
                    Request::ListFiles { .. } => Answer::Files(vec!["a".into(), "b/c.a".into()]),
                    Request::WorkingFolder => Answer::Text("/x".into()),
                    Request::ExpandHome { .. } => {
                        Answer::Failed(WorldFault::Other("no home".into()))
                    }
                    Request::Now | Request::PlanTime => Answer::Seconds(-1),
                    Request::Random => Answer::Random(7),
                };
                funcs::finish(function, args, answer).ok()
            }
        },
    }
}

/// Whether `later` is what `earlier` said it would be.
fn refines(earlier: &Value, later: &Value) -> bool {
    if !earlier.is_known() {
        let typed = earlier.ty().has_dynamic() || earlier.ty() == later.ty();
        return typed && !(earlier.is_certainly_not_null() && later.is_null());
    }
    match (earlier.elements(), later.elements()) {
        _ if earlier.is_wholly_known() => {
            let (earlier, later) = (earlier.clone().unmark_deep().0, later.clone().unmark_deep().0);
            earlier.same(&later)
        }
        // Sets may shrink when elements turn out equal.
        _ if earlier.ty().is_set() => true,
        (a, b) => a.len() == b.len() && a.zip(b).all(|((_, a), (_, b))| refines(&a, &b)),
    }
}

fn args_for(picks: &[usize], pool: &[Value]) -> Vec<Value> {
    picks.iter().map(|pick| pool[pick % pool.len()].clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_arguments_make_a_function_panic(picks in prop::collection::vec(0_usize..1000, 0..5)) {
        let pool = pool();
        let args = args_for(&picks, &pool);
        for name in funcs::names().filter(|name| *name != "bcrypt") {
            outcome(name, &args);
        }
    }

    #[test]
    fn what_is_said_of_unknowns_stays_true(picks in prop::collection::vec(0_usize..1000, 1..4), hole in 0_usize..4) {
        let pool: Vec<Value> = pool().into_iter().filter(|value| value.is_wholly_known()).collect();
        let known = args_for(&picks, &pool);
        let hole = hole % known.len();
        let mut open = known.clone();
        open[hole] = Value::unknown(known[hole].ty()).with_marks(known[hole].marks());
        for name in funcs::names().filter(|name| *name != "bcrypt") {
            let (Some(early), Some(late)) = (outcome(name, &open), outcome(name, &known)) else {
                continue;
            };
            prop_assert!(refines(&early, &late), "{name}{known:?} early {early:?} late {late:?}");
        }
    }

    #[test]
    fn no_text_makes_a_function_panic(text in "\\PC{0,40}", other in "\\PC{0,12}") {
        for name in funcs::names().filter(|name| *name != "bcrypt") {
            outcome(name, &[Value::string(text.as_str())]);
            outcome(name, &[Value::string(text.as_str()), Value::string(other.as_str())]);
            outcome(name, &[Value::string(other.as_str()), Value::string(text.as_str())]);
        }
    }

    #[test]
    fn yaml_reads_what_it_writes(text in "[ -~\\n\\t\u{85}\u{a0}é\u{1f600}]{0,200}", key in "[ -~\\n]{0,140}") {
        let value = Value::object([(key.as_str().into(), Value::tuple(vec![Value::string(text.as_str())]))]);
        let written = outcome("yamlencode", std::slice::from_ref(&value)).expect("YAML");
        let read = outcome("yamldecode", std::slice::from_ref(&written));
        prop_assert!(read.as_ref().is_some_and(|read| read.same(&value)), "{written:?} {read:?}");
    }
}
