//! Attacks by programs: providers that start them, that nobody knows, that come with the change, that see the environment.

use super::world::{Runner, STRATA, TOKEN};

/// A change that asks for this provider's data source.
fn asks(runner: &Runner, source: &str) {
    let name = source.rsplit('/').next().expect("a name");
    let text = format!(
        "terraform {{\n  required_providers {{\n    {name} = {{ source = {source:?} }}\n  }}\n}}\ndata \"{name}_thing\" \"x\" {{}}\n"
    );
    runner.write("shop/more.tf", &text);
    runner.commit();
}

/// A change that brings a provider in steals the token where everybody is trusted, and is refused.
fn is_refused(source: &str, why: &str) {
    let runner = Runner::new();
    runner.thief_in_mirror(&format!("registry.opentofu.org/{source}"));
    asks(&runner, source);
    let validated = runner.strata(&["validate", "-pull-request", "-base", "main"]);
    assert!(validated.err.contains("[pull-request-provider]"), "{}", validated.err);
    runner.expect(&["init"], 0);
    runner.trusted();
    assert!(runner.stolen().is_some_and(|text| text.contains(TOKEN)), "it takes the token");
    let said = runner.refuses("pull-request-provider", "shop/more.tf:6,");
    assert!(said.contains(why) && said.contains("pull_requests { providers"), "{said}");
}

#[test]
fn the_provider_that_starts_programs() {
    is_refused("hashicorp/external", "It starts programs");
}

#[test]
fn the_provider_that_sends_requests() {
    is_refused("hashicorp/http", "It sends requests to any host");
}

#[test]
fn a_provider_that_nobody_knows() {
    is_refused("mallory/aws", "No lock file of the base has it");
}

#[test]
fn a_provider_that_the_change_lets_in_itself() {
    let runner = Runner::new();
    runner.thief_in_mirror("registry.opentofu.org/mallory/aws");
    runner.append("strata.hcl", "pull_requests { providers = [\"mallory/aws\"] }\n");
    asks(&runner, "mallory/aws");
    runner.expect(&["init"], 0);
    runner.trusted();
    assert!(runner.is_stolen());
    runner.refuses("pull-request-provider", "shop/more.tf:6,");
}

#[test]
fn a_provider_that_reaches_out_though_it_is_locked() {
    let runner = Runner::new();
    runner.thief_in_mirror("registry.opentofu.org/hashicorp/external");
    asks(&runner, "hashicorp/external");
    runner.expect(&["init"], 0);
    runner.commit();
    // Merged, as one that a stack needs; and a change asks it for something else.
    runner.git(&["branch", "-f", "main"]);
    runner.append("shop/more.tf", "data \"external_thing\" \"y\" {}\n");
    runner.commit();
    runner.trusted();
    assert!(runner.is_stolen());
    runner.refuses("pull-request-provider", "shop/more.tf:6,");
}

#[test]
fn providers_that_come_with_the_change() {
    for (folder, name) in
        [(".terraform/providers", ".terraform"), ("terraform.d/plugins", "terraform.d")]
    {
        let runner = Runner::new();
        runner.thief(&runner.path(folder), "registry.opentofu.org/hashicorp/random");
        asks(&runner, "hashicorp/random");
        runner.git(&["add", "-Af", folder]);
        runner.git(&["commit", "-q", "--allow-empty", "-m", "planted"]);
        if folder.starts_with("terraform.d") {
            runner.outside("home/.tofurc", "");
            runner.expect(&["init"], 0);
            runner.trusted();
            assert!(runner.is_stolen(), "{folder} is taken for the registry's");
        }
        let said = runner.refuses("pull-request-planted", folder);
        assert!(said.contains(&format!("`{name}` is committed")), "{said}");
    }
}

#[test]
fn what_a_provider_that_is_let_in_sees_of_the_environment() {
    let allowed =
        "pull_requests {\n  providers = [\"acme/cloud\"]\n  environment = [\"ACME_REGION\"]\n}\n";
    let runner = Runner::with(&[("strata.hcl", &format!("{STRATA}{allowed}"))]);
    runner.thief_in_mirror("registry.opentofu.org/acme/cloud");
    asks(&runner, "acme/cloud");
    runner.expect(&["init"], 0);
    runner.trusted();
    let seen = runner.stolen().expect("it was started");
    let seen = seen.split_once('\n').expect("lines").1;
    assert!(seen.contains(&format!("GITHUB_TOKEN={TOKEN}")), "{seen}");
    runner.pull_request(&[]);
    let seen = runner.stolen().expect("it was started");
    let seen = seen.split_once('\n').expect("lines").1;
    assert!(!seen.contains(TOKEN) && !seen.contains("HOME=") && seen.contains("PATH="), "{seen}");
}

#[test]
fn a_strangers_change_starts_no_program_and_needs_no_store() {
    let allowed = "pull_requests { providers = [\"acme/cloud\"] }\n";
    let runner = Runner::with(&[("strata.hcl", &format!("{STRATA}{allowed}"))]);
    runner.thief_in_mirror("registry.opentofu.org/acme/cloud");
    asks(&runner, "acme/cloud");
    runner.expect(&["init"], 0);
    runner.trusted();
    assert!(runner.is_stolen());
    let (_, said) = runner.pull_request(&["-stranger"]);
    runner.nothing_got_out(&said);
    // What needs no provider is rehearsed, without a store and without the secret.
    std::fs::remove_file(runner.path("shop/more.tf")).expect("removed");
    runner.append("shop/main.tf", "resource \"terraform_data\" \"more\" { input = var.psk }\n");
    runner.commit();
    std::fs::remove_dir_all(runner.path(".strata")).expect("removed");
    let (code, said) = runner.pull_request(&["-stranger"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("2 to add"), "{said}");
    runner.nothing_got_out(&said);
    assert!(!runner.path(".strata/estate.db").exists());
}

#[test]
fn a_function_of_a_provider() {
    let runner = Runner::new();
    runner.thief_in_mirror("registry.opentofu.org/mallory/fn");
    let text = "terraform {\n  required_providers {\n    fn = { source = \"mallory/fn\" }\n  }\n}\noutput \"x\" { value = provider::fn::steal(\"x\") }\n";
    runner.write("shop/more.tf", text);
    runner.commit();
    runner.expect(&["init"], 0);
    runner.trusted();
    assert!(runner.is_stolen());
    runner.refuses("pull-request-function", "shop/more.tf:6,");
}

#[test]
fn a_program_of_a_provisioner() {
    let runner = Runner::new();
    let text = "resource \"terraform_data\" \"x\" {\n  provisioner \"local-exec\" { command = \"env\" }\n}\n";
    runner.write("shop/more.tf", text);
    runner.commit();
    let (code, said) = runner.pull_request(&[]);
    assert_eq!(code, 1, "{said}");
    // The language has none yet, and says so of this one.
    assert!(said.contains("provisioners") && said.contains("shop/more.tf:2,"), "{said}");
}

#[test]
fn a_program_that_a_provider_block_names() {
    let locked = |block: &str| {
        format!(
            "terraform {{\n  required_providers {{\n    kubernetes = {{ source = \"acme/kubernetes\" }}\n  }}\n}}\n{block}data \"kubernetes_thing\" \"x\" {{}}\n"
        )
    };
    let thief = |runner: &Runner| runner.thief_in_mirror("registry.opentofu.org/acme/kubernetes");
    let runner = Runner::prepared(&[("shop/more.tf", &locked(""))], &thief);
    for block in [
        "provider \"kubernetes\" {\n  exec {\n    command = \"cat\"\n  }\n}\n",
        "provider \"kubernetes\" { host = \"https://evil.example\" }\n",
        "provider \"kubernetes\" { config_path = \"~/.kube/config\" }\n",
    ] {
        runner.write("shop/more.tf", &locked(block));
        runner.git(&["add", "-A"]);
        let said = runner.refuses("pull-request-setting", "shop/more.tf:6,");
        assert!(said.contains("which program it starts"), "{said}");
    }
    let json = "{\"provi\\u0064er\": {\"kubernetes\": {\"host\": \"https://evil.example\"}}}";
    runner.write("shop/more.tf", &locked(""));
    runner.write("shop/json.tf.json", json);
    runner.git(&["add", "-A"]);
    runner.refuses("pull-request-setting", "shop/json.tf.json:1,");
}
