//! What objects of Google Cloud grant: roles of members, policies, custom roles, firewall rules.

use serde_json::Value as Json;
use value::Value;

use super::fact::{Fact, Grant};
use super::look::{self, Reading, Seen};
use super::traffic::{self, Direction, Peer, Traffic};

/// The largest policy that is compared, in bytes.
const TEXT_BYTES_MAX: usize = 1 << 20;

/// Reads an object; `None` where its type grants nothing that is known here.
pub(super) fn read(type_name: &str, object: &Value, reading: &mut Reading) -> Option<()> {
    match type_name {
        "google_compute_firewall" => firewall(object, reading),
        "google_project_iam_custom_role" | "google_organization_iam_custom_role" => {
            let permissions = reading.texts(object, "permissions");
            reading.facts.extend(permissions.iter().map(|what| Fact::grant(what, "", "")));
        }
        _ if type_name.ends_with("_iam_member") => member(object, reading),
        _ if type_name.ends_with("_iam_binding") => binding(object, reading),
        _ if type_name.ends_with("_iam_policy") => policy(object, reading),
        _ => return None,
    }
    Some(())
}

fn member(object: &Value, reading: &mut Reading) {
    if object.is_null() {
        return;
    }
    let by = reading.text(object, "member");
    grant(object, &by, reading);
}

fn binding(object: &Value, reading: &mut Reading) {
    for by in reading.texts(object, "members") {
        grant(object, &by, reading);
    }
}

fn grant(object: &Value, by: &str, reading: &mut Reading) {
    let role = reading.text(object, "role");
    let mut only_if = None;
    for condition in reading.blocks(object, "condition") {
        only_if = Some(reading.text(condition, "expression").into());
    }
    reading.facts.push(Fact::Grant(Grant {
        what: role.into(),
        on: "".into(),
        by: anybody(by).into(),
        only_if,
    }));
}

/// Everybody is a pattern that covers each.
fn anybody(by: &str) -> &str {
    if by == "allUsers" { "*" } else { by }
}

fn policy(object: &Value, reading: &mut Reading) {
    match look::seen(object, "policy_data") {
        Seen::Value(value) => {
            let bindings = value.as_str().and_then(bindings);
            match bindings {
                Some(mut bindings) => reading.facts.append(&mut bindings),
                None => reading
                    .doubts
                    .push("`policy_data`: policy not understood, may widen access".to_owned()),
            }
        }
        Seen::Nothing => {}
        Seen::Unknown => reading.unknown("policy_data"),
        Seen::Sensitive => reading.hidden.push("policy_data".to_owned()),
    }
}

fn bindings(text: &str) -> Option<Vec<Fact>> {
    if text.len() > TEXT_BYTES_MAX {
        return None;
    }
    let document: Json = serde_json::from_str(text).ok()?;
    let mut facts = Vec::new();
    let Some(bindings) = document.as_object()?.get("bindings") else { return Some(facts) };
    for binding in bindings.as_array()? {
        let role = binding.get("role")?.as_str()?;
        let condition = binding.get("condition").filter(|condition| !condition.is_null());
        let only_if = condition.map(|condition| condition.to_string().into());
        for by in binding.get("members")?.as_array()? {
            facts.push(Fact::Grant(Grant {
                what: role.into(),
                on: "".into(),
                by: anybody(by.as_str()?).into(),
                only_if: only_if.clone(),
            }));
        }
    }
    Some(facts)
}

fn firewall(object: &Value, reading: &mut Reading) {
    if object.is_null() || reading.text(object, "disabled") == "true" {
        return;
    }
    let (direction, ranges) = match reading.text(object, "direction").as_str() {
        "EGRESS" => (Direction::Out, "destination_ranges"),
        _ => (Direction::In, "source_ranges"),
    };
    let mut peers = reading.texts(object, ranges);
    peers.extend(reading.texts(object, "source_tags"));
    peers.extend(reading.texts(object, "source_service_accounts"));
    if peers.is_empty() {
        peers.push("0.0.0.0/0".to_owned());
    }
    for (name, denies) in [("allow", false), ("deny", true)] {
        for rule in reading.blocks(object, name) {
            let protocol = traffic::protocol(&reading.text(rule, "protocol"));
            let ports = reading.texts(rule, "ports");
            let ports = if ports.is_empty() { vec!["*".to_owned()] } else { ports };
            for peer in &peers {
                let facts = ports.iter().map(|ports| {
                    Fact::Traffic(Traffic {
                        direction,
                        protocol: protocol.clone(),
                        ports: traffic::ports(ports),
                        peer: Peer::parse(peer),
                    })
                });
                if denies { reading.denials.extend(facts) } else { reading.facts.extend(facts) }
            }
        }
    }
}
