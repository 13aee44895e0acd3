//! One file per command; and what all of them are given.

mod access;
mod adopt;
pub(crate) mod apply;
mod approve;
pub(crate) mod audit;
mod ci;
mod console;
pub(crate) mod drift;
mod eject;
pub(crate) mod estate;
mod fmt;
mod freeze;
mod graph;
pub(crate) mod init;
mod list;
mod lock;
mod new;
mod output;
pub(crate) mod plan;
mod policy;
mod providers;
mod rehearse;
mod shadow;
mod show;
mod state;
mod store;
mod validate;
mod version;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Parser as _;
use clap::error::ErrorKind;
use diag::{Diags, SourceMap};
use host::{Host, Stream};
use render::Paint;

use crate::args::{Cli, Command};
use crate::exit::Exit;
use crate::report::{self, Format};

/// What each command is given beside its own arguments.
pub(crate) struct Context<'a> {
    /// The world.
    pub(crate) host: &'a Host,
    /// The folder that the command works in.
    pub(crate) dir: PathBuf,
    /// How to answer.
    pub(crate) format: Format,
    /// Colours on standard output.
    pub(crate) paint: Paint,
    /// The arguments as typed, long options with two dashes: their order counts for variables.
    pub(crate) raw: Vec<String>,
}

impl Context<'_> {
    /// Whether the folder is an estate.
    pub(crate) fn is_estate(&self) -> bool {
        run::estate::has_estate(self.host, &self.dir)
    }

    /// Writes diagnostics that have no place.
    pub(crate) fn report(&self, diags: &Diags) {
        self.report_in(diags, &SourceMap::new());
    }

    /// Writes diagnostics.
    pub(crate) fn report_in(&self, diags: &Diags, sources: &SourceMap) {
        report::diagnostics(self.host, diags, sources, self.format, self.paint);
    }

    /// Writes to standard output.
    pub(crate) fn out(&self, text: &str) {
        self.host.terminal.write(Stream::Out, text);
    }

    /// A path as the user would type it.
    pub(crate) fn shown(&self, path: &Path) -> String {
        let inside = path.strip_prefix(&self.dir).unwrap_or(path);
        inside.strip_prefix(".").unwrap_or(inside).display().to_string()
    }
}

/// Reads the arguments and runs the command.
pub(crate) fn main(host: &Host, args: Vec<OsString>) -> Exit {
    let args = crate::dash::double(args);
    let raw = args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) => return usage(host, &error),
    };
    let dir = cli.chdir.as_ref().map_or_else(|| host.cwd().to_owned(), |dir| host.cwd().join(dir));
    let colour = host.terminal.is_terminal(Stream::Out)
        && !cli.no_color
        && !host.environment.has("NO_COLOR");
    let paint = if colour { Paint::Colour } else { Paint::Plain };
    let format = if cli.json { Format::Json } else { Format::Text };
    let context = Context { host, dir, format, paint, raw };
    match &cli.command {
        Command::New(args) => new::run(&context, args),
        Command::Init(args) => init::run(&context, args),
        Command::Validate(args) => validate::run(&context, args),
        Command::Plan(args) => plan::run(&context, args),
        Command::Resume(args) => estate::resume::run(&context, args),
        Command::Approve(args) => approve::run(&context, args),
        Command::Rehearse(args) => rehearse::run(&context, args),
        Command::Freeze(args) => freeze::run(&context, args),
        Command::Thaw(args) => freeze::run_thaw(&context, args),
        Command::Apply(args) => apply::run(&context, args),
        Command::Destroy(args) => apply::run_destroy(&context, args),
        Command::Fmt(args) => fmt::run(&context, args),
        Command::Audit(command) => audit::run(&context, command),
        Command::Output(args) => output::run(&context, args),
        Command::State(command) => state::run(&context, command),
        Command::Store(command) => store::run(&context, command),
        Command::Lock(command) => lock::run(&context, command),
        Command::Adopt(args) => adopt::run(&context, args),
        Command::Shadow(args) => shadow::run(&context, args),
        Command::Show(args) => show::run(&context, args),
        Command::List(args) => list::run(&context, args),
        Command::Why(args) => estate::why::run(&context, args),
        Command::Affected(args) => estate::affected::run(&context, args),
        Command::Drift(args) => drift::run(&context, args),
        Command::Access(args) => access::run(&context, args),
        Command::Console(args) => console::run(&context, args),
        Command::Graph(args) => graph::run(&context, args),
        Command::Providers(args) => providers::run(&context, args),
        Command::Eject(args) => eject::run(&context, args),
        Command::Ci(command) => ci::run(&context, command),
        Command::Policy(command) => policy::run(&context, command),
        Command::Version => version::run(&context),
    }
}

/// Help, or what is wrong with the arguments.
fn usage(host: &Host, error: &clap::Error) -> Exit {
    let text = error.render().to_string();
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    ) {
        host.terminal.write(Stream::Out, &text);
        return Exit::Done;
    }
    host.terminal.write(Stream::Err, &text);
    Exit::Failed
}
