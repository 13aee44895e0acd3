//! Attacks on secrets and on sensitive values: through outputs, error texts, and what a template calls.

use super::world::{Runner, STRATA, TOKEN};
use crate::settings::parts;

#[test]
fn a_secret_through_an_output() {
    let runner = Runner::new();
    runner.append("shop/main.tf", "output \"leak\" { value = nonsensitive(var.psk) }\n");
    runner.commit();
    assert!(runner.trusted().contains(TOKEN), "the secret is there to be taken");
    runner.refuses("pull-request-function", "shop/main.tf:5,");
}

#[test]
fn a_value_of_the_state_through_an_output() {
    let runner = Runner::applied(&[]);
    runner.append(
        "shop/main.tf",
        "output \"leak\" { value = core::nonsensitive(terraform_data.key.input) }\n",
    );
    runner.commit();
    assert!(runner.trusted().contains(TOKEN), "the value is there to be taken");
    runner.refuses("pull-request-function", "shop/main.tf:5,");
}

#[test]
fn a_secret_through_the_estate_file() {
    let runner = Runner::new();
    runner.edit("strata.hcl", "{ psk = secret.psk }", "{ psk = nonsensitive(secret.psk) }");
    runner.append("shop/main.tf", "output \"leak\" { value = var.psk }\n");
    runner.commit();
    assert!(runner.trusted().contains(TOKEN), "the secret is there to be taken");
    runner.refuses("pull-request-function", "strata.hcl:");
}

#[test]
fn a_function_that_only_a_template_calls() {
    let runner = Runner::new();
    let call = r#"
locals { text = join("", ["$", "{nonsen", "sitive(s)}"]) }
output "leak" { value = templatestring(local.text, { s = var.psk }) }
"#;
    runner.append("shop/main.tf", call);
    runner.commit();
    assert!(runner.trusted().contains(TOKEN), "no look at the text shows the call");
    runner.refuses("pull-request-function", "shop/main.tf:");
}

#[test]
fn a_function_in_a_file_in_json() {
    let runner = Runner::new();
    let json = r#"{"output": {"leak": {"value": "${nonsensitive(var.psk)}"}}}"#;
    runner.write("shop/more.tf.json", json);
    runner.commit();
    assert!(runner.trusted().contains(TOKEN), "the secret is there to be taken");
    runner.refuses("pull-request-function", "shop/more.tf.json:1,");
}

#[test]
fn a_secret_that_the_base_lets_no_pull_request_read() {
    let allowed = "pull_requests { functions = [\"nonsensitive\"] }\n";
    let runner = Runner::with(&[("strata.hcl", &format!("{STRATA}{allowed}"))]);
    runner.append("shop/main.tf", "output \"leak\" { value = nonsensitive(var.psk) }\n");
    runner.commit();
    assert!(runner.trusted().contains(TOKEN), "the secret is there to be taken");
    let (code, said) = runner.pull_request(&[]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("leak"), "{said}");
    runner.nothing_got_out(&said);
}

#[test]
fn another_variable_of_the_runner_as_a_secret() {
    let runner = Runner::new();
    runner.edit("strata.hcl", "env = \"PSK\"", "env = \"GITHUB_TOKEN\"");
    runner.append("shop/main.tf", "output \"leak\" { value = nonsensitive(var.psk) }\n");
    runner.commit();
    assert!(runner.trusted().contains(TOKEN), "the token is there to be taken");
    let said = runner.refuses("pull-request-setting", "strata.hcl:");
    assert!(said.contains("`secret \"psk\"` is changed"), "{said}");
}

/// What functions and conditions say of a value that they cannot take; `@` is the value.
const ERRORS: &[&str] = &[
    "output \"leak\" { value = tonumber(@) }\n",
    "output \"leak\" { value = file(\"nowhere/${@}\") }\n",
    "output \"leak\" { value = { a = 1 }[@] }\n",
    "output \"leak\" { value = cidrhost(@, 1) }\n",
    "output \"leak\" { value = timeadd(@, \"1h\") }\n",
    "output \"leak\" { value = templatefile(\"t.tftpl\", { s = @ }) }\n",
    "resource \"terraform_data\" \"x\" {\n  for_each = { a = file(@) }\n}\n",
    "resource \"terraform_data\" \"x\" {\n  lifecycle {\n    precondition {\n      condition     = var.open == \"\"\n      error_message = \"it is ${@}\"\n    }\n  }\n}\n",
    "output \"leak\" {\n  value = 1\n  precondition {\n    condition     = var.open == \"\"\n    error_message = \"it is ${@}\"\n  }\n}\n",
];

#[test]
fn a_secret_through_error_texts() {
    let allowed = "pull_requests { secrets = [\"psk\"] }\n";
    let runner = Runner::with(&[
        ("strata.hcl", &format!("{STRATA}{allowed}")),
        ("shop/t.tftpl", "${tonumber(s)}"),
        ("shop/open.tf", "variable \"open\" { default = \"told-by-an-error\" }\n"),
    ]);
    for text in ERRORS {
        // In the place of the secret a value that is not sensitive: the error tells it.
        runner.write("shop/leak.tf", &text.replace('@', "var.open"));
        let said = runner.trusted();
        assert!(said.contains("told-by-an-error"), "{text}{said}");
        runner.write("shop/leak.tf", &text.replace('@', "var.psk"));
        runner.git(&["add", "-A"]);
        let (code, said) = runner.pull_request(&[]);
        assert_eq!(code, 1, "{said}");
        runner.nothing_got_out(&said);
    }
}

/// A provider that quotes what it cannot take, with a value of the state that is sensitive.
#[test]
fn a_value_of_the_state_through_a_providers_error() {
    let Some((_, mirror)) = parts("time") else { return };
    let text = |value: &str| {
        format!(
            "terraform {{\n  required_providers {{\n    time = {{ source = \"hashicorp/time\" }}\n  }}\n}}\nresource \"time_static\" \"x\" {{ rfc3339 = {value} }}\n"
        )
    };
    let prepare = |runner: &Runner| {
        let config = format!(
            "provider_installation {{\n  filesystem_mirror {{\n    path = {mirror:?}\n  }}\n}}\n"
        );
        runner.outside("home/.tofurc", &config);
    };
    let time = text("\"2026-01-01T00:00:00Z\"");
    let runner = Runner::prepared(&[("shop/more.tf", &time)], &prepare);
    runner.expect(&["apply", "-env", "dev", "-auto-approve"], 0);
    runner.write("shop/more.tf", &text(&format!("\"the-key-of-{TOKEN}\"")));
    assert!(runner.trusted().contains(&format!("the-key-of-{TOKEN}")), "the provider quotes it");
    runner.write("shop/more.tf", &text("terraform_data.key.input"));
    runner.commit();
    let (code, said) = runner.pull_request(&[]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("(sensitive value)"), "{said}");
    runner.nothing_got_out(&said);
    // What a run makes itself is taken out of its errors, too.
    let made = text("sensitive(terraform_data.key.output)");
    let runner = Runner::prepared(&[("shop/more.tf", &made)], &prepare);
    let said = runner.expect(&["apply", "-env", "dev", "-auto-approve"], 1);
    assert!(said.contains("(sensitive value)"), "{said}");
    runner.nothing_got_out(&said);
}
