//! Where in `strata.hcl` a new stack's block goes: after the last stack of its layer, or of the nearest layer below that
//! has one in this file; else at the end.
//!
//! Invariant: every byte that was there stays, in its order.

use diag::{Diags, FileId};
use estate::LayerIdx;
use run::estate::EstateFile;

/// The file's text with the block.
pub(super) fn with_block(file: &EstateFile, layer: LayerIdx, block: &str) -> String {
    let parsed = syntax::parse_native(FileId::new(0), &file.text, &mut Diags::new());
    let rank_of = |name: &str| {
        let known = file.estate.stacks.iter().find(|stack| *stack.name.node == *name);
        known.map(|stack| stack.layer.0)
    };
    let after = parsed
        .body
        .blocks
        .iter()
        .filter(|block| &*block.kind.text == "stack")
        .filter_map(|block| Some((rank_of(&block.labels.first()?.text)?, block.span.end)))
        .filter(|(rank, _)| *rank <= layer.0)
        .max();
    inserted(&file.text, after.map(|(_, end)| end as usize), block)
}

/// The text with a block on lines of its own after the line of `end`, or at the end.
fn inserted(text: &str, end: Option<usize>, block: &str) -> String {
    let at = end.and_then(|end| Some(end + text[end..].find('\n')? + 1)).unwrap_or(text.len());
    let (before, after) = text.split_at(at);
    let newline = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    format!("{before}{newline}\n{block}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, end: Option<usize>, expect: &str) {
        assert_eq!(inserted(text, end, "new {}\n"), expect);
    }

    #[test]
    fn a_block_gets_lines_of_its_own() {
        check("a {} # x\n\nb {}\n", Some(4), "a {} # x\n\nnew {}\n\nb {}\n");
        check("a {}\n", None, "a {}\n\nnew {}\n");
        check("a {}", Some(4), "a {}\n\nnew {}\n");
    }
}
