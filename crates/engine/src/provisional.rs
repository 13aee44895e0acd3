//! The planned value of an object whose provider cannot be asked: from its configuration and the schema alone.
//!
//! What is configured is as configured; everything else is unknown, computed or not, since a provider may have defaults
//! that its schema does not tell (ENGINE §6). Nobody is bound by such a value, only by the configuration.
//!
//! Invariant: whatever the provider will plan refines the value, if it keeps to what is configured.

use schema::{Attr, Block, NestedAttrs, NestedBlock, Nesting, Slot};
use value::{Type, Value, View};

/// The value for a configuration without marks.
pub(crate) fn provisional(block: &Block, config: &Value) -> Value {
    let View::Object(_, given) = config.view() else { return Value::unknown(block.ty()) };
    let values = block.slots().zip(given).map(|(slot, config)| match slot {
        Slot::Attr(attr) => of_attr(attr, config),
        Slot::Block(nested) => of_block(nested, config),
    });
    Value::object_of(block.ty(), values.collect::<Vec<Value>>())
}

fn of_attr(attr: &Attr, config: &Value) -> Value {
    if attr.write_only {
        return Value::null(attr.ty);
    }
    if config.is_null() {
        return Value::unknown(attr.ty);
    }
    match &attr.nested {
        Some(nested) => {
            nested_value(config, nested.nesting(), attr.ty, &|item| of_object(nested, item))
        }
        None => config.clone(),
    }
}

fn of_object(nested: &NestedAttrs, config: &Value) -> Value {
    let View::Object(_, given) = config.view() else { return config.clone() };
    let values = nested.attrs().iter().zip(given).map(|(attr, config)| of_attr(attr, config));
    Value::object_of(nested.object(), values.collect::<Vec<Value>>())
}

fn of_block(nested: &NestedBlock, config: &Value) -> Value {
    if config.is_null() || config.is_empty() {
        return Value::unknown(nested.ty());
    }
    nested_value(config, nested.nesting, nested.ty(), &|item| provisional(&nested.block, item))
}

/// The same for each object of a nested value.
fn nested_value(
    config: &Value,
    nesting: Nesting,
    ty: Type,
    object: &dyn Fn(&Value) -> Value,
) -> Value {
    let all = |items: &[Value]| items.iter().map(object).collect::<Vec<Value>>();
    let element = ty.element().unwrap_or(Type::DYNAMIC);
    match (nesting, config.view()) {
        (Nesting::Single | Nesting::Group, View::Object(..)) => object(config),
        (_, View::List(items)) => Value::list(element, all(items)),
        (_, View::Set(items)) => Value::set(element, all(items)),
        (_, View::Tuple(items)) => Value::tuple(all(items)),
        (_, View::Map(entries)) => {
            Value::map(element, entries.iter().map(|(key, item)| (key.clone(), object(item))))
        }
        (Nesting::Map, View::Object(ty, items)) => {
            Value::object(ty.names().iter().cloned().zip(all(items)))
        }
        _ => config.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use schema::BlockParts;

    fn block() -> Block {
        Block::new(BlockParts {
            attrs: vec![
                Attr::new("id", Type::STRING).computed(),
                Attr::new("name", Type::STRING).optional(),
                Attr::new("replicas", Type::NUMBER).optional(),
                Attr::new("token", Type::STRING).optional().write_only(),
            ],
            blocks: vec![NestedBlock::new(
                "port",
                Nesting::List,
                Block::of_attrs(vec![
                    Attr::new("number", Type::NUMBER).optional(),
                    Attr::new("protocol", Type::STRING).optional(),
                ]),
            )],
            ..BlockParts::default()
        })
    }

    #[test]
    fn what_is_not_configured_is_unknown_computed_or_not() {
        let block = block();
        let empty = block.empty();
        let value = provisional(&block, &empty);
        for name in ["id", "name", "replicas", "port"] {
            assert!(!value.attr(name).expect("an attribute").is_known(), "{name}");
        }
        assert!(value.attr("token").expect("an attribute").is_null());
    }

    #[test]
    fn what_is_configured_is_as_configured_also_inside_of_blocks() {
        let block = block();
        let port = Value::object([
            ("number".into(), Value::int(80)),
            ("protocol".into(), Value::null(Type::STRING)),
        ]);
        let config = Value::object([
            ("id".into(), Value::null(Type::STRING)),
            ("name".into(), Value::string("web")),
            ("replicas".into(), Value::null(Type::NUMBER)),
            ("token".into(), Value::null(Type::STRING)),
            ("port".into(), Value::list(port.ty(), vec![port.clone()])),
        ]);
        let value = provisional(&block, &config);
        assert_eq!(value.attr("name").and_then(Value::as_str), Some("web"));
        let View::List([port]) = value.attr("port").expect("ports").view() else {
            panic!("one port: {value:?}")
        };
        assert_eq!(port.attr("number"), Some(&Value::int(80)));
        assert!(!port.attr("protocol").expect("an attribute").is_known());
    }
}
