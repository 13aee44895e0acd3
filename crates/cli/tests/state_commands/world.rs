//! Stores opened by the test itself: a holder of a lease that the program meets, and a run that was killed.

use std::sync::Arc;

use addr::{ProviderConfig, ResourceInstance};
use state::journal::{Action, Begin, Entry, OpId, RunId};
use state::{Digest, Object, ObjectAddr};
use store::{
    EstateIdentity, FileSettings, FileStore, LockRequest, MasterKey, Opening, RescueDirs,
    SqliteSettings, SqliteStore, StackKey, Store, SystemWorld,
};

use crate::support::Folder;

/// The store of a folder's state, in this process.
pub(crate) fn store_of(folder: &Folder) -> FileStore {
    let settings = FileSettings {
        state: folder.path("terraform.tfstate"),
        backup: None,
        rescue: RescueDirs(Vec::new()),
        version: "1.12.6".into(),
    };
    FileStore::open(settings, Arc::new(SystemWorld::new()))
}

/// Somebody who wants a lease.
pub(crate) fn request() -> LockRequest {
    LockRequest {
        id: "11111111-2222-3333-4444-555555555555".into(),
        operation: "apply".into(),
        info: "".into(),
        who: "somebody@somewhere".into(),
        version: "1.12.6".into(),
    }
}

/// The store of an estate, in this process.
pub(crate) fn store_of_estate(folder: &Folder) -> SqliteStore {
    let shown = folder.json(&["store", "show", "-json"]);
    let text = |name: &str| shown["estate"][name].as_str().expect("a text").to_owned();
    let settings = SqliteSettings {
        path: folder.path(".strata/estate.db"),
        estate: EstateIdentity { id: text("id"), name: text("name") },
        key: MasterKey::read(&folder.path(".strata/master.key")).expect("a key"),
        lease_ms: 30_000,
        rescue: RescueDirs(Vec::new()),
        version: "1.12.6".into(),
        kind: store::StoreKind::Real,
    };
    SqliteStore::open(settings, Arc::new(SystemWorld::new())).expect("a store")
}

/// A create that a killed run leaves behind.
pub(crate) struct Create<'a> {
    pub(crate) address: &'a str,
    pub(crate) provider: &'a str,
    /// The planned object, unknowns null.
    pub(crate) planned: &'a str,
}

impl<'a> Create<'a> {
    /// Of a built-in resource.
    pub(crate) fn built_in(address: &'a str) -> Create<'a> {
        Create {
            address,
            provider: "provider[\"terraform.io/builtin/terraform\"]",
            planned: r#"{"id":null,"input":null,"output":null,"triggers_replace":null}"#,
        }
    }
}

/// Leaves creates in doubt, as a run that is killed does.
pub(crate) fn leave_in_doubt(store: &dyn Store, stack: &StackKey, creates: &[Create<'_>]) {
    let lease = store.acquire(stack, &request()).expect("a lease");
    store.load(&lease).expect("a state");
    let run = RunId::new("p-KILLED");
    let opening = Opening { run, plan: Digest::default(), lineage: None };
    let journal = store.open_journal(&lease, &opening).expect("a journal");
    let begin = |(at, create): (usize, &Create<'_>)| {
        let address: ResourceInstance = create.address.parse().expect("an address");
        let provider: ProviderConfig = create.provider.parse().expect("a provider");
        Entry::Begin(Box::new(Begin {
            op: OpId(u32::try_from(at).expect("few")),
            at: ObjectAddr::current(address),
            action: Action::Create,
            provider: provider.into(),
            prior: None,
            planned: Some(Arc::new(Object::new(create.planned.as_bytes(), 0))),
            look_before: None,
        }))
    };
    let last = journal.append(creates.iter().enumerate().map(begin).collect()).expect("appended");
    journal.wait(last).expect("durable");
    drop(journal);
    store.release(lease).expect("released");
}
