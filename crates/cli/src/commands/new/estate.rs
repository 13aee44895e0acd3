//! `strata new NAME`: an estate from a blueprint.

use blueprint::{Cloud, File};
use diag::Diagnostic;
use serde_json::json;

use super::{exists, named, unwritable};
use crate::args::NewArgs;
use crate::commands::Context;
use crate::report::Format;

/// Makes the folder; the text to be shown.
pub(super) fn make(
    context: &Context<'_>,
    word: &str,
    args: &NewArgs,
) -> Result<String, Diagnostic> {
    let name = named(word)?;
    if let Some(layer) = &args.layer {
        return Err(layer_of_estate(layer));
    }
    let cloud = cloud(args.cloud.as_deref())?;
    let dir = context.dir.join(name.as_str());
    if context.host.files.exists(&dir) {
        return Err(exists(&context.shown(&dir)));
    }
    let files = blueprint::estate(cloud, &name);
    let contents = files.iter().map(|file| (&*file.path, file.text.as_bytes()));
    context.host.files.make_tree(&dir, contents).map_err(|error| unwritable(&error))?;
    Ok(told(context.format, name.as_str(), cloud, &files))
}

fn told(format: Format, name: &str, cloud: Cloud, files: &[File]) -> String {
    if format == Format::Json {
        let paths: Vec<_> = files.iter().map(|file| format!("{name}/{}", file.path)).collect();
        return format!("{:#}\n", json!({ "estate": name, "cloud": cloud.word(), "files": paths }));
    }
    format!(
        "{name}/ is an estate for {}: {} files. README.md tells what is in it.\n\n\
         Next, without any account:\n  cd {name}\n  strata validate\n  strata rehearse\n\n\
         Then put your accounts into strata.hcl, your people's keys into groups/, and write:\n  strata init\n  strata plan -env=dev\n",
        cloud.word(),
        files.len()
    )
}

fn cloud(word: Option<&str>) -> Result<Cloud, Diagnostic> {
    let words = Cloud::ALL.map(Cloud::word);
    let Some(word) = word else {
        return Err(Diagnostic::error("new-cloud", "Which cloud?")
            .detail("A new estate is made for one cloud.")
            .remedy(format!("Add -cloud=CLOUD, with one of: {}.", words.join(", "))));
    };
    Cloud::parse(word).ok_or_else(|| {
        let near = lang::suggest::sentence(word, words);
        let near = if near.is_empty() { near } else { format!(" {near}") };
        Diagnostic::error("new-cloud", "There is no blueprint for this cloud")
            .detail(format!("-cloud={word} names none."))
            .remedy(format!("Write one of: {}.{near}", words.join(", ")))
    })
}

fn layer_of_estate(layer: &str) -> Diagnostic {
    Diagnostic::error("new-words", "An estate has no layer")
        .detail(format!("-layer={layer} is of a new stack."))
        .remedy(
            "For a stack write `strata new stack NAME -layer=LAYER`; for an estate leave it out.",
        )
}
