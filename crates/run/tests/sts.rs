//! Roles by the token service of a real emulator that enforces IAM: who may assume which role is the emulator's to say.

mod cloud;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use addr::ProviderAddr;
use diag::{Diags, SourceMap};
use estate::{StackGraph, UnknownSecrets};
use host::{Environment, Host};
use provider::{Launch, Purpose, Sharing};
use run::credentials::{Identities, Patience, Subject, Under, Wanted};

use cloud::{ACCOUNT, Cloud, ministack};

/// The identities of an estate whose base credentials are these.
fn asked_as(cloud: &Cloud, access: &str, secret: &str) -> Identities {
    let mut host = Host::real().expect("a world");
    let pairs = [
        ("AWS_ACCESS_KEY_ID", access),
        ("AWS_SECRET_ACCESS_KEY", secret),
        ("AWS_ENDPOINT_URL", &cloud.url),
        ("AWS_REGION", "eu-west-1"),
    ];
    host.environment = Environment::of(pairs.map(|(n, v)| (n.to_owned(), v.to_owned())));
    Identities::new(&host, Path::new("/"))
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
    cloud.make_role(
        "network-plan",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#,
    );
    let identities = asked_as(&cloud, ACCOUNT, "test");
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
    let stranger = asked_as(&cloud, "AKIASTRANGER", "wrong");
    let said = match under(&stranger, Purpose::Plan).await {
        Ok(told) => told.absent.into_iter().next().expect("a stranger gets nothing").diagnostic,
        Err(said) => said,
    };
    assert_eq!(said.code.0, "credentials-refused");
    assert!(said.detail.contains("The token service answered "), "{}", said.detail);
}
