//! Files made by `sops` 3.13.3 (`tests/sops`), with a key made for them alone.

use super::*;

const KEYS: &str = include_str!("../../../tests/sops/keys.txt");
const YAML: &str = include_str!("../../../tests/sops/enc.yaml");
const JSON: &str = include_str!("../../../tests/sops/enc.json");
const DOTENV: &str = include_str!("../../../tests/sops/enc.env");
const BINARY: &str = include_str!("../../../tests/sops/enc.bin");
const REGEX: &str = include_str!("../../../tests/sops/regex.yaml");
const SUFFIX: &str = include_str!("../../../tests/sops/suffix.yaml");
const UNREGEX: &str = include_str!("../../../tests/sops/unregex.json");

fn check(text: &str, format: Format, path: &str, expect: &str) {
    let value = open(text, format, KEYS, path).unwrap_or_else(|error| panic!("{path}: {error:?}"));
    assert_eq!(value, expect, "{path}");
}

fn fails(text: &str, format: Format, keys: &str, expect: &SopsError) {
    match open(text, format, keys, "vpn.psk") {
        Ok(_) => panic!("opened"),
        Err(error) => assert_eq!(error, *expect),
    }
}

#[test]
fn values_of_every_kind_in_yaml() {
    check(YAML, Format::Yaml, "vpn.psk", "pre shared: key");
    check(YAML, Format::Yaml, "vpn.port", "1194");
    check(YAML, Format::Yaml, "vpn.ratio", "0.25");
    check(YAML, Format::Yaml, "vpn.on", "true");
    check(YAML, Format::Yaml, "vpn.off", "false");
    let null = open(YAML, Format::Yaml, KEYS, "vpn.nothing");
    assert_eq!(null, Err(SopsError::Null));
    check(YAML, Format::Yaml, "vpn.empty", "");
    check(YAML, Format::Yaml, "lines", "first\nsecond\n");
    check(YAML, Format::Yaml, "rate_unencrypted", "0.5");
}

#[test]
fn places_in_lists_pass_over_comments() {
    check(YAML, Format::Yaml, "list.0", "one");
    check(YAML, Format::Yaml, "list.1.deep.2", "three");
    check(YAML, Format::Yaml, "list.1", r#"{"name":"two","deep":[1,2.5,"three"]}"#);
    check(YAML, Format::Yaml, "list.1.deep", r#"[1,2.5,"three"]"#);
}

#[test]
fn the_other_formats() {
    check(JSON, Format::Json, "vpn.psk", "pre shared: key");
    check(JSON, Format::Json, "vpn.big", "9007199254740993");
    check(DOTENV, Format::Dotenv, "PSK", "pre shared key");
    check(DOTENV, Format::Dotenv, "LINES", "first\nsecond");
    check(BINARY, Format::Json, "data", "token of a binary file");
}

#[test]
fn every_rule_of_what_is_encrypted() {
    check(REGEX, Format::Yaml, "vpn.port", "1194");
    check(REGEX, Format::Yaml, "list.0", "one");
    check(SUFFIX, Format::Yaml, "count_unencrypted", "7");
    check(UNREGEX, Format::Json, "list.0", "a");
}

#[test]
fn what_was_changed_is_not_read() {
    // A value outside of what is encrypted, within what the code is over.
    let changed = YAML.replace("note_unencrypted: hello", "note_unencrypted: hallo");
    fails(&changed, Format::Yaml, KEYS, &SopsError::Changed);
    // An encrypted value put in the place of another.
    let value = JSON.lines().find(|line| line.contains("\"psk\"")).expect("the line");
    let moved = JSON.replace(value, &value.replace("\"psk\"", "\"psx\""));
    fails(&moved, Format::Json, KEYS, &SopsError::Changed);
    // The code itself is over the encrypted values only where the file says so: then the note may change.
    let note = REGEX.replace("note_unencrypted: hello", "note_unencrypted: hallo");
    check(&note, Format::Yaml, "vpn.port", "1194");
    let off = REGEX.replace("    mac_only_encrypted: true\n", "");
    fails(&off, Format::Yaml, KEYS, &SopsError::Changed);
}

#[test]
fn without_its_key_nothing_opens() {
    fails(YAML, Format::Yaml, "", &SopsError::NoKey(vec![]));
    let other = KEYS.replace("AGE-SECRET-KEY-1", "AGE-SECRET-KEY-1Q");
    fails(YAML, Format::Yaml, &other, &SopsError::NoKey(vec![]));
    let kms = YAML.replace("sops:\n", "sops:\n    kms:\n        - arn: a\n          enc: b\n");
    fails(&kms, Format::Yaml, "", &SopsError::NoKey(vec!["AWS KMS"]));
}

#[test]
fn what_only_sops_knows_is_said() {
    let groups = YAML.replace("sops:\n", "sops:\n    key_groups: []\n");
    fails(&groups, Format::Yaml, KEYS, &SopsError::Unlike("key groups"));
    let alias = format!("a: &a x\nb: *a\n{YAML}");
    fails(&alias, Format::Yaml, KEYS, &SopsError::Unlike("an alias"));
    let plain = SopsError::Malformed("it is not encrypted by sops".into());
    fails("{\"vpn\": 1}", Format::Json, KEYS, &plain);
}

#[test]
fn a_path_to_nothing_tells_the_names_there() {
    let error = open(YAML, Format::Yaml, KEYS, "vpn.pks").expect_err("no such name");
    let SopsError::Nowhere { found, known } = error else { panic!("{error:?}") };
    assert_eq!((found.as_str(), known.contains(&"psk".to_owned())), ("vpn", true));
}

#[test]
fn a_cut_age_file_is_malformed() {
    let at = YAML.find("-----END AGE").expect("armored");
    let cut = format!("{}{}", &YAML[..at - 40], &YAML[at..]);
    let opened = open(&cut, Format::Yaml, KEYS, "vpn.psk");
    assert!(matches!(opened, Err(SopsError::Malformed(_))), "{opened:?}");
}
