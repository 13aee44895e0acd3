//! `strata new`: an estate from a blueprint, or a stack in an estate.
//!
//! Invariant: a command that fails has made nothing; one that succeeds has made a folder whole.

mod estate;
mod place;
mod stack;

use blueprint::{NAME_BYTES_MAX, Name, NameError};
use diag::{Diagnostic, Diags};

use super::Context;
use crate::args::NewArgs;
use crate::exit::Exit;

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, args: &NewArgs) -> Exit {
    let words: Vec<&str> = args.words.iter().map(String::as_str).collect();
    let made = match words[..] {
        ["stack", name] => return stack::run(context, name, args),
        [name] => estate::make(context, name, args),
        _ => Err(too_many(&words)),
    };
    match made {
        Ok(told) => {
            context.out(&told);
            Exit::Done
        }
        Err(diagnostic) => {
            let mut diags = Diags::new();
            diags.push(diagnostic);
            context.report(&diags);
            Exit::Failed
        }
    }
}

/// The name that a word of the command line is.
fn named(word: &str) -> Result<Name, Diagnostic> {
    Name::parse(word).map_err(|error| {
        let (detail, remedy) = match error {
            NameError::Word => (
                format!("`{word}` is a word of this command: `strata new stack NAME -layer=LAYER` adds a stack to an estate."),
                "Take another name, or write the new stack's name after it.".to_owned(),
            ),
            NameError::Length => (
                format!("\"{word}\" has {} bytes; a name has 1 to {NAME_BYTES_MAX}, since names in clouds are made from it.", word.len()),
                "Take a shorter name.".to_owned(),
            ),
            NameError::Letters => (
                format!("\"{word}\" is not made of lower-case letters, digits and single hyphens, beginning with a letter and ending with none."),
                "Write it so, such as `shop` or `shop-2`.".to_owned(),
            ),
        };
        Diagnostic::error("new-name", "This name cannot be taken").detail(detail).remedy(remedy)
    })
}

fn too_many(words: &[&str]) -> Diagnostic {
    Diagnostic::error("new-words", "One name too many")
        .detail(format!("`strata new {}` names two things.", words.join(" ")))
        .remedy("Write `strata new NAME -cloud=CLOUD`, or `strata new stack NAME -layer=LAYER`.")
}

/// Something of the name is there already.
fn exists(what: &str) -> Diagnostic {
    Diagnostic::error("new-exists", "Something of this name is there already")
        .detail(format!("{what} exists; nothing was written."))
        .remedy("Take another name, or move away what is there.")
}

/// The folder could not be made.
fn unwritable(error: &host::FileError) -> Diagnostic {
    Diagnostic::error("new-unwritable", "The folder cannot be made")
        .detail(format!("{error}; nothing was written."))
        .remedy("Make the folder above it writable.")
}
