//! The clouds that acme runs on: a cluster with RBAC, and where the AWS provider is on the machine an AWS with IAM enforced.
//!
//! Invariant: the emulator's EKS cluster has the address of the API server that was started, so it *is* that cluster.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value as Json, json};

use super::calls::{self, Answer, Call};
use crate::e2e::cluster::{Caller, Cluster};
use crate::e2e::servers::{Server, fetch, free_port};

/// The account of `dev`.
pub(super) const ACCOUNT: &str = "111111111111";
/// The stacks that work inside of the cluster.
pub(super) const IN_CLUSTER: [&str; 6] =
    ["cluster-base", "logging", "policy", "ingress", "shop", "search"];
/// The stacks of `dev` that have roles of their own.
pub(super) const WITH_ROLES: [&str; 11] = [
    "identity",
    "network",
    "registry",
    "database",
    "eks",
    "cluster-base",
    "logging",
    "policy",
    "ingress",
    "shop",
    "search",
];

/// All that runs.
pub(super) struct World {
    /// The cluster.
    pub(super) cluster: Cluster,
    /// The cloud's address, where it runs.
    pub(super) cloud: Option<String>,
    parts: PathBuf,
    template: PathBuf,
    _server: Option<Server>,
}

impl World {
    /// Starts it; `folder` is for its logs and stores.
    pub(super) fn start(
        root: &Path,
        parts: &Path,
        folder: &Path,
        with_aws: bool,
    ) -> Result<World, String> {
        let cluster = Cluster::start_for(parts, folder, &callers())?;
        let template = root.join("xtask/e2e/acme");
        let provider = parts.join("providers/registry.opentofu.org/hashicorp/aws/5.100.0");
        let mut world =
            World { cluster, cloud: None, parts: parts.into(), template, _server: None };
        if with_aws && provider.exists() && world.python().exists() {
            world.start_cloud(folder)?;
        }
        world.stand_in_for_access_policies()?;
        Ok(world)
    }

    fn start_cloud(&mut self, folder: &Path) -> Result<(), String> {
        let port = free_port()?;
        let mut command = Command::new(self.parts.join("python/ministack-1.5.33/bin/ministack"));
        command.env("BIND_HOST", "127.0.0.1").env("GATEWAY_PORT", port.to_string());
        command.env("MINISTACK_PORT", port.to_string()).env("MINISTACK_REGION", "eu-west-1");
        command.env("AUTH", "true").env("CLOUDTRAIL_RECORDING", "1");
        command.env("CLOUDTRAIL_MAX_EVENTS", "100000");
        command.env("EKS_BASE_PORT", self.cluster.port.to_string()).current_dir(folder);
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
            command.env_remove(name);
        }
        let endpoint = format!("http://127.0.0.1:{port}");
        let health = format!("{endpoint}/_ministack/health");
        let server =
            Server::start("ministack", command, folder)?.wait(|| fetch(&health, None).is_some())?;
        self.cloud = Some(endpoint);
        self._server = Some(server);
        Ok(())
    }

    /// What EKS does by `AmazonEKSAdminViewPolicy`, which no RBAC object of ours stands for: the plan role of `cluster-base`
    /// sees everything. (Its apply role is an administrator, as `AmazonEKSClusterAdminPolicy` says.)
    fn stand_in_for_access_policies(&self) -> Result<(), String> {
        let rbac = "/apis/rbac.authorization.k8s.io/v1";
        let role = json!({
            "metadata": {"name": "eks-admin-view"},
            "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch"]}],
        });
        let binding = json!({
            "metadata": {"name": "eks-admin-view"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "eks-admin-view"},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "strata:cluster-base:plan"}],
        });
        let made = self.call(&[
            Call::cluster("root", "POST", &format!("{rbac}/clusterroles")).body(role),
            Call::cluster("root", "POST", &format!("{rbac}/clusterrolebindings")).body(binding),
        ])?;
        match made.iter().find(|answer| !answer.code.is_empty()) {
            None => Ok(()),
            Some(answer) => Err(format!("the cluster does not take roles: {}", answer.answer)),
        }
    }

    /// Calls the clouds directly.
    pub(super) fn call(&self, calls: &[Call]) -> Result<Vec<Answer>, String> {
        let asked = json!({
            "endpoint": self.cloud, "region": "eu-west-1", "account": ACCOUNT, "org": "acme", "env": "dev",
            "kube": self.cluster.host, "admin": self.cluster.token(),
            "calls": calls.iter().map(Call::to_json).collect::<Vec<Json>>(),
        });
        calls::make(&self.python(), &self.template.join("call.py"), &asked)
    }

    /// One call of the administrator; what was answered.
    pub(super) fn ask(&self, service: &str, operation: &str, with: Json) -> Result<Json, String> {
        let mut answers = self.call(&[Call::cloud("root", service, operation, with)])?;
        let answer = answers.pop().ok_or("no answer")?;
        if answer.code.is_empty() {
            Ok(answer.answer)
        } else {
            Err(format!("{service} {operation}: {}", answer.answer))
        }
    }

    /// The cloud's log of the calls that were answered, in order: operation and parameters.
    pub(super) fn trail(&self) -> Result<Vec<(String, Json)>, String> {
        let told = self.ask("cloudtrail", "lookup_events", json!({}))?;
        let events = told.as_array().into_iter().flatten();
        Ok(events.map(|event| (operation(event), event["requestParameters"].clone())).collect())
    }

    /// The environment that `strata` runs in.
    pub(super) fn environment(&self) -> Result<Vec<(String, String)>, String> {
        let path = std::env::var("PATH").unwrap_or_default();
        let mut set = vec![
            ("PATH".to_owned(), format!("{}:{path}", self.template.display())),
            ("KUBE_INSECURE".to_owned(), "true".to_owned()),
            ("ACME_PYTHON".to_owned(), self.python().display().to_string()),
            ("ACME_LOCAL_TOKEN".to_owned(), self.cluster.token().to_owned()),
            (
                "TF_CLI_CONFIG_FILE".to_owned(),
                crate::parts::mirror_config(&self.parts)?.display().to_string(),
            ),
            ("NO_COLOR".to_owned(), "1".to_owned()),
        ];
        if let Some(endpoint) = &self.cloud {
            for (name, value) in [
                ("AWS_ENDPOINT_URL", endpoint.as_str()),
                ("AWS_ACCESS_KEY_ID", ACCOUNT),
                ("AWS_SECRET_ACCESS_KEY", "test"),
                ("AWS_REGION", "eu-west-1"),
                ("AWS_EC2_METADATA_DISABLED", "true"),
            ] {
                set.push((name.to_owned(), value.to_owned()));
            }
        }
        Ok(set)
    }

    fn python(&self) -> PathBuf {
        self.parts.join("python/ministack-1.5.33/bin/python")
    }
}

/// The name of an operation in the emulator's log, which for some services holds no more than method and service.
fn operation(event: &Json) -> String {
    let parameters = &event["requestParameters"];
    let name = event["eventName"].as_str().unwrap_or_default();
    match (parameters["Action"].as_str(), name) {
        (Some(action), _) => action.to_owned(),
        (None, "POST.eks") if parameters["nodegroupName"].is_string() => "CreateNodegroup".into(),
        (None, name) => name.to_owned(),
    }
}

/// Who the cluster knows: the roles of all stacks, by the groups that the cluster's access entries give them.
fn callers() -> Vec<Caller> {
    // Somebody who may do everything, and does it by hand.
    let eve = Caller { name: "acme-dev-eve".into(), group: Some("system:masters".into()) };
    let mut callers = vec![eve];
    for stack in WITH_ROLES {
        for purpose in ["plan", "apply"] {
            let group = match (stack, purpose) {
                ("cluster-base", "apply") => Some("system:masters".to_owned()),
                _ if IN_CLUSTER.contains(&stack) => Some(format!("strata:{stack}:{purpose}")),
                _ => None,
            };
            callers.push(Caller { name: format!("acme-dev-{stack}-{purpose}"), group });
        }
    }
    // Those under whom access is derived, and who then have what was derived.
    callers.push(Caller { name: "derive-everything".into(), group: Some("system:masters".into()) });
    callers.extend(
        ["derived-plan", "derived-apply"].map(|name| Caller { name: name.into(), group: None }),
    );
    callers
}
