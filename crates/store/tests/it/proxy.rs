//! A proxy before a PostgreSQL server that can lose the answer to a commit, as a broken network does.

use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// The file of a server's socket in its folder.
const SOCKET: &str = ".s.PGSQL.5432";

#[derive(Default)]
struct State {
    armed: AtomicBool,
    lost: AtomicU32,
    turns: AtomicU32,
}

/// A proxy.
pub(crate) struct Proxy(Arc<State>);

impl Proxy {
    /// Takes connections in the folder `before`, for the server whose socket is in the folder `real`.
    pub(crate) fn start(real: &Path, before: &Path) -> Proxy {
        let listener = UnixListener::bind(before.join(SOCKET)).unwrap();
        let state = Arc::new(State::default());
        let (ours, real) = (state.clone(), real.join(SOCKET));
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (client, state, real) = (client.unwrap(), ours.clone(), real.clone());
                std::thread::spawn(move || serve(client, &real, &state));
            }
        });
        Proxy(state)
    }

    /// The next commit reaches the server; its answer goes nowhere.
    pub(crate) fn lose_next_commit(&self) {
        self.0.armed.store(true, Ordering::SeqCst);
    }

    /// How often the client has sent something: what it sends without waiting in between counts about once.
    pub(crate) fn turns(&self) -> u32 {
        self.0.turns.load(Ordering::SeqCst)
    }

    /// How many answers were lost.
    pub(crate) fn lost(&self) -> u32 {
        self.0.lost.load(Ordering::SeqCst)
    }
}

fn serve(mut client: UnixStream, real: &PathBuf, state: &State) {
    let mut server = UnixStream::connect(real).unwrap();
    let (mut from, mut to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    let lose = Arc::new(AtomicBool::new(false));
    let losing = lose.clone();
    std::thread::spawn(move || {
        let mut bytes = [0; 65_536];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            if losing.load(Ordering::SeqCst) || to.write_all(&bytes[..count]).is_err() {
                break;
            }
        }
        drop(to.shutdown(std::net::Shutdown::Both));
        drop(from.shutdown(std::net::Shutdown::Both));
    });
    let mut bytes = [0; 65_536];
    while let Ok(count @ 1..) = client.read(&mut bytes) {
        state.turns.fetch_add(1, Ordering::SeqCst);
        let commit = bytes[..count].windows(7).any(|part| part == b"COMMIT\0");
        if commit && state.armed.swap(false, Ordering::SeqCst) {
            lose.store(true, Ordering::SeqCst);
            state.lost.fetch_add(1, Ordering::SeqCst);
        }
        if server.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    drop(server.shutdown(std::net::Shutdown::Both));
}
