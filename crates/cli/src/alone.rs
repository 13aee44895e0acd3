//! A folder without strata.hcl is a root module of its own, with a state of its own.
//!
//! Who goes into a stack's folder and plans there would make all of it anew, beside what the estate's store holds: that
//! is said. Invariant: what only estates take is refused here, never passed over.

use diag::{Diagnostic, Diags, SourceMap};
use estate::StackIdx;

use crate::args::ChoiceArgs;
use crate::commands::Context;

/// Refuses addresses of stacks and options that choose among them; warns where the folder is a stack of an estate.
pub(crate) fn check(
    context: &Context<'_>,
    addresses: &[String],
    choice: &ChoiceArgs,
    diags: &mut Diags,
) {
    let chooses = choice.env.is_some() || choice.narrows() || choice.with_dependents;
    let estate = estate_of(context);
    if chooses || !addresses.is_empty() {
        let diagnostic =
            Diagnostic::error("no-estate", "This folder is no estate").detail(format!(
                "Stacks are chosen in an estate, and {} holds no strata.hcl.",
                context.dir.display()
            ));
        diags.push(match &estate {
            Some((dir, address)) => {
                diagnostic.remedy(format!("It is `{address}` of the estate at {dir}: -chdir={dir}"))
            }
            None => diagnostic.remedy("Go to the estate's folder, or name it with -chdir=DIR."),
        });
    } else if let Some((dir, address)) = estate {
        diags.push(
            Diagnostic::warning("stack-alone", "A stack is taken for a root module of its own")
                .detail(format!(
                    "This folder is the stack `{address}` of the estate at {dir}. Here its state is a file beside it, so that nothing of what the estate's store holds is known."
                ))
                .remedy(format!("To work on the estate: -chdir={dir}")),
        );
    }
}

/// The folder of the estate that has this folder as a stack's root module, and the stack's name.
fn estate_of(context: &Context<'_>) -> Option<(String, String)> {
    let mut above = context.dir.ancestors().skip(1);
    let dir = above.find(|dir| run::estate::has_estate(context.host, dir))?;
    let (mut sources, mut unheard) = (SourceMap::new(), Diags::new());
    let file = run::estate::read(context.host, dir, &mut sources, &mut unheard)?;
    let mut stacks = (0..file.estate.stacks.len()).map(|at| StackIdx(at as u32));
    let own = stacks.find(|stack| run::estate::stack_dir(&file, *stack) == context.dir)?;
    Some((dir.display().to_string(), file.estate[own].name.node.to_string()))
}
