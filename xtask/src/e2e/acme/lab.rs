//! The example for comparisons: planned, applied and edited on real parts, or rehearsed.
//!
//! Invariant: both take the same files with the same edits; stacks of the cloud have no roles, so that no plan waits
//! for one.

use std::path::{Path, PathBuf};

use super::estate::{Dev, Estate};
use super::world::World;

/// What answers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answers {
    Real,
    Rehearsed,
}

/// The estate, and what it runs on. What was made goes with it.
pub(crate) struct Lab {
    estate: Estate,
    answers: Answers,
    folder: PathBuf,
    _world: Option<World>,
}

impl Lab {
    /// On real parts; `None` where the AWS provider or the emulator is not on the machine.
    pub(crate) fn real(root: &Path) -> Result<Option<Lab>, String> {
        let folder = folder("real")?;
        let strata = super::super::first_light::build(root)?;
        let world = World::start(root, &crate::parts::cache(), &folder, true)?;
        if world.cloud.is_none() {
            let _ = std::fs::remove_dir_all(&folder);
            return Ok(None);
        }
        let estate = Estate::new(root, &folder, strata, &world)?;
        let lab = Lab { estate, answers: Answers::Real, folder, _world: Some(world) };
        lab.estate.init()?;
        lab.lay()?;
        Ok(Some(lab))
    }

    /// Rehearsed.
    pub(crate) fn rehearsed(root: &Path) -> Result<Lab, String> {
        let folder = folder("rehearsed")?;
        let strata = super::super::first_light::build(root)?;
        let estate = Estate::rehearsed(root, &folder, strata)?;
        let lab = Lab { estate, answers: Answers::Rehearsed, folder, _world: None };
        lab.lay()?;
        Ok(lab)
    }

    /// Whether a stack, `ENV/STACK`, works inside of the cluster.
    pub(crate) fn in_cluster(stack: &str) -> bool {
        super::world::IN_CLUSTER.iter().any(|name| stack.ends_with(&format!("/{name}")))
    }

    /// The files as they are compared.
    fn lay(&self) -> Result<(), String> {
        self.estate.lay(Dev::Open)?;
        for purpose in ["plan_role  = ", "apply_role = "] {
            let old = format!("{purpose}self.layer == \"bootstrap\" ? null");
            let new =
                format!("{purpose}!contains({:?}, self.name) ? null", super::world::IN_CLUSTER);
            self.estate.edit("strata.hcl", &old, &new)?;
        }
        Ok(())
    }

    /// Plans an environment with one more edit; what `show PLAN -json` says of it.
    pub(crate) fn planned(
        &self,
        environment: &str,
        edit: Option<(&str, &str)>,
    ) -> Result<String, String> {
        self.lay()?;
        if let Some((old, new)) = edit {
            self.estate.edit("strata.hcl", old, new)?;
        }
        let mut args = vec!["-env", environment];
        args.extend(self.flag());
        let (plan, _) = self.estate.plan(&args)?;
        let shown = self.shown(&[&plan]);
        self.lay()?;
        shown
    }

    /// Applies an environment.
    pub(crate) fn applied(&self, environment: &str) -> Result<(), String> {
        let mut args = vec!["apply", "-env", environment, "-auto-approve"];
        args.extend(self.flag());
        self.estate.run(&args, 0).map(drop)
    }

    /// The states of an environment.
    pub(crate) fn states(&self, environment: &str) -> Result<String, String> {
        self.shown(&["-env", environment])
    }

    /// Destroys an environment.
    pub(crate) fn destroyed(&self, environment: &str) -> Result<(), String> {
        super::destroy(&self.estate, environment)
    }

    fn shown(&self, what: &[&str]) -> Result<String, String> {
        let mut args = vec!["show", "-json"];
        args.extend(self.flag());
        args.extend(what);
        Ok(self.estate.run(&args, 0)?.printed)
    }

    fn flag(&self) -> Option<&'static str> {
        (self.answers == Answers::Rehearsed).then_some("-rehearse")
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn folder(name: &str) -> Result<PathBuf, String> {
    let folder =
        std::env::temp_dir().join(format!("strata-fidelity-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    Ok(folder)
}
