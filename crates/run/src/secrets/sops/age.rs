//! Reading what `age` encrypted to an X25519 key: the format's version 1 (<https://age-encryption.org/v1>), armored,
//! as `sops` keeps its data keys.
//!
//! Not here: passphrases, SSH keys, post-quantum keys and plugins; a file that only those open is left to the
//! programs that know them. The primitives are those of libraries; only the framing is read here.
//!
//! Invariant: nothing comes out unless the header's authentication code and every chunk's tag are right.

use aws_lc_rs::agreement::{PrivateKey, UnparsedPublicKey, X25519, agree};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use chacha20poly1305::aead::Aead as _;
use chacha20poly1305::{ChaCha20Poly1305, KeyInit as _, Nonce};
use hkdf::Hkdf;
use sha2::Sha256;

use super::bech32;

/// First line of the header.
const INTRO: &str = "age-encryption.org/v1";
/// What separates the key of a stanza from other uses of the same secret.
const X25519_LABEL: &[u8] = b"age-encryption.org/v1/X25519";
/// Human-readable part of a secret key.
const SECRET_KEY: &str = "age-secret-key-";
/// Bytes of payload in each chunk but the last.
const CHUNK: usize = 64 << 10;
/// Bytes of a chunk's tag.
const TAG: usize = 16;
/// Bytes of the nonce before the payload.
const NONCE: usize = 16;
/// Columns of a stanza's full line.
const COLUMNS: usize = 64;

/// A secret key.
pub(super) struct Identity {
    private: PrivateKey,
    public: Vec<u8>,
}

/// Why nothing was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum AgeError {
    /// No key at hand opens it.
    NoMatch,
    /// It is not what `age` writes, or was changed.
    Malformed(&'static str),
}

/// The keys in a text, one on each line; what is empty, a comment, or a key of another kind is passed over.
pub(super) fn identities(text: &str) -> Vec<Identity> {
    text.lines().filter_map(|line| identity(line.trim())).collect()
}

fn identity(line: &str) -> Option<Identity> {
    let secret = bech32::decode(SECRET_KEY, line)?;
    let private = PrivateKey::from_private_key(&X25519, &secret).ok()?;
    let public = private.compute_public_key().ok()?.as_ref().to_vec();
    Some(Identity { private, public })
}

/// Opens an armored file with the first key that fits.
///
/// # Errors
/// Where no key fits, or the file is not whole.
pub(super) fn open(armored: &str, identities: &[Identity]) -> Result<Vec<u8>, AgeError> {
    let bytes = unarmor(armored)?;
    let (header, payload) = split(&bytes)?;
    let header = Header::parse(header)?;
    let keys = header
        .stanzas
        .iter()
        .flat_map(|stanza| identities.iter().filter_map(|identity| stanza.unwrap(identity)));
    let key = keys.into_iter().next().ok_or(AgeError::NoMatch)?;
    header.verify(&key)?;
    decrypt(&key, payload)
}

fn unarmor(text: &str) -> Result<Vec<u8>, AgeError> {
    let malformed = AgeError::Malformed("it is not armored as age does it");
    let inside = text
        .trim()
        .strip_prefix("-----BEGIN AGE ENCRYPTED FILE-----")
        .and_then(|rest| rest.strip_suffix("-----END AGE ENCRYPTED FILE-----"))
        .ok_or(malformed.clone())?;
    let joined: String = inside.split_whitespace().collect();
    STANDARD.decode(joined).map_err(|_| malformed)
}

/// The header with its closing line, and what follows.
fn split(bytes: &[u8]) -> Result<(&str, &[u8]), AgeError> {
    let malformed = AgeError::Malformed("its header has no end");
    let footer = bytes.windows(5).position(|five| five == b"\n--- ").ok_or(malformed.clone())?;
    let line = bytes[footer + 1..].iter().position(|byte| *byte == b'\n').ok_or(malformed)?;
    let (header, payload) = bytes.split_at(footer + 1 + line + 1);
    let header =
        std::str::from_utf8(header).map_err(|_| AgeError::Malformed("its header is no text"))?;
    Ok((header, payload))
}

struct Header<'a> {
    stanzas: Vec<Stanza>,
    /// All that the code is over: up to and with the three dashes.
    signed: &'a str,
    mac: Vec<u8>,
}

struct Stanza {
    share: Vec<u8>,
    body: Vec<u8>,
}

impl<'a> Header<'a> {
    fn parse(text: &'a str) -> Result<Header<'a>, AgeError> {
        let malformed = || AgeError::Malformed("its header cannot be read");
        let mut lines = text.lines().peekable();
        if lines.next() != Some(INTRO) {
            return Err(AgeError::Malformed("it is of another version of age"));
        }
        let mut stanzas = Vec::new();
        loop {
            let line = lines.next().ok_or_else(malformed)?;
            if let Some(mac) = line.strip_prefix("--- ") {
                let mac = STANDARD_NO_PAD.decode(mac).map_err(|_| malformed())?;
                let signed = &text[..text.len() - (line.len() + 1) + 3];
                return Ok(Header { stanzas, signed, mac });
            }
            let opening = line.strip_prefix("-> ").ok_or_else(malformed)?;
            let mut body = String::new();
            loop {
                let line = lines.next().ok_or_else(malformed)?;
                body.push_str(line);
                if line.len() < COLUMNS {
                    break;
                }
            }
            if let Some(share) = opening.strip_prefix("X25519 ") {
                let share = STANDARD_NO_PAD.decode(share).map_err(|_| malformed())?;
                let body = STANDARD_NO_PAD.decode(body).map_err(|_| malformed())?;
                stanzas.push(Stanza { share, body });
            }
        }
    }

    fn verify(&self, file_key: &[u8]) -> Result<(), AgeError> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &derive(None, file_key, b"header"));
        hmac::verify(&key, self.signed.as_bytes(), &self.mac)
            .map_err(|_| AgeError::Malformed("its header was changed"))
    }
}

impl Stanza {
    /// The file's key, where this identity opens the stanza.
    fn unwrap(&self, identity: &Identity) -> Option<Vec<u8>> {
        let share = UnparsedPublicKey::new(&X25519, &self.share);
        let wrapping = agree(&identity.private, share, (), |secret| {
            let salt = [self.share.as_slice(), &identity.public].concat();
            Ok(derive(Some(&salt), secret, X25519_LABEL))
        });
        let cipher = ChaCha20Poly1305::new(&wrapping.ok()?.into());
        cipher.decrypt(&Nonce::default(), self.body.as_slice()).ok().filter(|key| key.len() == 16)
    }
}

fn derive(salt: Option<&[u8]>, secret: &[u8], label: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    let derived = Hkdf::<Sha256>::new(salt, secret).expand(label, &mut key);
    derived.expect("BUG: 32 bytes can be derived");
    key
}

fn decrypt(file_key: &[u8], payload: &[u8]) -> Result<Vec<u8>, AgeError> {
    let malformed = AgeError::Malformed("its content was changed or is not whole");
    let (nonce, mut rest) = payload.split_at_checked(NONCE).ok_or(malformed.clone())?;
    let cipher = ChaCha20Poly1305::new(&derive(Some(nonce), file_key, b"payload").into());
    let mut plain = Vec::with_capacity(rest.len());
    let mut count: u64 = 0;
    loop {
        let is_last = rest.len() <= CHUNK + TAG;
        let (chunk, behind) = rest.split_at(rest.len().min(CHUNK + TAG));
        let mut nonce = [0; 12];
        nonce[3..11].copy_from_slice(&count.to_be_bytes());
        nonce[11] = u8::from(is_last);
        let opened = cipher.decrypt(&Nonce::from(nonce), chunk).map_err(|_| malformed.clone())?;
        plain.extend_from_slice(&opened);
        if is_last {
            return Ok(plain);
        }
        (rest, count) = (behind, count + 1);
    }
}
