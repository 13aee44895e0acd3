//! A pool and a provider that misbehaves as it is told (`tests/fake/provider.rs`).

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use provider::{Launch, Limits, Pool, Purpose, Settings, Sharing};
use tempfile::TempDir;

/// A pool, and how the fake is started in it.
pub(crate) struct World {
    _dir: TempDir,
    pub(crate) pool: Arc<Pool>,
    pub(crate) launch: Launch,
}

/// A world in which the fake does this.
pub(crate) fn world(fake: &str) -> World {
    let dir = tempfile::tempdir().expect("a folder");
    let limits = Limits {
        handshake: Duration::from_millis(500),
        world: Some(Duration::from_millis(300)),
        stop: Duration::from_millis(300),
        close: Duration::from_millis(500),
        ..Limits::default()
    };
    let environment = [
        ("FAKE".to_owned(), fake.to_owned()),
        ("FAKE_DIR".to_owned(), dir.path().display().to_string()),
    ];
    let launch = Launch {
        provider: "test/fake".into(),
        binary: env!("CARGO_BIN_EXE_misbehaving-provider").into(),
        working_dir: dir.path().to_owned(),
        sharing: Sharing::OwnFolder,
        environment: Arc::new(environment),
        identity: "".into(),
        purpose: Purpose::Apply,
    };
    World { pool: Pool::new(Settings { cache_dir: None, limits }), _dir: dir, launch }
}

/// The processes that work in this folder.
pub(crate) fn processes(folder: &Path) -> Vec<u32> {
    let ids = std::fs::read_dir("/proc").expect("a list of processes").flatten();
    let ids = ids.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|id| std::fs::read_link(format!("/proc/{id}/cwd")).is_ok_and(|cwd| cwd == folder))
        .collect()
}

/// Waits until so many processes work in this folder.
pub(crate) async fn settles_at(folder: &Path, count: usize) {
    for _ in 0..200 {
        if processes(folder).len() == count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{:?} run, and {count} should", processes(folder));
}
