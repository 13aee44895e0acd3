//! The rules of RBAC: bindings, names, aggregation, what clouds' identities are.

use std::sync::Arc;

use super::*;
use crate::answer::Answer;
use crate::picture::Note;
use crate::testing::objects;

const WORLD: &str = r#"[
    {"type": "kubernetes_cluster_role", "value": {"metadata": [{"name": "reader"}], "rule": [
        {"api_groups": [""], "resources": ["secrets", "pods"], "verbs": ["get", "list"]},
        {"api_groups": [""], "resources": ["configmaps"], "resource_names": ["settings"], "verbs": ["update", "create"]}]}},
    {"type": "kubernetes_role_binding_v1", "value": {"metadata": [{"name": "b", "namespace": "shop"}],
        "role_ref": [{"kind": "ClusterRole", "name": "reader"}],
        "subject": [{"kind": "Group", "name": "strata:shop:plan"}, {"kind": "ServiceAccount", "name": "robot", "namespace": "shop"}]}},
    {"type": "kubernetes_cluster_role_binding", "value": {"metadata": [{"name": "v"}],
        "role_ref": [{"kind": "ClusterRole", "name": "view"}], "subject": [{"kind": "User", "name": "ada"}]}},
    {"type": "kubernetes_manifest", "value": {"manifest": {"type": "object", "value": {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
        "metadata": {"name": "widgets", "labels": {"rbac.authorization.k8s.io/aggregate-to-view": "true"}},
        "rules": [{"apiGroups": ["acme.example"], "resources": ["widgets"], "verbs": ["get"]}]}}}},
    {"type": "kubernetes_cluster_role_binding", "value": {"metadata": [{"name": "lost"}],
        "role_ref": [{"kind": "ClusterRole", "name": "nobody-made-it"}], "subject": [{"kind": "User", "name": "bo"}]}},
    {"type": "kubernetes_cluster_role_binding", "value": {"metadata": [{"name": "planned"}],
        "role_ref": [{"kind": "ClusterRole", "name": "reader"}], "subject": [{"kind": "User", "name": "?"}]}},
    {"type": "aws_eks_access_entry", "value": {"principal_arn": "arn:aws:iam::1:role/shop-plan", "kubernetes_groups": ["strata:shop:plan"]}},
    {"type": "aws_eks_access_entry", "value": {"principal_arn": "arn:aws:iam::1:role/base"}},
    {"type": "aws_eks_access_policy_association", "value": {"principal_arn": "arn:aws:iam::1:role/base",
        "policy_arn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", "access_scope": [{"type": "cluster"}]}},
    {"type": "helm_release", "value": {"name": "app"}}
]"#;

fn cluster() -> (Cluster, Vec<Note>) {
    let mut notes = Vec::new();
    let mut all = collect::read(&objects(WORLD), &mut notes);
    assert_eq!(all.len(), 1);
    (all.remove(0), notes)
}

#[test]
fn rules_add_up_within_their_namespaces() {
    let (cluster, notes) = cluster();
    let group = Subject::Group("strata:shop:plan".into());
    let cloud = Subject::Cloud("arn:aws:iam::1:role/shop-plan".into());
    let base = Subject::Cloud("arn:aws:iam::1:role/base".into());
    let (ada, bo) = (Subject::User("ada".into()), Subject::User("bo".into()));
    let robot = Subject::ServiceAccount("shop".into(), "robot".into());
    let check = |who: &Subject,
                 verb: &str,
                 resource: &str,
                 namespace: Option<&str>,
                 name: Option<&str>,
                 expect: Answer| {
        let group = if resource == "widgets" { "acme.example" } else { kind_of(resource) };
        let request = Request {
            verb: verb.into(),
            group: group.into(),
            resource: resource.into(),
            namespace: namespace.map(Arc::from),
            name: name.map(Arc::from),
            url: None,
        };
        assert_eq!(
            cluster.may(who, &request).answer,
            expect,
            "{who} {verb} {resource} {namespace:?} {name:?}"
        );
    };
    use Answer::{If, May, No, Yes};
    for who in [&group, &cloud, &robot] {
        check(who, "get", "secrets", Some("shop"), None, Yes);
        check(who, "get", "secrets", Some("search"), None, No);
        check(who, "get", "secrets", None, None, If);
        check(who, "get", "nodes", None, None, No);
        check(who, "delete", "secrets", Some("shop"), None, No);
    }
    check(&group, "update", "configmaps", Some("shop"), Some("settings"), Yes);
    check(&group, "update", "configmaps", Some("shop"), Some("other"), No);
    check(&group, "update", "configmaps", Some("shop"), None, If);
    check(&group, "create", "configmaps", Some("shop"), None, No);
    check(&ada, "get", "deployments", Some("shop"), None, Yes);
    check(&ada, "get", "secrets", Some("shop"), None, No);
    check(&ada, "get", "widgets", Some("shop"), None, Yes);
    check(&bo, "get", "pods", Some("shop"), None, May);
    check(&base, "delete", "nodes", None, Some("n"), Yes);
    check(&Subject::Group("(not known yet)".into()), "get", "pods", Some("shop"), None, No);
    let told: Vec<String> = notes.iter().map(|note| note.what.to_string()).collect();
    assert_eq!(
        told,
        [
            "what the chart makes",
            "role nobody-made-it is neither of the estate nor one that clusters bring"
        ]
    );
}

#[test]
fn the_path_names_entry_binding_and_role() {
    let (cluster, _) = cluster();
    let request = Request {
        verb: "get".into(),
        resource: "secrets".into(),
        namespace: Some("shop".into()),
        ..Request::default()
    };
    let decision = cluster.may(&Subject::Cloud("arn:aws:iam::1:role/shop-plan".into()), &request);
    let path: Vec<String> = decision.path.iter().map(ToString::to_string).collect();
    assert_eq!(
        path,
        [
            "is group strata:shop:plan in the cluster [dev/test//aws_eks_access_entry.6]",
            "binding b [dev/test//kubernetes_role_binding_v1.1]",
            "role reader [dev/test//kubernetes_cluster_role.0]",
        ]
    );
}

#[test]
fn classes_are_told_by_namespace() {
    let (cluster, _) = cluster();
    let told = |who: Subject| {
        let held = cluster.held(&who);
        held.iter()
            .map(|one| format!("{} {}", one.class.word(), one.place))
            .collect::<Vec<_>>()
            .join(", ")
    };
    assert_eq!(told(Subject::Group("strata:shop:plan".into())), "read shop, data shop, write shop");
    assert_eq!(told(Subject::User("ada".into())), "read all");
    let base = Subject::Cloud("arn:aws:iam::1:role/base".into());
    assert_eq!(
        told(base),
        "read all, data all, write all, delete all, permissions all, become all"
    );
}

#[test]
fn entries_that_are_not_known_yet_are_somebodys() {
    let check = |entry: &str, who: &str, expect: Answer| {
        let world = format!(
            r#"[{{"type": "aws_eks_access_entry", "value": {entry}}},
                {{"type": "kubernetes_cluster_role_binding", "value": {{"metadata": [{{"name": "b"}}],
                    "role_ref": [{{"kind": "ClusterRole", "name": "view"}}], "subject": [{{"kind": "Group", "name": "viewers"}}]}}}}]"#
        );
        let all = collect::read(&objects(&world), &mut Vec::new());
        let request = Request {
            verb: "get".into(),
            resource: "pods".into(),
            namespace: Some("shop".into()),
            ..Request::default()
        };
        assert_eq!(all[0].may(&Subject::Cloud(who.into()), &request).answer, expect, "{entry}");
    };
    check(r#"{"principal_arn": "one", "kubernetes_groups": ["viewers"]}"#, "one", Answer::Yes);
    check(r#"{"principal_arn": "one", "kubernetes_groups": ["?"]}"#, "one", Answer::May);
    check(
        r#"{"principal_arn": "?", "kubernetes_groups": ["viewers"]}"#,
        "(not known yet)",
        Answer::Yes,
    );
    check(r#"{"principal_arn": "one", "kubernetes_groups": []}"#, "one", Answer::No);
}
