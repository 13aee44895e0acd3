//! Secrets of an estate through the program: read when they are needed, never shown, and nothing done where one cannot be.

use std::process::Command;

use crate::support::Estate;

const ESTATE: &str = r#"
estate { name = "acme" }
layer "l" {}
environment "dev" {}
secret "psk"   { file = "psk.txt" }
secret "other" { env = "STRATA_TEST_NO_SUCH_VARIABLE" }
secret "db" {
  sops = "secrets.enc.yaml"
  key  = "vpn.psk"
}
stack "vpn" {
  layer  = "l"
  source = "./vpn"
  inputs = { psk = secret.psk, db = secret.db }
}
stack "dns" {
  layer  = "l"
  source = "./vpn"
  inputs = { psk = secret.other, db = "x" }
}
"#;

const VPN: &str = r#"
variable "psk" { type = string }
variable "db" { type = string }
resource "terraform_data" "vpn" {
  input = sha256("${var.psk} ${var.db}")
}
output "length" {
  value     = length(var.psk)
  sensitive = true
}
"#;

const KEYS: &str = include_str!("../../../run/tests/sops/keys.txt");
const ENCRYPTED: &str = include_str!("../../../run/tests/sops/enc.yaml");

fn estate() -> Estate {
    let estate = Estate::of(&[
        ("strata.hcl", ESTATE),
        ("vpn/main.tf", VPN),
        ("psk.txt", "not-for-anybody\n"),
        ("secrets.enc.yaml", ENCRYPTED),
        ("keys.txt", KEYS),
    ]);
    estate.expect(&["init"], 0);
    estate
}

/// Runs the program with the age keys of the test; its code, and all that it printed.
fn with_keys(estate: &Estate, args: &[&str]) -> (i32, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_strata"))
        .args(args)
        .current_dir(estate.path(""))
        .env("NO_COLOR", "1")
        .env("SOPS_AGE_KEY_FILE", estate.path("keys.txt"))
        .output()
        .expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (ran.status.code().unwrap_or(-1), text(&ran.stdout) + &text(&ran.stderr))
}

#[test]
fn secrets_flow_hidden_and_only_where_they_are_asked_for() {
    let estate = estate();
    estate.expect(&["validate"], 0);
    // The secret of `dns` cannot be read, and nobody looks.
    let (code, said) = with_keys(&estate, &["apply", "-auto-approve", "dev/vpn"]);
    assert_eq!(code, 0, "{said}");
    for args in [["show", "dev/vpn"].as_slice(), &["list"], &["plan", "dev/vpn"]] {
        let (_, more) = with_keys(&estate, args);
        for secret in ["not-for-anybody", "pre shared: key"] {
            assert!(!said.contains(secret) && !more.contains(secret), "{args:?}\n{more}");
        }
    }
    let store = std::fs::read(estate.path(".strata/estate.db")).expect("the store");
    let holds = |text: &[u8]| store.windows(text.len()).any(|window| window == text);
    assert!(!holds(b"not-for-anybody"), "the store holds a secret in the open");
}

#[test]
fn a_secret_that_cannot_be_read_stops_before_anything() {
    let estate = estate();
    estate.fails(&["plan", "dev/dns"], "secret-unreadable", "strata.hcl:9");
    estate.edit("secrets.enc.yaml", "note_unencrypted: hello", "note_unencrypted: hallo");
    let (code, said) = with_keys(&estate, &["apply", "-auto-approve", "dev/vpn"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("[secret-tampered]") && said.contains("strata.hcl:11"), "{said}");
    let listed = estate.expect(&["list"], 0);
    assert!(!listed.contains("1 object"), "{listed}");
}
