//! A folder that looks like a root module's, with everything around it that its modules lead to, made of links.
//!
//! Relative paths lead where they lead in the real one, and what is written beside the root module stays here.
//! Invariant: it is removed when it is dropped; what links lead to is never touched.

use std::path::{Path, PathBuf};

use host::{FileError, Files, Host};

/// What lies in a root module's folder and is not taken along: it is made anew, or would say something else.
const OWN: [&str; 5] = [
    ".terraform",
    ".terraform.lock.hcl",
    ".terragrunt-cache",
    "strata_override.tf",
    "strata_variables.tf",
];

/// The folder.
pub(super) struct Farm {
    files: Files,
    root: PathBuf,
    /// The root module's place in it.
    pub(super) module: PathBuf,
}

impl Farm {
    /// For the root module in `dir`, whose modules are in the folders `reaches`; all absolute.
    pub(super) fn make(host: &Host, dir: &Path, reaches: &[PathBuf]) -> Result<Farm, FileError> {
        let temporary = host.environment.var("TMPDIR").unwrap_or("/tmp");
        let root = Path::new(temporary).join(format!("strata-shadow-{}", host.uuid()));
        host.files.make_private_dir(&root)?;
        let mut farm = Farm { files: host.files, module: root.clone(), root };
        farm.fill(dir, &common(dir, reaches))?;
        Ok(farm)
    }

    /// From the folder that has everything down to the module: a folder for each step, and links to what lies beside it.
    fn fill(&mut self, dir: &Path, base: &Path) -> Result<(), FileError> {
        let mut at = base.to_owned();
        let steps = dir.strip_prefix(base).unwrap_or(Path::new(""));
        for step in steps {
            for name in self.files.list_all(&at)? {
                if *name != *step {
                    self.files.link(&at.join(&name), &self.module.join(&name))?;
                }
            }
            at.push(step);
            self.module.push(step);
            self.files.make_dir(&self.module)?;
        }
        for name in self.files.list_all(dir)? {
            let is_own = OWN.contains(&&*name)
                || name.starts_with("terraform.tfstate")
                || name.contains(".tfvars");
            if !is_own {
                self.files.link(&dir.join(&name), &self.module.join(&name))?;
            }
        }
        Ok(())
    }
}

impl Drop for Farm {
    fn drop(&mut self) {
        // What cannot be removed is private, and in the folder for what may go.
        let _ = self.files.remove_dir(&self.root);
    }
}

/// The nearest folder that has all of them.
fn common(dir: &Path, reaches: &[PathBuf]) -> PathBuf {
    let has_all = |base: &&Path| reaches.iter().all(|reach| reach.starts_with(base));
    dir.ancestors().find(has_all).unwrap_or(Path::new("/")).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_modules_lead_to_is_there() {
        let check = |dir: &str, reaches: &[&str], expect: &str| {
            let reaches: Vec<PathBuf> = reaches.iter().map(PathBuf::from).collect();
            assert_eq!(common(Path::new(dir), &reaches), Path::new(expect));
        };
        check("/a/live/vpc", &[], "/a/live/vpc");
        check("/a/live/vpc", &["/a/live/vpc/own"], "/a/live/vpc");
        check("/a/live/vpc", &["/a/modules/net"], "/a");
    }
}
