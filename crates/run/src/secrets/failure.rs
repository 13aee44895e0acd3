//! What is said where a secret cannot be had. Never with any part of a secret in it.

use std::sync::Arc;

use diag::{Diagnostic, Spanned};
use host::programs::ProgramError;

use super::Refused;
use super::sops::SopsError;

fn unreadable(name: &str) -> Diagnostic {
    Diagnostic::error("secret-unreadable", format!("The secret `{name}` cannot be read"))
}

/// An environment variable that is not there.
pub(super) fn variable(name: &str, variable: &Spanned<Arc<str>>) -> Diagnostic {
    unreadable(name)
        .detail(format!("The environment variable {} is not set, or is empty.", variable.node))
        .remedy(format!("Set {} before the command.", variable.node))
        .at(variable.span)
}

/// A file that is not there, too long, or no text.
pub(super) fn file(name: &str, file: &Spanned<Arc<str>>, why: &str) -> Diagnostic {
    unreadable(name)
        .detail(format!("{}: {why}.", file.node))
        .remedy("Name a readable text file of at most 1 MiB, relative to strata.hcl.")
        .at(file.span)
}

/// A `sops` file that gave no value.
pub(super) fn sops(
    name: &str,
    file: &Spanned<Arc<str>>,
    key: &Spanned<Arc<str>>,
    refused: &Refused,
) -> Diagnostic {
    let shown = &file.node;
    match &refused.own {
        SopsError::Changed => {
            Diagnostic::error("secret-tampered", format!("{shown} is not what was encrypted"))
                .detail(format!(
                    "Its authentication code is wrong, so nothing of it is used for `{name}`."
                ))
                .remedy("Take the file from the history again, and edit it with sops only.")
                .at(file.span)
        }
        SopsError::Nowhere { found, known } => {
            let below = if found.is_empty() { shown.to_string() } else { format!("`{found}`") };
            unreadable(name)
                .detail(format!("{shown} has nothing at `{}`.", key.node))
                .remedy(match known.as_slice() {
                    [] => format!("Name a place that exists; there is nothing below {below}."),
                    _ => format!("Below {below} there is: {}.", known.join(", ")),
                })
                .at(key.span)
        }
        SopsError::Null => unreadable(name)
            .detail(format!("{shown} has null at `{}`.", key.node))
            .remedy("Name a place that has a value.")
            .at(key.span),
        SopsError::Malformed(what) => unreadable(name)
            .detail(format!("{shown}: {what}."))
            .remedy("Name a file that `sops` has encrypted.")
            .at(file.span),
        SopsError::NoKey(others) => {
            let others = match others.as_slice() {
                [] => String::new(),
                _ => format!(" It can be opened by {} too, through sops.", others.join(", ")),
            };
            unreadable(name)
                .detail(format!("No age key at hand opens {shown}.{others}{}", asked(refused)))
                .remedy("Put a key of one of its recipients into SOPS_AGE_KEY or SOPS_AGE_KEY_FILE, or install sops.")
                .at(file.span)
        }
        SopsError::Unlike(what) => unreadable(name)
            .detail(format!("{shown} has {what}, which only sops itself reads.{}", asked(refused)))
            .remedy("Install sops, so that it can be asked.")
            .at(file.span),
    }
}

/// What came of asking the program.
fn asked(refused: &Refused) -> String {
    match &refused.program {
        None => String::new(),
        Some(ProgramError::Missing) => " The program sops is not installed.".to_owned(),
        Some(error) => format!("\nsops was asked: {error}"),
    }
}
