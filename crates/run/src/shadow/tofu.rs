//! The program `tofu`, asked for the plan of a stack as a document.
//!
//! Invariant: it gets the environment without what opens the estate's store, and without variables that would change
//! what it plans.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use host::programs::{Program, ProgramError, run};
use host::{FileError, Host};
use serde_json::{Map, Value};
use state::{State, v4};

use super::farm::Farm;
use crate::stack::Stack;

/// How long each of its steps may take.
const STEP_TIME_MAX: Duration = Duration::from_secs(3_600);
/// Longest document of a plan, in bytes.
const PLAN_BYTES_MAX: u64 = 1 << 30;
/// The file of inputs.
const INPUTS_FILE: &str = "strata.auto.tfvars.json";
/// The file that says that the state is beside it, whatever the module says.
const BACKEND_FILE: &str = "zz_strata_shadow_override.tf";
const BACKEND: &str = "terraform {\n  backend \"local\" {}\n}\n";
/// The file that the plan goes to.
const PLAN_FILE: &str = "strata-shadow.plan";
/// Beginnings of variables that change what `tofu` plans.
const CHANGING: [&str; 4] = ["TF_CLI_ARGS", "TF_VAR_", "TF_WORKSPACE", "TF_DATA_DIR"];

/// The program.
pub struct Tofu {
    program: String,
    environment: Vec<(String, String)>,
}

/// What is planned.
pub struct Subject<'s> {
    /// The stack, as Strata planned it.
    pub stack: &'s Stack,
    /// The plan: the values of its variables are given to `tofu`.
    pub plan: &'s plan::Plan,
    /// The state that it was planned upon.
    pub state: &'s State,
    /// Files of provider settings, by name.
    pub files: Vec<(String, Arc<str>)>,
    /// The lock file of the estate's providers.
    pub lock_file: PathBuf,
}

impl Tofu {
    /// The program of this name or path, in an environment without these variables.
    pub fn new(host: &Host, program: &str, without: &[&str]) -> Tofu {
        let kept = |name: &str| {
            !without.contains(&name) && !CHANGING.iter().any(|it| name.starts_with(it))
        };
        let all = host.environment.all().filter(|(name, _)| kept(name));
        let environment = all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Tofu { program: program.to_owned(), environment }
    }

    /// Whether it can be started at all.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, dir: &Path) -> Result<(), ProgramError> {
        self.run(dir, &["version"]).map(drop)
    }

    /// Its document of a stack's plan. Blocks.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub fn plan(&self, host: &Host, subject: &Subject<'_>) -> Result<Value, String> {
        let farm = prepare(host, subject).map_err(|error| error.to_string())?;
        let step = |args: &[&str]| {
            let ran = self.run(&farm.module, args);
            ran.map_err(|error| format!("`tofu {}`: {error}", args[0]))
        };
        step(&["init", "-input=false", "-no-color"])?;
        let out = format!("-out={PLAN_FILE}");
        step(&["plan", "-input=false", "-no-color", "-lock=false", &out])?;
        let document = step(&["show", "-json", "-no-color", PLAN_FILE])?;
        serde_json::from_slice(&document).map_err(|error| format!("its plan is no JSON: {error}"))
    }

    fn run(&self, dir: &Path, args: &[&str]) -> Result<Vec<u8>, ProgramError> {
        let args: Vec<String> = args.iter().map(|&arg| arg.to_owned()).collect();
        let program = Program {
            name: &self.program,
            args: &args,
            dir,
            environment: &self.environment,
            time_max: STEP_TIME_MAX,
            output_bytes_max: PLAN_BYTES_MAX,
        };
        run(&program).map(|output| output.out)
    }
}

/// The folder that it works in.
fn prepare(host: &Host, subject: &Subject<'_>) -> Result<Farm, FileError> {
    let dir = &subject.stack.dir;
    let modules = &subject.stack.loaded.config.modules;
    let reaches: Vec<PathBuf> = modules.iter().map(|one| plain(&dir.join(&*one.dir))).collect();
    let farm = Farm::make(host, &plain(dir), &reaches)?;
    let write =
        |name: &str, bytes: &[u8]| host.files.replace(&farm.module.join(name), bytes, 0o600);
    for (name, text) in &subject.files {
        write(name, text.as_bytes())?;
    }
    write(BACKEND_FILE, BACKEND.as_bytes())?;
    write(INPUTS_FILE, inputs(subject.plan).as_bytes())?;
    if !subject.state.lineage.is_empty() {
        write("terraform.tfstate", &v4::write(subject.state))?;
    }
    if let Ok(locks) = host.files.read(&subject.lock_file) {
        write(".terraform.lock.hcl", &locks)?;
    }
    Ok(farm)
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(out.pop()),
            part => out.push(part),
        }
    }
    out
}

/// The values of variables that are given, as `tofu` reads them.
fn inputs(plan: &plan::Plan) -> String {
    let mut all = Map::new();
    for variable in plan.variables.iter().filter(|variable| variable.set_by_caller) {
        let value = variable.value.clone().unmark_deep().0;
        let text = value::json::encode_simple(&value).ok();
        if let Some(json) = text.and_then(|text| serde_json::from_str(&text).ok()) {
            all.insert(variable.name.to_string(), json);
        }
    }
    Value::Object(all).to_string()
}
