//! Compact JSON with line breaks, byte for byte the same tokens: numbers and escapes stay as they were written.
//!
//! Invariant: only white space is added, as Go's encoder lays it out.

/// The text with two columns to a level; empty objects and arrays stay on one line.
pub(crate) fn indented(compact: &str) -> String {
    let mut out = String::with_capacity(compact.len() * 2);
    let mut depth = 0;
    let (mut in_string, mut escaped) = (false, false);
    let mut letters = compact.chars().peekable();
    while let Some(letter) = letters.next() {
        if in_string {
            out.push(letter);
            in_string = escaped || letter != '"';
            escaped = !escaped && letter == '\\';
            continue;
        }
        match letter {
            '{' | '[' => {
                out.push(letter);
                if let Some(end) = letters.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    line(depth, &mut out);
                }
            }
            '}' | ']' => {
                depth -= 1;
                line(depth, &mut out);
                out.push(letter);
            }
            ',' => {
                out.push(letter);
                line(depth, &mut out);
            }
            ':' => out.push_str(": "),
            letter => {
                in_string = letter == '"';
                out.push(letter);
            }
        }
    }
    out
}

fn line(depth: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::indented;

    #[test]
    fn tokens_stay_as_they_were() {
        let text = indented(r#"{"a":[1.50e3,"x\"{,:\\"],"b":{},"c":[]}"#);
        assert_eq!(
            text,
            "{\n  \"a\": [\n    1.50e3,\n    \"x\\\"{,:\\\\\"\n  ],\n  \"b\": {},\n  \"c\": []\n}"
        );
    }
}
