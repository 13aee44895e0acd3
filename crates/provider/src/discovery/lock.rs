//! The lock file: which version of each provider is chosen, and the hashes that its packages may have.
//!
//! Format and text are OpenTofu's (`depsfile`), byte for byte. Invariant: hashes are sorted and each stands once.

use std::collections::BTreeMap;
use std::sync::Arc;

use addr::ProviderAddr;
use diag::{Diagnostic, Diags, FileId, Span};
use schema::version::{Constraints, Dialect, Version};
use syntax::{Attribute, Block, Body, Expr, ExprKind};

/// What is locked of one provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// The chosen version.
    pub version: Version,
    /// What the configuration asked for when it was chosen.
    pub constraints: Constraints,
    /// The hashes that a package may have, each with its scheme (`h1:`, `zh:`), sorted.
    hashes: Vec<Arc<str>>,
}

impl Lock {
    /// A lock with these hashes, in any order.
    pub fn new(
        version: Version,
        constraints: Constraints,
        hashes: impl IntoIterator<Item = Arc<str>>,
    ) -> Lock {
        let mut hashes: Vec<Arc<str>> = hashes.into_iter().collect();
        hashes.sort_unstable();
        hashes.dedup();
        Lock { version, constraints, hashes }
    }

    /// The hashes, sorted.
    pub fn hashes(&self) -> &[Arc<str>] {
        &self.hashes
    }

    /// Those hashes whose schemes are known here (`h1:`, `zh:`).
    pub(super) fn usable_hashes(&self) -> impl Iterator<Item = &Arc<str>> {
        self.hashes.iter().filter(|hash| hash.starts_with("h1:") || hash.starts_with("zh:"))
    }
}

/// The content of a lock file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locks(BTreeMap<ProviderAddr, Lock>);

impl Locks {
    /// What is locked of a provider.
    pub fn lock_of(&self, provider: &ProviderAddr) -> Option<&Lock> {
        self.0.get(provider)
    }

    /// All locks, by provider.
    pub fn iter(&self) -> impl Iterator<Item = (&ProviderAddr, &Lock)> {
        self.0.iter()
    }

    /// Whether nothing is locked.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Locks a provider, in place of what was locked of it.
    pub fn set(&mut self, provider: ProviderAddr, lock: Lock) {
        self.0.insert(provider, lock);
    }

    /// Forgets the locks of all providers but these.
    pub fn retain(&mut self, wanted: impl Fn(&ProviderAddr) -> bool) {
        self.0.retain(|provider, _| wanted(provider));
    }

    /// Reads a lock file. Faults are reported each at its place; what is faulty is not locked.
    pub fn read(file: FileId, text: &str, diags: &mut Diags) -> Locks {
        let mut locks = Locks::default();
        let parsed = syntax::parse_native(file, text, diags);
        if let Some(attribute) = parsed.body.attributes.first() {
            diags
                .push(fault(attribute.span, "A lock file holds provider blocks and nothing else."));
        }
        for block in &parsed.body.blocks {
            match &*block.kind.text {
                "provider" => locks.read_provider(block, diags),
                "module" => diags.push(
                    Diagnostic::warning("lock-module", "Locks of modules mean nothing here")
                        .detail("Only providers are locked.")
                        .at(block.kind.span),
                ),
                other => diags.push(fault(
                    block.kind.span,
                    format!("There is no block {other:?} in a lock file."),
                )),
            }
        }
        locks
    }

    fn read_provider(&mut self, block: &Block, diags: &mut Diags) {
        let Some(label) = block.labels.first().filter(|_| block.labels.len() == 1) else {
            return diags.push(fault(
                block.kind.span,
                "A provider block has the provider's address as its only label.",
            ));
        };
        let Ok(provider) = label.text.parse::<ProviderAddr>() else {
            return diags
                .push(fault(label.span, format!("{:?} is no provider's address.", label.text)));
        };
        let written = provider.to_string();
        if written != *label.text {
            return diags.push(fault(
                label.span,
                format!("The address has to be written in full: {written:?}."),
            ));
        }
        if provider.is_builtin() {
            return diags.push(fault(label.span, "A built-in provider has no version to lock."));
        }
        let before = diags.error_count();
        let lock = read_lock(&block.body, diags);
        if self.0.contains_key(&provider) {
            return diags.push(fault(label.span, format!("{provider} is locked twice.")));
        }
        if let Some(lock) = lock.filter(|_| diags.error_count() == before) {
            self.0.insert(provider, lock);
        }
    }

    /// The text of the file.
    pub fn to_text(&self) -> String {
        let mut out = "# This file is maintained automatically by \"tofu init\".\n\
                       # Manual edits may be lost in future updates.\n"
            .to_owned();
        for (provider, lock) in &self.0 {
            out.push_str(&format!("\nprovider \"{provider}\" {{\n"));
            let constraints = lock.constraints.to_string();
            if constraints.is_empty() {
                out.push_str(&format!("  version = \"{}\"\n", lock.version));
            } else {
                out.push_str(&format!("  version     = \"{}\"\n", lock.version));
                out.push_str(&format!("  constraints = \"{constraints}\"\n"));
            }
            if !lock.hashes.is_empty() {
                out.push_str("  hashes = [\n");
                lock.hashes.iter().for_each(|hash| out.push_str(&format!("    \"{hash}\",\n")));
                out.push_str("  ]\n");
            }
            out.push_str("}\n");
        }
        out
    }
}

fn fault(span: Span, detail: impl Into<String>) -> Diagnostic {
    Diagnostic::error("lock-file-invalid", "The lock file cannot be used")
        .detail(detail)
        .remedy(
            "Restore the file from version control, or remove the faulty block and run init again.",
        )
        .at(span)
}

fn read_lock(body: &Body, diags: &mut Diags) -> Option<Lock> {
    let known = ["version", "constraints", "hashes"];
    for attribute in body.attributes.iter().filter(|one| !known.contains(&&*one.name.text)) {
        diags.push(fault(
            attribute.name.span,
            format!("There is no attribute {:?} in a lock.", attribute.name.text),
        ));
    }
    for block in &body.blocks {
        diags.push(fault(block.kind.span, "A lock holds no blocks."));
    }
    let Some(version) = body.attribute("version") else {
        diags.push(fault(body.end, "A lock needs a version."));
        return None;
    };
    let version = read_version(version, diags);
    let constraints = match body.attribute("constraints") {
        Some(attribute) => read_constraints(attribute, diags),
        None => Some(Constraints::default()),
    };
    let hashes = body.attribute("hashes").map(|one| read_hashes(one, diags)).unwrap_or_default();
    Some(Lock::new(version?, constraints?, hashes))
}

fn text<'a>(expr: &'a Expr, diags: &mut Diags) -> Option<&'a Arc<str>> {
    match &expr.kind {
        ExprKind::Str(text) => Some(text),
        _ => {
            diags.push(fault(expr.span, "Text in quotes is needed here."));
            None
        }
    }
}

fn read_version(attribute: &Attribute, diags: &mut Diags) -> Option<Version> {
    let text = text(&attribute.expr, diags)?;
    match Version::parse(text) {
        Ok(version) if version.to_string() == **text => Some(version),
        Ok(version) => {
            diags.push(fault(
                attribute.expr.span,
                format!("The version has to be written in full: \"{version}\"."),
            ));
            None
        }
        Err(error) => {
            diags.push(fault(attribute.expr.span, format!("Not a version: {error}.")));
            None
        }
    }
}

fn read_constraints(attribute: &Attribute, diags: &mut Diags) -> Option<Constraints> {
    let text = text(&attribute.expr, diags)?;
    match Constraints::parse(text, Dialect::Provider) {
        Ok(constraints) if constraints.to_string() == **text => Some(constraints),
        Ok(constraints) => {
            let detail = format!("The constraints have to be written in full: \"{constraints}\".");
            diags.push(fault(attribute.expr.span, detail));
            None
        }
        Err(error) => {
            diags.push(fault(attribute.expr.span, format!("Not constraints: {error}.")));
            None
        }
    }
}

fn read_hashes(attribute: &Attribute, diags: &mut Diags) -> Vec<Arc<str>> {
    let ExprKind::Tuple(items) = &attribute.expr.kind else {
        diags.push(fault(attribute.expr.span, "A list of hashes is needed here."));
        return Vec::new();
    };
    if items.is_empty() {
        diags.push(fault(attribute.expr.span, "Hashes are left out, or at least one is given."));
    }
    let mut hashes = Vec::with_capacity(items.len());
    for item in items {
        let Some(hash) = text(item, diags) else { continue };
        if hash.find(':').is_none_or(|colon| colon == 0) {
            diags.push(fault(
                item.span,
                format!("{hash:?} is no hash: it needs a scheme, as in h1:…"),
            ));
        } else {
            hashes.push(hash.clone());
        }
    }
    hashes
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# This file is maintained automatically by \"tofu init\".
# Manual edits may be lost in future updates.

provider \"registry.opentofu.org/hashicorp/local\" {
  version = \"2.9.0\"
  hashes = [
    \"h1:abc=\",
    \"zh:00ff\",
  ]
}

provider \"registry.opentofu.org/hashicorp/random\" {
  version     = \"3.9.0\"
  constraints = \">= 3.0.0, ~> 3.9\"
}
";

    fn read(text: &str) -> (Locks, Diags) {
        let mut diags = Diags::new();
        let locks = Locks::read(FileId::new(0), text, &mut diags);
        (locks, diags)
    }

    #[test]
    fn what_is_read_is_written_again() {
        let (locks, diags) = read(TEXT);
        assert!(diags.is_empty(), "{diags:?}");
        assert_eq!(locks.to_text(), TEXT);
        let random = locks.lock_of(&"hashicorp/random".parse().unwrap()).unwrap();
        assert_eq!(random.version, Version::new(3, 9, 0));
    }

    #[test]
    fn faults_stand_at_their_places() {
        for (text, place) in [
            ("provider \"a/b\" {\n  version = \"1.0.0\"\n}\n", "\"a/b\""),
            ("provider \"registry.opentofu.org/a/b\" {\n  version = \"1.0\"\n}\n", "\"1.0\""),
            (
                "provider \"registry.opentofu.org/a/b\" {\n  version = \"1.0.0\"\n  constraints = \">=1\"\n}\n",
                "\">=1\"",
            ),
            (
                "provider \"registry.opentofu.org/a/b\" {\n  version = \"1.0.0\"\n  hashes = []\n}\n",
                "[]",
            ),
            (
                "provider \"registry.opentofu.org/a/b\" {\n  version = \"1.0.0\"\n  hashes = [\"x\"]\n}\n",
                "\"x\"",
            ),
            (
                "provider \"registry.opentofu.org/a/b\" {\n  other = 1\n  version = \"1.0.0\"\n}\n",
                "other",
            ),
            (
                "provider \"terraform.io/builtin/terraform\" {\n  version = \"1.0.0\"\n}\n",
                "\"terraform.io/builtin/terraform\"",
            ),
            ("other {}\n", "other"),
        ] {
            let (locks, diags) = read(text);
            let span = diags.iter().next().unwrap_or_else(|| panic!("{text}")).span.unwrap();
            assert_eq!(&text[span.start as usize..span.end as usize], place);
            assert!(locks.is_empty(), "{text}");
        }
    }
}
