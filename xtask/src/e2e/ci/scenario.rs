//! The life of pull requests through the pipelines of one forge.
//!
//! Invariant: what is refused is refused for the reason that is looked for, and leaves the state as it was.

use std::path::Path;

use super::estate::{Estate, FOLDER};
use super::forge::Forge;
use super::job::{Job, Reader};
use super::runner::{Event, Ran, Runner};
use super::{Kind, World, checks, expect, say, told};

/// What came of it, in numbers.
#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) linters: usize,
    pub(super) scripts: usize,
    pub(super) applied: usize,
    pub(super) applied_of: usize,
    pub(super) refused: usize,
    pub(super) refused_of: usize,
}

/// Runs all of it.
pub(super) fn run(
    world: &World,
    reader: &Reader,
    kind: Kind,
    folder: &Path,
) -> Result<Figures, String> {
    let estate = Estate::new(world, kind, folder)?;
    let forge = Forge::start()?;
    let jobs = reader.jobs(kind, &estate.clone.join(kind.file()))?;
    let mut figures = Figures {
        linters: checks::linted(&world.parts, kind, &estate.clone)?,
        ..Figures::default()
    };
    checks::parsed(&jobs)?;
    let runner = Runner { kind, estate: &estate, forge: &forge, folder: folder.to_owned() };
    let mut story =
        Story { kind, estate: &estate, forge: &forge, jobs: &jobs, runner, figures: &mut figures };
    story.reviewed_and_applied()?;
    story.overtaken()?;
    story.moved_after_its_plan()?;
    story.pushed_without_review()?;
    story.broken()?;
    story.of_a_stranger()?;
    story.drift()?;
    let unknown = forge.kept().refused.clone();
    expect(unknown.is_empty(), &format!("the forge knows every call: {unknown:?}"))?;
    Ok(figures)
}

struct Story<'a> {
    kind: Kind,
    estate: &'a Estate,
    forge: &'a Forge,
    jobs: &'a [Job],
    runner: Runner<'a>,
    figures: &'a mut Figures,
}

impl Story<'_> {
    /// Plan, comment, approval, apply of that plan, and nothing left to do.
    fn reviewed_and_applied(&mut self) -> Result<(), String> {
        self.branch("first")?;
        self.append("stacks/network/main.tf", "output \"size\" { value = var.size }\n")?;
        let first = self.pushed(1)?;
        self.planned("dev", &first)?;
        self.planned("prod", &first)?;
        let (body, edits) = told::comment(self.forge, 1, "dev")?;
        told::plan(&body)?;
        let waits: &[&str] = if self.kind == Kind::GitLab { &["success"] } else { &["neutral"] };
        told::has_checks(
            self.forge,
            &first.head,
            &[
                ("strata dev/network", &["success"]),
                ("strata dev", &["success"]),
                ("strata prod/network", waits),
                ("strata prod", waits),
            ],
        )?;
        self.findings_are_kept()?;
        // Somebody copies our comment, mark and all: it is not taken for ours.
        let forged = self.forge.comment(1, &body);
        self.estate.edit("strata.hcl", "size = \"small\"", "size = \"large\"")?;
        let second = self.pushed(1)?;
        self.planned("dev", &second)?;
        self.planned("prod", &second)?;
        let (body, edits_now) = told::comment(self.forge, 1, "dev")?;
        expect(edits_now > edits, "the comment is edited in place")?;
        let untouched =
            self.forge.kept().comments.iter().any(|one| one.id == forged && one.edits == 0);
        expect(untouched, "a copy of the comment is left alone")?;
        expect(body.contains(&second.head[..7]), "the comment is of the last commit")?;
        let merged = self.merged(1, "first")?;
        self.applied_as_reviewed(&merged)?;
        self.refused(
            "apply dev",
            &merged,
            "a plan that was applied is not applied again",
            &["plan-stale", "The plan is stale"],
        )
    }

    /// Both environments, by the plans that the comments name.
    fn applied_as_reviewed(&mut self, merged: &Event) -> Result<(), String> {
        self.figures.applied_of += 2;
        self.passed("apply dev", merged)?;
        if self.kind == Kind::GitLab {
            self.refused(
                "apply prod",
                merged,
                "nobody has approved",
                &["approvals-missing", "approval"],
            )?;
            let (body, _) = told::comment(self.forge, 1, "prod")?;
            let key = self.estate.keys.join("person").display().to_string();
            let plan = told::plan(&body)?;
            self.estate.strata(&["approve", &plan, "--base", &merged.before, "-key", &key])?;
        }
        self.passed("apply prod", merged)?;
        for environment in ["dev", "prod"] {
            self.estate.strata(&["plan", "-env", environment, "-detailed-exitcode"])?;
            self.figures.applied += 1;
        }
        let log = self.estate.strata(&["audit", "log", "-json", "-what", "apply"])?;
        let identified = log.contains("oidc:https://forge.example acme/infra");
        let known = identified || self.kind == Kind::Jenkins;
        expect(known, &format!("the audit knows who applied:\n{log}"))?;
        say("plan, comment, approval, apply of that plan, a plan without changes");
        Ok(())
    }

    /// Another change is applied between the plan and the merge.
    fn overtaken(&mut self) -> Result<(), String> {
        self.branch("slow")?;
        self.append("stacks/network/main.tf", "output \"slow\" { value = 1 }\n")?;
        let slow = self.pushed(2)?;
        self.planned("dev", &slow)?;
        self.branch("quick")?;
        self.estate.edit("strata.hcl", "size = \"large\"", "size = \"huge\"")?;
        let quick = self.pushed(3)?;
        self.planned("dev", &quick)?;
        let merged = self.merged(3, "quick")?;
        self.passed("apply dev", &merged)?;
        let merged = self.merged(2, "slow")?;
        self.refused(
            "apply dev",
            &merged,
            "the state has moved since the plan",
            &["plan-stale", "stale"],
        )
    }

    /// A commit is pushed after the plan, and merged before it is planned.
    fn moved_after_its_plan(&mut self) -> Result<(), String> {
        self.branch("late")?;
        self.append("stacks/app/main.tf", "output \"late\" { value = 1 }\n")?;
        let planned = self.pushed(4)?;
        self.planned("dev", &planned)?;
        self.append("stacks/app/main.tf", "output \"later\" { value = 2 }\n")?;
        self.pushed(4)?;
        let merged = self.merged(4, "late")?;
        self.refused(
            "apply dev",
            &merged,
            "its plan is of another commit",
            &["ci-plan-old", "plan is of another commit"],
        )
    }

    /// A commit that was under no review.
    fn pushed_without_review(&mut self) -> Result<(), String> {
        self.estate.git(&["checkout", "-q", "main"])?;
        let before = self.estate.id("HEAD")?;
        self.append("stacks/app/main.tf", "output \"direct\" { value = 1 }\n")?;
        let head = self.estate.commit("direct")?;
        self.estate.git(&["push", "-q", "origin", "main"])?;
        let event = Event { number: None, head, before };
        self.refused("apply dev", &event, "no pull request was reviewed", &["no pull request"])
    }

    /// A change that cannot be planned: it is told, and not applied.
    fn broken(&mut self) -> Result<(), String> {
        self.branch("broken")?;
        self.append("stacks/app/main.tf", "output \"x\" { value = nowhere.at.all }\n")?;
        let event = self.pushed(5)?;
        let ran = self.ran("plan dev", &event)?;
        expect(!ran.passed, "a plan that failed fails its run")?;
        let (body, _) = told::comment(self.forge, 5, "dev")?;
        expect(
            body.contains("### No plan of dev") && body.contains("nowhere"),
            &format!("the comment says why:\n{body}"),
        )?;
        let failed: &[&str] = if self.kind == Kind::GitLab { &["failed"] } else { &["failure"] };
        told::has_checks(self.forge, &event.head, &[("strata dev", failed)])?;
        let merged = self.merged(5, "broken")?;
        self.refused("apply dev", &merged, "there is no plan", &["merged without a plan"])?;
        // What is on the branch now is mended, so that the rest can be planned.
        self.estate.git(&["checkout", "-q", "main"])?;
        self.estate.edit("stacks/app/main.tf", "output \"x\" { value = nowhere.at.all }\n", "")?;
        self.estate.commit("mended")?;
        self.estate.git(&["push", "-q", "origin", "main"]).map(drop)
    }

    /// A pull request of a stranger: it is validated and rehearsed, and nobody is told anything in our name.
    fn of_a_stranger(&mut self) -> Result<(), String> {
        self.branch("fork")?;
        self.append("stacks/app/main.tf", "output \"fork\" { value = 1 }\n")?;
        let event = self.pushed(6)?;
        let told = |forge: &Forge| {
            let kept = forge.kept();
            (kept.comments.len(), kept.checks.len(), kept.tokens)
        };
        let before = told(self.forge);
        let strangers: Vec<String> = self
            .jobs
            .iter()
            .map(|job| job.name.clone())
            .filter(|name| name.starts_with("strangers"))
            .collect();
        expect(!strangers.is_empty(), "there is a job for strangers")?;
        for name in strangers {
            self.passed(&name, &event)?;
        }
        expect(before == told(self.forge), "a stranger's run asks the forge for nothing")
    }

    fn drift(&mut self) -> Result<(), String> {
        self.estate.git(&["checkout", "-q", "main"])?;
        let head = self.estate.id("HEAD")?;
        let event = Event { number: None, before: head.clone(), head };
        self.passed("drift dev", &event)?;
        say("drift: looked for on schedule, none found");
        Ok(())
    }

    /// SARIF and JUnit are there, and GitHub's code scanning has the first.
    fn findings_are_kept(&mut self) -> Result<(), String> {
        let out = self.runner.folder.join("work/.strata-ci/out");
        let sarif = std::fs::read_to_string(out.join("plan.sarif")).map_err(|e| e.to_string())?;
        let sarif: serde_json::Value = serde_json::from_str(&sarif).map_err(|e| e.to_string())?;
        expect(sarif["version"] == "2.1.0", "the findings are SARIF 2.1.0")?;
        let junit = std::fs::read_to_string(out.join("plan.xml")).map_err(|e| e.to_string())?;
        expect(junit.contains("name=\"prod/network\""), "each stack is a test of JUnit")?;
        let sent = self.forge.kept().findings;
        expect(
            self.kind != Kind::GitHub || sent == 2,
            "code scanning has the findings of both plans",
        )
    }

    /// A new branch from the main one.
    fn branch(&self, name: &str) -> Result<(), String> {
        self.estate.git(&["checkout", "-q", "main"])?;
        self.estate.git(&["checkout", "-q", "-b", name]).map(drop)
    }

    fn append(&self, path: &str, text: &str) -> Result<(), String> {
        let file = self.estate.clone.join(FOLDER).join(path);
        let before = std::fs::read_to_string(&file).map_err(|e| format!("{path}: {e}"))?;
        self.estate.write(path, &format!("{before}{text}"))
    }

    /// What is there is committed and pushed as the head of a pull request.
    fn pushed(&self, number: u64) -> Result<Event, String> {
        let head = self.estate.commit("a change")?;
        let reference = match self.kind {
            Kind::GitLab => format!("HEAD:refs/merge-requests/{number}/head"),
            Kind::GitHub | Kind::Jenkins => format!("HEAD:refs/pull/{number}/head"),
        };
        self.estate.git(&["push", "-q", "--force", "origin", &reference])?;
        self.forge.open(number, &head);
        let before = self.estate.id("main")?;
        Ok(Event { number: Some(number), head, before })
    }

    /// A pull request is merged.
    fn merged(&self, number: u64, branch: &str) -> Result<Event, String> {
        self.estate.git(&["checkout", "-q", "main"])?;
        let before = self.estate.id("HEAD")?;
        let who = ["-c", "user.name=forge", "-c", "user.email=forge@acme.example"];
        self.estate.git(&[&who[..], &["merge", "-q", "--no-ff", "--no-edit", branch]].concat())?;
        self.estate.git(&["push", "-q", "origin", "main"])?;
        let head = self.estate.id("HEAD")?;
        self.forge.merge(number, &head);
        Ok(Event { number: None, head, before })
    }

    fn planned(&mut self, environment: &str, event: &Event) -> Result<(), String> {
        self.passed(&format!("plan {environment}"), event)
    }

    fn passed(&mut self, job: &str, event: &Event) -> Result<(), String> {
        let ran = self.ran(job, event)?;
        if ran.passed { Ok(()) } else { Err(format!("`{job}` failed:\n{}", ran.text)) }
    }

    /// The job fails, for one of these reasons.
    fn refused(
        &mut self,
        job: &str,
        event: &Event,
        why: &str,
        reasons: &[&str],
    ) -> Result<(), String> {
        self.figures.refused_of += 1;
        let ran = self.ran(job, event)?;
        let is = !ran.passed && reasons.iter().any(|reason| ran.text.contains(reason));
        expect(is, &format!("`{job}` is refused since {why}:\n{}", ran.text))?;
        self.figures.refused += 1;
        say(&format!("refused: {why}"));
        Ok(())
    }

    fn ran(&mut self, name: &str, event: &Event) -> Result<Ran, String> {
        let job = self.jobs.iter().find(|job| job.name == name);
        let job = job.ok_or_else(|| {
            let known: Vec<&str> = self.jobs.iter().map(|job| &*job.name).collect();
            format!("no job `{name}` among {known:?}")
        })?;
        let ran = self.runner.run(job, event)?;
        self.figures.scripts += ran.scripts;
        Ok(ran)
    }
}
