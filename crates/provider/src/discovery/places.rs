//! Where configuration, mirrors, caches and the root module's own data are.

use std::path::{Path, PathBuf};

/// The folders and files that discovery looks at; resolved once, from the environment that the caller has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The root module's folder, absolute.
    pub root_dir: PathBuf,
    /// The root module's own data (`.terraform`), absolute.
    pub data_dir: PathBuf,
    /// The command-line configuration, where the user names it.
    pub config_file: Option<PathBuf>,
    /// The command-line configurations to look for otherwise: the first that there is holds.
    pub config_files: Vec<PathBuf>,
    /// The folder whose `*.tfrc` files are read besides, unless a configuration is named.
    pub config_dir: Option<PathBuf>,
    /// Folders that are mirrors without being named so, where no installation is configured.
    pub implied_mirrors: Vec<PathBuf>,
    /// The plugin cache, where the environment names one.
    pub plugin_cache_dir: Option<PathBuf>,
    /// Whether the environment allows the plugin cache to be used without hashes in the lock file.
    pub cache_may_break_lock: bool,
    /// The lock file, where it is another than the one beside the root module.
    pub other_lock_file: Option<PathBuf>,
}

impl Places {
    /// The places under this environment. `variable` gives the value of a variable; empty ones count as unset.
    pub fn resolve(root_dir: &Path, variable: &dyn Fn(&str) -> Option<String>) -> Places {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let path = |name: &str| set(name).map(|value| root_dir.join(value));
        let home = path("HOME");
        let config_home = path("XDG_CONFIG_HOME");
        let under_home = |tail: &str| home.as_ref().map(|home| home.join(tail));
        let in_xdg = config_home.as_ref().map(|dir| dir.join("opentofu"));
        let legacy_dir = under_home(".terraform.d");
        let config_files = [
            under_home(".tofurc"),
            under_home(".terraformrc"),
            in_xdg.as_ref().map(|dir| dir.join("tofurc")),
        ];
        Places {
            root_dir: root_dir.to_owned(),
            data_dir: path("TF_DATA_DIR").unwrap_or_else(|| root_dir.join(".terraform")),
            config_file: path("TF_CLI_CONFIG_FILE").or_else(|| path("TERRAFORM_CONFIG")),
            config_files: config_files.into_iter().flatten().collect(),
            config_dir: legacy_dir
                .clone()
                .filter(|dir| dir.exists() || in_xdg.is_none())
                .or(in_xdg),
            implied_mirrors: implied_mirrors(root_dir, legacy_dir, &path, &set),
            plugin_cache_dir: path("TF_PLUGIN_CACHE_DIR"),
            cache_may_break_lock: set("TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE")
                .is_some_and(|v| v != "0"),
            other_lock_file: None,
        }
    }

    /// The lock file: beside the root module, unless another is set.
    pub fn lock_file(&self) -> PathBuf {
        let beside = || self.root_dir.join(".terraform.lock.hcl");
        self.other_lock_file.clone().unwrap_or_else(beside)
    }

    /// Where the packages of the root module are.
    pub fn packages_dir(&self) -> PathBuf {
        self.data_dir.join("providers")
    }
}

fn implied_mirrors(
    root_dir: &Path,
    legacy_dir: Option<PathBuf>,
    path: &dyn Fn(&str) -> Option<PathBuf>,
    set: &dyn Fn(&str) -> Option<String>,
) -> Vec<PathBuf> {
    let mut mirrors = vec![root_dir.join("terraform.d/plugins")];
    mirrors.extend(legacy_dir.map(|dir| dir.join("plugins")));
    let data_home = path("XDG_DATA_HOME");
    mirrors.extend(data_home.as_ref().map(|dir| dir.join("opentofu/plugins")));
    let data_home = data_home.or_else(|| path("HOME").map(|home| home.join(".local/share")));
    mirrors.extend(data_home.map(|dir| dir.join("terraform/plugins")));
    let system = set("XDG_DATA_DIRS").unwrap_or_else(|| "/usr/local/share:/usr/share".to_owned());
    let absolute = system.split(':').filter(|dir| dir.starts_with('/'));
    mirrors.extend(absolute.map(|dir| Path::new(dir).join("terraform/plugins")));
    mirrors
}

/// The name of this system in package names, such as `linux_amd64`.
pub fn platform() -> String {
    let os = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let arch = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    };
    format!("{os}_{arch}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_moves_places() {
        let variable = |name: &str| match name {
            "HOME" => Some("/home/a".to_owned()),
            "TF_DATA_DIR" => Some("elsewhere".to_owned()),
            "TF_CLI_CONFIG_FILE" => Some(String::new()),
            "XDG_DATA_DIRS" => Some("/opt/share".to_owned()),
            _ => None,
        };
        let places = Places::resolve(Path::new("/module"), &variable);
        assert_eq!(places.data_dir, Path::new("/module/elsewhere"));
        assert_eq!(places.config_file, None);
        assert_eq!(places.config_files[0], Path::new("/home/a/.tofurc"));
        let expect = [
            "/module/terraform.d/plugins",
            "/home/a/.terraform.d/plugins",
            "/home/a/.local/share/terraform/plugins",
            "/opt/share/terraform/plugins",
        ];
        assert_eq!(places.implied_mirrors, expect.map(PathBuf::from));
    }
}
