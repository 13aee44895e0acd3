//! What a plan said on standard error, for a comment where there is no page.
//!
//! Lines of JSON are diagnostics; others are text. Invariant: the text is bounded, and what was cut is said.

use render::fenced;
use serde_json::Value;

/// Longest text, in bytes.
const BYTES_MAX: usize = 20_000;

/// What is said of errors; warnings count where there is nothing else.
pub(super) fn words(said: &str) -> String {
    let mut all: Vec<String> = Vec::new();
    for line in said.lines().filter(|line| !line.trim().is_empty()) {
        match serde_json::from_str::<Value>(line) {
            Ok(Value::Object(one)) if one.contains_key("summary") => {
                let part = |name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default();
                if part("severity") == "error" {
                    all.push([part("summary"), part("detail"), part("remedy")].join("\n"));
                }
            }
            _ => all.push(line.to_owned()),
        }
    }
    let mut text = all.join("\n");
    if text.len() > BYTES_MAX {
        let cut = (0..=BYTES_MAX).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(cut);
        text.push_str("\n... cut: the run's log has the rest");
    }
    if text.is_empty() { "The run's log says why.".to_owned() } else { text }
}

/// The comment of an environment that has no plan.
pub(super) fn page(environment: &str, words: &str) -> String {
    format!("### No plan of {environment}\n\n{}", fenced(words))
}

#[cfg(test)]
mod tests {
    use super::{page, words};

    #[test]
    fn errors_are_told_and_stay_in_their_block() {
        let said = "{\"severity\":\"warning\",\"summary\":\"w\"}\n{\"severity\":\"error\",\"summary\":\"s\",\"detail\":\"``` [x](y)\",\"remedy\":\"r\"}\nplain\n";
        assert_eq!(words(said), "s\n``` [x](y)\nr\nplain");
        assert_eq!(
            page("dev", &words(said)),
            "### No plan of dev\n\n````\ns\n``` [x](y)\nr\nplain\n````\n"
        );
        assert_eq!(words(""), "The run's log says why.");
        let long = words(&"ä".repeat(20_000));
        assert!(long.len() < 20_100 && long.ends_with("has the rest"));
    }
}
