//! The Jenkinsfile, declarative, for a multibranch pipeline.
//!
//! Credentials are named, and lie in the controller: `strata-ENV-plan` and `strata-ENV-apply` are bound to stages. Invariant:
//! a change of a fork binds none but the one that fetches the repository.

use std::fmt::Write as _;

use crate::HEADER;
use crate::model::{Approval, Forge, GOOGLE_FILE, Pipeline, Purpose, Scanning, Stage};
use crate::quoted::groovy;
use crate::script::{self, Step};

/// What fetches and is told of pull requests: a user name and a token.
const FORGE_CREDENTIAL: &str = "strata-forge";

/// The change's own commit: what Jenkins has checked out may be a merge of its own.
const HEAD: &str = "STRATA_HEAD=$(git rev-parse refs/strata/head)\nexport STRATA_HEAD\n";

/// The text of `Jenkinsfile`.
pub fn jenkins(pipeline: &Pipeline) -> String {
    let mut out = Text { out: String::new(), pipeline };
    out.head();
    for stage in &pipeline.stages {
        out.plan(stage);
    }
    for stage in &pipeline.stages {
        out.stranger(stage);
    }
    for stage in in_order(&pipeline.stages) {
        out.apply(stage);
    }
    if pipeline.drift.is_some() {
        for stage in &pipeline.stages {
            out.drift(stage);
        }
    }
    out.line("  }\n}");
    out.out
}

/// Stages run one after the other: those that others wait for first.
fn in_order(stages: &[Stage]) -> Vec<&Stage> {
    let mut left: Vec<&Stage> = stages.iter().collect();
    let mut order: Vec<&Stage> = Vec::new();
    while !left.is_empty() {
        let is_named = |name: &String, among: &[&Stage]| among.iter().any(|one| one.name == *name);
        let ready = left.iter().position(|one| !one.after.iter().any(|name| is_named(name, &left)));
        order.push(left.remove(ready.unwrap_or(0)));
    }
    order
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
        let pipeline = self.pipeline;
        let _ = writeln!(self.out, "// {HEADER}\npipeline {{");
        match &pipeline.runner {
            Some(label) => self.line(&format!("  agent {{ label '{label}' }}")),
            None => self.line("  agent any"),
        }
        self.line(
            "  options {\n    disableConcurrentBuilds()\n    timeout(time: 5, unit: 'HOURS')\n  }",
        );
        if let Some(cron) = &pipeline.drift {
            let _ = writeln!(
                self.out,
                "  triggers {{\n    cron(env.BRANCH_NAME == '{}' ? '{cron}' : '')\n  }}",
                pipeline.branch
            );
        }
        let api = match pipeline.forge {
            Forge::GitHub => "https://api.github.com",
            Forge::GitLab => "https://gitlab.com/api/v4",
        };
        let mut variables = vec![
            ("STRATA_FOLDER", pipeline.folder.clone()),
            ("STRATA_BRANCH", pipeline.branch.clone()),
            ("STRATA_FORGE", pipeline.forge.word().to_owned()),
            ("STRATA_FORGE_API", api.to_owned()),
            ("STRATA_FORGE_REPOSITORY", pipeline.repository.clone().unwrap_or_default()),
        ];
        variables.extend(pipeline.program.variables());
        self.line("  environment {");
        for (name, value) in variables {
            // What the controller or the folder sets wins: a forge of one's own has another address.
            match name {
                "STRATA_FORGE_API" => {
                    self.line(&format!("    {name} = \"${{env.STRATA_FORGE_URL ?: '{value}'}}\""));
                }
                _ => self.line(&format!("    {name} = '{value}'")),
            }
        }
        self.line("  }\n  stages {");
    }

    fn plan(&mut self, stage: &Stage) {
        let name = &stage.name;
        let when = self.of_change_request("!env.CHANGE_FORK");
        self.begin(&format!("plan {name}"), &when);
        self.variables(&self.of_change(name), stage, Purpose::Plan);
        self.line("      steps {");
        self.fetched(&format!("{}{HEAD}{}{}", script::FETCH, script::MERGE, script::PROGRAM));
        let plan = self.secrets(stage, Purpose::Plan);
        self.bound_without_forge(&plan, &with_google(stage, &Step::Plan.script()));
        self.bound(&self.store(), &format!("{HEAD}{}", Step::Report.script()));
        self.line("      }\n      post {\n        always {\n          junit allowEmptyResults: true, testResults: '.strata-ci/out/plan.xml'\n          archiveArtifacts allowEmptyArchive: true, artifacts: '.strata-ci/out/plan.sarif'\n        }\n      }\n    }");
    }

    fn stranger(&mut self, stage: &Stage) {
        let name = &stage.name;
        let when = self.of_change_request("env.CHANGE_FORK");
        self.begin(&format!("rehearse {name}"), &when);
        self.environment(&self.of_change(name));
        self.line("      steps {");
        self.fetched(&format!("{}{HEAD}{}{}", script::FETCH, script::MERGE, script::PROGRAM));
        self.shell("        ", &Step::Stranger.script());
        self.line("      }\n    }");
    }

    fn apply(&mut self, stage: &Stage) {
        let name = &stage.name;
        let when = format!(
            "    allOf {{\n          branch '{}'\n          not {{ triggeredBy 'TimerTrigger' }}\n        }}",
            self.pipeline.branch
        );
        self.begin(&format!("apply {name}"), &when);
        if self.pipeline.approval == Approval::Environment {
            let _ = writeln!(
                self.out,
                "      input {{\n        message 'Apply to {name}?'\n        submitter 'strata-{name}'\n      }}"
            );
        }
        let variables = vec![
            ("STRATA_ENV", format!("'{name}'")),
            ("STRATA_HEAD", "\"${env.GIT_COMMIT}\"".to_owned()),
        ];
        self.variables(&variables, stage, Purpose::Apply);
        self.line("      steps {");
        self.shell("        ", &format!("{}{}", script::MERGED, script::PROGRAM));
        self.bound(&self.store(), &Step::Which.script());
        let before = "STRATA_BEFORE=$(git rev-parse \"$STRATA_HEAD^1\")\nexport STRATA_BEFORE\n";
        if self.pipeline.approval == Approval::Environment {
            let key = format!(
                "file(credentialsId: 'strata-{name}-key', variable: 'STRATA_APPROVAL_KEY')"
            );
            let bound = [self.store(), vec![key]].concat();
            self.bound_without_forge(&bound, &format!("{before}{}", Step::Sign.script()));
        }
        let secrets = self.secrets(stage, Purpose::Apply);
        let apply = with_google(stage, &format!("{before}{}", Step::Apply.script()));
        self.bound_without_forge(&secrets, &apply);
        self.line("      }\n    }");
    }

    fn drift(&mut self, stage: &Stage) {
        let name = &stage.name;
        self.begin(&format!("drift {name}"), "    triggeredBy 'TimerTrigger'");
        let variables = vec![
            ("STRATA_ENV", format!("'{name}'")),
            ("STRATA_HEAD", "\"${env.GIT_COMMIT}\"".to_owned()),
        ];
        self.variables(&variables, stage, Purpose::Plan);
        self.line("      steps {");
        self.shell("        ", &format!("{}{}", script::MERGED, script::PROGRAM));
        let secrets = self.secrets(stage, Purpose::Plan);
        self.bound_without_forge(&secrets, &with_google(stage, &Step::Drift.script()));
        self.line("      }\n      post {\n        always {\n          archiveArtifacts allowEmptyArchive: true, artifacts: '.strata-ci/out/drift.*'\n        }\n      }\n    }");
    }

    fn of_change_request(&self, condition: &str) -> String {
        format!(
            "    allOf {{\n          changeRequest target: '{}'\n          expression {{ {condition} }}\n        }}",
            self.pipeline.branch
        )
    }

    fn begin(&mut self, name: &str, when: &str) {
        let _ = writeln!(
            self.out,
            "    stage('{name}') {{\n      when {{\n    {when}\n        beforeInput true\n      }}"
        );
    }

    fn of_change(&self, environment: &str) -> Vec<(&'static str, String)> {
        let reference = match self.pipeline.forge {
            Forge::GitHub => "\"refs/pull/${env.CHANGE_ID}/head\"",
            Forge::GitLab => "\"refs/merge-requests/${env.CHANGE_ID}/head\"",
        };
        let mut variables = vec![
            ("STRATA_ENV", format!("'{environment}'")),
            ("STRATA_PULL_REQUEST", "\"${env.CHANGE_ID}\"".to_owned()),
            ("STRATA_REF", reference.to_owned()),
        ];
        if self.pipeline.scanning == Scanning::On {
            variables.push(("STRATA_CODE_SCANNING", "'on'".to_owned()));
        }
        variables
    }

    fn variables(&mut self, variables: &[(&str, String)], stage: &Stage, purpose: Purpose) {
        let mut all = variables.to_vec();
        let told = stage.variables(purpose);
        all.extend(told.iter().map(|(name, value)| (*name, format!("'{value}'"))));
        if stage.trusts_google() {
            all.push((GOOGLE_FILE, "\"${env.WORKSPACE}/.strata-ci/out/google.json\"".to_owned()));
        }
        self.environment(&all);
    }

    fn environment(&mut self, variables: &[(&str, String)]) {
        self.line("      environment {");
        for (name, value) in variables {
            self.line(&format!("        {name} = {value}"));
        }
        self.line("      }");
    }

    /// What opens the store.
    fn store(&self) -> Vec<String> {
        self.pipeline.store_secrets.iter().map(|name| text(name, name)).collect()
    }

    /// What opens the store, the clouds' tokens, and for applies what `secret` blocks read.
    fn secrets(&self, stage: &Stage, purpose: Purpose) -> Vec<String> {
        let word = match purpose {
            Purpose::Plan => "plan",
            Purpose::Apply => "apply",
        };
        let mut bound = self.store();
        for trust in &stage.trusts {
            let variable = trust.token_variable();
            let id = format!("strata-{}-{word}-{}", stage.name, trust.cloud().to_ascii_lowercase());
            bound.push(format!("file(credentialsId: '{id}', variable: '{variable}')"));
        }
        if purpose == Purpose::Apply {
            bound.extend(self.pipeline.secrets.iter().map(|name| text(name, name)));
        }
        bound
    }

    /// A script that fetches from the repository, and runs nothing of it.
    fn fetched(&mut self, script: &str) {
        let git = format!("gitUsernamePassword(credentialsId: '{FORGE_CREDENTIAL}')");
        self.bound_without_forge(&[git], script);
    }

    /// A script that sees credentials, and the forge's token.
    fn bound(&mut self, bindings: &[String], script: &str) {
        let mut all = vec![format!(
            "usernamePassword(credentialsId: '{FORGE_CREDENTIAL}', usernameVariable: 'STRATA_FORGE_USER', passwordVariable: 'STRATA_FORGE_TOKEN')"
        )];
        all.extend_from_slice(bindings);
        self.bound_without_forge(&all, script);
    }

    /// A script that sees these credentials and no others.
    fn bound_without_forge(&mut self, bindings: &[String], script: &str) {
        if bindings.is_empty() {
            return self.shell("        ", script);
        }
        self.line("        withCredentials([");
        for one in bindings {
            self.line(&format!("          {one},"));
        }
        self.line("        ]) {");
        self.shell("          ", script);
        self.line("        }");
    }

    fn shell(&mut self, indent: &str, script: &str) {
        let script = groovy(&format!("set -eu\n{script}"), indent);
        let _ = writeln!(self.out, "{indent}sh {script}");
    }
}

fn text(id: &str, variable: &str) -> String {
    format!("string(credentialsId: '{id}', variable: '{variable}')")
}

fn with_google(stage: &Stage, script: &str) -> String {
    match stage.trusts_google() {
        true => format!("{}{script}", script::GOOGLE),
        false => script.to_owned(),
    }
}
