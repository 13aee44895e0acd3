//! Values as `sops` encrypts them: `ENC[AES256_GCM,data:...,iv:...,tag:...,type:...]`, bound to the names on the way
//! to them.

use aes_gcm::aead::consts::U32;
use aes_gcm::aead::generic_array::GenericArray;
use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::aes::Aes256;
use aes_gcm::{AesGcm, KeyInit as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::SopsError;
use super::tree::Leaf;

/// Bytes of a nonce: more than AES-GCM's usual twelve.
const NONCE: usize = 32;

/// The cipher of a file.
pub(super) struct Cipher(AesGcm<Aes256, U32>);

impl Cipher {
    /// With the file's data key; none where it has not 32 bytes.
    pub(super) fn new(key: &[u8]) -> Option<Cipher> {
        AesGcm::new_from_slice(key).ok().map(Cipher)
    }

    /// Opens a value that is bound to `context`. An empty text stands for itself.
    pub(super) fn open(&self, text: &str, context: &str) -> Result<Leaf, SopsError> {
        if text.is_empty() {
            return Ok(Leaf::Text(String::new()));
        }
        let malformed = || SopsError::malformed("a value that should be encrypted is not");
        let sealed = Sealed::parse(text).ok_or_else(malformed)?;
        if sealed.nonce.len() != NONCE {
            return Err(malformed());
        }
        let bytes = [sealed.data.as_slice(), &sealed.tag].concat();
        let payload = Payload { msg: &bytes, aad: context.as_bytes() };
        let opened = self.0.decrypt(GenericArray::from_slice(&sealed.nonce), payload);
        let text = opened.ok().and_then(|bytes| String::from_utf8(bytes).ok());
        leaf(text.ok_or(SopsError::Changed)?, sealed.kind).ok_or_else(malformed)
    }
}

fn leaf(text: String, kind: &str) -> Option<Leaf> {
    Some(match kind {
        "str" | "bytes" | "time" => Leaf::Text(text),
        "int" => Leaf::Int(text.parse().ok()?),
        "float" => Leaf::Float(text.parse().ok()?),
        "bool" => Leaf::Bool(text.eq_ignore_ascii_case("true")),
        "comment" => Leaf::Comment,
        _ => return None,
    })
}

struct Sealed<'a> {
    data: Vec<u8>,
    nonce: Vec<u8>,
    tag: Vec<u8>,
    kind: &'a str,
}

impl<'a> Sealed<'a> {
    fn parse(text: &'a str) -> Option<Sealed<'a>> {
        let inside = text.strip_prefix("ENC[AES256_GCM,data:")?.strip_suffix(']')?;
        let (data, rest) = inside.split_once(",iv:")?;
        let (nonce, rest) = rest.split_once(",tag:")?;
        let (tag, kind) = rest.split_once(",type:")?;
        let bytes = |text: &str| STANDARD.decode(text).ok();
        Some(Sealed { data: bytes(data)?, nonce: bytes(nonce)?, tag: bytes(tag)?, kind })
    }
}
