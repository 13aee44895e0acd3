//! Which texts are numbers of JSON.

/// Whether the text is a number as RFC 8259 section 6 defines it.
pub(super) fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let exponent = exponent.map(|text| text.strip_prefix(['+', '-']).unwrap_or(text));
    digits(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::is_number;

    #[test]
    fn numbers() {
        for text in ["0", "-0", "10", "1.5", "1e5", "1E+5", "-1.25e-3"] {
            assert!(is_number(text), "{text}");
        }
        for text in ["", "-", "01", ".5", "1.", "+1", "1e", "1e+", "1.2.3", "1-2"] {
            assert!(!is_number(text), "{text}");
        }
    }
}
