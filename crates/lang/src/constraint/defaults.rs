//! The defaults of optional attributes, and filling them into a value.
//!
//! The value is not yet of the type: an object may stand where a map will be, a tuple where a list will be. So the
//! tree follows the type and is permissive about the value; what does not fit is left for the conversion to report.
//!
//! Invariant: no tree is without defaults.

use std::collections::BTreeMap;
use std::sync::Arc;

use value::convert::{convert, unify};
use value::{Marks, Type, Value, View};

/// The defaults beneath one type.
#[derive(Clone, Debug, PartialEq)]
pub enum Defaults {
    /// Of a list, set or map: those of its element type.
    Elements(Box<Defaults>),
    /// Of a tuple: those of each element that has some.
    Tuple(Vec<Option<Defaults>>),
    /// Of an object.
    Object {
        /// The default of each optional attribute that has one, converted to the attribute's type.
        values: BTreeMap<Arc<str>, Value>,
        /// The defaults within attributes.
        within: BTreeMap<Arc<str>, Defaults>,
    },
}

impl Defaults {
    /// The value with every missing or null optional attribute set to its default, at all depths. Null and unknown
    /// stay as they are.
    pub fn apply(&self, value: &Value) -> Value {
        if value.is_null() || !value.is_known() {
            return value.clone();
        }
        let (value, marks) = value.clone().unmark();
        let filled = match value.view() {
            View::List(_) | View::Set(_) | View::Tuple(_) => self.fill_sequence(&value),
            View::Map(_) | View::Object(..) => self.fill_mapping(&value),
            _ => value,
        };
        if marks == Marks::NONE { filled } else { filled.with_marks(marks) }
    }

    fn fill_sequence(&self, value: &Value) -> Value {
        let elements: Vec<Value> = value
            .elements()
            .enumerate()
            .map(|(index, (_, element))| match self.at_index(index) {
                Some(defaults) => defaults.apply(&element),
                None => element,
            })
            .collect();
        let ty = value.ty();
        let Some(element) = ty.element() else { return Value::tuple(elements) };
        if elements.is_empty() {
            return if ty.is_set() {
                Value::set(element, elements)
            } else {
                Value::list(element, elements)
            };
        }
        match unified(&elements) {
            Some((element, elements)) if ty.is_set() => Value::set(element, elements),
            Some((element, elements)) => Value::list(element, elements),
            None => Value::tuple(elements),
        }
    }

    fn fill_mapping(&self, value: &Value) -> Value {
        let mut entries: BTreeMap<Arc<str>, Value> = value
            .elements()
            .map(|(key, element)| {
                let key: Arc<str> =
                    key.as_str().expect("BUG: keys of maps and objects are strings").into();
                let element = match self.at_key(&key) {
                    Some(defaults) => defaults.apply(&element),
                    None => element,
                };
                (key, element)
            })
            .collect();
        if let Defaults::Object { values, within } = self {
            for (name, default) in values {
                match entries.get_mut(name) {
                    Some(entry) if !entry.is_null() => not_null_as(default, entry),
                    _ => {
                        let nested = within.get(name).map(|defaults| defaults.apply(default));
                        entries.insert(name.clone(), nested.unwrap_or_else(|| default.clone()));
                    }
                }
            }
        }
        let Some(element) = value.ty().element() else { return Value::object(entries) };
        if entries.is_empty() {
            return Value::map(element, entries);
        }
        let (keys, values): (Vec<_>, Vec<_>) = entries.into_iter().unzip();
        match unified(&values) {
            Some((element, values)) => Value::map(element, keys.into_iter().zip(values)),
            None => Value::object(keys.into_iter().zip(values)),
        }
    }

    fn at_index(&self, index: usize) -> Option<&Defaults> {
        match self {
            Defaults::Elements(defaults) => Some(defaults),
            Defaults::Tuple(elements) => elements.get(index)?.as_ref(),
            Defaults::Object { .. } => None,
        }
    }

    fn at_key(&self, key: &str) -> Option<&Defaults> {
        match self {
            Defaults::Elements(defaults) => Some(defaults),
            Defaults::Tuple(_) => None,
            Defaults::Object { within, .. } => within.get(key),
        }
    }
}

/// An unknown attribute whose default is not null is not null either: null would have become the default.
fn not_null_as(default: &Value, entry: &mut Value) {
    if entry.is_known() || entry.ty().is_dynamic() || !default.is_certainly_not_null() {
        return;
    }
    let (bare, marks) = entry.clone().unmark();
    *entry = Value::unknown_with(bare.ty(), bare.range().not_null()).with_marks(marks);
}

/// The values converted to the one type that all of them convert to.
fn unified(values: &[Value]) -> Option<(Type, Vec<Value>)> {
    let types: Vec<Type> = values.iter().map(Value::ty).collect();
    let ty = unify(&types)?;
    let values = values.iter().map(|value| convert(value, ty).ok()).collect::<Option<_>>()?;
    Some((ty, values))
}

#[cfg(test)]
mod tests {
    use diag::{Diags, FileId};
    use value::{Refinement, Type, Value};

    use crate::config::constant;
    use crate::constraint::{Constraint, type_constraint};

    fn constraint(text: &str) -> Constraint {
        let mut diags = Diags::new();
        let expr = syntax::parse_expression(FileId::new(0), text, &mut diags).expect(text);
        let constraint = type_constraint(&expr, &mut diags);
        assert!(!diags.has_errors(), "{text}");
        constraint
    }

    fn value(text: &str) -> Value {
        let mut diags = Diags::new();
        let expr = syntax::parse_expression(FileId::new(0), text, &mut diags).expect(text);
        constant::native(&expr, &mut diags).expect(text)
    }

    fn check(ty: &str, given: &str, expect: &str) {
        let constraint = constraint(ty);
        let applied = constraint.apply(&value(given)).expect(given);
        let expect = value::convert::convert(&value(expect), constraint.ty).expect(expect);
        assert_eq!(applied, expect, "{ty} of {given}");
    }

    #[test]
    fn defaults_fill_in_what_is_missing_or_null() {
        let ty = "object({ a = string, b = optional(string, \"x\"), c = optional(number) })";
        check(ty, "{ a = 1 }", "{ a = \"1\", b = \"x\", c = null }");
        check(ty, "{ a = 1, b = null, c = 2 }", "{ a = \"1\", b = \"x\", c = 2 }");
        check(ty, "{ a = 1, b = \"y\" }", "{ a = \"1\", b = \"y\", c = null }");
        assert!(constraint(ty).apply(&value("null")).expect("null").is_null());
    }

    #[test]
    fn defaults_work_at_every_depth() {
        let inner = "object({ n = optional(number, 1) })";
        check(&format!("list({inner})"), "[{}, { n = 2 }]", "[{ n = 1 }, { n = 2 }]");
        check(
            &format!("map({inner})"),
            "{ a = {}, b = { n = 3 } }",
            "{ a = { n = 1 }, b = { n = 3 } }",
        );
        check(&format!("tuple([string, {inner}])"), "[\"x\", {}]", "[\"x\", { n = 1 }]");
        check(&format!("object({{ o = optional({inner}, {{}}) }})"), "{}", "{ o = { n = 1 } }");
        check(&format!("set({inner})"), "[{}, { n = 1 }]", "[{ n = 1 }]");
        check(&format!("list({inner})"), "[]", "[]");
    }

    #[test]
    fn an_unknown_with_a_default_is_not_null() {
        let constraint = constraint("object({ a = optional(string, \"x\") })");
        let given = Value::object([("a".into(), Value::unknown(Type::STRING))]);
        let applied = constraint.apply(&given).expect("an object");
        let expect = Value::unknown_with(Type::STRING, Refinement::NOT_NULL);
        assert_eq!(applied.attr("a"), Some(&expect));
    }
}
