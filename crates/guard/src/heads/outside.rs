//! Keys that sign elsewhere, such as in AWS KMS, written as SSH keys: their signatures are then verified as any other.
//!
//! Pure: it says which bytes are to be signed and puts the answer into SSH's form. ECDSA on P-256 and P-384 and RSA are
//! what both sides know. Invariant: a signature that is put together here was verified here.

use std::fmt;
use std::sync::Arc;

use ssh_key::public::{EcdsaPublicKey, KeyData, RsaPublicKey};
use ssh_key::{Algorithm, EcdsaCurve, HashAlg, LineEnding, Mpint, PublicKey, Signature, SshSig};

use super::NAMESPACE;
use crate::approval::signature;

/// Object identifiers, in DER.
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/// Tags of DER.
const INTEGER: u8 = 0x02;
const BITS: u8 = 0x03;
const OBJECT: u8 = 0x06;
const SEQUENCE: u8 = 0x30;

/// A public key whose private half signs elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutsideKey(KeyData);

/// How it has to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// ECDSA over SHA-256.
    EcdsaSha256,
    /// ECDSA over SHA-384.
    EcdsaSha384,
    /// RSA of PKCS #1 version 1.5 over SHA-512.
    RsaSha512,
}

/// Why a key or a signature cannot be written as SSH's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutsideError {
    /// It is no public key in the form of X.509.
    Key,
    /// It is a key of a kind that SSH does not know.
    Kind,
    /// It is no signature of these bytes by this key.
    Signature,
}

impl fmt::Display for OutsideError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            OutsideError::Key => "its public key cannot be read",
            OutsideError::Kind => {
                "it is neither an RSA key nor one on the curves P-256 and P-384, for signing"
            }
            OutsideError::Signature => "what it signed does not verify with its public key",
        })
    }
}

impl std::error::Error for OutsideError {}

/// The content of the next element with this tag, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&[found, length], rest) = der.split_first_chunk::<2>()?;
    let (length, rest) = match length {
        0..=127 => (usize::from(length), rest),
        0x81..=0x83 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
            (bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    if found == tag { rest.split_at_checked(length) } else { None }
}

fn positive(bytes: &[u8]) -> Option<Mpint> {
    let significant = bytes.iter().position(|byte| *byte != 0)?;
    Mpint::from_positive_bytes(&bytes[significant..]).ok()
}

impl OutsideKey {
    /// Reads a public key in DER, as `SubjectPublicKeyInfo` of X.509.
    ///
    /// # Errors
    /// Where it is none, or of a kind that SSH does not know.
    pub fn of_der(der: &[u8]) -> Result<OutsideKey, OutsideError> {
        let read = || {
            let (whole, _) = element(der, SEQUENCE)?;
            let (algorithm, rest) = element(whole, SEQUENCE)?;
            let (object, parameters) = element(algorithm, OBJECT)?;
            let (bits, _) = element(rest, BITS)?;
            Some((object, parameters, bits.strip_prefix(&[0])?))
        };
        let (object, parameters, bits) = read().ok_or(OutsideError::Key)?;
        if object == RSA {
            let (numbers, _) = element(bits, SEQUENCE).ok_or(OutsideError::Key)?;
            let (modulus, rest) = element(numbers, INTEGER).ok_or(OutsideError::Key)?;
            let (exponent, _) = element(rest, INTEGER).ok_or(OutsideError::Key)?;
            let (n, e) = (positive(modulus), positive(exponent));
            let (n, e) = n.zip(e).ok_or(OutsideError::Key)?;
            return Ok(OutsideKey(KeyData::Rsa(RsaPublicKey { e, n })));
        }
        let curve = element(parameters, OBJECT).map(|(curve, _)| curve);
        if object != EC || !(curve == Some(P256) || curve == Some(P384)) {
            return Err(OutsideError::Kind);
        }
        let key = EcdsaPublicKey::from_sec1_bytes(bits).map_err(|_| OutsideError::Key)?;
        Ok(OutsideKey(KeyData::Ecdsa(key)))
    }

    /// How it has to sign.
    pub fn scheme(&self) -> Scheme {
        match &self.0 {
            KeyData::Ecdsa(key) if key.curve() == EcdsaCurve::NistP384 => Scheme::EcdsaSha384,
            KeyData::Ecdsa(_) => Scheme::EcdsaSha256,
            _ => Scheme::RsaSha512,
        }
    }

    /// The fingerprint, as `SHA256:...`.
    pub fn fingerprint(&self) -> Arc<str> {
        signature::fingerprint(&self.0)
    }

    /// The line of a file of sealers that lets it sign heads under a name.
    pub fn line(&self, name: &str) -> String {
        let key = PublicKey::from(self.0.clone()).to_openssh();
        let key = key.expect("BUG: a public key has a text");
        format!("{name} namespaces=\"{NAMESPACE}\" {key}\n")
    }

    /// The bytes that it has to sign for a document: at most 4 KiB, whatever the document.
    pub fn to_sign(document: &str) -> Vec<u8> {
        let signed = SshSig::signed_data(NAMESPACE, HashAlg::Sha512, document.as_bytes());
        signed.expect("BUG: the namespace is not empty")
    }

    /// Puts its signature of [`OutsideKey::to_sign`] into SSH's armoured form: DER of ECDSA, the bytes of RSA.
    ///
    /// # Errors
    /// Where it is no signature of the document by this key.
    pub fn armoured(&self, document: &str, signed: &[u8]) -> Result<String, OutsideError> {
        let assembled = || {
            let (algorithm, data) = match self.scheme() {
                Scheme::RsaSha512 => {
                    (Algorithm::Rsa { hash: Some(HashAlg::Sha512) }, signed.to_vec())
                }
                Scheme::EcdsaSha256 | Scheme::EcdsaSha384 => {
                    let (numbers, _) = element(signed, SEQUENCE)?;
                    let (r, rest) = element(numbers, INTEGER)?;
                    let (s, _) = element(rest, INTEGER)?;
                    let mut data = Vec::new();
                    for number in [positive(r)?, positive(s)?] {
                        let bytes = number.as_bytes();
                        data.extend_from_slice(&u32::try_from(bytes.len()).ok()?.to_be_bytes());
                        data.extend_from_slice(bytes);
                    }
                    (self.0.algorithm(), data)
                }
            };
            let signature = Signature::new(algorithm, data).ok()?;
            let whole = SshSig::new(self.0.clone(), NAMESPACE, HashAlg::Sha512, signature).ok()?;
            whole.to_pem(LineEnding::LF).ok()
        };
        let armoured = assembled().ok_or(OutsideError::Signature)?;
        match signature::signer(NAMESPACE, &armoured, document.as_bytes()) {
            Ok(key) if key == self.0 => Ok(armoured),
            _ => Err(OutsideError::Signature),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_key_is_told() {
        let check = |der: &[u8], expect| assert_eq!(OutsideKey::of_der(der), Err(expect));
        check(b"", OutsideError::Key);
        check(&[SEQUENCE, 0x84, 0, 0, 0, 1], OutsideError::Key);
        check(&[SEQUENCE, 0x82, 0xff, 0xff, 1], OutsideError::Key);
        // Ed25519: {SEQ {OID 1.3.101.112}, BITS}.
        let ed25519 = [
            &[SEQUENCE, 0x2a, SEQUENCE, 5, OBJECT, 3, 0x2b, 0x65, 0x70, BITS, 33, 0][..],
            &[7; 32],
        ];
        check(&ed25519.concat(), OutsideError::Kind);
    }
}
