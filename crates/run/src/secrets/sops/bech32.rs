//! Bech32 (BIP 173), read: how `age` writes its keys.
//!
//! Invariant: bytes come out only where the checksum is right and the human-readable part is the one that was asked for.

const LETTERS: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const CHECKSUM: usize = 6;

/// The bytes of a text with this human-readable part; none where it is malformed.
pub(super) fn decode(human: &str, text: &str) -> Option<Vec<u8>> {
    let lower = text.to_ascii_lowercase();
    if text != lower && text != text.to_ascii_uppercase() {
        return None;
    }
    let data = lower.strip_prefix(human)?.strip_prefix('1')?;
    let data: Option<Vec<u8>> =
        data.chars().map(|letter| LETTERS.find(letter).map(|at| at as u8)).collect();
    let data = data.filter(|data| data.len() >= CHECKSUM)?;
    let spread = human.bytes().map(|byte| byte >> 5).chain([0]);
    let all = spread.chain(human.bytes().map(|byte| byte & 31)).chain(data.iter().copied());
    if checksum(all) != 1 {
        return None;
    }
    regroup(&data[..data.len() - CHECKSUM])
}

fn checksum(values: impl Iterator<Item = u8>) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    values.fold(1, |sum, value| {
        let top = sum >> 25;
        let sum = ((sum & 0x01ff_ffff) << 5) ^ u32::from(value);
        let taps = GENERATOR.iter().enumerate().filter(|(at, _)| top >> at & 1 == 1);
        taps.fold(sum, |sum, (_, tap)| sum ^ tap)
    })
}

/// Groups of five bits to bytes; what is left over must be fewer than five bits, all zero.
fn regroup(groups: &[u8]) -> Option<Vec<u8>> {
    let (mut bits, mut held) = (0_u32, 0);
    let mut bytes = Vec::with_capacity(groups.len() * 5 / 8);
    for group in groups {
        bits = (bits << 5 | u32::from(*group)) & 0xfff;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    (held < 5 && bits & ((1 << held) - 1) == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn only_what_is_whole_is_read() {
        // BIP 173's own example of a valid text, and the same with one letter changed.
        let text = "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw";
        assert_eq!(decode("abcdef", text).map(|bytes| bytes.len()), Some(20));
        assert!(decode("abcdef", &text.to_uppercase()).is_some());
        assert_eq!(decode("abcdef", &text.replace("zry", "zrz")), None);
        assert_eq!(decode("abcde", text), None);
        assert_eq!(decode("abcdef", "Abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"), None);
    }
}
