//! Role assignments by scope, role and group.

use super::*;
use crate::testing::objects;

fn directory() -> (Directory, Vec<Note>) {
    let mut notes = Vec::new();
    let all = objects(
        r#"[
        {"type": "azuread_group", "value": {"object_id": "g", "display_name": "platform", "members": ["ada"]}},
        {"type": "azurerm_user_assigned_identity", "value": {"principal_id": "ci", "name": "ci-apply"}},
        {"type": "azurerm_role_assignment", "value": {"principal_id": "ci", "scope": "/subscriptions/s", "role_definition_name": "Contributor"}},
        {"type": "azurerm_role_assignment", "value": {"principal_id": "g", "scope": "/subscriptions/s/resourceGroups/R", "role_definition_id": "/x/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"}},
        {"type": "azurerm_role_definition", "value": {"name": "Starter", "id": "own", "permissions": [{"actions": ["Microsoft.Compute/virtualMachines/*"], "not_actions": ["*/delete"], "data_actions": [], "not_data_actions": []}]}},
        {"type": "azurerm_role_assignment", "value": {"principal_id": "bo", "scope": "/subscriptions/s", "role_definition_name": "Starter", "condition": "@Resource[x] == 1"}},
        {"type": "azurerm_role_assignment", "value": {"principal_id": "cy", "scope": "/subscriptions/s", "role_definition_name": "Quantum Operator"}}
    ]"#,
    );
    let read = read(&all, &mut notes);
    (read, notes)
}

#[test]
fn assignments_bind_below_their_scope() {
    let (all, notes) = directory();
    let check = |who: &str, action: &str, scope: Option<&str>, expect: Answer| {
        let request = Request { action: action.into(), scope: scope.map(Arc::from) };
        assert_eq!(all.may(who, &request).answer, expect, "{who} {action} {scope:?}");
    };
    let account = "/subscriptions/S/resourcegroups/r/providers/Microsoft.Storage/storageAccounts/a";
    check("ci", "Microsoft.Storage/storageAccounts/delete", Some(account), Answer::Yes);
    check("ci", "Microsoft.Authorization/roleAssignments/write", Some(account), Answer::No);
    check(
        "ci",
        "Microsoft.Storage/storageAccounts/delete",
        Some("/subscriptions/other"),
        Answer::No,
    );
    check("ada", "Microsoft.Storage/storageAccounts/read", Some(account), Answer::Yes);
    check("ada", "Microsoft.Storage/storageAccounts/read", Some("/subscriptions/s"), Answer::No);
    check("ada", "Microsoft.Storage/storageAccounts/delete", Some(account), Answer::No);
    check("bo", "Microsoft.Compute/virtualMachines/start/action", None, Answer::If);
    check("bo", "Microsoft.Compute/virtualMachines/delete", None, Answer::No);
    check("cy", "Microsoft.Compute/virtualMachines/delete", None, Answer::May);
    let told: Vec<String> = notes.iter().map(|note| note.what.to_string()).collect();
    assert_eq!(
        told,
        ["role Quantum Operator is neither of the estate nor in the catalogue of Azure's roles"]
    );
    assert_eq!(all.principals("dev"), ["ada", "bo", "ci", "cy", "g"].map(Arc::from));
    assert_eq!(all.shown("ci"), "ci-apply (ci)");
}
