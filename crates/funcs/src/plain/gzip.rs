//! Gzip in memory. What it packs, OpenTofu unpacks and the other way round; the packed bytes are not the same.
//! Invariant: no more than `UNPACKED_BYTES_MAX` come out of an archive.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

/// Largest content that is unpacked, in bytes.
const UNPACKED_BYTES_MAX: u64 = 256 << 20;

/// `bytes` packed.
pub(crate) fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("BUG: writing to memory cannot fail");
    encoder.finish().expect("BUG: writing to memory cannot fail")
}

/// What is packed in `bytes`.
pub(crate) fn unpack(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let mut decoder = MultiGzDecoder::new(bytes).take(UNPACKED_BYTES_MAX + 1);
    decoder.read_to_end(&mut out).map_err(|error| format!("the bytes are not gzip: {error}"))?;
    if out.len() as u64 > UNPACKED_BYTES_MAX {
        return Err(format!("the content is larger than {UNPACKED_BYTES_MAX} bytes"));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_and_unpacked() {
        let text = b"a".repeat(10_000);
        let packed = pack(&text);
        assert!(packed.len() < 100);
        assert_eq!(unpack(&packed), Ok(text));
        assert!(unpack(b"abc").is_err());
        assert!(unpack(&packed[..packed.len() - 9]).is_err());
    }
}
