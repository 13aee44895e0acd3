//! How long a provider may take (ENGINE §6).

use std::time::Duration;

use schema::protocol::CallKind;

/// Limits of time, by what is waited for. None where there is no limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From the start of the process until it answers.
    pub handshake: Duration,
    /// For its schema.
    pub schema: Duration,
    /// For each call that only computes: validate, plan, upgrade, move, functions; and for its configuration.
    pub compute: Duration,
    /// For each call that waits for the world: read, apply, import, data, ephemeral. By default none, since
    /// databases take an hour.
    pub world: Option<Duration>,
    /// How long a call may go on after it was asked to stop, before the process is killed.
    pub stop: Duration,
    /// How long a process may take to end after it was told to.
    pub close: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            handshake: Duration::from_secs(60),
            schema: Duration::from_secs(300),
            compute: Duration::from_secs(300),
            world: None,
            stop: Duration::from_secs(30),
            close: Duration::from_secs(2),
        }
    }
}

impl Limits {
    /// The limit of a call.
    pub fn of(&self, kind: CallKind) -> Option<Duration> {
        match kind {
            CallKind::ValidateProvider
            | CallKind::ValidateResource
            | CallKind::ValidateData
            | CallKind::ValidateEphemeral
            | CallKind::Configure
            | CallKind::UpgradeState
            | CallKind::UpgradeIdentity
            | CallKind::Plan
            | CallKind::MoveState
            | CallKind::Function => Some(self.compute),
            CallKind::Read
            | CallKind::Apply
            | CallKind::ReadData
            | CallKind::Import
            | CallKind::Open
            | CallKind::Renew
            | CallKind::Close => self.world,
        }
    }
}
