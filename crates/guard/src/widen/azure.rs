//! What objects of Azure grant: role assignments and definitions, vault policies, directory roles, network rules.

use value::Value;

use super::fact::{Fact, Grant};
use super::look::Reading;
use super::traffic::{self, Direction, Peer, Traffic};

/// Reads an object; `None` where its type grants nothing that is known here.
pub(super) fn read(type_name: &str, object: &Value, reading: &mut Reading) -> Option<()> {
    match type_name {
        "azurerm_role_assignment"
        | "azurerm_marketplace_role_assignment"
        | "azurerm_pim_active_role_assignment"
        | "azurerm_pim_eligible_role_assignment" => role_assignment(object, reading),
        "azurerm_role_definition" => role_definition(object, reading),
        "azurerm_key_vault_access_policy" => vault_policy(object, reading),
        "azurerm_key_vault" => vault(object, reading),
        "azurerm_federated_identity_credential"
        | "azuread_application_federated_identity_credential" => federated(object, reading),
        "azurerm_network_security_rule" => network_rule(object, reading),
        "azurerm_network_security_group" => network_group(object, reading),
        "azurerm_mssql_firewall_rule"
        | "azurerm_postgresql_flexible_server_firewall_rule"
        | "azurerm_mysql_flexible_server_firewall_rule"
        | "azurerm_redis_firewall_rule" => firewall_rule(object, reading),
        "azuread_app_role_assignment" => app_role(object, reading),
        "azuread_directory_role_assignment" => directory_role(object, reading),
        "azuread_directory_role_member" => member(object, "role_object_id", reading),
        "azuread_group_member" => member(object, "group_object_id", reading),
        _ => return None,
    }
    Some(())
}

fn role_assignment(object: &Value, reading: &mut Reading) {
    if object.is_null() {
        return;
    }
    let name = reading.text(object, "role_definition_name");
    let role = if name.is_empty() { reading.text(object, "role_definition_id") } else { name };
    let (on, by) = (reading.text(object, "scope"), reading.text(object, "principal_id"));
    let condition = reading.text(object, "condition");
    reading.facts.push(Fact::Grant(Grant {
        what: format!("role {role}").into(),
        on: on.into(),
        by: by.into(),
        only_if: (!condition.is_empty()).then(|| condition.into()),
    }));
}

fn role_definition(object: &Value, reading: &mut Reading) {
    let scopes = reading.texts(object, "assignable_scopes");
    let scopes = if scopes.is_empty() { vec![reading.text(object, "scope")] } else { scopes };
    for permissions in reading.blocks(object, "permissions") {
        // What is taken out narrows what it stands beside: like a condition, it has to be the same to be covered.
        let mut but = reading.texts(permissions, "not_actions");
        but.extend(reading.texts(permissions, "not_data_actions"));
        but.sort();
        let only_if = (!but.is_empty()).then(|| but.join(", ").into());
        let mut actions = reading.texts(permissions, "actions");
        actions.extend(reading.texts(permissions, "data_actions"));
        for on in &scopes {
            reading.facts.extend(actions.iter().map(|what| {
                let (what, on) = (what.as_str().into(), on.as_str().into());
                Fact::Grant(Grant { what, on, by: "".into(), only_if: only_if.clone() })
            }));
        }
    }
}

const VAULT_PERMISSIONS: [(&str, &str); 4] = [
    ("key_permissions", "keys"),
    ("secret_permissions", "secrets"),
    ("certificate_permissions", "certificates"),
    ("storage_permissions", "storage accounts"),
];

fn vault_policy(object: &Value, reading: &mut Reading) {
    let by = reading.text(object, "object_id");
    for (name, on) in VAULT_PERMISSIONS {
        let permissions = reading.texts(object, name);
        reading.facts.extend(permissions.iter().map(|what| Fact::grant(what, on, &by)));
    }
}

fn vault(object: &Value, reading: &mut Reading) {
    for policy in reading.blocks(object, "access_policy") {
        vault_policy(policy, reading);
    }
}

fn federated(object: &Value, reading: &mut Reading) {
    if object.is_null() {
        return;
    }
    let (issuer, subject) = (reading.text(object, "issuer"), reading.text(object, "subject"));
    reading.facts.push(Fact::Plain(format!("tokens of {issuer} for {subject} are trusted")));
}

fn network_group(object: &Value, reading: &mut Reading) {
    for rule in reading.blocks(object, "security_rule") {
        network_rule(rule, reading);
    }
}

/// The values of a name in the singular and in the plural.
fn both(object: &Value, one: &str, all: &str, reading: &mut Reading) -> Vec<String> {
    let mut texts = reading.texts(object, all);
    let one = reading.text(object, one);
    texts.extend((!one.is_empty()).then_some(one));
    texts
}

fn network_rule(object: &Value, reading: &mut Reading) {
    if object.is_null() {
        return;
    }
    let direction = match reading.text(object, "direction").as_str() {
        "Outbound" => Direction::Out,
        _ => Direction::In,
    };
    let (one, all) = match direction {
        Direction::In => ("source_address_prefix", "source_address_prefixes"),
        Direction::Out => ("destination_address_prefix", "destination_address_prefixes"),
    };
    let mut peers = both(object, one, all, reading);
    peers.extend(reading.texts(object, "source_application_security_group_ids"));
    let ports = both(object, "destination_port_range", "destination_port_ranges", reading);
    let protocol = traffic::protocol(&reading.text(object, "protocol"));
    let denies = reading.text(object, "access") == "Deny";
    for peer in &peers {
        for ports in &ports {
            let traffic = Fact::Traffic(Traffic {
                direction,
                protocol: protocol.clone(),
                ports: traffic::ports(ports),
                peer: Peer::parse(peer),
            });
            if denies { reading.denials.push(traffic) } else { reading.facts.push(traffic) }
        }
    }
}

fn firewall_rule(object: &Value, reading: &mut Reading) {
    if object.is_null() {
        return;
    }
    let names = [("start_ip_address", "end_ip_address"), ("start_ip", "end_ip")];
    for (first, last) in names {
        let (first, last) = (reading.text(object, first), reading.text(object, last));
        if !first.is_empty() {
            reading.facts.push(Fact::Plain(match (first.as_str(), last.as_str()) {
                ("0.0.0.0", "255.255.255.255") => "in: from anywhere".to_owned(),
                ("0.0.0.0", "0.0.0.0") => "in: from all services of Azure".to_owned(),
                _ => format!("in: from {first} to {last}"),
            }));
        }
    }
}

fn app_role(object: &Value, reading: &mut Reading) {
    if object.is_null() {
        return;
    }
    let names = ["app_role_id", "resource_object_id", "principal_object_id"];
    let [role, on, by] = names.map(|name| reading.text(object, name));
    reading.facts.push(Fact::grant(&format!("app role {role}"), &on, &by));
}

fn directory_role(object: &Value, reading: &mut Reading) {
    if object.is_null() {
        return;
    }
    let names = ["role_id", "directory_scope_id", "principal_object_id"];
    let [role, on, by] = names.map(|name| reading.text(object, name));
    reading.facts.push(Fact::grant(&format!("directory role {role}"), &on, &by));
}

fn member(object: &Value, of: &str, reading: &mut Reading) {
    if object.is_null() {
        return;
    }
    let (of, by) = (reading.text(object, of), reading.text(object, "member_object_id"));
    reading.facts.push(Fact::grant(&format!("what members of {of} may"), "", &by));
}
