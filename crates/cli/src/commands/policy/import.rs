//! `strata policy import DIR`: policies of conftest or OPA taken in.
//!
//! They read the same document, that of `show -json`, and their rules have the same names, so nothing is translated: they are
//! read, told and copied. Invariant: where one file cannot be taken, nothing is written, and each reason is told.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use diag::Diagnostic;
use policy::{Bundle, BundleFile};

use crate::args::PolicyImportArgs;
use crate::commands::Context;
use crate::exit::Exit;
use crate::session::{self, Session};

/// The folder for policies in an estate.
const FOLDER: &str = "policies";

/// Runs the command.
pub(super) fn run(context: &Context<'_>, args: &PolicyImportArgs) -> Exit {
    session::run(context, 1, |mut session| async move {
        if let Some(text) = import(&mut session, args) {
            context.out(&text);
        }
        session.end(Exit::Done)
    })
}

fn import(session: &mut Session<'_>, args: &PolicyImportArgs) -> Option<String> {
    let (files, bundle) = super::bundle(session, &args.folder)?;
    let deciding = bundle.deciding();
    if deciding.is_empty() {
        session.diags.push(
            Diagnostic::error("policy-empty", format!("{} decides nothing", args.folder))
                .detail("It has no rule that is called deny, violation, approve or warn.")
                .remedy("Name the folder with the policies themselves."),
        );
        return None;
    }
    let name = session.heed(name(args))?;
    let folder = format!("{FOLDER}/{name}");
    if !args.dry_run {
        let written = write(session, &folder, &files);
        session.heed(written)?;
    }
    let packages: BTreeSet<&str> = deciding.iter().map(|one| &*one.package).collect();
    let packages: Vec<String> = packages.into_iter().map(|one| format!("\"{one}\"")).collect();
    let verb = if args.dry_run { "would be taken in" } else { "taken in" };
    let mut out = format!("{} of {} files, into {folder}:\n", verb, files.len());
    for rule in &deciding {
        let place = rule.place.as_ref().map_or_else(String::new, ToString::to_string);
        let _ = writeln!(out, "  {:<8} {}   {place}", rule.severity.word(), rule.path);
    }
    let tests = bundle.test();
    let passed = tests.iter().filter(|one| one.came == policy::Came::Passed).count();
    if !tests.is_empty() {
        let _ = writeln!(out, "  tests    {passed} of {} pass", tests.len());
    }
    let _ = write!(
        out,
        "\nIn strata.hcl:\n\n  policy \"{name}\" {{\n    source   = \"./{folder}\"\n    packages = [{}]\n  }}\n",
        packages.join(", ")
    );
    Some(out)
}

/// The policy's name: the one that is given, else what the folder's name comes to.
fn name(args: &PolicyImportArgs) -> Result<String, Diagnostic> {
    let given = args.name.clone().unwrap_or_else(|| {
        let base = args.folder.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        base.to_lowercase().replace(['_', '.', ' '], "-").trim_matches('-').to_owned()
    });
    match estate::is_name(&given) {
        true => Ok(given),
        false => Err(Diagnostic::error("estate-name", format!("`{given}` is no name"))
            .detail("A name has 1 to 64 lower-case letters, digits and hyphens, and begins with a letter.")
            .remedy("Give it one: -name=NAME.")),
    }
}

/// Copies the files into a new folder, which appears whole.
fn write(session: &Session<'_>, folder: &str, files: &[BundleFile]) -> Result<(), Diagnostic> {
    let context = session.context;
    let target = context.dir.join(folder);
    if context.host.files.exists(&target) {
        return Err(Diagnostic::error("policy-exists", format!("{folder} is there already"))
            .detail("Nothing was written: what is there may be somebody's work.")
            .remedy("Take it away first, or give another name: -name=NAME."));
    }
    debug_assert!(files.iter().all(|one| Bundle::takes(&one.name)), "BUG: a file of no bundle");
    let failed = |error: &dyn std::fmt::Display| {
        Diagnostic::error("policy-unwritable", "The policies cannot be copied")
            .detail(format!("{error}."))
            .remedy("Make the folder writable.")
    };
    for file in files {
        let path = target.join(&*file.name);
        if let Some(above) = path.parent() {
            context.host.files.make_dir(above).map_err(|error| failed(&error))?;
        }
        context
            .host
            .files
            .replace(&path, file.text.as_bytes(), 0o644)
            .map_err(|error| failed(&error))?;
    }
    Ok(())
}
