//! The `audit` block.

use std::sync::Arc;

use diag::{Diagnostic, Diags, Spanned};
use syntax::Block;

use super::body::{self, Allowed};
use super::names;
use crate::model::{Audit, RETAIN_DAYS_DEFAULT, SealPlace};

const ALLOWED: Allowed =
    Allowed { arguments: &["sealers", "seals", "kms_key", "retain_days"], blocks: &[] };

/// The longest time that an object is locked for, in days: what S3 takes.
const RETAIN_DAYS_MAX: u64 = 36_500;

/// Reads the one block, where there is one.
pub(super) fn read(blocks: Vec<&Block>, diags: &mut Diags) -> Option<Audit> {
    let why = "One block says who signs heads of the audit and where copies go.";
    let block = names::only(&blocks, why, diags)?;
    body::check(block, &ALLOWED, diags);
    let seals = body::texts_of(block, "seals", diags).unwrap_or_default();
    let seals = seals.into_iter().filter_map(|one| match SealPlace::parse(&one.node) {
        Ok(node) => Some(Spanned { node, span: one.span }),
        Err(why) => {
            diags.push(faulty(&one, why, "Name a file, or `s3://BUCKET/PREFIX`."));
            None
        }
    });
    let seals = seals.collect();
    let kms_key = body::text_of(block, "kms_key", diags).filter(|key| {
        let fits = is_key(&key.node);
        if !fits {
            diags.push(faulty(
                key,
                "it is no ARN of a KMS key",
                "Write `arn:aws:kms:REGION:ACCOUNT:key/ID`, or the ARN of an alias.",
            ));
        }
        fits
    });
    let retain_days = body::number_of(block, "retain_days", 1..=RETAIN_DAYS_MAX, diags);
    Some(Audit {
        sealers: body::text_of(block, "sealers", diags),
        seals,
        kms_key,
        retain_days: retain_days.map_or(RETAIN_DAYS_DEFAULT, |days| days as u32),
        header: block.header,
    })
}

/// Whether a text is the ARN of a KMS key or alias, with its region.
fn is_key(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    matches!(parts.as_slice(), ["arn", _, "kms", region, _, resource]
        if !region.is_empty() && ["key/", "alias/"].iter().any(|kind| resource.starts_with(kind)))
}

fn faulty(one: &Spanned<Arc<str>>, why: &str, remedy: &str) -> Diagnostic {
    Diagnostic::error("estate-audit", format!("`{}` cannot be used by the audit", one.node))
        .detail(format!("The value was read, but {why}."))
        .remedy(remedy)
        .at(one.span)
}

#[cfg(test)]
mod tests {
    use crate::read::sample;

    fn read(text: &str) -> Result<String, Vec<String>> {
        let Some(audit) = sample::blocks(text)?.audit else { return Ok(String::new()) };
        let seals: Vec<String> = audit.seals.iter().map(|place| place.node.to_string()).collect();
        let sealers = audit.sealers.map_or("-".into(), |sealers| sealers.node);
        Ok(format!("{sealers} {} {}", seals.join(" "), audit.retain_days))
    }

    #[test]
    fn the_block_is_read() {
        let check = |text: &str, expect: &str| assert_eq!(read(text).as_deref(), Ok(expect));
        check("", "");
        check("audit {}", "-  365");
        check(
            "audit {\n sealers = \"audit/sealers\"\n seals = [\"audit/seals\", \"s3://acme-audit/prod/\"]\n retain_days = 30\n}",
            "audit/sealers audit/seals s3://acme-audit/prod 30",
        );
        check("audit { kms_key = \"arn:aws:kms:eu-west-1:1:alias/audit\" }", "-  365");
    }

    #[test]
    fn what_is_wrong_in_it_is_told() {
        let check = |text: &str, code: &str| {
            assert_eq!(read(text), Err(vec![code.to_owned()]), "{text}");
        };
        check("audit {}\naudit {}", "estate-duplicate");
        check("audit { keys = [] }", "estate-argument-unknown");
        check("audit { seals = [\"gs://b\"] }", "estate-audit");
        check("audit { seals = [\"s3://B\"] }", "estate-audit");
        check("audit { kms_key = \"alias/audit\" }", "estate-audit");
    }
}
