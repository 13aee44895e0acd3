//! Recorded answers of OpenTofu's own type system (cty 1.18) to generated questions, one a line in
//! `vectors.tsv`: the question's kind, values as their type in JSON and their MessagePack in
//! hexadecimal, and the answer. What is not in the file are questions to which OpenTofu's answer
//! depends on chance.

use value::{Type, Value, convert, json, msgpack, ops};

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text.chars().map(|c| c.to_digit(16).expect("a digit") as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn hex(value: &Value) -> String {
    msgpack::encode(value, value.ty()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn ty(text: &str) -> Type {
    json::type_from_json(text.as_bytes()).expect("a type")
}

fn value(ty_text: &str, bytes: &str) -> Value {
    msgpack::decode(&unhex(bytes), ty(ty_text)).expect("a value")
}

fn recorded(value: &Value) -> String {
    format!("{}\t{}", json::type_to_json(value.ty()), hex(value))
}

fn elements(value: &Value) -> String {
    if value.len().is_none() {
        return "none".into();
    }
    value.elements().map(|(_, element)| hex(&element)).collect::<Vec<_>>().join(",")
}

fn operate(name: &str, a: &Value, b: &Value) -> String {
    let op = match name {
        "add" => ops::add,
        "sub" => ops::sub,
        "mul" => ops::mul,
        "div" => ops::div,
        "rem" => ops::rem,
        "lt" => ops::lt,
        "le" => ops::le,
        "gt" => ops::gt,
        "ge" => ops::ge,
        _ => panic!("no operator {name}"),
    };
    match op(a, b) {
        Err(_) => "ERROR".into(),
        Ok(result) => result.as_number().map_or_else(|| recorded(&result), |n| n.to_text()),
    }
}

/// The answer in the file's notation, and the answer that stands there.
fn ask(line: &str) -> (String, String) {
    let parts: Vec<_> = line.split('\t').collect();
    let rest = |from: usize| parts[from..].join("\t");
    match parts.as_slice() {
        ["same", t, v, ..] => (recorded(&value(t, v)), rest(1)),
        ["list", t, v, ..] => (elements(&value(t, v)), rest(3)),
        ["json", t, v, ..] => (json::encode_simple(&value(t, v)).expect("known"), rest(3)),
        ["jsondyn", t, v, ..] => {
            (json::encode(&value(t, v), Type::DYNAMIC).expect("known"), rest(3))
        }
        ["convert", t, v, want, ..] => {
            let converted = convert::convert(&value(t, v), ty(want));
            // The words of errors are our own.
            let expect = if parts[4].starts_with("ERROR") { "ERROR".into() } else { rest(4) };
            (converted.map_or_else(|_| "ERROR".into(), |value| recorded(&value)), expect)
        }
        [kind @ ("unify" | "unifysafe"), types, ..] => {
            let types: Vec<_> = types.split(';').map(ty).collect();
            let unify = if *kind == "unify" { convert::unify } else { convert::unify_safe };
            (unify(&types).map_or_else(|| "nil".into(), json::type_to_json), rest(2))
        }
        ["equals", t, v, u, w, ..] => {
            (recorded(&ops::eq(&value(t, v), &value(u, w)).expect("never errs")), rest(5))
        }
        ["op", name, t, v, u, w, ..] => (operate(name, &value(t, v), &value(u, w)), rest(6)),
        ["num", t, v, _, _, floor, ceil, ..] => {
            let value = value(t, v);
            let number = value.as_number().expect("a number");
            let texts = [number.to_text(), number.floor().to_text(), number.ceil().to_text()];
            (texts.join(" "), format!("{} {floor} {ceil}", parts[3]))
        }
        _ => panic!("a line of no kind: {line}"),
    }
}

#[test]
fn answers_are_the_same() {
    let lines = include_str!("vectors.tsv").lines();
    let wrong: Vec<_> = lines
        .filter_map(|line| {
            let (answer, expect) = ask(line);
            (answer != expect).then(|| format!("{line}\n  gives {answer}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} answers differ:\n{}", wrong.len(), wrong.join("\n"));
}
