//! Installing from folders of packages, from nothing to a second run that finds everything in place.

use std::fs;
use std::path::Path;

use diag::{Diags, FileId};
use provider::Hashes;
use provider::discovery::{
    CliConfig, How, Locks, Places, Requirements, Selection, install, packages, platform,
};
use schema::version::{Constraints, Dialect};
use tempfile::TempDir;

struct World {
    dir: TempDir,
    places: Places,
    hashes: Hashes,
}

/// A root module, and a mirror `m` beside it with provider `a/b` in versions 1.0.0 and 1.1.0.
fn world(config: &str) -> World {
    let dir = tempfile::tempdir().expect("a folder");
    let root = dir.path().join("root");
    fs::create_dir_all(&root).expect("a folder");
    for version in ["1.0.0", "1.1.0"] {
        let package = dir.path().join("m/registry.opentofu.org/a/b").join(version).join(platform());
        fs::create_dir_all(&package).expect("a folder");
        fs::write(package.join(format!("terraform-provider-b_v{version}")), version)
            .expect("a file");
    }
    let file = dir.path().join("tofurc");
    fs::write(&file, config).expect("a file");
    let places = Places {
        data_dir: root.join(".terraform"),
        root_dir: root,
        config_file: Some(file),
        ..Places::default()
    };
    World { dir, places, hashes: Hashes::load(None) }
}

const MIRROR: &str =
    "provider_installation {\n  filesystem_mirror {\n    path = \"../m\"\n  }\n}\n";

impl World {
    fn config(&self) -> CliConfig {
        let mut diags = Diags::new();
        let config = CliConfig::load(&self.places, &|_| None, &mut diags);
        assert!(!diags.has_errors(), "{diags:?}");
        config
    }

    fn install(
        &self,
        constraints: &str,
        locks: &mut Locks,
        selection: Selection,
    ) -> (Vec<How>, Vec<&'static str>) {
        let mut diags = Diags::new();
        let wanted = wanted(constraints);
        let done = install(
            &self.places,
            &self.config(),
            &wanted,
            locks,
            selection,
            &self.hashes,
            &mut diags,
        );
        (done.iter().map(|one| one.how).collect(), codes(&diags))
    }

    fn packages(&self, constraints: &str, locks: &Locks) -> (usize, Vec<&'static str>) {
        let mut diags = Diags::new();
        let found = packages(
            &self.places,
            &self.config(),
            &wanted(constraints),
            locks,
            &self.hashes,
            &mut diags,
        );
        (found.len(), codes(&diags))
    }

    fn binary(&self, version: &str) -> std::path::PathBuf {
        let package =
            self.dir.path().join("m/registry.opentofu.org/a/b").join(version).join(platform());
        package.join(format!("terraform-provider-b_v{version}"))
    }
}

fn wanted(constraints: &str) -> Requirements {
    let constraints = Constraints::parse(constraints, Dialect::Provider).expect("constraints");
    Requirements::from([("a/b".parse().expect("an address"), constraints)])
}

fn codes(diags: &Diags) -> Vec<&'static str> {
    diags.iter().map(|one| one.code.0).collect()
}

fn version(locks: &Locks) -> String {
    locks.iter().next().map(|(_, lock)| lock.version.to_string()).unwrap_or_default()
}

#[test]
fn the_latest_is_linked_and_locked_and_found_again() {
    let world = world(MIRROR);
    let mut locks = Locks::default();
    assert_eq!(world.install(">= 1.0", &mut locks, Selection::Locked), (vec![How::Linked], vec![]));
    assert_eq!(version(&locks), "1.1.0");
    assert_eq!(world.packages(">= 1.0", &locks), (1, vec![]));
    assert_eq!(world.install(">= 1.0", &mut locks, Selection::Locked), (vec![How::Reused], vec![]));

    let text = locks.to_text();
    let mut diags = Diags::new();
    assert_eq!(Locks::read(FileId::new(0), &text, &mut diags), locks);
    let link = world.places.packages_dir().join("registry.opentofu.org/a/b/1.1.0").join(platform());
    assert!(fs::symlink_metadata(link).expect("a link").is_symlink());
}

#[test]
fn a_locked_version_holds_until_an_upgrade() {
    let world = world(MIRROR);
    let mut locks = Locks::default();
    world.install("1.0.0", &mut locks, Selection::Locked);
    world.install(">= 1.0", &mut locks, Selection::Locked);
    assert_eq!(version(&locks), "1.0.0");
    assert_eq!(
        world.install("1.1.0", &mut locks, Selection::Locked).1,
        ["provider-lock-constraint"]
    );
    assert_eq!(version(&locks), "1.0.0");
    assert_eq!(world.packages("1.1.0", &locks), (0, vec!["provider-lock-constraint"]));
    world.install("1.1.0", &mut locks, Selection::Upgrade);
    assert_eq!(version(&locks), "1.1.0");
}

#[test]
fn a_changed_package_is_refused() {
    let world = world(MIRROR);
    let mut locks = Locks::default();
    world.install("1.0.0", &mut locks, Selection::Locked);
    fs::write(world.binary("1.0.0"), "changed").expect("a file");
    assert_eq!(world.packages("1.0.0", &locks), (0, vec!["provider-checksum"]));
    assert_eq!(
        world.install("1.0.0", &mut locks, Selection::Locked),
        (vec![], vec!["provider-checksum"])
    );
}

#[test]
fn what_is_not_there_is_told() {
    let world = world(MIRROR);
    let mut locks = Locks::default();
    assert_eq!(world.install(">= 2.0", &mut locks, Selection::Locked).1, ["provider-not-found"]);
    assert_eq!(world.packages(">= 1.0", &locks), (0, vec!["provider-not-locked"]));
    world.install("1.0.0", &mut locks, Selection::Locked);
    fs::remove_dir_all(&world.places.data_dir).expect("removed");
    assert_eq!(world.packages("1.0.0", &locks), (0, vec!["provider-not-installed"]));
}

#[test]
fn ways_that_reach_out_are_named_where_they_are_needed() {
    let config = "provider_installation {\n  filesystem_mirror {\n    path = \"../m\"\n  }\n  direct {}\n}\n";
    let world = world(config);
    let mut locks = Locks::default();
    assert_eq!(
        world.install(">= 2.0", &mut locks, Selection::Locked).1,
        ["provider-source-not-yet"]
    );
    let (how, said) = world.install("1.0.0", &mut locks, Selection::Locked);
    assert_eq!((how, said), (vec![How::Linked], vec!["provider-source-not-asked"]));
}

#[test]
fn a_provider_under_development_needs_no_lock() {
    let world =
        world("provider_installation {\n  dev_overrides {\n    \"a/b\" = \"../dev\"\n  }\n}\n");
    let mut locks = Locks::default();
    assert_eq!(
        world.install("9.9.9", &mut locks, Selection::Locked).1,
        ["provider-override-missing"]
    );
    let dev = world.dir.path().join("dev");
    fs::create_dir_all(&dev).expect("a folder");
    fs::write(dev.join("terraform-provider-b"), "").expect("a file");
    assert_eq!(
        world.install("9.9.9", &mut locks, Selection::Locked),
        (vec![How::Overridden], vec![])
    );
    assert_eq!(world.packages("9.9.9", &locks), (1, vec![]));
    assert!(locks.is_empty());
}

#[test]
fn the_plugin_cache_is_filled_and_linked_to() {
    let world = world(&format!("plugin_cache_dir = \"../cache\"\n{MIRROR}"));
    let cache = world.dir.path().join("cache");
    fs::create_dir_all(&cache).expect("a folder");
    let mut locks = Locks::default();
    assert_eq!(world.install("1.0.0", &mut locks, Selection::Locked), (vec![How::Linked], vec![]));
    let place = Path::new("registry.opentofu.org/a/b/1.0.0").join(platform());
    let target = fs::read_link(world.places.packages_dir().join(&place)).expect("a link");
    assert!(target.ends_with(Path::new("cache").join(&place)), "{}", target.display());
    assert_eq!(world.packages("1.0.0", &locks), (1, vec![]));
}

#[test]
fn only_what_is_required_stays_locked() {
    let world = world(MIRROR);
    let mut locks = Locks::default();
    world.install("1.0.0", &mut locks, Selection::Locked);
    let mut diags = Diags::new();
    install(
        &world.places,
        &world.config(),
        &Requirements::new(),
        &mut locks,
        Selection::Locked,
        &world.hashes,
        &mut diags,
    );
    assert!(locks.is_empty());
}
