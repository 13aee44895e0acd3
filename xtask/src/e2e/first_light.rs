//! First light: four wired stacks in three layers on real parts, planned from nothing, applied, asked for through the
//! parts' own APIs, changed, destroyed.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::cluster::Cluster;
use super::servers::{Server, fetch, free_port};
use super::signing::{losses, make_key};

/// What the estate's values are filled with.
#[derive(Clone, Copy)]
struct Values {
    cidr: &'static str,
    greeting: &'static str,
}

const VALUES: Values = Values { cidr: "10.7.0.0/16", greeting: "hello" };

/// Runs it all; the first thing that is not as it should be ends it.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<(), String> {
    let with_aws = !args.iter().any(|arg| arg == "--without-aws");
    let parts = crate::parts::cache();
    let folder = std::env::temp_dir().join(format!("strata-e2e-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    let ended = scenario(root, &parts, &folder, with_aws);
    if ended.is_ok() {
        let _ = std::fs::remove_dir_all(&folder);
    } else {
        eprintln!("what was there is kept in {}", folder.display());
    }
    ended
}

fn scenario(root: &Path, parts: &Path, folder: &Path, with_aws: bool) -> Result<(), String> {
    let strata = build(root)?;
    say("starting etcd, kube-apiserver, kube-controller-manager");
    let cluster = Cluster::start(parts, folder)?;
    let cloud = if with_aws { Cloud::start(parts, folder)? } else { None };
    let estate = Estate {
        strata,
        folder: folder.join("estate"),
        cli_config: crate::parts::mirror_config(parts)?,
        template: root.join("xtask/e2e/first-light"),
    };
    estate.lay(&cluster, cloud.as_ref(), VALUES)?;
    estate.run(&["init"], 0)?;
    estate.run(&["validate"], 0)?;
    let plan = estate.run(&["plan", "-env", "test", "-detailed-exitcode"], 2)?;
    for stack in ["names", "network", "cluster", "service"] {
        expect(plan.contains(stack), &format!("the plan from nothing names {stack}"))?;
    }
    estate.run(&["apply", "-env", "test", "-auto-approve"], 0)?;
    let namespace = estate.run(&["output", "-raw", "test/cluster", "namespace"], 0)?;
    objects_exist(&cluster, cloud.as_ref(), namespace.trim())?;
    estate.run(&["plan", "-env", "test", "-detailed-exitcode"], 0)?;
    say("second plan: no changes");
    one_change(&estate, &cluster, cloud.as_ref())?;
    destroy(&estate)?;
    nothing_left(&cluster, cloud.as_ref(), namespace.trim())?;
    let left = estate.run(&["state", "list", "-stack", "test/cluster"], 0)?;
    expect(left.trim().is_empty(), "the state of test/cluster is empty")?;
    say("destroyed, nothing left behind");
    match cloud {
        Some(_) => println!("first light: all on real parts, network on ministack"),
        None => println!(
            "first light: network on local and tls, without AWS (its provider is not on this machine, or was left out)"
        ),
    }
    Ok(())
}

/// One changed input plans exactly the stack that it reaches, and applies there; one that would pull the ground away
/// from under the stacks above is refused.
fn one_change(estate: &Estate, cluster: &Cluster, cloud: Option<&Cloud>) -> Result<(), String> {
    estate.lay(cluster, cloud, Values { greeting: "good morning", ..VALUES })?;
    let plan = estate.run(&["plan", "-env", "test", "-json"], 0)?;
    let changed = changed_stacks(&plan)?;
    expect(
        changed == ["test/service"],
        &format!("a changed greeting plans the service alone, not {changed:?}"),
    )?;
    estate.run(&["apply", "-env", "test", "-auto-approve"], 0)?;
    let namespace = estate.run(&["output", "-raw", "test/cluster", "namespace"], 0)?;
    let path = format!("/api/v1/namespaces/{}/configmaps/settings", namespace.trim());
    let told = cluster.ask(&path).unwrap_or_default();
    expect(told.contains("good morning"), "the cluster has the new greeting")?;
    say("one changed input plans what it touches");
    if let Some(own) = cloud {
        estate.lay(cluster, cloud, Values { cidr: "10.8.0.0/16", ..VALUES })?;
        estate.run(&["plan", "-env", "test"], 0)?;
        estate.run(&["apply", "-env", "test", "-auto-approve"], 1)?;
        expect(own.vpcs().contains(VALUES.cidr), "the network is still there")?;
        say("replacing the network under what stands on it is refused");
    }
    estate.lay(cluster, cloud, Values { greeting: "good morning", ..VALUES })
}

/// Destroys everything; what bears data, a namespace, goes only once its address is signed for.
fn destroy(estate: &Estate) -> Result<(), String> {
    estate.run(&["destroy", "-env", "test", "-auto-approve"], 1)?;
    let page = estate.run(&["plan", "-env", "test", "-destroy", "-json"], 0)?;
    let page: serde_json::Value = serde_json::from_str(&page).map_err(|e| e.to_string())?;
    let plan = page["plan"].as_str().ok_or("the plan has no id")?;
    let key = estate.folder.join("key").display().to_string();
    make_key(Path::new(&key), "first light")?;
    let data = losses(&page);
    expect(!data.is_empty(), "the plan that destroys names what bears data")?;
    let mut approve = vec!["approve", plan, "-key", &key];
    data.iter().for_each(|address| approve.extend(["-destroy-data", address]));
    estate.run(&approve, 0)?;
    estate.run(&["apply", plan], 0)?;
    Ok(())
}

/// The addresses of the stacks that change, by the plan's JSON.
fn changed_stacks(plan: &str) -> Result<Vec<String>, String> {
    let document: serde_json::Value =
        serde_json::from_str(plan).map_err(|e| format!("{e}\n{plan}"))?;
    let stacks = document["stacks"].as_array().into_iter().flatten();
    let changing = stacks.filter(|stack| stack["has_changes"] == true);
    Ok(changing.filter_map(|stack| stack["address"].as_str().map(str::to_owned)).collect())
}

fn objects_exist(cluster: &Cluster, cloud: Option<&Cloud>, namespace: &str) -> Result<(), String> {
    for path in namespaced(namespace) {
        expect(cluster.ask(&path).is_some(), &format!("the cluster has {path}"))?;
    }
    if let Some(cloud) = cloud {
        expect(cloud.vpcs().contains(VALUES.cidr), "the cloud has the network")?;
    }
    say("the objects exist, asked through the parts' own APIs");
    Ok(())
}

fn nothing_left(cluster: &Cluster, cloud: Option<&Cloud>, namespace: &str) -> Result<(), String> {
    let path = format!("/api/v1/namespaces/{namespace}");
    expect(cluster.ask(&path).is_none(), "the namespace is gone")?;
    if let Some(cloud) = cloud {
        expect(!cloud.vpcs().contains(VALUES.cidr), "the network is gone from the cloud")?;
    }
    Ok(())
}

fn namespaced(namespace: &str) -> [String; 5] {
    let core = format!("/api/v1/namespaces/{namespace}");
    [
        core.clone(),
        format!("{core}/resourcequotas/team"),
        format!("{core}/configmaps/settings"),
        format!("/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/roles/reader"),
        format!("/apis/apps/v1/namespaces/{namespace}/deployments/web"),
    ]
}

/// The cloud emulator, where the AWS provider is on the machine.
struct Cloud {
    endpoint: String,
    _server: Server,
}

impl Cloud {
    fn start(parts: &Path, folder: &Path) -> Result<Option<Cloud>, String> {
        let provider = parts.join("providers/registry.opentofu.org/hashicorp/aws/5.100.0");
        let program = parts.join("python/ministack-1.5.33/bin/ministack");
        if !provider.exists() || !program.exists() {
            return Ok(None);
        }
        say("starting ministack");
        let port = free_port()?;
        let mut command = Command::new(program);
        command.env("BIND_HOST", "127.0.0.1").env("GATEWAY_PORT", port.to_string());
        command.env("MINISTACK_PORT", port.to_string()).current_dir(folder);
        let endpoint = format!("http://127.0.0.1:{port}");
        let health = format!("{endpoint}/_ministack/health");
        let server =
            Server::start("ministack", command, folder)?.wait(|| fetch(&health, None).is_some())?;
        Ok(Some(Cloud { endpoint, _server: server }))
    }

    /// What the cloud says of its networks.
    fn vpcs(&self) -> String {
        let url = format!("{}/?Action=DescribeVpcs&Version=2016-11-15", self.endpoint);
        // The emulator reads region and service from the scope of the credential.
        let scope = "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/ec2/aws4_request, SignedHeaders=host, Signature=0";
        fetch(&url, Some(scope)).unwrap_or_default()
    }
}

/// The estate's folder and the program that works in it.
struct Estate {
    strata: PathBuf,
    folder: PathBuf,
    cli_config: PathBuf,
    template: PathBuf,
}

impl Estate {
    /// Lays the estate's files, filled in; state and store stay.
    fn lay(&self, cluster: &Cluster, cloud: Option<&Cloud>, values: Values) -> Result<(), String> {
        let network = if cloud.is_some() { "network-aws" } else { "network-local" };
        let filled = [
            ("@KUBE_HOST@", cluster.host.as_str()),
            ("@KUBE_TOKEN@", cluster.token()),
            ("@AWS_ENDPOINT@", cloud.map_or("", |cloud| &cloud.endpoint)),
            ("@NETWORK@", network),
            ("@CIDR@", values.cidr),
            ("@GREETING@", values.greeting),
        ];
        copy(&self.template, &self.folder)?;
        let file = self.folder.join("strata.hcl");
        let laid =
            std::fs::read_to_string(self.folder.join("strata.hcl")).map_err(|e| e.to_string())?;
        let text = filled.iter().fold(laid, |text, (name, value)| text.replace(name, value));
        let text = match self.id() {
            Some(id) => text.replace(
                "name  = \"first-light\"",
                &format!("name  = \"first-light\"\n  id    = \"{id}\""),
            ),
            None => text,
        };
        std::fs::write(file, text).map_err(|e| e.to_string())
    }

    /// The id that `init` wrote, kept beside the estate since its file is laid again.
    fn id(&self) -> Option<String> {
        std::fs::read_to_string(self.folder.join(".estate-id")).ok()
    }

    fn keep_id(&self) -> Result<(), String> {
        let text =
            std::fs::read_to_string(self.folder.join("strata.hcl")).map_err(|e| e.to_string())?;
        let id = text.lines().find_map(|line| {
            let (name, value) = line.split_once('=')?;
            (name.trim() == "id").then(|| value.trim().trim_matches('"').to_owned())
        });
        let id = id.ok_or("`strata init` wrote no id into strata.hcl")?;
        std::fs::write(self.folder.join(".estate-id"), id).map_err(|e| e.to_string())
    }

    /// Runs `strata`; what it printed, where it ended with the code that is expected.
    fn run(&self, args: &[&str], code: i32) -> Result<String, String> {
        say(&format!("strata {}", args.join(" ")));
        let out = Command::new(&self.strata)
            .args(args)
            .current_dir(&self.folder)
            .env("TF_CLI_CONFIG_FILE", &self.cli_config)
            .env("NO_COLOR", "1")
            .output()
            .map_err(|e| e.to_string())?;
        let printed = String::from_utf8_lossy(&out.stdout).into_owned();
        if out.status.code() != Some(code) {
            let said = String::from_utf8_lossy(&out.stderr);
            return Err(format!(
                "expected exit code {code}, got {}\n{printed}\n{said}",
                out.status
            ));
        }
        if args == ["init"] {
            self.keep_id()?;
        }
        Ok(printed)
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    std::fs::create_dir_all(to).map_err(|e| e.to_string())?;
    for entry in std::fs::read_dir(from).map_err(|e| e.to_string())? {
        let path = entry.map_err(|e| e.to_string())?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            std::fs::copy(&path, &target).map_err(|e| e.to_string())?;
        }
    }
    Ok(())
}

/// Builds the program as e2e runs use it, and tells where it is; `STRATA_BIN` names one that is built already.
pub(crate) fn build(root: &Path) -> Result<PathBuf, String> {
    if let Some(built) = std::env::var_os("STRATA_BIN") {
        return Ok(PathBuf::from(built));
    }
    let built = Command::new("cargo")
        .args(["build", "--quiet", "--profile", "quick", "--package", "cli"])
        .current_dir(root)
        .status()
        .map_err(|e| e.to_string())?;
    if built.success() {
        Ok(root.join("target/quick/strata"))
    } else {
        Err("strata could not be built".into())
    }
}

fn expect(holds: bool, what: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("not so: {what}")) }
}

fn say(text: &str) {
    println!("  {text}");
}
