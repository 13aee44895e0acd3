//! Arguments of `approve`, `freeze` and `thaw`.

use clap::Args;

use super::RulesArgs;

#[derive(Debug, Args)]
pub(crate) struct ApproveArgs {
    /// The plan: `p-XXXXXX`, or the file that `plan -out` wrote.
    #[arg(value_name = "PLAN")]
    pub(crate) plan: String,
    /// Also let this object be destroyed, though it bears data: `ENV/STACK[:KEY]//ADDRESS`. Once for each.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) destroy_data: Vec<String>,
    /// Sign with this SSH key: a private key, or the public one of a key that the agent holds [default: the first of
    /// `~/.ssh/id_ed25519`, `id_ecdsa`, `id_rsa` that is there].
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<String>,
    #[command(flatten)]
    pub(crate) rules: RulesArgs,
}

#[derive(Debug, Args)]
pub(crate) struct FreezeArgs {
    /// The environment.
    #[arg(value_name = "ENV")]
    pub(crate) environment: String,
    /// Why, for those who would apply.
    #[arg(value_name = "REASON", required = true)]
    pub(crate) reason: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ThawArgs {
    /// The environment.
    #[arg(value_name = "ENV")]
    pub(crate) environment: String,
}
