//! The module tree and the providers of its resources.

mod common;

use common::{load, load_with, options};
use value::Value;

fn check(fixture: &str, expect: &[&str]) {
    let lines = load(fixture).lines();
    assert_eq!(lines, expect, "{fixture}");
}

#[test]
fn calls_lead_to_folders() {
    let loaded = load(
        "module \"a\" {\n source = \"./child\"\n}\nmodule \"b\" {\n source = \"./child/\"\n}\n\
         //- child/main.tf\nmodule \"c\" {\n source = \"../other\"\n}\n//- other/main.tf\n\n",
    );
    let config = loaded.good();
    let paths: Vec<String> = config.modules.iter().map(|it| it.path.to_string()).collect();
    assert_eq!(paths, ["", "module.a", "module.a.module.c", "module.b", "module.b.module.c"]);
    let dirs: Vec<&str> = config.modules.iter().map(|it| &*it.dir).collect();
    assert_eq!(dirs, [".", "child", "other", "child", "other"]);
    assert!(std::sync::Arc::ptr_eq(&config.modules[1].def, &config.modules[3].def));
}

#[test]
fn faulty_sources() {
    check("module \"a\" {\n source = \"child\"\n}\n", &["invalid-module-source main.tf:2"]);
    check("module \"a\" {\n source = \"./none\"\n}\n", &["module-unreadable main.tf:2"]);
    check("module \"a\" {\n source = \"./\"\n}\n", &["module-circle main.tf:2"]);
    check("module \"a\" {\n}\n", &["missing-argument main.tf:1"]);
    check(
        "module \"a\" {\n source = t_x.a.id\n}\nresource \"t_x\" \"a\" {}\n",
        &["not-static main.tf:2"],
    );
    check(
        "module \"a\" {\n source = \"./child\"\n version = \"1.0\"\n}\n",
        &["invalid-module-source main.tf:2"],
    );
    check(
        "module \"a\" {\n source = local.x\n}\nlocals {\n x = local.x\n}\n",
        &["circular-reference main.tf:5"],
    );
}

#[test]
fn sources_may_depend_on_what_is_known_before_loading() {
    let fixture = "variable \"name\" {\n default = \"x\"\n}\nlocals {\n dir = \"./${var.name}\"\n}\n\
         module \"a\" {\n source = local.dir\n inner = \"z\"\n}\n\
         //- x/main.tf\nvariable \"inner\" {}\nmodule \"b\" {\n source = \"./${var.inner}\"\n}\n//- x/z/main.tf\n\n\
         //- y/main.tf\nvariable \"inner\" {}\n";
    assert_eq!(load(fixture).good().modules.len(), 3);
    let mut options = options();
    options.variables.insert("name".into(), Value::string("y"));
    assert_eq!(load_with(fixture, options).good().modules.len(), 2);
}

#[test]
fn arguments_of_calls() {
    let call = |body: &str, expect: &[&str]| {
        check(
            &format!(
                "module \"a\" {{\n source = \"./c\"\n{body}\n}}\n//- c/main.tf\nvariable \"x\" {{}}\nvariable \"y\" {{\n default = 1\n deprecated = \"use x\"\n}}\n"
            ),
            expect,
        );
    };
    call("x = 1", &[]);
    call("", &["missing-argument main.tf:1"]);
    call("x = 1\nz = 2", &["unexpected-argument main.tf:4"]);
    call("x = 1\nb {}", &["unexpected-block main.tf:4"]);
    call("x = 1\ny = 2", &["w deprecated-variable main.tf:4"]);
}

#[test]
fn a_backend_in_a_called_module_is_passed_over() {
    check(
        "module \"a\" {\n source = \"./c\"\n}\n//- c/main.tf\nterraform {\n backend \"s3\" {}\n}\n",
        &["w backend-ignored c/main.tf:2"],
    );
}

/// The provider configuration of each resource.
fn providers(fixture: &str) -> Vec<String> {
    let loaded = load(fixture);
    let config = loaded.good();
    let mut all = Vec::new();
    for module in &config.modules {
        for (resource, provider) in module.def.resources.iter().zip(&module.resource_providers) {
            let provider = config.provider_config(provider.expect("a provider"));
            let addr = resource.addr.clone().in_module(module.path.clone());
            all.push(format!("{addr} {}", provider.addr));
        }
    }
    all
}

#[test]
fn providers_are_implied_inherited_and_passed() {
    assert_eq!(
        providers(
            "provider \"t\" {\n alias = \"west\"\n}\nresource \"t_x\" \"a\" {}\n\
             resource \"t_x\" \"b\" {\n provider = t.west\n}\n\
             module \"m\" {\n source = \"./m\"\n providers = {\n t.other = t.west\n }\n}\n\
             //- m/main.tf\nterraform {\n required_providers {\n t = {\n source = \"hashicorp/t\"\n configuration_aliases = [t.other]\n }\n }\n}\n\
             resource \"t_x\" \"c\" {}\nresource \"t_x\" \"d\" {\n provider = t.other\n}\n"
        ),
        [
            "t_x.a provider[\"registry.opentofu.org/hashicorp/t\"]",
            "t_x.b provider[\"registry.opentofu.org/hashicorp/t\"].west",
            "module.m.t_x.c provider[\"registry.opentofu.org/hashicorp/t\"]",
            "module.m.t_x.d provider[\"registry.opentofu.org/hashicorp/t\"].west",
        ]
    );
}

#[test]
fn required_names_and_the_built_in_provider() {
    assert_eq!(
        providers(
            "terraform {\n required_providers {\n mine = {\n source = \"acme/thing\"\n }\n }\n}\n\
             resource \"mine_x\" \"a\" {}\nresource \"terraform_data\" \"b\" {}\n\
             data \"other_x\" \"c\" {\n provider = mine\n}\n"
        ),
        [
            "mine_x.a provider[\"registry.opentofu.org/acme/thing\"]",
            "terraform_data.b provider[\"terraform.io/builtin/terraform\"]",
            "data.other_x.c provider[\"registry.opentofu.org/acme/thing\"]",
        ]
    );
}

#[test]
fn an_own_block_goes_before_what_is_inherited() {
    assert_eq!(
        providers(
            "provider \"t\" {}\nmodule \"m\" {\n source = \"./m\"\n}\n\
             //- m/main.tf\nprovider \"t\" {\n x = 1\n}\nresource \"t_x\" \"a\" {}\n"
        ),
        ["module.m.t_x.a module.m.provider[\"registry.opentofu.org/hashicorp/t\"]"]
    );
}

#[test]
fn rules_of_passing_providers() {
    check(
        "resource \"t_x\" \"a\" {\n provider = t.west\n}\n",
        &["provider-not-configured main.tf:2"],
    );
    check(
        "module \"m\" {\n source = \"./m\"\n count = 1\n}\n//- m/main.tf\nprovider \"t\" {\n x = 1\n}\n",
        &["provider-in-repeated-module main.tf:3"],
    );
    check(
        "provider \"t\" {}\nmodule \"m\" {\n source = \"./m\"\n providers = {\n t = t\n }\n}\n\
         //- m/main.tf\nprovider \"t\" {\n x = 1\n}\n",
        &[
            "w provider-not-required main.tf:5",
            "provider-configured-twice main.tf:5",
            "w provider-not-required main.tf:5",
        ],
    );
    check(
        "module \"m\" {\n source = \"./m\"\n}\n//- m/main.tf\nterraform {\n required_providers {\n t = {\n configuration_aliases = [t.x]\n }\n }\n}\n",
        &["provider-not-passed main.tf:1"],
    );
    check(
        "terraform {\n required_providers {\n t = {\n source = \"a/t\"\n }\n }\n}\nprovider \"t\" {}\n\
         module \"m\" {\n source = \"./m\"\n providers = {\n t = t\n }\n}\n\
         //- m/main.tf\nterraform {\n required_providers {\n t = {\n source = \"b/t\"\n }\n }\n}\n",
        &["provider-type-mismatch main.tf:12"],
    );
    check(
        "module \"m\" {\n source = \"./m\"\n providers = {\n t = t\n t = t\n }\n}\n//- m/main.tf\n\n",
        &["provider-passed-twice main.tf:5"],
    );
}
