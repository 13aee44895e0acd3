//! What the store's tests share: stores of every kind behind one face, a world whose processes can be ended, and small
//! entries.
//!
//! Invariant: nothing here knows which kind of store a law runs against.

use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use state::journal::{Action, Begin, End, Entry, OpId, Outcome, RunId};
use state::{Digest, Object, ObjectAddr, Row};
use store::{
    EstateIdentity, EstateStore, FileSettings, FileStore, Lease, LockRequest, MasterKey,
    MemoryDisk, MemoryStore, Opening, PostgresAddress, PostgresSettings, PostgresStore, Process,
    RescueDirs, SqliteSettings, SqliteStore, StackKey, Store, StoreKind, World,
};
use tempfile::TempDir;

use crate::server::Server;

/// The version that test stores write into states.
pub(crate) const VERSION: &str = "1.12.6";

/// How long a silent holder elsewhere is waited for, in milliseconds of the test's clock.
pub(crate) const LEASE_MS: u64 = 60_000;

/// What all processes of a test share.
#[derive(Default)]
pub(crate) struct Universe {
    ended: Mutex<HashSet<u32>>,
    clock_ms: AtomicU64,
    random: AtomicU64,
}

impl Universe {
    /// Ends a process.
    pub(crate) fn end(&self, pid: u32) {
        self.ended.lock().unwrap().insert(pid);
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, ms: u64) {
        self.clock_ms.fetch_add(ms, Ordering::SeqCst);
    }
}

/// The world as one process sees it.
pub(crate) struct TestWorld {
    universe: Arc<Universe>,
    me: Process,
}

impl World for TestWorld {
    fn now_ms(&self) -> u64 {
        1_700_000_000_000 + self.monotonic_ms()
    }

    fn monotonic_ms(&self) -> u64 {
        self.universe.clock_ms.load(Ordering::SeqCst)
    }

    fn me(&self) -> Process {
        self.me.clone()
    }

    fn lives(&self, process: &Process) -> bool {
        process.host != self.me.host || !self.universe.ended.lock().unwrap().contains(&process.pid)
    }

    fn random(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let step = self.universe.random.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
            *byte = (step >> 32) as u8 ^ (step >> 56) as u8;
        }
    }
}

/// Which kind of store.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Memory,
    File,
    Sqlite,
    Postgres,
}

/// The server that the tests share; a schema is each one's own.
pub(crate) fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(|| Server::start(&[])).as_ref()
}

/// A place where stores of one kind can be opened again and again.
pub(crate) struct Bench {
    pub(crate) kind: Kind,
    pub(crate) universe: Arc<Universe>,
    pub(crate) dir: TempDir,
    about: StoreKind,
    disk: MemoryDisk,
    address: String,
}

impl Bench {
    /// `None` where there is no PostgreSQL for it.
    pub(crate) fn new(kind: Kind) -> Option<Bench> {
        let address = match kind {
            Kind::Postgres => fresh_address(server()?),
            Kind::Memory | Kind::File | Kind::Sqlite => String::new(),
        };
        Some(Bench::at(kind, StoreKind::Real, address))
    }

    /// A bench of the same kind for rehearsals.
    pub(crate) fn rehearsal(&self) -> Bench {
        let address = match self.kind {
            Kind::Postgres => fresh_address(server().expect("the bench is on it")),
            Kind::Memory | Kind::File | Kind::Sqlite => String::new(),
        };
        Bench::at(self.kind, StoreKind::Rehearsal, address)
    }

    /// For kinds that need nothing.
    pub(crate) fn of(kind: Kind) -> Bench {
        Bench::new(kind).expect("a kind that needs nothing")
    }

    /// A bench on a server of the test's own.
    pub(crate) fn on(server: &Server) -> Bench {
        Bench::at(Kind::Postgres, StoreKind::Real, fresh_address(server))
    }

    fn at(kind: Kind, about: StoreKind, address: String) -> Bench {
        let (dir, universe) = (TempDir::new().unwrap(), Arc::default());
        let disk = match about {
            StoreKind::Real => MemoryDisk::new(),
            StoreKind::Rehearsal => MemoryDisk::of_rehearsal(),
        };
        let bench = Bench { kind, universe, dir, about, disk, address };
        let world = || bench.world(0, "here");
        match kind {
            Kind::Memory | Kind::File => {}
            Kind::Sqlite => {
                drop(SqliteStore::create(bench.sqlite_settings(), world()).unwrap());
            }
            Kind::Postgres => {
                let settings = bench.postgres_settings();
                drop(PostgresStore::create(settings, world()).unwrap());
            }
        }
        bench
    }

    /// Where a bench on PostgreSQL is.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn world(&self, pid: u32, host: &str) -> Arc<dyn World> {
        let me = Process { host: host.into(), pid, started: "boot:1".into() };
        Arc::new(TestWorld { universe: self.universe.clone(), me })
    }

    /// The store as the process with this number opens it.
    pub(crate) fn store(&self, pid: u32) -> Arc<dyn Store> {
        match self.kind {
            Kind::File => {
                Arc::new(FileStore::open(file_settings(self.dir.path()), self.world(pid, "here")))
            }
            Kind::Memory => Arc::new(self.memory(pid)),
            Kind::Sqlite => Arc::new(self.sqlite(pid, "here")),
            Kind::Postgres => Arc::new(self.postgres(pid, "here")),
        }
    }

    /// The same, for kinds that an estate can have.
    pub(crate) fn estate(&self, pid: u32) -> Arc<dyn EstateStore> {
        match self.kind {
            Kind::File => panic!("a file store is no estate's"),
            Kind::Memory => Arc::new(self.memory(pid)),
            Kind::Sqlite => Arc::new(self.sqlite(pid, "here")),
            Kind::Postgres => Arc::new(self.postgres(pid, "here")),
        }
    }

    fn memory(&self, pid: u32) -> MemoryStore {
        MemoryStore::over(self.disk.clone(), self.world(pid, "here"), VERSION.into())
    }

    pub(crate) fn postgres(&self, pid: u32, host: &str) -> PostgresStore {
        PostgresStore::open(self.postgres_settings(), self.world(pid, host)).unwrap()
    }

    fn sqlite_settings(&self) -> SqliteSettings {
        SqliteSettings { kind: self.about, ..sqlite_settings(self.dir.path()) }
    }

    fn postgres_settings(&self) -> PostgresSettings {
        PostgresSettings { kind: self.about, ..postgres_settings(&self.address) }
    }

    pub(crate) fn sqlite(&self, pid: u32, host: &str) -> SqliteStore {
        let settings = self.sqlite_settings();
        SqliteStore::open(settings, self.world(pid, host)).unwrap()
    }
}

/// Carries out a statement behind the back of a bench's store on the shared server.
pub(crate) fn sql(bench: &Bench, sql: &str) {
    let address = PostgresAddress::parse(bench.address(), Path::new("/")).unwrap();
    let server = server().expect("the bench is on it");
    server.sql(&format!("SET search_path = {}; {sql}", address.schema));
}

/// A schema that nobody has used.
pub(crate) fn fresh_address(server: &Server) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::SeqCst);
    server.address(&format!("bench_{}_{number}", std::process::id()))
}

pub(crate) fn postgres_settings(address: &str) -> PostgresSettings {
    let address = PostgresAddress::parse(address, Path::new("/")).unwrap();
    PostgresSettings {
        user: address.user.clone().unwrap(),
        address,
        password: None,
        estate: EstateIdentity { id: "3f6c0a12".into(), name: "acme".into() },
        key: MasterKey::parse(&"7f".repeat(32)).unwrap(),
        lease_ms: LEASE_MS,
        patience_ms: 15_000,
        rescue: RescueDirs(vec![]),
        version: VERSION.into(),
        kind: StoreKind::Real,
    }
}

pub(crate) fn file_settings(dir: &Path) -> FileSettings {
    FileSettings {
        state: dir.join("terraform.tfstate"),
        backup: Some(dir.join("terraform.tfstate.backup")),
        rescue: RescueDirs(vec![]),
        version: VERSION.into(),
    }
}

pub(crate) fn sqlite_settings(dir: &Path) -> SqliteSettings {
    SqliteSettings {
        path: dir.join("estate.db"),
        estate: EstateIdentity { id: "3f6c0a12".into(), name: "acme".into() },
        key: MasterKey::parse(&"7f".repeat(32)).unwrap(),
        lease_ms: LEASE_MS,
        rescue: RescueDirs(vec![]),
        version: VERSION.into(),
        kind: StoreKind::Real,
    }
}

pub(crate) fn stack() -> StackKey {
    StackKey::from("prod/network")
}

pub(crate) fn request(who: &str) -> LockRequest {
    LockRequest {
        id: "11111111-2222-3333-4444-555555555555".into(),
        operation: "OperationTypeApply".into(),
        info: "".into(),
        who: who.into(),
        version: VERSION.into(),
    }
}

pub(crate) fn acquire(store: &dyn Store) -> Lease {
    store.acquire(&stack(), &request("me@here")).unwrap()
}

pub(crate) fn opening(run: &str) -> Opening {
    Opening { run: RunId::new(run), plan: Digest::of(b"plan"), lineage: None }
}

pub(crate) fn at(address: &str) -> ObjectAddr {
    ObjectAddr::current(address.parse().unwrap())
}

pub(crate) fn row(id: &str) -> Row {
    let provider =
        "provider[\"registry.opentofu.org/hashicorp/local\"]".parse::<addr::ProviderConfig>();
    let attributes = format!("{{\"id\":\"{id}\"}}").into_bytes();
    let mut object = Object::new(attributes, 1);
    object.dependencies = Arc::from(["x.base".parse().unwrap()]);
    Row { provider: provider.unwrap().into(), object: Arc::new(object) }
}

pub(crate) fn begin(op: u32, address: &str) -> Entry {
    Entry::Begin(Box::new(Begin {
        op: OpId(op),
        at: at(address),
        action: Action::Create,
        provider: row("").provider,
        prior: None,
        planned: Some(row("planned").object),
        look_before: None,
    }))
}

pub(crate) fn end(op: u32, address: &str, id: &str) -> Entry {
    let outcome = Outcome::Object(row(id));
    Entry::End(Box::new(End { op: OpId(op), at: at(address), outcome }))
}

pub(crate) fn gone(op: u32, address: &str) -> Entry {
    Entry::End(Box::new(End { op: OpId(op), at: at(address), outcome: Outcome::Gone }))
}
