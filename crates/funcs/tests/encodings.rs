//! Functions between formats, on times, networks and digests, as `tofu console` answers.

mod support;

use support::{check, check_values, refused, set, v};
use value::{Type, Value};

#[test]
fn base64_and_gzip() {
    check("base64encode", r#"["héllo"]"#, r#""aMOpbGxv""#);
    check("base64decode", r#"["aGVs\nbG8="]"#, r#""hello""#);
    refused("base64decode", r#"["/w=="]"#, "not UTF-8");
    refused("base64decode", r#"["a"]"#, "\"a\" is not Base64");
    let packed = support::call("base64gzip", &[v(r#""hello""#)]).expect("packed");
    check_values("base64gunzip", &[packed], &v(r#""hello""#));
    check("base64gunzip", r#"["H4sIAAAAAAAA/wAEAPv/dGVzdAAAAP//AwAMfn/YBAAAAA=="]"#, r#""test""#);
    refused("base64gunzip", r#"["aGVsbG8="]"#, "not gzip");
}

#[test]
fn other_texts() {
    check("urlencode", r#"["local host?é=1&~*"]"#, r#""local+host%3F%C3%A9%3D1%26~%2A""#);
    check("urldecode", r#"["a%20b+c%C3%A9"]"#, r#""a b cé""#);
    refused("urldecode", r#"["%zz"]"#, "not an encoded character");
    check("textencodebase64", r#"["test", "UTF-16LE"]"#, r#""dABlAHMAdAA=""#);
    check("textdecodebase64", r#"["6Q==", "ISO-8859-1"]"#, r#""é""#);
    refused("textencodebase64", r#"["€", "ISO-8859-1"]"#, "ISO-8859-1 does not have");
    refused("textencodebase64", r#"["a", "utf8"]"#, "not an encoding");
    let rows = Value::list(
        Type::object([("a".into(), Type::STRING), ("b".into(), Type::STRING)]),
        vec![v(r#"{"a": "1", "b": "2"}"#)],
    );
    check_values("csvdecode", &[v(r#""a,b\n1,2\n""#)], &rows);
    refused("csvdecode", r#"["a,b\n1\n"]"#, "line 2 has 1 fields");
}

#[test]
fn json() {
    check(
        "jsonencode",
        r#"[{"b": 1, "a": [true, null, "x<é"]}]"#,
        r#""{\"a\":[true,null,\"x\\u003cé\"],\"b\":1}""#,
    );
    check("jsonencode", "[null]", r#""null""#);
    check_values("jsonencode", &[set(r#"["b", "a"]"#)], &v(r#""[\"a\",\"b\"]""#));
    check("jsondecode", r#"["{\"a\": [1, 2.50, null]}"]"#, r#"{"a": [1, 2.5, null]}"#);
    assert!(support::call("jsondecode", &[v(r#""{""#)]).is_err());
}

#[test]
fn yaml() {
    check(
        "yamlencode",
        r#"[{"a": [1, {"b": null}], "c": "x\ny\n"}]"#,
        r#""\"a\":\n- 1\n- \"b\": null\n\"c\": |\n  x\n  y\n""#,
    );
    check("yamlencode", "[true]", r#""true\n...\n""#);
    check(
        "yamldecode",
        r#"["a: &x {b: 1}\nc:\n  <<: *x\n  d: yes"]"#,
        r#"{"a": {"b": 1}, "c": {"b": 1, "d": true}}"#,
    );
    check(
        "yamldecode",
        r#"["- 0x1f\n- ~\n- 2001-01-01"]"#,
        r#"[31, null, "2001-01-01T00:00:00Z"]"#,
    );
    refused("yamldecode", r#"["!!foo 1"]"#, "!!foo is not supported");
    refused("yamldecode", r#"[""]"#, "no document");
}

#[test]
fn times() {
    check(
        "formatdate",
        r#"["EEEE, DD-MMM-YY hh:mm:ss ZZZ", "2018-01-02T23:12:01-08:00"]"#,
        r#""Tuesday, 02-Jan-18 23:12:01 -0800""#,
    );
    refused("formatdate", r#"["Q", "2018-01-02T23:12:01Z"]"#, "no part of a date");
    check(
        "timeadd",
        r#"["2017-11-22T00:00:00+02:00", "-1h30m0.5s"]"#,
        r#""2017-11-21T22:29:59+02:00""#,
    );
    refused("timeadd", r#"["2017-11-22T00:00:00Z", "1d"]"#, "unknown unit \"d\"");
    check("timecmp", r#"["2017-11-22T00:00:00Z", "2017-11-22T01:00:00+01:00"]"#, "0");
    check("timecmp", r#"["2017-11-22T00:00:00Z", "2017-11-22T01:00:00Z"]"#, "-1");
    refused("timecmp", r#"["x", "2017-11-22T01:00:00Z"]"#, "not a timestamp");
}

#[test]
fn networks() {
    check("cidrhost", r#"["10.12.112.0/20", 268]"#, r#""10.12.113.12""#);
    check("cidrhost", r#"["10.12.112.0/20", -1]"#, r#""10.12.127.255""#);
    refused("cidrhost", r#"["10.12.112.0/20", 5000]"#, "no room for a host");
    check("cidrnetmask", r#"["172.16.0.0/12"]"#, r#""255.240.0.0""#);
    refused("cidrnetmask", r#"["fd00::/8"]"#, "IPv6");
    check(
        "cidrsubnet",
        r#"["fd00:fd12:3456:7890::/56", 16, 162]"#,
        r#""fd00:fd12:3456:7800:a200::/72""#,
    );
    refused("cidrsubnet", r#"["10.1.2.0/24", 4, 16]"#, "no subnet with number 16");
    refused("cidrsubnet", r#"["10.1.2.0/24", 9, 0]"#, "cannot be extended");
    let subnets = Value::list(
        Type::STRING,
        v(r#"["10.1.0.0/20", "10.1.16.0/20", "10.1.32.0/24", "10.1.48.0/20"]"#)
            .as_slice()
            .expect("texts")
            .to_vec(),
    );
    let args = v(r#"["10.1.0.0/16", 4, 4, 8, 4]"#);
    check_values("cidrsubnets", args.as_slice().expect("arguments"), &subnets);
    refused("cidrsubnets", r#"["10.1.0.0/24", 1, 1, 1]"#, "no room is left");
    check("cidrcontains", r#"["192.168.2.0/20", "192.168.2.1"]"#, "true");
    check("cidrcontains", r#"["10.0.0.0/8", "10.0.0.0/7"]"#, "false");
    refused("cidrcontains", r#"["fe80::/48", "10.0.0.1"]"#, "not both IPv4");
}

#[test]
fn digests() {
    check("md5", r#"["x"]"#, r#""9dd4e461268c8034f5c8564e155c67a6""#);
    check("sha1", r#"["x"]"#, r#""11f6ad8ec52a2984abaafd7c3b516503785c2072""#);
    check(
        "sha256",
        r#"["test"]"#,
        r#""9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08""#,
    );
    check("base64sha256", r#"["test"]"#, r#""n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=""#);
    check("uuidv5", r#"["url", "tada"]"#, r#""2c1ff6b4-211f-577e-94de-d978b0caa16e""#);
    refused("uuidv5", r#"["nope", "x"]"#, "neither dns");
}

/// The word `message`, encrypted for the keys beside this file; they were made for it and open nothing else.
const CIPHERTEXT: &str = "2r4jqZ42C/eO5EEdwq0H1CI7SNoqHUPDFe/zR1xpVz2JIa2L/Cz1dwwqTDowC5vPIpfKFKoMlYWceGBQkWdWFdkTbZFD2X2PSXiapkQufDpMXOp9TodyMwIROvqFs0DQfBKZX46x+t3o+1oDtldQD2W+KXYXlhbzjWa2tmUi4BU=";

#[test]
fn decryption() {
    for key in [
        include_str!("keys/pkcs1.pem"),
        include_str!("keys/pkcs8.pem"),
        include_str!("keys/openssh.pem"),
    ] {
        let args = [Value::string(CIPHERTEXT), Value::string(key)];
        check_values("rsadecrypt", &args, &Value::string("message"));
    }
    let key = Value::string(include_str!("keys/pkcs1.pem"));
    let other = Value::string(include_str!("keys/ed25519.pem"));
    let refused = |cipher: &str, key: &Value, expect: &str| {
        support::refused_values("rsadecrypt", &[Value::string(cipher), key.clone()], expect);
    };
    refused(CIPHERTEXT, &other, "not one of RSA");
    refused(CIPHERTEXT, &Value::string("nope"), "not in PEM");
    refused("aGVsbG8=", &key, "not made for this key");
    refused("?", &key, "in Base64");
}

#[test]
fn paths() {
    check("basename", r#"["foo/bar/baz.txt"]"#, r#""baz.txt""#);
    check("dirname", r#"["foo/bar/baz.txt"]"#, r#""foo/bar""#);
}
