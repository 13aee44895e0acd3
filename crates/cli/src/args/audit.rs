//! The arguments of `strata audit`.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// List events.
    Log(AuditLogArgs),
    /// Show one event whole.
    Show {
        /// Its number.
        #[arg(value_name = "NUMBER")]
        number: u64,
    },
    /// Check the chain of events and the heads that were signed; an exported file needs no store.
    Verify(AuditVerifyArgs),
    /// Print the whole chain with its signed heads as lines of JSON, which `verify` takes.
    Export {
        /// Write to this file, which must not be there yet, instead of standard output.
        #[arg(long, value_name = "FILE")]
        out: Option<String>,
    },
    /// Sign how far the chain goes, and copy that to where the store's writers cannot take it back.
    Seal(AuditSealArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AuditLogArgs {
    /// Only of this environment.
    #[arg(long, value_name = "ENV")]
    pub(crate) env: Option<String>,
    /// Only of this stack: ENV/STACK, with `*` for any letters.
    #[arg(long, value_name = "STACK")]
    pub(crate) stack: Option<String>,
    /// Only by those in whose name this stands.
    #[arg(long, value_name = "TEXT")]
    pub(crate) who: Option<String>,
    /// Only events called so, such as apply or break-glass; several times for several, with `*` for any letters.
    #[arg(long, value_name = "WORD")]
    pub(crate) what: Vec<String>,
    /// Only under this plan.
    #[arg(long, value_name = "PLAN")]
    pub(crate) plan: Option<String>,
    /// Only since then: 2026-11-24, 2026-11-24T18:00:00Z, or so long ago: 90m, 24h, 7d.
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Only before then.
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// Only so many, the last ones.
    #[arg(long, value_name = "COUNT")]
    pub(crate) last: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct AuditVerifyArgs {
    /// An exported file, instead of the estate's store.
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<String>,
    /// Signed heads that were kept elsewhere: a file, or s3://BUCKET/PREFIX; beside those of strata.hcl. Several times for
    /// several.
    #[arg(long, value_name = "PLACE")]
    pub(crate) seals: Vec<String>,
    /// Those who may sign heads, in OpenSSH's form of allowed signers, instead of the file of strata.hcl.
    #[arg(long, value_name = "FILE")]
    pub(crate) sealers: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct AuditSealArgs {
    /// Sign with this SSH key: a private key, or the public one of a key that the agent holds [default: the KMS key of
    /// strata.hcl, else the first of `~/.ssh/id_ed25519`, `id_ecdsa`, `id_rsa` that is there].
    #[arg(long, value_name = "FILE", conflicts_with = "kms_key")]
    pub(crate) key: Option<String>,
    /// Sign with this key of AWS KMS: arn:aws:kms:REGION:ACCOUNT:key/ID.
    #[arg(long, value_name = "ARN")]
    pub(crate) kms_key: Option<String>,
    /// Copy to this place, too: a file, or s3://BUCKET/PREFIX; beside those of strata.hcl. Several times for several.
    #[arg(long, value_name = "PLACE")]
    pub(crate) to: Vec<String>,
}
