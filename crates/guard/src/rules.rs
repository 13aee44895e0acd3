//! The rules that bind one stack, as the estate file gives them.
//!
//! Data only; where they stand in the file is the caller's to know.

use std::sync::Arc;

use state::Digest;

/// The rules of a stack instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackRules {
    /// The layer, whose limits are counted over all of its stacks.
    pub layer: Arc<str>,
    /// The groups that own it: their signers' approvals count. None: those of any group do.
    pub owners: Vec<Arc<str>>,
    /// How many different people have to approve.
    pub approvals: u32,
    /// How long an approval holds, in hours.
    pub approval_hours: u64,
    /// How many objects that bear no data the layer may lose in one plan; `None`: any number.
    pub max_destroy: Option<u64>,
    /// How many objects a deferred item may come to.
    pub max_deferred: u64,
    /// Whether approvals and limits bind.
    pub binding: Binding,
}

impl StackRules {
    /// Appends a text that tells these rules from all others.
    pub fn describe(&self, text: &mut Vec<u8>) {
        let mut part = |bytes: &[u8]| {
            text.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
            text.extend_from_slice(bytes);
        };
        part(self.layer.as_bytes());
        part(&(self.owners.len() as u64).to_le_bytes());
        self.owners.iter().for_each(|owner| part(owner.as_bytes()));
        part(&self.approvals.to_le_bytes());
        part(&self.approval_hours.to_le_bytes());
        part(&self.max_destroy.map_or([0xff; 8], u64::to_le_bytes));
        part(&self.max_deferred.to_le_bytes());
        part(&[u8::from(self.binding == Binding::Binds)]);
    }
}

/// The digest of all that decides whether a stack's plan may be applied: its rules, the signers of every group (name and
/// text of its file), and the catalogue. It stands in the plan, so that a plan made under other rules is another plan.
pub fn policies_digest(
    rules: &StackRules,
    signers: &[(Arc<str>, Arc<str>)],
    catalogue: &Digest,
) -> Digest {
    let mut text = b"strata policies 1\0".to_vec();
    rules.describe(&mut text);
    for (group, file) in signers {
        for part in [group, file] {
            text.extend_from_slice(&(part.len() as u64).to_le_bytes());
            text.extend_from_slice(part.as_bytes());
        }
    }
    text.extend_from_slice(&catalogue.0);
    Digest::of(&text)
}

/// Whether approvals and limits bind in an environment. What loses data is refused either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// They refuse: the environment is protected.
    Binds,
    /// They warn.
    Warns,
}

/// Whether approvals, limits and freezes are set aside, with a reason that the audit keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakGlass {
    /// They are not.
    No,
    /// They are; what loses data is refused all the same.
    Yes,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> StackRules {
        StackRules {
            layer: "apps".into(),
            owners: vec!["platform".into()],
            approvals: 1,
            approval_hours: 72,
            max_destroy: None,
            max_deferred: 20,
            binding: Binding::Binds,
        }
    }

    #[test]
    fn the_digest_moves_with_each_rule() {
        let catalogue = Digest::of(b"c");
        let signers = [("platform".into(), "a ssh-ed25519 AAAA".into())];
        let of = |rules: &StackRules| policies_digest(rules, &signers, &catalogue);
        let base = of(&rules());
        let changed = [
            StackRules { layer: "app".into(), ..rules() },
            StackRules { owners: vec![], ..rules() },
            StackRules { owners: vec!["plat".into(), "form".into()], ..rules() },
            StackRules { approvals: 2, ..rules() },
            StackRules { approval_hours: 1, ..rules() },
            StackRules { max_destroy: Some(5), ..rules() },
            StackRules { max_deferred: 21, ..rules() },
            StackRules { binding: Binding::Warns, ..rules() },
        ];
        for (at, changed) in changed.iter().enumerate() {
            assert_ne!(of(changed), base, "change {at}");
        }
        assert_ne!(policies_digest(&rules(), &[], &catalogue), base);
        assert_ne!(policies_digest(&rules(), &signers, &Digest::of(b"d")), base);
        assert_eq!(of(&rules()), base);
    }
}
