//! Functions on maps and objects.
//! Invariant: keys come in the order of their bytes.

use std::collections::BTreeMap;
use std::sync::Arc;

use value::{Kind, Marks, Type, Value, View, convert};

use crate::args::{elements, shown, text};
use crate::function::{Allows, FuncError, Function, Outcome, Param, Returns};

pub(crate) static KEYS: Function = Function::new(
    "keys",
    &[Param::any("inputMap").allowing(Allows::UNKNOWN.and(Allows::MARKED))],
    Returns::From(|args| match args[0].ty().kind() {
        Kind::Map(_) => Ok(Type::list(Type::STRING)),
        Kind::Object(object) => Ok(Type::tuple(&vec![Type::STRING; object.len()])),
        _ => Err(FuncError::argument(0, "it must be a map or an object")),
    }),
    |args, ty| {
        let text = |name: &Arc<str>| Value::string(Arc::clone(name));
        let keys = match (args[0].ty().kind(), args[0].view()) {
            (Kind::Object(object), _) => Value::tuple(object.names().iter().map(text).collect()),
            (_, View::Map(entries)) => {
                let keys = entries.iter().map(|(key, _)| text(key));
                Value::list(Type::STRING, keys.collect())
            }
            _ => Value::unknown(ty),
        };
        Ok(keys.with_marks(args[0].marks()))
    },
);

pub(crate) static VALUES: Function = Function::new(
    "values",
    &[Param::any("mapping").marked()],
    Returns::From(|args| match args[0].ty().kind() {
        Kind::Map(element) => Ok(Type::list(element)),
        Kind::Object(object) => Ok(Type::tuple(object.types())),
        _ => Err(FuncError::call("the argument must be a map or an object")),
    }),
    |args, ty| {
        let values = match (args[0].view(), ty.element()) {
            (View::Map(entries), Some(element)) => {
                Value::list(element, entries.iter().map(|(_, value)| value.clone()).collect())
            }
            (View::Object(_, values), _) => Value::tuple(values.to_vec()),
            _ => panic!("BUG: a known map or object is due"),
        };
        Ok(values.with_marks(args[0].marks()))
    },
);

pub(crate) static LOOKUP: Function = Function::new(
    "lookup",
    &[Param::any("inputMap").marked(), Param::text("key").marked()],
    Returns::From(type_of_lookup),
    lookup,
)
.with_more(Param::any("default").allowing(Allows::ALL))
.maybe_null();

fn type_of_lookup(args: &[Value]) -> Outcome<Type> {
    if args.len() > 3 {
        let message = format!("it takes two or three arguments, and {} are given", args.len());
        return Err(FuncError::call(message));
    }
    let ty = args[0].ty();
    match ty.kind() {
        Kind::Object(_) => {
            let Some(key) = args[1].as_str() else {
                return Ok(Type::DYNAMIC);
            };
            match (ty.attr(key), args.get(2)) {
                (Some((_, ty)), _) => Ok(ty),
                (None, Some(default)) => Ok(default.ty()),
                (None, None) => {
                    let key = shown(key, args[1].marks());
                    let message = format!("the object has no attribute {key}");
                    Err(FuncError::argument(0, message))
                }
            }
        }
        Kind::Map(element) => {
            let fits = args.get(2).is_none_or(|default| convert::convert(default, element).is_ok());
            if !fits {
                let message = "the default must be of the type of the map's elements";
                return Err(FuncError::argument(2, message));
            }
            Ok(element)
        }
        _ => Err(FuncError::argument(0, "it must be a map or an object")),
    }
}

fn lookup(args: &[Value], ty: Type) -> Outcome {
    let (map, key) = (&args[0], text(&args[1]));
    let marks = map.marks() | args[1].marks();
    let found = match map.view() {
        View::Object(..) => map.attr(key),
        _ => map.entry(key),
    };
    if let Some(found) = found {
        return Ok(found.clone().with_marks(marks));
    }
    let Some(default) = args.get(2) else {
        let key = shown(key, args[1].marks());
        return Err(FuncError::call(format!("the map has no element with the key {key}")));
    };
    let default =
        convert::convert(default, ty).map_err(|error| FuncError::argument(2, error.to_string()))?;
    Ok(default.with_marks(marks))
}

pub(crate) static MERGE: Function =
    Function::new("merge", &[], Returns::From(type_of_merge), merge).with_more(
        Param::any("maps").allowing(Allows::DYNAMIC.and(Allows::NULL).and(Allows::MARKED)),
    );

fn type_of_merge(args: &[Value]) -> Outcome<Type> {
    let Some(first) = args.first() else {
        return Ok(Type::empty_object());
    };
    for (index, arg) in args.iter().enumerate() {
        let ty = arg.ty();
        if ty.is_dynamic() {
            return Ok(Type::DYNAMIC);
        }
        if !ty.is_map() && !ty.is_object() {
            let message = format!("it must be a map or an object, not {}", ty.friendly_name());
            return Err(FuncError::argument(index, message));
        }
    }
    if args.iter().all(|arg| arg.ty() == first.ty()) {
        return Ok(first.ty());
    }
    // A map of one type is made only of maps of that type; else the parts decide, if all are known.
    let mut attributes = Vec::new();
    for arg in args.iter().filter(|arg| !arg.is_null()) {
        match (arg.ty().kind(), arg.view()) {
            (Kind::Object(object), _) => {
                attributes.extend(object.iter().map(|(name, ty)| (Arc::clone(name), ty)));
            }
            (Kind::Map(element), View::Map(entries)) => {
                attributes.extend(entries.iter().map(|(key, _)| (Arc::clone(key), element)));
            }
            _ => return Ok(Type::DYNAMIC),
        }
    }
    Ok(Type::object(attributes))
}

fn merge(args: &[Value], ty: Type) -> Outcome {
    let mut marks = Marks::NONE;
    let mut entries: Vec<(Arc<str>, Value)> = Vec::new();
    for (index, arg) in args.iter().enumerate() {
        match arg.view() {
            View::Null => continue,
            View::Map(own) => entries.extend_from_slice(own),
            View::Object(object, values) => {
                entries.extend(object.names().iter().cloned().zip(values.iter().cloned()));
            }
            // Behind an argument without a type others have not been looked at yet.
            _ => {
                let message =
                    format!("it must be a map or an object, not {}", arg.ty().friendly_name());
                return Err(FuncError::argument(index, message));
            }
        }
        marks |= arg.marks();
    }
    let merged = match ty.element() {
        Some(element) => Value::map(element, entries),
        None => Value::object(entries),
    };
    Ok(merged.with_marks(marks))
}

pub(crate) static ZIPMAP: Function = Function::new(
    "zipmap",
    &[Param::texts("keys").marked(), Param::any("values").marked()],
    Returns::From(|args| match args[1].ty().kind() {
        Kind::List(element) => Ok(Type::map(element)),
        Kind::Tuple(_) if !args[0].is_wholly_known() => Ok(Type::DYNAMIC),
        Kind::Tuple(types) => {
            let names = names(&args[0])?;
            same_length(names.len(), types.len())?;
            Ok(Type::object(names.into_iter().zip(types.iter().copied())))
        }
        _ => Err(FuncError::call("the values must be a list or a tuple")),
    }),
    |args, ty| {
        let marks = args[0].marks() | args[1].marks();
        if !args[0].is_wholly_known() {
            return Ok(Value::unknown(ty).with_marks(marks));
        }
        let values = elements(&args[1]);
        same_length(elements(&args[0]).len(), values.len())?;
        let names = names(&args[0])?;
        let marks = marks | elements(&args[0]).iter().fold(Marks::NONE, |m, key| m | key.marks());
        let entries = names.into_iter().zip(values.iter().cloned());
        let zipped = match ty.element() {
            Some(element) => Value::map(element, entries),
            None => Value::object(entries),
        };
        Ok(zipped.with_marks(marks))
    },
);

fn names(keys: &Value) -> Outcome<Vec<Arc<str>>> {
    let names = elements(keys).iter().enumerate().map(|(at, key)| {
        let name = key.as_arc_str().cloned();
        name.ok_or_else(|| FuncError::argument(0, format!("its element {at} is null")))
    });
    names.collect()
}

fn same_length(keys: usize, values: usize) -> Outcome<()> {
    if keys == values {
        return Ok(());
    }
    Err(FuncError::call(format!("there are {keys} keys but {values} values")))
}

fn map_of_lists() -> Type {
    Type::map(Type::list(Type::STRING))
}

pub(crate) static TRANSPOSE: Function = Function::new(
    "transpose",
    &[Param::new("values", map_of_lists)],
    Returns::Always(map_of_lists),
    |args, ty| {
        if !args[0].is_wholly_known() {
            return Ok(Value::unknown(ty));
        }
        let mut turned: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
        for (key, list) in args[0].as_entries().expect("BUG: a known map is due") {
            let null = |what: String| FuncError::argument(0, format!("{what} is null"));
            if list.is_null() {
                return Err(null(format!("the list of {key:?}")));
            }
            for (at, element) in elements(list).iter().enumerate() {
                let name = element.as_arc_str();
                let name = name.ok_or_else(|| null(format!("element {at} of {key:?}")))?;
                turned.entry(Arc::clone(name)).or_default().push(Value::string(Arc::clone(key)));
            }
        }
        let turned = turned.into_iter().map(|(name, keys)| (name, Value::list(Type::STRING, keys)));
        Ok(Value::map(Type::list(Type::STRING), turned))
    },
);
