//! `strata adopt DIR`: the estate file of a tree that others run.
//!
//! Invariant: nothing that is there is overwritten; where a file cannot be written, those before it go again, and
//! strata.hcl comes last.

use std::path::{Path, PathBuf};

use adopt::{Adopted, Options};
use diag::{Diagnostic, Diags, SourceMap};
use run::adopted::HostTree;
use serde_json::json;

use super::Context;
use crate::args::AdoptArgs;
use crate::exit::Exit;
use crate::report::Format;

/// The file that is written.
const FILE: &str = "strata.hcl";
/// Most instances that are listed.
const LISTED_MAX: usize = 40;

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, args: &AdoptArgs) -> Exit {
    let (mut sources, mut diags) = (SourceMap::new(), Diags::new());
    match adopted(context, args, &mut sources, &mut diags) {
        Ok(text) => context.out(&text),
        Err(diagnostic) => diags.push(diagnostic),
    }
    context.report_in(&diags, &sources);
    if diags.has_errors() { Exit::Failed } else { Exit::Done }
}

fn adopted(
    context: &Context<'_>,
    args: &AdoptArgs,
    sources: &mut SourceMap,
    diags: &mut Diags,
) -> Result<String, Diagnostic> {
    let dir = PathBuf::from(adopt::normal(&context.dir.join(&args.dir).display().to_string()));
    if !context.host.files.is_dir(&dir) {
        return Err(Diagnostic::error("adopt-folder", format!("{} is no folder", args.dir))
            .detail("A tree is read from the folder that becomes the estate's.")
            .remedy("Name the folder that has all units, such as `live`."));
    }
    let file = dir.join(FILE);
    if context.host.files.exists(&file) && !args.dry_run {
        return Err(Diagnostic::error("adopt-exists", "The folder is an estate already")
            .detail(format!("{} is there; nothing was written.", context.shown(&file)))
            .remedy("See what would be written with -dry-run, or move the file away."));
    }
    let options = Options { sources: source_map(context, &args.source_map)? };
    let tree = HostTree::new(context.host);
    let mut adopted = adopt::adopt(&tree, &dir.display().to_string(), &options, sources);
    std::mem::take(&mut adopted.findings).into_iter().for_each(|finding| diags.push(finding));
    let Some(estate) = adopted.estate.take() else {
        return Err(nothing(&dir, diags.is_empty()));
    };
    if !args.dry_run {
        write(context, &dir, &adopted, &estate)?;
    }
    Ok(told(context, args, &adopted, &estate, diags.len()))
}

fn nothing(dir: &Path, is_empty: bool) -> Diagnostic {
    let diagnostic = Diagnostic::error("adopt-nothing", "Nothing here can be a stack");
    if !is_empty {
        return diagnostic
            .detail("What was found is left out, each for the reason that is listed.")
            .remedy("Mend what the list names, and read the tree again.");
    }
    let holds = "holds no Terragrunt unit, and no root module with a backend, a state or values of variables";
    diagnostic
        .detail(format!("{} {holds}.", dir.display()))
        .remedy("Name the folder that has them.")
}

fn source_map(
    context: &Context<'_>,
    given: &[String],
) -> Result<Vec<(String, String)>, Diagnostic> {
    let pair = |text: &String| {
        let (from, to) =
            text.rsplit_once('=').filter(|(from, to)| !from.is_empty() && !to.is_empty())?;
        let to = context.dir.join(to).display().to_string();
        Some((from.to_owned(), adopt::normal(&to)))
    };
    let read: Option<Vec<_>> = given.iter().map(pair).collect();
    read.ok_or_else(|| {
        Diagnostic::error("adopt-source-map", "This says of no source where it is")
            .detail("-source-map takes how sources begin, and a folder.")
            .remedy("Write -source-map=SOURCE=DIR, once for each.")
    })
}

/// Files of root modules first, the estate file last.
fn write(
    context: &Context<'_>,
    dir: &Path,
    adopted: &Adopted,
    estate: &str,
) -> Result<(), Diagnostic> {
    let files = context.host.files;
    let made = adopted.files.iter().map(|(path, text)| (dir.join(path), &**text));
    let mut written: Vec<PathBuf> = Vec::new();
    for (path, text) in made.chain([(dir.join(FILE), estate)]) {
        let done = if files.exists(&path) {
            Err(format!("{} is there already", path.display()))
        } else {
            files.replace(&path, text.as_bytes(), 0o644).map_err(|error| error.to_string())
        };
        if let Err(why) = done {
            // Nothing half made: what cannot be removed is named by the next attempt.
            written.iter().for_each(|path| drop(files.remove_file(path)));
            return Err(Diagnostic::error("adopt-unwritable", "The estate cannot be written")
                .detail(format!("{why}; nothing was written."))
                .remedy("Make the folders writable, or move away what is there."));
        }
        written.push(path);
    }
    Ok(())
}

fn told(
    context: &Context<'_>,
    args: &AdoptArgs,
    adopted: &Adopted,
    estate: &str,
    findings: usize,
) -> String {
    if context.format == Format::Json {
        let instances: Vec<_> = adopted
            .instances
            .iter()
            .map(|one| json!({ "address": one.address, "folder": one.folder, "state": one.state }))
            .collect();
        let files: Vec<&String> = adopted.files.iter().map(|(path, _)| path).collect();
        return format!(
            "{:#}\n",
            json!({
                "format_version": "1.0", "written": !args.dry_run, "stacks": adopted.stacks,
                "instances": instances, "files": files, "estate_file": estate, "findings": findings,
            })
        );
    }
    let mut text = String::new();
    if args.dry_run {
        text.push_str(estate);
        text.push('\n');
    }
    let done = if args.dry_run { "would be" } else { "is" };
    text.push_str(&format!(
        "strata.hcl {done} written: {} stacks with {} instances.\n\n",
        adopted.stacks,
        adopted.instances.len()
    ));
    let wide = adopted.instances.iter().map(|one| one.address.len()).max().unwrap_or(0);
    for one in adopted.instances.iter().take(LISTED_MAX) {
        let state = one.state.as_deref().unwrap_or("state not known");
        text.push_str(&format!("  {:wide$}  {}  {state}\n", one.address, one.folder));
    }
    if adopted.instances.len() > LISTED_MAX {
        text.push_str(&format!("  +{} more\n", adopted.instances.len() - LISTED_MAX));
    }
    for (path, _) in &adopted.files {
        let what = match path.ends_with(".terraform.lock.hcl") {
            true => "the versions of the units' lock files",
            false => "as Terragrunt generates it",
        };
        text.push_str(&format!("  {path}: {done} written, {what}\n"));
    }
    text.push_str(&match findings {
        0 => "\nAll of the tree was read.\n".to_owned(),
        1 => "\n1 thing was not read or is not carried over; it is listed with its place.\n".to_owned(),
        many => format!("\n{many} things were not read or are not carried over; they are listed with their places.\n"),
    });
    if !args.dry_run {
        let chdir = if args.dir == "." { String::new() } else { format!("  cd {}\n", args.dir) };
        text.push_str(&format!(
            "\nNext:\n{chdir}  strata init\n  strata shadow -env=ENV     plans beside tofu, upon the states where they are\n  strata store adopt         takes the states into the store\n  strata plan -env=ENV\n"
        ));
    }
    text
}
