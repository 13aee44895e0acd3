//! Identities against a token service of the test's own, and without any.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};

use addr::ProviderAddr;
use diag::{Diags, SourceMap};
use estate::{Estate, StackGraph, UnknownSecrets};
use host::{Environment, Host};
use provider::{Launch, Purpose, Sharing};

use super::*;

fn estate(credentials: &str) -> Estate {
    let text = format!(
        "estate {{\n  name = \"acme\"\n  {credentials}\n}}\nlayer \"infrastructure\" {{}}\n\
         environment \"dev\" {{\n  values = {{ account = \"111111111111\" }}\n}}\n\
         stack \"network\" {{\n  layer = \"infrastructure\"\n  source = \"./network\"\n}}\n"
    );
    let mut diags = Diags::new();
    let file =
        syntax::parse_native(SourceMap::new().add("strata.hcl", text.clone()), &text, &mut diags);
    let read = estate::read(&file, &[], &mut diags);
    read.unwrap_or_else(|| panic!("{:?}", diags.iter().collect::<Vec<_>>()))
}

/// The credentials of `dev/network` for providers, or the codes of what was said.
fn wanted(credentials: &str, providers: &[&str]) -> Result<(Subject, Wanted), Vec<&'static str>> {
    let estate = estate(credentials);
    let mut diags = Diags::new();
    let dev = estate.environment("dev").expect("it is there");
    let graph = StackGraph::new(&estate, dev, &mut diags).expect("a graph");
    let addrs: Vec<ProviderAddr> = providers.iter().map(|name| addr(name)).collect();
    let instance = &graph.order[0];
    let wanted = Wanted::evaluate(&estate, instance, &addrs, &UnknownSecrets, &mut diags);
    match wanted {
        Some(wanted) => Ok((Subject::of(&estate, instance), wanted)),
        None => Err(diags.iter().map(|one| one.code.0).collect()),
    }
}

fn addr(name: &str) -> ProviderAddr {
    ProviderAddr::implied(name).expect("a name")
}

fn launches(providers: &[&str]) -> BTreeMap<ProviderAddr, Launch> {
    let launch = |name: &&str| Launch {
        provider: (*name).into(),
        binary: "/bin/x".into(),
        working_dir: "/".into(),
        sharing: Sharing::AnyFolder,
        environment: Arc::default(),
        identity: "".into(),
        purpose: Purpose::Apply,
    };
    providers.iter().map(|name| (addr(name), launch(name))).collect()
}

fn identities(environment: &[(&str, &str)], dir: &Path) -> Identities {
    let mut host = Host::real().expect("a world");
    let pairs = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    host.environment = Environment::of(pairs);
    Identities::new(&host, dir)
}

async fn under(
    identities: &Identities,
    credentials: &str,
    providers: &[&str],
    purpose: Purpose,
) -> Result<Under, Diagnostic> {
    let (subject, wanted) = wanted(credentials, providers).expect("settings");
    identities.under(subject, wanted, &launches(providers), purpose, Patience::None).await
}

/// The variables of a provider's process.
fn variables<'a>(under: &'a Under, provider: &str) -> BTreeMap<&'a str, &'a str> {
    let launch = &under.launches[&addr(provider)];
    launch.environment.iter().map(|(name, value)| (&**name, &**value)).collect()
}

/// A token service that answers each request with the next of these, and tells what was asked.
fn service(answers: Vec<(u16, String)>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = asked.clone();
    std::thread::spawn(move || {
        for (status, body) in answers {
            let (mut stream, _) = listener.accept().expect("a caller");
            let mut request = Vec::new();
            let mut buffer = [0; 8192];
            loop {
                let read = stream.read(&mut buffer).expect("bytes");
                request.extend_from_slice(&buffer[..read]);
                let text = String::from_utf8_lossy(&request).into_owned();
                let Some((head, sent)) = text.split_once("\r\n\r\n") else { continue };
                let head = head.to_ascii_lowercase();
                let length = head.split("content-length: ").nth(1).and_then(|it| it.lines().next());
                if length.and_then(|it| it.trim().parse().ok()) == Some(sent.len()) {
                    seen.lock().expect("a list").push(text);
                    break;
                }
            }
            let answer = format!(
                "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).expect("answered");
        }
    });
    (url, asked)
}

fn issued(access: &str, expires: &str) -> (u16, String) {
    let body = format!(
        "<Credentials><AccessKeyId>{access}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>\
         <SessionToken>token</SessionToken><Expiration>{expires}</Expiration></Credentials>"
    );
    (200, body)
}

fn refused(code: &str) -> (u16, String) {
    let body = format!("<Error><Code>{code}</Code><Message>no, not you.</Message></Error>");
    (403, body)
}

const ROLES: &str = "credentials \"aws\" {\n\
    plan_role  = \"arn:aws:iam::${env.account}:role/${self.name}-plan\"\n\
    apply_role = \"arn:aws:iam::${env.account}:role/${self.name}-apply\"\n}";

fn base(url: &str) -> Vec<(&str, &str)> {
    vec![
        ("AWS_ACCESS_KEY_ID", "AKIABASE"),
        ("AWS_SECRET_ACCESS_KEY", "base-secret"),
        ("AWS_PROFILE", "me"),
        ("AWS_ENDPOINT_URL", url),
        ("AWS_REGION", "eu-west-1"),
        ("HOME", "/h"),
    ]
}

#[tokio::test]
async fn a_role_for_each_purpose_and_no_base_credentials_for_anybody() {
    let later = "2999-01-01T00:00:00Z";
    let (url, asked) = service(vec![issued("ASIAPLAN", later), issued("ASIAAPPLY", later)]);
    let identities = identities(&base(&url), Path::new("/"));
    let providers = ["aws", "random"];
    let plan = under(&identities, ROLES, &providers, Purpose::Plan).await.expect("a role");
    let aws = variables(&plan, "aws");
    assert_eq!(aws["AWS_ACCESS_KEY_ID"], "ASIAPLAN");
    assert_eq!((aws["AWS_SESSION_TOKEN"], aws["HOME"]), ("token", "/h"));
    assert!(!aws.contains_key("AWS_PROFILE"), "the base profile is left");
    let random = variables(&plan, "random");
    assert!(!random.contains_key("AWS_ACCESS_KEY_ID"), "another provider sees credentials");
    assert_eq!(plan.launches[&addr("aws")].purpose, Purpose::Plan);
    let apply = under(&identities, ROLES, &providers, Purpose::Apply).await.expect("a role");
    assert_eq!(variables(&apply, "aws")["AWS_ACCESS_KEY_ID"], "ASIAAPPLY");
    // Asked once each: the service has no third answer.
    under(&identities, ROLES, &providers, Purpose::Plan).await.expect("the same role");
    let asked = asked.lock().expect("a list");
    assert_eq!(asked.len(), 2);
    let plan = &asked[0];
    assert!(
        plan.contains("RoleArn=arn%3Aaws%3Aiam%3A%3A111111111111%3Arole%2Fnetwork-plan"),
        "{plan}"
    );
    assert!(plan.contains("RoleSessionName=strata-dev-network"), "{plan}");
    assert!(plan.contains("Tags.member.3.Key=stack&Tags.member.3.Value=network"), "{plan}");
    assert!(plan.contains("Credential=AKIABASE/") && plan.contains("/eu-west-1/sts/"), "{plan}");
    assert!(!plan.contains("base-secret"), "a secret was sent");
}

#[tokio::test]
async fn base_credentials_are_for_nobody_where_no_provider_takes_the_role() {
    let base = base("http://127.0.0.1:1");
    let identities = identities(&base, Path::new("/"));
    let plan =
        under(&identities, ROLES, &["external"], Purpose::Plan).await.expect("nothing asked");
    let external = variables(&plan, "external");
    assert_eq!(external.get("HOME"), Some(&"/h"), "it has the rest of the environment");
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"] {
        assert!(!external.contains_key(name), "{name} is left to a program of an author of apps");
    }
    // What asks for a cluster's token by the provider's own configuration does so under the stack's role.
    assert!(!wanted(ROLES, &["helm"]).expect("settings").1.is_nobodys());
    // A block that is taken away takes nothing away.
    let (_, bootstrap) =
        wanted("credentials \"aws\" {\n  role = null\n}", &["external"]).expect("settings");
    assert!(bootstrap.is_empty());
    let unread = "credentials \"azure\" {\n  client_secret = secret.nowhere\n}";
    let (_, unread) = wanted(unread, &["external"]).expect("nothing of it is read");
    assert!(!unread.is_empty() && unread.is_nobodys());
}

#[tokio::test]
async fn what_opens_the_store_is_for_no_provider() {
    let mut host = Host::real().expect("a world");
    let pairs = [("SEAL", "key"), ("PGPASSWORD", "p"), ("HOME", "/h")];
    host.environment =
        Environment::of(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let identities = Identities::without(&host, Path::new("/"), &["SEAL", "PGPASSWORD"]);
    let plan = under(&identities, ROLES, &["external"], Purpose::Plan).await.expect("no question");
    assert_eq!(variables(&plan, "external"), BTreeMap::from([("HOME", "/h")]));
}

#[tokio::test]
async fn what_was_asked_ahead_is_not_asked_again() {
    let (url, asked) = service(vec![issued("ASIAAHEAD", "2999-01-01T00:00:00Z")]);
    let identities = identities(&base(&url), Path::new("/"));
    let stacks = vec![wanted(ROLES, &["aws"]).expect("settings")];
    identities.ask_ahead(stacks, Purpose::Plan);
    let plan = under(&identities, ROLES, &["aws"], Purpose::Plan).await.expect("a role");
    assert_eq!(variables(&plan, "aws")["AWS_ACCESS_KEY_ID"], "ASIAAHEAD");
    assert_eq!(asked.lock().expect("a list").len(), 1);
}

#[tokio::test]
async fn what_is_about_to_end_is_renewed() {
    let now = host::Clock.now().seconds;
    let soon = host::Timestamp { seconds: now + 500, nanos: 0 }.rfc3339();
    let later = "2999-01-01T00:00:00Z";
    let (url, _) = service(vec![issued("ASIAONE", &soon), issued("ASIATWO", later)]);
    let identities = identities(&base(&url), Path::new("/"));
    let first = under(&identities, ROLES, &["aws"], Purpose::Plan).await.expect("a role");
    assert_eq!(variables(&first, "aws")["AWS_ACCESS_KEY_ID"], "ASIAONE");
    let second = under(&identities, ROLES, &["aws"], Purpose::Plan).await.expect("a role");
    assert_eq!(variables(&second, "aws")["AWS_ACCESS_KEY_ID"], "ASIATWO");
}

#[tokio::test]
async fn a_role_that_is_not_there_yet_is_told_and_other_refusals_are_errors() {
    let (url, _) = service(vec![refused("AccessDenied"), refused("InvalidClientTokenId")]);
    let identities = identities(&base(&url), Path::new("/"));
    let told = under(&identities, ROLES, &["aws"], Purpose::Plan).await.expect("told");
    let [absent] = told.absent.as_slice() else { panic!("{:?}", told.absent) };
    assert_eq!(
        &*absent.cause,
        "its role arn:aws:iam::111111111111:role/network-plan does not exist yet"
    );
    assert!(
        !variables(&told, "aws").contains_key("AWS_ACCESS_KEY_ID"),
        "base credentials are left"
    );
    let said = under(&identities, ROLES, &["aws"], Purpose::Plan).await.expect_err("refused");
    assert_eq!(said.code.0, "credentials-refused");
    assert!(
        said.detail.contains("InvalidClientTokenId: no, not you. Nothing of `dev/network`"),
        "{}",
        said.detail
    );
    assert_eq!(said.address.as_deref(), Some("dev/network"));
}

#[tokio::test]
async fn a_web_identity_is_asked_without_a_signature() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("token"), "jwt\n").expect("written");
    let (url, asked) = service(vec![issued("ASIAWEB", "2999-01-01T00:00:00Z")]);
    let identities = identities(&[("AWS_ENDPOINT_URL_STS", &url)], dir.path());
    let credentials =
        "credentials \"aws\" {\n  role = \"r\"\n  web_identity_token_file = \"token\"\n}";
    let under = under(&identities, credentials, &["aws"], Purpose::Plan).await.expect("a role");
    assert_eq!(variables(&under, "aws")["AWS_ACCESS_KEY_ID"], "ASIAWEB");
    let asked = asked.lock().expect("a list");
    assert!(asked[0].contains("Action=AssumeRoleWithWebIdentity"), "{}", asked[0]);
    assert!(asked[0].contains("WebIdentityToken=jwt") && !asked[0].contains("authorization"));
}

#[tokio::test]
async fn without_anything_to_ask_with() {
    let identities = identities(&[], Path::new("/"));
    let said = under(&identities, ROLES, &["aws"], Purpose::Plan).await.expect_err("nothing");
    assert!(said.detail.starts_with("There are no credentials to ask with."), "{}", said.detail);
}

#[tokio::test]
async fn google_and_azure_by_variables() {
    let identities =
        identities(&[("ARM_CLIENT_SECRET", "base"), ("ARM_USE_MSI", "true")], Path::new("/e"));
    let credentials = "credentials \"google\" {\n  plan_service_account = \"p@x\"\n  apply_service_account = \"a@x\"\n}\n\
        credentials \"azure\" {\n  tenant_id = \"t\"\n  plan_client_id = \"p\"\n  apply_client_id = \"a\"\n  oidc_token_file = \"token\"\n}";
    let providers = ["google-beta", "azurerm"];
    let plan = under(&identities, credentials, &providers, Purpose::Plan).await.expect("both");
    assert_eq!(variables(&plan, "google-beta")["GOOGLE_IMPERSONATE_SERVICE_ACCOUNT"], "p@x");
    let azure = variables(&plan, "azurerm");
    assert_eq!((azure["ARM_CLIENT_ID"], azure["ARM_OIDC_TOKEN_FILE_PATH"]), ("p", "/e/token"));
    assert_eq!((azure["ARM_USE_MSI"], azure.contains_key("ARM_CLIENT_SECRET")), ("false", false));
}

#[tokio::test]
async fn a_program_tells_a_clusters_token_under_the_stacks_own_role() {
    let (url, _) = service(vec![issued("ASIAPLAN", "2999-01-01T00:00:00Z")]);
    let mut variables_of_base = base(&url);
    variables_of_base.push(("PATH", "/usr/bin:/bin"));
    let identities = identities(&variables_of_base, Path::new("/"));
    let script = r#"printf '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"%s\"}}' $AWS_ACCESS_KEY_ID"#;
    let credentials = format!(
        "{ROLES}\ncredentials \"kubernetes\" {{\n  exec = [\"sh\", \"-c\", \"{script}\"]\n}}"
    );
    let providers = ["helm", "random"];
    let plan = under(&identities, &credentials, &providers, Purpose::Plan).await.expect("a token");
    let helm = variables(&plan, "helm");
    assert_eq!((helm["KUBE_TOKEN"], helm["AWS_ACCESS_KEY_ID"]), ("ASIAPLAN", "ASIAPLAN"));
    assert!(!format!("{plan:?}").contains("secret"), "a secret is shown");
}

#[test]
fn a_block_whose_arguments_are_all_null_is_taken_away() {
    let roles = "credentials \"aws\" {\n  role = self.name == \"network\" ? null : \"r\"\n}";
    let (_, none) = wanted(roles, &["aws"]).expect("settings");
    assert!(none.is_empty());
}

#[test]
fn settings_are_checked_without_asking_anybody() {
    let check = |credentials: &str, provider: &str, expect: &[&str]| {
        let codes = wanted(credentials, &[provider]).map(|_| ()).err().unwrap_or_default();
        assert_eq!(codes, expect, "{credentials}");
    };
    check("credentials \"oracle\" {}", "aws", &["credentials-kind"]);
    check("credentials \"aws\" { plan_role = \"a\" }", "aws", &["credentials-incomplete"]);
    check("credentials \"aws\" { plan_role = \"a\" }", "google", &[]); // no provider takes it
    check(
        "credentials \"aws\" {\n  role = \"a\"\n  rolle = \"b\"\n}",
        "aws",
        &["credentials-argument"],
    );
    check(
        "credentials \"aws\" {\n  role = \"a\"\n  duration = 10\n}",
        "aws",
        &["credentials-value", "credentials-value"],
    );
    check(
        "credentials \"azure\" {\n  tenant_id = \"t\"\n  client_id = \"c\"\n}",
        "azuread",
        &["credentials-incomplete", "credentials-incomplete"],
    );
    check(
        "credentials \"kubernetes\" {\n  token = \"t\"\n  exec = [\"x\"]\n}",
        "kubernetes",
        &["credentials-value", "credentials-value"],
    );
}
