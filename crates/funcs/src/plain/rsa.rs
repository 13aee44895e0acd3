//! Decryption by RSA with PKCS #1 v1.5 padding, and the private keys that people have in files: PKCS #1, PKCS #8 and
//! OpenSSH, without a passphrase. It takes no care to hide its timing: the key stands in the configuration of the one who
//! runs the program, and no stranger can ask it to decrypt.
//! Invariant: whatever the bytes, the outcome is a text or a fault, never a panic.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use num_bigint::BigUint;

/// Longest modulus, in bytes.
const MODULUS_BYTES_MAX: usize = 2_048;

/// The two numbers of a private key that decryption needs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PrivateKey {
    modulus: BigUint,
    exponent: BigUint,
}

impl PrivateKey {
    /// Reads a key in PEM.
    pub(crate) fn parse(pem: &str) -> Result<Self, String> {
        let (label, bytes) = read_pem(pem)?;
        let key = match label {
            "RSA PRIVATE KEY" => pkcs1(&bytes),
            "PRIVATE KEY" => pkcs8(&bytes)?,
            "OPENSSH PRIVATE KEY" => openssh(&bytes)?,
            label => return Err(format!("a key of the kind {label:?} is not an RSA private key")),
        };
        let sized = key.filter(|key| {
            (11..=MODULUS_BYTES_MAX).contains(&length(&key.modulus)) && key.exponent < key.modulus
        });
        sized.ok_or_else(|| "the private key is damaged".to_owned())
    }

    /// The bytes that `ciphertext` hides.
    pub(crate) fn decrypt(&self, ciphertext: &[u8]) -> Result<Vec<u8>, String> {
        let wrong = || "the cipher text was not made for this key".to_owned();
        let number = BigUint::from_bytes_be(ciphertext);
        if ciphertext.len() > length(&self.modulus) || number >= self.modulus {
            return Err(wrong());
        }
        let bytes = number.modpow(&self.exponent, &self.modulus).to_bytes_be();
        // The padded message: 0 (dropped with other leading zeros), 2, at least eight bytes other than 0, then 0.
        let padded = bytes.strip_prefix(&[2]).filter(|_| bytes.len() + 1 == length(&self.modulus));
        let padded = padded.ok_or_else(wrong)?;
        let end = padded.iter().position(|b| *b == 0).filter(|end| *end >= 8).ok_or_else(wrong)?;
        Ok(padded[end + 1..].to_vec())
    }
}

fn length(number: &BigUint) -> usize {
    usize::try_from(number.bits().div_ceil(8)).unwrap_or(usize::MAX)
}

/// The label and the content of the first block.
fn read_pem(pem: &str) -> Result<(&str, Vec<u8>), String> {
    let wrong = || "the private key is not in PEM".to_owned();
    let (_, rest) = pem.split_once("-----BEGIN ").ok_or_else(wrong)?;
    let (label, rest) = rest.split_once("-----").ok_or_else(wrong)?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----")).ok_or_else(wrong)?;
    if body.contains("ENCRYPTED") || label.contains("ENCRYPTED") {
        return Err("the private key is protected by a passphrase".to_owned());
    }
    // Headers, if there are any, end at an empty line.
    let body = if body.contains(':') {
        body.replace('\r', "").split_once("\n\n").ok_or_else(wrong)?.1.to_owned()
    } else {
        body.to_owned()
    };
    let digits: String = body.chars().filter(|c| !c.is_whitespace()).collect();
    Ok((label, STANDARD.decode(digits).map_err(|_| wrong())?))
}

/// A reader of DER.
struct Der<'a>(&'a [u8]);

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OBJECT: u8 = 0x06;
const SEQUENCE: u8 = 0x30;

impl<'a> Der<'a> {
    /// The content of the next element, which must have this tag.
    fn next(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (&found, rest) = self.0.split_first()?;
        let (&first, mut rest) = rest.split_first()?;
        let length = match first {
            0..=0x7f => usize::from(first),
            0x81..=0x84 => {
                let count = usize::from(first & 0x7f);
                let bytes = rest.get(..count)?;
                rest = &rest[count..];
                bytes.iter().fold(0, |length, b| length << 8 | usize::from(*b))
            }
            _ => return None,
        };
        let content = rest.get(..length)?;
        self.0 = &rest[length..];
        (found == tag).then_some(content)
    }

    fn number(&mut self) -> Option<BigUint> {
        self.next(INTEGER).map(BigUint::from_bytes_be)
    }
}

fn pkcs1(bytes: &[u8]) -> Option<PrivateKey> {
    let mut der = Der(Der(bytes).next(SEQUENCE)?);
    let _version = der.number()?;
    let modulus = der.number()?;
    let _public = der.number()?;
    let exponent = der.number()?;
    Some(PrivateKey { modulus, exponent })
}

fn pkcs8(bytes: &[u8]) -> Result<Option<PrivateKey>, String> {
    /// 1.2.840.113549.1.1.1
    const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
    let parts = || {
        let mut der = Der(Der(bytes).next(SEQUENCE)?);
        let _version = der.number()?;
        let algorithm = Der(der.next(SEQUENCE)?).next(OBJECT)?;
        Some((algorithm, der.next(OCTETS)?))
    };
    match parts() {
        None => Ok(None),
        Some((RSA, key)) => Ok(pkcs1(key)),
        Some(_) => Err("the private key is not one of RSA".to_owned()),
    }
}

/// A reader of OpenSSH's fields.
struct Ssh<'a>(&'a [u8]);

impl<'a> Ssh<'a> {
    fn word(&mut self) -> Option<u32> {
        let (word, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*word))
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.word()?).ok()?;
        let bytes = self.0.get(..length)?;
        self.0 = &self.0[length..];
        Some(bytes)
    }
}

fn openssh(bytes: &[u8]) -> Result<Option<PrivateKey>, String> {
    let Some(rest) = bytes.strip_prefix(b"openssh-key-v1\0") else {
        return Ok(None);
    };
    let mut ssh = Ssh(rest);
    let mut outer = || {
        let cipher = ssh.bytes()?;
        let _derivation = (ssh.bytes()?, ssh.bytes()?);
        let count = ssh.word()?;
        let _public = ssh.bytes()?;
        Some((cipher, count, ssh.bytes()?))
    };
    let inner = match outer() {
        Some((b"none", 1, inner)) => inner,
        Some((_, 1, _)) => return Err("the private key is protected by a passphrase".to_owned()),
        _ => return Ok(None),
    };
    let mut ssh = Ssh(inner);
    let mut key = || {
        let _checks = (ssh.word()?, ssh.word()?);
        let kind = ssh.bytes()?;
        let modulus = BigUint::from_bytes_be(ssh.bytes()?);
        let _public = ssh.bytes()?;
        let exponent = BigUint::from_bytes_be(ssh.bytes()?);
        Some((kind, PrivateKey { modulus, exponent }))
    };
    match key() {
        Some((b"ssh-rsa", key)) => Ok(Some(key)),
        Some(_) => Err("the private key is not one of RSA".to_owned()),
        None => Ok(None),
    }
}
