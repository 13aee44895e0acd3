//! What all three pipelines keep to.

use crate::model::Purpose;
use crate::script::{self, Step};
use crate::{Approval, Forge, Pipeline, Program, Scanning, Stage, Trust, github, gitlab, jenkins};

fn stage(name: &str, after: &[&str]) -> Stage {
    Stage {
        name: name.to_owned(),
        after: after.iter().map(|&one| one.to_owned()).collect(),
        trusts: vec![Trust::Aws {
            audience: "sts.amazonaws.com".to_owned(),
            plan_role: format!("arn:aws:iam::1:role/{name}-plan"),
            apply_role: format!("arn:aws:iam::1:role/{name}-apply"),
        }],
    }
}

fn pipeline() -> Pipeline {
    Pipeline {
        estate: "acme".to_owned(),
        folder: "infra".to_owned(),
        branch: "main".to_owned(),
        approval: Approval::Environment,
        program: Program::Fetched {
            url: "https://dl.example/strata-1.2.3".to_owned(),
            sha256: "ab".repeat(32),
        },
        drift: Some("17 4 * * 1-5".to_owned()),
        runner: None,
        image: None,
        forge: Forge::GitHub,
        repository: Some("acme/infra".to_owned()),
        scanning: Scanning::On,
        stages: vec![stage("prod", &["dev"]), stage("dev", &[])],
        locks: vec!["infra/.terraform.lock.hcl".to_owned()],
        store_secrets: vec!["STRATA_SEAL".to_owned(), "PGPASSWORD".to_owned()],
        secrets: vec!["VPN_PSK".to_owned()],
    }
}

/// The part of a text from a line that begins so to the next that begins as deep.
fn part<'t>(text: &'t str, begins: &str) -> &'t str {
    let start = text.find(begins).unwrap_or_else(|| panic!("no {begins:?} in\n{text}"));
    let depth = begins.len() - begins.trim_start().len();
    let is_next = |line: &str| {
        let own = line.len() - line.trim_start().len();
        !line.trim().is_empty() && own <= depth && !line.trim_start().starts_with(['}', ']', '\''])
    };
    let mut end = start;
    for (at, line) in text[start..].split_inclusive('\n').enumerate() {
        if at > 0 && is_next(line) {
            break;
        }
        end += line.len();
    }
    &text[start..end]
}

#[test]
fn githubs_jobs_have_what_they_need_and_no_more() {
    let text = github(&pipeline());
    assert!(text.contains("\npermissions: {}\n"));
    let permissions = |job: &str| {
        let job = part(&text, job);
        part(job, "    permissions:").lines().skip(1).map(str::trim).collect::<Vec<_>>().join(", ")
    };
    insta::assert_snapshot!(permissions("  plan-dev:"), @"contents: read, pull-requests: write, checks: write, security-events: write, id-token: write");
    insta::assert_snapshot!(permissions("  strangers:"), @"contents: read");
    insta::assert_snapshot!(permissions("  apply-dev:"), @"contents: read, pull-requests: read, id-token: write");
    insta::assert_snapshot!(permissions("  drift-dev:"), @"contents: read, id-token: write");
}

#[test]
fn actions_are_the_forges_own_and_pinned() {
    let text = github(&pipeline());
    let uses = text.lines().filter_map(|line| line.trim().strip_prefix("uses: "));
    let mut names: Vec<&str> = uses
        .map(|one| {
            let (name, pin) = one.split_once('@').expect("pinned");
            assert!(pin.split(' ').next().is_some_and(|id| id.len() == 40), "{one}");
            name
        })
        .collect();
    names.sort();
    names.dedup();
    assert_eq!(names, ["actions/cache", "actions/upload-artifact"]);
}

#[test]
fn strangers_see_no_secret_no_token_and_no_cache() {
    let github = github(&pipeline());
    let stranger = part(&github, "  strangers:");
    // The repository's token reads what they can read themselves, and is seen by the checkout alone.
    assert_eq!(stranger.matches("github.token").count(), 1);
    let gitlab = gitlab(&pipeline());
    let jenkins = jenkins(&pipeline());
    for text in
        [stranger, part(&gitlab, "\"rehearse:dev\":"), part(&jenkins, "    stage('rehearse dev')")]
    {
        for secret in [
            "secrets.",
            "STRATA_SEAL",
            "PGPASSWORD",
            "VPN_PSK",
            "AWS_",
            "APPROVAL_KEY",
            "id-token",
            "id_tokens",
            "actions/cache",
            "arn:",
        ] {
            assert!(!text.contains(secret), "{secret} in\n{text}");
        }
        assert!(text.contains("--stranger"), "{text}");
    }
    assert!(part(&gitlab, "\"rehearse:dev\":").contains("cache: []"));
}

#[test]
fn plans_see_no_key_and_no_secret_of_applies() {
    let (github, gitlab, jenkins) =
        (github(&pipeline()), gitlab(&pipeline()), jenkins(&pipeline()));
    let plans = [
        part(&github, "  plan-dev:"),
        part(&gitlab, "\"plan:dev\":"),
        part(&jenkins, "    stage('plan dev')"),
    ];
    for text in plans {
        for secret in ["VPN_PSK", "STRATA_APPROVAL_KEY", "dev-apply"] {
            assert!(!text.contains(secret), "{secret} in\n{text}");
        }
    }
    assert!(part(&github, "  apply-dev:").contains("VPN_PSK: \"${{ secrets.VPN_PSK }}\""));
}

#[test]
fn a_step_of_github_that_runs_providers_has_no_token_of_the_repository() {
    let text = github(&pipeline());
    let steps: Vec<&str> = text.split("      - name: ").collect();
    let runs = |name: &str| {
        steps
            .iter()
            .filter(|step| step.starts_with(&format!("\"{name}\"")))
            .copied()
            .collect::<Vec<_>>()
    };
    for name in ["Plan", "Apply", "Drift", "Sign"] {
        assert!(!runs(name).is_empty(), "{name}");
        runs(name).iter().for_each(|step| assert!(!step.contains("github.token"), "{step}"));
    }
    assert!(runs("Report").iter().all(|step| step.contains("github.token")));
}

#[test]
fn environments_are_applied_in_their_order() {
    let github = github(&pipeline());
    assert!(part(&github, "  apply-prod:").contains("    needs: [apply-dev]\n"));
    assert!(!part(&github, "  apply-dev:").contains("needs:"));
    assert!(part(&gitlab(&pipeline()), "\"apply:prod\":").contains("  needs: [\"apply:dev\"]\n"));
    let jenkins = jenkins(&pipeline());
    assert!(jenkins.find("stage('apply dev')") < jenkins.find("stage('apply prod')"));
}

#[test]
fn no_apply_is_dropped_for_a_newer_one() {
    let text = github(&pipeline());
    assert!(!part(&text, "  apply-dev:").contains("concurrency:"));
    assert!(part(&text, "  plan-dev:").contains("cancel-in-progress: true"));
}

#[test]
fn by_signature_no_pipeline_has_a_key() {
    let signed = Pipeline { approval: Approval::Signature, ..pipeline() };
    for text in [github(&signed), gitlab(&signed), jenkins(&signed)] {
        let lines: Vec<&str> =
            text.lines().filter(|line| line.contains("STRATA_APPROVAL_KEY")).collect();
        // GitLab's jobs take it out of what is seen, whether it is there or not.
        assert!(lines.iter().all(|line| line.contains("unset")), "{lines:?}");
        assert!(!text.contains("strata approve"));
    }
}

#[test]
fn without_a_schedule_nothing_looks_for_drift() {
    let quiet = Pipeline { drift: None, ..pipeline() };
    for text in [github(&quiet), gitlab(&quiet), jenkins(&quiet)] {
        assert!(!text.contains("strata drift") && !text.contains("cron"), "{text}");
    }
}

#[test]
fn clouds_libraries_are_told_where_their_tokens_are() {
    let google = Trust::Google {
        audience: "g".into(),
        provider: "projects/1/x".into(),
        plan_account: None,
        apply_account: None,
    };
    let azure = Trust::Azure {
        audience: "a".into(),
        tenant_id: "t".into(),
        plan_client_id: "p".into(),
        apply_client_id: "q".into(),
    };
    let aws = Trust::Aws { audience: "s".into(), plan_role: "p".into(), apply_role: "q".into() };
    let stage = Stage { trusts: vec![google, azure, aws], ..stage("dev", &[]) };
    let told = stage.variables_in(Purpose::Plan, "out");
    let files: Vec<String> = told
        .iter()
        .filter(|(_, value)| value.starts_with("out/"))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(
        files,
        [
            "STRATA_GOOGLE_TOKEN_FILE=out/google.token",
            "GOOGLE_APPLICATION_CREDENTIALS=out/google.json",
            "ARM_OIDC_TOKEN_FILE_PATH=out/azure.token",
            "AWS_WEB_IDENTITY_TOKEN_FILE=out/aws.token",
        ]
    );
}

#[test]
fn a_circle_of_environments_ends() {
    let stages = vec![stage("a", &["b"]), stage("b", &["a"])];
    assert!(jenkins(&Pipeline { stages, ..pipeline() }).contains("stage('apply b')"));
}

#[test]
fn no_script_depends_on_where_its_lines_begin() {
    let steps = [
        Step::Token,
        Step::Plan,
        Step::Report,
        Step::Stranger,
        Step::Which,
        Step::Sign,
        Step::Apply,
        Step::Drift,
    ];
    let mut all: Vec<String> = steps.iter().map(|step| step.script()).collect();
    let others = [
        script::CHECKOUT,
        script::FETCH,
        script::MERGE,
        script::MERGED,
        script::PROGRAM,
        script::TOKEN_FROM_VARIABLE,
        script::GOOGLE,
    ];
    all.extend(others.iter().map(|one| (*one).to_owned()));
    for one in all {
        assert!(!one.contains("<<"), "{one}");
        assert!(one.ends_with('\n') && !one.contains('\t'), "{one}");
    }
}
