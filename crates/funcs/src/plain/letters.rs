//! Upper, lower and title case letter by letter, as Unicode's simple mappings say and OpenTofu does; and characters as
//! people count them. Not Rust's full mappings, which would make two letters of `ß`.
//! Invariant: a mapping never changes the number of letters.

use unicode_segmentation::UnicodeSegmentation as _;

/// `text` in upper case.
pub(crate) fn upper(text: &str) -> String {
    text.chars().map(upper_letter).collect()
}

/// `text` in lower case.
pub(crate) fn lower(text: &str) -> String {
    text.chars().map(lower_letter).collect()
}

/// `text` with the first letter of each word in title case.
pub(crate) fn title(text: &str) -> String {
    let mut before = ' ';
    let title = text.chars().map(|c| {
        let begins = separates(before);
        before = c;
        if begins { title_letter(c) } else { c }
    });
    title.collect()
}

/// Whether a word may begin after `c`.
fn separates(c: char) -> bool {
    if c.is_ascii() { !(c.is_ascii_alphanumeric() || c == '_') } else { c.is_whitespace() }
}

fn upper_letter(c: char) -> char {
    let mut letters = c.to_uppercase();
    match (letters.next(), letters.next()) {
        (Some(upper), None) => upper,
        // The full mapping has several letters; only these Greek ones have a simple mapping too.
        _ => match c {
            '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => {
                shifted(c, 8)
            }
            '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => shifted(c, 9),
            _ => c,
        },
    }
}

fn lower_letter(c: char) -> char {
    let mut letters = c.to_lowercase();
    match (letters.next(), letters.next()) {
        (Some(lower), None) => lower,
        // The capital I with a dot is the only one.
        (Some(first), Some(_)) => first,
        (None, _) => c,
    }
}

fn title_letter(c: char) -> char {
    match c {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        // Georgian has capitals, but not in titles.
        '\u{10d0}'..='\u{10ff}' => c,
        _ => upper_letter(c),
    }
}

fn shifted(c: char, by: u32) -> char {
    char::from_u32(u32::from(c) + by).expect("BUG: the Greek letters lie in one block")
}

/// How many characters (grapheme clusters) `text` has.
pub(crate) fn count(text: &str) -> usize {
    if text.is_ascii() && !text.contains("\r\n") {
        return text.len();
    }
    text.graphemes(true).count()
}

/// `text` with its characters in reverse order.
pub(crate) fn reversed(text: &str) -> String {
    text.graphemes(true).rev().collect()
}

/// The byte offset at which character number `index` begins; the length of `text` if it has no more characters.
pub(crate) fn offset_of(text: &str, index: usize) -> usize {
    text.grapheme_indices(true).nth(index).map_or(text.len(), |(offset, _)| offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings_are_simple_ones() {
        assert_eq!(upper("straße ŉ ǆ"), "STRAßE ŉ Ǆ");
        assert_eq!(upper("\u{1f80}\u{1fb3}"), "\u{1f88}\u{1fbc}");
        assert_eq!(lower("ΑΣ İ"), "ας i".replace('ς', "σ"));
        assert_eq!(title("hello wörld-wide web_page ǆ"), "Hello Wörld-Wide Web_page ǅ");
        assert_eq!(title("été éclair\u{a0}x"), "Été Éclair\u{a0}X");
    }

    #[test]
    fn characters_are_clusters() {
        assert_eq!(count("he\u{301}llo"), 5);
        assert_eq!(count("a\r\nb"), 3);
        assert_eq!(reversed("he\u{301}"), "e\u{301}h");
        assert_eq!(offset_of("e\u{301}xy", 1), 3);
        assert_eq!(offset_of("ab", 7), 2);
    }
}
