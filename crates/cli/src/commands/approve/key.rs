//! The SSH key of a signature: a private key that is read here, or one that `ssh-keygen` signs with, for keys of an agent,
//! with a passphrase, on a security key, and of kinds that are not signed with here.
//!
//! Invariant: a private key is read, used and dropped; nothing of it is printed or kept.

use std::path::{Path, PathBuf};
use std::time::Duration;

use diag::Diagnostic;
use guard::approval::{Key, KeyError};
use host::programs::{self, Program};

use crate::commands::Context;
use crate::session::random_bits;

/// Keys that are looked for in `~/.ssh`, in this order.
const NAMES: [&str; 5] = ["id_ed25519", "id_ecdsa", "id_ed25519_sk", "id_ecdsa_sk", "id_rsa"];
/// The largest file of a key, in bytes.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// How long the program may take: somebody may have to touch a security key.
const SIGN_TIME_MAX: Duration = Duration::from_secs(120);
/// The longest output of the program, in bytes.
const OUTPUT_BYTES_MAX: u64 = 64 << 10;

/// How to sign.
#[derive(Debug)]
pub(crate) enum Signing {
    /// With a key that was read.
    Here(Box<Key>),
    /// By the program, with this file.
    Outside(PathBuf),
}

/// Finds the key: the one that is named, else the first of the usual ones.
pub(crate) fn find(context: &Context<'_>, named: Option<&str>) -> Result<Signing, Diagnostic> {
    let path = match named {
        Some(named) => context.dir.join(named),
        None => usual(context)?,
    };
    let bytes = context.host.files.read_up_to(&path, FILE_BYTES_MAX).map_err(|error| {
        Diagnostic::error("key-unreadable", "The key cannot be read")
            .detail(format!("{error}. Nothing was signed."))
            .remedy("Name the file of an SSH key with --key.")
    })?;
    Ok(match Key::parse(&String::from_utf8_lossy(&bytes)) {
        Ok(key) => Signing::Here(Box::new(key)),
        // With its public half the program asks the agent, where a passphrase was typed once.
        Err(KeyError::Sealed) => Signing::Outside(public_half(context, path)),
        Err(KeyError::NotPrivate | KeyError::Kind) => Signing::Outside(path),
    })
}

fn usual(context: &Context<'_>) -> Result<PathBuf, Diagnostic> {
    let dir = context.host.home().map(|home| home.join(".ssh"));
    let found = dir.iter().flat_map(|dir| NAMES.map(|name| dir.join(name)));
    found.into_iter().find(|path| context.host.files.exists(path)).ok_or_else(|| {
        Diagnostic::error("key-missing", "There is no key to sign with")
            .detail(format!("None of {} is in ~/.ssh.", NAMES.join(", ")))
            .remedy("Name one with --key, or make one: ssh-keygen -t ed25519.")
    })
}

fn public_half(context: &Context<'_>, path: PathBuf) -> PathBuf {
    let mut name = path.clone().into_os_string();
    name.push(".pub");
    let public = PathBuf::from(name);
    if context.host.files.exists(&public) { public } else { path }
}

/// Signs a document in a namespace; tells the armoured signature.
pub(crate) fn sign(
    context: &Context<'_>,
    key: &Signing,
    namespace: &str,
    document: &str,
) -> Result<String, Diagnostic> {
    match key {
        Signing::Here(key) => {
            key.sign_in(namespace, document.as_bytes()).map_err(|error| failed(&error.to_string()))
        }
        Signing::Outside(path) => {
            let temp = context.host.environment.var("TMPDIR").unwrap_or("/tmp");
            let dir = Path::new(temp).join(format!("strata-approve-{:032x}", random_bits()));
            let files = context.host.files;
            files.make_dir(&dir).map_err(|error| failed(&error.to_string()))?;
            let signature = outside(context, path, (namespace, document), &dir);
            // What stays is a document that is no secret.
            let _ = files.remove_dir(&dir);
            signature
        }
    }
}

fn outside(
    context: &Context<'_>,
    key: &Path,
    (namespace, document): (&str, &str),
    dir: &Path,
) -> Result<String, Diagnostic> {
    let files = context.host.files;
    let path = dir.join("approval");
    files.replace(&path, document.as_bytes(), 0o600).map_err(|error| failed(&error.to_string()))?;
    let (key, path) = (key.display().to_string(), path.display().to_string());
    let args = ["-q", "-Y", "sign", "-n", namespace, "-f", &key, &path].map(str::to_owned);
    let environment: Vec<(String, String)> = context
        .host
        .environment
        .all()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    programs::run(&Program {
        name: "ssh-keygen",
        args: &args,
        dir,
        environment: &environment,
        time_max: SIGN_TIME_MAX,
        output_bytes_max: OUTPUT_BYTES_MAX,
    })
    .map_err(|error| failed(&format!("ssh-keygen: {error}")))?;
    files.read_text(&dir.join("approval.sig")).map_err(|error| failed(&error.to_string()))
}

fn failed(why: &str) -> Diagnostic {
    Diagnostic::error("sign-failed", "Nothing could be signed")
        .detail(format!("{why}. Nothing was kept."))
        .remedy(
            "Put a key with a passphrase into the agent (ssh-add), or name another key with --key.",
        )
}
