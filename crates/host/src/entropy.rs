//! Unpredictable bytes from the operating system.

/// `LEN` unpredictable bytes.
pub(crate) fn bytes<const LEN: usize>() -> [u8; LEN] {
    let mut bytes = [0; LEN];
    // Linux gives these or does not boot; without them no key could be made safely.
    getrandom::fill(&mut bytes).expect("BUG: the operating system gives entropy");
    bytes
}

/// The UUID of version 4 (RFC 9562 §5.4) that these random bits make, in lower case.
pub fn uuid_of(random: u128) -> String {
    let bits = random & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// A random UUID of version 4.
pub(crate) fn uuid() -> String {
    uuid_of(u128::from_be_bytes(bytes()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_uuid_says_its_version_and_variant() {
        let text = super::uuid();
        assert_eq!(text.len(), 36);
        assert_eq!(&text[14..15], "4");
        assert!(matches!(&text[19..20], "8" | "9" | "a" | "b"));
        assert_ne!(text, super::uuid());
        assert_eq!(super::uuid_of(0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(super::uuid_of(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
