//! An emulator of AWS that enforces IAM, started for one test.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The account that the emulator knows; also the access key of its root.
pub(crate) const ACCOUNT: &str = "111111111111";

/// Lets everybody of the account assume a role.
pub(crate) const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":["sts:AssumeRole","sts:TagSession"]}]}"#;

/// An emulator of AWS, killed when dropped.
pub(crate) struct Cloud {
    child: Child,
    /// Where it answers.
    pub(crate) url: String,
    _folder: tempfile::TempDir,
}

impl Drop for Cloud {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The emulator's program; none where it is not there, which is said.
pub(crate) fn ministack() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a test finds its parts by the environment")]
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let cache = variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")));
    let parts = variable("STRATA_PARTS").or_else(|| Some(cache?.join("strata-parts")))?;
    let program = parts.join("python/ministack-1.5.33/bin/ministack");
    if program.exists() {
        return Some(program);
    }
    skipped();
    None
}

#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn skipped() {
    eprintln!("skipped: roles by a token service (no ministack 1.5.33: run `cargo xtask parts`)");
}

impl Cloud {
    /// Starts it.
    pub(crate) fn start(program: &Path) -> Cloud {
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

    /// Calls the service of identities as the account's root.
    pub(crate) fn iam(&self, action: &str, parameters: &[(&str, &str)]) {
        let scope = format!(
            "AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/eu-west-1/iam/aws4_request, SignedHeaders=host, Signature=0"
        );
        let mut body = format!("Action={action}&Version=2010-05-08");
        for (name, value) in parameters {
            let value: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
            body.push_str(&format!("&{name}={value}"));
        }
        let headers = [
            ("authorization", scope),
            ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ];
        let url = format!("{}/", self.url);
        let post = host::HttpPost { url: &url, headers: &headers, body: &body };
        let made = host::Http::default().post(&post).expect("an answer");
        assert_eq!(made.status, 200, "{action}: {}", String::from_utf8_lossy(&made.body));
    }

    /// Makes a role that may do what the policy says.
    pub(crate) fn make_role(&self, name: &str, policy: &str) {
        self.iam("CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", TRUST)]);
        self.iam(
            "PutRolePolicy",
            &[("RoleName", name), ("PolicyName", "own"), ("PolicyDocument", policy)],
        );
    }
}
