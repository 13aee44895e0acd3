//! Diagnostics about characters that no token starts with, one for each line that has such.

use diag::{Diagnostic, Diags};

use super::Places;
use crate::lex::{Token, TokenKind};

/// Reports the tokens of kind [`TokenKind::Invalid`].
pub(super) fn report(text: &str, tokens: &[Token], places: &Places, diags: &mut Diags) {
    let mut reported_to: Option<u32> = None;
    for token in tokens.iter().filter(|token| token.kind == TokenKind::Invalid) {
        let on_line = |from: u32| !text[from as usize..token.start as usize].contains('\n');
        if !reported_to.is_some_and(on_line) {
            diags.push(diagnostic(token.text(text)).at(places.span(token.start, token.end)));
        }
        reported_to = Some(token.end);
    }
}

fn diagnostic(text: &str) -> Diagnostic {
    let operator = |detail: &str, remedy: &str| {
        Diagnostic::error("syntax-operator", "Unsupported operator").detail(detail).remedy(remedy)
    };
    let character = |detail: String, remedy: &str| {
        Diagnostic::error("syntax-character", "Invalid character").detail(detail).remedy(remedy)
    };
    match text {
        "&" => operator("There are no operators on bits.", "For a logical \"and\" write &&."),
        "|" => operator("There are no operators on bits.", "For a logical \"or\" write ||."),
        "~" => operator("There are no operators on bits.", "For a logical \"not\" write !."),
        "^" => operator("There are no operators on bits.", "For a power write pow(a, b)."),
        "`" => character(
            "Backticks quote nothing here.".into(),
            "Write \"...\" for a string, and a heredoc (<<EOT) for one of several lines.",
        ),
        "'" => {
            character("Single quotes quote nothing here.".into(), "Write strings in double quotes.")
        }
        ";" => character(
            "Nothing is separated by semicolons.".into(),
            "Give each argument a line of its own; separate elements of lists and objects by commas.",
        ),
        "\u{201C}" | "\u{201D}" | "\u{201E}" => character(
            format!("{text} is a typographic quotation mark, which quotes nothing here."),
            "Write strings in straight double quotes.",
        ),
        "\\" => character(
            "A backslash must be followed by the character it escapes, on the same line.".into(),
            "To have a backslash in the string, write it twice.",
        ),
        "\r" => character(
            "A carriage return may stand only before a line feed.".into(),
            "Save the file with ends of lines of one kind.",
        ),
        _ => character(
            format!("The character {} means nothing here.", shown(text)),
            "Remove it, or put it into a quoted string.",
        ),
    }
}

fn shown(text: &str) -> String {
    match text.chars().next() {
        Some(c) if !c.is_control() && !c.is_whitespace() => format!("\"{c}\""),
        Some(c) => format!("U+{:04X}", u32::from(c)),
        None => String::new(),
    }
}
