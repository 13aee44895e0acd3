//! The command-line configuration, as far as it says where providers come from.
//!
//! Behaviour of OpenTofu's `command/cliconfig`. What concerns credentials, hosts and registries is read over: nothing
//! here reaches out. Invariant: after an error in a file nothing of its installation block is half believed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use addr::ProviderAddr;
use diag::{Diagnostic, Diags};

use super::patterns::{Filter, Pattern};
use super::places::Places;
use super::rc::{self, Item, Node};

/// One way of installing, and which providers it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Method {
    pub(super) kind: MethodKind,
    pub(super) filter: Filter,
}

/// The ways of installing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum MethodKind {
    /// A folder of packages.
    FilesystemMirror(PathBuf),
    /// A way that reaches out, by the name of its block.
    Remote(&'static str),
}

/// Where providers come from, by the user's word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CliConfig {
    /// The ways of installing in order; none where the user says nothing.
    pub(super) methods: Option<Vec<Method>>,
    /// Folders of providers under development.
    pub(super) dev_overrides: BTreeMap<ProviderAddr, PathBuf>,
    /// Where packages are kept for all root modules.
    pub(super) plugin_cache_dir: Option<PathBuf>,
    /// Whether that may be used without hashes in the lock file.
    pub(super) cache_may_break_lock: bool,
}

impl CliConfig {
    /// Reads the configuration that these places hold. `variable` is asked for what `$NAME` in a path stands for.
    pub fn load(
        places: &Places,
        variable: &dyn Fn(&str) -> Option<String>,
        diags: &mut Diags,
    ) -> CliConfig {
        let mut config = CliConfig::default();
        match &places.config_file {
            Some(file) if file.exists() => config.add_file(places, file, variable, diags),
            Some(file) => diags.push(
                Diagnostic::warning(
                    "cli-config-missing",
                    "The command-line configuration is not there",
                )
                .detail(format!(
                    "TF_CLI_CONFIG_FILE names {}, and there is no such file.",
                    file.display()
                ))
                .remedy("Name a file that there is, or unset the variable."),
            ),
            None => {
                let main = places.config_files.iter().find(|file| file.exists()).cloned();
                for file in main.into_iter().chain(more_files(places)) {
                    config.add_file(places, &file, variable, diags);
                }
            }
        }
        if places.plugin_cache_dir.is_some() {
            config.plugin_cache_dir.clone_from(&places.plugin_cache_dir);
        }
        config.cache_may_break_lock |= places.cache_may_break_lock;
        config.check_cache(diags);
        config
    }

    /// The folder of a provider under development, where the user names one.
    pub fn dev_override(&self, provider: &ProviderAddr) -> Option<&Path> {
        self.dev_overrides.get(provider).map(PathBuf::as_path)
    }

    fn check_cache(&self, diags: &mut Diags) {
        let Some(dir) = self.plugin_cache_dir.as_ref().filter(|dir| !dir.is_dir()) else { return };
        diags.push(
            Diagnostic::error("plugin-cache-missing", "The plugin cache is not there")
                .detail(format!("The plugin cache is said to be {}, which is no folder.", dir.display()))
                .remedy("Make the folder, or name another one in plugin_cache_dir or TF_PLUGIN_CACHE_DIR."),
        );
    }

    fn add_file(
        &mut self,
        places: &Places,
        path: &Path,
        variable: &dyn Fn(&str) -> Option<String>,
        diags: &mut Diags,
    ) {
        let file = File { path, places };
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => return diags.push(file.fault(0, &format!("it cannot be read: {error}"))),
        };
        let items = match rc::parse(&text) {
            Ok(items) => items,
            Err(error) => return diags.push(file.fault(error.line, &error.message)),
        };
        for item in &items {
            match (item.name(), &item.value) {
                ("plugin_cache_dir", Node::Text(dir)) if self.plugin_cache_dir.is_none() => {
                    self.plugin_cache_dir = Some(places.root_dir.join(expanded(dir, variable)));
                }
                ("plugin_cache_may_break_dependency_lock_file", Node::Bool(flag)) => {
                    self.cache_may_break_lock |= flag;
                }
                ("provider_installation", Node::Object(inner)) => {
                    self.add_installation(&file, item, inner, diags)
                }
                ("provider_installation", _) => {
                    diags.push(file.fault(
                        item.line,
                        "provider_installation is a block, written without \"=\"",
                    ));
                }
                _ => {}
            }
        }
    }

    fn add_installation(
        &mut self,
        file: &File<'_>,
        item: &Item,
        inner: &[Item],
        diags: &mut Diags,
    ) {
        if self.methods.is_some() {
            return diags
                .push(file.fault(item.line, "there may be one provider_installation block only"));
        }
        let mut methods = Vec::new();
        for block in inner {
            match file.method(block, methods.is_empty()) {
                Ok(Found::Method(method)) => methods.push(method),
                Ok(Found::Overrides(overrides)) => self.dev_overrides.extend(overrides),
                Err(message) => diags.push(file.fault(block.line, &message)),
            }
        }
        self.methods = Some(methods);
    }
}

/// The further configuration files, by name.
fn more_files(places: &Places) -> Vec<PathBuf> {
    let Some(entries) = places.config_dir.as_ref().and_then(|dir| fs::read_dir(dir).ok()) else {
        return Vec::new();
    };
    let is_config = |path: &PathBuf| {
        path.file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| name.ends_with(".tfrc") || name.ends_with(".tfrc.json"))
    };
    let mut files: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(is_config).collect();
    files.sort_unstable();
    files
}

struct File<'a> {
    path: &'a Path,
    places: &'a Places,
}

enum Found {
    Method(Method),
    Overrides(Vec<(ProviderAddr, PathBuf)>),
}

impl File<'_> {
    fn fault(&self, line: u32, message: &str) -> Diagnostic {
        let place = match line {
            0 => self.path.display().to_string(),
            line => format!("{}:{line}", self.path.display()),
        };
        Diagnostic::error("cli-config-invalid", "The command-line configuration cannot be used")
            .detail(format!("{place}: {message}."))
            .remedy("Mend the file, or name another one in TF_CLI_CONFIG_FILE.")
    }

    fn method(&self, block: &Item, is_first: bool) -> Result<Found, String> {
        let Some(body) = block.value.object() else {
            return Err(format!("{} is a block, written without \"=\"", block.name()));
        };
        let kind = match block.name() {
            "dev_overrides" if is_first => return self.overrides(body).map(Found::Overrides),
            "dev_overrides" => {
                return Err(
                    "dev_overrides has to stand before the other ways of installing".to_owned()
                );
            }
            "filesystem_mirror" => {
                let path = body
                    .iter()
                    .find(|item| item.name() == "path")
                    .and_then(|item| item.value.text());
                let path = path.filter(|path| !path.is_empty());
                MethodKind::FilesystemMirror(
                    self.places.root_dir.join(path.ok_or("a filesystem_mirror needs a path")?),
                )
            }
            "network_mirror" => MethodKind::Remote("network_mirror"),
            "oci_mirror" => MethodKind::Remote("oci_mirror"),
            "direct" => MethodKind::Remote("direct"),
            other => return Err(format!("there is no way of installing named {other:?}")),
        };
        let filter =
            Filter { include: patterns(body, "include")?, exclude: patterns(body, "exclude")? };
        Ok(Found::Method(Method { kind, filter }))
    }

    fn overrides(&self, body: &[Item]) -> Result<Vec<(ProviderAddr, PathBuf)>, String> {
        let one = |item: &Item| {
            let provider: ProviderAddr = item
                .name()
                .parse()
                .map_err(|_| format!("{:?} is no provider's source", item.name()))?;
            let path = item
                .value
                .text()
                .ok_or_else(|| format!("the folder of {} has to be text", item.name()))?;
            Ok((provider, self.places.root_dir.join(path)))
        };
        body.iter().map(one).collect()
    }
}

fn patterns(body: &[Item], name: &str) -> Result<Vec<Pattern>, String> {
    let Some(item) = body.iter().find(|item| item.name() == name) else { return Ok(Vec::new()) };
    let Node::List(nodes) = &item.value else {
        return Err(format!("{name} has to be a list of text"));
    };
    let one = |node: &Node| {
        Pattern::parse(node.text().ok_or_else(|| format!("{name} has to be a list of text"))?)
    };
    nodes.iter().map(one).collect()
}

/// `$NAME` and `${NAME}` replaced; by nothing where the variable is not set.
fn expanded(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let (name, tail) = match after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            Some(split) => split,
            None => {
                let end = after
                    .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
                    .unwrap_or(after.len());
                after.split_at(end)
            }
        };
        out.push_str(&variable(name).unwrap_or_default());
        rest = tail;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> (CliConfig, Diags) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("tofurc");
        fs::write(&file, text).unwrap();
        let places =
            Places { config_file: Some(file), root_dir: "/root".into(), ..Places::default() };
        let mut diags = Diags::new();
        let config = CliConfig::load(
            &places,
            &|name| (name == "TMP").then(|| "/tmp".to_owned()),
            &mut diags,
        );
        (config, diags)
    }

    #[test]
    fn ways_of_installing() {
        let (config, diags) = check(
            "plugin_cache_dir = \"${TMP}/\"\nprovider_installation {\n dev_overrides {\n \"a/b\" = \"../b\"\n }\n filesystem_mirror {\n path = \"m\"\n include = [\"hashicorp/*\"]\n }\n direct {\n exclude = [\"hashicorp/*\"]\n }\n}\n",
        );
        assert!(diags.is_empty(), "{diags:?}");
        let methods = config.methods.as_ref().unwrap();
        assert_eq!(methods[0].kind, MethodKind::FilesystemMirror("/root/m".into()));
        assert_eq!(methods[1].kind, MethodKind::Remote("direct"));
        let aws: ProviderAddr = "hashicorp/aws".parse().unwrap();
        assert!(methods[0].filter.admits(&aws) && !methods[1].filter.admits(&aws));
        assert_eq!(config.dev_override(&"a/b".parse().unwrap()), Some(Path::new("/root/../b")));
        assert_eq!(config.plugin_cache_dir, Some("/tmp/".into()));
    }

    #[test]
    fn faults_are_told_with_their_place() {
        for (text, line) in [
            ("provider_installation {\n filesystem_mirror {}\n}", 2),
            ("provider_installation {\n\n magic {}\n}", 3),
            ("provider_installation {\n direct {}\n dev_overrides {}\n}", 3),
            ("provider_installation {\n direct { include = [\"x\"] }\n}", 2),
            ("provider_installation = 1", 1),
            ("provider_installation {}\nprovider_installation {}", 2),
            ("a = ", 1),
        ] {
            let (_, diags) = check(text);
            let detail = &diags.iter().next().unwrap_or_else(|| panic!("{text}")).detail;
            assert!(detail.contains(&format!("tofurc:{line}:")), "{text}: {detail}");
        }
    }
}
