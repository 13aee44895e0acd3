//! The arguments of `strata policy`.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// List the estate's policies: where each is, what it judges, its rules and its digest.
    List,
    /// Run the tests of bundles: rules that begin with `test_`, and fixtures.
    Test(PolicyTestArgs),
    /// Judge a plan without applying it, by the estate's policies or by a bundle.
    Check(PolicyCheckArgs),
    /// Take policies of conftest or OPA in: read them, say what they decide, and copy them.
    Import(PolicyImportArgs),
}

#[derive(Debug, Args)]
pub(crate) struct PolicyTestArgs {
    /// Folders with bundles; the estate's policies where none is named.
    #[arg(value_name = "DIR")]
    pub(crate) folders: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct PolicyCheckArgs {
    /// A kept plan (`p-XXXX` or a file), or a document of `show -json`.
    #[arg(value_name = "PLAN")]
    pub(crate) plan: String,
    /// Judge by the bundle in this folder instead of the estate's policies.
    #[arg(long, value_name = "DIR")]
    pub(crate) bundle: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct PolicyImportArgs {
    /// The folder with the policies.
    #[arg(value_name = "DIR")]
    pub(crate) folder: String,
    /// The policy's name; that of the folder where none is given.
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Say what would be taken in, and write nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
}
