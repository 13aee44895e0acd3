//! Texts of override files, from an estate and a root module.

use diag::SourceMap;
use estate::StackGraph;
use lang::config::{BackendRule, RootVariables};

use super::*;

/// The override text for stack `net` of `dev`, its variables' names, and the codes of what was said.
fn overlay(
    estate_settings: &str,
    stack: &str,
    root: &str,
) -> (String, Vec<String>, Vec<&'static str>) {
    let text = format!(
        "estate {{\n  name = \"acme\"\n  {estate_settings}\n}}\nlayer \"l\" {{}}\n\
         environment \"dev\" {{\n  values = {{ region = \"eu-west-1\", accounts = [\"1\"] }}\n}}\n\
         secret \"s\" {{ env = \"S\" }}\n\
         stack \"net\" {{\n  layer = \"l\"\n  source = \"./net\"\n  {stack}\n}}\n"
    );
    let mut diags = Diags::new();
    let mut sources = SourceMap::new();
    let file = syntax::parse_native(sources.add("strata.hcl", text.clone()), &text, &mut diags);
    let estate = estate::read(&file, &[], &mut diags);
    let estate = estate.unwrap_or_else(|| panic!("{:?}", diags.iter().collect::<Vec<_>>()));
    let dev = estate.environment("dev").expect("it is there");
    let graph = StackGraph::new(&estate, dev, &mut diags).expect("a graph");
    let mut texts = |folder: &str| {
        let text = match folder {
            "." => root,
            "child" => "resource \"aws_vpc\" \"v\" {}\n",
            _ => return Err("no such folder".to_owned()),
        };
        Ok(vec![("main.tf".to_owned(), text.into())])
    };
    let (rule, none) = (BackendRule::Ignored, RootVariables::default());
    let base = crate::load::load_from(&mut texts, rule, none.clone(), &mut sources, &mut diags);
    let base = base.unwrap_or_else(|| panic!("{:?}", diags.iter().collect::<Vec<_>>()));
    let overlay = Overlay::of(&estate, &graph.order[0], &base.config, &mut diags);
    let codes = diags.iter().map(|one| one.code.0).collect();
    let Some(overlay) = overlay else { return (String::new(), Vec::new(), codes) };
    // What was written loads.
    let mut merged = |folder: &str| {
        let mut files = texts(folder)?;
        if folder == "." {
            files.extend(overlay.files());
        }
        Ok(files)
    };
    if codes.is_empty() {
        let mut said = Diags::new();
        let loaded = crate::load::load_from(&mut merged, rule, none, &mut sources, &mut said);
        assert!(loaded.is_some(), "{:?}\n{}", said.iter().collect::<Vec<_>>(), overlay.text);
        assert_ne!(loaded.expect("checked").digest, base.digest, "the digest does not cover it");
    }
    let names = overlay.variables.iter().map(|one| one.name.to_string()).collect();
    let text =
        overlay.text.replace("# The provider settings of strata.hcl for this stack.\n\n", "");
    (text, names, codes)
}

fn check(estate_settings: &str, stack: &str, root: &str, expect: &str) {
    let (text, _, codes) = overlay(estate_settings, stack, root);
    assert_eq!(codes, [] as [&str; 0]);
    assert_eq!(text.trim_end(), expect.trim_end());
}

const AWS: &str = "provider \"aws\" {\n  region = env.region\n  allowed_account_ids = env.accounts\n  default_tags {\n    tags = { stack = self.name }\n  }\n}";
const USES: &str = "provider \"aws\" {\n  region = \"x\"\n}\nresource \"aws_vpc\" \"v\" {}\n";

#[test]
fn literal_values_nearest_first() {
    let expect = "provider \"aws\" {\n  region              = \"eu-west-1\"\n  allowed_account_ids = [\"1\"]\n  max_retries         = 3\n  default_tags {\n    tags = { \"stack\" = \"net\" }\n  }\n}\n";
    check(AWS, "provider \"aws\" { max_retries = 3 }", USES, expect);
}

#[test]
fn only_providers_that_are_used() {
    let none =
        "terraform {\n  required_providers {\n    aws = { source = \"hashicorp/aws\" }\n  }\n}\n";
    check(AWS, "", none, "");
    let inherited = "module \"c\" {\n  source = \"./child\"\n}\n";
    let (text, ..) = overlay(AWS, "", inherited);
    assert!(text.contains("provider \"aws\""), "{text}");
}

#[test]
fn by_the_name_that_the_root_module_has() {
    let root = "terraform {\n  required_providers {\n    amazon = { source = \"hashicorp/aws\" }\n  }\n}\nresource \"aws_vpc\" \"v\" {\n  provider = amazon\n}\n";
    check(
        "provider \"amazon\" { region = \"r\" }",
        "",
        root,
        "provider \"amazon\" {\n  region = \"r\"\n}\n",
    );
}

#[test]
fn aliases_are_told_apart() {
    let root = "provider \"aws\" {\n  alias = \"us\"\n}\nresource \"aws_vpc\" \"v\" {\n  provider = aws.us\n}\n";
    let settings = "provider \"aws\" {\n  alias = \"us\"\n  region = \"us-east-1\"\n}\nprovider \"aws\" {\n  alias = \"eu\"\n  region = \"r\"\n}";
    check(
        settings,
        "",
        root,
        "provider \"aws\" {\n  alias  = \"us\"\n  region = \"us-east-1\"\n}\n",
    );
    let own = "provider \"aws\" {\n  alias = \"eu\"\n  region = \"r\"\n}";
    assert_eq!(overlay("", own, root).2, ["provider-alias-unknown"]);
}

#[test]
fn what_is_sensitive_becomes_a_variable() {
    let settings = "provider \"aws\" {\n  token = \"x-${secret.s}\"\n  assume_role {\n    external_id = secret.s\n  }\n  assume_role {\n    external_id = secret.s\n  }\n}";
    let (text, names, codes) = overlay(settings, "", USES);
    assert_eq!(codes, [] as [&str; 0]);
    assert_eq!(
        names,
        [
            "strata_aws_token",
            "strata_aws_assume_role_external_id",
            "strata_aws_assume_role1_external_id"
        ]
    );
    assert!(text.contains("token = var.strata_aws_token\n"), "{text}");
}

#[test]
fn what_belongs_to_the_language_is_refused() {
    assert_eq!(overlay("provider \"aws\" { version = \"1\" }", "", USES).2, ["provider-setting"]);
    let nowhere = overlay("provider \"aws\" { region = env.nowhere }", "", USES);
    assert_eq!(nowhere.2, ["estate-reference-unknown"]);
}
