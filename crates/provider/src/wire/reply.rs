//! Bytes to replies.

use std::sync::Arc;

use schema::FunctionSchema;
use schema::protocol::{
    Call, CallKind, Encoding, FunctionError, Imported, Private, ProviderDiagnostic, Reply,
    ReplyBody, Undecodable,
};
use value::{Path, Type, Value, json, msgpack};

use super::diagnostics::{deferred, diagnostic, lossy, path};
use super::proto::{Content, Fields, Wire, WireError};
use crate::schemas::Schemas;

/// Why an answer is none.
#[derive(Debug)]
pub(crate) enum ReplyError {
    /// The message cannot be read.
    Broken,
    /// An object in it does not fit the schema; the rest of the message is kept.
    Undecodable(String, Box<Undecodable>),
    /// The schema that it should fit cannot be read.
    Schema(String),
}

impl From<WireError> for ReplyError {
    fn from(_: WireError) -> ReplyError {
        ReplyError::Broken
    }
}

/// Everything that any response holds, before it is decoded.
#[derive(Default)]
struct Parts<'a> {
    diagnostics: Vec<ProviderDiagnostic>,
    object: Option<&'a [u8]>,
    private: &'a [u8],
    identity: Option<&'a [u8]>,
    deferred: Option<schema::protocol::Deferred>,
    legacy: bool,
    paths: Vec<Path>,
    imported: Vec<&'a [u8]>,
    renew_at_ms: Option<i64>,
    function_error: Option<FunctionError>,
}

/// Which field of a response holds what.
struct Layout {
    diagnostics: u32,
    object: u32,
    private: u32,
    identity: u32,
    deferred: u32,
    legacy: u32,
    paths: u32,
    imported: u32,
    renew_at: u32,
    function_error: u32,
}

/// No field has this number.
const NO: u32 = 0;

const NOTHING: Layout = Layout {
    diagnostics: NO,
    object: NO,
    private: NO,
    identity: NO,
    deferred: NO,
    legacy: NO,
    paths: NO,
    imported: NO,
    renew_at: NO,
    function_error: NO,
};

fn layout(kind: CallKind) -> Layout {
    match kind {
        CallKind::ValidateProvider => Layout { diagnostics: 2, ..NOTHING },
        CallKind::ValidateResource
        | CallKind::ValidateData
        | CallKind::ValidateEphemeral
        | CallKind::Configure
        | CallKind::Close => Layout { diagnostics: 1, ..NOTHING },
        CallKind::UpgradeState => Layout { object: 1, diagnostics: 2, ..NOTHING },
        CallKind::UpgradeIdentity => Layout { identity: 1, diagnostics: 2, ..NOTHING },
        CallKind::Read => {
            Layout { object: 1, diagnostics: 2, private: 3, deferred: 4, identity: 5, ..NOTHING }
        }
        CallKind::Plan => Layout {
            object: 1,
            paths: 2,
            private: 3,
            diagnostics: 4,
            legacy: 5,
            deferred: 6,
            identity: 7,
            ..NOTHING
        },
        CallKind::Apply => {
            Layout { object: 1, private: 2, diagnostics: 3, legacy: 4, identity: 5, ..NOTHING }
        }
        CallKind::ReadData => Layout { object: 1, diagnostics: 2, deferred: 3, ..NOTHING },
        CallKind::Import => Layout { imported: 1, diagnostics: 2, deferred: 3, ..NOTHING },
        CallKind::MoveState => {
            Layout { object: 1, diagnostics: 2, private: 3, identity: 4, ..NOTHING }
        }
        CallKind::Function => Layout { object: 1, function_error: 2, ..NOTHING },
        CallKind::Open => {
            Layout { diagnostics: 1, renew_at: 2, object: 3, private: 4, deferred: 5, ..NOTHING }
        }
        CallKind::Renew => Layout { diagnostics: 1, renew_at: 2, private: 3, ..NOTHING },
    }
}

fn parts<'a>(kind: CallKind, message: &'a [u8]) -> Wire<Parts<'a>> {
    let layout = layout(kind);
    let mut parts = Parts::default();
    for field in Fields(message) {
        let (number, content) = field?;
        if number == layout.diagnostics {
            parts.diagnostics.push(diagnostic(content)?);
        } else if number == layout.object {
            parts.object = Some(content.bytes()?);
        } else if number == layout.private {
            parts.private = content.bytes()?;
        } else if number == layout.identity {
            parts.identity = identity_data(content)?;
        } else if number == layout.deferred {
            parts.deferred = Some(deferred(content)?);
        } else if number == layout.legacy {
            parts.legacy = content.flag()?;
        } else if number == layout.paths {
            parts.paths.push(path(content)?);
        } else if number == layout.imported {
            parts.imported.push(content.bytes()?);
        } else if number == layout.renew_at {
            parts.renew_at_ms = Some(timestamp(content)?);
        } else if number == layout.function_error {
            parts.function_error = Some(function_error(content)?);
        }
    }
    Ok(parts)
}

/// A `ResourceIdentityData`'s only field.
fn identity_data(content: Content<'_>) -> Wire<Option<&[u8]>> {
    let mut data = None;
    for field in content.fields()? {
        if let (1, content) = field? {
            data = Some(content.bytes()?);
        }
    }
    Ok(data)
}

/// Milliseconds since 1970 of a `google.protobuf.Timestamp`.
fn timestamp(content: Content<'_>) -> Wire<i64> {
    let (mut seconds, mut nanos) = (0_i64, 0_i64);
    for field in content.fields()? {
        match field? {
            (1, content) => seconds = content.signed()?,
            (2, content) => nanos = content.signed()?,
            _ => {}
        }
    }
    Ok(seconds.saturating_mul(1_000).saturating_add(nanos / 1_000_000))
}

fn function_error(content: Content<'_>) -> Wire<FunctionError> {
    let mut error = FunctionError { argument: None, text: String::new() };
    for field in content.fields()? {
        match field? {
            (1, content) => error.text = lossy(content)?,
            (2, content) => error.argument = usize::try_from(content.signed()?).ok(),
            _ => {}
        }
    }
    Ok(error)
}

/// The bytes of a `DynamicValue`; none where it says nothing.
fn dynamic(message: &[u8]) -> Wire<Option<(Encoding, &[u8])>> {
    let (mut packed, mut text) = (&[][..], &[][..]);
    for field in Fields(message) {
        match field? {
            (1, content) => packed = content.bytes()?,
            (2, content) => text = content.bytes()?,
            _ => {}
        }
    }
    Ok(match (packed.is_empty(), text.is_empty()) {
        (false, _) => Some((Encoding::MessagePack, packed)),
        (true, false) => Some((Encoding::Json, text)),
        (true, true) => None,
    })
}

/// The reply to a call, from the response's bytes; `late` as in the request.
pub(crate) fn decode(
    call: &Call,
    schemas: &Schemas,
    late: Option<&FunctionSchema>,
    message: &[u8],
) -> Result<Reply, ReplyError> {
    let kind = call.kind();
    let parts = parts(kind, message)?;
    let types = Types { schemas, late, call };
    let body = match kind {
        CallKind::ValidateProvider
        | CallKind::ValidateResource
        | CallKind::ValidateData
        | CallKind::ValidateEphemeral => ReplyBody::Validated,
        CallKind::Configure => ReplyBody::Configured,
        CallKind::Close => ReplyBody::Closed,
        CallKind::Renew => {
            ReplyBody::Renewed { private: parts.private.into(), renew_at_ms: parts.renew_at_ms }
        }
        CallKind::Import => {
            ReplyBody::Imported { objects: types.imported(&parts)?, deferred: parts.deferred }
        }
        CallKind::Function => ReplyBody::FunctionResult(match parts.function_error.clone() {
            Some(error) => Err(error),
            None => Ok(types.object(&parts)?),
        }),
        CallKind::UpgradeIdentity => ReplyBody::IdentityUpgraded {
            identity: types.identity(&parts)?.unwrap_or(Value::null(Type::DYNAMIC)),
        },
        _ => types.object_body(kind, &parts)?,
    };
    Ok(Reply { diagnostics: parts.diagnostics, body })
}

struct Types<'a> {
    schemas: &'a Schemas,
    late: Option<&'a FunctionSchema>,
    call: &'a Call,
}

impl Types<'_> {
    fn object_body(&self, kind: CallKind, parts: &Parts<'_>) -> Result<ReplyBody, ReplyError> {
        let object = self.object(parts)?;
        let private: Private = parts.private.into();
        let identity = self.identity(parts)?;
        Ok(match kind {
            CallKind::UpgradeState => ReplyBody::Upgraded { state: object },
            CallKind::Read => {
                ReplyBody::Read { state: object, private, identity, deferred: parts.deferred }
            }
            CallKind::Plan => ReplyBody::Planned {
                planned: object,
                private,
                requires_replace: parts.paths.clone(),
                legacy_type_system: parts.legacy,
                identity,
                deferred: parts.deferred,
            },
            CallKind::Apply => ReplyBody::Applied {
                state: object,
                private,
                legacy_type_system: parts.legacy,
                identity,
            },
            CallKind::ReadData => ReplyBody::DataRead { state: object, deferred: parts.deferred },
            CallKind::MoveState => ReplyBody::Moved { state: object, private, identity },
            CallKind::Open => ReplyBody::Opened {
                result: object,
                private,
                renew_at_ms: parts.renew_at_ms,
                deferred: parts.deferred,
            },
            _ => unreachable!("BUG: {kind:?} answers with no object"),
        })
    }

    /// The type that the answer's object has to have.
    fn object_type(&self) -> Result<Type, ReplyError> {
        let name = self.call.type_name().map_or("", |name| name.as_ref());
        let found = match self.call.kind() {
            CallKind::ReadData => {
                self.schemas.data(name).map(|schema| schema.map(|one| one.block.ty()))
            }
            CallKind::Open => {
                self.schemas.ephemeral(name).map(|schema| schema.map(|one| one.block.ty()))
            }
            CallKind::Function => {
                let offered = self.schemas.function(name);
                offered.map(|schema| schema.as_deref().or(self.late).map(|one| one.result))
            }
            _ => self.schemas.resource(name).map(|schema| schema.map(|one| one.block.ty())),
        };
        match found {
            Ok(Some(ty)) => Ok(ty),
            Ok(None) => Err(ReplyError::Schema(format!("it offers no {name:?}"))),
            Err(error) => Err(ReplyError::Schema(error.to_string())),
        }
    }

    fn object(&self, parts: &Parts<'_>) -> Result<Value, ReplyError> {
        let ty = self.object_type()?;
        value(parts.object, ty, parts)
    }

    fn identity(&self, parts: &Parts<'_>) -> Result<Option<Value>, ReplyError> {
        let name = self.call.type_name().map_or("", |name| name.as_ref());
        self.identity_of(name, parts.identity, parts)
    }

    /// None where nothing is sent, or nothing that a schema describes.
    fn identity_of(
        &self,
        type_name: &str,
        data: Option<&[u8]>,
        parts: &Parts<'_>,
    ) -> Result<Option<Value>, ReplyError> {
        let Some(data) = data else { return Ok(None) };
        let schema =
            self.schemas.resource(type_name).map_err(|e| ReplyError::Schema(e.to_string()))?;
        let Some(identity) = schema.and_then(|schema| schema.identity.clone()) else {
            return Ok(None);
        };
        value(Some(data), identity.ty(), parts).map(|value| (!value.is_null()).then_some(value))
    }

    fn imported(&self, parts: &Parts<'_>) -> Result<Vec<Imported>, ReplyError> {
        parts.imported.iter().map(|message| self.one_imported(message, parts)).collect()
    }

    fn one_imported(&self, message: &[u8], parts: &Parts<'_>) -> Result<Imported, ReplyError> {
        let asked = self.call.type_name().map_or("", |name| name.as_ref());
        let (mut type_name, mut object, mut private, mut identity) = ("", None, &[][..], None);
        for field in Fields(message) {
            match field? {
                (1, content) => type_name = content.text()?,
                (2, content) => object = Some(content.bytes()?),
                (3, content) => private = content.bytes()?,
                (4, content) => identity = identity_data(content)?,
                _ => {}
            }
        }
        let type_name = if type_name.is_empty() { asked } else { type_name };
        let schema =
            self.schemas.resource(type_name).map_err(|e| ReplyError::Schema(e.to_string()))?;
        let Some(schema) = schema else {
            return Err(ReplyError::Schema(format!(
                "it imported a {type_name:?}, which it does not offer"
            )));
        };
        Ok(Imported {
            type_name: type_name.into(),
            state: value(object, schema.block.ty(), parts)?,
            private: private.into(),
            identity: self.identity_of(type_name, identity, parts)?,
        })
    }
}

/// A `DynamicValue` of this type; null where nothing is sent.
fn value(message: Option<&[u8]>, ty: Type, parts: &Parts<'_>) -> Result<Value, ReplyError> {
    let Some(message) = message else { return Ok(Value::null(ty)) };
    let Some((encoding, bytes)) = dynamic(message)? else { return Ok(Value::null(ty)) };
    let decoded = match encoding {
        Encoding::MessagePack => msgpack::decode(bytes, ty).map_err(|error| error.to_string()),
        Encoding::Json => json::decode(bytes, ty).map_err(|error| error.to_string()),
    };
    decoded.map_err(|message| {
        let undecodable = Undecodable {
            raw: Arc::from(bytes),
            encoding,
            private: parts.private.into(),
            diagnostics: parts.diagnostics.clone(),
        };
        ReplyError::Undecodable(message, Box::new(undecodable))
    })
}
