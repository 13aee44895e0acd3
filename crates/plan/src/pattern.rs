//! Patterns: addresses of instances whose keys were not known when the plan was approved.
//!
//! `module.a[*].aws_vpc.main[*]` stands for each instance of the resource in each instance of the module.
//! Invariant: a pattern matches by text of whole steps; `[*]` matches any key, and also none.

/// Whether an instance's address matches a pattern; also whether all that another pattern stands for does.
pub(crate) fn matches(pattern: &str, address: &str) -> bool {
    let mut rest = address;
    let mut pieces = pattern.split("[*]").peekable();
    while let Some(piece) = pieces.next() {
        let Some(after) = rest.strip_prefix(piece) else {
            return false;
        };
        rest = after;
        if pieces.peek().is_some() {
            rest = skip_key(rest);
        }
    }
    rest.is_empty()
}

/// What follows an instance key at the start of a text, if there is one.
fn skip_key(text: &str) -> &str {
    let Some(inner) = text.strip_prefix('[') else {
        return text;
    };
    if !inner.starts_with('"') {
        return inner.find(']').map_or(text, |end| &inner[end + 1..]);
    }
    let mut escaped = false;
    for (index, character) in inner.char_indices().skip(1) {
        match character {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return inner[index + 1..].strip_prefix(']').unwrap_or(text),
            _ => escaped = false,
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_key_and_for_none() {
        assert!(matches("a_b.c[*]", "a_b.c[0]"));
        assert!(matches("a_b.c[*]", "a_b.c[\"x\"]"));
        assert!(matches("a_b.c[*]", "a_b.c"));
        assert!(matches("module.m[*].a_b.c[*]", "module.m[\"k\"].a_b.c[3]"));
    }

    #[test]
    fn a_key_with_a_bracket_or_a_quote_is_one_key() {
        assert!(matches("a_b.c[*]", r#"a_b.c["x].y[\"z"]"#));
        assert!(matches("module.m[*].a_b.c", r#"module.m["] .q"].a_b.c"#));
    }

    #[test]
    fn a_pattern_that_names_more_matches_one_that_names_less() {
        assert!(matches("module.m[*].a_b.c[*]", "module.m[\"k\"].a_b.c[*]"));
        assert!(matches("a_b.c[*]", "a_b.c[*]"));
        assert!(!matches("module.m[\"k\"].a_b.c[*]", "module.m[*].a_b.c[*]"));
    }

    #[test]
    fn another_resource_does_not_match() {
        assert!(!matches("a_b.c[*]", "a_b.cd[0]"));
        assert!(!matches("a_b.c[*]", "module.m.a_b.c[0]"));
        assert!(!matches("a_b.c", "a_b.c[0]"));
    }
}
