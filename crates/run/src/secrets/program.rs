//! Asking `sops` itself, for what our own code does not open: other kinds of keys, other formats.

use std::path::Path;
use std::time::Duration;

use host::programs::{Program, ProgramError, run};

/// How long it may take: it may ask a key service.
const TIME_MAX: Duration = Duration::from_secs(60);
/// Longest file that it may print, in bytes.
const OUTPUT_BYTES_MAX: u64 = 4 << 20;

/// The whole file, decrypted, as JSON.
pub(super) fn decrypt(
    file: &Path,
    dir: &Path,
    environment: &[(String, String)],
) -> Result<String, ProgramError> {
    let file = file.display().to_string();
    let args = ["--decrypt", "--output-type", "json", file.as_str()].map(str::to_owned);
    let program = Program {
        name: "sops",
        args: &args,
        dir,
        environment,
        time_max: TIME_MAX,
        output_bytes_max: OUTPUT_BYTES_MAX,
    };
    let output = run(&program)?;
    String::from_utf8(output.out)
        .map_err(|_| ProgramError::Start("what it printed is not UTF-8".to_owned()))
}
