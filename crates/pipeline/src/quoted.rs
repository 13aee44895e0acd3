//! Texts as they may stand in a pipeline's file.
//!
//! Invariant: what is plain is read as itself by YAML in quotes, by a shell, by Groovy and by the forges' expressions.

/// Whether a text may go into a pipeline: letters, digits and `. _ / : @ + = , % ~ -`, and one at least.
pub fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "._/:@+=,%~-".contains(c))
}

/// A text in double quotes, as YAML reads it.
pub(crate) fn yaml(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A script in Groovy's triple quotes, within which nothing is put in.
pub(crate) fn groovy(script: &str, indent: &str) -> String {
    let inside = script.replace('\\', "\\\\").replace("'''", "\\'\\'\\'");
    format!("'''\n{}{indent}'''", indented(&inside, indent))
}

/// A text whose lines are indented; empty ones are not.
pub(crate) fn indented(text: &str, indent: &str) -> String {
    let lines = text.lines().map(|line| match line.is_empty() {
        true => "\n".to_owned(),
        false => format!("{indent}{line}\n"),
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_quotes() {
        assert!(is_plain("arn:aws:iam::111111111111:role/a-b_c+d=e,f.g@h"));
        for bad in ["", "a b", "a\"b", "${{ x }}", "a'b", "a\nb", "$(x)", "`x`", "a;b"] {
            assert!(!is_plain(bad), "{bad}");
        }
        assert_eq!(yaml("a\"b\\c"), r#""a\"b\\c""#);
        assert_eq!(groovy("printf 'a\\n'\n", "  "), "'''\n  printf 'a\\\\n'\n  '''");
        assert_eq!(groovy("x='''y'''\n", ""), "'''\nx=\\'\\'\\'y\\'\\'\\'\n'''");
    }
}
