//! Which characters make identifiers: Unicode's `ID_Start` and `ID_Continue`, and besides `_` and `-`.

/// Length of the identifier at the start of `text`; 0 where none stands there.
pub(crate) fn ident_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    let Some(first) = bytes.first() else { return 0 };
    let mut at = if first.is_ascii() {
        if !first.is_ascii_alphabetic() && *first != b'_' {
            return 0;
        }
        1
    } else {
        match text.chars().next() {
            Some(c) if is_start(c) => c.len_utf8(),
            _ => return 0,
        }
    };
    while let Some(byte) = bytes.get(at) {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') {
            at += 1;
        } else if byte.is_ascii() {
            break;
        } else {
            match text[at..].chars().next() {
                Some(c) if is_continue(c) => at += c.len_utf8(),
                _ => break,
            }
        }
    }
    at
}

/// Whether the whole text is one identifier, as HCL's `ValidIdentifier` decides it.
pub fn is_identifier(text: &str) -> bool {
    !text.is_empty() && ident_len(text) == text.len()
}

fn is_start(c: char) -> bool {
    unicode_ident::is_xid_start(c) || only_id_start(c)
}

fn is_continue(c: char) -> bool {
    unicode_ident::is_xid_continue(c) || only_id_start(c)
}

/// The characters that are `ID_Start` and not `XID_Start` (Unicode annex 31, `DerivedCoreProperties`).
fn only_id_start(c: char) -> bool {
    matches!(
        c,
        '\u{37A}' | '\u{E33}' | '\u{EB3}' | '\u{309B}' | '\u{309C}' | '\u{FC5E}'
            ..='\u{FC63}'
                | '\u{FDFA}'
                | '\u{FDFB}'
                | '\u{FE70}'
                | '\u{FE72}'
                | '\u{FE74}'
                | '\u{FE76}'
                | '\u{FE78}'
                | '\u{FE7A}'
                | '\u{FE7C}'
                | '\u{FE7E}'
                | '\u{FF9E}'
                | '\u{FF9F}'
    )
}

#[cfg(test)]
mod tests {
    use super::{ident_len, is_identifier};

    #[test]
    fn identifiers() {
        for (text, length) in [
            ("", 0),
            ("a", 1),
            ("-a", 0),
            ("a-b_c1.d", 6),
            ("_x", 2),
            ("1a", 0),
            ("é=", 2),
            ("名前 ", 6),
        ] {
            assert_eq!(ident_len(text), length, "{text:?}");
        }
        assert!(is_identifier("a-b"));
        assert!(!is_identifier("a.b"));
        assert!(!is_identifier(""));
    }
}
