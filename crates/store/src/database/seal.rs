//! Sealing: what is stored can be read only with the estate's master key, and only as what it was stored as.
//!
//! XChaCha20-Poly1305 with a random nonce of 24 bytes; one key per stack, derived from the master key with
//! HKDF-SHA256, salted with the estate's id. The data that is authenticated beside says what the sealed thing is: its
//! kind, stack, lineage, serial and name, so that an old or foreign one does not open.
//! Invariant: no key and no plaintext is ever printed; `Debug` hides them.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::{Digest as _, Sha256};
use state::journal::{RunId, Seq};

use crate::error::PortError;
use crate::key::StackKey;
use crate::rescue::Cover;
use crate::world::World;

/// Bytes of a nonce, which stands before what it sealed.
const NONCE_BYTES: usize = 24;

/// The estate's master key. Its text is 64 hexadecimal digits.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(hidden)")
    }
}

impl MasterKey {
    /// Makes a key by chance and writes it to a file that only its owner may read.
    ///
    /// # Errors
    /// Where there is such a file, or the system refuses.
    pub fn create(path: &Path, world: &dyn World) -> Result<MasterKey, PortError> {
        let mut key = [0; 32];
        world.random(&mut key);
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        options
            .open(path)
            .and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                file.write_all(b"\n")?;
                file.sync_all()
            })
            .map_err(|error| PortError::new("cannot write the master key", path, &error))?;
        Ok(MasterKey(key))
    }

    /// Reads it from a file.
    ///
    /// # Errors
    /// Where there is none, or it holds something else.
    pub fn read(path: &Path) -> Result<MasterKey, PortError> {
        let mut text = String::new();
        fs::File::open(path)
            .and_then(|file| file.take(1024).read_to_string(&mut text))
            .map_err(|error| PortError::new("cannot read the master key", path, &error))?;
        MasterKey::parse(&text).ok_or_else(|| {
            let cause = "it does not hold 64 hexadecimal digits";
            PortError::new("cannot read the master key", path, &cause)
        })
    }

    /// From its text; `None` where it is another one.
    pub fn parse(text: &str) -> Option<MasterKey> {
        let digits = text.trim().as_bytes();
        let mut key = [0; 32];
        if digits.len() != 64 {
            return None;
        }
        for (byte, pair) in key.iter_mut().zip(digits.chunks(2)) {
            let high = (pair[0] as char).to_digit(16)?;
            let low = (pair[1] as char).to_digit(16)?;
            *byte = (high * 16 + low) as u8;
        }
        Some(MasterKey(key))
    }
}

/// What a sealed thing is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Label<'a> {
    pub(super) kind: &'static str,
    pub(super) stack: &'a str,
    pub(super) lineage: &'a str,
    pub(super) serial: u64,
    pub(super) name: &'a str,
}

impl Label<'_> {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = b"strata seal 1\0".to_vec();
        for part in [self.kind, self.stack, self.lineage, self.name] {
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes.extend_from_slice(&self.serial.to_le_bytes());
        bytes
    }
}

/// The keys of one estate.
pub(crate) struct Seal {
    master: MasterKey,
    estate: String,
    world: Arc<dyn World>,
    stacks: Mutex<HashMap<String, StackKeys>>,
}

#[derive(Clone)]
struct StackKeys {
    cipher: XChaCha20Poly1305,
    sums: [u8; 32],
}

impl Seal {
    pub(crate) fn new(master: MasterKey, estate: &str, world: Arc<dyn World>) -> Seal {
        Seal { master, estate: estate.to_owned(), world, stacks: Mutex::default() }
    }

    fn derive(&self, purpose: &str, stack: &str) -> [u8; 32] {
        let mut key = [0; 32];
        let info = [purpose.as_bytes(), b"\0", stack.as_bytes()].concat();
        Hkdf::<Sha256>::new(Some(self.estate.as_bytes()), &self.master.0)
            .expand(&info, &mut key)
            .expect("BUG: 32 bytes are not too many for HKDF");
        key
    }

    /// The id of the estate.
    pub(crate) fn estate(&self) -> &str {
        &self.estate
    }

    /// What tells whether a master key is the one of the store, and nothing about it.
    pub(crate) fn key_check(&self) -> Vec<u8> {
        self.derive("strata key check 1", "")[..16].to_vec()
    }

    fn keys(&self, stack: &str) -> StackKeys {
        let mut stacks = self.stacks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(keys) = stacks.get(stack) {
            return keys.clone();
        }
        let cipher = XChaCha20Poly1305::new(&self.derive("strata stack key 1", stack).into());
        let keys = StackKeys { cipher, sums: self.derive("strata stack sums 1", stack) };
        stacks.insert(stack.to_owned(), keys.clone());
        keys
    }

    pub(super) fn seal(&self, label: &Label<'_>, plain: &[u8]) -> Vec<u8> {
        let mut sealed = vec![0; NONCE_BYTES];
        self.world.random(&mut sealed);
        let nonce = *XNonce::from_slice(&sealed);
        let payload = Payload { msg: plain, aad: &label.bytes() };
        let cipher = self.keys(label.stack).cipher;
        let text = cipher.encrypt(&nonce, payload).expect("BUG: sealing takes any text");
        sealed.extend_from_slice(&text);
        sealed
    }

    /// `None` where it was not sealed as this.
    pub(super) fn open(&self, label: &Label<'_>, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, text) = sealed.split_at_checked(NONCE_BYTES)?;
        let payload = Payload { msg: text, aad: &label.bytes() };
        self.keys(label.stack).cipher.decrypt(XNonce::from_slice(nonce), payload).ok()
    }

    /// Adds a sealed thing to a sum, or takes it out again. The sum of all, kept in the sealed header, tells whether a
    /// row was taken out, put in, or put back to what it was: each of them opens by itself.
    pub(super) fn toggle(&self, sum: &mut [u8; 32], label: &Label<'_>, sealed: &[u8]) {
        let mut hash = Sha256::new();
        hash.update(self.keys(label.stack).sums);
        hash.update(label.bytes());
        hash.update(sealed);
        sum.iter_mut().zip(hash.finalize()).for_each(|(byte, other)| *byte ^= other);
    }
}

impl Cover for Seal {
    fn cover(&self, stack: &StackKey, run: &RunId, seq: Seq, body: Vec<u8>) -> Vec<u8> {
        let name = format!("{run}/{}", seq.0);
        self.seal(&rescue_label(stack, &name), &body)
    }

    fn uncover(
        &self,
        stack: &StackKey,
        run: &RunId,
        seq: Seq,
        covered: Vec<u8>,
    ) -> Option<Vec<u8>> {
        let name = format!("{run}/{}", seq.0);
        self.open(&rescue_label(stack, &name), &covered)
    }
}

fn rescue_label<'a>(stack: &'a StackKey, name: &'a str) -> Label<'a> {
    Label { kind: "rescue", stack: stack.as_str(), lineage: "", serial: 0, name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::SystemWorld;

    fn seal(key: u8, estate: &str) -> Seal {
        Seal::new(MasterKey([key; 32]), estate, Arc::new(SystemWorld::new()))
    }

    #[test]
    fn opens_only_as_what_it_was_sealed_as() {
        let ours = seal(1, "e1");
        let label = Label { kind: "row", stack: "prod/a", lineage: "l", serial: 7, name: "x.y" };
        let sealed = ours.seal(&label, b"secret");
        assert_eq!(ours.open(&label, &sealed).as_deref(), Some(&b"secret"[..]));
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        for other in [
            Label { kind: "output", ..label },
            Label { stack: "prod/b", ..label },
            Label { lineage: "m", ..label },
            Label { serial: 6, ..label },
            Label { name: "x.z", ..label },
        ] {
            assert_eq!(ours.open(&other, &sealed), None, "{other:?}");
        }
        assert_eq!(seal(2, "e1").open(&label, &sealed), None, "another master key");
        assert_eq!(seal(1, "e2").open(&label, &sealed), None, "another estate");
        let mut bent = sealed.clone();
        *bent.last_mut().unwrap() ^= 1;
        assert_eq!(ours.open(&label, &bent), None);
        assert_eq!(ours.open(&label, &sealed[..10]), None);
    }

    #[test]
    fn sums_forget_what_is_taken_out() {
        let ours = seal(1, "e1");
        let label = |name| Label { kind: "row", stack: "s", lineage: "l", serial: 1, name };
        let mut sum = [0; 32];
        ours.toggle(&mut sum, &label("a"), b"1");
        let one = sum;
        ours.toggle(&mut sum, &label("b"), b"2");
        assert_ne!(sum, one);
        ours.toggle(&mut sum, &label("b"), b"2");
        assert_eq!(sum, one);
    }

    #[test]
    fn the_key_file_is_private_and_never_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("seal");
        let world = SystemWorld::new();
        let key = MasterKey::create(&path, &world).unwrap();
        assert_eq!(MasterKey::read(&path).unwrap().0, key.0);
        assert!(MasterKey::create(&path, &world).is_err());
        let mode = std::os::unix::fs::MetadataExt::mode(&fs::metadata(&path).unwrap());
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(format!("{key:?}"), "MasterKey(hidden)");
        fs::write(&path, "abc").unwrap();
        assert!(MasterKey::read(&path).is_err());
    }
}
