//! Schemas from the wire: the answers of GetProviderSchema and GetResourceIdentitySchemas.
//!
//! The answer of a large provider has 20 MB, so the maps are split first and each entry is decoded when it is
//! wanted.

use std::collections::BTreeMap;
use std::sync::Arc;

use schema::protocol::ProviderDiagnostic;
use schema::{
    Attr, Block, BlockParts, Capabilities, Description, FunctionParam, FunctionSchema,
    IdentitySchema, NestedAttrs, NestedBlock, Nesting, ResourceSchema,
};
use value::{Type, json};

use super::Protocol;
use super::diagnostics::{diagnostic, lossy};
use super::proto::{Content, Fields, Wire, WireError, entry};

/// Greatest depth of nested blocks and attributes.
const DEPTH_MAX: u32 = 1_000;

type Entries<'a> = BTreeMap<&'a str, &'a [u8]>;

/// The answer of GetProviderSchema, split.
#[derive(Default)]
pub(crate) struct SchemaResponse<'a> {
    pub(crate) provider: Option<&'a [u8]>,
    pub(crate) meta: Option<&'a [u8]>,
    pub(crate) resources: Entries<'a>,
    pub(crate) data: Entries<'a>,
    pub(crate) ephemeral: Entries<'a>,
    pub(crate) functions: Entries<'a>,
    pub(crate) capabilities: Capabilities,
    pub(crate) diagnostics: Vec<ProviderDiagnostic>,
}

impl<'a> SchemaResponse<'a> {
    pub(crate) fn read(message: &'a [u8]) -> Wire<SchemaResponse<'a>> {
        let mut response = SchemaResponse::default();
        for field in Fields(message) {
            let (number, content) = field?;
            let map = match number {
                2 => &mut response.resources,
                3 => &mut response.data,
                7 => &mut response.functions,
                8 => &mut response.ephemeral,
                _ => {
                    response.other(number, content)?;
                    continue;
                }
            };
            let (name, message) = entry(content)?;
            map.insert(name, message);
        }
        Ok(response)
    }

    fn other(&mut self, number: u32, content: Content<'a>) -> Wire<()> {
        match number {
            1 => self.provider = Some(content.bytes()?),
            4 => self.diagnostics.push(diagnostic(content)?),
            5 => self.meta = Some(content.bytes()?),
            6 => self.capabilities = capabilities(content)?,
            _ => {}
        }
        Ok(())
    }
}

fn capabilities(content: Content<'_>) -> Wire<Capabilities> {
    let mut capabilities = Capabilities::default();
    for field in content.fields()? {
        match field? {
            (1, content) => capabilities.plan_destroy = content.flag()?,
            (2, content) => capabilities.schema_optional = content.flag()?,
            (3, content) => capabilities.move_state = content.flag()?,
            _ => {}
        }
    }
    Ok(capabilities)
}

/// The answer of GetResourceIdentitySchemas, by type name.
pub(crate) fn identities(message: &[u8]) -> Wire<BTreeMap<String, Arc<IdentitySchema>>> {
    let mut identities = BTreeMap::new();
    for field in Fields(message) {
        if let (1, content) = field? {
            let (name, message) = entry(content)?;
            identities.insert(name.to_owned(), Arc::new(identity(message)?));
        }
    }
    Ok(identities)
}

fn identity(message: &[u8]) -> Wire<IdentitySchema> {
    let (mut version, mut attrs) = (0, Vec::new());
    for field in Fields(message) {
        match field? {
            (1, content) => version = content.number()?,
            (2, content) => attrs.push(identity_attr(content)?),
            _ => {}
        }
    }
    Ok(IdentitySchema { version, attrs: NestedAttrs::new(Nesting::Single, attrs) })
}

fn identity_attr(content: Content<'_>) -> Wire<Attr> {
    let (mut name, mut ty, mut required, mut optional, mut text) =
        ("", Type::DYNAMIC, false, false, String::new());
    for field in content.fields()? {
        match field? {
            (1, content) => name = content.text()?,
            (2, content) => ty = type_of(content)?,
            (3, content) => required = content.flag()?,
            (4, content) => optional = content.flag()?,
            (5, content) => text = lossy(content)?,
            _ => {}
        }
    }
    let mut attr = Attr::new(name, ty);
    (attr.required, attr.optional) = (required, optional);
    attr.description.text = text.into();
    Ok(attr)
}

/// A `Schema`.
pub(crate) fn resource(message: &[u8], protocol: Protocol) -> Wire<ResourceSchema> {
    let (mut version, mut block) = (0, None);
    for field in Fields(message) {
        match field? {
            (1, content) => version = content.number()?,
            (2, content) => block = Some(self::block(content, protocol, 0)?),
            _ => {}
        }
    }
    let block = block.unwrap_or_else(|| Block::of_attrs(Vec::new()));
    Ok(ResourceSchema { version, block: Arc::new(block), identity: None })
}

fn block(content: Content<'_>, protocol: Protocol, depth: u32) -> Wire<Block> {
    if depth > DEPTH_MAX {
        return Err(WireError);
    }
    let mut parts = BlockParts::default();
    for field in content.fields()? {
        match field? {
            (2, content) => parts.attrs.push(attr(content, protocol, depth)?),
            (3, content) => parts.blocks.extend(nested_block(content, protocol, depth)?),
            (4, content) => parts.description.text = lossy(content)?.into(),
            (5, content) => parts.description.markdown = content.number()? == 1,
            (6, content) => parts.deprecated = content.flag()?,
            (7, content) => parts.deprecation = lossy(content)?.into(),
            _ => {}
        }
    }
    Ok(Block::new(parts))
}

/// None where the nesting is one that this version does not know, as OpenTofu drops it too.
fn nested_block(content: Content<'_>, protocol: Protocol, depth: u32) -> Wire<Option<NestedBlock>> {
    let (mut name, mut inner, mut mode, mut min, mut max) = ("", None, 0, 0, 0);
    for field in content.fields()? {
        match field? {
            (1, content) => name = content.text()?,
            (2, content) => inner = Some(block(content, protocol, depth + 1)?),
            (3, content) => mode = content.number()?,
            (4, content) => min = content.number()?,
            (5, content) => max = content.number()?,
            _ => {}
        }
    }
    let Some(nesting) = nesting(mode) else { return Ok(None) };
    let block = Arc::new(inner.unwrap_or_else(|| Block::of_attrs(Vec::new())));
    Ok(Some(NestedBlock { name: name.into(), nesting, min_items: min, max_items: max, block }))
}

fn nesting(mode: u64) -> Option<Nesting> {
    Some(match mode {
        1 => Nesting::Single,
        2 => Nesting::List,
        3 => Nesting::Set,
        4 => Nesting::Map,
        5 => Nesting::Group,
        _ => return None,
    })
}

/// The numbers of the fields in which the protocols differ: nested type, write-only, deprecation message.
fn late_fields(protocol: Protocol) -> (u32, u32, u32) {
    match protocol {
        Protocol::V5 => (0, 10, 11),
        Protocol::V6 => (10, 11, 12),
    }
}

fn attr(content: Content<'_>, protocol: Protocol, depth: u32) -> Wire<Attr> {
    let (nested_type, write_only, deprecation) = late_fields(protocol);
    let (mut ty, mut nested) = (Type::DYNAMIC, None);
    let mut attr = Attr::new("", Type::DYNAMIC);
    for field in content.fields()? {
        match field? {
            (1, content) => attr.name = content.text()?.into(),
            (2, content) => ty = type_of(content)?,
            (3, content) => attr.description.text = lossy(content)?.into(),
            (4, content) => attr.required = content.flag()?,
            (5, content) => attr.optional = content.flag()?,
            (6, content) => attr.computed = content.flag()?,
            (7, content) => attr.sensitive = content.flag()?,
            (8, content) => attr.description.markdown = content.number()? == 1,
            (9, content) => attr.deprecated = content.flag()?,
            (number, content) if number == nested_type => {
                nested = Some(object(content, protocol, depth + 1)?)
            }
            (number, content) if number == write_only => attr.write_only = content.flag()?,
            (number, content) if number == deprecation => attr.deprecation = lossy(content)?.into(),
            _ => {}
        }
    }
    let shape = match nested {
        Some(nested) => Attr::nesting("", nested),
        None => Attr::new("", ty),
    };
    Ok(Attr { ty: shape.ty, constraint: shape.constraint, nested: shape.nested, ..attr })
}

fn object(content: Content<'_>, protocol: Protocol, depth: u32) -> Wire<NestedAttrs> {
    if depth > DEPTH_MAX {
        return Err(WireError);
    }
    let (mut attrs, mut mode) = (Vec::new(), 0);
    for field in content.fields()? {
        match field? {
            (1, content) => attrs.push(attr(content, protocol, depth)?),
            (3, content) => mode = content.number()?,
            _ => {}
        }
    }
    match nesting(mode) {
        None | Some(Nesting::Group) => Err(WireError),
        Some(nesting) => Ok(NestedAttrs::new(nesting, attrs)),
    }
}

fn type_of(content: Content<'_>) -> Wire<Type> {
    json::type_from_json(content.bytes()?).map_err(|_| WireError)
}

/// The answer of GetFunctions, by name.
pub(crate) fn functions(message: &[u8]) -> Wire<BTreeMap<Arc<str>, Arc<FunctionSchema>>> {
    let mut functions = BTreeMap::new();
    for field in Fields(message) {
        if let (1, content) = field? {
            let (name, message) = entry(content)?;
            functions.insert(name.into(), Arc::new(function(message)?));
        }
    }
    Ok(functions)
}

/// A `Function`.
pub(crate) fn function(message: &[u8]) -> Wire<FunctionSchema> {
    let mut function = FunctionSchema {
        params: Vec::new(),
        variadic: None,
        result: Type::DYNAMIC,
        summary: Box::default(),
        description: Description::default(),
        deprecation: Box::default(),
    };
    for field in Fields(message) {
        match field? {
            (1, content) => function.params.push(param(content)?),
            (2, content) => function.variadic = Some(param(content)?),
            (3, content) => function.result = result(content)?,
            (4, content) => function.summary = lossy(content)?.into(),
            (5, content) => function.description.text = lossy(content)?.into(),
            (6, content) => function.description.markdown = content.number()? == 1,
            (7, content) => function.deprecation = lossy(content)?.into(),
            _ => {}
        }
    }
    Ok(function)
}

fn result(content: Content<'_>) -> Wire<Type> {
    let mut ty = Type::DYNAMIC;
    for field in content.fields()? {
        if let (1, content) = field? {
            ty = type_of(content)?;
        }
    }
    Ok(ty)
}

fn param(content: Content<'_>) -> Wire<FunctionParam> {
    let mut param = FunctionParam {
        name: "".into(),
        ty: Type::DYNAMIC,
        allow_null: false,
        allow_unknown: false,
        description: Description::default(),
    };
    for field in content.fields()? {
        match field? {
            (1, content) => param.name = content.text()?.into(),
            (2, content) => param.ty = type_of(content)?,
            (3, content) => param.allow_null = content.flag()?,
            (4, content) => param.allow_unknown = content.flag()?,
            (5, content) => param.description.text = lossy(content)?.into(),
            (6, content) => param.description.markdown = content.number()? == 1,
            _ => {}
        }
    }
    Ok(param)
}
