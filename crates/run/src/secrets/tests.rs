//! The reader against a folder and an environment.

use diag::SourceMap;
use estate::Estate;

use super::*;

const KEYS: &str = include_str!("../../tests/sops/keys.txt");
const ENCRYPTED: &str = include_str!("../../tests/sops/enc.yaml");

fn estate(secrets: &str) -> Estate {
    let text = format!(
        "estate {{\n  name = \"acme\"\n}}\nlayer \"l\" {{}}\nenvironment \"dev\" {{}}\n{secrets}\n"
    );
    let mut diags = Diags::new();
    let file =
        syntax::parse_native(SourceMap::new().add("strata.hcl", text.clone()), &text, &mut diags);
    let read = estate::read(&file, &[], &mut diags);
    read.unwrap_or_else(|| panic!("{:?}", diags.iter().collect::<Vec<_>>()))
}

/// The value of `secret.s`, or the code and cause of what was said.
fn read(secret: &str, dir: &Path, environment: &[(&str, &str)]) -> Result<String, String> {
    let estate = estate(&format!("secret \"s\" {{\n  {secret}\n}}"));
    let pairs = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let reader = SecretReader {
        dir: dir.to_owned(),
        files: Files,
        environment: Environment::of(pairs),
        home: None,
        known: Mutex::default(),
        given_out: None,
    };
    assert!(!format!("{reader:?}").contains("SECRET"), "a reader shows what it knows");
    let mut diags = Diags::new();
    let secret = estate.secret("s").expect("it is declared");
    match reader.secret(secret, secret.name.span, &mut diags) {
        Some(value) => Ok(lang::print::value(&value)),
        None => {
            let said = diags.iter().next().expect("something is said");
            assert!(said.span.is_some() && !said.remedy.is_empty(), "{said:?}");
            Err(format!("{}: {}", said.code.0, said.detail))
        }
    }
}

#[test]
fn variables_and_files() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("psk"), "line\n\n").expect("written");
    std::fs::write(dir.path().join("latin"), [0xe9]).expect("written");
    let dir = dir.path();
    assert_eq!(read("env = \"PSK\"", dir, &[("PSK", "x")]), Ok("\"x\"".into()));
    let unset = "secret-unreadable: The environment variable PSK is not set, or is empty.";
    assert_eq!(read("env = \"PSK\"", dir, &[("PSK", "")]), Err(unset.into()));
    assert_eq!(read("file = \"psk\"", dir, &[]), Ok("<<EOT\nline\n\nEOT".into()));
    let missing = read("file = \"nowhere\"", dir, &[]).expect_err("no such file");
    assert!(missing.starts_with("secret-unreadable: nowhere: "), "{missing}");
    std::fs::write(dir.join("empty"), "\r\n").expect("written");
    let empty = read("file = \"empty\"", dir, &[]);
    assert_eq!(empty, Err("secret-unreadable: empty: it is empty.".into()));
    let latin = read("file = \"latin\"", dir, &[]);
    assert_eq!(latin, Err("secret-unreadable: latin: it is not UTF-8.".into()));
}

#[test]
fn encrypted_files_with_keys_from_where_sops_finds_them() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("s.yaml"), ENCRYPTED).expect("written");
    let keys = dir.path().join("sops/age/keys.txt");
    std::fs::create_dir_all(keys.parent().expect("a folder")).expect("made");
    std::fs::write(&keys, KEYS).expect("written");
    let key = KEYS.lines().last().expect("a key");
    let keys = keys.to_str().expect("text");
    let home = dir.path().to_str().expect("text");
    let psk = Ok("\"pre shared: key\"".to_owned());
    let secret = "sops = \"s.yaml\"\n  key = \"vpn.psk\"";
    assert_eq!(read(secret, dir.path(), &[("SOPS_AGE_KEY", key)]), psk);
    assert_eq!(read(secret, dir.path(), &[("SOPS_AGE_KEY_FILE", keys)]), psk);
    assert_eq!(read(secret, dir.path(), &[("XDG_CONFIG_HOME", home)]), psk);
    let none =
        "secret-unreadable: No age key at hand opens s.yaml. The program sops is not installed.";
    assert_eq!(read(secret, dir.path(), &[("PATH", "/nowhere")]), Err(none.into()));
    let wrong =
        read("sops = \"s.yaml\"\n  key = \"vpn.pks\"", dir.path(), &[("SOPS_AGE_KEY", key)]);
    assert_eq!(wrong, Err("secret-unreadable: s.yaml has nothing at `vpn.pks`.".into()));
}

#[test]
fn other_keys_go_through_the_program() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("s.ini"), "[a]\n").expect("written");
    let program = dir.path().join("sops");
    let script = "#!/bin/sh\n[ \"$1 $2 $3\" = '--decrypt --output-type json' ] || exit 9\nprintf '{\"a\": {\"b\": 7}}'\n";
    std::fs::write(&program, script).expect("written");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("set");
    let path = dir.path().to_str().expect("text");
    let secret = "sops = \"s.ini\"\n  key = \"a.b\"";
    assert_eq!(read(secret, dir.path(), &[("PATH", path)]), Ok("\"7\"".into()));
    std::fs::write(&program, "#!/bin/sh\necho no such key >&2\nexit 1\n").expect("written");
    let failed = read(secret, dir.path(), &[("PATH", path)]).expect_err("it fails");
    assert!(
        failed.ends_with("sops was asked: it failed (exit status: 1): no such key"),
        "{failed}"
    );
}
