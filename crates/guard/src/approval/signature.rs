//! SSH signatures: made with a private key in a file, verified with the public key inside the signature.
//!
//! Ed25519 and ECDSA, also on security keys, are `ssh-key`'s; RSA is verified here upon `num-bigint`, as `funcs` does it.
//! Invariant: nothing here depends on chance: signatures are deterministic.

use std::fmt;
use std::sync::Arc;

use ssh_key::public::{KeyData, RsaPublicKey};
use ssh_key::{Algorithm, EcdsaCurve, HashAlg, LineEnding, PrivateKey, PublicKey, SshSig};

use super::NAMESPACE;
use super::rsa;

/// A private key that can sign here.
#[derive(Debug)]
pub struct Key(PrivateKey);

/// Why a private key's file cannot be used here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// It is no private key in OpenSSH's form: a public one, of an agent or a security key, perhaps.
    NotPrivate,
    /// It is sealed with a passphrase.
    Sealed,
    /// It is of a kind that only `ssh-keygen` signs with.
    Kind,
}

/// Signing failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignError(String);

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SignError {}

impl Key {
    /// Reads a private key.
    ///
    /// # Errors
    /// Where the text is none that can sign here; `ssh-keygen -Y sign` then may.
    pub fn parse(text: &str) -> Result<Key, KeyError> {
        let key = PrivateKey::from_openssh(text).map_err(|_| KeyError::NotPrivate)?;
        if key.is_encrypted() {
            return Err(KeyError::Sealed);
        }
        match key.algorithm() {
            Algorithm::Ed25519
            | Algorithm::Ecdsa { curve: EcdsaCurve::NistP256 | EcdsaCurve::NistP384 } => {
                Ok(Key(key))
            }
            // On P-521 the library signs with numbers drawn by chance.
            _ => Err(KeyError::Kind),
        }
    }

    /// The fingerprint, as `SHA256:...`.
    pub fn fingerprint(&self) -> Arc<str> {
        fingerprint(self.0.public_key().key_data())
    }

    /// Signs bytes; tells the armoured signature.
    ///
    /// # Errors
    /// Where the key is broken.
    pub fn sign(&self, message: &[u8]) -> Result<String, SignError> {
        self.sign_in(NAMESPACE, message)
    }

    /// Signs bytes in a namespace of its own; tells the armoured signature.
    ///
    /// # Errors
    /// Where the key is broken.
    pub fn sign_in(&self, namespace: &str, message: &[u8]) -> Result<String, SignError> {
        let signed = self.0.sign(namespace, HashAlg::Sha512, message);
        let armoured = signed.and_then(|signed| signed.to_pem(LineEnding::LF));
        armoured.map_err(|error| SignError(error.to_string()))
    }
}

/// The fingerprint of a public key's line, as `SHA256:...`; `None` where it is none.
pub fn fingerprint_of_public(line: &str) -> Option<Arc<str>> {
    PublicKey::from_openssh(line).ok().map(|key| fingerprint(key.key_data()))
}

pub(crate) fn fingerprint(key: &KeyData) -> Arc<str> {
    key.fingerprint(HashAlg::Sha256).to_string().into()
}

/// Why a signature does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    /// It is no signature in this form.
    Unreadable,
    /// It is for another namespace.
    Namespace,
    /// It is not of these bytes by this key.
    Wrong,
    /// It is by a security key that nobody touched.
    Untouched,
}

/// The key that signed these bytes in a namespace.
pub(crate) fn signer(namespace: &str, armoured: &str, message: &[u8]) -> Result<KeyData, Broken> {
    let signature = SshSig::from_pem(armoured).map_err(|_| Broken::Unreadable)?;
    // Lengths and the version are not signed: there is one text for one signature, and no other is taken.
    let again = signature.to_pem(LineEnding::LF).map_err(|_| Broken::Unreadable)?;
    if signature.version() != SshSig::VERSION || again.trim_end() != armoured.trim_end() {
        return Err(Broken::Unreadable);
    }
    if signature.namespace() != namespace {
        return Err(Broken::Namespace);
    }
    let key = signature.public_key().clone();
    if let KeyData::Rsa(rsa) = &key {
        verify_rsa(namespace, rsa, &signature, message)?;
        return Ok(key);
    }
    PublicKey::from(key.clone())
        .verify(namespace, message, &signature)
        .map_err(|_| Broken::Wrong)?;
    if key.is_sk_ed25519() || key.is_sk_ecdsa_p256() {
        touched(signature.signature_bytes())?;
    }
    Ok(key)
}

/// The last five bytes of a security key's signature are its flags and its counter; the lowest flag says that somebody
/// was there.
fn touched(signature: &[u8]) -> Result<(), Broken> {
    let flags = signature.len().checked_sub(5).and_then(|at| signature.get(at));
    if flags.is_some_and(|flags| flags & 1 == 1) { Ok(()) } else { Err(Broken::Untouched) }
}

fn verify_rsa(
    namespace: &str,
    key: &RsaPublicKey,
    signature: &SshSig,
    message: &[u8],
) -> Result<(), Broken> {
    let Algorithm::Rsa { hash: Some(hash) } = signature.signature().algorithm() else {
        return Err(Broken::Wrong);
    };
    let signed = SshSig::signed_data(namespace, signature.hash_alg(), message)
        .map_err(|_| Broken::Unreadable)?;
    let modulus = key.n.as_positive_bytes().ok_or(Broken::Wrong)?;
    let exponent = key.e.as_positive_bytes().ok_or(Broken::Wrong)?;
    let hash = match hash {
        HashAlg::Sha512 => rsa::Hash::Sha512,
        _ => rsa::Hash::Sha256,
    };
    rsa::verifies(modulus, exponent, hash, &signed, signature.signature_bytes())
        .then_some(())
        .ok_or(Broken::Wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_security_key_has_to_be_touched() {
        let signature = |flags: u8| [&[0xff; 64][..], &[flags, 0, 0, 0, 9]].concat();
        assert_eq!(touched(&signature(1)), Ok(()));
        assert_eq!(touched(&signature(5)), Ok(()));
        assert_eq!(touched(&signature(0)), Err(Broken::Untouched));
        assert_eq!(touched(&signature(4)), Err(Broken::Untouched));
        assert_eq!(touched(&[]), Err(Broken::Untouched));
    }
}
