//! `cargo xtask e2e ci`: the pipelines that `strata ci` writes, read by their makers' schemas and linters, and their shell
//! steps run for real: a bare Git repository, a forge that speaks the REST calls used, and where the AWS provider is on the
//! machine an AWS (else providers that need no cloud).
//!
//! A pull request is planned, told of, approved and merged; that plan is applied, and then nothing is left to do. What
//! changed in between is refused. The same for GitHub, GitLab and Jenkins.

mod checks;
mod estate;
mod forge;
mod forge_calls;
mod jenkinsfile;
mod job;
mod runner;
mod scenario;
mod told;

use std::path::{Path, PathBuf};
use std::process::Command;

use super::servers::{Server, fetch, free_port};

/// Whose pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    GitHub,
    GitLab,
    Jenkins,
}

impl Kind {
    const ALL: [Kind; 3] = [Kind::GitHub, Kind::GitLab, Kind::Jenkins];

    /// The word of `strata ci`.
    fn word(self) -> &'static str {
        match self {
            Kind::GitHub => "github",
            Kind::GitLab => "gitlab",
            Kind::Jenkins => "jenkins",
        }
    }

    /// The file that it writes.
    fn file(self) -> &'static str {
        match self {
            Kind::GitHub => ".github/workflows/strata.yml",
            Kind::GitLab => ".gitlab-ci.yml",
            Kind::Jenkins => "Jenkinsfile",
        }
    }
}

/// What all three work with.
struct World {
    strata: PathBuf,
    parts: PathBuf,
    /// The cloud's address, where there is one.
    cloud: Option<String>,
    _server: Option<Server>,
}

/// Runs it; the first thing that is not as it should be ends it. With `--keep`, what was made is kept on disk.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<(), String> {
    let has = |name: &str| args.iter().any(|arg| arg == name);
    let folder = std::env::temp_dir().join(format!("strata-ci-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    let named = Kind::ALL.into_iter().filter(|kind| has(kind.word())).collect::<Vec<_>>();
    let kinds = if named.is_empty() { Kind::ALL.to_vec() } else { named };
    let ended = whole(root, &folder, !has("--without-aws"), &kinds);
    if ended.is_ok() && !has("--keep") {
        let _ = std::fs::remove_dir_all(&folder);
    } else {
        eprintln!("what was there is kept in {}", folder.display());
    }
    ended
}

fn whole(root: &Path, folder: &Path, with_aws: bool, kinds: &[Kind]) -> Result<(), String> {
    let strata = super::first_light::build(root)?;
    let world = World::start(strata, folder, with_aws)?;
    let reader = job::Reader::new(&world.parts)?;
    let mut figures = Vec::new();
    for &kind in kinds {
        let begun = std::time::Instant::now();
        let own = folder.join(kind.word());
        std::fs::create_dir_all(&own).map_err(|e| e.to_string())?;
        let told = scenario::run(&world, &reader, kind, &own)
            .map_err(|message| format!("{}: {message}", kind.word()))?;
        say(&format!("{}: {} s", kind.word(), begun.elapsed().as_secs()));
        figures.push(told);
    }
    let total = |of: fn(&scenario::Figures) -> usize| figures.iter().map(of).sum::<usize>();
    println!(
        "ci: {} pipelines of {} read without a finding by {} linters and schemas; {} shell scripts run; plan, one comment \
         edited in place, approval, apply of that plan, a plan without changes: {} of {}; refused because something changed \
         in between or was not approved: {} of {}",
        kinds.len(),
        kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(", "),
        total(|one| one.linters),
        total(|one| one.scripts),
        total(|one| one.applied),
        total(|one| one.applied_of),
        total(|one| one.refused),
        total(|one| one.refused_of),
    );
    Ok(())
}

impl World {
    fn start(strata: PathBuf, folder: &Path, with_aws: bool) -> Result<World, String> {
        let parts = crate::parts::cache();
        let provider = parts.join("providers/registry.opentofu.org/hashicorp/aws/5.100.0");
        let program = parts.join("python/ministack-1.5.33/bin/ministack");
        let mut world = World { strata, parts, cloud: None, _server: None };
        if !(with_aws && provider.exists() && program.exists()) {
            say(
                "without AWS: its provider is not on this machine, or was left out; `random` and `terraform_data` in its place",
            );
            return Ok(world);
        }
        let port = free_port()?;
        let mut command = Command::new(program);
        command.env("BIND_HOST", "127.0.0.1").env("GATEWAY_PORT", port.to_string());
        command.env("MINISTACK_PORT", port.to_string()).env("MINISTACK_REGION", "eu-west-1");
        command.current_dir(folder);
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
            command.env_remove(name);
        }
        let endpoint = format!("http://127.0.0.1:{port}");
        let health = format!("{endpoint}/_ministack/health");
        let server =
            Server::start("ministack", command, folder)?.wait(|| fetch(&health, None).is_some())?;
        say("with AWS on ministack: runs become roles by the forge's token");
        world.cloud = Some(endpoint);
        world._server = Some(server);
        Ok(world)
    }
}

fn say(text: &str) {
    println!("  {text}");
}

fn expect(holds: bool, what: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("not so: {what}")) }
}

/// What a program printed; an error where it failed.
fn said(command: &mut Command) -> Result<String, String> {
    let out = command.output().map_err(|e| format!("{command:?}: {e}"))?;
    let text =
        format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    if out.status.success() {
        Ok(text)
    } else {
        Err(format!("{command:?}: {}\n{text}", out.status))
    }
}
