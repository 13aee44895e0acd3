//! The arguments of `new`.

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// The name of the new estate, which is also its folder; or `stack` and the name of the new stack.
    #[arg(value_name = "NAME", required = true, num_args = 1..=2)]
    pub(crate) words: Vec<String>,
    /// The cloud of the new estate: `aws`, `azure` or `gcp`.
    #[arg(long, value_name = "CLOUD")]
    pub(crate) cloud: Option<String>,
    /// The layer of the new stack.
    #[arg(long, value_name = "LAYER")]
    pub(crate) layer: Option<String>,
}
