//! The order in which OpenTofu tells the paths that force a replacement. Not an order that anybody should build upon.
//!
//! It keeps them in a set without an order of its own, which is walked by the hash of each member: CRC-64 (ISO 3309) of
//! the names of the path one after the other, with `#` for an index, read as a signed number (`cty.PathSet`).
//! Invariant: paths of one hash keep the order in which they came.

use value::{Path, Step};

/// The paths in that order.
pub(super) fn by_hash(paths: &[Path]) -> Vec<&Path> {
    let mut sorted: Vec<&Path> = paths.iter().collect();
    sorted.sort_by_cached_key(|path| hash(path));
    sorted
}

fn hash(path: &Path) -> i64 {
    let crc = path.steps().iter().fold(u64::MAX, |crc, step| match step {
        Step::Attr(name) => update(crc, name.as_bytes()),
        Step::Index(_) => update(crc, b"#"),
    });
    (!crc).cast_signed()
}

fn update(crc: u64, bytes: &[u8]) -> u64 {
    /// The polynomial of ISO 3309, lowest power first.
    const POLYNOMIAL: u64 = 0xD800_0000_0000_0000;
    bytes.iter().fold(crc, |crc, byte| {
        (0..8).fold(crc ^ u64::from(*byte), |crc, _| match crc & 1 {
            0 => crc >> 1,
            _ => (crc >> 1) ^ POLYNOMIAL,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_one_of_iso_3309() {
        let path = Path::new().attr("1234").attr("56789");
        assert_eq!(hash(&path).cast_unsigned(), 0xB909_56C7_75A4_1001);
        assert_eq!(hash(&Path::new()), 0);
    }

    #[test]
    fn paths_stand_as_opentofu_1_12_tells_them() {
        let paths = [Path::new().attr("content"), Path::new().attr("filename")];
        let texts: Vec<String> = by_hash(&paths).into_iter().map(ToString::to_string).collect();
        assert_eq!(texts, [".filename", ".content"]);
    }
}
