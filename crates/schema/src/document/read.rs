//! Reading the document.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;
use value::{Type, json};

use super::DocumentError;
use super::raw::{
    RawAttr, RawBlock, RawDocument, RawFunction, RawIdentity, RawMap, RawNestedBlock, RawParam,
    RawProvider, RawSchema,
};
use crate::block::{Attr, Block, BlockParts, Description, NestedAttrs, NestedBlock, Nesting};
use crate::bundle::{
    Capabilities, FunctionParam, FunctionSchema, IdentitySchema, ProviderSchema, ResourceSchema,
};

type Read<T> = Result<T, DocumentError>;

/// A schema document, of which nothing but the outermost braces has been read yet.
pub struct Document<'a> {
    providers: RawMap<'a>,
}

/// What a document says of one provider, read as far as the names of its types.
pub struct ProviderDocument<'a> {
    address: String,
    raw: RawProvider<'a>,
}

fn fail<T>(about: &str, message: impl Into<String>) -> Read<T> {
    Err(DocumentError { about: about.to_owned(), message: message.into() })
}

fn read_json<'a, T: Deserialize<'a>>(about: &str, text: &'a str) -> Read<T> {
    serde_json::from_str(text)
        .or_else(|error| fail(about, format!("not a schema document: {error}")))
}

impl<'a> Document<'a> {
    /// Reads a document. Errors where it is none, or of a format version other than 1.
    pub fn parse(text: &'a str) -> Read<Document<'a>> {
        let raw: RawDocument<'a> = read_json("", text)?;
        if !raw.format_version.starts_with("1.") {
            let version = raw.format_version;
            return fail("", format!("the document has format version {version}; 1.x can be read"));
        }
        Ok(Document { providers: raw.provider_schemas })
    }

    /// The addresses of its providers, as written.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        self.providers.keys().map(String::as_str)
    }

    /// What it says of the provider with this address.
    pub fn provider(&self, address: &str) -> Option<Read<ProviderDocument<'a>>> {
        let raw = *self.providers.get(address)?;
        let read = read_json(address, raw.get());
        Some(read.map(|raw| ProviderDocument { address: address.to_owned(), raw }))
    }
}

impl<'a> ProviderDocument<'a> {
    /// The provider's address, as written.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The names of its resource types.
    pub fn resource_names(&self) -> impl Iterator<Item = &str> {
        self.raw.resource_schemas.keys().map(String::as_str)
    }

    /// The names of its data sources.
    pub fn data_names(&self) -> impl Iterator<Item = &str> {
        self.raw.data_source_schemas.keys().map(String::as_str)
    }

    /// The schema of its configuration; of an empty block where the document has none.
    pub fn configuration(&self) -> Read<ResourceSchema> {
        match self.raw.provider {
            Some(raw) => schema(&self.address, raw, None),
            None => Ok(ResourceSchema::of(Block::of_attrs(Vec::new()))),
        }
    }

    /// The schema of a resource type, with its identity.
    pub fn resource(&self, name: &str) -> Option<Read<ResourceSchema>> {
        let raw = *self.raw.resource_schemas.get(name)?;
        Some(schema(name, raw, self.raw.resource_identity_schemas.get(name).copied()))
    }

    /// The schema of a data source.
    pub fn data(&self, name: &str) -> Option<Read<ResourceSchema>> {
        self.raw.data_source_schemas.get(name).map(|raw| schema(name, raw, None))
    }

    /// The schema of an ephemeral resource type.
    pub fn ephemeral(&self, name: &str) -> Option<Read<ResourceSchema>> {
        self.raw.ephemeral_resource_schemas.get(name).map(|raw| schema(name, raw, None))
    }

    /// The schema of a function.
    pub fn function(&self, name: &str) -> Option<Read<FunctionSchema>> {
        self.raw.functions.get(name).map(|raw| function(name, raw))
    }

    /// Everything at once. Capabilities are those of a provider that says nothing of them.
    pub fn whole(&self) -> Read<ProviderSchema> {
        let resources =
            self.raw.resource_schemas.keys().filter_map(|name| Some((name, self.resource(name)?)));
        let data =
            self.raw.data_source_schemas.keys().filter_map(|name| Some((name, self.data(name)?)));
        let ephemeral = self
            .raw
            .ephemeral_resource_schemas
            .keys()
            .filter_map(|name| Some((name, self.ephemeral(name)?)));
        let functions =
            self.raw.functions.keys().filter_map(|name| Some((name, self.function(name)?)));
        Ok(ProviderSchema {
            provider: Arc::new(self.configuration()?),
            meta: None,
            resources: collect(resources)?,
            data: collect(data)?,
            ephemeral: collect(ephemeral)?,
            functions: collect(functions)?,
            capabilities: Capabilities::default(),
        })
    }
}

fn collect<'k, T>(
    entries: impl Iterator<Item = (&'k String, Read<T>)>,
) -> Read<BTreeMap<Arc<str>, Arc<T>>> {
    entries.map(|(name, read)| Ok((Arc::from(name.as_str()), Arc::new(read?)))).collect()
}

fn schema(name: &str, raw: &RawValue, identity_raw: Option<&RawValue>) -> Read<ResourceSchema> {
    let raw: RawSchema = read_json(name, raw.get())?;
    let identity = identity_raw.map(|raw| identity(name, raw)).transpose()?.map(Arc::new);
    let block = Arc::new(block(name, raw.block.unwrap_or_default())?);
    Ok(ResourceSchema { version: raw.version, block, identity })
}

fn identity(name: &str, raw: &RawValue) -> Read<IdentitySchema> {
    let raw: RawIdentity = read_json(name, raw.get())?;
    let attrs = raw
        .attributes
        .into_iter()
        .map(|(attr_name, raw)| {
            let mut attr = Attr::new(attr_name, ty(name, &raw.ty)?);
            attr.required = raw.required_for_import;
            attr.optional = raw.optional_for_import;
            attr.description.text = raw.description;
            Ok(attr)
        })
        .collect::<Read<Vec<Attr>>>()?;
    Ok(IdentitySchema { version: raw.version, attrs: NestedAttrs::new(Nesting::Single, attrs) })
}

fn block(name: &str, raw: RawBlock) -> Read<Block> {
    let blocks = raw
        .block_types
        .into_iter()
        .map(|(block_name, raw)| nested_block(name, block_name, raw))
        .collect::<Read<Vec<NestedBlock>>>()?;
    Ok(Block::new(BlockParts {
        attrs: attrs(name, raw.attributes)?,
        blocks,
        deprecated: raw.deprecated,
        deprecation: raw.deprecation_message,
        description: description(raw.description, &raw.description_kind),
    }))
}

fn nested_block(name: &str, block_name: String, raw: RawNestedBlock) -> Read<NestedBlock> {
    Ok(NestedBlock {
        nesting: nesting(name, &raw.nesting_mode)?,
        min_items: raw.min_items,
        max_items: raw.max_items,
        block: Arc::new(block(name, raw.block.unwrap_or_default())?),
        name: block_name.into(),
    })
}

fn attrs(name: &str, raw: BTreeMap<String, RawAttr>) -> Read<Vec<Attr>> {
    raw.into_iter().map(|(attr_name, raw)| attr(name, attr_name, raw)).collect()
}

fn attr(name: &str, attr_name: String, raw: RawAttr) -> Read<Attr> {
    let mut attr = match (raw.nested_type, raw.ty) {
        (Some(nested), _) => {
            let nesting = nesting(name, &nested.nesting_mode)?;
            if nesting == Nesting::Group {
                return fail(name, format!("the attribute {attr_name:?} nests as a group"));
            }
            Attr::nesting(attr_name, NestedAttrs::new(nesting, attrs(name, nested.attributes)?))
        }
        (None, Some(raw)) => Attr::new(attr_name, ty(name, &raw)?),
        (None, None) => return fail(name, format!("the attribute {attr_name:?} has no type")),
    };
    attr.required = raw.required;
    attr.optional = raw.optional;
    attr.computed = raw.computed;
    attr.sensitive = raw.sensitive;
    attr.write_only = raw.write_only;
    attr.deprecated = raw.deprecated;
    attr.deprecation = raw.deprecation_message;
    attr.description = description(raw.description, &raw.description_kind);
    Ok(attr)
}

fn description(text: Box<str>, kind: &str) -> Description {
    Description { text, markdown: kind == "markdown" }
}

fn nesting(name: &str, mode: &str) -> Read<Nesting> {
    Ok(match mode {
        "single" => Nesting::Single,
        "group" => Nesting::Group,
        "list" => Nesting::List,
        "set" => Nesting::Set,
        "map" => Nesting::Map,
        _ => return fail(name, format!("there is no nesting mode {mode:?}")),
    })
}

fn ty(name: &str, raw: &RawValue) -> Read<Type> {
    json::type_from_json(raw.get().as_bytes())
        .or_else(|error| fail(name, format!("not a type: {}: {error}", raw.get())))
}

fn function(name: &str, raw: &RawValue) -> Read<FunctionSchema> {
    let raw: RawFunction = read_json(name, raw.get())?;
    Ok(FunctionSchema {
        params: raw.parameters.into_iter().map(|raw| param(name, raw)).collect::<Read<_>>()?,
        variadic: raw.variadic_parameter.map(|raw| param(name, raw)).transpose()?,
        result: ty(name, &raw.return_type)?,
        summary: raw.summary,
        description: Description { text: raw.description, markdown: false },
        deprecation: Box::default(),
    })
}

fn param(name: &str, raw: RawParam) -> Read<FunctionParam> {
    Ok(FunctionParam {
        ty: ty(name, &raw.ty)?,
        name: raw.name.into(),
        allow_null: raw.is_nullable,
        allow_unknown: false,
        description: Description { text: raw.description, markdown: false },
    })
}
