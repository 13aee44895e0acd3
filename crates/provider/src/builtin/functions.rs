//! The functions of the built-in provider: `encode_expr`, `encode_tfvars`, `decode_tfvars`.
//!
//! They write values in the language's syntax, and read files of variables. Not here: the language's own functions.

mod decode;
mod encode;

use std::collections::BTreeMap;
use std::sync::Arc;

use schema::protocol::FunctionError;
use schema::{Description, FunctionParam, FunctionSchema};
use value::{Type, Value};

/// The schemas of all of them.
pub(super) fn schemas() -> BTreeMap<Arc<str>, Arc<FunctionSchema>> {
    [
        function(
            "decode_tfvars",
            ("content", Type::STRING, "The text of a file of variables"),
            Type::DYNAMIC,
            "Reads the text of a file of variables into an object",
        ),
        function(
            "encode_expr",
            ("expr", Type::DYNAMIC, "The value to write"),
            Type::STRING,
            "Writes a value as an expression of the language",
        ),
        function(
            "encode_tfvars",
            ("input", Type::DYNAMIC, "The object to write; its attributes' names are identifiers"),
            Type::STRING,
            "Writes an object as the text of a file of variables",
        ),
    ]
    .into_iter()
    .collect()
}

fn function(
    name: &str,
    (param, ty, about): (&str, Type, &str),
    result: Type,
    summary: &str,
) -> (Arc<str>, Arc<FunctionSchema>) {
    let plain = |text: &str| Description { text: text.into(), markdown: false };
    let param = FunctionParam {
        name: param.into(),
        ty,
        allow_null: false,
        allow_unknown: false,
        description: plain(about),
    };
    let schema = FunctionSchema {
        params: vec![param],
        variadic: None,
        result,
        summary: summary.into(),
        description: plain(summary),
        deprecation: Box::default(),
    };
    (name.into(), Arc::new(schema))
}

/// Calls one of them.
pub(super) fn call(name: &str, args: &[Value]) -> Result<Value, FunctionError> {
    let fault = |argument: Option<usize>, text: &str| {
        Err(FunctionError { argument, text: text.to_owned() })
    };
    let [arg] = args else { return fault(None, "one argument is needed") };
    if arg.is_null() {
        return fault(Some(0), "null cannot be given");
    }
    if !arg.is_wholly_known() {
        let result = if name == "decode_tfvars" { Type::DYNAMIC } else { Type::STRING };
        return Ok(Value::unknown(result));
    }
    let done = match name {
        "encode_expr" => Ok(Value::string(encode::expression(arg))),
        "encode_tfvars" => encode::variables(arg).map(Value::string),
        "decode_tfvars" => decode::variables(arg.as_str().unwrap_or_default()),
        _ => return fault(None, "the built-in provider has no such function"),
    };
    done.map_err(|text| FunctionError { argument: Some(0), text })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, arg: Value, expect: &Value) {
        let got = call(name, &[arg]).unwrap();
        assert!(got.same(expect), "{got:?}");
    }

    fn object(entries: &[(&str, Value)]) -> Value {
        Value::object(entries.iter().map(|(name, value)| (Arc::from(*name), value.clone())))
    }

    #[test]
    fn values_are_written_as_expressions() {
        check(
            "encode_expr",
            Value::string("a\"${b}\n%{c}\u{7}"),
            &Value::string(r#""a\"$${b}\n%%{c}\u0007""#),
        );
        check(
            "encode_expr",
            Value::tuple(vec![Value::int(1), Value::bool(true), Value::null(Type::STRING)]),
            &Value::string("[1, true, null]"),
        );
        check("encode_expr", object(&[]), &Value::string("{}"));
        let nested = object(&[("a", Value::int(1)), ("b c", object(&[("d", Value::string("e"))]))]);
        check(
            "encode_expr",
            nested,
            &Value::string("{\n  a = 1\n  \"b c\" = {\n    d = \"e\"\n  }\n}"),
        );
    }

    #[test]
    fn the_layout_is_that_of_fmt() {
        let inner = Value::tuple(vec![Value::int(1), object(&[("x", Value::string("y"))])]);
        let nested = object(&[("d", Value::string("e")), ("longer", inner)]);
        let given = object(&[("a", Value::int(1)), ("b c", nested), ("z", object(&[]))]);
        let text = "{\n  a = 1\n  \"b c\" = {\n    d = \"e\"\n    longer = [1, {\n      x = \"y\"\n    }]\n  }\n  z = {}\n}";
        check("encode_expr", given, &Value::string(text)); // as OpenTofu 1.12.6 writes it
        let given = object(&[("k", Value::bool(false)), ("key2", object(&[]))]);
        check("encode_expr", given, &Value::string("{\n  k    = false\n  key2 = {}\n}"));
    }

    #[test]
    fn variables_come_back() {
        let given = object(&[
            ("list", Value::tuple(vec![Value::int(1), Value::string("x")])),
            ("name", Value::string("n")),
            ("object", object(&[("k", Value::bool(false))])),
        ]);
        let text = call("encode_tfvars", std::slice::from_ref(&given)).unwrap();
        assert_eq!(
            text.as_str().unwrap(),
            "list = [1, \"x\"]\nname = \"n\"\nobject = {\n  k = false\n}\n"
        );
        check("decode_tfvars", text, &given);
        check("decode_tfvars", Value::string(""), &object(&[]));
        check("decode_tfvars", Value::string("a = -1 + 2\n"), &object(&[("a", Value::int(1))]));
    }

    #[test]
    fn faults_are_told() {
        for (name, arg) in [
            ("decode_tfvars", Value::string("test")),
            ("decode_tfvars", Value::string("a = b")),
            ("decode_tfvars", Value::string("a { }")),
            ("encode_tfvars", Value::int(1)),
            ("encode_tfvars", object(&[("not a name", Value::int(1))])),
            ("encode_expr", Value::null(Type::DYNAMIC)),
            ("absent", Value::int(1)),
        ] {
            assert!(call(name, &[arg]).is_err(), "{name}");
        }
    }
}
