//! A document and its signature as the store keeps them.
//!
//! The document's line, then the armoured signature: cut after the first line, both are files that `ssh-keygen -Y verify`
//! takes.

use std::fmt;

/// What is stored is not of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredError;

impl fmt::Display for StoredError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what is stored is no document with a signature")
    }
}

impl std::error::Error for StoredError {}

/// The bytes to store.
pub fn stored(document: &str, signature: &str) -> Vec<u8> {
    [document.as_bytes(), signature.as_bytes()].concat()
}

/// The document and the signature that were stored.
///
/// # Errors
/// Where the bytes are not of the form.
pub fn unstored(body: &[u8]) -> Result<(&str, &str), StoredError> {
    let text = std::str::from_utf8(body).map_err(|_| StoredError)?;
    let end = text.find('\n').ok_or(StoredError)?;
    Ok(text.split_at(end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_comes_back() {
        assert_eq!(unstored(&stored("{}\n", "-----BEGIN\n")), Ok(("{}\n", "-----BEGIN\n")));
        assert_eq!(unstored(b"{}"), Err(StoredError));
        assert_eq!(unstored(b"\xff\n"), Err(StoredError));
    }
}
