//! Finding a provider that no registry serves among what is on the machine already.

use std::fs;
use std::path::{Path, PathBuf};

use super::catalogue::Part;

/// Folders deeper than this below a start are not looked at.
const DEPTH_MAX: usize = 8;

/// The provider's file: below `STRATA_PROVIDERS_FOUND` where set, else where providers usually lie.
pub(crate) fn provider(part: &Part) -> Option<PathBuf> {
    starts().iter().find_map(|start| below(start, &part.file))
}

fn starts() -> Vec<PathBuf> {
    if let Some(set) = std::env::var_os("STRATA_PROVIDERS_FOUND") {
        return vec![PathBuf::from(set)];
    }
    let mut starts: Vec<PathBuf> =
        std::env::var_os("TF_PLUGIN_CACHE_DIR").map(PathBuf::from).into_iter().collect();
    if let Some(home) = std::env::var_os("HOME") {
        starts.push(Path::new(&home).join(".terraform.d"));
    }
    starts.extend(["/usr/local/share", "/usr/share/terraform", "/opt"].map(PathBuf::from));
    starts
}

fn below(start: &Path, beginning: &str) -> Option<PathBuf> {
    let mut open = vec![(start.to_path_buf(), 0)];
    while let Some((folder, depth)) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok) {
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && depth < DEPTH_MAX {
                open.push((entry.path(), depth + 1));
            } else if kind.is_file() && entry.file_name().to_string_lossy().starts_with(beginning) {
                return Some(entry.path());
            }
        }
    }
    None
}
