//! What only PostgreSQL has: a server that may lack what a store relies on, that is asked by many and that may go away.

use std::path::Path;
use std::time::Duration;

use store::{
    CreateError, EstateStore as _, Event, JournalFailure, LockError, MasterKey, OpenError,
    PostgresAddress, PostgresStore, Rescued, Store as _, StoreKind,
};

use crate::proxy::Proxy;
use crate::server::{Server, skipped};
use crate::support::{
    Bench, Kind, LEASE_MS, acquire, at, begin, end, fresh_address, opening, postgres_settings,
    request, sql, stack,
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
    let other = open(&|settings| settings.kind = StoreKind::Rehearsal).unwrap_err();
    assert!(matches!(other, OpenError::OtherKind { found: StoreKind::Real, .. }), "{other}");
}

#[test]
fn the_first_layout_is_upgraded_when_it_is_opened() {
    let Some(bench) = Bench::new(Kind::Postgres) else { return skipped("postgres") };
    sql(
        &bench,
        "DROP TABLE simulated; DROP TABLE head; DROP TABLE signed_head;
         ALTER TABLE estate DROP COLUMN kind;
         ALTER TABLE event DROP COLUMN form, DROP COLUMN environment, DROP COLUMN object;
         UPDATE layout SET version = 2",
    );
    let store = bench.postgres(1, "here");
    assert_eq!((store.kind(), store.simulated().unwrap()), (StoreKind::Real, Vec::new()));
    drop(bench.postgres(2, "here"));
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

/// How often the server is killed under a run.
const KILLS: u32 = 6;

#[test]
fn a_server_killed_under_a_run_loses_nothing_that_was_acknowledged() {
    let Some(mut server) = Server::start(&[]) else { return skipped("postgres") };
    let bench = Bench::on(&server);
    let store = bench.postgres(1, "here");
    let lease = acquire(&store);
    let journal = store.open_journal(&lease, &opening("r1")).unwrap();
    let acknowledged = std::thread::scope(|scope| {
        let (enough, news) = std::sync::mpsc::channel::<()>();
        let journal = &journal;
        let run = scope.spawn(move || {
            let mut op = 0;
            // Until the other side is done killing.
            while news.try_recv() != Err(std::sync::mpsc::TryRecvError::Disconnected) {
                let address = format!("x.a[{op}]");
                journal.wait(journal.append(vec![begin(op, &address)]).unwrap()).unwrap();
                journal.wait(journal.append(vec![end(op, &address, "a")]).unwrap()).unwrap();
                op += 1;
            }
            op
        });
        for round in 0..KILLS {
            pause(Duration::from_millis(40 + u64::from(round) * 17));
            server.kill();
            server.run();
        }
        pause(Duration::from_millis(100));
        drop(enough);
        run.join().unwrap()
    });
    assert!(acknowledged > KILLS, "it went on between the kills: {acknowledged}");
    let closed = store.close_journal(&lease, journal).unwrap();
    assert_eq!(closed.state.object_count(), acknowledged as usize);
    assert!(closed.in_doubt.is_empty());
    let read = bench.postgres(2, "here").peek(&stack()).unwrap();
    assert_eq!(read.state, closed.state);
}

#[test]
fn a_server_that_does_not_come_back_poisons_the_store_and_entries_are_rescued() {
    let Some(mut server) = Server::start(&[]) else { return skipped("postgres") };
    let bench = Bench::on(&server);
    let mut settings = postgres_settings(bench.address());
    settings.patience_ms = 300;
    settings.rescue = store::RescueDirs(vec![bench.dir.path().to_owned()]);
    let open = |settings: &store::PostgresSettings| {
        PostgresStore::open(settings.clone(), bench.world(1, "here")).unwrap()
    };
    let store = open(&settings);
    let lease = acquire(&store);
    let journal = store.open_journal(&lease, &opening("r1")).unwrap();
    journal.wait(journal.append(vec![begin(1, "x.a")]).unwrap()).unwrap();
    server.kill();
    journal.append(vec![end(1, "x.a", "a")]).unwrap();
    let failure = journal.wait(journal.last()).unwrap_err();
    let JournalFailure::Poisoned { rescued: Rescued::File(_), .. } = &failure else {
        panic!("{failure}")
    };
    server.run();
    assert!(store.heartbeat(&lease).is_err(), "it is not believed again");
    drop((journal, store));
    bench.universe.end(1);
    let next = PostgresStore::open(settings, bench.world(2, "here")).unwrap();
    let lease = acquire(&next);
    let loaded = next.load(&lease).unwrap();
    assert!(loaded.state.object(&at("x.a")).is_some(), "the rescued end was taken back");
    assert!(loaded.in_doubt.is_empty());
}

/// A store behind a proxy, which can take the answer to a commit away.
fn behind_a_proxy(bench: &Bench) -> (Proxy, PostgresStore) {
    let mut address = PostgresAddress::parse(bench.address(), Path::new("/")).unwrap();
    let store::PostgresHost::Socket(real) = &address.host else { panic!("a socket") };
    let proxy = Proxy::start(real, bench.dir.path());
    address.host = store::PostgresHost::Socket(bench.dir.path().to_owned());
    let mut settings = postgres_settings(bench.address());
    settings.address = address;
    let store = PostgresStore::open(settings, bench.world(1, "here")).unwrap();
    (proxy, store)
}

#[test]
fn a_commit_whose_answer_is_lost_is_asked_for_and_not_repeated() {
    let Some(bench) = Bench::new(Kind::Postgres) else { return skipped("postgres") };
    let (proxy, store) = behind_a_proxy(&bench);
    let event = Event::new(5, "local:me@here", "apply");
    proxy.lose_next_commit();
    assert_eq!(store.record(&event).unwrap(), 1);
    assert_eq!(store.verify_events().unwrap(), 1, "recorded once");
    proxy.lose_next_commit();
    let lease = acquire(&store);
    assert_eq!(lease.fence(), 1, "taken once");
    let journal = store.open_journal(&lease, &opening("r1")).unwrap();
    proxy.lose_next_commit();
    journal.wait(journal.append(vec![begin(1, "x.a")]).unwrap()).unwrap();
    journal.append(vec![end(1, "x.a", "a")]).unwrap();
    journal.wait(journal.last()).unwrap();
    proxy.lose_next_commit();
    let closed = store.close_journal(&lease, journal).unwrap();
    assert_eq!((closed.state.serial, closed.state.object_count()), (1, 1));
    assert_eq!(proxy.lost(), 4);
    assert_eq!(store.peek(&stack()).unwrap().state, closed.state);
}

#[test]
fn many_rows_take_few_turns() {
    let Some(bench) = Bench::new(Kind::Postgres) else { return skipped("postgres") };
    let (proxy, store) = behind_a_proxy(&bench);
    let lease = acquire(&store);
    let journal = store.open_journal(&lease, &opening("r1")).unwrap();
    let objects = 0..500;
    let address = |op: &u32| format!("x.a[{op}]");
    let ends = objects.clone().map(|op| end(op, &address(&op), "a"));
    journal.append(ends.collect()).unwrap();
    let before = proxy.turns();
    store.close_journal(&lease, journal).unwrap();
    let written = proxy.turns() - before;
    store.peek(&stack()).unwrap();
    let read = proxy.turns() - before - written;
    // One turn for each object would be 500. On a busy machine the proxy sees what is sent together in several pieces.
    assert!(written < 400 && read < 100, "{written} turns to write, {read} to read");
}

#[test]
fn a_commit_that_did_not_happen_is_carried_out_again() {
    let Some(bench) = Bench::new(Kind::Postgres) else { return skipped("postgres") };
    // The server ends the connection in the middle of its first commit of an entry; a sequence survives that.
    sql(
        &bench,
        "CREATE SEQUENCE commits;
         CREATE FUNCTION end_once() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
             IF nextval('commits') = 2 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
             RETURN NULL;
         END $$;
         CREATE CONSTRAINT TRIGGER ends AFTER INSERT ON journal
         DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION end_once();",
    );
    let store = bench.postgres(1, "here");
    let lease = acquire(&store);
    let journal = store.open_journal(&lease, &opening("r1")).unwrap();
    journal.wait(journal.append(vec![begin(1, "x.a")]).unwrap()).unwrap();
    journal.append(vec![end(1, "x.a", "a")]).unwrap();
    let closed = store.close_journal(&lease, journal).unwrap();
    assert_eq!(closed.state.object_count(), 1);
}

/// Lets time pass.
fn pause(time: Duration) {
    let (_never, news) = std::sync::mpsc::channel::<()>();
    news.recv_timeout(time).ok();
}

/// A certificate for a name, signed by an authority of its own: the authority's file, and the server's two.
fn certificates(dir: &Path, name: &str) -> [std::path::PathBuf; 3] {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let root = authority.self_signed(&key).unwrap();
    let issuer = rcgen::Issuer::from_params(&authority, &key);
    let server_key = rcgen::KeyPair::generate().unwrap();
    let server = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
    let server = server.signed_by(&server_key, &issuer).unwrap();
    let files = [("root", root.pem()), ("cert", server.pem()), ("key", server_key.serialize_pem())];
    files.map(|(end, text)| {
        let path = dir.join(format!("{name}.{end}"));
        std::fs::write(&path, text).unwrap();
        crate::server::give_away(&path);
        path
    })
}

#[test]
fn a_server_is_verified_and_asks_for_the_password() {
    let dir = tempfile::tempdir().unwrap();
    crate::server::give_away(dir.path());
    let [root, cert, key] = certificates(dir.path(), "127.0.0.1");
    let [stranger, ..] = certificates(dir.path(), "stranger.test");
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = [
        format!("port={port}"),
        "listen_addresses=localhost".to_owned(),
        "ssl=on".to_owned(),
        format!("ssl_cert_file={}", cert.display()),
        format!("ssl_key_file={}", key.display()),
    ];
    let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
    let Some(server) = Server::start(&settings) else { return skipped("postgres") };
    server.sql("ALTER ROLE strata PASSWORD 'open sesame'");
    let bench = Bench::of(Kind::Memory);
    let create = |host: &str, roots: &Path, password: &str| {
        let query = format!("sslrootcert={}&schema=tls", roots.display());
        let mut settings =
            postgres_settings(&format!("postgres://strata@{host}:{port}/postgres?{query}"));
        settings.password = Some(store::Password::new(password));
        PostgresStore::create(settings, bench.world(1, "here"))
    };
    let refused = |created: Result<PostgresStore, CreateError>, why: &str| {
        let text = created.unwrap_err().to_string();
        assert!(text.contains(why) && !text.contains("sesame"), "{text}");
    };
    refused(create("127.0.0.1", &stranger, "open sesame"), "certificate");
    refused(create("localhost", &root, "open sesame"), "certificate");
    refused(create("127.0.0.1", &root, "sesame"), "password");
    create("127.0.0.1", &root, "open sesame").unwrap();
}
