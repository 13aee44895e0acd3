//! Writing the estate's id into `strata.hcl`, once.
//!
//! Invariant: nothing else in the text changes, unless the text was in canonical form before: then it is afterwards.

use crate::model::Estate;

/// The text of `strata.hcl` with an `id` in its `estate` block; `estate` was read from this text and has none.
pub fn with_id(text: &str, estate: &Estate, id: &str) -> String {
    let at = estate.name.span.end as usize;
    let line_end = text[at..].find('\n').map_or(text.len(), |offset| at + offset);
    let line_start = text[..at].rfind('\n').map_or(0, |offset| offset + 1);
    let line = &text[line_start..];
    let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
    // A block on one line has no line of its own for the id.
    let one_line = text[line_start..at].contains('{');
    let written = if one_line {
        format!(
            "{}\n  id = \"{id}\"\n{}",
            split_open(&text[..at]),
            text[at..].trim_start_matches(' ')
        )
    } else {
        format!("{}\n{indent}id = \"{id}\"{}", &text[..line_end], &text[line_end..])
    };
    if one_line || syntax::format(text) == text { syntax::format(&written) } else { written }
}

/// `estate { name = "x"` with the name on a line of its own.
fn split_open(head: &str) -> String {
    match head.rfind('{') {
        Some(brace) => format!("{}\n  {}", &head[..=brace], head[brace + 1..].trim_start()),
        None => head.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use diag::{Diags, SourceMap};

    fn check(text: &str, expect: &str) {
        let rest = "\nlayer \"a\" {}\n\nenvironment \"b\" {}\n";
        let text = format!("{text}{rest}");
        let (mut sources, mut diags) = (SourceMap::new(), Diags::new());
        let file =
            syntax::parse_native(sources.add("strata.hcl", text.as_str()), &text, &mut diags);
        let estate = crate::read(&file, &[], &mut diags).expect("an estate");
        let written = super::with_id(&text, &estate, "3f6c0a12");
        assert_eq!(written, format!("{expect}{rest}"));
        let file =
            syntax::parse_native(sources.add("strata.hcl", written.as_str()), &written, &mut diags);
        let again = crate::read(&file, &[], &mut diags).expect("still an estate");
        assert_eq!(&*again.id.expect("an id").node, "3f6c0a12");
    }

    #[test]
    fn an_id_is_put_below_the_name() {
        check(
            "estate {\n  name  = \"acme\" # ours\n  store = \"sqlite:x\"\n}\n",
            "estate {\n  name  = \"acme\" # ours\n  id    = \"3f6c0a12\"\n  store = \"sqlite:x\"\n}\n",
        );
        check(
            "estate {\n    name = \"acme\"\n}\n",
            "estate {\n    name = \"acme\"\n    id = \"3f6c0a12\"\n}\n",
        );
        check(
            "estate { name = \"acme\" }\n",
            "estate {\n  name = \"acme\"\n  id   = \"3f6c0a12\"\n}\n",
        );
    }
}
