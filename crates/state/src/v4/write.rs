//! Writing a version 4 file: the members, their order and the form that OpenTofu gives them.
//!
//! Invariants: resources stand in the order of their module's text, mode, type and name, instances in the order of
//! their keys and deposed keys; what the state does not say is left out exactly where OpenTofu leaves it out.

use addr::{AbsResource, InstanceKey, Mode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::paths::{self, list};
use super::text::{compact_into, indent, string_into};
use crate::checks::{CheckObject, CheckResult, CheckStatus};
use crate::object::{Attributes, Object, Status};
use crate::output::Output;
use crate::state::{Instance, Resource, State};

/// The file's bytes as OpenTofu's local backend writes them: indented, and with the two line ends that it has.
pub fn write(state: &State) -> Vec<u8> {
    let mut out = indent(&document(state));
    out.extend_from_slice(b"\n\n");
    out
}

/// The bytes as `state pull` prints them: one line.
pub fn compact(state: &State) -> Vec<u8> {
    let mut out = document(state);
    out.push(b'\n');
    out
}

/// Whether two states say the same, lineage, serial and version apart. A write that would change nothing else keeps
/// the serial.
pub fn same_content(one: &State, other: &State) -> bool {
    one.outputs == other.outputs
        && same_checks(&one.checks, &other.checks)
        && one.resources().eq(other.resources())
}

/// Order of checks is not kept by OpenTofu either.
fn same_checks(one: &[CheckResult], other: &[CheckResult]) -> bool {
    let sorted = |checks: &[CheckResult]| {
        let mut sorted: Vec<CheckResult> = checks.to_vec();
        sorted.iter_mut().for_each(|check| check.objects.sort_by(|a, b| a.address.cmp(&b.address)));
        sorted.sort_by(|a, b| (a.kind, &a.address).cmp(&(b.kind, &b.address)));
        sorted
    };
    one == other || (one.len() == other.len() && sorted(one) == sorted(other))
}

/// The document, compact.
fn document(state: &State) -> Vec<u8> {
    let mut out = Vec::with_capacity(512 + state.object_count() * 512);
    out.extend_from_slice(b"{\"version\":4,\"terraform_version\":");
    string_into(&mut out, &state.terraform_version);
    out.extend_from_slice(format!(",\"serial\":{},\"lineage\":", state.serial).as_bytes());
    string_into(&mut out, &state.lineage);
    out.extend_from_slice(b",\"outputs\":{");
    for (index, (name, output)) in state.outputs.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        string_into(&mut out, name);
        out.push(b':');
        write_output(&mut out, output);
    }
    out.extend_from_slice(b"},\"resources\":");
    list(&mut out, &in_file_order(state), |out, (module, address, resource)| {
        write_resource(out, module, address, resource);
    });
    out.extend_from_slice(b",\"check_results\":");
    if state.checks.is_empty() {
        out.extend_from_slice(b"null");
    } else {
        list(&mut out, &state.checks, write_check);
    }
    out.push(b'}');
    out
}

fn mode_word(mode: Mode) -> Option<&'static str> {
    match mode {
        Mode::Managed => Some("managed"),
        Mode::Data => Some("data"),
        Mode::Ephemeral => None,
    }
}

/// By what a module's resources are sorted.
fn file_key(address: &AbsResource) -> (Option<&'static str>, &str, &str) {
    let resource = &address.resource;
    (mode_word(resource.mode), &resource.type_name, &resource.name)
}

/// Resources in the order of the file, with their module's text; ephemeral ones never stand in it.
fn in_file_order(state: &State) -> Vec<(String, &AbsResource, &Resource)> {
    let mut all: Vec<_> = state
        .resources()
        .filter(|(address, _)| mode_word(address.resource.mode).is_some())
        .map(|(address, resource)| (address.module.to_string(), address, resource))
        .collect();
    all.sort_by(|(module, a, _), (other_module, b, _)| {
        module.cmp(other_module).then_with(|| file_key(a).cmp(&file_key(b)))
    });
    all
}

fn write_output(out: &mut Vec<u8>, output: &Output) {
    out.extend_from_slice(b"{\"value\":");
    compact_into(out, &output.value);
    out.extend_from_slice(b",\"type\":");
    compact_into(out, &output.ty);
    if output.sensitive {
        out.extend_from_slice(b",\"sensitive\":true");
    }
    if let Some(deprecated) = output.deprecated.as_deref().filter(|text| !text.is_empty()) {
        member(out, "deprecated", deprecated);
    }
    out.push(b'}');
}

/// Appends `,"name":"text"`.
fn member(out: &mut Vec<u8>, name: &str, text: &str) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
    string_into(out, text);
}

fn write_resource(out: &mut Vec<u8>, module: &str, address: &AbsResource, resource: &Resource) {
    out.push(b'{');
    if !module.is_empty() {
        out.extend_from_slice(b"\"module\":");
        string_into(out, module);
        out.push(b',');
    }
    out.extend_from_slice(b"\"mode\":\"");
    out.extend_from_slice(mode_word(address.resource.mode).unwrap_or_default().as_bytes());
    out.push(b'"');
    member(out, "type", &address.resource.type_name);
    member(out, "name", &address.resource.name);
    let keyed = resource.instances().iter().any(|instance| !instance.provider_key.is_none());
    if !keyed {
        member(out, "provider", &resource.provider.to_string());
    }
    out.extend_from_slice(b",\"instances\":");
    list(out, resource.instances(), |out, instance| {
        write_instance(out, instance, keyed.then_some(resource));
    });
    out.push(b'}');
}

/// `keyed` is the resource where its instances name their provider themselves.
fn write_instance(out: &mut Vec<u8>, instance: &Instance, keyed: Option<&Resource>) {
    let object = &*instance.object;
    out.push(b'{');
    match &instance.key {
        InstanceKey::None => {}
        InstanceKey::Int(index) => {
            out.extend_from_slice(format!("\"index_key\":{index},").as_bytes());
        }
        InstanceKey::Str(key) => {
            out.extend_from_slice(b"\"index_key\":");
            string_into(out, key);
            out.push(b',');
        }
    }
    if object.status == Status::Tainted {
        out.extend_from_slice(b"\"status\":\"tainted\",");
    }
    if let Some(key) = &instance.deposed {
        out.extend_from_slice(b"\"deposed\":");
        string_into(out, key.as_str());
        out.push(b',');
    }
    if let Some(resource) = keyed {
        let provider = resource.provider.clone().instance(instance.provider_key.clone());
        out.extend_from_slice(b"\"provider\":");
        string_into(out, &provider.to_string());
        out.push(b',');
    }
    write_object(out, object);
    out.push(b'}');
}

fn write_object(out: &mut Vec<u8>, object: &Object) {
    out.extend_from_slice(format!("\"schema_version\":{}", object.schema_version).as_bytes());
    match &object.attributes {
        Attributes::Json(json) => {
            out.extend_from_slice(b",\"attributes\":");
            compact_into(out, json);
        }
        Attributes::Flat(flat) if flat.is_empty() => {}
        Attributes::Flat(flat) => {
            out.extend_from_slice(b",\"attributes_flat\":{");
            for (index, (key, text)) in flat.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                string_into(out, key);
                out.push(b':');
                string_into(out, text);
            }
            out.push(b'}');
        }
    }
    out.extend_from_slice(b",\"sensitive_attributes\":");
    paths::write(out, &object.sensitive);
    if !object.private.is_empty() {
        member(out, "private", &STANDARD.encode(&object.private));
    }
    if !object.dependencies.is_empty() {
        out.extend_from_slice(b",\"dependencies\":");
        list(out, &object.dependencies, |out, resource| string_into(out, &resource.to_string()));
    }
    if object.create_before_destroy {
        out.extend_from_slice(b",\"create_before_destroy\":true");
    }
    if object.skip_destroy {
        out.extend_from_slice(b",\"skip_destroy\":true");
    }
    if let Some(identity) = &object.identity {
        out.extend_from_slice(b",\"identity\":");
        compact_into(out, &identity.json);
        if let Some(version) = identity.schema_version {
            out.extend_from_slice(format!(",\"identity_schema_version\":{version}").as_bytes());
        }
    }
}

fn write_check(out: &mut Vec<u8>, check: &CheckResult) {
    out.extend_from_slice(b"{\"object_kind\":\"");
    out.extend_from_slice(check.kind.word().as_bytes());
    out.push(b'"');
    member(out, "config_addr", &check.address);
    write_status(out, check.status);
    out.extend_from_slice(b",\"objects\":");
    if check.objects.is_empty() {
        out.extend_from_slice(b"null");
    } else {
        list(out, &check.objects, write_check_object);
    }
    out.push(b'}');
}

fn write_check_object(out: &mut Vec<u8>, object: &CheckObject) {
    out.extend_from_slice(b"{\"object_addr\":");
    string_into(out, &object.address);
    write_status(out, object.status);
    if !object.failures.is_empty() {
        out.extend_from_slice(b",\"failure_messages\":");
        list(out, &object.failures, |out, text| string_into(out, text));
    }
    out.push(b'}');
}

fn write_status(out: &mut Vec<u8>, status: CheckStatus) {
    member(out, "status", status.word());
}
