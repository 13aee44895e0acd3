//! Eight days in the life of a production estate, rehearsed: what people type, and what they are told.
//!
//! `docs/scenarios.md` shows the same; each test holds its output against the page. `STRATA_BLESS=1 cargo test -p cli --test
//! estate scenarios` writes the page's outputs anew. Invariant: nothing that differs from run to run is in a transcript.

mod page;

use crate::support::Estate;

/// What every scenario begins with: `shop`, made in a rehearsal.
struct Shop {
    estate: Estate,
    told: String,
}

const APPLY: [&str; 5] = ["apply", "--rehearse", "-auto-approve", "-env", "prod"];
const PLAN: [&str; 4] = ["plan", "--rehearse", "-env", "prod"];

impl Shop {
    /// The estate, with nothing made.
    fn new() -> Shop {
        Shop { estate: Estate::copy_of("scenarios/shop"), told: String::new() }
    }

    /// The estate, with everything made.
    fn made() -> Shop {
        let shop = Shop::new();
        shop.estate.expect(&APPLY, 0);
        shop
    }

    fn edit(&self, name: &str, from: &str, to: &str) {
        self.estate.edit(name, from, to);
    }

    /// Runs a command and notes it with its output; tells the output.
    fn run(&mut self, args: &[&str], code: i32) -> String {
        let ran = self.estate.run(args);
        assert_eq!(ran.code, code, "strata {}\n{}\n{}", args.join(" "), ran.out, ran.err);
        let told = page::transcript(args, &ran.out, &ran.err);
        self.told.push_str(&told);
        told
    }

    /// Runs a command with more arguments.
    fn run_with(&mut self, args: &[&str], more: &[&str], code: i32) -> String {
        self.run(&[args, more].concat(), code)
    }

    /// Holds all that was noted against the page.
    fn stands_on_the_page(self, scenario: &str) {
        page::check(scenario, &self.told);
    }
}

#[track_caller]
fn says(told: &str, parts: &[&str]) {
    for part in parts {
        assert!(told.contains(part), "{part} is not in\n{told}");
    }
}

#[test]
fn the_primary_datastore_is_replaced() {
    let mut shop = Shop::made();
    let file = "stacks/database/main.tf";
    shop.edit(file, "= \"orders-${var.env}\"\n  engine ", "= \"orders-${var.env}-2\"\n  engine ");
    shop.edit(file, "storage_encrypted           = false", "storage_encrypted           = true");
    let refused = shop.run(&APPLY, 1);
    says(&refused, &["DESTROYS DATA: 1 resource", "orders: database.address", "[data-refused]"]);
    let approved = ["--approve-data", "prod/database//aws_db_instance.primary"];
    let done = shop.run_with(&APPLY, &approved, 0);
    says(&done, &["1 added, 1 changed, 1 destroyed"]);
    shop.stands_on_the_page("datastore");
}

#[test]
fn an_app_changes() {
    let mut shop = Shop::made();
    shop.edit("stacks/orders/main.tf", "retention_in_days = 30", "retention_in_days = 90");
    let plan = shop.run(&PLAN, 0);
    says(&plan, &["0 to add, 1 to change, 0 to destroy, in 1 of 6 stacks", "5 stacks unchanged"]);
    shop.stands_on_the_page("app");
}

#[test]
fn a_network_change_ripples_and_is_cut_off() {
    let mut shop = Shop::made();
    shop.edit("stacks/network/main.tf", "count      = 2", "count      = 3");
    let plan = shop.run(&PLAN, 0);
    says(&plan, &["network.subnet_ids", "database", "cluster", "3 stacks unchanged"]);
    let done = shop.run(&APPLY, 0);
    says(&done, &["1 added, 3 changed, 0 destroyed"]);
    shop.stands_on_the_page("network");
}

#[test]
fn a_failed_cluster_create_is_fixed_and_run_again() {
    let mut shop = Shop::new();
    let fault = ["--fault", "aws_eks_cluster.main:create:error"];
    let failed = shop.run_with(&APPLY, &fault, 1);
    says(&failed, &["FAILED    prod/cluster", "blocked   prod/orders", "[provider-error]"]);
    let again = shop.run(&APPLY, 0);
    says(&again, &["3 to add, 0 to change, 0 to destroy, in 3 of 6 stacks", "3 added"]);
    shop.stands_on_the_page("cluster");
}

#[test]
fn drift_on_a_security_group_is_told_by_layer_and_cause() {
    let mut shop = Shop::made();
    let drift = ["--drift", "aws_security_group.database:ingress=[]"];
    let found = shop.run_with(&["drift", "--rehearse", "-env", "prod"], &drift, 2);
    says(&found, &["prod/network", "owned by platform", "narrows access", "ingress"]);
    let plan = shop.run(&PLAN, 0);
    says(&plan, &["no changes", "drift, not part of this plan: 1"]);
    let group = "prod/network//aws_security_group.database";
    let back = shop.run(&["drift", "revert", group, "--rehearse"], 0);
    says(&back, &["network", "drift", "platform (1)", "widens access"]);
    shop.stands_on_the_page("drift");
}

#[test]
fn a_dangling_wiring_is_refused() {
    let mut shop = Shop::new();
    shop.edit("stacks/network/main.tf", "output \"subnet_ids\"", "output \"subnets\"");
    let told = shop.run(&["validate"], 1);
    says(&told, &["[wiring-output-unknown]", "strata.hcl:", "Read one of: subnets"]);
    shop.stands_on_the_page("wiring");
}

#[test]
fn a_region_is_added() {
    let mut shop = Shop::made();
    shop.edit("strata.hcl", "[\"eu-west-1\"]", "[\"eu-west-1\", \"eu-north-1\"]");
    let plan = shop.run(&PLAN, 0);
    says(&plan, &["edge:eu-north-1", "1 to add", "6 stacks unchanged"]);
    shop.stands_on_the_page("region");
}

#[test]
fn an_app_is_removed() {
    let mut shop = Shop::made();
    let search = "stack \"search\" {\n  layer  = \"apps\"\n  source = \"./stacks/search\"\n  inputs = { cluster = stack.cluster.name }\n}\n";
    shop.edit("strata.hcl", search, "");
    let plan = shop.run(&PLAN, 0);
    says(&plan, &["no longer in strata.hcl", "no changes"]);
    let destroy = ["destroy", "--rehearse", "-auto-approve", "prod/search"];
    let approved = ["--approve-data", "prod/search//aws_cloudwatch_log_group.search"];
    let done = shop.run_with(&destroy, &approved, 0);
    says(&done, &["1 destroyed"]);
    shop.stands_on_the_page("removed");
}
