//! `cargo xtask e2e derive [STACK...]`: least privilege of each stack of acme that works on AWS, learned and then lived with.
//!
//! For each stack, upwards: its policies are derived; it is planned, applied, planned again and destroyed under roles that have
//! just these; and then, with one statement of one policy taken out, something of that is refused, for every statement. What a
//! service asks for on the caller's behalf is left out of the last: the emulator does not ask for it.

use std::path::Path;
use std::time::Instant;

use serde_json::{Value as Json, json};

use super::estate::{Dev, Estate, Output};
use super::world::{ACCOUNT, World};
use super::{expect, say};

/// The stacks, upwards, as they are addressed.
const STACKS: [(&str, &str); 6] = [
    ("bootstrap", "dev/bootstrap"),
    ("identity", "dev/identity"),
    ("network", "dev/network:eu-west-1"),
    ("registry", "dev/registry"),
    ("database", "dev/database"),
    ("eks", "dev/eks"),
];

/// The role that may do everything, for learning.
const EVERYTHING: &str = "derive-everything";

/// Runs it; the first thing that is not as it should be ends it. Of stacks that are not named only what others need is applied.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<(), String> {
    let folder = std::env::temp_dir().join(format!("strata-derive-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    let ended = scenario(root, &folder, args);
    if ended.is_ok() {
        let _ = std::fs::remove_dir_all(&folder);
    } else {
        eprintln!("what was there is kept in {}", folder.display());
    }
    ended
}

fn scenario(root: &Path, folder: &Path, args: &[String]) -> Result<(), String> {
    let with_aws = !args.iter().any(|arg| arg == "--without-aws");
    let named: Vec<&str> =
        args.iter().map(String::as_str).filter(|arg| !arg.starts_with("--")).collect();
    let strata = crate::e2e::first_light::build(root)?;
    let world = World::start(root, &crate::parts::cache(), folder, with_aws)?;
    let estate = Estate::new(root, folder, strata, &world)?;
    estate.lay(Dev::Open)?;
    if world.cloud.is_none() {
        super::local::initialised(&estate)?;
        super::derive_cluster::whole(&estate, &world)?;
        println!(
            "derive: skipped, all stacks on AWS: its provider is not on this machine, or was left out"
        );
        return Ok(());
    }
    estate.init()?;
    if named.is_empty() {
        super::derive_cluster::whole(&estate, &world)?;
    }
    role(
        &world,
        EVERYTHING,
        &json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}),
    )?;
    let (mut figures, mut failures) = (Vec::new(), Vec::new());
    let kept = root.join("target/derive");
    std::fs::create_dir_all(&kept).map_err(|e| e.to_string())?;
    for (stack, address) in STACKS {
        if !named.is_empty() && !named.contains(&stack) {
            let last = named.iter().all(|one| position(one) < position(stack));
            if !last {
                estate.run(&["apply", address, "-auto-approve"], 0)?;
            }
            continue;
        }
        let begun = Instant::now();
        let trial = Trial::begin(&estate, &world, stack, address)?;
        let file = kept.join(format!("{stack}.json"));
        std::fs::write(file, format!("{:#}\n", trial.learned)).map_err(|e| e.to_string())?;
        trial.lives()?;
        let mut proven = Proven::default();
        if let Err(failure) = trial.needs_each(&mut proven) {
            say(&format!("{stack} FAILED: {failure}"));
            failures.push(failure);
            trial.restore()?;
        }
        figures.push(trial.figures(&proven, begun.elapsed().as_secs())?);
    }
    println!(
        "\n  actions of the derived policies beside those of the hand-written ones (of which `*` are patterns)"
    );
    println!(
        "  {:<10} {:>5} {:>14} {:>6} {:>14}  {:>10} {:>8} {:>8}",
        "stack", "plan", "by hand", "apply", "by hand", "statements", "refused", "implied"
    );
    figures.iter().for_each(|line| println!("  {line}"));
    if !failures.is_empty() {
        return Err(failures.join("\n\n"));
    }
    println!(
        "derive: each stack lives under its derived policies, and fails without any one of their statements"
    );
    Ok(())
}

fn position(stack: &str) -> usize {
    STACKS.iter().position(|(name, _)| *name == stack).unwrap_or(usize::MAX)
}

/// A stack with its derived policies.
struct Trial<'a> {
    estate: &'a Estate,
    world: &'a World,
    stack: &'static str,
    address: &'static str,
    learned: Json,
}

/// What was shown of a stack's statements.
#[derive(Default)]
struct Proven {
    /// Without which something was refused.
    refused: usize,
    /// Which the emulator does not ask for.
    implied: usize,
}

impl<'a> Trial<'a> {
    /// Derives, and gives the policies to roles of their own, which the stack then has.
    fn begin(
        estate: &'a Estate,
        world: &'a World,
        stack: &'static str,
        address: &'static str,
    ) -> Result<Trial<'a>, String> {
        estate.lay(Dev::Open)?;
        let everything = format!("arn:aws:iam::{ACCOUNT}:role/{EVERYTHING}");
        let args = ["-json", "access", "derive", address, "-act-as", &everything, "-auto-approve"];
        let printed = estate.run(&args, 0)?.printed;
        let learned: Json =
            serde_json::from_str(&printed).map_err(|e| format!("{e}\n{printed}"))?;
        let count =
            |part: &str| format!("{} in {}", learned[part]["actions"], learned[part]["statements"]);
        say(&format!(
            "{stack}: derived, actions in statements: plan {}, apply {}; {} objects made and destroyed",
            count("plan"),
            count("apply"),
            learned["objects"]
        ));
        let empty = |key: &str| learned[key].as_array().is_some_and(Vec::is_empty);
        expect(
            empty("unknown") && empty("guessed") && empty("refused"),
            &format!("every call of {stack} is known: {learned}"),
        )?;
        if !empty("widened") {
            say(&format!("{stack}: the emulator tells no resource of {}", learned["widened"]));
        }
        let trial = Trial { estate, world, stack, address, learned };
        for purpose in ["plan", "apply"] {
            role(world, &trial.role(purpose), &trial.learned[purpose]["policy"])?;
        }
        trial.takes_its_roles()?;
        Ok(trial)
    }

    fn role(&self, purpose: &str) -> String {
        format!("derived-{}-{purpose}", self.stack)
    }

    /// The estate's file names the roles of the trial for the stack.
    fn takes_its_roles(&self) -> Result<(), String> {
        for purpose in ["plan", "apply"] {
            let name = format!("{purpose}_role{}= ", if purpose == "plan" { "  " } else { " " });
            let old = format!("{name}self.layer");
            let role = format!("arn:aws:iam::{ACCOUNT}:role/{}", self.role(purpose));
            let new = format!("{name}self.name == {:?} ? {role:?} : self.layer", self.stack);
            self.estate.edit("strata.hcl", &old, &new)?;
        }
        Ok(())
    }

    /// Under its derived policies the stack is planned, applied, planned without changes, destroyed; and applied again, since
    /// others need it.
    fn lives(&self) -> Result<(), String> {
        self.estate.run(&["plan", self.address], 0)?;
        self.apply(0)?;
        self.estate.run(&["plan", self.address, "-detailed-exitcode"], 0)?;
        self.destroy(0)?;
        self.apply(0)?;
        say(&format!(
            "{}: planned, applied, planned without changes, destroyed under its derived policies",
            self.stack
        ));
        Ok(())
    }

    fn apply(&self, code: i32) -> Result<Output, String> {
        self.estate.run(&["apply", self.address, "-auto-approve"], code)
    }

    /// Destroys it; what bears data is approved by address.
    fn destroy(&self, code: i32) -> Result<Output, String> {
        let (plan, page) = self.estate.plan(&[self.address, "-destroy"])?;
        self.estate.approve(&plan, &crate::e2e::signing::losses(&page))?;
        self.estate.run(&["apply", &plan], code)
    }

    /// Takes each statement out once, and sees that something is refused.
    fn needs_each(&self, proven: &mut Proven) -> Result<(), String> {
        for purpose in ["plan", "apply"] {
            let policy = &self.learned[purpose]["policy"];
            let statements = policy["Statement"].as_array().cloned().unwrap_or_default();
            let implied = self.learned[purpose]["implied"].as_array().cloned().unwrap_or_default();
            for (at, statement) in statements.iter().enumerate() {
                if implied.contains(&statement["Sid"]) {
                    proven.implied += 1;
                    continue;
                }
                let begun = Instant::now();
                let mut fewer = statements.clone();
                fewer.remove(at);
                let fewer = json!({"Version": "2012-10-17", "Statement": fewer});
                put(self.world, &self.role(purpose), &fewer)?;
                let refused = if purpose == "plan" {
                    self.plan_is_refused()?
                } else {
                    self.apply_is_refused(policy)?
                };
                put(self.world, &self.role(purpose), policy)?;
                expect(
                    refused.is_some(),
                    &format!("without {statement} something of {} is refused", self.stack),
                )?;
                say(&format!(
                    "{}: without {} of {purpose}: {} ({} s)",
                    self.stack,
                    statement["Sid"].as_str().unwrap_or_default(),
                    refused.unwrap_or_default(),
                    begun.elapsed().as_secs()
                ));
                proven.refused += 1;
                if purpose == "apply" {
                    self.whole_again()?;
                }
            }
        }
        Ok(())
    }

    /// All of both policies again, and the stack applied.
    fn restore(&self) -> Result<(), String> {
        for purpose in ["plan", "apply"] {
            put(self.world, &self.role(purpose), &self.learned[purpose]["policy"])?;
        }
        self.whole_again()
    }

    /// The stack is there in part, and something of it may be gone that its state still has: a call that was let through, and
    /// then not the look whether it was done.
    fn whole_again(&self) -> Result<(), String> {
        self.estate.run(&["apply", self.address, "-refresh-only", "-auto-approve"], 0)?;
        self.apply(0).map(drop)
    }

    /// With the stack applied: its plan, or the plan to destroy it, is refused.
    fn plan_is_refused(&self) -> Result<Option<String>, String> {
        for args in [&["plan", self.address][..], &["plan", self.address, "-destroy"]] {
            if let Some(refusal) = self.refusal(args)? {
                return Ok(Some(format!("{} is refused: {refusal}", args.join(" "))));
            }
        }
        Ok(None)
    }

    /// With the stack applied: to destroy it is refused, or else to apply it again. Afterwards the stack has the whole policy,
    /// and may be there in part.
    fn apply_is_refused(&self, whole: &Json) -> Result<Option<String>, String> {
        let (plan, page) = self.estate.plan(&[self.address, "-destroy"])?;
        self.estate.approve(&plan, &crate::e2e::signing::losses(&page))?;
        let refusal = self.refusal(&["apply", &plan])?;
        if let Some(refusal) = refusal {
            return Ok(Some(format!("destroy is refused: {refusal}")));
        }
        let refusal = self.refusal(&["apply", self.address, "-auto-approve"])?;
        put(self.world, &self.role("apply"), whole)?;
        Ok(refusal.map(|refusal| format!("apply is refused: {refusal}")))
    }

    /// The cloud's refusal that ends a command; `None` where it ends well.
    fn refusal(&self, args: &[&str]) -> Result<Option<String>, String> {
        let Some(output) = self.estate.try_run(args)? else { return Ok(None) };
        let said = format!("{}{}", output.printed, output.said);
        let action = said.split("not authorized to perform: ").nth(1);
        let action = action.and_then(|rest| rest.split_whitespace().next());
        let denied = ["AccessDenied", "UnauthorizedOperation", "StatusCode: 403", "Forbidden"];
        match action {
            Some(action) => Ok(Some(action.to_owned())),
            None if denied.iter().any(|word| said.contains(word)) => Ok(Some("denied".to_owned())),
            None => {
                Err(format!("`strata {}` failed, and not by a refusal:\n{said}", args.join(" ")))
            }
        }
    }

    /// A line of the table.
    fn figures(&self, proven: &Proven, seconds: u64) -> Result<String, String> {
        let count = |purpose: &str| self.learned[purpose]["actions"].to_string();
        let statements = ["plan", "apply"]
            .map(|purpose| self.learned[purpose]["statements"].as_u64().unwrap_or_default());
        Ok(format!(
            "{:<10} {:>5} {:>14} {:>6} {:>14}  {:>10} {:>8} {:>8}  ({seconds} s)",
            self.stack,
            count("plan"),
            self.by_hand("plan")?,
            count("apply"),
            self.by_hand("apply")?,
            statements.iter().sum::<u64>(),
            proven.refused,
            proven.implied
        ))
    }

    /// How many actions the hand-written policy names, and how many of these are patterns.
    fn by_hand(&self, purpose: &str) -> Result<String, String> {
        if self.stack == "bootstrap" {
            return Ok("administrator".to_owned());
        }
        if self.stack == "identity"
            || self
                .world
                .ask("iam", "list_roles", json!({}))?
                .to_string()
                .contains("acme-dev-network-plan")
        {
            let role = format!("acme-dev-{}-{purpose}", self.stack);
            let policy = self.world.ask(
                "iam",
                "get_role_policy",
                json!({"RoleName": role, "PolicyName": "stack"}),
            )?;
            let document = match &policy["PolicyDocument"] {
                Json::String(text) => serde_json::from_str(text).map_err(|e| e.to_string())?,
                document => document.clone(),
            };
            let mut actions: Vec<&str> = document["Statement"]
                .as_array()
                .into_iter()
                .flatten()
                .flat_map(|one| one["Action"].as_array().into_iter().flatten())
                .filter_map(Json::as_str)
                .collect();
            actions.sort_unstable();
            actions.dedup();
            let patterns = actions.iter().filter(|one| one.contains('*')).count();
            return Ok(format!("{} ({patterns} *)", actions.len()));
        }
        Ok("-".to_owned())
    }
}

/// Makes a role that the account's own may become.
fn role(world: &World, name: &str, policy: &Json) -> Result<(), String> {
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")},
    }]});
    let made = json!({"RoleName": name, "AssumeRolePolicyDocument": trust.to_string()});
    world.ask("iam", "create_role", made)?;
    put(world, name, policy)
}

/// Puts a policy in the place of a role's.
fn put(world: &World, role: &str, policy: &Json) -> Result<(), String> {
    if policy["Statement"].as_array().is_some_and(Vec::is_empty) {
        let asked = json!({"RoleName": role, "PolicyName": "derived"});
        return world.ask("iam", "delete_role_policy", asked).map(drop); // there is no policy without statements
    }
    let asked =
        json!({"RoleName": role, "PolicyName": "derived", "PolicyDocument": policy.to_string()});
    world.ask("iam", "put_role_policy", asked).map(drop)
}
