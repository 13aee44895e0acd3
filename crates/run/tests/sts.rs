//! Roles by the token service of a real emulator that enforces IAM: who may assume which role is the emulator's to say.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use addr::ProviderAddr;
use diag::{Diags, SourceMap};
use estate::{StackGraph, UnknownSecrets};
use host::{Environment, Host};
use provider::{Launch, Purpose, Sharing};
use run::credentials::{Identities, Patience, Subject, Under, Wanted};

/// The account that the emulator knows.
const ACCOUNT: &str = "111111111111";

/// An emulator of AWS, killed when dropped.
struct Cloud {
    child: Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl Drop for Cloud {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The emulator's program; none where it is not there, which is said.
fn ministack() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a test finds its parts by the environment")]
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let cache = variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")));
    let parts = variable("STRATA_PARTS").or_else(|| Some(cache?.join("strata-parts")))?;
    let program = parts.join("python/ministack-1.5.33/bin/ministack");
    if program.exists() {
        return Some(program);
    }
    println!("SKIPPED: needs ministack 1.5.33: run `cargo xtask parts`");
    None
}

impl Cloud {
    fn start(program: &Path) -> Cloud {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("its address").port().to_string();
        drop(free);
        let folder = tempfile::tempdir().expect("a folder");
        let child = Command::new(program)
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", &port)
            .env("MINISTACK_PORT", &port)
            .env("MINISTACK_REGION", "eu-west-1")
            .env("AUTH", "true")
            .env_remove("AWS_ACCESS_KEY_ID")
            .env_remove("AWS_SECRET_ACCESS_KEY")
            .env_remove("AWS_SESSION_TOKEN")
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let cloud = Cloud { child, url: format!("http://127.0.0.1:{port}"), _folder: folder };
        let begun = Instant::now();
        while !cloud.answers() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the emulator does not answer");
            std::thread::park_timeout(Duration::from_millis(100));
        }
        cloud
    }

    fn answers(&self) -> bool {
        let url = format!("{}/_ministack/health", self.url);
        let post = host::HttpPost { url: &url, headers: &[], body: "" };
        host::Http::default().post(&post).is_ok()
    }

    /// Makes a role, as the account's root.
    fn make_role(&self, name: &str, trust: &str) {
        let scope = format!("AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/eu-west-1/iam/aws4_request, SignedHeaders=host, Signature=0");
        let escape = |text: &str| -> String {
            text.bytes().map(|byte| format!("%{byte:02X}")).collect()
        };
        let body = format!(
            "Action=CreateRole&Version=2010-05-08&RoleName={name}&AssumeRolePolicyDocument={}",
            escape(trust)
        );
        let headers = [
            ("authorization", scope),
            ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ];
        let url = format!("{}/", self.url);
        let post = host::HttpPost { url: &url, headers: &headers, body: &body };
        let made = host::Http::default().post(&post).expect("an answer");
        assert_eq!(made.status, 200, "{}", String::from_utf8_lossy(&made.body));
    }

    /// The identities of an estate whose base credentials are these.
    fn identities(&self, access: &str, secret: &str) -> Identities {
        let mut host = Host::real().expect("a world");
        let pairs = [
            ("AWS_ACCESS_KEY_ID", access),
            ("AWS_SECRET_ACCESS_KEY", secret),
            ("AWS_ENDPOINT_URL", &self.url),
            ("AWS_REGION", "eu-west-1"),
        ];
        host.environment = Environment::of(pairs.map(|(n, v)| (n.to_owned(), v.to_owned())));
        Identities::new(&host, Path::new("/"))
    }
}

/// What `dev/network` wants.
fn wanted() -> (Subject, Wanted) {
    let text = format!(
        "estate {{\n  name = \"acme\"\n  credentials \"aws\" {{\n    plan_role  = \"arn:aws:iam::{ACCOUNT}:role/${{self.name}}-plan\"\n    apply_role = \"arn:aws:iam::{ACCOUNT}:role/${{self.name}}-apply\"\n  }}\n}}\nlayer \"l\" {{}}\nenvironment \"dev\" {{}}\nstack \"network\" {{\n  layer = \"l\"\n  source = \"./network\"\n}}\n"
    );
    let mut diags = Diags::new();
    let file =
        syntax::parse_native(SourceMap::new().add("strata.hcl", text.clone()), &text, &mut diags);
    let estate = estate::read(&file, &[], &mut diags).expect("an estate");
    let dev = estate.environment("dev").expect("it is there");
    let graph = StackGraph::new(&estate, dev, &mut diags).expect("a graph");
    let wanted = Wanted::evaluate(&estate, &graph.order[0], &[aws()], &UnknownSecrets, &mut diags);
    (Subject::of(&estate, &graph.order[0]), wanted.expect("settings"))
}

fn aws() -> ProviderAddr {
    ProviderAddr::implied("aws").expect("a name")
}

async fn under(identities: &Identities, purpose: Purpose) -> Result<Under, diag::Diagnostic> {
    let launch = Launch {
        provider: "hashicorp/aws".into(),
        binary: "/bin/x".into(),
        working_dir: "/".into(),
        sharing: Sharing::AnyFolder,
        environment: Arc::default(),
        identity: "".into(),
        purpose: Purpose::Apply,
    };
    let launches = BTreeMap::from([(aws(), launch)]);
    let (subject, wanted) = wanted();
    identities.under(subject, wanted, &launches, purpose, Patience::None).await
}

#[tokio::test]
async fn roles_are_assumed_where_the_emulator_lets_them_be() {
    let Some(program) = ministack() else { return };
    let cloud = Cloud::start(&program);
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":["sts:AssumeRole","sts:TagSession"]}]}"#;
    cloud.make_role("network-plan", trust);
    let identities = cloud.identities(ACCOUNT, "test");
    let plan = under(&identities, Purpose::Plan).await.expect("the role is there");
    assert!(plan.absent.is_empty(), "{:?}", plan.absent);
    let environment = &plan.launches[&aws()].environment;
    let value = |name: &str| environment.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    assert!(value("AWS_ACCESS_KEY_ID").is_some_and(|key| key.starts_with("ASIA")));
    assert!(value("AWS_SESSION_TOKEN").is_some_and(|token| !token.is_empty()));
    // The role to apply is not there yet.
    let apply = under(&identities, Purpose::Apply).await.expect("told");
    let [absent] = apply.absent.as_slice() else { panic!("{:?}", apply.absent) };
    assert!(absent.cause.contains("network-apply does not exist yet"), "{}", absent.cause);
    // A stranger is refused.
    let stranger = cloud.identities("AKIASTRANGER", "wrong");
    let said = match under(&stranger, Purpose::Plan).await {
        Ok(told) => told.absent.into_iter().next().expect("a stranger gets nothing").diagnostic,
        Err(said) => said,
    };
    assert_eq!(said.code.0, "credentials-refused");
    assert!(said.detail.contains("The token service answered "), "{}", said.detail);
}
