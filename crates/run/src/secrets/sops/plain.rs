//! JSON and dotenv as `sops` writes them, to a tree in the order of the file.

use serde_json::Value as Json;

use super::SopsError;
use super::tree::{DEPTH_MAX, Leaf, Tree};

/// Reads JSON.
pub(super) fn json(text: &str) -> Result<Tree, SopsError> {
    // serde_json stops at a nesting of 128 of its own accord.
    let parsed: Json =
        serde_json::from_str(text).map_err(|error| SopsError::malformed(&error.to_string()))?;
    tree(parsed, 0)
}

fn tree(json: Json, depth: usize) -> Result<Tree, SopsError> {
    if depth > DEPTH_MAX {
        return Err(SopsError::malformed("it is nested too deeply"));
    }
    Ok(match json {
        Json::Null => Tree::Null,
        Json::Bool(bool) => Tree::Leaf(Leaf::Bool(bool)),
        Json::String(text) => Tree::Leaf(Leaf::Text(text)),
        Json::Number(number) => Tree::Leaf(match (number.as_i64(), number.as_f64()) {
            (Some(number), _) => Leaf::Int(number),
            (None, Some(number)) => Leaf::Float(number),
            (None, None) => return Err(SopsError::malformed("a number is too big")),
        }),
        Json::Array(items) => {
            let items = items.into_iter().map(|item| tree(item, depth + 1));
            Tree::List(items.collect::<Result<_, _>>()?)
        }
        Json::Object(entries) => {
            let entries = entries.into_iter().map(|(key, it)| Ok((key, tree(it, depth + 1)?)));
            Tree::Map(entries.collect::<Result<_, SopsError>>()?)
        }
    })
}

/// Reads dotenv: `NAME=VALUE` on each line, `\n` in a value standing for the end of a line. What `sops` says about
/// the file stands in names that begin with `sops_`; it is gathered under `sops`, nested as in the other formats.
pub(super) fn dotenv(text: &str) -> Result<Tree, SopsError> {
    let mut entries = Vec::new();
    let mut about = Vec::new();
    for line in text.split('\n').filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (name, value) =
            line.split_once('=').ok_or_else(|| SopsError::malformed("a line has no `=`"))?;
        let value = Tree::Leaf(Leaf::Text(value.replace("\\n", "\n")));
        match name.strip_prefix("sops_") {
            Some(name) => about.push((name.to_owned(), value)),
            None => entries.push((name.to_owned(), value)),
        }
    }
    entries.push(("sops".to_owned(), Tree::Map(about)));
    Ok(Tree::Map(entries))
}
