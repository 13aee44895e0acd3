//! Bindings by what they are on, role and condition.

use super::*;
use crate::testing::objects;

#[test]
fn bindings_bind_on_what_they_are_on() {
    let mut notes = Vec::new();
    let all = objects(
        r#"[
        {"type": "google_project_iam_member", "value": {"project": "acme", "role": "roles/storage.admin", "member": "group:platform@acme.example"}},
        {"type": "google_storage_bucket_iam_binding", "value": {"bucket": "logs", "role": "roles/storage.objectViewer", "members": ["user:ada", "allUsers"]}},
        {"type": "google_project_iam_custom_role", "value": {"id": "projects/acme/roles/starter", "permissions": ["compute.instances.start"]}},
        {"type": "google_project_iam_member", "value": {"project": "acme", "role": "projects/acme/roles/starter", "member": "user:bo", "condition": [{"expression": "request.time < x"}]}},
        {"type": "google_project_iam_member", "value": {"project": "acme", "role": "roles/viewer", "member": "user:cy"}},
        {"type": "google_project_iam_member", "value": {"project": "acme", "role": "roles/quantum.admin", "member": "user:di"}},
        {"type": "google_project_iam_policy", "value": {"project": "acme", "policy_data": "{\"bindings\": [{\"role\": \"roles/logging.logWriter\", \"members\": [\"user:eve\"]}]}"}}
    ]"#,
    );
    let read = read(&all, &mut notes);
    let check = |who: &str, permission: &str, resource: Option<&str>, expect: Answer| {
        let request = Request { permission: permission.into(), resource: resource.map(Arc::from) };
        assert_eq!(read.may(who, &request).answer, expect, "{who} {permission} {resource:?}");
    };
    check("group:platform@acme.example", "storage.buckets.delete", None, Answer::Yes);
    check(
        "group:platform@acme.example",
        "storage.buckets.delete",
        Some("projects/other/x"),
        Answer::No,
    );
    check("group:platform@acme.example", "storage.buckets.delete", Some("logs"), Answer::If);
    check("user:ada", "storage.objects.get", Some("logs"), Answer::Yes);
    check("user:ada", "storage.objects.get", Some("other"), Answer::No);
    check("user:ada", "storage.objects.delete", Some("logs"), Answer::No);
    check("user:bo", "compute.instances.start", None, Answer::If);
    check("user:cy", "compute.instances.get", None, Answer::May);
    check("user:cy", "compute.instances.delete", None, Answer::No);
    check("user:di", "compute.instances.delete", None, Answer::May);
    check("user:eve", "logging.logEntries.create", None, Answer::Yes);
    assert_eq!(notes.len(), 1, "{notes:?}");
    let classes: Vec<&str> =
        read.held("group:platform@acme.example").iter().map(|one| one.class.word()).collect();
    assert_eq!(classes, ["read", "data", "write", "delete", "permissions"]);
}
