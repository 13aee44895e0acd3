//! `checks`: results of conditions.
//!
//! Invariant: in the order of the addresses' text, as OpenTofu sorts them.

use addr::{ConfigResource, InstanceKey, Mode, ResourceInstance};
use state::{CheckKind, CheckResult};

use super::write::{Object, Slot};

/// `checks`.
pub(super) fn checks(slot: Slot<'_>, results: &[CheckResult]) {
    let mut sorted: Vec<&CheckResult> = results.iter().collect();
    sorted.sort_by(|a, b| a.address.cmp(&b.address));
    slot.array(|array| {
        for result in sorted {
            array.element().object(|object| {
                object.member("address").object(|object| config_address(object, result));
                object.member("status").text(result.status.word());
                if !result.objects.is_empty() {
                    object.member("instances").array(|array| {
                        let mut objects: Vec<_> = result.objects.iter().collect();
                        objects.sort_by(|a, b| a.address.cmp(&b.address));
                        for one in objects {
                            array.element().object(|object| instance(object, result.kind, one));
                        }
                    });
                }
            });
        }
    });
}

fn instance(object: &mut Object<'_>, kind: CheckKind, one: &state::CheckObject) {
    object.member("address").object(|object| {
        object.member("to_display").text(&one.address);
        if let Some(module) = module_of(kind, &one.address) {
            object.text_unless_empty("module", &module);
        }
        if let Ok(instance) = one.address.parse::<ResourceInstance>() {
            match &instance.key {
                InstanceKey::Int(key) => object.member("instance_key").number(key),
                InstanceKey::Str(key) => object.member("instance_key").text(key),
                InstanceKey::None => {}
            }
        }
    });
    object.member("status").text(one.status.word());
    if !one.failures.is_empty() {
        let mut failures: Vec<_> = one.failures.iter().collect();
        failures.sort();
        object.member("problems").array(|array| {
            for text in failures {
                array.element().object(|object| object.member("message").text(text));
            }
        });
    }
}

fn config_address(object: &mut Object<'_>, result: &CheckResult) {
    object.member("to_display").text(&result.address);
    object.member("kind").text(match result.kind {
        CheckKind::Resource => "resource",
        CheckKind::Output => "output_value",
        CheckKind::Check => "check",
        CheckKind::Variable => "var",
    });
    if let (CheckKind::Resource, Ok(resource)) =
        (result.kind, result.address.parse::<ConfigResource>())
    {
        object.member("mode").text(match resource.resource.mode {
            Mode::Managed => "managed",
            Mode::Data => "data",
            Mode::Ephemeral => "ephemeral",
        });
        object.member("type").text(&resource.resource.type_name);
        object.member("name").text(&resource.resource.name);
    } else {
        let name = result.address.rsplit('.').next().unwrap_or(&result.address);
        object.member("name").text(name);
    }
    if let Some(module) = module_of(result.kind, &result.address) {
        object.text_unless_empty("module", &module);
    }
}

/// The module of an address, without its last two words (`output.x`) or its resource.
fn module_of(kind: CheckKind, address: &str) -> Option<String> {
    if kind == CheckKind::Resource {
        let module = address.parse::<ResourceInstance>().ok()?.module;
        return Some(module.to_string());
    }
    let (rest, _) = address.rsplit_once('.')?;
    Some(rest.rsplit_once('.').map_or(String::new(), |(module, _)| module.to_owned()))
}
