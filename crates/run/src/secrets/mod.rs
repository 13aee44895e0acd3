//! Values that stand outside of the estate file: `secret` blocks, read where an expression first asks for one.
//!
//! From environment variables, from files, and from files that `sops` encrypted. What was read is kept for the command
//! and never written anywhere; the caller marks it sensitive.
//!
//! Invariant: a secret that nothing selected refers to is not looked at; every secret is a text, as `validate` takes it
//! to be.

mod failure;
mod program;
mod sops;

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use diag::{Diagnostic, Diags, Span};
use estate::{Secret, SecretSource, Secrets, UnknownSecrets};
use host::{Environment, Files, Host};
use value::Value;

use sops::{Format, SopsError};

/// Longest file that holds a secret, in bytes.
const SECRET_BYTES_MAX: u64 = 1 << 20;

/// Reads secrets, each once.
pub struct SecretReader {
    dir: PathBuf,
    files: Files,
    environment: Environment,
    home: Option<PathBuf>,
    known: Mutex<HashMap<Arc<str>, Read>>,
    /// The only ones whose values are given out; all where nothing is said.
    given_out: Option<BTreeSet<Arc<str>>>,
}

/// What reading a secret came to.
type Read = Result<Value, Box<Diagnostic>>;

impl fmt::Debug for SecretReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretReader").field("dir", &self.dir).finish_non_exhaustive()
    }
}

impl SecretReader {
    /// A reader for the estate in `dir`, which has read nothing yet.
    pub fn new(host: &Host, dir: &Path) -> SecretReader {
        SecretReader {
            dir: dir.to_owned(),
            files: host.files,
            environment: host.environment.clone(),
            home: host.home(),
            known: Mutex::default(),
            given_out: None,
        }
    }

    /// The same that gives out only these to configurations; others are unknown there. Credentials have them all
    /// ([`SecretReader::for_credentials`]).
    pub fn only(self, names: BTreeSet<Arc<str>>) -> SecretReader {
        SecretReader { given_out: Some(names), ..self }
    }

    /// All secrets, for who providers are: no configuration sees these.
    pub fn for_credentials(&self) -> impl Secrets + '_ {
        ForCredentials(self)
    }

    fn read(&self, secret: &Secret) -> Result<Value, Diagnostic> {
        let name = &*secret.name.node;
        match &secret.source {
            SecretSource::Env(variable) => match self.environment.var(&variable.node) {
                Some(value) if !value.is_empty() => Ok(Value::string(value)),
                _ => Err(failure::variable(name, variable)),
            },
            SecretSource::File(file) => {
                let text = self.text(&file.node).map_err(|why| failure::file(name, file, &why))?;
                let text = text.strip_suffix('\n').unwrap_or(&text);
                // As a variable that is empty: what failed to write it would take a password away.
                match text.strip_suffix('\r').unwrap_or(text) {
                    "" => Err(failure::file(name, file, "it is empty")),
                    text => Ok(Value::string(text)),
                }
            }
            SecretSource::Sops { file, key } => {
                let text = self.text(&file.node).map_err(|why| failure::file(name, file, &why))?;
                self.sops(&file.node, &text, &key.node)
                    .map(Value::string)
                    .map_err(|refused| failure::sops(name, file, key, &refused))
            }
        }
    }

    fn text(&self, file: &str) -> Result<String, String> {
        let path = self.dir.join(file);
        let bytes = self.files.read_up_to(&path, SECRET_BYTES_MAX).map_err(|e| e.message)?;
        String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())
    }

    /// By our own code; where that cannot, by `sops` itself, if it is there.
    fn sops(&self, file: &str, text: &str, key: &str) -> Result<String, Refused> {
        let own = match Format::of(file) {
            Some(format) => sops::open(text, format, &self.age_keys(), key),
            None => Err(SopsError::Unlike("this format")),
        };
        match own {
            Err(error @ (SopsError::Unlike(_) | SopsError::NoKey(_))) => {
                let variables: Vec<(String, String)> =
                    self.environment.all().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
                match program::decrypt(&self.dir.join(file), &self.dir, &variables) {
                    Ok(json) => sops::decrypted(&json, key).map_err(Refused::own),
                    Err(program) => Err(Refused { own: error, program: Some(program) }),
                }
            }
            other => other.map_err(Refused::own),
        }
    }

    /// The age keys at hand, as `sops` finds them.
    fn age_keys(&self) -> String {
        let mut keys = self.environment.var("SOPS_AGE_KEY").unwrap_or_default().replace(',', "\n");
        let named = self.environment.var("SOPS_AGE_KEY_FILE").map(PathBuf::from);
        for file in named.into_iter().chain(self.default_keys()) {
            if let Ok(text) = self.files.read_text(&file) {
                keys.push('\n');
                keys.push_str(&text);
            }
        }
        keys
    }

    fn default_keys(&self) -> Option<PathBuf> {
        let set = self.environment.var("XDG_CONFIG_HOME").filter(|dir| !dir.is_empty());
        let folder =
            if cfg!(target_os = "macos") { "Library/Application Support" } else { ".config" };
        let base = set.map(PathBuf::from).or_else(|| Some(self.home.as_ref()?.join(folder)));
        base.map(|base| base.join("sops/age/keys.txt"))
    }
}

/// Why a `sops` file gave no value: our own reason, and the program's where it was asked.
struct Refused {
    own: SopsError,
    program: Option<host::programs::ProgramError>,
}

impl Refused {
    fn own(own: SopsError) -> Refused {
        Refused { own, program: None }
    }
}

impl Secrets for SecretReader {
    fn secret(&self, secret: &Secret, span: Span, diags: &mut Diags) -> Option<Value> {
        match &self.given_out {
            Some(names) if !names.contains(&secret.name.node) => {
                UnknownSecrets.secret(secret, span, diags)
            }
            _ => self.value(secret, span, diags),
        }
    }
}

struct ForCredentials<'a>(&'a SecretReader);

impl Secrets for ForCredentials<'_> {
    fn secret(&self, secret: &Secret, span: Span, diags: &mut Diags) -> Option<Value> {
        self.0.value(secret, span, diags)
    }
}

impl SecretReader {
    fn value(&self, secret: &Secret, span: Span, diags: &mut Diags) -> Option<Value> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known
            .entry(secret.name.node.clone())
            .or_insert_with(|| self.read(secret).map_err(Box::new));
        match found {
            Ok(value) => Some(value.clone()),
            Err(diagnostic) => {
                diags.push((**diagnostic).clone().label(span, "read here"));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests;
