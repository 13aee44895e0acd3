//! What was signed, and what is still missing, for people and programs.

use guard::approval::Person;
use guard::{DataLoss, Need, ValidApproval, Verdict};
use plan::{Deferred, DeferredItem, Plan};
use serde_json::{Value as Json, json};

use super::About;
use crate::commands::estate::gate;
use crate::report::Format;

/// What there is to tell after a signature.
pub(super) struct Shown<'a> {
    /// What was signed.
    pub(super) about: &'a About,
    /// The approval.
    pub(super) approval: &'a ValidApproval,
    /// What the guard says with it.
    pub(super) verdict: &'a Verdict,
}

impl Shown<'_> {
    /// All of it.
    pub(super) fn text(&self, format: Format) -> String {
        match format {
            Format::Json => format!("{:#}\n", self.document()),
            Format::Text => self.page(),
        }
    }

    fn document(&self) -> Json {
        let person = |one: &Person| json!({ "group": &*one.group, "name": &*one.principal });
        let mut document = gate::document(&self.about.id, &self.verdict.refused);
        document["digest"] = json!(self.about.digest.to_string());
        document["approved"] = json!({
            "key": &*self.approval.key,
            "people": self.approval.persons.iter().map(person).collect::<Vec<_>>(),
            "destroy_data": self.approval.destroy_data.iter().map(|one| &**one).collect::<Vec<_>>(),
        });
        document
    }

    fn page(&self) -> String {
        let about = self.about;
        let estate = &about.file.estate;
        let mut page = format!(
            "Signed: plan {} of {}/{}, digest {}\n\n",
            about.id, estate.name.node, estate[about.environment].name.node, about.digest
        );
        for (address, plan) in about.plans.iter().filter(|(_, plan)| plan.has_changes()) {
            let counts = plan.counts();
            page.push_str(&format!(
                "  {address}  {} to add, {} to change, {} to destroy{}\n",
                counts.add,
                counts.change,
                counts.destroy,
                deferred(plan)
            ));
        }
        self.verdict.data.iter().for_each(|loss| page.push_str(&self.of_loss(loss)));
        for one in &self.verdict.widens {
            page.push_str(&format!(
                "  {}//{}  widens access: {}\n",
                one.stack, one.address, one.what
            ));
        }
        page.push_str(&format!("\nBy {}\n", self.signer()));
        self.verdict.needs.iter().for_each(|need| page.push_str(&of_need(need)));
        match self.verdict.refused.as_slice() {
            [] => page.push_str(&format!("\nnext: strata apply {}\n", about.id)),
            refused => {
                page.push_str("\nstill refused:\n");
                refused.iter().for_each(|one| page.push_str(&format!("  {}\n", one.text)));
            }
        }
        page
    }

    fn of_loss(&self, loss: &DataLoss) -> String {
        let address = loss.full_address();
        let by_this = self.approval.destroy_data.contains(address.as_str());
        let said = if by_this { "approved by this signature" } else { "NOT approved by it" };
        format!("  {address}  DESTROYS DATA ({}), {said}\n", loss.holds)
    }

    fn signer(&self) -> String {
        let people: Vec<String> = self
            .approval
            .persons
            .iter()
            .map(|person| format!("{} ({})", person.principal, person.group))
            .collect();
        match people.is_empty() {
            true => format!("key {}; the estate has no groups", self.approval.key),
            false => format!("{}, key {}", people.join(", "), self.approval.key),
        }
    }
}

/// What is left for later, with its bound: it is signed, too.
fn deferred(plan: &Plan) -> String {
    let most = |one: &Deferred| match one.what {
        DeferredItem::Instance(_) => Some(one.creates_max.unwrap_or(1)),
        DeferredItem::Pattern(_) => one.creates_max,
    };
    let bound: Option<u64> = plan.deferred.iter().map(most).sum();
    match (plan.deferred.len(), bound) {
        (0, _) => String::new(),
        (count, Some(most)) => {
            format!("; {count} deferred (at most {most} creates, no destroy)")
        }
        (count, None) => format!("; {count} deferred"),
    }
}

fn of_need(need: &Need) -> String {
    format!("  {}  {} of {} approvals\n", need.stack, need.have(), need.of)
}
