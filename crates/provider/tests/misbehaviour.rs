//! What a provider does wrong is one failure that names it, the call and its last lines; and it leaves no process
//! behind.

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::{settles_at, world};
use provider::{Handle, Provider, StartError};
use schema::protocol::{Answer, Call, CallFailure, FailureKind, ReplyBody};
use value::{Type, Value};

async fn start_error(fake: &str) -> StartError {
    let world = world(fake);
    world.pool.schemas(&world.launch).await.expect_err("no provider")
}

async fn apply(handle: &Handle) -> Answer {
    let ty = Type::object([(Arc::from("id"), Type::STRING)]);
    let planned = Value::object([(Arc::from("id"), Value::unknown(Type::STRING))]);
    handle
        .call(Call::Apply {
            type_name: "fake_thing".into(),
            prior: Value::null(ty),
            config: Value::object([(Arc::from("id"), Value::null(Type::STRING))]),
            planned,
            planned_private: Arc::new([]),
            planned_identity: None,
        })
        .await
}

async fn failure(fake: &str) -> CallFailure {
    let world = world(fake);
    let handle = world.pool.open(world.launch.clone()).await.expect("a handle");
    let failure = apply(&handle).await.expect_err("a failure");
    assert_eq!((&*failure.provider, failure.call), ("test/fake", "ApplyResourceChange"));
    failure
}

#[tokio::test]
async fn no_handshake() {
    for (fake, message) in [
        ("silent", "did not tell its address within"),
        ("babbles", "not a provider"),
        ("dies", "ended with exit code 3 before it told its address"),
        ("old", "plugin protocol 4"),
        ("nobody", "could not be connected to"),
    ] {
        let error = start_error(fake).await;
        assert!(error.message.contains(message), "{fake}: {error}");
        assert_eq!(&*error.provider, "test/fake");
    }
    assert_eq!(start_error("dies").await.last_lines, ["no luck today"]);
}

#[tokio::test]
async fn a_program_that_is_none() {
    let mut world = world("");
    world.launch.binary = "/etc/passwd".into();
    let error = world.pool.schemas(&world.launch).await.expect_err("no provider");
    assert!(error.message.contains("could not be started"), "{error}");
    world.launch.binary = "/nonexistent".into();
    let error = world.pool.schemas(&world.launch).await.expect_err("no provider");
    assert!(error.message.contains("cannot be read"), "{error}");
}

#[tokio::test]
async fn a_process_that_ends_in_a_call() {
    let failure = failure("panics").await;
    assert_eq!(failure.kind, FailureKind::Exited);
    assert_eq!(failure.message, "the process ended with exit code 2");
    assert_eq!(failure.last_lines, ["panic: out of luck"]);
    assert!(failure.leaves_doubt());
}

#[tokio::test]
async fn calls_after_the_end_are_refused() {
    let world = world("panics");
    let handle = world.pool.open(world.launch.clone()).await.expect("a handle");
    apply(&handle).await.expect_err("a failure");
    let failure = apply(&handle).await.expect_err("a refusal");
    assert_eq!(failure.kind, FailureKind::Refused);
    assert!(!failure.leaves_doubt());
    assert_eq!(failure.last_lines, ["panic: out of luck"]);
}

#[tokio::test]
async fn a_call_that_hangs_is_asked_to_stop_then_killed() {
    let failure = failure("hangs").await;
    assert_eq!(failure.kind, FailureKind::TimedOut);
    assert!(failure.leaves_doubt());
    let stops = world("stops");
    let handle = stops.pool.open(stops.launch.clone()).await.expect("a handle");
    apply(&handle).await.expect("asked to stop, it answers");
}

#[tokio::test]
async fn an_object_that_fits_no_schema_is_kept() {
    let failure = failure("garbage").await;
    let FailureKind::Undecodable(kept) = failure.kind else { panic!("{failure}") };
    assert_eq!((&*kept.raw, &*kept.private), (&[0xff, 0xff][..], &b"kept"[..]));
}

#[tokio::test]
async fn answers_that_are_none() {
    for (fake, kind, message) in [
        ("broken", FailureKind::Transport, "no message of the protocol"),
        ("fails", FailureKind::Transport, "something inside"),
        ("unknown", FailureKind::Refused, "does not know this call"),
        ("leaves", FailureKind::Transport, "connection failed"),
    ] {
        let failure = failure(fake).await;
        assert_eq!(failure.kind, kind, "{fake}");
        assert!(failure.message.contains(message), "{fake}: {failure}");
    }
}

#[tokio::test]
async fn functions_that_only_the_configured_provider_tells() {
    let world = world("");
    let handle = world.pool.open(world.launch.clone()).await.expect("a handle");
    assert_eq!(handle.functions().await.expect("functions").len(), 1);
    let call = |name: &str| Call::Function { name: name.into(), args: vec![Value::string("a")] };
    let reply = handle.call(call("late")).await.expect("an answer");
    assert_eq!(reply.body, ReplyBody::FunctionResult(Ok(Value::string("ok"))));
    let failure = handle.call(call("absent")).await.expect_err("a refusal");
    assert_eq!(failure.kind, FailureKind::Refused);
}

#[tokio::test]
async fn killing_fails_what_is_under_way() {
    let world = world("hangs");
    let handle = world.pool.open(world.launch.clone()).await.expect("a handle");
    handle.warm().await.expect("started");
    let (answer, ()) = tokio::join!(apply(&handle), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        world.pool.kill();
    });
    assert_eq!(answer.expect_err("a failure").kind, FailureKind::Stopped);
}

#[tokio::test]
async fn no_process_outlives_its_pool() {
    let world = world("hangs");
    let handle = world.pool.open(world.launch.clone()).await.expect("a handle");
    handle.warm().await.expect("started");
    let folder = world.launch.working_dir.clone();
    settles_at(&folder, 1).await;
    drop(handle);
    drop(world.pool);
    settles_at(&folder, 0).await;
}
