//! Which stack instances of an estate a command is about.

use clap::{Args, ValueEnum};

/// The choice beyond addresses.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ChoiceArgs {
    /// In an estate: the environment.
    #[arg(long, value_name = "ENV")]
    pub(crate) env: Option<String>,
    /// In an estate: only stacks of this layer.
    #[arg(long, value_name = "LAYER")]
    pub(crate) layer: Vec<String>,
    /// In an estate: only what changed since a commit affects; `main...` is where HEAD left main.
    #[arg(long, value_name = "REF")]
    pub(crate) affected: Option<String>,
    /// In an estate: also the stacks that read those, directly or not.
    #[arg(long)]
    pub(crate) with_dependents: bool,
    /// In an estate: only this stack and what it reads, directly or not.
    #[arg(long, value_name = "STACK")]
    pub(crate) up_to: Vec<String>,
}

impl ChoiceArgs {
    /// All of an environment.
    pub(crate) fn of_environment(env: &str) -> ChoiceArgs {
        ChoiceArgs { env: Some(env.to_owned()), ..ChoiceArgs::default() }
    }

    /// Whether it asks for less than an environment, or than all of them.
    pub(crate) fn narrows(&self) -> bool {
        !self.layer.is_empty() || self.affected.is_some() || !self.up_to.is_empty()
    }
}

/// Which stack instances.
#[derive(Debug, Args)]
pub(crate) struct SelectionArgs {
    /// Stack instances, `ENV/STACK[:KEY]`, with `*`; all of the environment where none is named.
    #[arg(value_name = "ADDRESS")]
    pub(crate) addresses: Vec<String>,
    #[command(flatten)]
    pub(crate) choice: ChoiceArgs,
}

#[derive(Debug, Args)]
pub(crate) struct WhyArgs {
    /// Stack instances, `ENV/STACK[:KEY]`, with `*`.
    #[arg(value_name = "ADDRESS", required = true)]
    pub(crate) addresses: Vec<String>,
    /// Also tell whether what changed since a commit affects it; `main...` is where HEAD left main.
    #[arg(long, value_name = "REF")]
    pub(crate) affected: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct AffectedArgs {
    /// A branch, a tag or a commit; `main...` is where HEAD left main.
    #[arg(value_name = "REF")]
    pub(crate) reference: String,
    /// The environment; all where none is named.
    #[arg(long, value_name = "ENV")]
    pub(crate) env: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct GraphArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    /// Draw an estate's stacks in their layers.
    #[arg(long)]
    pub(crate) layers: bool,
    /// How the layers are drawn.
    #[arg(long, value_name = "FORMAT", default_value = "text", requires = "layers")]
    pub(crate) format: Picture,
}

/// How layers are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Picture {
    /// Lines of text.
    Text,
    /// A flowchart for Mermaid.
    Mermaid,
    /// A picture for browsers.
    Svg,
}
