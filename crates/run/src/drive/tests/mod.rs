//! The driver against a cloud in memory and a disk that crashes, fails and holds back, step by step.
//!
//! Between two steps everything is at rest. A step is one thing that happens outside of the driver: an append becomes
//! durable, a call has its effect, a call is answered. A seed, or a list of choices, decides which comes next.
//!
//! Invariant: every call that changes an object is checked, when it begins, against what the disk has
//! ([`world::Watch`]).

mod cloud;
mod crash;
mod failing;
mod halves;
mod interrupts;
mod order;
mod stack;
mod steps;
mod world;

/// Calls of providers at a time, in all these tests.
const PARALLELISM: usize = 3;

/// Objects that will change in every way there is, and what depends on them.
const BEFORE: &str = r#"
resource "cloud_thing" "kept" { name = "kept" }
resource "cloud_thing" "d1" {
  name = "d1"
  size = 1
}
resource "cloud_thing" "d2" {
  name = "d2"
  note = cloud_thing.d1.id
}
resource "cloud_thing" "e1" {
  name = "e1"
  size = 1
  lifecycle { create_before_destroy = true }
}
resource "cloud_thing" "e2" {
  name = "e2"
  note = cloud_thing.e1.id
}
resource "cloud_thing" "f1" {
  name = "f1"
  size = 1
}
resource "cloud_thing" "f2" {
  name = "f2"
  size = 1
  note = cloud_thing.f1.id
  lifecycle { create_before_destroy = true }
}
resource "cloud_thing" "g1" { name = "g1" }
resource "cloud_thing" "g2" {
  name = "g2"
  note = cloud_thing.g1.id
}
resource "cloud_thing" "g3" {
  count = 2
  name  = "g3-${count.index}"
}
resource "cloud_thing" "u1" {
  name = "u1"
  note = "before"
}
resource "cloud_thing" "u2" {
  name = "u2"
  note = cloud_thing.u1.note
}
"#;

/// How many things that makes.
const BEFORE_COUNT: usize = 13;

/// The same a day later.
fn after() -> String {
    let (kept, gone) = BEFORE.split_once("resource \"cloud_thing\" \"g1\"").expect("both halves");
    let (_, left) = gone.split_once("resource \"cloud_thing\" \"g3\"").expect("both halves");
    let left = left.replace("count = 2", "count = 1").replace("\"before\"", "\"after\"");
    let kept = kept.replace("size = 1", "size = 2");
    format!(
        r#"{kept}resource "cloud_thing" "g3"{left}
        resource "cloud_thing" "n1" {{ name = "n1" }}
        resource "cloud_thing" "n2" {{
          name = "n2"
          note = cloud_thing.n1.id
        }}
        resource "cloud_thing" "n3" {{
          count = 2
          name  = "n3-${{count.index}}"
          note  = cloud_thing.n2.id
        }}
        output "n" {{ value = cloud_thing.n3[*].id }}
        "#
    )
}

/// What the change makes: each name once, whatever happens on the way.
const MADE: [&str; 8] = ["d1", "e1", "f1", "f2", "n1", "n2", "n3-0", "n3-1"];

/// What the change destroys, by id.
const DESTROYED: [&str; 7] = ["d1.1", "e1.1", "f1.1", "f2.1", "g1.1", "g2.1", "g3-1.1"];
