//! What OpenTofu wrote reads and is written again the same; what it would not read is refused at its place.

use super::*;
use crate::{Attributes, Status};

/// Written by OpenTofu 1.12.6 (`state push` of an edited state), with all that a file can hold.
const WIDE: &str = include_str!("../../tests/fixtures/wide.tfstate");
/// The same as `state pull` prints it; checks stand in another order there, as in every file that OpenTofu writes.
const WIDE_COMPACT: &str = include_str!("../../tests/fixtures/wide.compact");

#[test]
fn what_opentofu_wrote_is_written_again_byte_for_byte() {
    let state = read(WIDE.as_bytes()).unwrap();
    assert_eq!(String::from_utf8(write(&state)).unwrap(), WIDE);
    let pulled = read(WIDE_COMPACT.as_bytes()).unwrap();
    assert_eq!(String::from_utf8(compact(&pulled)).unwrap(), WIDE_COMPACT);
    assert!(same_content(&state, &pulled));
    assert_eq!(state.serial, pulled.serial);
}

#[test]
fn everything_in_the_file_is_read() {
    let state = read(WIDE.as_bytes()).unwrap();
    let object = |at: &str, deposed: Option<&str>| {
        let instance = at.parse().unwrap();
        let at = crate::ObjectAddr { instance, deposed: deposed.map(|key| key.parse().unwrap()) };
        state.object(&at).cloned().unwrap_or_else(|| panic!("no {at}"))
    };
    assert_eq!(object("random_integer.i[1]", None).status, Status::Ready);
    assert_eq!(object("random_integer.i[1]", Some("00abcdee")).status, Status::Tainted);
    assert!(object("random_integer.i[0]", None).skip_destroy);
    let identity = object("random_integer.i[2]", None).identity.clone().unwrap();
    assert_eq!((&*identity.json, identity.schema_version), (&br#"{"id":"x","n":1}"#[..], Some(0)));
    let flat = object("tls_private_key.k", None);
    assert!(matches!(&flat.attributes, Attributes::Flat(flat) if &*flat["b.#"] == "2"));
    let deep = object("module.m[0].module.deep[\"k\"].null_resource.z", None);
    assert_eq!(deep.sensitive[0].to_string(), ".a[0][\"k<\"]");
    assert_eq!(deep.dependencies[0].to_string(), "module.m.terraform_data.x");
    let text = String::from_utf8(deep.attributes.as_json().unwrap().to_vec()).unwrap();
    assert!(text.contains("123456789012345678901234567890"), "{text}");
    assert!(object("module.m[1].terraform_data.x[\"a\"]", None).create_before_destroy);
    assert_eq!(state.outputs["o"].deprecated.as_deref(), Some("old <one>"));
    let husk = state.resources().find(|(address, _)| &*address.resource.name == "husk").unwrap();
    assert!(husk.1.instances().is_empty());
    let dependencies = |at| object(at, None).dependencies.as_ptr();
    assert_eq!(
        dependencies("module.m[0].terraform_data.x[\"a\"]"),
        dependencies("module.m[1].terraform_data.x[\"a\"]"),
        "equal lists are kept once"
    );
}

/// What older versions wrote, and members that a later one may write.
const OLDER: &[u8] = br#"{"version": 4, "serial": 3, "lineage": "l", "terraform_version": "0.12.0", "later": [1],
            "resources": [
              {"mode": "managed", "type": "null_resource", "name": "bar", "each": "map", "provider": "provider.null",
               "instances": [
                 {"index_key": "a", "schema_version": 0, "attributes_flat": {"id": "1"}, "depends_on": ["var.x"]},
                 {"index_key": 2.0, "schema_version": 1, "attributes": {"id": "2"}}
               ]},
              {"module": "module.modA", "mode": "managed", "type": "null_resource", "name": "bar",
               "provider": "module.modA.provider.null.x", "instances": [{}]}
            ],
            "check_results": [{"object_kind": "later", "config_addr": "x", "status": "pass", "objects": null},
                              {"object_kind": "check", "config_addr": "check.c", "status": "later", "objects": []}]}"#;

#[test]
fn older_variants_read() {
    let state = read(OLDER).unwrap();
    insta::assert_snapshot!(String::from_utf8(write(&state)).unwrap().trim_end(), @r#"
    {
      "version": 4,
      "terraform_version": "0.12.0",
      "serial": 3,
      "lineage": "l",
      "outputs": {},
      "resources": [
        {
          "mode": "managed",
          "type": "null_resource",
          "name": "bar",
          "provider": "provider[\"registry.opentofu.org/-/null\"]",
          "instances": [
            {
              "index_key": 2,
              "schema_version": 1,
              "attributes": {
                "id": "2"
              },
              "sensitive_attributes": []
            },
            {
              "index_key": "a",
              "schema_version": 0,
              "attributes_flat": {
                "id": "1"
              },
              "sensitive_attributes": []
            }
          ]
        },
        {
          "module": "module.modA",
          "mode": "managed",
          "type": "null_resource",
          "name": "bar",
          "provider": "module.modA.provider[\"registry.opentofu.org/-/null\"].x",
          "instances": [
            {
              "schema_version": 0,
              "attributes": {},
              "sensitive_attributes": []
            }
          ]
        }
      ],
      "check_results": [
        {
          "object_kind": "check",
          "config_addr": "check.c",
          "status": "unknown",
          "objects": null
        }
      ]
    }
    "#);
}

#[test]
fn provider_keys_stand_on_instances() {
    let text = r#"{"version":4,"terraform_version":"1.12.6","serial":1,"lineage":"l","outputs":{},"resources":[{"mode":"managed","type":"a","name":"b","instances":[{"index_key":"p","provider":"provider[\"registry.opentofu.org/x/a\"].each[\"p\"]","schema_version":0,"attributes":{},"sensitive_attributes":[]}]}],"check_results":null}
"#;
    let state = read(text.as_bytes()).unwrap();
    assert_eq!(String::from_utf8(compact(&state)).unwrap(), text);
}

#[test]
fn faults_are_refused_at_their_place() {
    let check = |file: &str, fault: Fault, line: usize, column: usize, part: &str| {
        let error = read(file.as_bytes()).expect_err(file);
        assert_eq!((&error.fault, error.line, error.column), (&fault, line, column), "{error}");
        assert!(error.message.contains(part), "{error}");
        assert!(error.diagnostic("terraform.tfstate").is_error());
    };
    check("", Fault::Empty, 1, 1, "empty");
    check("{\n \"version\": 4, x", Fault::NotJson, 2, 16, "key must be a string");
    check("{}", Fault::NoVersion, 1, 1, "no \"version\"");
    check("{\"version\": \"4\"}", Fault::NoVersion, 1, 13, "\"4\"");
    check("{\"version\": 3, \"modules\": []}", Fault::Older(3), 1, 13, "version 3");
    let newer = Fault::Newer { version: 5, written_by: Some("2.0.0".into()) };
    check("{\"terraform_version\":\"2.0.0\",\"version\": 5}", newer, 1, 41, "version 5");
    check("{\"encrypted_data\": \"x\"}", Fault::Encrypted, 1, 1, "encrypted");
    let check_content = |resources: &str, line, column, part| {
        let file = format!("{{\"version\": 4, \"resources\":\n{resources}}}");
        check(&file, Fault::Content, line, column, part);
    };
    let provider = r#""provider": "provider[\"registry.opentofu.org/x/a\"]""#;
    check_content(r#"[{"mode": "x"}]"#, 2, 11, "no mode");
    check_content(r#"[{"mode": "data", "type": "a", "name": "b"}]"#, 2, 2, "names no provider");
    check_content(r#"[{"mode": "data", "module": "x"}]"#, 2, 29, "no module's address");
    check_content(
        &format!(
            "[{{\"mode\": \"data\", \"type\": \"a\", \"name\": \"b\", {provider}, \"instances\":\n[{{}},\n {{}}]}}]"
        ),
        4,
        2,
        "stands twice",
    );
    check_content(
        &format!(
            "[{{\"mode\": \"data\", \"type\": \"a\", \"name\": \"b\", {provider}, \"instances\":\n[{{\"index_key\": true}}]}}]"
        ),
        3,
        16,
        "no key of an instance",
    );
    check_content(
        &format!(
            "[{{\"mode\": \"data\", \"type\": \"a\", \"name\": \"b\", {provider}, \"instances\":\n[{{\"status\": \"odd\"}}]}}]"
        ),
        3,
        13,
        "no status",
    );
    check_content(
        &format!(
            "[{{\"mode\": \"data\", \"type\": \"a\", \"name\": \"b\", {provider}, \"instances\":\n[{{\"deposed\": \"odd\"}}]}}]"
        ),
        3,
        14,
        "no deposed key",
    );
    check_content(
        &format!(
            "[{{\"mode\": \"data\", \"type\": \"a\", \"name\": \"b\", {provider}, \"instances\":\n[{{\"private\": \"*\"}}]}}]"
        ),
        3,
        14,
        "base64",
    );
}

#[test]
fn content_is_the_same_whatever_the_header_says() {
    let state = read(WIDE.as_bytes()).unwrap();
    let mut other = state.clone();
    other.serial += 1;
    other.terraform_version = "1.13.0".into();
    other.checks.reverse();
    assert!(same_content(&state, &other));
    other.outputs.remove("o");
    assert!(!same_content(&state, &other));
}
