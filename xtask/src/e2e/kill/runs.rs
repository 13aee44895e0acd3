//! `kill -9` at random points of a run over wired stacks with the real provider, in an estate whose environment needs
//! approvals, on SQLite and on PostgreSQL; there the server is killed instead, once in ten.
//!
//! After each kill: what is in doubt is resolved by a look at the disk alone; `resume` finishes without a further approval; a
//! plan says that nothing is left; every file is there, and none that was there after the kill was written again. Once
//! for each store, a configuration that does not refine what was approved is refused first.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::server::{REMEDY, Server};
use super::{Random, end_group, nonce, sha1, signature_of};

/// Files of each stack.
const FILES: usize = 80;
/// The stacks, lower ones first, and what each reads.
const STACKS: [(&str, &str, &[&str]); 5] = [
    ("base", "low", &[]),
    ("left", "middle", &["base"]),
    ("right", "middle", &["base"]),
    ("top", "high", &["left", "right"]),
    ("side", "high", &["base"]),
];
/// Objects of one stack that may be in doubt: as many as calls are made at once.
const IN_DOUBT_MAX: usize = 10;
/// One kill in so many is the server's.
const SERVER_EVERY: usize = 10;

/// Where the estate's store is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Store {
    Sqlite,
    Postgres,
}

/// What is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Victim {
    Strata,
    Server,
}

/// What the kills of one store came to.
#[derive(Default)]
struct Tally {
    in_doubt_most: usize,
    files_there: usize,
    resumed: usize,
    server_kills: usize,
}

/// Runs it.
pub(super) fn run(
    strata: &Path,
    cli_config: &Path,
    points: usize,
    random: &mut Random,
) -> Result<(), String> {
    for store in [Store::Sqlite, Store::Postgres] {
        let mut server = match store {
            Store::Sqlite => None,
            Store::Postgres => Some(Server::start(&[]).ok_or(REMEDY)?),
        };
        let length = Place::new(strata, cli_config, server.as_ref())?.length_of_writing()?;
        let mut tally = Tally::default();
        for point in 0..points {
            let after = length.mul_f64(random.fraction());
            let victim = match store {
                Store::Postgres if point % SERVER_EVERY == 0 => Victim::Server,
                _ => Victim::Strata,
            };
            let place = Place::new(strata, cli_config, server.as_ref())?;
            one(&place, server.as_mut(), victim, after, &mut tally).map_err(|error| {
                format!("{store:?}, {victim:?} killed after {after:?}: {error}")
            })?;
        }
        println!(
            "  Runs of {} stacks on {store:?}: {points} kills within {:.1} s, {} of them of the server: in doubt at most {}, {} of {} files there when killed, {} runs resumed under their approval, none written twice, none lost",
            STACKS.len(),
            length.as_secs_f64(),
            tally.server_kills,
            tally.in_doubt_most,
            tally.files_there,
            points * FILES * STACKS.len(),
            tally.resumed,
        );
    }
    Ok(())
}

/// One kill, so long after the first file was written, and all that must hold after it.
fn one(
    place: &Place,
    server: Option<&mut Server>,
    victim: Victim,
    after: Duration,
    tally: &mut Tally,
) -> Result<(), String> {
    let plan = place.approved()?;
    let mut child = place.start(&plan)?;
    place.wait_for_first_file(&mut child)?;
    std::thread::sleep(after);
    let ended = match (victim, server) {
        (Victim::Server, Some(server)) => {
            tally.server_kills += 1;
            server.kill();
            server.run();
            child.wait().map_err(|e| e.to_string())?.success()
        }
        _ => {
            let ended = child.try_wait().map_err(|e| e.to_string())?;
            child.kill().map_err(|e| e.to_string())?;
            child.wait().map_err(|e| e.to_string())?;
            end_group(child.id());
            ended.is_some_and(|status| status.success())
        }
    };
    let there = place.files()?;
    tally.files_there += there.len();
    for (stack, ..) in STACKS {
        let in_doubt = place.in_doubt(stack)?;
        tally.in_doubt_most = tally.in_doubt_most.max(in_doubt.len());
        if in_doubt.len() > IN_DOUBT_MAX {
            return Err(format!(
                "{} in doubt in {stack}, more than {IN_DOUBT_MAX}",
                in_doubt.len()
            ));
        }
        for address in &in_doubt {
            place.resolve(stack, address)?;
        }
    }
    if !ended {
        if tally.resumed == 0 {
            place.does_not_refine(&plan)?;
        }
        tally.resumed += 1;
        place.run(&["resume", &plan, "-auto-approve"], 0)?;
    }
    place.run(&["plan", "-env", "test", "-detailed-exitcode"], 0)?;
    place.nothing_lost_or_doubled(&there)
}

/// A folder with an estate, in which Strata works.
struct Place {
    strata: PathBuf,
    cli_config: PathBuf,
    folder: PathBuf,
}

impl Drop for Place {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            drop(std::fs::remove_dir_all(&self.folder));
        }
    }
}

impl Place {
    fn new(strata: &Path, cli_config: &Path, server: Option<&Server>) -> Result<Place, String> {
        let text = |error: std::io::Error| error.to_string();
        let name = format!("strata-runs-{}-{}", std::process::id(), nonce());
        let folder = std::env::temp_dir().join(&name);
        for (stack, _, reads) in STACKS {
            std::fs::create_dir_all(folder.join(stack)).map_err(text)?;
            std::fs::write(folder.join(stack).join("main.tf"), module(stack, reads))
                .map_err(text)?;
        }
        let store = server.map(|server| server.address(&name.replace('-', "_")));
        let store = store.unwrap_or_else(|| "sqlite:.strata/estate.db".to_owned());
        std::fs::write(folder.join("strata.hcl"), estate(&store)).map_err(text)?;
        let place = Place { strata: strata.into(), cli_config: cli_config.into(), folder };
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-C", "", "-f"])
            .arg(place.folder.join("key"))
            .status()
            .map_err(|error| format!("ssh-keygen: {error}"))?;
        if !made.success() {
            return Err(format!("ssh-keygen: {made}"));
        }
        let key = std::fs::read_to_string(place.folder.join("key.pub")).map_err(text)?;
        let signers = format!("owner@test namespaces=\"strata-approval\" {key}");
        std::fs::write(place.folder.join("owners.signers"), signers).map_err(text)?;
        place.run(&["init"], 0)?;
        Ok(place)
    }

    /// Plans, sees that it is refused without an approval, and approves.
    fn approved(&self) -> Result<String, String> {
        let document = self.run(&["plan", "-env", "test", "-json"], 0)?;
        let document: serde_json::Value =
            serde_json::from_str(&document).map_err(|e| format!("{e}: {document}"))?;
        let plan = document["plan"].as_str().ok_or("a plan without an id")?.to_owned();
        self.run(&["apply", &plan, "-auto-approve"], 1)?;
        self.run(&["approve", &plan, "-key", "key"], 0)?;
        Ok(plan)
    }

    /// A configuration that does more than was approved is not resumed.
    fn does_not_refine(&self, plan: &str) -> Result<(), String> {
        let file = self.folder.join("top/main.tf");
        let was = std::fs::read_to_string(&file).map_err(|e| e.to_string())?;
        let more = "\nresource \"local_file\" \"more\" {\n  filename = \"${path.module}/out/more\"\n  content = \"\"\n}\n";
        std::fs::write(&file, format!("{was}{more}")).map_err(|e| e.to_string())?;
        self.run(&["resume", plan, "-auto-approve"], 1)?;
        std::fs::write(&file, was).map_err(|e| e.to_string())
    }

    /// How long a whole run writes files: from the first to the end.
    fn length_of_writing(&self) -> Result<Duration, String> {
        let plan = self.approved()?;
        let mut child = self.start(&plan)?;
        self.wait_for_first_file(&mut child)?;
        let begun = Instant::now();
        let status = child.wait().map_err(|e| e.to_string())?;
        if status.success() {
            Ok(begun.elapsed())
        } else {
            Err(format!("a run that nobody killed: {status}"))
        }
    }

    fn start(&self, plan: &str) -> Result<Child, String> {
        let mut command = self.command(&["apply", plan, "-auto-approve", "-input=false"]);
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().map_err(|e| e.to_string())
    }

    fn wait_for_first_file(&self, child: &mut Child) -> Result<(), String> {
        while self.files()?.is_empty() {
            if let Some(status) = child.try_wait().map_err(|e| e.to_string())? {
                return Err(format!("a run ended before it wrote a file: {status}"));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// The addresses in doubt of a stack.
    fn in_doubt(&self, stack: &str) -> Result<Vec<String>, String> {
        let address = format!("test/{stack}");
        let listed = self.run(&["state", "resolve", "-json", "-stack", &address], 0)?;
        let document: serde_json::Value =
            serde_json::from_str(&listed).map_err(|e| format!("{e}: {listed}"))?;
        let all = document["in_doubt"].as_array().cloned().unwrap_or_default();
        Ok(all.iter().filter_map(|one| one["address"].as_str().map(str::to_owned)).collect())
    }

    /// Resolves by a look at the disk alone.
    fn resolve(&self, stack: &str, address: &str) -> Result<(), String> {
        let index = address.trim_start_matches("local_file.f[").trim_end_matches(']');
        let file = self.folder.join(stack).join("out").join(format!("{index}.txt"));
        let of = format!("test/{stack}");
        let id = if file.exists() { Some(sha1(&file)?) } else { None };
        let mut args = vec!["state", "resolve", "-stack", &of, address];
        match &id {
            Some(id) => args.extend(["-exists", id]),
            None => args.push("-absent"),
        }
        self.run(&args, 0).map(drop)
    }

    /// What tells each file from one that was written again.
    fn files(&self) -> Result<HashMap<String, (u64, i64, i64)>, String> {
        let mut files = HashMap::new();
        for (stack, ..) in STACKS {
            let out = self.folder.join(stack).join("out");
            for entry in std::fs::read_dir(out).into_iter().flatten().filter_map(Result::ok) {
                let name = format!("{stack}/{}", entry.file_name().to_string_lossy());
                files.insert(name, signature_of(&entry)?);
            }
        }
        Ok(files)
    }

    fn nothing_lost_or_doubled(
        &self,
        there: &HashMap<String, (u64, i64, i64)>,
    ) -> Result<(), String> {
        let now = self.files()?;
        if now.len() != FILES * STACKS.len() {
            return Err(format!("{} files, not {}", now.len(), FILES * STACKS.len()));
        }
        match there.iter().find(|(name, was)| now.get(*name) != Some(was)) {
            Some((name, was)) => {
                Err(format!("{name} was written again: {was:?}, then {:?}", now.get(name)))
            }
            None => Ok(()),
        }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.strata);
        command.args(args).current_dir(&self.folder).env("TF_CLI_CONFIG_FILE", &self.cli_config);
        command.env("NO_COLOR", "1").stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str], code: i32) -> Result<String, String> {
        super::expect(self.command(args), &self.folder, code)
    }
}

/// A module of files whose contents come from the stacks below. Their names say that they are relative to the module, so that
/// its provider works there.
fn module(stack: &str, reads: &[&str]) -> String {
    let variables: String = reads
        .iter()
        .map(|name| format!("variable \"{name}\" {{\n  type = string\n}}\n\n"))
        .collect();
    let below: String = reads.iter().map(|name| format!("${{var.{name}}} ")).collect();
    format!(
        "terraform {{\n  required_providers {{\n    local = {{ source = \"hashicorp/local\" }}\n  }}\n}}\n\n{variables}\
         resource \"local_file\" \"f\" {{\n  count    = {FILES}\n  filename = \"${{path.module}}/out/${{count.index}}.txt\"\n  \
         content  = \"{stack} {below}${{count.index}}\"\n}}\n\n\
         output \"id\" {{\n  value = local_file.f[0].id\n}}\n"
    )
}

fn estate(store: &str) -> String {
    let mut text = format!(
        "estate {{\n  name  = \"runs\"\n  store = \"{store}\"\n}}\n\n\
         group \"owners\" {{\n  signers = \"owners.signers\"\n}}\n\n"
    );
    for layer in ["low", "middle", "high"] {
        text.push_str(&format!("layer \"{layer}\" {{\n  owners = [\"owners\"]\n}}\n\n"));
    }
    text.push_str("environment \"test\" {\n  protected = true\n}\n");
    for (stack, layer, reads) in STACKS {
        let inputs: Vec<String> =
            reads.iter().map(|name| format!("    {name} = stack.{name}.id\n")).collect();
        text.push_str(&format!(
            "\nstack \"{stack}\" {{\n  layer  = \"{layer}\"\n  source = \"./{stack}\"\n  inputs = {{\n{}  }}\n}}\n",
            inputs.concat()
        ));
    }
    text
}
