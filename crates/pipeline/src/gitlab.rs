//! The pipeline for GitLab.
//!
//! Invariants: jobs of a merge request of another project run only what needs no secret; each job has its own tokens, and
//! those of a plan cannot apply, since clouds believe them for the environment of plans alone.

use std::fmt::Write as _;

use crate::HEADER;
use crate::model::{Approval, Forge, Pipeline, Purpose, Scanning, Stage, Trust};
use crate::quoted::{indented, yaml};
use crate::script::{self, Step};

/// Where a run's own files are.
const OUT: &str = "$CI_PROJECT_DIR/.strata-ci/out";

const OWN: &str = "$CI_PIPELINE_SOURCE == \"merge_request_event\" && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID";
const STRANGERS: &str = "$CI_PIPELINE_SOURCE == \"merge_request_event\" && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID != $CI_MERGE_REQUEST_PROJECT_ID";

/// The text of `.gitlab-ci.yml`, or of a file that it includes.
pub fn gitlab(pipeline: &Pipeline) -> String {
    let mut out = Text { out: String::new(), pipeline };
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

struct Text<'a> {
    out: String,
    pipeline: &'a Pipeline,
}

impl Text<'_> {
    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn head(&mut self) {
        let branch = &self.pipeline.branch;
        let _ = write!(
            self.out,
            "# {HEADER}\nstages: [plan, apply, drift]\n\nworkflow:\n  rules:\n    - if: $CI_PIPELINE_SOURCE == \"merge_request_event\" && $CI_MERGE_REQUEST_TARGET_BRANCH_NAME == \"{branch}\"\n    - if: $CI_COMMIT_BRANCH == \"{branch}\"\n\n.strata:\n"
        );
        if let Some(image) = &self.pipeline.image {
            let _ = writeln!(self.out, "  image: {}", yaml(image));
        }
        if let Some(runner) = &self.pipeline.runner {
            let _ = writeln!(self.out, "  tags: [{}]", yaml(runner));
        }
        self.line("  variables:");
        let mut variables = vec![
            ("GIT_DEPTH", "0".to_owned()),
            ("STRATA_FOLDER", self.pipeline.folder.clone()),
            ("STRATA_BRANCH", branch.clone()),
            ("STRATA_FORGE", Forge::GitLab.word().to_owned()),
            ("STRATA_FORGE_API", "$CI_API_V4_URL".to_owned()),
            ("STRATA_FORGE_REPOSITORY", "$CI_PROJECT_ID".to_owned()),
        ];
        variables.extend(self.pipeline.program.variables());
        for (name, value) in variables {
            self.line(&format!("    {name}: {}", yaml(&value)));
        }
        if !self.pipeline.locks.is_empty() {
            self.line("  cache:\n    key:\n      files:");
            for lock in self.pipeline.locks.iter().take(2) {
                self.line(&format!("        - {}", yaml(lock)));
            }
            self.line("    paths: [.strata-ci/providers]");
        }
    }

    fn plan(&mut self, stage: &Stage) {
        let name = &stage.name;
        self.begin(&format!("plan:{name}"), "plan", OWN);
        // `prepare` is not a deployment: no approval is asked for, and clouds see which environment it is about.
        self.line(&format!(
            "  environment:\n    name: {}\n    action: prepare\n  resource_group: {}",
            yaml(&format!("{name}-plan")),
            yaml(&format!("strata-plan-{name}-$CI_MERGE_REQUEST_IID"))
        ));
        let mut variables = self.of_merge_request(name);
        variables.extend(stage.variables_in(Purpose::Plan, OUT));
        if self.pipeline.scanning == Scanning::On {
            variables.push(("STRATA_CODE_SCANNING", "on".to_owned()));
        }
        self.variables(&variables);
        self.id_tokens(&stage.trusts);
        self.script(&[
            &[script::FETCH, script::MERGE, script::PROGRAM],
            &tokens(stage),
            &[&script::together(&["umask 022\n", Step::Plan.body(), Step::Report.body()])],
        ]);
        self.line("  artifacts:\n    when: always\n    expire_in: 30 days\n    paths: [.strata-ci/out/plan.sarif]\n    reports:\n      junit: .strata-ci/out/plan.xml");
    }

    fn strangers(&mut self) {
        for stage in &self.pipeline.stages {
            self.begin(&format!("rehearse:{}", stage.name), "plan", STRANGERS);
            self.line("  cache: []");
            self.variables(&self.of_merge_request(&stage.name));
            self.script(&[
                &[script::FETCH, script::MERGE, script::PROGRAM],
                &[&Step::Stranger.script()],
            ]);
        }
    }

    fn apply(&mut self, stage: &Stage) {
        let name = &stage.name;
        let pushed = format!(
            "$CI_COMMIT_BRANCH == \"{}\" && $CI_PIPELINE_SOURCE == \"push\"",
            self.pipeline.branch
        );
        self.begin(&format!("apply:{name}"), "apply", &pushed);
        if self.pipeline.approval == Approval::Environment {
            // Who may start it is who may deploy to the protected environment; later environments wait for it.
            self.line("      when: manual\n  allow_failure: false");
        }
        let needs: Vec<String> =
            stage.after.iter().map(|one| yaml(&format!("apply:{one}"))).collect();
        self.line(&format!("  needs: [{}]", needs.join(", ")));
        self.line(&format!(
            "  environment:\n    name: {}\n  resource_group: {}",
            yaml(name),
            yaml(&format!("strata-apply-{name}"))
        ));
        let mut variables = vec![
            ("STRATA_ENV", name.clone()),
            ("STRATA_HEAD", "$CI_COMMIT_SHA".to_owned()),
            ("STRATA_BEFORE", "$CI_COMMIT_BEFORE_SHA".to_owned()),
        ];
        variables.extend(stage.variables_in(Purpose::Apply, OUT));
        self.variables(&variables);
        self.id_tokens(&stage.trusts);
        let mut steps = vec!["umask 022\n", Step::Which.body()];
        if self.pipeline.approval == Approval::Environment {
            steps.push(Step::Sign.body());
        }
        steps.extend([script::FORGET, Step::Apply.body()]);
        self.script(&[
            &[script::MERGED, script::PROGRAM],
            &tokens(stage),
            &[&script::together(&steps)],
        ]);
    }

    fn drift(&mut self, stage: &Stage) {
        let name = &stage.name;
        self.begin(&format!("drift:{name}"), "drift", "$CI_PIPELINE_SOURCE == \"schedule\"");
        self.line(&format!(
            "  environment:\n    name: {}\n    action: prepare\n  resource_group: {}",
            yaml(&format!("{name}-plan")),
            yaml(&format!("strata-drift-{name}"))
        ));
        let mut variables =
            vec![("STRATA_ENV", name.clone()), ("STRATA_HEAD", "$CI_COMMIT_SHA".to_owned())];
        variables.extend(stage.variables_in(Purpose::Plan, OUT));
        self.variables(&variables);
        self.id_tokens(&stage.trusts);
        self.script(&[
            &[script::MERGED, script::PROGRAM],
            &tokens(stage),
            &[&script::together(&["umask 022\n", Step::Drift.body()])],
        ]);
        self.line("  artifacts:\n    when: always\n    expire_in: 30 days\n    paths: [.strata-ci/out/drift.sarif, .strata-ci/out/drift.md]");
    }

    fn begin(&mut self, id: &str, stage: &str, condition: &str) {
        let _ = write!(
            self.out,
            "\n{}:\n  extends: .strata\n  stage: {stage}\n  rules:\n    - if: {condition}\n",
            yaml(id)
        );
    }

    fn variables(&mut self, variables: &[(&str, String)]) {
        self.line("  variables:");
        for (name, value) in variables {
            self.line(&format!("    {name}: {}", yaml(value)));
        }
    }

    fn id_tokens(&mut self, trusts: &[Trust]) {
        // The first is for the audit, which keeps who the run is.
        self.line("  id_tokens:\n    STRATA_ID_TOKEN:\n      aud: \"strata\"");
        for trust in trusts {
            let (cloud, audience) = (trust.cloud(), yaml(trust.audience()));
            self.line(&format!("    STRATA_TOKEN_{cloud}:\n      aud: {audience}"));
        }
    }

    /// One item: its lines share a shell with what stands in other items, and its options with none.
    fn script(&mut self, parts: &[&[&str]]) {
        let whole = format!("set -eu\n{}", parts.concat().concat());
        self.line("  script:\n    - |");
        self.out.push_str(&indented(&whole, "      "));
    }

    fn of_merge_request(&self, environment: &str) -> Vec<(&'static str, String)> {
        vec![
            ("STRATA_ENV", environment.to_owned()),
            ("STRATA_PULL_REQUEST", "$CI_MERGE_REQUEST_IID".to_owned()),
            ("STRATA_HEAD", "$CI_COMMIT_SHA".to_owned()),
            ("STRATA_REF", "refs/merge-requests/$CI_MERGE_REQUEST_IID/head".to_owned()),
        ]
    }
}

/// The lines that make files of tokens.
fn tokens(stage: &Stage) -> Vec<&'static str> {
    let mut lines = Vec::new();
    if !stage.trusts.is_empty() {
        lines.push(script::TOKEN_FROM_VARIABLE);
    }
    if stage.trusts_google() {
        lines.push(script::GOOGLE);
    }
    lines
}
