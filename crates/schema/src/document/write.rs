//! Writing the document as OpenTofu writes it: keys sorted, nothing said that is false or empty, HTML escaped.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};
use serde_json::value::RawValue;
use value::{Type, json};

use super::raw::{
    RawAttr, RawBlock, RawFunction, RawIdentity, RawIdentityAttr, RawNestedBlock, RawNestedType,
    RawParam, RawSchema,
};
use crate::block::{Attr, Block, Description, NestedBlock, Nesting};
use crate::bundle::{
    FunctionParam, FunctionSchema, IdentitySchema, ProviderSchema, ResourceSchema,
};

#[derive(Serialize)]
struct OutDocument<'a> {
    format_version: &'static str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    provider_schemas: BTreeMap<String, OutProvider<'a>>,
}

type Out<'a, T> = BTreeMap<&'a str, T>;

#[derive(Serialize)]
struct OutProvider<'a> {
    provider: RawSchema,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    resource_schemas: Out<'a, RawSchema>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    data_source_schemas: Out<'a, RawSchema>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    ephemeral_resource_schemas: Out<'a, RawSchema>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    functions: Out<'a, RawFunction>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    resource_identity_schemas: Out<'a, RawIdentity>,
}

/// The document of these providers, by address, in one line without a line's end.
pub fn write<'a>(providers: impl IntoIterator<Item = (String, &'a ProviderSchema)>) -> String {
    let provider_schemas =
        providers.into_iter().map(|(address, schema)| (address, provider(schema)));
    let document =
        OutDocument { format_version: "1.0", provider_schemas: provider_schemas.collect() };
    let mut out = Vec::new();
    let mut serializer =
        serde_json::Serializer::with_formatter(&mut out, HtmlSafe(CompactFormatter));
    document.serialize(&mut serializer).expect("BUG: writing to memory does not fail");
    String::from_utf8(out).expect("BUG: JSON is UTF-8")
}

/// Escapes what could end a script in a page, as Go's encoder does.
struct HtmlSafe(CompactFormatter);

impl Formatter for HtmlSafe {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        text: &str,
    ) -> io::Result<()> {
        let mut rest = text;
        while let Some(at) = rest.find(['<', '>', '&', '\u{2028}', '\u{2029}']) {
            let (before, from) = rest.split_at(at);
            out.write_all(before.as_bytes())?;
            let found = from.chars().next().expect("BUG: a character was found here");
            write!(out, "\\u{:04x}", u32::from(found))?;
            rest = &from[found.len_utf8()..];
        }
        self.0.write_string_fragment(out, rest)
    }
}

fn provider(schema: &ProviderSchema) -> OutProvider<'_> {
    let identities = schema
        .resources
        .iter()
        .filter_map(|(name, schema)| Some((name.as_ref(), identity(schema.identity.as_deref()?))));
    OutProvider {
        provider: resource(&schema.provider),
        resource_schemas: all(&schema.resources, resource),
        data_source_schemas: all(&schema.data, resource),
        ephemeral_resource_schemas: all(&schema.ephemeral, resource),
        functions: all(&schema.functions, function),
        resource_identity_schemas: identities.collect(),
    }
}

fn all<T, O>(from: &BTreeMap<Arc<str>, Arc<T>>, write: impl Fn(&T) -> O) -> Out<'_, O> {
    from.iter().map(|(name, one)| (name.as_ref(), write(one))).collect()
}

fn resource(schema: &ResourceSchema) -> RawSchema {
    RawSchema { version: schema.version, block: Some(block(&schema.block)) }
}

fn identity(schema: &IdentitySchema) -> RawIdentity {
    let attrs = schema.attrs.attrs().iter().map(|attr| {
        let raw = RawIdentityAttr {
            ty: ty(attr.ty),
            description: attr.description.text.clone(),
            required_for_import: attr.required,
            optional_for_import: attr.optional,
        };
        (attr.name.to_string(), raw)
    });
    RawIdentity { version: schema.version, attributes: attrs.collect() }
}

fn kind(description: &Description) -> Box<str> {
    if description.markdown { "markdown".into() } else { "plain".into() }
}

fn block(block: &Block) -> RawBlock {
    let nested =
        block.blocks().iter().map(|nested| (nested.name.to_string(), nested_block(nested)));
    RawBlock {
        attributes: attrs(block.attrs()),
        block_types: nested.collect(),
        description: block.description().text.clone(),
        description_kind: kind(block.description()),
        deprecated: block.deprecated(),
        deprecation_message: block.deprecation().into(),
    }
}

fn nested_block(nested: &NestedBlock) -> RawNestedBlock {
    RawNestedBlock {
        nesting_mode: nesting(nested.nesting),
        block: Some(block(&nested.block)),
        min_items: nested.min_items,
        max_items: nested.max_items,
    }
}

fn nesting(nesting: Nesting) -> Box<str> {
    match nesting {
        Nesting::Single => "single",
        Nesting::Group => "group",
        Nesting::List => "list",
        Nesting::Set => "set",
        Nesting::Map => "map",
    }
    .into()
}

fn attrs(attrs: &[Attr]) -> BTreeMap<String, RawAttr> {
    attrs.iter().map(|one| (one.name.to_string(), attr(one))).collect()
}

fn attr(attr: &Attr) -> RawAttr {
    let nested_type = attr.nested.as_ref().map(|nested| RawNestedType {
        attributes: attrs(nested.attrs()),
        nesting_mode: nesting(nested.nesting()),
    });
    RawAttr {
        ty: if nested_type.is_none() { Some(ty(attr.ty)) } else { None },
        nested_type,
        description: attr.description.text.clone(),
        description_kind: kind(&attr.description),
        deprecated: attr.deprecated,
        deprecation_message: attr.deprecation.clone(),
        required: attr.required,
        optional: attr.optional,
        computed: attr.computed,
        sensitive: attr.sensitive,
        write_only: attr.write_only,
    }
}

fn ty(ty: Type) -> Box<RawValue> {
    RawValue::from_string(json::type_to_json(ty)).expect("BUG: a type's JSON is JSON")
}

fn function(function: &FunctionSchema) -> RawFunction {
    RawFunction {
        description: function.description.text.clone(),
        summary: function.summary.clone(),
        return_type: ty(function.result),
        parameters: function.params.iter().map(param).collect(),
        variadic_parameter: function.variadic.as_ref().map(param),
    }
}

fn param(param: &FunctionParam) -> RawParam {
    RawParam {
        name: param.name.as_ref().into(),
        description: param.description.text.clone(),
        ty: ty(param.ty),
        is_nullable: param.allow_null,
    }
}
