//! Attributes that may be written as blocks: lists and sets of objects, in schemas made by the old plugin SDK, for
//! which Terraform 0.11 knew no difference (`lang/blocktoattr` in OpenTofu).
//!
//! Invariant: JSON always means the attribute.

use schema::{Attr, Block};
use value::{Kind, Type, Value, convert};

use super::decode::decode;
use super::items::{Era, Made, Setting};
use super::nested::within;
use crate::eval::{Machine, Outcome, Worst};

/// Whether blocks of the attribute's name stand for its elements.
pub(super) fn may_be_blocks(attr: &Attr, era: &Era<'_>) -> bool {
    element(attr.ty).is_some() && era.is_old()
}

/// The element of a list or set of objects.
fn element(ty: Type) -> Option<Type> {
    match ty.kind() {
        Kind::List(element) | Kind::Set(element) if element.is_object() => Some(element),
        _ => None,
    }
}

/// Whether the old SDK could have made the schema: it had no nested attributes, tuples, single objects, maps of
/// objects, or collections of collections of anything but primitives.
pub(super) fn is_old(schema: &Block) -> bool {
    schema.attrs().iter().all(|attr| attr.nested.is_none() && is_old_type(attr.ty))
        && schema.blocks().iter().all(|nested| is_old(&nested.block))
}

fn is_old_type(ty: Type) -> bool {
    match ty.kind() {
        Kind::Tuple(_) | Kind::Object(_) => false,
        Kind::Map(element) if element.is_object() => false,
        _ => match ty.element().and_then(Type::element) {
            Some(inner) => inner.is_primitive(),
            None => true,
        },
    }
}

/// The value of the attribute from its blocks, of which there is at least one. Blocks of unknown number are one block of
/// unknown content here, as in OpenTofu.
pub(super) fn value(
    attr: &Attr,
    made: &[(usize, Made<'_>)],
    setting: Setting<'_>,
    machine: &mut Machine<'_>,
) -> Outcome {
    let element = element(attr.ty).expect("BUG: blocks for an attribute that holds no objects");
    let schema = element_schema(element);
    let era = Era::of(&schema);
    let mut worst = Worst::default();
    let mut values = Vec::with_capacity(made.len());
    for (_, block) in made {
        let inner = Setting { era: &era, ..setting.of(block) };
        let value =
            within(block, machine, |machine| decode(&block.inside, &schema, inner, machine));
        values.extend(worst.see(value));
    }
    worst.end()?;
    let list = Value::list(element, values);
    Ok(convert::convert(&list, attr.ty)
        .expect("BUG: a list that does not become the collection of its own elements"))
}

/// A schema whose blocks have this type: all optional, since a type does not say what is required.
fn element_schema(element: Type) -> Block {
    let object = element.object_type().expect("BUG: an element that is no object");
    Block::of_attrs(
        object.iter().map(|(name, ty)| Attr::new(name.clone(), ty).optional()).collect(),
    )
}
