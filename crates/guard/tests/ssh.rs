//! Approvals signed and verified here and by the real `ssh-keygen`, each way.
//!
//! Skipped by name where the program is not there.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use guard::approval::{
    Document, Expected, Key, KeyError, NAMESPACE, NotValid, Signers, fingerprint_of_public, stored,
    unstored, verify,
};
use tempfile::TempDir;

const NOW: u64 = 1_700_000_000;

/// A folder with keys, or nothing where there is no `ssh-keygen`.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn folder(test: &str) -> Option<TempDir> {
    let there = Command::new("ssh-keygen").arg("-?").stderr(Stdio::null()).status().is_ok();
    if !there {
        eprintln!("skipped: {test} (no ssh-keygen)");
        return None;
    }
    Some(TempDir::new().expect("a folder"))
}

fn keygen(dir: &Path, args: &[&str]) {
    let output = Command::new("ssh-keygen").args(args).current_dir(dir).output().expect("runs");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Makes a key of a kind; tells its public line without the comment.
fn make(dir: &Path, name: &str, kind: &[&str], passphrase: &str) -> String {
    let mut args = vec!["-q", "-f", name, "-N", passphrase, "-C", name, "-t"];
    args.extend(kind);
    keygen(dir, &args);
    let line = std::fs::read_to_string(dir.join(format!("{name}.pub"))).expect("a public key");
    line.split(' ').take(2).collect::<Vec<_>>().join(" ")
}

fn document() -> Document {
    Document {
        estate: "3f6c0a12".into(),
        environment: "prod".into(),
        plan: "p-7Q4K9Z".into(),
        digest: "ab".repeat(32).into(),
        at_s: NOW - 60,
        destroy_data: ["prod/database//aws_rds_cluster.main".into()].into(),
    }
}

fn expected() -> Expected {
    let document = document();
    Expected {
        estate: document.estate,
        environment: document.environment,
        plan: document.plan,
        digest: document.digest,
    }
}

fn group(text: &str) -> Vec<Signers> {
    vec![Signers::parse("platform", text).expect(text)]
}

fn read_key(dir: &Path, name: &str) -> Result<Key, KeyError> {
    Key::parse(&std::fs::read_to_string(dir.join(name)).expect("a key file"))
}

/// Signs with the program.
fn sign_outside(dir: &Path, name: &str, namespace: &str, text: &str) -> String {
    std::fs::write(dir.join("document"), text).expect("writes");
    let _ = std::fs::remove_file(dir.join("document.sig"));
    keygen(dir, &["-q", "-Y", "sign", "-n", namespace, "-f", name, "document"]);
    std::fs::read_to_string(dir.join("document.sig")).expect("a signature")
}

/// Verifies with the program.
fn verifies_outside(dir: &Path, signers: &str, text: &str, signature: &str) -> bool {
    std::fs::write(dir.join("signers"), signers).expect("writes");
    std::fs::write(dir.join("signature"), signature).expect("writes");
    let args =
        ["-q", "-Y", "verify", "-f", "signers", "-I", "alice", "-n", NAMESPACE, "-s", "signature"];
    let mut child = Command::new("ssh-keygen")
        .args(args)
        .current_dir(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("runs");
    child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("writes");
    child.wait().expect("ends").success()
}

const KINDS: &[(&str, &[&str])] = &[
    ("ed25519", &["ed25519"]),
    ("p256", &["ecdsa", "-b", "256"]),
    ("p384", &["ecdsa", "-b", "384"]),
    ("p521", &["ecdsa", "-b", "521"]),
    ("rsa", &["rsa", "-b", "2048"]),
];

#[test]
fn what_the_program_signs_is_verified_here() {
    let Some(dir) = folder("what_the_program_signs_is_verified_here") else { return };
    let text = document().text();
    for (name, kind) in KINDS {
        let public = make(dir.path(), name, kind, "");
        let signature = sign_outside(dir.path(), name, NAMESPACE, &text);
        let signers = group(&format!("alice {public}"));
        let approval = verify(&text, &signature, &expected(), &signers, NOW).expect(name);
        assert_eq!(approval.key, fingerprint_of_public(&public).expect("a key"), "{name}");
        assert_eq!(&*approval.persons.first().expect("a person").principal, "alice", "{name}");
        let changed = text.replace("p-7Q4K9Z", "p-7Q4K9Y");
        let refused = verify(&changed, &signature, &expected(), &signers, NOW).expect_err(name);
        assert_eq!(refused.code(), "approval-broken", "{name}: {refused}");
    }
}

#[test]
fn what_is_signed_here_the_program_verifies() {
    let Some(dir) = folder("what_is_signed_here_the_program_verifies") else { return };
    let text = document().text();
    for (name, kind) in KINDS {
        let public = make(dir.path(), name, kind, "");
        let key = match read_key(dir.path(), name) {
            Ok(key) => key,
            Err(error) => {
                // A scalar of P-521 that is shorter than usual is not even read as one, by chance of the key.
                let known = matches!(
                    (*name, &error),
                    ("rsa" | "p521", KeyError::Kind) | ("p521", KeyError::NotPrivate)
                );
                assert!(known, "{name}: {error:?}");
                continue;
            }
        };
        let signature = key.sign(text.as_bytes()).expect(name);
        let signers = format!("alice {public}\n");
        assert!(verifies_outside(dir.path(), &signers, &text, &signature), "{name}");
        assert!(!verifies_outside(dir.path(), &signers, "another", &signature), "{name}");
        let again = key.sign(text.as_bytes()).expect(name);
        assert_eq!(signature, again, "{name}: nothing is left to chance");
        let body = stored(&text, &signature);
        let (document, armoured) = unstored(&body).expect("two parts");
        verify(document, armoured, &expected(), &group(&signers), NOW).expect(name);
    }
}

#[test]
fn keys_that_cannot_sign_here_are_told_apart() {
    let Some(dir) = folder("keys_that_cannot_sign_here_are_told_apart") else { return };
    make(dir.path(), "sealed", &["ed25519"], "a passphrase");
    assert_eq!(read_key(dir.path(), "sealed").err(), Some(KeyError::Sealed));
    assert_eq!(read_key(dir.path(), "sealed.pub").err(), Some(KeyError::NotPrivate));
    assert_eq!(Key::parse("").err(), Some(KeyError::NotPrivate));
}

#[test]
fn what_is_no_approval_of_this_plan_is_refused() {
    let Some(dir) = folder("what_is_no_approval_of_this_plan_is_refused") else { return };
    let alice = make(dir.path(), "alice", &["ed25519"], "");
    make(dir.path(), "mallory", &["ed25519"], "");
    let text = document().text();
    let (own, other) = (
        read_key(dir.path(), "alice").expect("a key"),
        read_key(dir.path(), "mallory").expect("a key"),
    );
    let signers = group(&format!("alice {alice}"));
    let sign = |key: &Key, text: &str| key.sign(text.as_bytes()).expect("signs");
    let check =
        |text: &str, signature: &str, expected: &Expected, signers: &[Signers], code: &str| {
            let refused = verify(text, signature, expected, signers, NOW).expect_err(code);
            assert_eq!(refused.code(), code, "{refused}");
        };
    verify(&text, &sign(&own, &text), &expected(), &signers, NOW).expect("holds");
    check(&text, &sign(&other, &text), &expected(), &signers, "approval-stranger");
    let mut different = expected();
    different.digest = "cd".repeat(32).into();
    check(&text, &sign(&own, &text), &different, &signers, "approval-foreign");
    for change in [
        |e: &mut Expected| e.plan = "p-000000".into(),
        |e: &mut Expected| e.environment = "dev".into(),
        |e: &mut Expected| e.estate = "00000000".into(),
    ] {
        let mut different = expected();
        change(&mut different);
        check(&text, &sign(&own, &text), &different, &signers, "approval-foreign");
    }
    let spaced = text.replace(":", ": ");
    check(&spaced, &sign(&own, &spaced), &expected(), &signers, "approval-broken");
    check(&text, "no signature", &expected(), &signers, "approval-broken");
    let foreign = sign_outside(dir.path(), "alice", "git", &text);
    check(&text, &foreign, &expected(), &signers, "approval-broken");
    let late = group(&format!("alice valid-before=\"20231114\" {alice}"));
    check(&text, &sign(&own, &text), &expected(), &late, "approval-key-not-valid");
    let elsewhere = group(&format!("alice namespaces=\"git\" {alice}"));
    check(&text, &sign(&own, &text), &expected(), &elsewhere, "approval-key-not-valid");
    let refused = verify(&text, &sign(&other, &text), &expected(), &signers, NOW);
    assert!(matches!(refused, Err(NotValid::Stranger(_))));
    verify(&text, &sign(&other, &text), &expected(), &[], NOW)
        .expect("nobody is a stranger without groups");
}
