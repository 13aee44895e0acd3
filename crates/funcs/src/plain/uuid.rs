//! Name-based UUIDs (version 5, RFC 9562) and the text of UUIDs. Not random ones: their bits come from the driver.
//! Invariant: text is lower case with dashes.

use sha1::{Digest as _, Sha1};

/// The namespaces that have a name of their own, by their last byte.
const NAMED: [(&str, u8); 4] = [("dns", 0x10), ("url", 0x11), ("oid", 0x12), ("x500", 0x14)];

/// The UUID of `name` in `namespace`, which is `dns`, `url`, `oid`, `x500` or a UUID.
pub(crate) fn v5(namespace: &str, name: &str) -> Result<String, String> {
    let namespace = match NAMED.iter().find(|(known, _)| *known == namespace) {
        Some((_, last)) => 0x6ba7_b800_9dad_11d1_80b4_00c0_4fd4_30c8 | u128::from(*last) << 96,
        None => parse(namespace)
            .ok_or_else(|| format!("{namespace:?} is neither dns, url, oid or x500 nor a UUID"))?,
    };
    let digest = Sha1::new().chain_update(namespace.to_be_bytes()).chain_update(name).finalize();
    let mut bits = [0; 16];
    bits.copy_from_slice(&digest[..16]);
    Ok(with_version(u128::from_be_bytes(bits), 5))
}

/// A UUID of 128 random bits, as `uuid()` gives: the bits as they are, without a version.
pub(crate) fn random(bits: u128) -> String {
    text(bits)
}

fn with_version(bits: u128, version: u128) -> String {
    let bits = bits & !(0xf << 76) | version << 76;
    text(bits & !(0b11 << 62) | 0b10 << 62)
}

fn text(bits: u128) -> String {
    let hex = format!("{bits:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// A UUID with dashes, in braces, behind `urn:uuid:`, or as 32 digits.
fn parse(text: &str) -> Option<u128> {
    let text = match text.get(..9) {
        Some(prefix) if prefix.eq_ignore_ascii_case("urn:uuid:") => &text[9..],
        _ => text.strip_prefix('{').and_then(|t| t.strip_suffix('}')).unwrap_or(text),
    };
    let digits = match text.len() {
        32 => text.to_owned(),
        36 if [8, 13, 18, 23].iter().all(|at| text.as_bytes()[*at] == b'-') => {
            text.replace('-', "")
        }
        _ => return None,
    };
    let is_hex = digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    is_hex.then(|| u128::from_str_radix(&digits, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_namespaces() {
        let check = |namespace: &str, expect: &str| {
            assert_eq!(v5(namespace, "tada").as_deref(), Ok(expect), "{namespace}");
        };
        check("dns", "faa898db-9b9d-5b75-86a9-149e7bb8e3b8");
        check("url", "2c1ff6b4-211f-577e-94de-d978b0caa16e");
        check("oid", "61eeea26-5176-5288-87fc-232d6ed30d2f");
        check("x500", "7e12415e-f7c9-57c3-9e43-52dc9950d264");
        check("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "faa898db-9b9d-5b75-86a9-149e7bb8e3b8");
        check("{6BA7B811-9dad-11d1-80b4-00c04fd430c8}", "2c1ff6b4-211f-577e-94de-d978b0caa16e");
        assert!(v5("tada", "tada").is_err());
        assert!(v5("6ba7b810-9dad-11d1-80b4-00c04fd430cz", "x").is_err());
    }
}
