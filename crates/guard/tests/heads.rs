//! Heads that are signed elsewhere: keys and signatures as KMS gives them (here by `openssl`) come out as what
//! `ssh-keygen -Y verify` takes. Skipped where one of the programs is not there.

use std::path::Path;
use std::process::{Command, Stdio};

use guard::approval::{Signers, stored};
use guard::heads::{HeadDocument, NAMESPACE, OutsideError, OutsideKey, Scheme, verify};

/// Runs a program in a folder; `None` where it is not there or fails.
fn run(dir: &Path, program: &str, args: &[&str]) -> Option<Vec<u8>> {
    let out = Command::new(program).args(args).current_dir(dir).stdin(Stdio::null()).output();
    out.ok().filter(|out| out.status.success()).map(|out| out.stdout)
}

fn document() -> HeadDocument {
    let hash = "0f".repeat(32).into();
    HeadDocument { estate: "3f6c0a12".into(), number: 41, hash, at_s: 1_700_000_000 }
}

/// What `ssh-keygen` says of a document and a signature.
fn program_verifies(dir: &Path, sealers: &str, text: &str, armoured: &str) -> bool {
    std::fs::write(dir.join("sealers"), sealers).expect("written");
    std::fs::write(dir.join("document"), text).expect("written");
    std::fs::write(dir.join("document.sig"), armoured).expect("written");
    let args =
        ["-Y", "verify", "-f", "sealers", "-I", "kms", "-n", NAMESPACE, "-s", "document.sig"];
    let file = std::fs::File::open(dir.join("document")).expect("opened");
    let status = Command::new("ssh-keygen").args(args).current_dir(dir).stdin(file).output();
    status.is_ok_and(|out| out.status.success())
}

#[test]
fn a_key_that_signs_elsewhere_signs_as_ssh_does() {
    let dir = tempfile::tempdir().expect("a folder");
    let dir = dir.path();
    if run(dir, "openssl", &["version"]).is_none() || run(dir, "ssh-keygen", &["-?"]).is_some() {
        println!("heads: skipped, there is no openssl");
        return;
    }
    let check = |make: &[&str], digest: &str, scheme: Scheme| {
        let made = [&["genpkey", "-out", "key.pem"][..], make].concat();
        run(dir, "openssl", &made).expect("a key");
        let public = ["pkey", "-in", "key.pem", "-pubout", "-outform", "DER", "-out", "key.der"];
        run(dir, "openssl", &public).expect("its public half");
        let key = OutsideKey::of_der(&std::fs::read(dir.join("key.der")).expect("read"));
        let key = key.expect("a public key");
        assert_eq!(key.scheme(), scheme);
        let text = document().text();
        std::fs::write(dir.join("message"), OutsideKey::to_sign(&text)).expect("written");
        let args = ["dgst", digest, "-sign", "key.pem", "-out", "signed", "message"];
        run(dir, "openssl", &args).expect("a signature");
        let signed = std::fs::read(dir.join("signed")).expect("read");
        let armoured = key.armoured(&text, &signed).expect("it is one");
        let body = stored(&text, &armoured);
        let body = String::from_utf8(body).expect("text");
        let sealers = Signers::parse("sealers", &key.line("kms")).expect("a line");
        let head = verify(&body, "3f6c0a12", Some(&sealers)).expect("it counts");
        assert_eq!((&head.document, &*head.principals[0]), (&document(), "kms"));
        assert!(program_verifies(dir, &key.line("kms"), &text, &armoured), "{scheme:?}");
        let other = HeadDocument { number: 42, ..document() }.text();
        assert_eq!(key.armoured(&other, &signed), Err(OutsideError::Signature));
        assert_eq!(key.armoured(&text, &signed[1..]), Err(OutsideError::Signature));
        assert_eq!(key.armoured(&text, b""), Err(OutsideError::Signature));
    };
    let curve = |name: &'static str| ["-algorithm", "EC", "-pkeyopt", name];
    check(&curve("ec_paramgen_curve:P-256"), "-sha256", Scheme::EcdsaSha256);
    check(&curve("ec_paramgen_curve:P-384"), "-sha384", Scheme::EcdsaSha384);
    let rsa = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
    check(&rsa, "-sha512", Scheme::RsaSha512);
}
