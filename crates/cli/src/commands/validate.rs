//! `strata validate`: the configuration checked without credentials, providers or network.
//!
//! What provider schemas are in the program, or are given, is held against the blocks of resources and providers as far as
//! their syntax tells.

use diag::{Diags, SourceMap};
use lang::body::Absent;
use lang::config::BackendRule;
use lang::graph::StaticGraph;
use run::load;

use super::Context;
use crate::args::ValidateArgs;
use crate::exit::Exit;
use crate::report::Format;
use crate::{schemas, session};

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
    root(context, args, &mut sources, &mut diags);
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

fn root(context: &Context<'_>, args: &ValidateArgs, sources: &mut SourceMap, diags: &mut Diags) {
    let host = context.host;
    if !load::has_configuration(host, &context.dir) {
        diags.push(load::no_configuration(&context.dir.display().to_string()));
        return;
    }
    let nothing = Default::default();
    let loaded = load::load(host, &context.dir, BackendRule::Honoured, nothing, sources, diags);
    if let Some(loaded) = loaded {
        StaticGraph::build(&loaded.config, diags);
        let configs = [(&*loaded.config, Absent::Reported)];
        schemas::check(host, &context.dir, &args.schema, &configs, diags);
    }
}
