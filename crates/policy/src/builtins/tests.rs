//! Each function by what it says, of known and of unknown arguments.

use super::find;
use crate::value::V;

fn json(text: &str) -> V {
    let json: serde_json::Value = serde_json::from_str(text).expect(text);
    V::from(&json)
}

/// Calls a function with a JSON array of arguments; `"?"` among them, and members of them, are unknown.
fn check(name: &str, args: &str, expect: &str) {
    let V::Array(args) = unknown(&json(args)) else { panic!("{args}") };
    let told = find(name).expect(name).call(&args.all);
    let told = match told {
        None => "undefined".to_owned(),
        Some(V::Unknown(_) | V::Open(_)) => "unknown".to_owned(),
        Some(value) => {
            let mut out = String::new();
            value.write(&mut out);
            out
        }
    };
    assert_eq!(told, expect, "{name}");
}

fn unknown(value: &V) -> V {
    match value {
        V::Str(text) if &**text == "?" => V::unknown("a.b"),
        V::Array(members) => V::array(members.all.iter().map(unknown).collect()),
        V::Object(members) => V::object(
            members.all.iter().map(|(key, value)| (key.clone(), unknown(value))).collect(),
        ),
        other => other.clone(),
    }
}

#[test]
fn of_known_arguments() {
    check("count", r#"["äb"]"#, "2");
    check("sum", "[[1, 2.5]]", "3.5");
    check("concat", r#"["-", ["a", "b"]]"#, r#""a-b""#);
    check("split", r#"["a/b", "/"]"#, r#"["a", "b"]"#);
    check("substring", r#"["abcdef", 2, -1]"#, r#""cdef""#);
    check("indexof", r#"["äbc", "c"]"#, "2");
    check(
        "sprintf",
        r#"["%s %d %05.1f %v %q %%", ["a", 3, 2.25, [1], "x"]]"#,
        r#""a 3 002.2 [1] \"x\" %""#,
    );
    check("object.get", r#"[{"a": {"b": 1}}, ["a", "b"], 0]"#, "1");
    check("object.get", r#"[{"a": 1}, "z", 0]"#, "0");
    check("object.union", r#"[{"a": {"x": 1}}, {"a": {"y": 2}}]"#, r#"{"a": {"x": 1, "y": 2}}"#);
    check("glob.match", r#"["a:*:b", [":"], "a:x:b"]"#, "true");
    check("glob.match", r#"["a:*", [":"], "a:x:b"]"#, "false");
    check("regex.match", r#"["^v[0-9]+$", "v12"]"#, "true");
    check("regex.match", r#"["[", "x"]"#, "undefined");
    check("semver.compare", r#"["1.2.0", "1.10.0"]"#, "-1");
    check("net.cidr_contains", r#"["10.0.0.0/8", "10.1.2.0/24"]"#, "true");
    check("net.cidr_contains", r#"["0.0.0.0/0", "::/0"]"#, "false");
    check("json.unmarshal", r#"["{\"a\": [1]}"]"#, r#"{"a": [1]}"#);
    check("base64.decode", r#"["aGk="]"#, r#""hi""#);
    check("to_number", r#"["1.50"]"#, "1.5");
    check("numbers.range", "[3, 1]", "[3, 2, 1]");
    check("startswith", "[1, \"a\"]", "undefined");
    check("units.parse_bytes", r#"["10Gi"]"#, "10737418240");
}

#[test]
fn of_unknown_arguments() {
    check("startswith", r#"["?", "a"]"#, "unknown");
    check("count", r#"["?"]"#, "unknown");
    check("count", r#"[["?", 1]]"#, "2");
    check("is_string", r#"["?"]"#, "unknown");
    check("is_array", r#"[["?"]]"#, "true");
    check("object.get", r#"[{"a": "?"}, "b", 0]"#, "0");
    check("object.get", r#"[{"a": "?"}, "a", 0]"#, "unknown");
    check("object.get", r#"["?", "a", 0]"#, "unknown");
    check("sprintf", r#"["%s", ["?"]]"#, "unknown");
    check("sum", r#"[[1, "?"]]"#, "unknown");
    check("json.marshal", r#"[{"a": "?"}]"#, "unknown");
}

#[test]
fn a_text_can_be_shown_though_not_all_of_it_is_known() {
    let args = [V::text("bucket %s is %s"), V::array(vec![V::unknown("a"), V::text("public")])];
    let told = find("sprintf").expect("there").call(&args).expect("a text");
    assert_eq!(told.shown(), "bucket (known after apply) is public");
}

#[test]
fn what_asks_the_world_is_refused_by_name() {
    for name in ["http.send", "time.now_ns", "rand.intn", "opa.runtime", "uuid.rfc4122"] {
        assert!(find(name).is_none() && super::refused(name).is_some(), "{name}");
    }
}
