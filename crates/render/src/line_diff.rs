//! The lines in which two texts differ, for `fmt -diff`: what stays in common at both ends is left out.

use std::fmt::Write as _;

/// Lines of context on either side.
const CONTEXT_LINES: usize = 3;

/// One hunk from the first line that differs to the last.
pub fn line_diff(name: &str, before: &str, after: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let tail =
        old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let from = head.saturating_sub(CONTEXT_LINES);
    let to = |len: usize| (len - tail + CONTEXT_LINES).min(len);
    let mut out = format!("--- old/{name}\n+++ new/{name}\n");
    let _ = writeln!(
        out,
        "@@ -{},{} +{},{} @@",
        from + 1,
        to(old.len()) - from,
        from + 1,
        to(new.len()) - from
    );
    let mut lines = |mark: char, lines: &[&str]| {
        lines.iter().for_each(|line| {
            let _ = writeln!(out, "{mark}{line}");
        });
    };
    lines(' ', &old[from..head]);
    lines('-', &old[head..old.len() - tail]);
    lines('+', &new[head..new.len() - tail]);
    lines(' ', &old[old.len() - tail..to(old.len())]);
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_what_differs_is_marked() {
        let diff = super::line_diff("a.tf", "a\nb\nc\n", "a\nB\nc\n");
        assert_eq!(diff, "--- old/a.tf\n+++ new/a.tf\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n");
    }
}
