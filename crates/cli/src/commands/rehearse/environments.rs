//! Which environments are rehearsed: one, after those that it needs.
//!
//! Invariant: each stands after all whose outputs it reads and all that it is said to come after.

use estate::{EnvironmentIdx, Estate, Protection, StackGraph};

use crate::commands::estate as of_estate;
use crate::session::Session;

/// The environments of a rehearsal.
pub(super) struct Order {
    /// The estate's name.
    pub(super) estate: String,
    /// All, in the order in which they are made.
    pub(super) all: Vec<String>,
    /// Whether the last was named by the user.
    pub(super) named: bool,
}

impl Order {
    /// The one that the rehearsal is about: the last.
    pub(super) fn target(&self) -> &str {
        self.all.last().expect("BUG: at least one environment is rehearsed")
    }
}

/// The environments that this one needs, and itself; errors are in the session.
pub(super) fn needed(session: &mut Session<'_>, named: Option<&str>) -> Option<Order> {
    let file = of_estate::read_file(session)?;
    let target = match named {
        Some(_) => {
            let found = of_estate::environment_of(&file, &[], named);
            session.heed(found)?
        }
        None => default(&file.estate),
    };
    let all: Vec<EnvironmentIdx> = indices(&file.estate).collect();
    let graphs = of_estate::graphs(session, &file, &all)?;
    let mut order = Vec::new();
    visit(&file.estate, &graphs, target, &mut Vec::new(), &mut order);
    let name = |one: &EnvironmentIdx| file.estate[*one].name.node.to_string();
    Some(Order {
        estate: file.estate.name.node.to_string(),
        all: order.iter().map(name).collect(),
        named: named.is_some(),
    })
}

fn indices(estate: &Estate) -> impl DoubleEndedIterator<Item = EnvironmentIdx> {
    (0..estate.environments.len()).map(|at| EnvironmentIdx(at as u32))
}

/// The last protected one, or the last.
fn default(estate: &Estate) -> EnvironmentIdx {
    let mut all = indices(estate).rev();
    let last = EnvironmentIdx(estate.environments.len().saturating_sub(1) as u32);
    all.find(|one| estate[*one].protection == Protection::Protected).unwrap_or(last)
}

/// Takes an environment in after all that it needs. As deep as there are environments, and each once.
fn visit(
    estate: &Estate,
    graphs: &[StackGraph],
    one: EnvironmentIdx,
    under_way: &mut Vec<EnvironmentIdx>,
    order: &mut Vec<EnvironmentIdx>,
) {
    if order.contains(&one) || under_way.contains(&one) {
        return;
    }
    under_way.push(one);
    let read = graphs[one.0 as usize].outside.iter().map(|instance| instance.environment);
    let mut before: Vec<EnvironmentIdx> = estate[one].after.iter().copied().chain(read).collect();
    before.sort_unstable();
    before.dedup();
    before.into_iter().for_each(|other| visit(estate, graphs, other, under_way, order));
    under_way.pop();
    order.push(one);
}
