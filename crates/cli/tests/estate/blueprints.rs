//! The blueprints: a new estate of each cloud is valid by its providers' schemas, rehearses from nothing to a second plan
//! without changes, takes a change, and goes again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::support::Estate;

/// A new estate of a cloud, in the folder `shop`.
fn new(cloud: &str) -> Estate {
    let place = Estate::of(&[]);
    let told = place.expect(&["new", "shop", "-cloud", cloud], 0);
    assert!(told.contains("strata rehearse"), "{told}");
    place
}

fn in_it<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [&["-chdir=shop"], args].concat()
}

/// All `.tf` files of the stacks.
fn modules(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            modules(&path, found);
        } else if path.extension().is_some_and(|end| end == "tf") {
            found.push(path);
        }
    }
}

/// Puts an argument that no provider knows into each resource and data source; how many there are.
fn spoilt(folder: &Path) -> usize {
    let mut files = Vec::new();
    modules(folder, &mut files);
    let mut count = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).expect("read");
        let mut spoilt = String::new();
        for line in text.lines() {
            spoilt.push_str(line);
            spoilt.push('\n');
            let head = line.starts_with("resource \"") || line.starts_with("data \"");
            // What is built in has no document.
            if head && line.ends_with('{') && !line.contains("\"terraform_data\"") {
                spoilt.push_str("  no_provider_knows_this = 1\n");
                count += 1;
            }
        }
        std::fs::write(&file, spoilt).expect("written");
    }
    count
}

fn valid(cloud: &str) {
    let place = new(cloud);
    let ran = place.run(&in_it(&["validate"]));
    assert_eq!((ran.code, &*ran.out), (0, "Valid.\n"), "{cloud}:\n{}", ran.err);
    let ran = place.run(&["fmt", "-check", "-recursive", "shop"]);
    assert_eq!(ran.code, 0, "{cloud} is not formatted:\n{}", ran.out);
}

/// That nothing is passed over: each block that is spoilt is told.
fn checked(cloud: &str) {
    let place = new(cloud);
    let count = spoilt(&place.path("shop"));
    let ran = place.run(&in_it(&["validate", "-json"]));
    let page: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let told = page["diagnostics"].as_array().expect("diagnostics").iter();
    // A module that several stacks call is read, and told of, for each.
    let places: BTreeSet<String> = told
        .filter(|one| one["detail"].to_string().contains("no_provider_knows_this"))
        .filter_map(|one| {
            let file = one["range"]["filename"].as_str()?.rsplit("../").next()?;
            Some(format!("{file} {}", one["range"]["start"]["line"]))
        })
        .collect();
    assert_eq!(places.len(), count, "{cloud}: blocks that no schema was held against");
    assert!(count > 50, "{cloud}: {count}");
}

/// The input that differs afterwards: how many of each app there are in `dev`, whose values come first.
fn one_replica_more(place: &Estate) {
    let text = std::fs::read_to_string(place.path("shop/strata.hcl")).expect("read");
    let line = text.lines().find(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.starts_with(&["replicas", "=", "1"])
    });
    let line = line.expect("dev has one replica");
    place.write("shop/strata.hcl", &text.replacen(line, &line.replacen("= 1", "= 2", 1), 1));
}

fn rehearsed(cloud: &str) {
    let place = new(cloud);
    let said = place.expect(&in_it(&["rehearse"]), 0);
    assert!(said.contains("measured"), "{said}");
    one_replica_more(&place);
    place.expect(&in_it(&["plan", "-rehearse", "-env=dev", "-detailed-exitcode"]), 2);
    let apply = ["apply", "-rehearse", "-env=dev", "-auto-approve", "-approve-data=*"];
    place.expect(&in_it(&apply), 0);
    place.expect(&in_it(&["plan", "-rehearse", "-env=dev", "-detailed-exitcode"]), 0);
    let destroy = ["destroy", "-rehearse", "-env=dev", "-auto-approve", "-approve-data=*"];
    place.expect(&in_it(&destroy), 0);
    let left = place.expect(&in_it(&["show", "-rehearse", "-env=dev", "-json"]), 0);
    assert!(!left.contains("\"address\""), "{cloud} left something: {left}");
}

#[test]
fn aws_is_valid() {
    valid("aws");
    checked("aws");
}

#[test]
fn azure_is_valid() {
    valid("azure");
    checked("azure");
}

#[test]
fn gcp_is_valid() {
    valid("gcp");
    checked("gcp");
}

#[test]
fn aws_rehearses() {
    rehearsed("aws");
}

#[test]
fn azure_rehearses() {
    rehearsed("azure");
}

#[test]
fn gcp_rehearses() {
    rehearsed("gcp");
}
