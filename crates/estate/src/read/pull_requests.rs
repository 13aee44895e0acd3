//! The `pull_requests` block.

use addr::ProviderAddr;
use diag::{Diagnostic, Diags, Spanned};
use syntax::Block;

use super::body::{self, Allowed};
use super::names;
use crate::model::PullRequests;

const ALLOWED: Allowed =
    Allowed { arguments: &["providers", "functions", "environment", "secrets"], blocks: &[] };

/// Functions that can be let through, beside those of providers.
const FUNCTIONS: &[&str] = &["nonsensitive", "templatestring"];

/// Reads the one block, where there is one.
pub(super) fn read(blocks: Vec<&Block>, diags: &mut Diags) -> Option<PullRequests> {
    let block = names::only(&blocks, "One block says what pull requests may do.", diags)?;
    body::check(block, &ALLOWED, diags);
    let providers = body::texts_of(block, "providers", diags);
    let providers = providers.map(|all| {
        let parsed = all.into_iter().map(|one| match one.node.parse::<ProviderAddr>() {
            Ok(node) => Ok(Spanned { node, span: one.span }),
            Err(error) => Err(faulty("provider", &one, &format!("{error}."))),
        });
        parsed.filter_map(|one| one.map_err(|said| diags.push(said)).ok()).collect()
    });
    let functions = body::texts_of(block, "functions", diags).unwrap_or_default();
    for one in &functions {
        let of_provider = one.node.strip_prefix("provider::").is_some_and(|rest| {
            rest.split("::").count() >= 2 && rest.split("::").all(|part| !part.is_empty())
        });
        if !of_provider && !FUNCTIONS.contains(&&*one.node) {
            let known = FUNCTIONS.join("`, `");
            diags.push(faulty(
                "function",
                one,
                &format!("It is `provider::NAME::FUNCTION`, perhaps with `*`, or `{known}`."),
            ));
        }
    }
    Some(PullRequests {
        providers,
        functions,
        environment: body::texts_of(block, "environment", diags).unwrap_or_default(),
        secrets: body::texts_of(block, "secrets", diags).unwrap_or_default(),
        header: block.header,
    })
}

fn faulty(what: &str, one: &Spanned<std::sync::Arc<str>>, detail: &str) -> Diagnostic {
    Diagnostic::error("estate-pull-requests", format!("`{}` is no {what} to allow", one.node))
        .detail(detail)
        .remedy("Correct it, or take it out.")
        .at(one.span)
}

#[cfg(test)]
mod tests {
    use crate::read::sample;

    fn read(text: &str) -> Result<String, Vec<String>> {
        let Some(block) = sample::blocks(text)?.pull_requests else { return Ok(String::new()) };
        let providers = block
            .providers
            .map(|all| all.iter().map(|one| one.node.for_display()).collect::<Vec<_>>().join(" "));
        Ok(format!("{providers:?} {}", block.functions.len()))
    }

    #[test]
    fn the_block_is_read() {
        let check = |text: &str, expect: &str| assert_eq!(read(text).as_deref(), Ok(expect));
        check("", "");
        check("pull_requests {}", "None 0");
        check("pull_requests { providers = [\"hashicorp/aws\"] }", "Some(\"hashicorp/aws\") 0");
        check("pull_requests { functions = [\"provider::aws::*\", \"nonsensitive\"] }", "None 2");
    }

    #[test]
    fn what_is_wrong_in_it_is_told() {
        let check = |text: &str, code: &str| {
            assert_eq!(read(text), Err(vec![code.to_owned()]), "{text}");
        };
        check("pull_requests {}\npull_requests {}", "estate-duplicate");
        check("pull_requests { hosts = [] }", "estate-argument-unknown");
        check("pull_requests { providers = [\"a/b/c/d\"] }", "estate-pull-requests");
        check("pull_requests { functions = [\"file\"] }", "estate-pull-requests");
        check("pull_requests { functions = [\"provider::aws\"] }", "estate-pull-requests");
    }
}
