//! What a pull request may not change for its own plan: where the estate's store is, who providers are, which secrets
//! there are, and which calls would undo what is sensitive.
//!
//! Works on the text, since what counts is what is written. Invariant: a setting is the same only where it is written
//! alike, but for what stands outside of its block.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use diag::Span;
use syntax::{Body, Expr, ExprKind, File, children};

/// Arguments of the `estate` and `environment` blocks that are guarded.
const ARGUMENTS: &[&str] = &["id", "store", "seal", "lock_file"];
/// Kinds of blocks that are guarded whole.
const BLOCKS: &[&str] = &["adopted", "audit", "credentials", "secret"];
/// Arguments and blocks of provider blocks that say where a provider goes, which program it starts, or as whom.
const REACH: &[&str] = &[
    "access_key",
    "access_token",
    "address",
    "assume_role",
    "assume_role_with_web_identity",
    "auth_login",
    "base_url",
    "client_certificate",
    "client_certificate_path",
    "client_id",
    "client_id_file_path",
    "client_secret",
    "client_secret_file_path",
    "cluster_ca_certificate",
    "config_context",
    "config_path",
    "config_paths",
    "credentials",
    "custom_ca_bundle",
    "endpoint",
    "endpoints",
    "exec",
    "host",
    "http_proxy",
    "https_proxy",
    "impersonate_service_account",
    "insecure",
    "kubernetes",
    "metadata_host",
    "oidc_request_token",
    "oidc_request_url",
    "oidc_token",
    "oidc_token_file_path",
    "password",
    "profile",
    "proxy_url",
    "secret_key",
    "server",
    "shared_config_files",
    "shared_credentials_files",
    "skip_tls_verify",
    "tls_server_name",
    "token",
    "universe_domain",
    "url",
    "username",
];
/// How names end that say where a provider goes, such as `storage_custom_endpoint`: a provider has one for each service.
const REACH_ENDINGS: &[&str] = &["_endpoint", "_endpoints", "_host", "_url"];

/// A guarded setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guarded {
    /// How it is written.
    pub text: Arc<str>,
    /// Where it stands.
    pub span: Span,
}

/// Guarded settings by their place in the file, such as `` layer "apps" / credentials "aws" ``.
pub type GuardedSettings = BTreeMap<String, Guarded>;

/// The guarded settings of `strata.hcl` or a `stack.hcl`; `text` is what `file` was parsed from.
pub fn guarded(file: &File, text: &str) -> GuardedSettings {
    let mut found = Found { text, settings: BTreeMap::new() };
    found.body(&file.body, "");
    let mut named = BTreeSet::new();
    for setting in found.settings.values() {
        named.extend(values_named(&setting.text));
    }
    found.values(&file.body, &named);
    found.settings
}

/// Blocks of a root module's files that say where a provider goes, which program it starts, or as whom, by place.
pub fn guarded_providers(file: &File, text: &str) -> GuardedSettings {
    let mut found = Found { text, settings: BTreeMap::new() };
    found.providers(&file.body, "");
    found.settings
}

struct Found<'t> {
    text: &'t str,
    settings: GuardedSettings,
}

impl Found<'_> {
    fn add(&mut self, place: String, span: Span) {
        let text = self.text.get(span.start as usize..span.end as usize).unwrap_or_default();
        // Two of one place are one setting, of both texts.
        match self.settings.get_mut(&place) {
            Some(known) => known.text = format!("{}\n{text}", known.text).into(),
            None => drop(self.settings.insert(place, Guarded { text: text.into(), span })),
        }
    }

    fn body(&mut self, body: &Body, place: &str) {
        for attribute in &body.attributes {
            let name = &*attribute.name.text;
            if !place.is_empty() && ARGUMENTS.contains(&name) {
                self.add(format!("{place} / {name}"), attribute.expr.span);
            }
        }
        self.providers(body, place);
        for block in &body.blocks {
            let inner = join(place, block);
            if BLOCKS.contains(&&*block.kind.text) {
                self.add(inner, block.span);
            } else if &*block.kind.text != "provider" {
                self.body(&block.body, &inner);
            }
        }
    }

    fn providers(&mut self, body: &Body, place: &str) {
        for block in body.blocks_of("provider") {
            let (arguments, blocks) = (&block.body.attributes, &block.body.blocks);
            let found = arguments.iter().any(|one| reaches(&one.name.text))
                || blocks.iter().any(|one| {
                    let dynamic = &*one.kind.text == "dynamic";
                    let labelled = one.labels.first().filter(|_| dynamic);
                    reaches(labelled.map_or(&one.kind.text, |label| &label.text))
                });
            if found {
                let alias = block.body.attribute("alias").map(|alias| &alias.expr.kind);
                let alias = match alias {
                    Some(ExprKind::Str(alias)) => format!(" alias {alias}"),
                    _ => String::new(),
                };
                self.add(format!("{}{alias}", join(place, block)), block.span);
            }
        }
    }

    /// Values of environments that guarded settings name.
    fn values(&mut self, body: &Body, named: &BTreeSet<String>) {
        for block in body.blocks_of("environment") {
            let Some(values) = block.body.attribute("values") else { continue };
            let ExprKind::Object(items) = &values.expr.without_parens().kind else { continue };
            for item in items {
                let name = match &item.key {
                    syntax::ObjectKey::Bare(name) => name.text.to_string(),
                    syntax::ObjectKey::Expr(Expr { kind: ExprKind::Str(text), .. }) => {
                        text.to_string()
                    }
                    syntax::ObjectKey::Expr(_) => continue,
                };
                if named.contains(&name) {
                    self.add(format!("{} / values.{name}", join("", block)), item.value.span);
                }
            }
        }
    }
}

/// Whether an argument or block of a provider block is one of those.
fn reaches(name: &str) -> bool {
    REACH.contains(&name) || REACH_ENDINGS.iter().any(|ending| name.ends_with(ending))
}

fn join(place: &str, block: &syntax::Block) -> String {
    let labels: String = block.labels.iter().map(|label| format!(" \"{}\"", label.text)).collect();
    let own = format!("{}{labels}", block.kind.text);
    if place.is_empty() { own } else { format!("{place} / {own}") }
}

/// The names behind `env.` in a text.
fn values_named(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let named = text.match_indices("env.").map(|(at, found)| {
        let rest = &text[at + found.len()..];
        rest.chars().take_while(|c| is_part(*c)).collect::<String>()
    });
    named.filter(|name| !name.is_empty() && name != "name").collect()
}

/// A call in an estate file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallAt {
    /// The function, without `core::`.
    pub name: Arc<str>,
    /// Its name in the text.
    pub span: Span,
}

/// All calls of functions in a file.
pub fn calls(file: &File) -> Vec<CallAt> {
    let mut found = Vec::new();
    let mut bodies = vec![&file.body];
    let mut open: Vec<&Expr> = Vec::new();
    while let Some(body) = bodies.pop() {
        open.extend(body.attributes.iter().map(|attribute| &attribute.expr));
        bodies.extend(body.blocks.iter().map(|block| &block.body));
    }
    while let Some(expr) = open.pop() {
        if let ExprKind::Call(call) = &expr.kind {
            let name = call.name.text.strip_prefix("core::").unwrap_or(&call.name.text);
            found.push(CallAt { name: name.into(), span: call.name.span });
        }
        children(expr, &mut |child| open.push(child));
    }
    found.sort_by_key(|call| call.span.start);
    found
}

#[cfg(test)]
mod tests {
    use diag::{Diags, SourceMap};

    use super::*;

    fn parse(text: &str) -> File {
        let (mut sources, mut diags) = (SourceMap::new(), Diags::new());
        let file = syntax::parse_native(sources.add("strata.hcl", text), text, &mut diags);
        assert!(!diags.has_errors());
        file
    }

    #[test]
    fn settings_are_found_by_their_place() {
        let text = r#"
estate {
  name  = "acme"
  store = "sqlite:x.db"
  credentials "aws" { plan_role = "arn:${env.account}:${self.name}" }
  provider "aws" { region = "eu-west-1" }
}
environment "prod" { values = { account = "1", cidr = "10.0.0.0/8" } }
stack "a" {
  source = "./a"
  provider "kubernetes" {
    alias = "x"
    host  = "https://a"
  }
}
secret "psk" { env = "PSK" }
"#;
        let found = guarded(&parse(text), text);
        let places: Vec<&str> = found.keys().map(String::as_str).collect();
        assert_eq!(
            places,
            [
                "environment \"prod\" / values.account",
                "estate / credentials \"aws\"",
                "estate / store",
                "secret \"psk\"",
                "stack \"a\" / provider \"kubernetes\" alias x",
            ]
        );
        assert_eq!(&*found["estate / store"].text, "\"sqlite:x.db\"");
        let moved = format!("# above\n{text}");
        let there = guarded(&parse(&moved), &moved);
        assert!(found.iter().all(|(place, one)| there[place].text == one.text));
    }

    #[test]
    fn provider_blocks_that_reach_out_are_found() {
        let check = |block: &str, expect: usize| {
            assert_eq!(guarded_providers(&parse(block), block).len(), expect, "{block}");
        };
        check("provider \"aws\" { region = \"x\" }", 0);
        check("provider \"aws\" {\n  endpoints {}\n}", 1);
        check("provider \"kubernetes\" {\n  exec {}\n}", 1);
        check("provider \"kubernetes\" {\n  dynamic \"exec\" {}\n}", 1);
        check("provider \"kubernetes\" { config_path = \"~/.kube/config\" }", 1);
        check("provider \"google\" { storage_custom_endpoint = \"https://evil.example/\" }", 1);
        check("provider \"google\" { universe_domain = \"evil.example\" }", 1);
        check("provider \"google\" { access_token = \"x\" }", 1);
        check("provider \"aws\" { ec2_metadata_service_endpoint = \"http://evil.example\" }", 1);
        check("provider \"azurerm\" { oidc_request_url = \"https://evil.example\" }", 1);
        check("provider \"google\" { project = \"acme\" }", 0);
    }

    #[test]
    fn calls_are_found_wherever_they_stand() {
        let text = "a { b = [for x in y : { k = \"${core::nonsensitive(x)}\" }] }\nc { d = max(min(1), 2) }\n";
        let found = calls(&parse(text));
        let names: Vec<&str> = found.iter().map(|call| &*call.name).collect();
        assert_eq!(names, ["nonsensitive", "max", "min"]);
    }
}
