//! YAML in and out, as `yamldecode` and `yamlencode` know it: values without anything that YAML alone has.
//! Reading is YAML 1.2 by `saphyr-parser`, with OpenTofu's rules for what a plain word means; writing is ours, byte for
//! byte as OpenTofu writes.
//! Invariant: what is written reads back as an equal value, up to what YAML cannot tell apart (lists and sets, maps and
//! objects).

mod read;
mod resolve;
mod write;

pub(crate) use read::read;
pub(crate) use write::write;

#[cfg(test)]
mod tests {
    use value::{Type, Value};

    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let value = Value::object([
            ("text".into(), Value::string("a: b # c")),
            ("lines".into(), Value::string("one\n two\n\n")),
            ("odd\nkey".into(), Value::string("\u{7}\u{1f600}\t")),
            ("list".into(), Value::tuple(vec![Value::int(1), Value::tuple(vec![]), Value::TRUE])),
            ("empty".into(), Value::object([])),
            ("none".into(), Value::null(Type::DYNAMIC)),
            ("-".into(), Value::tuple(vec![Value::object([("x".into(), Value::string(""))])])),
        ]);
        let text = write(&value);
        assert!(read(&text).expect(&text).same(&value), "{text}");
    }
}
