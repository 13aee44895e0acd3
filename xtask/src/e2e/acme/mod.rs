//! `cargo xtask e2e acme`: the example of a team's whole production, on an AWS that enforces IAM and a Kubernetes that enforces
//! RBAC, from nothing to nothing left; and `cargo xtask e2e access`: what its roles are denied, and that `strata access`
//! tells the same.

mod access;
mod calls;
mod datastore;
pub(crate) mod derive;
mod derive_cluster;
mod drift;
mod drift_changes;
mod estate;
mod lab;
mod local;
mod objects;
mod replace;
mod ripple;
mod told;
mod world;

use std::path::{Path, PathBuf};
use std::time::Instant;

use estate::{Dev, Estate};
pub(crate) use lab::Lab;
use world::{WITH_ROLES, World};

/// A step of a run, and its name.
type Step<'s> = (&'s str, &'s dyn Fn() -> Result<(), String>);

/// What a run goes through.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All of it.
    Whole,
    /// What is there is only asked who may do what.
    Access,
    /// What is there is changed by others.
    Drift,
}

/// Runs it; the first thing that is not as it should be ends it. With `--keep`, what was made is kept on disk.
pub(crate) fn run(root: &Path, args: &[String], scope: Scope) -> Result<(), String> {
    let with_aws = !args.iter().any(|arg| arg == "--without-aws");
    let folder = std::env::temp_dir().join(format!("strata-acme-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    let ended = scenario(root, &folder, with_aws, scope);
    if ended.is_ok() {
        let _ = std::fs::remove_dir_all(&folder);
    } else {
        eprintln!("what was there is kept in {}", folder.display());
    }
    ended
}

fn scenario(root: &Path, folder: &Path, with_aws: bool, scope: Scope) -> Result<(), String> {
    let strata = super::first_light::build(root)?;
    let parts = crate::parts::cache();
    say("starting etcd, kube-apiserver, kube-controller-manager, ministack with IAM enforced");
    let world = World::start(root, &parts, folder, with_aws)?;
    if world.cloud.is_none() {
        return without_aws(root, folder, strata, &world, scope);
    }
    let estate = Estate::new(root, folder, strata, &world)?;
    estate.init()?;
    if scope == Scope::Whole {
        checked(&estate)?;
    }
    from_nothing(&estate, &world)?;
    if scope == Scope::Access {
        access::table(&world)?;
        return told::compare(root, &estate, &world);
    }
    if scope == Scope::Drift {
        return drift::found(&estate, &world);
    }
    let steps: [Step<'_>; 9] = [
        ("objects", &|| objects::exist(&world)),
        ("roles", &|| objects::own_roles(&world)),
        ("second plan", &|| unchanged(&estate)),
        ("access", &|| access::table(&world)),
        ("datastore", &|| datastore::survives(&estate, &world)),
        ("affected", &|| ripple::affected(&estate)),
        ("replace", &|| replace::moves_over(&estate, &world)),
        ("destroy", &|| destroyed(&estate, &world)),
        ("local", &|| local::whole(&estate, &world)),
    ];
    each(&estate, &steps)?;
    println!("acme: all seven layers on real parts, AWS on ministack with IAM enforced");
    Ok(())
}

/// Takes each step from the files as they were laid, the later ones also where an earlier one fails: all failures are told.
fn each(estate: &Estate, steps: &[Step<'_>]) -> Result<(), String> {
    let mut failures = Vec::new();
    for (name, step) in steps {
        estate.lay(Dev::Protected)?;
        let begun = Instant::now();
        match step() {
            Ok(()) => say(&format!("{name}: {} s", begun.elapsed().as_secs())),
            Err(message) => {
                println!("  {name} FAILED");
                failures.push(format!("{name}: {message}"));
            }
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n\n")) }
}

/// What is there without the AWS provider: the upper layers.
fn without_aws(
    root: &Path,
    folder: &Path,
    strata: PathBuf,
    world: &World,
    scope: Scope,
) -> Result<(), String> {
    let missing =
        "the AWS provider is not on this machine, or was left out: `cargo xtask parts` finds one";
    if scope == Scope::Drift {
        println!("drift: skipped, all of it: {missing}");
        return Ok(());
    }
    if scope == Scope::Access {
        println!("access: skipped, all of it: {missing}");
        return Ok(());
    }
    let estate = Estate::new(root, folder, strata, world)?;
    local::initialised(&estate)?;
    local::whole(&estate, world)?;
    println!("acme: the layers cluster-base to apps, in the environment `local`");
    println!(
        "acme: skipped: the environments dev and prod, so bootstrap, identity, network, registry, database, eks, their roles and"
    );
    println!(
        "acme: the table of access, the datastore's three attempts, replacing under what stands on it; {missing}"
    );
    Ok(())
}

/// `validate` without network in under a second, and `prod`, planned from nothing.
fn checked(estate: &Estate) -> Result<(), String> {
    let begun = Instant::now();
    let blocked = [("AWS_ENDPOINT_URL", "http://127.0.0.1:1"), ("AWS_ACCESS_KEY_ID", "")];
    estate.run_in(&["validate"], 0, &blocked)?;
    expect(begun.elapsed().as_millis() < 1000, "validate takes less than a second")?;
    let account = [("AWS_ACCESS_KEY_ID", "222222222222")];
    let plan = estate.run_in(&["plan", "-json", "-env", "prod"], 0, &account)?.printed;
    for stack in ["bootstrap", "network:eu-west-1", "network:us-east-1", "database", "eks", "shop"]
    {
        let address = format!("\"prod/{stack}\"");
        expect(plan.contains(&address), &format!("the plan of prod from nothing has {stack}"))?;
    }
    say("prod is validated, and planned from nothing with two regions of network");
    Ok(())
}

/// One plan, three signatures, one apply.
fn from_nothing(estate: &Estate, world: &World) -> Result<(), String> {
    let (plan, page) = estate.plan(&["-env", "dev"])?;
    let stacks = page["stacks"].as_array().map_or(0, Vec::len);
    expect(stacks == 12, &format!("the plan of dev from nothing has 12 stacks, not {stacks}"))?;
    let said = estate.run(&["apply", &plan], 1)?;
    expect(said.said.contains("approv"), "an apply without approvals is refused")?;
    let nothing = world.ask("ec2", "describe_security_groups", serde_json::json!({}))?;
    expect(!nothing.to_string().contains("acme-dev-"), "a refused apply makes nothing")?;
    estate.approve(&plan, &[])?;
    estate.run(&["apply", &plan], 0)?;
    say("dev: planned from nothing in one command, signed by three keys, applied");
    Ok(())
}

fn unchanged(estate: &Estate) -> Result<(), String> {
    estate.run(&["plan", "-env", "dev", "-detailed-exitcode"], 0)?;
    say("second plan: no changes");
    Ok(())
}

/// All of `dev` goes, what bears data by its address.
fn destroyed(estate: &Estate, world: &World) -> Result<(), String> {
    estate.lay(Dev::Open)?;
    destroy(estate, "dev")?;
    objects::gone(world)?;
    for stack in WITH_ROLES {
        let stack = if stack == "network" { "network:eu-west-1" } else { stack };
        let left = estate.run(&["state", "list", "-stack", &format!("dev/{stack}")], 0)?;
        expect(left.printed.trim().is_empty(), &format!("the state of dev/{stack} is empty"))?;
    }
    say("dev is destroyed, nothing left behind");
    Ok(())
}

/// Destroys an environment: what bears data is named by the plan, and signed for by address.
fn destroy(estate: &Estate, environment: &str) -> Result<(), String> {
    let (plan, page) = estate.plan(&["-env", environment, "-destroy"])?;
    let data = super::signing::losses(&page);
    expect(!data.is_empty(), "the plan that destroys names what bears data")?;
    estate.run(&["apply", &plan], 1)?;
    say("destroying what bears data is refused, protected or not, until it is approved by address");
    estate.approve(&plan, &data)?;
    estate.run(&["apply", &plan], 0).map(drop)
}

fn expect(holds: bool, what: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("not so: {what}")) }
}

fn say(text: &str) {
    println!("  {text}");
}
