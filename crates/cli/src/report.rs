//! Diagnostics and results to the terminal, as text or JSON.

use diag::{Diags, SourceMap};
use host::{Host, Stream};
use render::Paint;

/// How a command answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Writes diagnostics to standard error, as text or in JSON one object per line: standard output holds only what was
/// asked for.
pub(crate) fn diagnostics(
    host: &Host,
    diags: &Diags,
    sources: &SourceMap,
    format: Format,
    paint: Paint,
) {
    match format {
        Format::Text => {
            host.terminal.write(Stream::Err, &render::diagnostics(diags, sources, paint))
        }
        Format::Json => {
            for one in diags {
                let mut line = render::diagnostic_json(one, sources).to_string();
                line.push('\n');
                host.terminal.write(Stream::Err, &line);
            }
        }
    }
}
