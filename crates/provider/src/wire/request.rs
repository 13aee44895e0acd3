//! Calls to bytes.

use schema::FunctionSchema;
use schema::protocol::{Call, Deferral, ImportTarget, RawState};
use value::{Type, Value, msgpack};

use super::proto::{put_bytes, put_message, put_number, put_wrapped};
use crate::schemas::{Schemas, SchemasError};

/// Why a call cannot be put into bytes: it asks for what the provider does not offer, or its schema cannot be read.
pub(crate) type RequestError = String;

/// A message under construction, and room for the values in it.
pub(crate) struct Request<'a> {
    schemas: &'a Schemas,
    late: Option<&'a FunctionSchema>,
    out: Vec<u8>,
    scratch: Vec<u8>,
}

/// MessagePack's null, for a module's message to the provider that is not given.
const NIL: &[u8] = &[0xc0];

/// The message of a call, without the frame's head but with room for it. `late` is the schema of the function that is
/// called, where only the configured provider knows it.
pub(crate) fn encode(
    call: &Call,
    schemas: &Schemas,
    late: Option<&FunctionSchema>,
    head_len: usize,
) -> Result<Vec<u8>, RequestError> {
    let out = vec![0; head_len];
    let mut request = Request { schemas, late, out, scratch: Vec::new() };
    request.call(call)?;
    Ok(request.out)
}

fn missing(what: &str, name: &str) -> RequestError {
    format!("it offers no {what} {name:?}")
}

fn unreadable(error: SchemasError) -> RequestError {
    error.to_string()
}

impl Request<'_> {
    fn call(&mut self, call: &Call) -> Result<(), RequestError> {
        match call {
            Call::ValidateProvider { config } => self.provider_config(1, config),
            Call::Configure { config, terraform_version, deferral } => {
                put_bytes(&mut self.out, 1, terraform_version.as_bytes());
                self.provider_config(2, config)?;
                self.capabilities(3, *deferral);
                Ok(())
            }
            Call::ValidateResource { type_name, config } => {
                self.name(type_name);
                self.resource_value(type_name, 2, config)?;
                self.capabilities(3, Deferral::Refused);
                Ok(())
            }
            Call::ValidateData { type_name, config } => self.data_config(type_name, config),
            Call::ValidateEphemeral { type_name, config } => {
                self.ephemeral_config(type_name, config)
            }
            Call::UpgradeState { type_name, version, raw } => {
                self.name(type_name);
                put_number(&mut self.out, 2, *version);
                self.raw(3, raw);
                Ok(())
            }
            Call::UpgradeIdentity { type_name, version, raw } => {
                self.name(type_name);
                put_number(&mut self.out, 2, *version);
                put_wrapped(&mut self.out, 3, 1, raw);
                Ok(())
            }
            Call::Read { .. } | Call::Plan { .. } | Call::Apply { .. } => self.change(call),
            Call::ReadData { type_name, config, deferral } => {
                self.data_config(type_name, config)?;
                self.meta(3);
                self.capabilities(4, *deferral);
                Ok(())
            }
            Call::Import { type_name, target, deferral } => {
                self.import(type_name, target, *deferral)
            }
            Call::MoveState { .. } => {
                self.move_state(call);
                Ok(())
            }
            Call::Function { name, args } => self.function(name, args),
            Call::Open { type_name, config, deferral } => {
                self.ephemeral_config(type_name, config)?;
                self.capabilities(3, *deferral);
                Ok(())
            }
            Call::Renew { type_name, private } | Call::Close { type_name, private } => {
                self.name(type_name);
                put_bytes(&mut self.out, 2, private);
                Ok(())
            }
        }
    }

    fn change(&mut self, call: &Call) -> Result<(), RequestError> {
        match call {
            Call::Read { type_name, current, private, identity, deferral } => {
                self.name(type_name);
                self.resource_value(type_name, 2, current)?;
                put_bytes(&mut self.out, 3, private);
                self.meta(4);
                self.capabilities(5, *deferral);
                self.identity(type_name, 6, identity.as_ref())
            }
            Call::Plan {
                type_name,
                prior,
                proposed,
                config,
                prior_private,
                prior_identity,
                deferral,
            } => {
                self.name(type_name);
                self.resource_value(type_name, 2, prior)?;
                self.resource_value(type_name, 3, proposed)?;
                self.resource_value(type_name, 4, config)?;
                put_bytes(&mut self.out, 5, prior_private);
                self.meta(6);
                self.capabilities(7, *deferral);
                self.identity(type_name, 8, prior_identity.as_ref())
            }
            Call::Apply {
                type_name,
                prior,
                planned,
                config,
                planned_private,
                planned_identity,
            } => {
                self.name(type_name);
                self.resource_value(type_name, 2, prior)?;
                self.resource_value(type_name, 3, planned)?;
                self.resource_value(type_name, 4, config)?;
                put_bytes(&mut self.out, 5, planned_private);
                self.meta(6);
                self.identity(type_name, 7, planned_identity.as_ref())
            }
            _ => unreachable!("BUG: {:?} changes no object", call.kind()),
        }
    }

    fn name(&mut self, name: &str) {
        put_bytes(&mut self.out, 1, name.as_bytes());
    }

    /// A value as a `DynamicValue`.
    fn value(&mut self, field: u32, value: &Value, ty: Type) {
        self.scratch.clear();
        msgpack::encode_into(value, ty, &mut self.scratch);
        put_wrapped(&mut self.out, field, 1, &self.scratch);
    }

    fn provider_config(&mut self, field: u32, config: &Value) -> Result<(), RequestError> {
        let ty = self.schemas.provider().block.ty();
        self.value(field, config, ty);
        Ok(())
    }

    fn resource_value(
        &mut self,
        type_name: &str,
        field: u32,
        value: &Value,
    ) -> Result<(), RequestError> {
        let schema = self.schemas.resource(type_name).map_err(unreadable)?;
        let schema = schema.ok_or_else(|| missing("resource type", type_name))?;
        self.value(field, value, schema.block.ty());
        Ok(())
    }

    fn data_config(&mut self, type_name: &str, config: &Value) -> Result<(), RequestError> {
        let schema = self.schemas.data(type_name).map_err(unreadable)?;
        let schema = schema.ok_or_else(|| missing("data source", type_name))?;
        self.name(type_name);
        self.value(2, config, schema.block.ty());
        Ok(())
    }

    fn ephemeral_config(&mut self, type_name: &str, config: &Value) -> Result<(), RequestError> {
        let schema = self.schemas.ephemeral(type_name).map_err(unreadable)?;
        let schema = schema.ok_or_else(|| missing("ephemeral resource type", type_name))?;
        self.name(type_name);
        self.value(2, config, schema.block.ty());
        Ok(())
    }

    /// Sent only where there is an identity and a schema for it.
    fn identity(
        &mut self,
        type_name: &str,
        field: u32,
        identity: Option<&Value>,
    ) -> Result<(), RequestError> {
        let Some(identity) = identity.filter(|identity| !identity.is_null()) else { return Ok(()) };
        let schema = self.schemas.resource(type_name).map_err(unreadable)?;
        let Some(schema) = schema.as_ref().and_then(|schema| schema.identity.as_ref()) else {
            return Ok(());
        };
        self.scratch.clear();
        msgpack::encode_into(identity, schema.ty(), &mut self.scratch);
        let mut dynamic = Vec::with_capacity(self.scratch.len() + 8);
        put_message(&mut dynamic, 1, &self.scratch);
        put_wrapped(&mut self.out, field, 1, &dynamic);
        Ok(())
    }

    fn meta(&mut self, field: u32) {
        if self.schemas.meta().is_some() {
            put_wrapped(&mut self.out, field, 1, NIL);
        }
    }

    fn capabilities(&mut self, field: u32, deferral: Deferral) {
        let mut message = Vec::with_capacity(4);
        put_number(&mut message, 1, u64::from(deferral == Deferral::Allowed));
        put_number(&mut message, 2, 1); // write-only attributes are understood
        put_message(&mut self.out, field, &message);
    }

    fn raw(&mut self, field: u32, raw: &RawState) {
        match raw {
            RawState::Json(json) => put_wrapped(&mut self.out, field, 1, json),
            RawState::Flatmap(map) => {
                let mut message = Vec::new();
                for (key, value) in map {
                    let mut entry = Vec::new();
                    put_bytes(&mut entry, 1, key.as_bytes());
                    put_bytes(&mut entry, 2, value.as_bytes());
                    put_message(&mut message, 2, &entry);
                }
                put_message(&mut self.out, field, &message);
            }
        }
    }

    fn import(
        &mut self,
        type_name: &str,
        target: &ImportTarget,
        deferral: Deferral,
    ) -> Result<(), RequestError> {
        self.name(type_name);
        if let ImportTarget::Id(id) = target {
            put_bytes(&mut self.out, 2, id.as_bytes());
        }
        self.capabilities(3, deferral);
        match target {
            ImportTarget::Id(_) => Ok(()),
            ImportTarget::Identity(identity) => self.identity(type_name, 4, Some(identity)),
        }
    }

    fn move_state(&mut self, call: &Call) {
        let Call::MoveState {
            source_provider,
            source_type,
            source_version,
            source_raw,
            source_private,
            source_identity,
            target_type,
        } = call
        else {
            unreachable!("BUG: {:?} moves nothing", call.kind())
        };
        put_bytes(&mut self.out, 1, source_provider.as_bytes());
        put_bytes(&mut self.out, 2, source_type.as_bytes());
        put_number(&mut self.out, 3, *source_version);
        self.raw(4, source_raw);
        put_bytes(&mut self.out, 5, target_type.as_bytes());
        put_bytes(&mut self.out, 6, source_private);
        if let Some((version, json)) = source_identity {
            put_wrapped(&mut self.out, 7, 1, json);
            put_number(&mut self.out, 8, *version);
        }
    }

    fn function(&mut self, name: &str, args: &[Value]) -> Result<(), RequestError> {
        let offered = self.schemas.function(name).map_err(unreadable)?;
        let schema = offered.as_deref().or(self.late).ok_or_else(|| missing("function", name))?;
        self.name(name);
        for (index, arg) in args.iter().enumerate() {
            let param = schema.params.get(index).or(schema.variadic.as_ref());
            let param =
                param.ok_or_else(|| format!("its function {name:?} takes fewer arguments"))?;
            self.value(2, arg, param.ty);
        }
        Ok(())
    }
}
