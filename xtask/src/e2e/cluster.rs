//! A Kubernetes API server with its store and its controllers: real, except that no pod runs.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::servers::{Server, fetch, free_port};

/// The token of the cluster's administrator, for this run only.
const TOKEN: &str = "e2e-administrator";
/// The same as a header.
const BEARER: &str = "Bearer e2e-administrator";

/// A caller that the cluster knows: its token is its name.
pub(crate) struct Caller {
    /// Name of the user, and the token.
    pub(crate) name: String,
    /// The group that it is in, if any.
    pub(crate) group: Option<String>,
}

/// What the API server writes to its audit log: each request, once it was answered.
const AUDIT_POLICY: &str = "apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: Metadata
    omitManagedFields: true
";

/// A running cluster; dropping it stops it, controllers first.
pub(crate) struct Cluster {
    /// Its address.
    pub(crate) host: String,
    /// Its port.
    pub(crate) port: u16,
    audit: PathBuf,
    _servers: Vec<Server>,
}

impl Cluster {
    /// Starts etcd, kube-apiserver and kube-controller-manager.
    pub(crate) fn start(parts: &Path, folder: &Path) -> Result<Cluster, String> {
        Cluster::start_for(parts, folder, &[])
    }

    /// The same, with callers beside the administrator.
    pub(crate) fn start_for(
        parts: &Path,
        folder: &Path,
        callers: &[Caller],
    ) -> Result<Cluster, String> {
        let program = |name: &str, version: &str| -> Result<PathBuf, String> {
            let path = parts.join(format!("bin/{name}-{version}/{name}"));
            if path.exists() {
                Ok(path)
            } else {
                Err(format!("no {name}: run `cargo xtask parts {name}`"))
            }
        };
        let etcd = program("etcd", "3.6.14")?;
        let apiserver = program("kube-apiserver", "1.37.0")?;
        let controllers = program("kube-controller-manager", "1.37.0")?;
        let (client, peer, port) = (free_port()?, free_port()?, free_port()?);
        let store = format!("http://127.0.0.1:{client}");
        let store_server = start_etcd(&etcd, folder, &store, peer)?;
        write_keys(folder, callers)?;
        let host = format!("https://127.0.0.1:{port}");
        let api_server = start_apiserver(&apiserver, folder, &store, port, &host)?;
        let controller = start_controllers(&controllers, folder, &host)?;
        let audit = folder.join("audit.log");
        Ok(Cluster { host, port, audit, _servers: vec![controller, api_server, store_server] })
    }

    /// Who changed what, in order: user, verb, and path of each request that succeeded.
    pub(crate) fn changes(&self) -> Result<Vec<(String, String, String)>, String> {
        let log = std::fs::read_to_string(&self.audit).map_err(|e| e.to_string())?;
        let mut changes = Vec::new();
        for line in log.lines() {
            let event: serde_json::Value = serde_json::from_str(line).map_err(|e| e.to_string())?;
            let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            let changes_something = ["create", "update", "patch", "delete"]
                .iter()
                .any(|verb| event["verb"].as_str() == Some(verb));
            if changes_something
                && event["responseStatus"]["code"].as_u64().is_some_and(|code| code < 300)
            {
                let user = text(&event["user"]["username"]);
                changes.push((user, text(&event["verb"]), text(&event["requestURI"])));
            }
        }
        Ok(changes)
    }

    /// Its audit log.
    pub(crate) fn audit_log(&self) -> &Path {
        &self.audit
    }

    /// The API server's audit log.
    pub(crate) fn audit(&self) -> &Path {
        &self.audit
    }

    /// The administrator's token.
    pub(crate) fn token(&self) -> &'static str {
        TOKEN
    }

    /// What the API answers at a path; none where it says that there is nothing.
    pub(crate) fn ask(&self, path: &str) -> Option<String> {
        fetch(&format!("{}{path}", self.host), Some(BEARER))
    }
}

fn start_etcd(program: &Path, folder: &Path, client: &str, peer: u16) -> Result<Server, String> {
    let mut etcd = Command::new(program);
    etcd.arg("--data-dir").arg(folder.join("etcd"));
    etcd.args(["--listen-client-urls", client, "--advertise-client-urls", client]);
    etcd.arg("--listen-peer-urls").arg(format!("http://127.0.0.1:{peer}"));
    etcd.args(["--unsafe-no-fsync", "--log-level", "error"]);
    let health = format!("{client}/health");
    Server::start("etcd", etcd, folder)?.wait(|| fetch(&health, None).is_some())
}

fn start_apiserver(
    program: &Path,
    folder: &Path,
    store: &str,
    port: u16,
    host: &str,
) -> Result<Server, String> {
    let mut server = Command::new(program);
    server.args(["--etcd-servers", store, "--bind-address", "127.0.0.1"]);
    server.arg("--secure-port").arg(port.to_string());
    server.arg("--cert-dir").arg(folder.join("certs"));
    server.arg("--token-auth-file").arg(folder.join("tokens.csv"));
    server.args(["--authorization-mode", "RBAC", "--service-cluster-ip-range", "10.96.0.0/16"]);
    server.args(["--service-account-issuer", "https://kubernetes.default.svc"]);
    server.arg("--service-account-key-file").arg(folder.join("sa.pub"));
    server.arg("--service-account-signing-key-file").arg(folder.join("sa.key"));
    server.args(["--disable-admission-plugins", "ServiceAccount"]);
    let policy = folder.join("audit.yaml");
    std::fs::write(&policy, AUDIT_POLICY).map_err(|e| e.to_string())?;
    server.arg("--audit-policy-file").arg(policy);
    server.arg("--audit-log-path").arg(folder.join("audit.log"));
    let ready = format!("{host}/readyz");
    Server::start("kube-apiserver", server, folder)?.wait(|| fetch(&ready, Some(BEARER)).is_some())
}

fn start_controllers(program: &Path, folder: &Path, host: &str) -> Result<Server, String> {
    let config = folder.join("kubeconfig");
    let text = format!(
        "apiVersion: v1\nkind: Config\nclusters:\n- name: e2e\n  cluster:\n    server: {host}\n    \
         insecure-skip-tls-verify: true\nusers:\n- name: admin\n  user:\n    token: {TOKEN}\ncontexts:\n- name: e2e\n  \
         context:\n    cluster: e2e\n    user: admin\ncurrent-context: e2e\n"
    );
    std::fs::write(&config, text).map_err(|e| e.to_string())?;
    let port = free_port()?;
    let mut controllers = Command::new(program);
    controllers.arg("--kubeconfig").arg(&config);
    controllers.args(["--bind-address", "127.0.0.1", "--leader-elect=false"]);
    controllers.arg("--secure-port").arg(port.to_string());
    controllers.arg("--cert-dir").arg(folder.join("controller-certs"));
    controllers.arg("--service-account-private-key-file").arg(folder.join("sa.key"));
    controllers.args(["--use-service-account-credentials=false"]);
    let health = format!("https://127.0.0.1:{port}/healthz");
    Server::start("kube-controller-manager", controllers, folder)?
        .wait(|| fetch(&health, None).is_some())
}

/// The tokens of the administrator and the other callers, and the key of service accounts.
fn write_keys(folder: &Path, callers: &[Caller]) -> Result<(), String> {
    let mut tokens = format!("{TOKEN},admin,admin,\"system:masters\"\n");
    for Caller { name, group } in callers {
        let group = group.as_ref().map(|group| format!(",\"{group}\"")).unwrap_or_default();
        tokens.push_str(&format!("{name},{name},{name}{group}\n"));
    }
    std::fs::write(folder.join("tokens.csv"), tokens).map_err(|e| e.to_string())?;
    let (key, public) = (folder.join("sa.key"), folder.join("sa.pub"));
    openssl(&["genrsa", "-out", &key.display().to_string(), "2048"])?;
    openssl(&[
        "rsa",
        "-in",
        &key.display().to_string(),
        "-pubout",
        "-out",
        &public.display().to_string(),
    ])
}

fn openssl(args: &[&str]) -> Result<(), String> {
    let out = Command::new("openssl").args(args).output().map_err(|e| format!("openssl: {e}"))?;
    if out.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&out.stderr).into_owned())
    }
}
