//! The two texts of a type: the short name for messages, and the constraint as `type()` prints it.

use std::fmt::Write;

use super::{Kind, Type};

/// Who the short name is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Value,
    Constraint,
}

impl Type {
    /// The name of a value's type in messages: `list of string`, `object`, `tuple`, `dynamic`.
    pub fn friendly_name(self) -> String {
        friendly(self, Mode::Value)
    }

    /// The name of a constraint in messages: as [`Self::friendly_name`], but `any type`, and
    /// `list of any single type`.
    pub fn friendly_name_for_constraint(self) -> String {
        friendly(self, Mode::Constraint)
    }

    /// The type in the constraint language, as OpenTofu's `type()` lays it out: `list(string)`,
    /// structures over several lines with four spaces of indent.
    pub fn constraint_text(self) -> String {
        let mut out = String::new();
        write_type(self, &mut out, 0);
        out
    }
}

fn friendly(ty: Type, mode: Mode) -> String {
    let mut out = String::new();
    let mut ty = ty;
    loop {
        let (prefix, element) = match ty.kind() {
            Kind::List(element) => ("list of ", element),
            Kind::Set(element) => ("set of ", element),
            Kind::Map(element) => ("map of ", element),
            _ => break,
        };
        out.push_str(prefix);
        if mode == Mode::Constraint && element.is_dynamic() {
            out.push_str("any single type");
            return out;
        }
        ty = element;
    }
    out.push_str(plain_name(ty, mode));
    out
}

fn plain_name(ty: Type, mode: Mode) -> &'static str {
    match ty.kind() {
        Kind::Dynamic if mode == Mode::Constraint => "any type",
        Kind::Dynamic => "dynamic",
        Kind::Bool => "bool",
        Kind::Number => "number",
        Kind::String => "string",
        Kind::List(_) => "list",
        Kind::Set(_) => "set",
        Kind::Map(_) => "map",
        Kind::Tuple(_) => "tuple",
        Kind::Object(_) => "object",
    }
}

const INDENT: usize = 4;

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent * INDENT));
}

fn write_type(ty: Type, out: &mut String, indent: usize) {
    match ty.kind() {
        Kind::Dynamic | Kind::Bool | Kind::Number | Kind::String => {
            out.push_str(plain_name(ty, Mode::Value));
        }
        Kind::List(element) => write_collection("list(", element, out, indent),
        Kind::Set(element) => write_collection("set(", element, out, indent),
        Kind::Map(element) => write_collection("map(", element, out, indent),
        Kind::Tuple([]) => out.push_str("tuple([])"),
        Kind::Tuple(elements) => {
            out.push_str("tuple([\n");
            for &element in elements {
                pad(out, indent + 1);
                write_type(element, out, indent + 1);
                out.push_str(",\n");
            }
            pad(out, indent);
            out.push_str("])");
        }
        Kind::Object(object) if object.is_empty() => out.push_str("object({})"),
        Kind::Object(object) => {
            out.push_str("object({\n");
            for (slot, (name, ty)) in object.iter().enumerate() {
                pad(out, indent + 1);
                let optional = object.optional()[slot];
                write!(out, "{name}: ").expect("BUG: writing to a string failed");
                if optional {
                    out.push_str("optional(");
                }
                write_type(ty, out, indent + 1);
                out.push_str(if optional { "),\n" } else { ",\n" });
            }
            pad(out, indent);
            out.push_str("})");
        }
    }
}

/// A collection of structures gets a line and an indent of its own, so that it is not overlooked.
fn write_collection(head: &str, element: Type, out: &mut String, indent: usize) {
    out.push_str(head);
    if element.is_object() || element.is_tuple() {
        out.push('\n');
        pad(out, indent + 1);
        write_type(element, out, indent + 1);
        out.push_str(",\n");
        pad(out, indent);
    } else {
        write_type(element, out, indent);
    }
    out.push(')');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ty: Type, friendly: &str, constraint: &str) {
        assert_eq!(ty.friendly_name(), friendly);
        assert_eq!(ty.constraint_text(), constraint);
    }

    #[test]
    fn names_follow_the_shape() {
        check(Type::STRING, "string", "string");
        check(Type::list(Type::set(Type::NUMBER)), "list of set of number", "list(set(number))");
        check(Type::map(Type::DYNAMIC), "map of dynamic", "map(dynamic)");
        check(Type::empty_object(), "object", "object({})");
        check(Type::tuple(&[Type::BOOL]), "tuple", "tuple([\n    bool,\n])");
        let object = Type::object([("b".into(), Type::BOOL), ("a".into(), Type::STRING)]);
        check(object, "object", "object({\n    a: string,\n    b: bool,\n})");
        check(
            Type::list(object),
            "list of object",
            "list(\n    object({\n        a: string,\n        b: bool,\n    }),\n)",
        );
    }

    #[test]
    fn constraints_say_any() {
        assert_eq!(Type::DYNAMIC.friendly_name_for_constraint(), "any type");
        let list = Type::list(Type::DYNAMIC);
        assert_eq!(list.friendly_name_for_constraint(), "list of any single type");
    }
}
