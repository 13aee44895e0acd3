//! What `strata access` tells, held against calls: every question is asked of `who-can`, and of the clouds by each role in turn.
//!
//! A call that would do harm where it is let through names what is not there, or is tried dry: what counts is whether the cloud
//! refuses the caller. Of `rds:DeleteDBCluster` all is real: a cluster is made for each caller to delete.
//!
//! Invariant: every caller is asked for in every question, so what `strata access` leaves out is compared like what it names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value as Json, json};

use super::calls::Call;
use super::estate::Estate;
use super::world::{ACCOUNT, WITH_ROLES, World};

/// Teams that have a role for their people.
const TEAMS: [&str; 4] = ["security", "platform", "databases", "apps"];
/// The fewest calls that prove something.
const CALLS_MIN: usize = 200;
/// What every call to the cloud carries.
const REGION: &str = "-with=aws:RequestedRegion=eu-west-1";

/// A question, and the call that asks the same of a cloud.
#[derive(Clone)]
struct Asked {
    action: String,
    resource: Option<String>,
    /// The class and service under which the table has it; none for a cluster.
    cell: Option<(String, String)>,
    call: Call,
    callers: Vec<String>,
}

/// What came of the comparison.
#[derive(Default)]
struct Tally {
    allowed: usize,
    denied: usize,
    differences: Vec<String>,
}

impl Tally {
    fn calls(&self) -> usize {
        self.allowed + self.denied
    }
}

/// Compares and prints the figures; an error where anything differs, or where nothing could differ.
pub(super) fn compare(root: &Path, estate: &Estate, world: &World) -> Result<(), String> {
    let all = roles();
    let mut tally = Tally::default();
    let table = read(estate, &["access", "dev", "-json"])?;
    let mut asked = written(world, root, &all)?;
    asked.extend(trust(&all));
    hold(estate, world, &asked, &table, &mut tally)?;
    let deleted = delete_clusters(estate, world, &all, &mut tally)?;
    let cells = rights(&table, &mut tally)?;
    println!(
        "  strata access: {} questions, {} real calls ({} allowed, {} denied), {cells} cells of teams: differences {}",
        asked.len() + 1,
        tally.calls(),
        tally.allowed,
        tally.denied,
        tally.differences.len()
    );
    println!(
        "  who-can rds:DeleteDBCluster names, and the call succeeds for: {}",
        deleted.join(", ")
    );
    if !tally.differences.is_empty() {
        return Err(format!(
            "strata access tells what calls do not show:\n{}",
            tally.differences.join("\n")
        ));
    }
    if tally.calls() < CALLS_MIN || tally.allowed == 0 || tally.denied == 0 || deleted.is_empty() {
        return Err(format!(
            "{} calls prove nothing: at least {CALLS_MIN} are needed, of both kinds",
            tally.calls()
        ));
    }
    behind_its_back(estate, world, &asked, &table)
}

/// Holds what is told against calls.
fn hold(
    estate: &Estate,
    world: &World,
    asked: &[Asked],
    table: &Json,
    tally: &mut Tally,
) -> Result<(), String> {
    let by = |one: &Asked| one.callers.iter().map(|who| one.call.by(who)).collect::<Vec<Call>>();
    let calls: Vec<Call> = asked.iter().flat_map(by).collect();
    let mut answers = world.call(&calls)?.into_iter();
    for one in asked {
        let told = who_can(estate, one)?;
        for caller in &one.callers {
            let answer = answers.next().ok_or("fewer answers than calls")?;
            let arn = arn(caller);
            let said = told.get(&arn).map_or("no", String::as_str);
            let what = format!(
                "{caller}: {} on {}",
                one.action,
                one.resource.as_deref().unwrap_or("anything")
            );
            if said != if answer.denied { "no" } else { "yes" } {
                let outcome = outcome(answer.denied);
                tally
                    .differences
                    .push(format!("{what}: told {said}, but {outcome} ({})", answer.code));
            }
            if let Some((class, service)) = &one.cell
                && !answer.denied
                && !has_cell(table, &arn, class, service)
            {
                tally.differences.push(format!(
                    "{what}: let through, and the table has no {class} of {service}"
                ));
            }
            if answer.denied { tally.denied += 1 } else { tally.allowed += 1 }
        }
    }
    Ok(())
}

/// A role is given a policy behind the estate's back: what is told of it is wrong then, and has to be seen to be.
fn behind_its_back(
    estate: &Estate,
    world: &World,
    asked: &[Asked],
    table: &Json,
) -> Result<(), String> {
    let (role, policy) = ("acme-dev-shop-plan", "planted");
    let anything = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ecr:*", "Resource": "*"}]});
    let put =
        json!({"RoleName": role, "PolicyName": policy, "PolicyDocument": anything.to_string()});
    world.ask("iam", "put_role_policy", put)?;
    let of_registry = |one: &&Asked| one.action.starts_with("ecr:");
    let few: Vec<Asked> = asked.iter().filter(of_registry).cloned().collect();
    let mut tally = Tally::default();
    let held = hold(estate, world, &few, table, &mut tally);
    world.ask("iam", "delete_role_policy", json!({"RoleName": role, "PolicyName": policy}))?;
    held?;
    let seen = tally.differences.iter().filter(|one| one.starts_with("shop-plan:")).count();
    println!(
        "  a policy put behind the estate's back: {seen} differences seen, {} of others",
        tally.differences.len() - seen
    );
    if seen >= few.len() && seen == tally.differences.len() {
        return Ok(());
    }
    Err(format!(
        "of a policy that was planted not all is seen, or more:\n{}",
        tally.differences.join("\n")
    ))
}

fn outcome(denied: bool) -> &'static str {
    if denied { "the call is denied" } else { "the call is let through" }
}

/// Everybody who calls: the roles of stacks, of CI and of teams.
fn roles() -> Vec<String> {
    let ci = ["ci-plan", "ci-apply"].map(str::to_owned);
    of_stacks().into_iter().chain(ci).chain(TEAMS.map(|team| format!("team-{team}"))).collect()
}

/// The ARN of a caller's role.
fn arn(caller: &str) -> String {
    let path = match caller {
        _ if caller.starts_with("ci-") => "ci",
        _ if caller.starts_with("team-") => "teams",
        _ => "strata",
    };
    format!("arn:aws:iam::{ACCOUNT}:role/acme/dev/{path}/acme-dev-{caller}")
}

/// What a command prints as JSON.
fn read(estate: &Estate, args: &[&str]) -> Result<Json, String> {
    let printed = estate.run(args, 0)?.printed;
    serde_json::from_str(&printed).map_err(|error| format!("{error}\n{printed}"))
}

/// The answers of `who-can`, by ARN.
fn who_can(estate: &Estate, asked: &Asked) -> Result<BTreeMap<String, String>, String> {
    let mut args = vec!["access", "who-can", "-json", "-env=dev", REGION, &asked.action];
    args.extend(asked.resource.as_deref());
    let told = read(estate, &args)?;
    let text = |one: &Json, name: &str| one[name].as_str().unwrap_or_default().to_owned();
    let who = told["who"].as_array().ok_or("who-can tells no `who`")?;
    Ok(who.iter().map(|one| (text(one, "who"), text(one, "answer"))).collect())
}

fn has_cell(table: &Json, arn: &str, class: &str, service: &str) -> bool {
    let rows = table["identities"].as_array().into_iter().flatten();
    let mut own = rows
        .filter(|row| row["who"] == arn)
        .flat_map(|row| row["holds"].as_array().into_iter().flatten());
    own.any(|cell| cell["class"] == class && cell["place"] == service)
}

/// The questions of `questions.json`, to all roles, those about the cluster to all who have a token of it. The ARNs are those that
/// the emulator holds policies against, which for roles have no path.
fn written(world: &World, root: &Path, callers: &[String]) -> Result<Vec<Asked>, String> {
    let file = root.join("xtask/e2e/acme/questions.json");
    let (orders, store) = keys(world)?;
    let text = std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
    let text = text
        .replace("${account}", ACCOUNT)
        .replace("${orders}", &orders)
        .replace("${store}", &store);
    let all: Json = serde_json::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))?;
    let of = |kind: &str| all[kind].as_array().cloned().unwrap_or_default();
    let text = |one: &Json, name: &str| one[name].as_str().map(str::to_owned);
    let asked = |one: &Json, call: Call, callers: Vec<String>| Asked {
        action: text(one, "action").unwrap_or_default(),
        resource: text(one, "resource"),
        cell: text(one, "class").zip(text(one, "service")),
        call,
        callers,
    };
    let cloud = of("cloud").into_iter().map(|one| {
        let (service, operation) = (text(&one, "service"), text(&one, "do"));
        let call = Call::cloud(
            "",
            &service.unwrap_or_default(),
            &operation.unwrap_or_default(),
            one["with"].clone(),
        );
        asked(&one, call, callers.to_vec())
    });
    let cluster = of("cluster").into_iter().map(|one| {
        let part = |at: usize| one["kube"][at].as_str().unwrap_or_default();
        let call = Call::cluster("", part(0), part(1));
        let call = if one["body"].is_null() { call } else { call.body(one["body"].clone()) };
        asked(&one, call, of_stacks())
    });
    Ok(cloud.chain(cluster).collect())
}

/// The roles of all stacks.
fn of_stacks() -> Vec<String> {
    let purposes = |stack: &&str| ["plan", "apply"].map(|purpose| format!("{stack}-{purpose}"));
    WITH_ROLES.iter().flat_map(purposes).collect()
}

/// The ids of the keys of the database and of the estate's store.
fn keys(world: &World) -> Result<(String, String), String> {
    let told = world.ask("kms", "list_keys", json!({}))?;
    let ids: Vec<String> = told["Keys"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one["KeyId"].as_str().map(str::to_owned))
        .collect();
    let calls: Vec<Call> = ids
        .iter()
        .map(|id| Call::cloud("root", "kms", "describe_key", json!({"KeyId": id})))
        .collect();
    let described = world.call(&calls)?;
    let of = |description: &str| {
        let at = described
            .iter()
            .position(|one| one.answer["KeyMetadata"]["Description"] == description);
        at.map(|at| ids[at].clone()).ok_or(format!("no key is described as `{description}`"))
    };
    Ok((of("acme-dev-orders")?, of("acme-dev: the estate's store and its backups")?))
}

/// Becoming each stack's role, by CI, by teams and by another stack.
fn trust(all: &[String]) -> Vec<Asked> {
    let others: Vec<String> = all
        .iter()
        .filter(|who| who.starts_with("ci-") || who.starts_with("team-") || *who == "shop-apply")
        .cloned()
        .collect();
    let stacks = all
        .iter()
        .filter(|who| !who.starts_with("ci-") && !who.starts_with("team-") && *who != "shop-apply");
    stacks
        .map(|who| Asked {
            action: "sts:AssumeRole".to_owned(),
            resource: Some(arn(who)),
            cell: Some(("become".to_owned(), "sts".to_owned())),
            call: Call::cloud(
                "",
                "sts",
                "assume_role",
                json!({"RoleArn": arn(who), "RoleSessionName": "tried"}),
            ),
            callers: others.clone(),
        })
        .collect()
}

/// A cluster is made for each caller to delete; those for whom it is gone have to be those whom `who-can` names.
fn delete_clusters(
    estate: &Estate,
    world: &World,
    all: &[String],
    tally: &mut Tally,
) -> Result<Vec<String>, String> {
    let name = "acme-dev-canary";
    let asked = Asked {
        action: "rds:DeleteDBCluster".to_owned(),
        resource: Some(format!("arn:aws:rds:eu-west-1:{ACCOUNT}:cluster:{name}")),
        cell: None,
        call: Call::cloud(
            "",
            "rds",
            "delete_db_cluster",
            json!({"DBClusterIdentifier": name, "SkipFinalSnapshot": true}),
        ),
        callers: Vec::new(),
    };
    let told = who_can(estate, &asked)?;
    let made = json!({
        "DBClusterIdentifier": name, "Engine": "aurora-postgresql", "MasterUsername": "canary", "MasterUserPassword": "canary-canary",
    });
    let (mut calls, there) = (Vec::new(), json!({"DBClusterIdentifier": name}));
    for who in all {
        calls.push(Call::cloud("root", "rds", "create_db_cluster", made.clone()));
        calls.push(asked.call.by(who));
        calls.push(Call::cloud("root", "rds", "describe_db_clusters", there.clone()));
    }
    calls.push(asked.call.by("root"));
    let answers = world.call(&calls)?;
    let mut deleted = Vec::new();
    for (who, answers) in all.iter().zip(answers.chunks(3)) {
        let gone = answers[1].code.is_empty() && !answers[2].code.is_empty();
        if gone {
            tally.allowed += 1
        } else {
            tally.denied += 1
        }
        deleted.extend(gone.then(|| who.clone()));
        let said = told.get(&arn(who)).map_or("no", String::as_str);
        let expect = if gone { "yes" } else { "no" };
        if said != expect {
            tally.differences.push(format!(
                "{who}: rds:DeleteDBCluster: told {said}, and the cluster is {}",
                if gone { "gone" } else { "there" }
            ));
        }
    }
    let named: BTreeSet<&String> = told.keys().collect();
    let strangers: Vec<&&String> =
        named.iter().filter(|one| !all.iter().any(|who| arn(who) == ***one)).collect();
    if !strangers.is_empty() {
        tally
            .differences
            .push(format!("rds:DeleteDBCluster: told of roles that nobody tried: {strangers:?}"));
    }
    Ok(deleted)
}

/// What teams may do: by the owners of the file, and by whose roles the identities of stacks may be taken, as the trust shows.
fn rights(table: &Json, tally: &mut Tally) -> Result<usize, String> {
    let rows = table["rights"].as_array().ok_or("the table has no `rights`")?;
    let owners: BTreeMap<&str, &str> = BTreeMap::from([
        ("bootstrap", "security platform"),
        ("identity", "security"),
        ("database", "databases"),
        ("shop", "shop"),
        ("search", "search"),
    ]);
    for row in rows {
        let (team, stack) =
            (row["team"].as_str().unwrap_or_default(), row["stack"].as_str().unwrap_or_default());
        let bare = stack.trim_start_matches("dev/").split(':').next().unwrap_or_default();
        let own = owners.get(bare).copied().unwrap_or("platform").split(' ').any(|one| one == team);
        let mut check = |right: &str, expect: &str| {
            let said = row["rights"][right]["answer"].as_str().unwrap_or_default();
            if said != expect {
                tally
                    .differences
                    .push(format!("{team} {right} {stack}: told {said}, and it is {expect}"));
            }
        };
        check("approve", if own { "yes" } else { "no" });
        // People become no stack's role: only CI does, and who applies bootstrap.
        let taken = if bare == "bootstrap" { "may" } else { "no" };
        check("plan", taken);
        check("apply", taken);
    }
    Ok(rows.len() * 3)
}
