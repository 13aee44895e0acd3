//! `strata new stack NAME`: a root module, and its block in the estate's file.

use blueprint::{Name, stack_block, stack_files};
use diag::Diagnostic;
use estate::LayerIdx;
use run::estate::EstateFile;
use serde_json::json;

use super::place::with_block;
use super::{exists, named, unwritable};
use crate::args::NewArgs;
use crate::commands::{Context, estate as of_estate, store};
use crate::exit::Exit;
use crate::report::Format;
use crate::session::{self, Session};

/// Runs it.
pub(super) fn run(context: &Context<'_>, word: &str, args: &NewArgs) -> Exit {
    session::run(context, 1, |mut session| async move {
        if let Some(told) = made(&mut session, word, args) {
            session.context.out(&told);
        }
        session.end(Exit::Done)
    })
}

fn made(session: &mut Session<'_>, word: &str, args: &NewArgs) -> Option<String> {
    let name = session.heed(named(word))?;
    session.heed(no_cloud(args.cloud.as_deref()))?;
    if !session.context.is_estate() {
        session.diags.push(store::no_estate(session.context));
        return None;
    }
    let file = of_estate::read_file(session)?;
    let layer = session.heed(layer(&file, args.layer.as_deref()))?;
    session.heed(is_new(&file, &name))?;
    session.heed(write(session.context, &file, &name, layer))
}

/// The folder first, whole; then the file. Where the file cannot be written the folder goes again.
fn write(
    context: &Context<'_>,
    file: &EstateFile,
    name: &Name,
    layer: LayerIdx,
) -> Result<String, Diagnostic> {
    let files = context.host.files;
    let dir = file.dir.join("stacks").join(name.as_str());
    let shown = format!("stacks/{name}");
    if files.exists(&dir) {
        return Err(exists(&shown));
    }
    let layer_name = &*file.estate[layer].name.node;
    let text = with_block(file, layer, &stack_block(name, layer_name));
    let parts = stack_files(name);
    let contents = parts.iter().map(|part| (&*part.path, part.text.as_bytes()));
    files.make_tree(&dir, contents).map_err(|error| unwritable(&error))?;
    if let Err(error) = files.replace(&file.dir.join("strata.hcl"), text.as_bytes(), 0o644) {
        // Nothing half made: what cannot be removed is told by the next attempt.
        let _ = files.remove_dir(&dir);
        return Err(unwritable(&error));
    }
    Ok(match context.format {
        Format::Json => format!(
            "{:#}\n",
            json!({ "stack": name.as_str(), "layer": layer_name, "folder": shown })
        ),
        Format::Text => format!(
            "{shown}/ is a root module, and strata.hcl has a stack `{name}` on the layer `{layer_name}`.\n\n\
             Next:\n  strata validate\n  strata plan '*/{name}'\n"
        ),
    })
}

fn layer(file: &EstateFile, word: Option<&str>) -> Result<LayerIdx, Diagnostic> {
    let layers = &file.estate.layers;
    let names: Vec<&str> = layers.iter().map(|layer| &*layer.name.node).collect();
    let Some(word) = word else {
        return Err(Diagnostic::error("new-layer", "On which layer?")
            .detail("A stack stands on a layer of its estate.")
            .remedy(format!("Add -layer=LAYER, with one of: {}.", names.join(", "))));
    };
    if let Some(at) = names.iter().position(|name| *name == word) {
        return Ok(LayerIdx(u32::try_from(at).expect("BUG: an estate has few layers")));
    }
    let near = lang::suggest::sentence(word, names.iter().copied());
    let near = if near.is_empty() { near } else { format!(" {near}") };
    let first = layers.first().map(|layer| layer.name.span);
    Err(Diagnostic::error("new-layer", "The estate has no such layer")
        .detail(format!("-layer={word} names none; the layers begin here."))
        .remedy(format!("Write one of: {}.{near}", names.join(", ")))
        .maybe_at(first))
}

fn is_new(file: &EstateFile, name: &Name) -> Result<(), Diagnostic> {
    let there = file.estate.stacks.iter().find(|stack| *stack.name.node == *name.as_str());
    there.map_or(Ok(()), |stack| {
        Err(exists(&format!("The stack `{name}` of this estate")).at(stack.name.span))
    })
}

fn no_cloud(cloud: Option<&str>) -> Result<(), Diagnostic> {
    let Some(cloud) = cloud else { return Ok(()) };
    Err(Diagnostic::error("new-words", "A stack has no cloud")
        .detail(format!("-cloud={cloud} is of a new estate."))
        .remedy("Leave it out: the stack's root module requires the providers that it needs."))
}
