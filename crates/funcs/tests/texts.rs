//! Functions on strings, as `tofu console` answers.

mod support;

use support::{check, check_values, list, refused, set, v};
use value::{Type, Value};

fn texts(json: &str) -> Value {
    Value::list(Type::STRING, v(json).as_slice().expect(json).to_vec())
}

#[test]
fn cases() {
    check("upper", r#"["straße ŉ"]"#, r#""STRAßE ŉ""#);
    check("lower", r#"["ΑΣ İ"]"#, r#""ασ i""#);
    check("title", r#"["hello wörld-wide web_page 1a"]"#, r#""Hello Wörld-Wide Web_page 1a""#);
    check("strrev", r#"["he\u0301llo"]"#, r#""olléh""#);
    refused("upper", "[null]", "must not be null");
    refused("upper", "[[]]", "string");
    refused("upper", "[]", "is missing");
    refused("upper", r#"["a", "b"]"#, "2 are given");
}

#[test]
fn ends() {
    check("chomp", r#"["a\r\n\r\n"]"#, r#""a""#);
    check("trim", r#"["?!hello?!", "!?"]"#, r#""hello""#);
    check("trimprefix", r#"["helloworld", "hello"]"#, r#""world""#);
    check("trimsuffix", r#"["helloworld", "world"]"#, r#""hello""#);
    check("trimspace", r#"["\u00a0 x \n"]"#, r#""x""#);
}

#[test]
fn parts() {
    check("substr", r#"["hello world", 1, 4]"#, r#""ello""#);
    check("substr", r#"["hello", -3, 2]"#, r#""ll""#);
    check("substr", r#"["hello", -3, 0]"#, r#""llo""#);
    check("substr", r#"["hello", 0, 0]"#, r#""""#);
    check("substr", r#"["hello", 2, -1]"#, r#""llo""#);
    check("substr", r#"["hello", 9, 1]"#, r#""""#);
    check("substr", r#"["🤔🤷", 0, 1]"#, r#""🤔""#);
    check_values("split", &[v(r#"",""#), v(r#""a,b,,c""#)], &texts(r#"["a", "b", "", "c"]"#));
    check_values("split", &[v(r#""""#), v(r#""aé""#)], &texts(r#"["a", "é"]"#));
    check("join", r#"[",", ["a", "b"], ["c", 1]]"#, r#""a,b,c,1""#);
    check_values("join", &[v(r#""-""#), set(r#"["b", "a"]"#)], &v(r#""a-b""#));
    refused("join", r#"[",", ["a", null]]"#, "element 1 is null");
    refused("join", r#"[","]"#, "at least one list");
    check("indent", r#"[2, "a\nb\n"]"#, r#""a\n  b\n  ""#);
    refused("indent", r#"[-1, "a"]"#, "between 0 and");
}

#[test]
fn searching_and_replacing() {
    check("replace", r#"["1 + 2 + 3", "+", "-"]"#, r#""1 - 2 - 3""#);
    check("replace", r#"["hello world", "/w.*d/", "everybody"]"#, r#""hello everybody""#);
    check("replace", r#"["hello", "/(h)(?P<rest>el)/", "${rest}$1"]"#, r#""elhlo""#);
    check("replace", r#"["abc", "", "-"]"#, r#""-a-b-c-""#);
    check("replace", r#"["a/b", "/", "-"]"#, r#""a-b""#);
    check("startswith", r#"["hello", "he"]"#, "true");
    check("endswith", r#"["hello", "he"]"#, "false");
    check("strcontains", r#"["hello", "ell"]"#, "true");
}

#[test]
fn sorting() {
    check_values("sort", &[list(r#"["c", "a", "B"]"#)], &texts(r#"["B", "a", "c"]"#));
    check_values("sort", &[v("[3, 20, 1]")], &texts(r#"["1", "20", "3"]"#));
    refused("sort", r#"[["a", null]]"#, "element 1 is null");
}

#[test]
fn regular_expressions() {
    check("regex", r#"["[a-z]+", "345aaabbbccc23454"]"#, r#""aaabbbccc""#);
    check("regex", r#"["(\\d+)-(\\d+)", "2019-02"]"#, r#"["2019", "02"]"#);
    let named = Value::object([("a".into(), Value::null(Type::STRING)), ("b".into(), v("\"y\""))]);
    check_values("regex", &[v(r#""(?P<a>x)?(?P<b>y)""#), v("\"y\"")], &named);
    check_values("regexall", &[v(r#""[a-z]""#), v(r#""1a2b""#)], &texts(r#"["a", "b"]"#));
    check_values("regexall", &[v(r#""x""#), v(r#""a""#)], &texts("[]"));
    refused("regex", r#"["x", "abc"]"#, "matches no part");
    refused("regex", r#"["(", "abc"]"#, "not a regular expression");
}

#[test]
fn formats() {
    let check = |args: &str, expect: &str| {
        check_values("format", v(args).as_slice().expect(args), &Value::string(expect));
    };
    check(r#"["Hello, %s!", "Ander"]"#, "Hello, Ander!");
    check(r#"["%v %v %v", 1, "a", true]"#, "1 a true");
    check(r#"["%v %#v %v", [1, "a", null], "a", null]"#, r#"[1,"a",null] "a" null"#);
    check(r#"["%q", "a\"b"]"#, r#""a\"b""#);
    check(
        r#"["%5.1f|%-8d|%+d|%08.3f|% d", 3.14159, 42, 42, 3.14159, 7]"#,
        "  3.1|42      |+42|0003.142| 7",
    );
    check(r#"["%x %X %o %b", 255, 255, 8, 5]"#, "ff FF 10 101");
    check(
        r#"["%e %E %g %G", 123456.789, 0.00012, 1e21, 1e-7]"#,
        "1.234568e+05 1.200000E-04 1e+21 1E-07",
    );
    check(r#"["%#x %#o %#b", 255, 8, 5]"#, "0xff 010 0b101");
    check(r#"["%.3s|%5s|%-5s|%05s", "héllo", "a", "b", "c"]"#, "hél|    a|b    |0000c");
    check(r#"["%[2]s %[1]s", "a", "b"]"#, "b a");
    check(r#"["%.10d|%10.5d|%-10.5d|", 42, 42, 42]"#, "0000000042|     00042|00042     |");
    check(r#"["%.2f %v %d%%", 2.675, 1000000, "12"]"#, "2.67 1e+06 12%");
    refused("format", r#"["%s", null]"#, "null has no such form");
    refused("format", r#"["%d", 1.5]"#, "whole number");
    refused("format", r#"["%z", 1]"#, "no verb 'z'");
    refused("format", r#"["%s"]"#, "needs argument 1");
    refused("format", r#"["%s", "a", "b"]"#, "uses only 1");
    refused("format", r#"["a", "b"]"#, "no verbs");
}

#[test]
fn formats_over_lists() {
    let check = |args: &str, expect: &str| {
        check_values("formatlist", v(args).as_slice().expect(args), &texts(expect));
    };
    check(r#"["%s-%s", "x", ["a", "b"]]"#, r#"["x-a", "x-b"]"#);
    check(r#"["%s", []]"#, "[]");
    check(r#"["x"]"#, r#"["x"]"#);
    refused("formatlist", r#"["%s-%s", ["a", "b"], ["c"]]"#, "it has 1 elements");
    refused("formatlist", r#"["%d", ["1", "a"]]"#, "in row 1");
}
