//! Whether a call names a place relative to the stack's folder (ENGINE §6): providers resolve such paths against
//! their working directory.

use std::path::Path;

use schema::protocol::Call;
use value::{Value, View};

/// Longest text that is looked at as a path, in bytes (the limit of Linux).
const PATH_BYTES_MAX: usize = 4_096;

/// Whether any value of the call is a relative path: begins with `./` or `../`, or names a file in the folder.
pub(super) fn names_a_place(call: &Call, folder: &Path) -> bool {
    let any = |values: &[&Value]| values.iter().any(|value| names(value, folder));
    match call {
        Call::ValidateProvider { config }
        | Call::Configure { config, .. }
        | Call::ValidateResource { config, .. }
        | Call::ValidateData { config, .. }
        | Call::ValidateEphemeral { config, .. }
        | Call::ReadData { config, .. }
        | Call::Open { config, .. } => names(config, folder),
        Call::Read { current, .. } => names(current, folder),
        Call::Plan { prior, proposed, config, .. } => any(&[config, prior, proposed]),
        Call::Apply { prior, planned, config, .. } => any(&[config, prior, planned]),
        Call::Function { args, .. } => args.iter().any(|arg| names(arg, folder)),
        Call::UpgradeState { .. }
        | Call::UpgradeIdentity { .. }
        | Call::Import { .. }
        | Call::MoveState { .. }
        | Call::Renew { .. }
        | Call::Close { .. } => false,
    }
}

fn names(value: &Value, folder: &Path) -> bool {
    match value.view() {
        View::String(text) => is_place(text, folder),
        View::List(values) | View::Set(values) | View::Tuple(values) | View::Object(_, values) => {
            values.iter().any(|value| names(value, folder))
        }
        View::Map(entries) => entries.iter().any(|(_, value)| names(value, folder)),
        _ => false,
    }
}

fn is_place(text: &str, folder: &Path) -> bool {
    if text.starts_with("./") || text.starts_with("../") || text == "." || text == ".." {
        return true;
    }
    let path_like = !text.is_empty() && text.len() <= PATH_BYTES_MAX && !text.starts_with('/');
    path_like && !text.contains(['\0', '\n']) && folder.join(text).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_are_found_at_any_depth() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("there"), "").unwrap();
        let check = |text: &str| {
            let value = Value::tuple(vec![Value::int(1), Value::tuple(vec![Value::string(text)])]);
            names(&value, dir.path())
        };
        for text in ["./x", "../x", "there", "..", "."] {
            assert!(check(text), "{text}");
        }
        for text in ["/x", "absent", "", "a\nb", "eu-west-1"] {
            assert!(!check(text), "{text}");
        }
    }
}
