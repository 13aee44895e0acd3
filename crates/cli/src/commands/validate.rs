//! `strata validate`: the configuration checked without credentials, providers or network.
//!
//! In a root module that was prepared by `init` the providers' schemas are used, too, as `tofu validate` does.

use diag::{Diags, SourceMap};
use lang::config::BackendRule;
use lang::graph::StaticGraph;
use run::load;

use super::Context;
use crate::args::ValidateArgs;
use crate::exit::Exit;
use crate::report::Format;
use crate::session;

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, args: &ValidateArgs) -> Exit {
    if context.is_estate() {
        return session::run(context, 1, |mut session| async move {
            super::estate::validate::check(&mut session, args);
            told(context, &session.diags, &session.sources)
        });
    }
    let mut sources = SourceMap::new();
    let mut diags = Diags::new();
    root(context, &mut sources, &mut diags);
    told(context, &diags, &sources)
}

fn told(context: &Context<'_>, diags: &Diags, sources: &SourceMap) -> Exit {
    let failed = diags.has_errors();
    match context.format {
        Format::Json => context.out(&render::validation_json(diags, sources)),
        Format::Text => {
            context.report_in(diags, sources);
            if !failed {
                context.out("Valid.\n");
            }
        }
    }
    if failed { Exit::Failed } else { Exit::Done }
}

fn root(context: &Context<'_>, sources: &mut SourceMap, diags: &mut Diags) {
    let host = context.host;
    if !load::has_configuration(host, &context.dir) {
        diags.push(load::no_configuration(&context.dir.display().to_string()));
        return;
    }
    let nothing = Default::default();
    let loaded = load::load(host, &context.dir, BackendRule::Honoured, nothing, sources, diags);
    if let Some(loaded) = loaded {
        StaticGraph::build(&loaded.config, diags);
    }
}
