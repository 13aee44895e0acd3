//! The catalogue of parts, `xtask/parts.toml`, and the place that each has in the cache.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// One real program.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    /// Its name here.
    pub(crate) name: String,
    /// How it is had: `go-install`, `go-tools`, `pip`, `debian`, `found`.
    pub(crate) kind: String,
    /// Whether the ordinary run brings it.
    #[serde(default = "yes")]
    pub(crate) ordinary: bool,
    /// The program's own version.
    pub(crate) version: String,
    /// Go module.
    #[serde(default)]
    pub(crate) module: String,
    /// Version of the Go module.
    #[serde(default)]
    pub(crate) module_version: String,
    /// Package to build, or to install by pip.
    #[serde(default)]
    pub(crate) package: String,
    /// For a provider: namespace and type.
    #[serde(default)]
    pub(crate) provider: String,
    /// Replacements of the tools module.
    #[serde(default)]
    pub(crate) replace: Vec<String>,
    /// Whether the replacements stand in the module's own go.mod.
    #[serde(default)]
    pub(crate) replace_from_module: bool,
    /// Version of Kubernetes' staging modules, where they are replaced.
    #[serde(default)]
    pub(crate) staging: String,
    /// Further linker flags.
    #[serde(default)]
    pub(crate) ldflags: String,
    /// Beginning of the file's name, for what is only found.
    #[serde(default)]
    pub(crate) file: String,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
struct Document {
    part: Vec<Part>,
}

/// Reads the catalogue.
pub(crate) fn read(path: &Path) -> Result<Vec<Part>, String> {
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    toml::from_str::<Document>(&text).map(|d| d.part).map_err(|e| e.to_string())
}

impl Part {
    /// The file that exists exactly when the part is there. Providers lie as in a filesystem mirror.
    pub(crate) fn place(&self, cache: &Path) -> PathBuf {
        if !self.provider.is_empty() {
            let kind = self.provider.rsplit('/').next().unwrap_or_default();
            return cache
                .join("providers/registry.opentofu.org")
                .join(&self.provider)
                .join(&self.version)
                .join("linux_amd64")
                .join(format!("terraform-provider-{kind}_v{}", self.version));
        }
        if self.kind == "debian" {
            let home = cache.join(&self.name).join(&self.version);
            return home.join(super::debian::programs(self)).join("bin");
        }
        if self.kind == "npm" {
            let home = format!("npm/{}-{}", self.name, self.version);
            return cache.join(home).join("node_modules/.bin").join(&self.name);
        }
        if self.kind == "pip" {
            return cache.join(format!("python/{}-{}/bin/{}", self.name, self.version, self.name));
        }
        cache.join(format!("bin/{}-{}", self.name, self.version)).join(&self.name)
    }
}
