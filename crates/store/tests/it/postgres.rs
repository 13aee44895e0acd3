//! What only PostgreSQL has: a server that may lack what a store relies on, that is asked by many and that may go away.

use store::{CreateError, LockError, MasterKey, OpenError, PostgresStore, Store as _};

use crate::server::{Server, skipped};
use crate::support::{
    Bench, Kind, LEASE_MS, acquire, fresh_address, postgres_settings, request, stack,
};

#[test]
fn no_store_is_made_or_mistaken_silently() {
    let Some(bench) = Bench::new(Kind::Postgres) else { return skipped("postgres") };
    let open = |change: &dyn Fn(&mut store::PostgresSettings)| {
        let mut settings = postgres_settings(bench.address());
        change(&mut settings);
        PostgresStore::open(settings, bench.world(1, "here"))
    };
    drop(open(&|_| {}).unwrap());
    let again = PostgresStore::create(postgres_settings(bench.address()), bench.world(1, "here"));
    assert!(matches!(again, Err(CreateError::Exists(_))));
    let missing = open(&|settings| settings.address.schema = "nothing".into()).unwrap_err();
    assert!(matches!(missing, OpenError::MissingStore { .. }), "{missing}");
    let foreign = open(&|settings| settings.estate.id = "99999999".into()).unwrap_err();
    assert!(matches!(foreign, OpenError::ForeignStore { .. }), "{foreign}");
    let key = MasterKey::parse(&"80".repeat(32)).unwrap();
    let wrong = open(&|settings| settings.key = key.clone()).unwrap_err();
    assert!(matches!(wrong, OpenError::WrongKey { .. }), "{wrong}");
}

#[test]
fn a_silent_holder_on_another_host_is_timed_by_the_server() {
    let Some(bench) = Bench::new(Kind::Postgres) else { return skipped("postgres") };
    let (here, there) = (bench.postgres(1, "here"), bench.postgres(1, "there"));
    let lease = acquire(&there);
    bench.universe.pass(10 * LEASE_MS);
    let held = here.acquire(&stack(), &request("you@here")).unwrap_err();
    assert!(matches!(held, LockError::Held(_)), "our clock says nothing");
    let mut settings = postgres_settings(bench.address());
    settings.lease_ms = 0;
    let impatient = PostgresStore::open(settings, bench.world(1, "here")).unwrap();
    let taken = impatient.acquire(&stack(), &request("you@here")).unwrap();
    assert!(taken.fence() > lease.fence());
    assert!(there.heartbeat(&lease).is_err());
}

#[test]
fn a_server_that_could_lose_what_it_committed_is_refused() {
    let check = |setting: &str, expect: &str| {
        let Some(server) = Server::start(&[setting]) else { return skipped("postgres") };
        let settings = postgres_settings(&fresh_address(&server));
        let bench = Bench::of(Kind::Memory);
        let refused = PostgresStore::create(settings, bench.world(1, "here")).unwrap_err();
        assert!(refused.to_string().contains(expect), "{refused}");
    };
    check("synchronous_commit=off", "synchronous_commit is off");
    check("fsync=off", "fsync is off");
}
