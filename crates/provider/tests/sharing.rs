//! Which uses of a provider share a process, and when it ends.

mod common;

use common::{World, processes, settles_at, world};
use provider::{Handle, Provider};
use schema::protocol::{Call, Deferral, ReplyBody};
use value::Value;

async fn open(world: &World) -> Handle {
    world.pool.open(world.launch.clone()).await.expect("a handle")
}

/// Configures with what stands for a configuration of its own: the version is part of the digest.
async fn configure(handle: &Handle, version: &str) {
    let call = Call::Configure {
        config: Value::object([]),
        terraform_version: version.into(),
        deferral: Deferral::Refused,
    };
    let reply = handle.call(call).await.expect("an answer");
    assert_eq!(reply.body, ReplyBody::Configured);
}

#[tokio::test]
async fn nothing_runs_before_the_first_call() {
    let world = world("");
    let handle = open(&world).await;
    assert!(processes(&world.launch.working_dir).is_empty());
    configure(&handle, "1").await;
    assert_eq!(processes(&world.launch.working_dir).len(), 1);
}

#[tokio::test]
async fn one_configuration_is_one_process() {
    let world = world("");
    let (one, two, other) = (open(&world).await, open(&world).await, open(&world).await);
    configure(&one, "1").await;
    configure(&two, "1").await;
    assert_eq!(processes(&world.launch.working_dir).len(), 1);
    configure(&other, "2").await;
    assert_eq!(processes(&world.launch.working_dir).len(), 2);
}

#[tokio::test]
async fn the_last_use_ends_it() {
    let world = world("");
    let (one, two) = (open(&world).await, open(&world).await);
    configure(&one, "1").await;
    configure(&two, "1").await;
    one.close().await;
    assert_eq!(processes(&world.launch.working_dir).len(), 1);
    one.call(Call::ValidateProvider { config: Value::object([]) }).await.expect_err("it is closed");
    two.close().await;
    settles_at(&world.launch.working_dir, 0).await;
    let again = open(&world).await;
    configure(&again, "1").await;
    assert_eq!(processes(&world.launch.working_dir).len(), 1);
}

#[tokio::test]
async fn a_process_that_told_its_schema_serves_the_first_configuration() {
    let world = world("");
    world.pool.schemas(&world.launch).await.expect("schemas");
    let handle = open(&world).await;
    configure(&handle, "1").await;
    assert_eq!(processes(&world.launch.working_dir).len(), 1);
    world.pool.close().await;
    settles_at(&world.launch.working_dir, 0).await;
}

#[tokio::test]
async fn a_dead_process_is_replaced_for_new_uses() {
    let world = world("");
    let handle = open(&world).await;
    configure(&handle, "1").await;
    let [id] = processes(&world.launch.working_dir)[..] else { panic!("one process") };
    let id = rustix::process::Pid::from_raw(id.cast_signed()).expect("an id");
    rustix::process::kill_process(id, rustix::process::Signal::KILL).expect("killed");
    settles_at(&world.launch.working_dir, 0).await;
    handle
        .call(Call::ValidateProvider { config: Value::object([]) })
        .await
        .expect_err("it is dead");
    let again = open(&world).await;
    configure(&again, "1").await;
    assert_eq!(processes(&world.launch.working_dir).len(), 1);
}
