//! `strata fmt`: files in the canonical form, as `tofu fmt` writes them.

use std::path::{Path, PathBuf};

use diag::{Diagnostic, Diags};
use host::{Host, Stream};

use super::Context;
use crate::args::FmtArgs;
use crate::exit::Exit;

/// Endings of files that are formatted.
const ENDINGS: &[&str] =
    &[".tf", ".tofu", ".tfvars", ".tftest.hcl", ".tofutest.hcl", "strata.hcl", "stack.hcl"];

/// Longest way down that `-recursive` goes, in folders.
const DEPTH_MAX: usize = 100;

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, args: &FmtArgs) -> Exit {
    let mut diags = Diags::new();
    let mut changed = false;
    let targets = if args.targets.is_empty() { vec![".".to_owned()] } else { args.targets.clone() };
    for target in &targets {
        if target == "-" {
            changed |= standard_input(context, args, &mut diags);
            continue;
        }
        let path = context.dir.join(target);
        let files = if context.host.files.is_dir(&path) {
            let mut files = Vec::new();
            gather(context.host, &path, args.recursive, 0, &mut files, &mut diags);
            files
        } else {
            vec![path]
        };
        for file in files {
            changed |= one(context, args, &file, &mut diags);
        }
    }
    context.report(&diags);
    match (diags.has_errors(), changed && args.check) {
        (true, _) => Exit::Changes,
        (false, true) => Exit::NotFormatted,
        (false, false) => Exit::Done,
    }
}

fn standard_input(context: &Context<'_>, args: &FmtArgs, diags: &mut Diags) -> bool {
    let bytes = context.host.terminal.read_all().unwrap_or_default();
    let Ok(text) = String::from_utf8(bytes) else {
        diags.push(
            Diagnostic::error("fmt-not-utf8", "Standard input is not UTF-8")
                .detail("Files of the language are UTF-8.")
                .remedy("Convert the text first."),
        );
        return false;
    };
    if !parses(context, "<stdin>", &text, diags) {
        return false;
    }
    let formatted = syntax::format(&text);
    if !args.check {
        context.host.terminal.write(Stream::Out, &formatted);
    }
    formatted != text
}

/// Formats one file; tells whether it was not in the canonical form.
fn one(context: &Context<'_>, args: &FmtArgs, path: &Path, diags: &mut Diags) -> bool {
    let text = match context.host.files.read_text(path) {
        Ok(text) => text,
        Err(error) => {
            diags.push(
                Diagnostic::error("fmt-unreadable", error.to_string())
                    .detail("The file was not formatted.")
                    .remedy("Name a file or folder that exists and can be read."),
            );
            return false;
        }
    };
    let name = context.shown(path);
    if !parses(context, &name, &text, diags) {
        return false;
    }
    let formatted = syntax::format(&text);
    if formatted == text {
        return false;
    }
    if args.list {
        context.host.terminal.write(Stream::Out, &format!("{name}\n"));
    }
    if args.diff {
        context.host.terminal.write(Stream::Out, &render::line_diff(&name, &text, &formatted));
    }
    if args.write
        && !args.check
        && let Err(error) = context.host.files.replace(path, formatted.as_bytes(), 0o644)
    {
        diags.push(
            Diagnostic::error("fmt-unwritable", error.to_string())
                .detail("The file is as it was.")
                .remedy("Make the file and its folder writable, or use -write=false."),
        );
    }
    true
}

/// Whether the text has no syntax errors; those that it has are reported at once, since only this command has the
/// text.
fn parses(context: &Context<'_>, name: &str, text: &str, diags: &mut Diags) -> bool {
    let mut sources = diag::SourceMap::new();
    let file = sources.add(name, text);
    let mut found = Diags::new();
    syntax::parse_native(file, text, &mut found);
    if !found.has_errors() {
        return true;
    }
    context.report_in(&found, &sources);
    diags.push(
        Diagnostic::error("fmt-syntax", format!("{name} has syntax errors"))
            .detail("It was not formatted.")
            .remedy("Mend the errors above first."),
    );
    false
}

fn gather(
    host: &Host,
    dir: &Path,
    recursive: bool,
    depth: usize,
    files: &mut Vec<PathBuf>,
    diags: &mut Diags,
) {
    let names = match host.files.list(dir) {
        Ok(names) => names,
        Err(error) => {
            diags.push(Diagnostic::error("fmt-unreadable", error.to_string()));
            return;
        }
    };
    let formatted = |name: &&String| ENDINGS.iter().any(|ending| name.ends_with(ending));
    files.extend(names.iter().filter(formatted).map(|name| dir.join(name)));
    if !recursive || depth >= DEPTH_MAX {
        return;
    }
    for name in host.files.list_dirs(dir).unwrap_or_default() {
        if !name.starts_with('.') {
            gather(host, &dir.join(name), recursive, depth + 1, files, diags);
        }
    }
}
