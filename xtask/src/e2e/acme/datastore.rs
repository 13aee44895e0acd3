//! Three attempts on the datastore, and the three who say no: the engine, the identity, the store.

use serde_json::json;

use super::calls::Call;
use super::estate::{Dev, Estate};
use super::world::World;
use super::{expect, say};

/// The first two attempts. The third, a run with an app's lease that writes the database's rows, takes a program that breaks its
/// word; it is in the contract that every store is tested against.
pub(super) fn survives(estate: &Estate, world: &World) -> Result<(), String> {
    engine(estate)?;
    identity(world)?;
    let told = world.ask("rds", "describe_db_clusters", json!({}))?.to_string();
    expect(told.contains("acme-dev-orders"), "the orders are still there")?;
    say(
        "datastore, third attempt: an app's lease on the database's rows: refused by every store, \
         `the_lease_of_one_stack_writes_no_other_one` in crates/store",
    );
    Ok(())
}

/// An author changes the database's stack, and all owners sign, but nobody by address.
fn engine(estate: &Estate) -> Result<(), String> {
    estate.edit("stacks/database/main.tf", "\"orders_admin\"", "\"orders_owner\"")?;
    let (plan, page) = estate.plan(&["-env", "dev"])?;
    let data = page["data_losses"].to_string();
    expect(
        data.contains("aws_rds_cluster.orders"),
        &format!("the plan names what is lost: {data}"),
    )?;
    estate.approve(&plan, &[])?;
    let said = estate.run(&["apply", &plan], 1)?.said;
    expect(said.contains("destroy-data"), &format!("the refusal tells the way: {said}"))?;
    estate.lay(Dev::Protected)?;
    say(
        "datastore, first attempt: a changed stack, signed by all owners: the engine refuses, since nobody approved the loss by address",
    );
    Ok(())
}

/// The shop calls the cloud itself, with the credentials of its apply role.
fn identity(world: &World) -> Result<(), String> {
    let with = json!({"DBClusterIdentifier": "acme-dev-orders", "SkipFinalSnapshot": true});
    let answers = world.call(&[Call::cloud("shop-apply", "rds", "delete_db_cluster", with)])?;
    let denied = answers.first().is_some_and(|answer| answer.denied);
    expect(denied, "the shop's apply role may not delete the database")?;
    say(
        "datastore, second attempt: rds:DeleteDBCluster by the shop's apply role: the cloud denies it",
    );
    Ok(())
}
