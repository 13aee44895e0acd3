//! The arguments of `adopt` and `shadow`.

use clap::Args;

use super::SelectionArgs;

#[derive(Debug, Args)]
pub(crate) struct AdoptArgs {
    /// The folder of the tree, which becomes the estate's.
    #[arg(value_name = "DIR")]
    pub(crate) dir: String,
    /// Print the estate file and write nothing (-dry-run).
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Root modules from elsewhere that are here: how their sources begin, and the folder (-source-map=SOURCE=DIR).
    #[arg(long, value_name = "SOURCE=DIR")]
    pub(crate) source_map: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ShadowArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    /// The program to plan beside: a name to be looked up in PATH, or a path.
    #[arg(long, value_name = "PROGRAM", default_value = "tofu")]
    pub(crate) tofu: String,
}
