//! The last lines that a process printed, for the diagnostic when it fails.
//!
//! Providers log in JSON, one object a line; of those the message is kept, and what is mere tracing is dropped.
//! Invariant: at most [`LINES_MAX`] lines of at most [`LINE_BYTES_MAX`] bytes are held, however much is printed.

use std::collections::VecDeque;
use std::sync::Mutex;

use serde_json::Value as Json;

/// Greatest number of lines kept.
pub(crate) const LINES_MAX: usize = 40;

/// Greatest length of a kept line, in bytes.
const LINE_BYTES_MAX: usize = 2_000;

/// The last lines printed.
#[derive(Debug, Default)]
pub(super) struct Lines {
    kept: Mutex<Ring>,
}

#[derive(Debug, Default)]
struct Ring {
    lines: VecDeque<String>,
    /// Of the newest line, what has come of it.
    open: Vec<u8>,
}

impl Lines {
    /// Takes what was printed, in any pieces.
    pub(super) fn take(&self, bytes: &[u8]) {
        let mut ring = self.kept.lock().expect("BUG: a holder of the lines panicked");
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let room = LINE_BYTES_MAX.saturating_sub(ring.open.len());
            let (text, ends) = match piece.split_last() {
                Some((b'\n', text)) => (text, true),
                _ => (piece, false),
            };
            ring.open.extend_from_slice(&text[..text.len().min(room)]);
            if ends {
                ring.close();
            }
        }
    }

    /// The lines kept, oldest first.
    pub(super) fn last(&self) -> Vec<String> {
        let mut ring = self.kept.lock().expect("BUG: a holder of the lines panicked");
        ring.close();
        ring.lines.iter().cloned().collect()
    }
}

impl Ring {
    fn close(&mut self) {
        let open = std::mem::take(&mut self.open);
        let text = String::from_utf8_lossy(&open);
        let Some(line) = readable(text.trim_end()) else { return };
        if self.lines.len() == LINES_MAX {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }
}

/// What a person wants of a line; nothing of an empty one, or of a trace.
fn readable(line: &str) -> Option<String> {
    if line.is_empty() {
        return None;
    }
    let Some(Json::Object(entry)) =
        line.starts_with('{').then(|| serde_json::from_str(line).ok()).flatten()
    else {
        return Some(line.to_owned());
    };
    let text = |key: &str| entry.get(key).and_then(Json::as_str);
    let (Some(level), Some(message)) = (text("@level"), text("@message")) else {
        return Some(line.to_owned());
    };
    if matches!(level, "trace" | "debug") {
        return None;
    }
    let mut shown = format!("{level}: {message}");
    for (key, value) in &entry {
        if !key.starts_with('@') {
            shown.push_str(&format!(" {key}={value}"));
        }
    }
    Some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_gathered_from_pieces_and_the_oldest_go() {
        let lines = Lines::default();
        lines.take(b"one\ntw");
        lines.take(b"o\n\n");
        assert_eq!(lines.last(), ["one", "two"]);
        for number in 0..100 {
            lines.take(format!("line {number}\n").as_bytes());
        }
        assert_eq!(lines.last().len(), LINES_MAX);
        assert_eq!(lines.last().last().unwrap(), "line 99");
        lines.take(&[b'x'; 10_000]);
        assert_eq!(lines.last().last().unwrap().len(), LINE_BYTES_MAX);
    }

    #[test]
    fn structured_logs_are_read() {
        let lines = Lines::default();
        lines.take(b"{\"@level\":\"debug\",\"@message\":\"plugin address\"}\n");
        lines.take(
            b"{\"@level\":\"error\",\"@message\":\"no luck\",\"code\":7}\n{\"a\":1}\npanic: x\n",
        );
        assert_eq!(lines.last(), ["error: no luck code=7", "{\"a\":1}", "panic: x"]);
    }
}
