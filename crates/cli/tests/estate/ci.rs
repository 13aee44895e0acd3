//! `strata ci`: files that are written, checked and left alone; and steps that are run where they cannot do their work.
//!
//! The pipelines' own steps, from a pull request to a plan without changes, are run by `cargo xtask e2e ci`.

use std::process::Command;

use crate::support::{Estate, Ran};

const CI: &str = "ci {
  download = \"https://dl.acme.example/strata-VERSION\"
  checksum = \"abababababababababababababababababababababababababababababababab\"
  version  = \"1.2.3\"
  owners   = { platform = \"@acme/platform\", shop = \"@acme/shop\" }
  trust \"aws\" {
    plan_role  = \"arn:aws:iam::${env.account}:role/${env.name}-plan\"
    apply_role = \"arn:aws:iam::${env.account}:role/${env.name}-apply\"
  }
}
";

fn file(ci: &str) -> String {
    format!(
        "estate {{\n  name = \"acme\"\n  store = \"sqlite:../estate.db\"\n}}\n\
         group \"platform\" {{ signers = \"groups/platform\" }}\ngroup \"shop\" {{ signers = \"groups/shop\" }}\n\
         layer \"base\" {{ owners = [\"platform\"] }}\nlayer \"apps\" {{ owners = [\"shop\"] }}\n\
         environment \"dev\" {{ values = {{ account = \"1\" }} }}\n\
         environment \"prod\" {{\n  after = [\"dev\"]\n  values = {{ account = \"2\" }}\n}}\n\
         stack \"network\" {{\n  layer = \"base\"\n  source = \"./stacks/network\"\n}}\n\
         stack \"shop\" {{\n  layer = \"apps\"\n  source = \"./stacks/shop\"\n}}\n{ci}"
    )
}

/// An estate in the folder `infra` of a repository, committed.
fn estate(ci: &str) -> Estate {
    let call = "module \"tags\" {\n  source = \"../../modules/tags\"\n}\n";
    let estate = Estate::of(&[
        ("infra/strata.hcl", &file(ci)),
        ("infra/stacks/network/main.tf", call),
        ("infra/stacks/shop/main.tf", call),
        ("infra/modules/tags/main.tf", "output \"x\" { value = 1 }\n"),
        ("infra/groups/platform", "\n"),
        ("infra/groups/shop", "\n"),
        (".gitignore", "estate.db*\n.strata/\n"),
    ]);
    git(&estate, &["init", "-q", "-b", "main"]);
    git(&estate, &["add", "-A"]);
    git(&estate, &["commit", "-q", "-m", "all"]);
    estate
}

fn git(estate: &Estate, args: &[&str]) {
    let who = ["-c", "user.name=t", "-c", "user.email=t@t"];
    let ran = Command::new("git").args(who).args(args).current_dir(estate.path(".")).output();
    assert!(ran.expect("git runs").status.success(), "git {args:?}");
}

fn ran(estate: &Estate, args: &[&str], vars: &[(&str, &str)]) -> Ran {
    estate.run_with(&[&["-chdir=infra"], args].concat(), vars)
}

/// It fails with this code.
fn fails(estate: &Estate, args: &[&str], vars: &[(&str, &str)], code: &str) -> String {
    let ran = ran(estate, args, vars);
    assert!(ran.code == 1 && ran.err.contains(&format!("[{code}]")), "{args:?}: {}", ran.err);
    ran.err
}

fn passes(estate: &Estate, args: &[&str]) -> String {
    let ran = ran(estate, args, &[]);
    assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
    ran.out
}

fn text(estate: &Estate, path: &str) -> String {
    std::fs::read_to_string(estate.path(path)).expect("it is there")
}

const KINDS: [(&str, &str); 3] = [
    ("github", ".github/workflows/strata.yml"),
    ("gitlab", ".gitlab-ci.yml"),
    ("jenkins", "Jenkinsfile"),
];

#[test]
fn a_pipeline_is_written_checked_and_found_stale() {
    let estate = estate(&CI.replace("owners ", "repository = \"acme/infra\"\n  owners "));
    for (kind, path) in KINDS {
        fails(&estate, &["ci", kind, "-check"], &[], "ci-stale");
        assert!(!estate.path(path).exists(), "-check writes nothing");
        passes(&estate, &["ci", kind]);
        passes(&estate, &["ci", kind, "-check"]);
        let written = text(&estate, path);
        for part in
            ["https://dl.acme.example/strata-1.2.3", "arn:aws:iam::2:role/prod-apply", "infra"]
        {
            assert!(written.contains(part), "{part} in {written}");
        }
    }
    let changed = text(&estate, "infra/strata.hcl").replace("VERSION", "NEW-VERSION");
    estate.write("infra/strata.hcl", &changed);
    for (kind, _) in KINDS {
        assert!(fails(&estate, &["ci", kind, "-check"], &[], "ci-stale").contains("from line"));
    }
}

#[test]
fn a_file_of_others_is_left_alone() {
    let estate = estate(CI);
    estate.write(".gitlab-ci.yml", "stages: [test]\n");
    fails(&estate, &["ci", "gitlab"], &[], "ci-others-file");
    assert_eq!(text(&estate, ".gitlab-ci.yml"), "stages: [test]\n");
    let other = CI.replace("version ", "file = \".gitlab/strata.yml\"\n  version ");
    estate.write("infra/strata.hcl", &file(&other));
    passes(&estate, &["ci", "gitlab"]);
    assert!(text(&estate, ".gitlab/strata.yml").contains("strata plan"));
}

#[test]
fn what_is_missing_is_named() {
    fails(&estate(""), &["ci", "github"], &[], "ci-missing");
    fails(&estate("ci {}\n"), &["ci", "github"], &[], "ci-unpinned");
    fails(&estate(CI), &["ci", "jenkins"], &[], "ci-repository");
    let image = "ci {\n  image = \"registry.acme.example/strata@sha256:abab\"\n}\n";
    passes(&estate(image), &["ci", "gitlab"]);
    fails(&estate(image), &["ci", "github"], &[], "ci-unpinned");
    let odd = CI.replace("${env.name}-plan", "${env.name} plan");
    fails(&estate(&odd), &["ci", "github"], &[], "ci-text");
}

#[test]
fn owners_of_stacks_and_of_what_they_share() {
    let estate = estate(CI);
    estate.write(".github/CODEOWNERS", "* @acme/everyone\n");
    fails(&estate, &["ci", "codeowners", "-check"], &[], "ci-stale");
    passes(&estate, &["ci", "codeowners"]);
    passes(&estate, &["ci", "codeowners", "-check"]);
    let owners = text(&estate, ".github/CODEOWNERS");
    assert!(owners.starts_with("* @acme/everyone\n\n# strata: begin"), "{owners}");
    let of = |path: &str| {
        let line = owners.lines().find(|line| line.split(' ').next() == Some(path));
        let line = line.unwrap_or_else(|| panic!("no {path} in {owners}"));
        line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of("/infra/stacks/network/"), "@acme/platform");
    assert_eq!(of("/infra/stacks/shop/"), "@acme/shop");
    assert_eq!(of("/infra/modules/tags/"), "@acme/platform @acme/shop");
    for rules in
        ["/infra/strata.hcl", "/infra/groups/shop", "/.github/workflows/", "/.github/CODEOWNERS"]
    {
        assert_eq!(of(rules), "@acme/platform", "{rules}");
    }
    let lacking = CI.replace(", shop = \"@acme/shop\"", "");
    estate.write("infra/strata.hcl", &file(&lacking));
    assert!(fails(&estate, &["ci", "codeowners"], &[], "ci-owner-unknown").contains("shop"));
}

const RUN: [(&str, &str); 7] = [
    ("STRATA_FORGE", "github"),
    ("STRATA_FORGE_API", "http://127.0.0.1:1"),
    ("STRATA_FORGE_REPOSITORY", "acme/infra"),
    ("STRATA_FORGE_TOKEN", "t0k"),
    ("STRATA_PULL_REQUEST", "7"),
    ("STRATA_HEAD", "abababababababababababababababababababab"),
    ("STRATA_BRANCH", "main"),
];

const REPORT: [&str; 8] = [
    "ci",
    "report",
    "-env=dev",
    "--base",
    "HEAD",
    "-page=p.json",
    "-markdown=p.md",
    "-errors=p.err",
];

/// The variables of a run, but for one.
fn but<'v>(name: &str, value: Option<&'v str>) -> Vec<(&'static str, &'v str)> {
    RUN.into_iter()
        .filter_map(|(one, as_set)| match (one == name, value) {
            (true, None) => None,
            (true, Some(value)) => Some((one, value)),
            (false, _) => Some((one, as_set)),
        })
        .collect()
}

#[test]
fn a_step_outside_of_a_pipeline_says_what_it_lacks() {
    let estate = estate(CI);
    passes(&estate, &["init"]);
    for (name, _) in RUN.iter().filter(|(name, _)| *name != "STRATA_BRANCH") {
        assert!(fails(&estate, &REPORT, &but(name, None), "forge-event").contains(name), "{name}");
    }
    fails(&estate, &REPORT, &but("STRATA_FORGE", Some("sourcehut")), "forge-unknown");
    fails(&estate, &REPORT, &but("STRATA_PULL_REQUEST", Some("refs/heads/x")), "forge-event");
    fails(&estate, &REPORT, &but("STRATA_HEAD", Some("main")), "forge-event");
    let merged = ["ci", "merged", "-env=dev"];
    assert!(
        fails(&estate, &merged, &but("STRATA_BRANCH", None), "forge-event")
            .contains("STRATA_BRANCH")
    );
    fails(&estate, &["ci", "token", "-audience=x", "-out=t"], &[], "ci-token");
    assert!(!estate.path("infra/t").exists());
}

#[test]
fn a_forge_that_does_not_answer_is_named_and_its_token_is_not() {
    let estate = estate(CI);
    passes(&estate, &["init"]);
    git(&estate, &["commit", "-q", "-a", "-m", "its id"]);
    let said = fails(&estate, &REPORT, &RUN, "forge-unreachable");
    assert!(said.contains("http://127.0.0.1:1/repos/acme/infra/issues/7/comments"), "{said}");
    assert!(!said.contains("t0k"), "{said}");
    fails(&estate, &["ci", "merged", "-env=dev"], &RUN, "forge-unreachable");
}

#[test]
fn where_the_store_is_the_base_says_and_not_the_change() {
    let estate = estate(CI);
    passes(&estate, &["init"]);
    git(&estate, &["commit", "-q", "-a", "-m", "its id"]);
    // A change that names another store, to which the password of the real one would be sent.
    let other = text(&estate, "infra/strata.hcl").replace("../estate.db", "../stolen.db");
    estate.write("infra/strata.hcl", &other);
    fails(&estate, &REPORT, &RUN, "forge-unreachable");
    git(&estate, &["commit", "-q", "-a", "-m", "merged all the same"]);
    fails(&estate, &REPORT, &RUN, "store-missing");
}

#[test]
fn findings_are_written_with_places_from_the_repositorys_top() {
    let estate = estate(CI);
    let read = |name: &str| std::fs::read_to_string(estate.path(&format!("infra/{name}")));
    let plan = |more: &[&str]| {
        ran(&estate, &[&["plan", "--rehearse", "-env", "dev"], more].concat(), &[]).code
    };
    let files = ["-sarif=plan.sarif", "-junit=plan.xml"];
    assert_eq!(plan(&[]), 0);
    assert!(read("plan.sarif").is_err(), "written, and nobody asked");
    assert_eq!(plan(&files), 0);
    let sarif = read("plan.sarif").expect("written");
    assert!(sarif.contains("\"plan/dev\""), "{sarif}");
    assert!(read("plan.xml").expect("written").contains("dev/network"));
    estate.write("infra/strata.hcl", &file("ci { approval = \"none\" }\n"));
    assert_eq!(plan(&files), 1);
    let sarif = read("plan.sarif").expect("written");
    assert!(sarif.contains("\"infra/strata.hcl\""), "{sarif}");
    assert!(read("plan.xml").expect("written").contains("estate-argument-form"));
}
