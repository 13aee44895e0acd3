//! Measuring one run of a program with its children, from Linux's own accounting.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often memory is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(4);

/// What one run took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figures {
    /// Seconds from start to end.
    pub(crate) wall: f64,
    /// User and system seconds of the program and of all children that it waited for.
    pub(crate) cpu: f64,
    /// Highest sum of resident memory over the process and those below it, in megabytes.
    pub(crate) memory_mb: f64,
}

impl Figures {
    /// The median of each figure.
    pub(crate) fn median(all: &[Figures]) -> Figures {
        let of = |figure: fn(&Figures) -> f64| {
            let mut values: Vec<f64> = all.iter().map(figure).collect();
            values.sort_by(f64::total_cmp);
            values[values.len() / 2]
        };
        Figures { wall: of(|f| f.wall), cpu: of(|f| f.cpu), memory_mb: of(|f| f.memory_mb) }
    }
}

/// Runs a command to its end; an exit code other than 0 is an error with what it said.
pub(crate) fn measure(mut command: Command) -> Result<Figures, String> {
    let cpu_before = children_cpu();
    let begun = Instant::now();
    let log = std::env::temp_dir().join(format!("strata-bench-{}.log", std::process::id()));
    let file = fs::File::create(&log).map_err(|e| e.to_string())?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(file)
        .spawn()
        .map_err(|e| format!("{:?}: {e}", command.get_program()))?;
    let mut peak = 0;
    let status = loop {
        peak = peak.max(tree_memory_kb(child.id()));
        if let Some(status) = child.try_wait().map_err(|e| e.to_string())? {
            break status;
        }
        std::thread::sleep(LOOK_EVERY);
    };
    let wall = begun.elapsed().as_secs_f64();
    if !status.success() {
        let said = fs::read_to_string(&log).unwrap_or_default();
        return Err(format!("{command:?} failed: {status}\n{said}"));
    }
    Ok(Figures { wall, cpu: children_cpu() - cpu_before, memory_mb: peak as f64 / 1024.0 })
}

/// User and system seconds of all children waited for so far: `cutime` and `cstime` of proc(5), in ticks of 1/100 s.
fn children_cpu() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    let columns: Vec<&str> = after_name.split(' ').collect();
    let ticks = |at: usize| columns.get(at).and_then(|c| c.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(13) + ticks(14)) / 100.0
}

/// Resident kilobytes of a process and all below it, now; of a single process its highest mark so far.
fn tree_memory_kb(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let figure = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0)
    };
    let children: Vec<u32> = fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|list| list.split_whitespace().filter_map(|c| c.parse().ok()).collect::<Vec<_>>())
        .collect();
    figure("VmHWM:") + children.into_iter().map(tree_memory_kb).sum::<u64>()
}
