//! The workflow for GitHub Actions.
//!
//! Invariants: the workflow as a whole has no permission, and each job only those that it needs; a secret and the
//! repository's token are in the environment of single steps; the two actions, for cache and kept files, are GitHub's own, and
//! pinned by commit.

use std::fmt::Write as _;

use crate::HEADER;
use crate::model::{Approval, Forge, Pipeline, Purpose, Scanning, Stage, Trust};
use crate::quoted::{indented, yaml};
use crate::script::{self, Step};

/// GitHub's own action for caches: there is no other way into its cache.
const CACHE: &str = "actions/cache@5a3ec84eff668545956fd18022155c47e93e2684 # v4.2.3";
/// GitHub's own action that keeps files of a run: there is no other way to keep them.
const KEEP: &str = "actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2";
/// Where it runs where the estate does not say.
const RUNNER: &str = "ubuntu-24.04";
/// Where a run's own files are.
const OUT: &str = "${{ github.workspace }}/.strata-ci/out";
/// How long a plan and an apply may take, in minutes.
const PLAN_MINUTES: u32 = 60;
const APPLY_MINUTES: u32 = 240;

/// To say who the run is: to clouds, and to the audit.
const IDENTITY: &str = "id-token: write";

const ON_PULL_REQUEST: &str = "github.event_name == 'pull_request'";
const OWN: &str = "github.event.pull_request.head.repo.full_name == github.repository";
const STRANGERS: &str = "github.event.pull_request.head.repo.full_name != github.repository";

/// The text of `.github/workflows/strata.yml`.
pub fn github(pipeline: &Pipeline) -> String {
    let mut out = Workflow { out: String::new(), pipeline };
    out.head();
    for stage in &pipeline.stages {
        out.plan(stage);
    }
    out.strangers();
    for stage in &pipeline.stages {
        out.apply(stage);
    }
    if pipeline.drift.is_some() {
        for stage in &pipeline.stages {
            out.drift(stage);
        }
    }
    out.out
}

struct Workflow<'a> {
    out: String,
    pipeline: &'a Pipeline,
}

/// What a job is given beside its steps.
struct Job<'a> {
    id: String,
    name: String,
    condition: String,
    needs: Vec<String>,
    /// The forge's environment; none for strangers.
    environment: Option<String>,
    permissions: &'a [&'a str],
    /// Jobs of which a newer one ends an older one. None of applies: GitHub would drop all but the newest that wait, and
    /// with them what was merged; leases of the store let them go one after the other.
    group: Option<String>,
    minutes: u32,
    variables: Vec<(&'a str, String)>,
}

impl Workflow<'_> {
    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn head(&mut self) {
        let branch = yaml(&self.pipeline.branch);
        let _ = write!(
            self.out,
            "# {HEADER}\nname: strata\n\non:\n  pull_request:\n    branches: [{branch}]\n  push:\n    branches: [{branch}]\n"
        );
        if let Some(cron) = &self.pipeline.drift {
            let _ = writeln!(self.out, "  schedule:\n    - cron: {}", yaml(cron));
        }
        self.line("\npermissions: {}\n\ndefaults:\n  run:\n    shell: sh -eu {0}\n\njobs:");
    }

    fn plan(&mut self, stage: &Stage) {
        let name = &stage.name;
        let scanning = self.pipeline.scanning == Scanning::On;
        let mut permissions = vec!["contents: read", "pull-requests: write", "checks: write"];
        if scanning {
            permissions.push("security-events: write");
        }
        permissions.push(IDENTITY);
        let mut variables = self.of_pull_request(name);
        variables.extend(stage.variables_in(Purpose::Plan, OUT));
        self.job(&Job {
            id: format!("plan-{name}"),
            name: format!("plan {name}"),
            condition: format!("{ON_PULL_REQUEST} && {OWN}"),
            needs: Vec::new(),
            // Without reviewers, and with no secret but what a plan needs: clouds tell it from the one that applies by its name.
            environment: Some(format!("{name}-plan")),
            permissions: &permissions,
            group: Some(format!("strata-plan-{name}-${{{{ github.event.number }}}}")),
            minutes: PLAN_MINUTES,
            variables,
        });
        self.prepared(script::MERGE, &stage.trusts);
        self.step("Plan", &Step::Plan.script(), &self.store());
        let mut report = self.store();
        report.push(token());
        if scanning {
            report.push(("STRATA_CODE_SCANNING".to_owned(), "on".to_owned()));
        }
        self.step("Report", &Step::Report.script(), &report);
        self.keep(&format!("strata-plan-{name}"), &["plan.sarif", "plan.xml"]);
    }

    fn strangers(&mut self) {
        let mut variables = self.of_pull_request("");
        variables.retain(|(name, _)| *name != "STRATA_ENV");
        self.job(&Job {
            id: "strangers".to_owned(),
            name: "validate and rehearse".to_owned(),
            condition: format!("{ON_PULL_REQUEST} && {STRANGERS}"),
            needs: Vec::new(),
            environment: None,
            permissions: &["contents: read"],
            group: Some("strata-strangers-${{ github.event.number }}".to_owned()),
            minutes: PLAN_MINUTES,
            variables,
        });
        self.step("Checkout", script::CHECKOUT, &[token()]);
        self.step("Merge", script::MERGE, &[]);
        self.step("Program", script::PROGRAM, &[]);
        for stage in &self.pipeline.stages {
            let named = [("STRATA_ENV".to_owned(), stage.name.clone())];
            self.step(&format!("Rehearse {}", stage.name), &Step::Stranger.script(), &named);
        }
    }

    fn apply(&mut self, stage: &Stage) {
        let name = &stage.name;
        // To find the pull request, and what its comment says.
        let mut permissions = vec!["contents: read", "pull-requests: read"];
        permissions.push(IDENTITY);
        let mut variables = self.of_push(name);
        variables.push(("STRATA_BEFORE", "${{ github.event.before }}".to_owned()));
        variables.extend(stage.variables_in(Purpose::Apply, OUT));
        self.job(&Job {
            id: format!("apply-{name}"),
            name: format!("apply {name}"),
            condition: "github.event_name == 'push'".to_owned(),
            needs: stage.after.iter().map(|one| format!("apply-{one}")).collect(),
            environment: Some(name.clone()),
            permissions: &permissions,
            group: None,
            minutes: APPLY_MINUTES,
            variables,
        });
        self.prepared(script::MERGED, &stage.trusts);
        let store = self.store();
        let with = |one: (String, String)| [store.as_slice(), &[one]].concat();
        self.step("Which plan", &Step::Which.script(), &with(token()));
        if self.pipeline.approval == Approval::Environment {
            self.step("Sign", &Step::Sign.script(), &with(secret("STRATA_APPROVAL_KEY")));
        }
        let secrets: Vec<_> = self.pipeline.secrets.iter().map(|one| secret(one)).collect();
        self.step("Apply", &Step::Apply.script(), &[store.as_slice(), &secrets].concat());
    }

    fn drift(&mut self, stage: &Stage) {
        let name = &stage.name;
        let mut permissions = vec!["contents: read"];
        permissions.push(IDENTITY);
        let mut variables = self.of_push(name);
        variables.extend(stage.variables_in(Purpose::Plan, OUT));
        self.job(&Job {
            id: format!("drift-{name}"),
            name: format!("drift {name}"),
            condition: "github.event_name == 'schedule'".to_owned(),
            needs: Vec::new(),
            environment: Some(format!("{name}-plan")),
            permissions: &permissions,
            group: Some(format!("strata-drift-{name}")),
            minutes: PLAN_MINUTES,
            variables,
        });
        self.prepared(script::MERGED, &stage.trusts);
        self.step("Drift", &Step::Drift.script(), &self.store());
        self.keep(&format!("strata-drift-{name}"), &["drift.sarif", "drift.md"]);
    }

    /// The repository at a commit, the program, the cache, and a token for each cloud.
    fn prepared(&mut self, commit: &str, trusts: &[Trust]) {
        self.step("Checkout", script::CHECKOUT, &[token()]);
        self.step("Commit", commit, &[]);
        self.step("Program", script::PROGRAM, &[]);
        let locks: Vec<String> =
            self.pipeline.locks.iter().map(|lock| format!("'{lock}'")).collect();
        let key = match locks.is_empty() {
            true => "none".to_owned(),
            false => format!("${{{{ hashFiles({}) }}}}", locks.join(", ")),
        };
        let _ = writeln!(
            self.out,
            "      - name: Providers, by the locks\n        uses: {CACHE}\n        with:\n          path: .strata-ci/providers\n          key: strata-providers-${{{{ runner.os }}}}-${{{{ runner.arch }}}}-{key}"
        );
        for trust in trusts {
            let variables = [
                ("STRATA_AUDIENCE".to_owned(), trust.audience().to_owned()),
                ("STRATA_TOKEN_FILE".to_owned(), trust.token_file(OUT)),
            ];
            let name = format!("Token for {}", trust.cloud());
            self.step(&name, &Step::Token.script(), &variables);
            if matches!(trust, Trust::Google { .. }) {
                self.step("Google's account", script::GOOGLE, &[]);
            }
        }
    }

    fn job(&mut self, job: &Job<'_>) {
        let _ = write!(
            self.out,
            "\n  {}:\n    name: {}\n    if: {}\n",
            job.id,
            yaml(&job.name),
            job.condition
        );
        if !job.needs.is_empty() {
            let _ = writeln!(self.out, "    needs: [{}]", job.needs.join(", "));
        }
        let runner = self.pipeline.runner.as_deref().unwrap_or(RUNNER);
        let _ = writeln!(
            self.out,
            "    runs-on: {}\n    timeout-minutes: {}",
            yaml(runner),
            job.minutes
        );
        if let Some(environment) = &job.environment {
            let _ = writeln!(self.out, "    environment: {}", yaml(environment));
        }
        self.line("    permissions:");
        for permission in job.permissions {
            self.line(&format!("      {permission}"));
        }
        if let Some(group) = &job.group {
            let _ = writeln!(
                self.out,
                "    concurrency:\n      group: {group}\n      cancel-in-progress: true"
            );
        }
        self.line("    env:");
        let mut variables = job.variables.clone();
        variables.extend(self.pipeline.program.variables());
        for (name, value) in &variables {
            self.line(&format!("      {name}: {}", yaml(value)));
        }
        self.line("    steps:");
    }

    fn step(&mut self, name: &str, script: &str, variables: &[(String, String)]) {
        let _ = writeln!(self.out, "      - name: {}", yaml(name));
        if !variables.is_empty() {
            self.line("        env:");
            for (name, value) in variables {
                self.line(&format!("          {name}: {}", yaml(value)));
            }
        }
        self.line("        run: |");
        self.out.push_str(&indented(script, "          "));
    }

    /// Keeps files of the run, whatever came of it.
    fn keep(&mut self, name: &str, files: &[&str]) {
        let _ = writeln!(
            self.out,
            "      - name: Keep what was found\n        if: ${{{{ !cancelled() }}}}\n        uses: {KEEP}\n        with:\n          name: {name}\n          include-hidden-files: true\n          if-no-files-found: ignore\n          path: |"
        );
        files.iter().for_each(|file| self.line(&format!("            .strata-ci/out/{file}")));
    }

    fn common(&self, environment: &str) -> Vec<(&'static str, String)> {
        vec![
            ("STRATA_ENV", environment.to_owned()),
            ("STRATA_FOLDER", self.pipeline.folder.clone()),
            ("STRATA_BRANCH", self.pipeline.branch.clone()),
            ("STRATA_SERVER", "${{ github.server_url }}".to_owned()),
            ("STRATA_FORGE", Forge::GitHub.word().to_owned()),
            ("STRATA_FORGE_API", "${{ github.api_url }}".to_owned()),
            ("STRATA_FORGE_REPOSITORY", "${{ github.repository }}".to_owned()),
        ]
    }

    fn of_pull_request(&self, environment: &str) -> Vec<(&'static str, String)> {
        let mut variables = self.common(environment);
        variables.extend([
            ("STRATA_PULL_REQUEST", "${{ github.event.number }}".to_owned()),
            ("STRATA_HEAD", "${{ github.event.pull_request.head.sha }}".to_owned()),
            ("STRATA_REF", "refs/pull/${{ github.event.number }}/head".to_owned()),
        ]);
        variables
    }

    fn of_push(&self, environment: &str) -> Vec<(&'static str, String)> {
        let mut variables = self.common(environment);
        variables.extend([
            ("STRATA_HEAD", "${{ github.sha }}".to_owned()),
            ("STRATA_REF", "${{ github.ref }}".to_owned()),
        ]);
        variables
    }

    /// What opens the store.
    fn store(&self) -> Vec<(String, String)> {
        self.pipeline.store_secrets.iter().map(|name| secret(name)).collect()
    }
}

/// The repository's token, with what the job is permitted.
fn token() -> (String, String) {
    ("STRATA_FORGE_TOKEN".to_owned(), "${{ github.token }}".to_owned())
}

fn secret(name: &str) -> (String, String) {
    (name.to_owned(), format!("${{{{ secrets.{name} }}}}"))
}
