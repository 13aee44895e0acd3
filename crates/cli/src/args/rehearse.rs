//! Options of rehearsals.

use clap::Args;

/// How the simulated cloud behaves.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct CloudArgs {
    /// In a rehearsal: what identifiers, values and durations are drawn from; the same seed gives the same bytes.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// In a rehearsal: let calls go wrong, `TYPE.NAME:VERB:KIND` with `*`; kinds are error, timeout, partial, throttle.
    #[arg(long, value_name = "FAULT")]
    pub(crate) fault: Vec<String>,
    /// In a rehearsal: change an object behind the estate's back, `ADDRESS:ATTRIBUTE=VALUE`.
    #[arg(long, value_name = "DRIFT")]
    pub(crate) drift: Vec<String>,
    /// In a rehearsal: end the program, as a crash does, when this op is reached.
    #[arg(long, value_name = "OP")]
    pub(crate) kill_at: Option<String>,
    /// In a rehearsal: take the schemas of a provider from this document, as `providers schema -json` writes it.
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: Vec<String>,
    /// In a rehearsal: approve as this group only; else as every group whose approval is needed.
    #[arg(long, value_name = "GROUP")]
    pub(crate) approve_as: Vec<String>,
    /// In a rehearsal: approve that the data of this object is lost, ENV/STACK//ADDRESS; `*` for any.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) approve_data: Vec<String>,
}

impl CloudArgs {
    /// The first option that was given; it makes sense in a rehearsal only.
    pub(crate) fn given(&self) -> Option<&'static str> {
        let given = [
            ("--seed", self.seed != 0),
            ("--fault", !self.fault.is_empty()),
            ("--drift", !self.drift.is_empty()),
            ("--kill-at", self.kill_at.is_some()),
            ("--schema", !self.schema.is_empty()),
            ("--approve-as", !self.approve_as.is_empty()),
            ("--approve-data", !self.approve_data.is_empty()),
        ];
        given.into_iter().find(|(_, is_given)| *is_given).map(|(name, _)| name)
    }
}

/// Whether a step is rehearsed, and how.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct RehearsalArgs {
    /// In an estate: rehearse it, in a simulated cloud and a store of its own; nothing that there is can be touched.
    #[arg(long)]
    pub(crate) rehearse: bool,
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RehearseArgs {
    /// The folder of the estate; the current one where none is named.
    #[arg(value_name = "ESTATE")]
    pub(crate) estate: Option<String>,
    /// The environment; with those that it needs. Where none is named: the last one that is protected, or the last.
    #[arg(long, value_name = "ENV")]
    pub(crate) env: Option<String>,
    /// `crashes`: stop the run before and after each durable step in turn, recover, and tell what was lost or doubled.
    #[arg(long, value_name = "WHAT")]
    pub(crate) explore: Option<String>,
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,
}
