//! What a block may hold: provider schemas, the shapes compiled from them, and what is computed by walking a
//! value along one.
//!
//! Pure: no input or output. A schema says types, who may set an attribute, and how blocks nest; it does not say
//! what forces replacement, what a cloud's defaults are or which formats values have. Reading a body's syntax
//! through a schema is `lang`'s.
//!
//! Invariant: a [`Block`]'s slots stand in the order of the attributes of its object type, so that walking a value
//! along its schema is a loop over two slices and never a look-up by name.

mod block;
mod bundle;
mod coerce;
pub mod compact;
mod correlate;
pub mod document;
mod empty;
mod legacy;
mod paths;
mod proposed;
pub mod protocol;
pub mod version;

pub use block::{
    Attr, Block, BlockParts, Description, NestedAttrs, NestedBlock, Nesting, Slot, Traits,
};
pub use bundle::{
    Capabilities, FunctionParam, FunctionSchema, IdentitySchema, ProviderSchema, ResourceSchema,
};
pub use coerce::CoerceError;
