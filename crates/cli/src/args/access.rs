//! The arguments of `strata access`: who may do what, and what a plan makes of it.

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct AccessArgs {
    #[command(subcommand)]
    pub(crate) command: Option<AccessCommand>,
    #[command(flatten)]
    pub(crate) shown: AccessShownArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccessCommand {
    /// Name everybody who may do an action, and the path that grants it.
    WhoCan(WhoCanArgs),
    /// Tell what a plan changes about who may do what.
    Diff(AccessDiffArgs),
    /// Learn the least that planning and applying a stack needs: plan, apply and destroy it in a sandbox, and record its calls.
    Derive(DeriveArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AccessShownArgs {
    /// The environment; that of the estate where it has one.
    #[arg(value_name = "ENV")]
    pub(crate) env: Option<String>,
    /// As after a kept plan (`p-XXXX` or a file), instead of as applied.
    #[arg(long, value_name = "PLAN")]
    pub(crate) after: Option<String>,
    #[command(flatten)]
    pub(crate) form: AccessFormArgs,
}

#[derive(Debug, Args)]
pub(crate) struct AccessFormArgs {
    /// Print Markdown.
    #[arg(long)]
    pub(crate) markdown: bool,
    /// Print each cell's path: what grants it and where that stands.
    #[arg(long)]
    pub(crate) paths: bool,
    /// Of the rehearsed estate: the store and the plans of `plan --rehearse`.
    #[arg(long)]
    pub(crate) rehearse: bool,
}

#[derive(Debug, Args)]
pub(crate) struct WhoCanArgs {
    /// An action: `rds:DeleteDBCluster`, `secrets.get@prod/apps` (Kubernetes: resource, verb, environment and namespace),
    /// `Microsoft.Storage/storageAccounts/delete` or `storage.buckets.delete`; of a stack `plan@prod/shop`, `approve@prod/shop`.
    #[arg(value_name = "ACTION")]
    pub(crate) action: String,
    /// What it is done to: an ARN, the name of an object, a scope, a resource's full name; anything where none is named.
    #[arg(value_name = "RESOURCE")]
    pub(crate) resource: Option<String>,
    /// The environment; that of the estate where it has one.
    #[arg(long, value_name = "ENV")]
    pub(crate) env: Option<String>,
    /// As after a kept plan (`p-XXXX` or a file), instead of as applied.
    #[arg(long, value_name = "PLAN")]
    pub(crate) after: Option<String>,
    /// A condition key of the call, KEY=VALUE, such as aws:RequestedRegion=eu-west-1; several times for several.
    #[arg(long = "with", value_name = "KEY=VALUE")]
    pub(crate) with: Vec<String>,
    #[command(flatten)]
    pub(crate) form: AccessFormArgs,
}

#[derive(Debug, Args)]
pub(crate) struct AccessDiffArgs {
    /// A kept plan: `p-XXXX` or a file.
    #[arg(value_name = "PLAN")]
    pub(crate) plan: String,
    #[command(flatten)]
    pub(crate) form: AccessFormArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DeriveArgs {
    /// The stack instance: `ENV/STACK[:KEY]`, or without its environment beside -env.
    #[arg(value_name = "STACK")]
    pub(crate) stack: String,
    /// The environment: one whose account may be played with.
    #[arg(long, value_name = "ENV")]
    pub(crate) env: Option<String>,
    /// A role that may do all that the stack does, to act as with ever more permissions until each call is let through: so what
    /// is learned is what the cloud asks for, not what tables say.
    #[arg(long, value_name = "ARN")]
    pub(crate) act_as: Option<String>,
    /// Where the stack works in a cluster: the audit log of its API server, from which roles are learned.
    #[arg(long, value_name = "FILE")]
    pub(crate) audit_log: Option<String>,
    /// Whose calls of the audit log count, by the cluster's name of the user; everybody's but the cluster's own accounts' where
    /// nobody is named.
    #[arg(long, value_name = "USER", requires = "audit_log")]
    pub(crate) audit_user: Vec<String>,
    /// Write the policies as a root module into this folder, which is new or empty.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<String>,
    /// Do not ask (-auto-approve).
    #[arg(long)]
    pub(crate) auto_approve: bool,
}
