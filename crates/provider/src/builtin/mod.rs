//! The provider that is part of the program: `terraform.io/builtin/terraform`.
//!
//! It offers the resource type `terraform_data` and functions that read and write the language's own syntax. It has
//! no process: [`answer`] is synchronous and, but for the ids that it is given, pure.
//!
//! Not here: the data source `terraform_remote_state`, which reads other states.

mod data;
mod functions;

use std::fmt;
use std::sync::{Arc, LazyLock};

use schema::protocol::{Answer, Call, ProviderDiagnostic, ProviderSeverity, Reply, ReplyBody};
use schema::{Capabilities, ProviderSchema};
use value::{Path, Type, Value};

use crate::{BoxFuture, Provider};

/// The provider's address.
pub const ADDRESS: &str = "terraform.io/builtin/terraform";

/// Everything that it offers.
pub fn schema() -> &'static Arc<ProviderSchema> {
    static SCHEMA: LazyLock<Arc<ProviderSchema>> = LazyLock::new(|| {
        let mut schema = ProviderSchema::empty();
        schema.resources.insert(data::TYPE_NAME.into(), Arc::new(data::schema()));
        schema.functions = functions::schemas();
        schema.capabilities =
            Capabilities { plan_destroy: false, schema_optional: true, move_state: true };
        Arc::new(schema)
    });
    &SCHEMA
}

/// Answers a call. `new_id` gives a new identifier (a UUID) each time.
pub fn answer(call: &Call, new_id: &dyn Fn() -> String) -> Reply {
    if let Call::Function { name, args } = call {
        return ReplyBody::FunctionResult(functions::call(name, args)).into();
    }
    match call.type_name().map(AsRef::as_ref) {
        Some(data::TYPE_NAME) => data::answer(call, new_id),
        Some(other) => failed(call, format!("There is no {other:?} in the built-in provider.")),
        None => match call {
            Call::Configure { .. } => ReplyBody::Configured.into(),
            _ => ReplyBody::Validated.into(),
        },
    }
}

/// The built-in provider behind the trait of all providers.
pub struct Builtin {
    new_id: Box<dyn Fn() -> String + Send + Sync>,
}

impl fmt::Debug for Builtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Builtin")
    }
}

impl Builtin {
    /// With a source of new identifiers.
    pub fn new(new_id: impl Fn() -> String + Send + Sync + 'static) -> Builtin {
        Builtin { new_id: Box::new(new_id) }
    }
}

impl Provider for Builtin {
    fn call(&self, call: Call) -> BoxFuture<'_, Answer> {
        Box::pin(std::future::ready(Ok(answer(&call, &self.new_id))))
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

fn error(summary: impl Into<String>, attribute: Path) -> ProviderDiagnostic {
    let severity = ProviderSeverity::Error;
    ProviderDiagnostic { severity, summary: summary.into(), detail: String::new(), attribute }
}

/// An error, with a body of the call's kind that says nothing.
fn failed(call: &Call, summary: String) -> Reply {
    let nothing = Value::null(Type::DYNAMIC);
    let private: schema::protocol::Private = Arc::new([]);
    let body = match call {
        Call::ValidateProvider { .. }
        | Call::ValidateResource { .. }
        | Call::ValidateData { .. }
        | Call::ValidateEphemeral { .. } => ReplyBody::Validated,
        Call::Configure { .. } => ReplyBody::Configured,
        Call::UpgradeState { .. } => ReplyBody::Upgraded { state: nothing },
        Call::UpgradeIdentity { .. } => ReplyBody::IdentityUpgraded { identity: nothing },
        Call::Read { .. } => {
            ReplyBody::Read { state: nothing, private, identity: None, deferred: None }
        }
        Call::Plan { .. } => ReplyBody::Planned {
            planned: nothing,
            private,
            requires_replace: Vec::new(),
            legacy_type_system: false,
            identity: None,
            deferred: None,
        },
        Call::Apply { .. } => ReplyBody::Applied {
            state: nothing,
            private,
            legacy_type_system: false,
            identity: None,
        },
        Call::ReadData { .. } => ReplyBody::DataRead { state: nothing, deferred: None },
        Call::Import { .. } => ReplyBody::Imported { objects: Vec::new(), deferred: None },
        Call::MoveState { .. } => ReplyBody::Moved { state: nothing, private, identity: None },
        Call::Function { .. } => ReplyBody::FunctionResult(Ok(nothing)),
        Call::Open { .. } => {
            ReplyBody::Opened { result: nothing, private, renew_at_ms: None, deferred: None }
        }
        Call::Renew { .. } => ReplyBody::Renewed { private, renew_at_ms: None },
        Call::Close { .. } => ReplyBody::Closed,
    };
    Reply { diagnostics: vec![error(summary, Path::new())], body }
}
