//! Functions that need the world: what they ask, and what they make of the answer.

mod support;

use std::sync::Arc;

use funcs::{Answer, Depth, FileKind, Request, Step, When, WorldFault};
use support::{function, secret, set, v};
use value::{Marks, Type, Value};

fn asks(name: &str, args: &[Value], expect: Request) {
    let step = funcs::request(function(name), args).expect(name);
    assert_eq!(step, Step::Ask(expect), "{name}");
}

fn concludes(name: &str, args: &[Value], answer: Answer, expect: &Value) {
    let result = funcs::finish(function(name), args, answer).expect(name);
    assert!(result.same(expect), "{name}: {result:?}");
}

fn fails(name: &str, args: &[Value], answer: Answer, expect: &str) {
    let error = funcs::finish(function(name), args, answer).expect_err(name);
    assert!(error.message.contains(expect), "{name}: {error}");
}

fn bytes(bytes: &[u8]) -> Answer {
    Answer::Bytes(Arc::from(bytes))
}

#[test]
fn contents_of_files() {
    let path = [Value::string("a/b.txt")];
    for name in ["file", "filebase64", "filemd5", "filesha256", "filebase64sha512"] {
        asks(name, &path, Request::ReadFile { path: "a/b.txt".into() });
    }
    concludes("file", &path, bytes("hé".as_bytes()), &Value::string("hé"));
    concludes("filebase64", &path, bytes(b"\xff"), &Value::string("/w=="));
    concludes("filemd5", &path, bytes(b"x"), &Value::string("9dd4e461268c8034f5c8564e155c67a6"));
    fails("file", &path, bytes(b"\xff"), "not UTF-8");
    fails("file", &path, Answer::Failed(WorldFault::NotFound), "no file \"a/b.txt\"");
    let hidden = [secret(Value::string("a/b.txt"))];
    concludes("file", &hidden, bytes(b"x"), &secret(Value::string("x")));
    fails("file", &hidden, Answer::Failed(WorldFault::NotFound), "no file (sensitive value)");
}

#[test]
fn existence() {
    let path = [Value::string("x")];
    asks("fileexists", &path, Request::FileKind { path: "x".into() });
    concludes("fileexists", &path, Answer::Kind(FileKind::File), &Value::TRUE);
    concludes("fileexists", &path, Answer::Kind(FileKind::Missing), &Value::FALSE);
    fails("fileexists", &path, Answer::Kind(FileKind::Folder), "is a folder");
}

#[test]
fn sets_of_files() {
    let args = [Value::string("mod"), Value::string("files/**/*.t?t")];
    asks("fileset", &args, Request::ListFiles { folder: "mod/files".into(), depth: Depth::All });
    let found = Answer::Files(vec!["a.txt".into(), "b/c.tot".into(), "b/c.md".into()]);
    concludes("fileset", &args, found, &set(r#"["files/a.txt", "files/b/c.tot"]"#));
    let none = Value::set(Type::STRING, Vec::new());
    concludes("fileset", &args, Answer::Failed(WorldFault::NotFound), &none);
    let wrong = [Value::string("."), Value::string("[")];
    assert!(funcs::request(function("fileset"), &wrong).is_err());
}

#[test]
fn paths() {
    asks("abspath", &[Value::string("x")], Request::WorkingFolder);
    concludes(
        "abspath",
        &[Value::string("../x")],
        Answer::Text("/a/b".into()),
        &Value::string("/a/x"),
    );
    let step = funcs::request(function("abspath"), &[Value::string("/a/../b")]).expect("a step");
    assert_eq!(step, Step::Value(Value::string("/b")));
    asks("pathexpand", &[Value::string("~/x")], Request::ExpandHome { path: "~/x".into() });
    let step = funcs::request(function("pathexpand"), &[Value::string("x")]).expect("a step");
    assert_eq!(step, Step::Value(Value::string("x")));
}

#[test]
fn clocks_and_chance() {
    asks("timestamp", &[], Request::Now);
    asks("plantimestamp", &[], Request::PlanTime);
    concludes("timestamp", &[], Answer::Seconds(0), &Value::string("1970-01-01T00:00:00Z"));
    asks("uuid", &[], Request::Random);
    let uuid = Value::string("00112233-4455-6677-8899-aabbccddeeff");
    concludes("uuid", &[], Answer::Random(0x0011_2233_4455_6677_8899_aabb_ccdd_eeff), &uuid);
    assert_eq!(funcs::when(function("uuid")), Some(When::AtApply));
    assert_eq!(funcs::when(function("file")), Some(When::Always));
    assert_eq!(funcs::when(function("upper")), None);
    let later = funcs::postponed(function("timestamp"), &[]).expect("unknown");
    assert!(later.same(&Value::unknown_not_null(Type::STRING)));
}

#[test]
fn passwords() {
    let args = [Value::string("U*U"), Value::int(5)];
    asks("bcrypt", &args, Request::Random);
    // The salt and the hash are those that crypt_blowfish tests itself with.
    let hash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    let salt = 0x1041_0410_4104_1041_0410_4104_1041_0410;
    concludes("bcrypt", &args, Answer::Random(salt), &Value::string(hash));
    let long = Value::string("x".repeat(73));
    assert!(funcs::request(function("bcrypt"), &[long]).is_err());
    let costly = [Value::string("x"), Value::int(32)];
    assert!(funcs::request(function("bcrypt"), &costly).is_err());
}

#[test]
fn what_is_unknown_asks_nothing() {
    let path = [Value::unknown(Type::STRING).with_marks(Marks::SENSITIVE)];
    let step = funcs::request(function("file"), &path).expect("a step");
    let unknown = Value::unknown_not_null(Type::STRING).with_marks(Marks::SENSITIVE);
    assert_eq!(step, Step::Value(unknown));
    assert!(funcs::request(function("file"), &[v("null")]).is_err());
}
