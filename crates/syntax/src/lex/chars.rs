//! Which characters make identifiers: Unicode's `ID_Start` and `ID_Continue`, and besides `_` and `-`.

/// The bytes of ASCII that continue an identifier.
static CONTINUES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        let it = byte as u8;
        table[byte] = it.is_ascii_alphanumeric() || it == b'_' || it == b'-';
        byte += 1;
    }
    table
};

/// Length of the identifier at the start of `text`; 0 where none stands there.
pub(crate) fn ident_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = match bytes.first() {
        Some(b'a'..=b'z' | b'A'..=b'Z' | b'_') => 1,
        Some(0x80..) => match text.chars().next() {
            Some(c) if is_start(c) => c.len_utf8(),
            _ => return 0,
        },
        _ => return 0,
    };
    loop {
        at += bytes[at..].iter().take_while(|byte| CONTINUES[usize::from(**byte)]).count();
        match text[at..].chars().next() {
            Some(c) if !c.is_ascii() && is_continue(c) => at += c.len_utf8(),
            _ => return at,
        }
    }
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
