//! The estate's store: in PostgreSQL, moved there, backed up and restored, by the program itself.

use crate::server::{Server, skipped};
use crate::support::{Estate, changed};

/// What `strata.hcl` of the example says of its store.
const SQLITE: &str = "\"sqlite:.strata/estate.db\"";

#[test]
fn an_estate_begins_on_sqlite_and_moves_to_postgresql() {
    let Some(server) = Server::start(&[]) else { return skipped("store") };
    let estate = Estate::hello();
    estate.expect(&["init"], 0);
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    let (here, there) = ("sqlite:.strata/estate.db", server.address("acme"));
    let said = estate.expect(&["store", "copy", here, &there], 0);
    assert!(said.starts_with("Copied 4 stacks, "), "{said}");
    assert!(said.contains(&format!("store = \"{there}\"")), "{said}");
    estate.fails(&["store", "copy", here, &there], "store-not-empty", "schema=acme");
    estate.edit("strata.hcl", SQLITE, &format!("\"{there}\""));
    let shown = estate.expect(&["store", "show"], 0);
    assert!(shown.contains("unbroken") && shown.contains("store-copy"), "{shown}");
    estate.expect(&["plan", "-env", "dev", "-detailed-exitcode"], 0);
    estate.edit("strata.hcl", "replicas = 1", "replicas = 2");
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);

    estate.fails(&["store", "restore", "nothing.db"], "backup-missing", "nothing.db");
    estate.expect(&["store", "backup", "kept.db"], 0);
    estate.fails(&["store", "backup", "kept.db"], "store-exists", "kept.db");
    estate.fails(&["store", "restore", "kept.db"], "store-not-empty", "schema=acme");
    estate.edit("strata.hcl", "schema=acme", "schema=again");
    estate.fails(&["plan", "-env", "dev"], "store-missing", "strata.hcl:");
    let said = estate.expect(&["store", "restore", "kept.db"], 0);
    assert!(said.starts_with("Restored 4 stacks, "), "{said}");
    estate.expect(&["plan", "-env", "dev", "-detailed-exitcode"], 0);
    estate.expect(&["destroy", "-env", "dev", "-auto-approve"], 0);
}

#[test]
fn an_estate_begins_in_postgresql() {
    let Some(server) = Server::start(&[]) else { return skipped("store") };
    let estate = Estate::hello();
    estate.edit("strata.hcl", SQLITE, &format!("\"{}\"", server.address("acme")));
    estate.expect(&["init"], 0);
    let document = estate.expect(&["plan", "-env", "dev", "-json"], 0);
    assert_eq!(changed(&document).len(), 4);
    estate.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    estate.fails(&["store", "create"], "store-exists", "schema=acme");
    estate.expect(&["plan", "-env", "dev", "-detailed-exitcode"], 0);
}

#[test]
fn addresses_that_would_do_harm_are_refused() {
    let check = |store: &str, code: &str, line: u32| {
        let estate = Estate::hello();
        estate.edit("strata.hcl", "name   = \"hello\"", "name = \"hello\"\n  id = \"3f6c0a12\"");
        estate.edit("strata.hcl", SQLITE, &format!("\"{store}\""));
        estate.fails(&["plan", "-env", "dev"], code, &format!("strata.hcl:{line},"));
        estate.fails(&["validate"], code, &format!("strata.hcl:{line},"));
        let ran = estate.run(&["plan", "-env", "dev"]);
        assert!(!ran.err.contains("sesame"), "{}", ran.err);
    };
    check("postgres://me:sesame@db/strata", "store-password", 4);
    check("postgres://me:ses/sesame@db/strata", "store-password", 4);
    check("postgres://me@db/strata?password=sesame", "store-password", 4);
    check("postgres://me@db/strata?sslmode=require", "estate-store-url", 7);
    check("postgres://me@db/strata?sslmode=disable", "estate-store-url", 7);
    check("postgres://me@db", "estate-store-url", 7);
    check("mysql://me@db/strata", "estate-store-url", 7);
}
