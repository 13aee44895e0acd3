//! `strata version`.

use super::Context;
use crate::exit::Exit;
use crate::report::Format;

/// Runs the command.
pub(crate) fn run(context: &Context<'_>) -> Exit {
    let own = env!("CARGO_PKG_VERSION");
    let language = lang::TOFU_VERSION;
    let text = match context.format {
        Format::Text => format!("Strata {own}\nspeaks the OpenTofu {language} language\n"),
        Format::Json => format!(
            "{{\n  \"strata_version\": \"{own}\",\n  \"terraform_version\": \"{language}\",\n  \"platform\": \"{}_{}\"\n}}\n",
            std::env::consts::OS,
            match std::env::consts::ARCH {
                "x86_64" => "amd64",
                "aarch64" => "arm64",
                other => other,
            },
        ),
    };
    context.out(&text);
    Exit::Done
}
