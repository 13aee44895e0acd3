//! Terragrunt's functions (<https://terragrunt.gruntwork.io/docs/reference/hcl/functions/>), as far as a tree of files and
//! the environment answer them.
//!
//! Invariant: nothing is run, decrypted or asked of a cloud.

use std::sync::Arc;

use value::{Type, Value};

use super::configuration::Configuration;
use super::frame::Frame;
use super::{UNIT_FILE, merge};
use crate::tree::{join, leaf, parent, relative};
use crate::variables::tfvars;

/// The provider in whose name evaluation asks for these functions.
pub(crate) const PROVIDER: &str = "terragrunt";
/// What stands before their names then.
pub(crate) const NAMESPACE: &str = "provider::terragrunt::";

/// Most folders that are looked through upwards.
const FOLDERS_MAX: usize = 100;

/// The functions that the language itself does not have.
const NAMES: [&str; 30] = [
    "constraint_check",
    "deep_merge",
    "find_in_parent_folders",
    "get_aws_account_alias",
    "get_aws_account_id",
    "get_aws_caller_identity_arn",
    "get_aws_caller_identity_user_id",
    "get_default_retryable_errors",
    "get_env",
    "get_original_terragrunt_dir",
    "get_parent_terragrunt_dir",
    "get_path_from_repo_root",
    "get_path_to_repo_root",
    "get_platform",
    "get_repo_root",
    "get_terraform_cli_args",
    "get_terraform_command",
    "get_terraform_commands_that_need_input",
    "get_terraform_commands_that_need_locking",
    "get_terraform_commands_that_need_parallelism",
    "get_terraform_commands_that_need_vars",
    "get_terragrunt_dir",
    "get_terragrunt_source_cli_flag",
    "get_working_dir",
    "mark_as_read",
    "path_relative_from_include",
    "path_relative_to_include",
    "read_terragrunt_config",
    "read_tfvars_file",
    "run_cmd",
];

/// Whether a function is Terragrunt's own.
pub(crate) fn is_ours(name: &str) -> bool {
    NAMES.contains(&name) || name == "sops_decrypt_file" || name == "mark_glob_as_read"
}

/// Why a function has no value.
pub(crate) struct Fault {
    pub(crate) summary: String,
    pub(crate) detail: String,
    pub(crate) remedy: String,
}

fn fault(summary: impl Into<String>, detail: impl Into<String>, remedy: &str) -> Fault {
    Fault { summary: summary.into(), detail: detail.into(), remedy: remedy.to_owned() }
}

/// The value of a call whose arguments are known.
pub(crate) fn call(frame: &Frame<'_, '_>, name: &str, args: &[Value]) -> Result<Value, Fault> {
    let tree = frame.reader.tree;
    let string = |text: String| Ok(Value::string(text));
    match name {
        "find_in_parent_folders" => found_above(frame, args),
        "path_relative_to_include" => {
            string(relative(&include(frame, args).unwrap_or(frame.unit.clone()), &frame.unit))
        }
        "path_relative_from_include" => {
            string(relative(&frame.unit, &include(frame, args).unwrap_or(frame.unit.clone())))
        }
        "get_parent_terragrunt_dir" => {
            string(include(frame, args).unwrap_or_else(|| frame.unit.clone()))
        }
        "get_terragrunt_dir" => string(frame.unit.clone()),
        "get_original_terragrunt_dir" | "get_working_dir" => string(frame.original.clone()),
        "get_env" => variable(frame, args),
        "get_repo_root" => repository(frame).and_then(string),
        "get_path_from_repo_root" => {
            repository(frame).and_then(|root| string(relative(&root, &frame.unit)))
        }
        "get_path_to_repo_root" => {
            repository(frame).and_then(|root| string(relative(&frame.unit, &root)))
        }
        "get_platform" => string("linux".to_owned()),
        "read_terragrunt_config" => read_config(frame, args),
        "read_tfvars_file" => {
            let path = join(&frame.folder, &text(args, 0, "path")?);
            let body = tree.text(&path).ok_or_else(|| missing(&path))?;
            let values = tfvars(frame.reader, &path, &body).ok_or_else(|| missing(&path))?;
            let all = Value::object(values);
            string(value::json::encode_simple(&all).unwrap_or_default())
        }
        "deep_merge" => Ok(args.iter().fold(Value::object([]), |all, one| merge::deep(&all, one))),
        "mark_as_read" | "mark_glob_as_read" => {
            Ok(args.first().cloned().unwrap_or(Value::null(Type::STRING)))
        }
        "get_terraform_command" => string("plan".to_owned()),
        "get_terragrunt_source_cli_flag" => string(String::new()),
        "get_terraform_cli_args"
        | "get_default_retryable_errors"
        | "get_terraform_commands_that_need_input"
        | "get_terraform_commands_that_need_locking"
        | "get_terraform_commands_that_need_parallelism"
        | "get_terraform_commands_that_need_vars" => Ok(Value::list(Type::STRING, Vec::new())),
        _ => Err(fault(
            format!("`{name}` is not asked"),
            "It runs a program, decrypts a file or asks a cloud, and a tree is read without any of these.",
            "Write what it comes to, in place of the call; a secret goes into a `secret` block of strata.hcl.",
        )),
    }
}

fn text(args: &[Value], at: usize, what: &str) -> Result<String, Fault> {
    let given = args.get(at).and_then(|value| value.as_str().map(str::to_owned));
    given.ok_or_else(|| {
        fault(
            format!("The {what} is no text"),
            "A function of Terragrunt is given something else.",
            "Mend the call.",
        )
    })
}

fn missing(path: &str) -> Fault {
    fault(
        format!("{path} cannot be read"),
        "There is no such file, or it is no text, or it has errors.",
        "Put it in its place, or give the call what counts otherwise.",
    )
}

/// The nearest file or folder of the name above; the second argument is what counts where there is none.
fn found_above(frame: &Frame<'_, '_>, args: &[Value]) -> Result<Value, Fault> {
    let name = match args.first() {
        Some(_) => text(args, 0, "name")?,
        None => UNIT_FILE.to_owned(),
    };
    let tree = frame.reader.tree;
    let mut folder = parent(&frame.unit);
    for _ in 0..FOLDERS_MAX {
        let Some(here) = folder else { break };
        let path = join(here, &name);
        let is_folder = || {
            let above = parent(&path).unwrap_or("/");
            tree.entries(above).folders.iter().any(|own| own == leaf(&path))
        };
        if tree.text(&path).is_some() || is_folder() {
            return Ok(Value::string(path));
        }
        folder = parent(here);
    }
    match args.get(1) {
        Some(otherwise) => Ok(otherwise.clone()),
        None => Err(fault(
            format!("No {name} above {}", relative(&frame.reader.base, &frame.unit)),
            "None of the folders above has it.",
            "Put it in its place, or give a second argument that counts where it is not there.",
        )),
    }
}

/// The folder of the included file that a call is about.
fn include(frame: &Frame<'_, '_>, args: &[Value]) -> Option<String> {
    if let Some(own) = &frame.included {
        return Some(own.clone());
    }
    let named = args.first().and_then(Value::as_str);
    let found = frame.includes.iter().find(|(name, _)| named.is_none_or(|named| named == &**name));
    found.map(|(_, folder)| folder.clone())
}

fn variable(frame: &Frame<'_, '_>, args: &[Value]) -> Result<Value, Fault> {
    let name = text(args, 0, "name")?;
    match (frame.reader.tree.variable(&name), args.get(1)) {
        (Some(value), _) => Ok(Value::string(value)),
        (None, Some(otherwise)) => Ok(otherwise.clone()),
        (None, None) => Err(fault(
            format!("{name} is not in the environment"),
            "What a variable of the environment says becomes part of strata.hcl.",
            "Set it as Terragrunt has it, and read the tree again.",
        )),
    }
}

fn repository(frame: &Frame<'_, '_>) -> Result<String, Fault> {
    frame.reader.tree.repository(&frame.unit).ok_or_else(|| {
        fault(
            "The tree is in no repository",
            "No folder above it holds .git.",
            "Read it where it was checked out.",
        )
    })
}

/// Another configuration as an object: its locals, its inputs as far as they are known, and its source.
fn read_config(frame: &Frame<'_, '_>, args: &[Value]) -> Result<Value, Fault> {
    let given = text(args, 0, "path")?;
    let mut path = join(&frame.folder, &given);
    let reader = frame.reader;
    if reader.tree.text(&path).is_none() {
        path = join(&path, UNIT_FILE);
    }
    if reader.tree.text(&path).is_none() {
        return args.get(1).cloned().ok_or_else(|| missing(&given));
    }
    let read = reader.within(&path, || Configuration::read(reader, &path, &frame.original));
    match read {
        Some(Some(configuration)) => Ok(exposed(&configuration)),
        Some(None) => Err(missing(&given)),
        None => Err(fault(
            format!("{given} is read in a circle"),
            "Configurations read one another too deep.",
            "Take one of the calls of `read_terragrunt_config` out.",
        )),
    }
}

/// What others see of a configuration.
pub(crate) fn exposed(configuration: &Configuration) -> Value {
    let known = configuration
        .inputs
        .iter()
        .filter_map(|(name, input)| Some((name.clone(), input.value()?.clone())));
    let source = configuration
        .source
        .as_ref()
        .map_or(Value::null(Type::STRING), |(source, _)| Value::string(source.clone()));
    let entry = |name: &str, value: Value| -> (Arc<str>, Value) { (name.into(), value) };
    let remote = configuration.remote_state.as_ref().map_or(Value::null(Type::DYNAMIC), |remote| {
        Value::object([
            entry("backend", Value::string(remote.backend.clone())),
            entry("config", remote.config.clone()),
        ])
    });
    Value::object([
        entry("locals", configuration.locals.clone()),
        entry("inputs", Value::object(known)),
        entry("terraform", Value::object([entry("source", source)])),
        entry("remote_state", remote),
    ])
}
