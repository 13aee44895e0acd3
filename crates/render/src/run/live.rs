//! What goes on right now, layer by layer, in a few lines that are drawn again and again.
//!
//! It is told what happens and the time since the run began; it has no clock. Invariant: never more than
//! [`LIVE_LINES_MAX`] lines, none wider than was asked for, so that a terminal can go back over them.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use super::took;
use crate::clean::{clean, end};

/// Most lines of the view.
pub const LIVE_LINES_MAX: usize = 8;

/// A run over the stacks of an environment.
#[derive(Debug, Default)]
pub struct LiveRun {
    doing: &'static str,
    began: Duration,
    layers: Vec<Layer>,
    stacks: HashMap<String, Stack>,
    done: usize,
    failed: usize,
}

#[derive(Debug)]
struct Layer {
    name: String,
    stacks: usize,
    done: usize,
    /// Stacks under way, by name, each with its calls and when they began.
    under_way: BTreeMap<String, BTreeMap<String, Call>>,
}

#[derive(Debug)]
struct Stack {
    layer: usize,
    ended: bool,
}

#[derive(Debug)]
struct Call {
    doing: &'static str,
    began: Duration,
}

/// How a stack's turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Without errors.
    Well,
    /// With some.
    Badly,
}

impl LiveRun {
    /// A run that does this (`planning`, `applying`) to these stacks, each with its layer, lowest first.
    pub fn new<'s>(
        doing: &'static str,
        stacks: impl IntoIterator<Item = (&'s str, &'s str)>,
        now: Duration,
    ) -> LiveRun {
        let mut run = LiveRun { doing, began: now, ..LiveRun::default() };
        for (address, layer) in stacks {
            let at = run.layers.iter().position(|one| one.name == layer).unwrap_or_else(|| {
                let name = layer.to_owned();
                run.layers.push(Layer { name, stacks: 0, done: 0, under_way: BTreeMap::new() });
                run.layers.len() - 1
            });
            run.layers[at].stacks += 1;
            run.stacks.insert(address.to_owned(), Stack { layer: at, ended: false });
        }
        run
    }

    /// Whether it does this.
    pub fn is_about(&self, doing: &str) -> bool {
        self.doing == doing
    }

    /// A stack's turn came.
    pub fn stack_began(&mut self, stack: &str) {
        if let Some(known) = self.stacks.get(stack) {
            let layer = &mut self.layers[known.layer];
            layer.under_way.entry(stack.to_owned()).or_default();
        }
    }

    /// A stack's turn is over. Of its two turns in a run, lead and trail, only the first is counted.
    pub fn stack_ended(&mut self, stack: &str, fate: Fate) {
        let Some(known) = self.stacks.get_mut(stack) else { return };
        let layer = &mut self.layers[known.layer];
        layer.under_way.remove(stack);
        if !std::mem::replace(&mut known.ended, true) {
            layer.done += 1;
            self.done += 1;
        }
        self.failed += usize::from(fate == Fate::Badly);
    }

    /// A call about an object began: `creating`.
    pub fn call_began(&mut self, stack: &str, address: &str, doing: &'static str, now: Duration) {
        if let Some(calls) = self.calls(stack) {
            calls.insert(address.to_owned(), Call { doing, began: now });
        }
    }

    /// It was answered.
    pub fn call_ended(&mut self, stack: &str, address: &str) {
        if let Some(calls) = self.calls(stack) {
            calls.remove(address);
        }
    }

    fn calls(&mut self, stack: &str) -> Option<&mut BTreeMap<String, Call>> {
        let layer = self.stacks.get(stack)?.layer;
        self.layers[layer].under_way.get_mut(stack)
    }

    /// The view.
    pub fn lines(&self, now: Duration, width: usize) -> Vec<String> {
        let under_way: usize = self.layers.iter().map(|layer| layer.under_way.len()).sum();
        let failed = match self.failed {
            0 => String::new(),
            n => format!(" · {n} FAILED"),
        };
        let mut lines = vec![format!(
            "{}: {} of {} stacks · {under_way} under way{failed} · {}",
            self.doing,
            self.done,
            self.stacks.len(),
            took(now.saturating_sub(self.began))
        )];
        let busy: Vec<&Layer> =
            self.layers.iter().filter(|layer| !layer.under_way.is_empty()).collect();
        let name = busy.iter().map(|layer| layer.name.chars().count()).max().unwrap_or(0);
        let room = LIVE_LINES_MAX - 1;
        let shown = if busy.len() > room { room - 1 } else { busy.len() };
        for layer in &busy[..shown] {
            lines.push(line(layer, name, now));
        }
        if shown < busy.len() {
            lines.push(format!("  +{} more layers", busy.len() - shown));
        }
        lines.iter().map(|line| end(&clean(line), width)).collect()
    }
}

/// A layer: how far it is, and the call that takes longest, or the stack that has none.
fn line(layer: &Layer, name: usize, now: Duration) -> String {
    let calls = layer
        .under_way
        .iter()
        .flat_map(|(stack, calls)| calls.iter().map(move |(address, call)| (stack, address, call)));
    let count: usize = layer.under_way.values().map(BTreeMap::len).sum();
    let what = match calls.min_by_key(|(_, _, call)| call.began) {
        Some((stack, address, call)) => {
            let more = if count > 1 { format!(" +{} more", count - 1) } else { String::new() };
            let since = took(now.saturating_sub(call.began));
            format!("{stack}: {} {address} ({since}){more}", call.doing)
        }
        None => layer.under_way.keys().cloned().collect::<Vec<_>>().join(", "),
    };
    format!("  {:<name$}  {} of {}  {what}", layer.name, layer.done, layer.stacks)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use insta::assert_snapshot;

    use super::{Fate, LIVE_LINES_MAX, LiveRun};

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_line_for_each_layer_that_is_under_way() {
        let stacks = [("p/net:a", "network"), ("p/net:b", "network"), ("p/db", "data")];
        let mut run = LiveRun::new("applying", stacks, s(0));
        run.stack_began("p/net:a");
        run.stack_began("p/net:b");
        run.call_began("p/net:a", "aws_vpc.main", "creating", s(1));
        run.call_began("p/net:a", "aws_eip.nat", "creating", s(2));
        assert_snapshot!(run.lines(s(21), 80).join("\n"), @r"
        applying: 0 of 3 stacks · 2 under way · 21 s
          network  0 of 2  p/net:a: creating aws_vpc.main (20 s) +1 more
        ");
        run.call_ended("p/net:a", "aws_vpc.main");
        run.call_ended("p/net:a", "aws_eip.nat");
        run.stack_ended("p/net:a", Fate::Badly);
        run.stack_began("p/db");
        assert_snapshot!(run.lines(s(62), 80).join("\n"), @r"
        applying: 1 of 3 stacks · 2 under way · 1 FAILED · 1 min 2 s
          network  1 of 2  p/net:b
          data     0 of 1  p/db
        ");
        run.stack_ended("p/net:a", Fate::Well);
        assert!(run.lines(s(63), 80)[0].starts_with("applying: 1 of 3"), "its trail counts once");
    }

    #[test]
    fn never_more_lines_than_may_be_and_none_wider() {
        let names: Vec<(String, String)> =
            (0..40).map(|n| (format!("p/s{n}"), format!("layer-{n}\u{1b}"))).collect();
        let pairs = names.iter().map(|(stack, layer)| (stack.as_str(), layer.as_str()));
        let mut run = LiveRun::new("planning", pairs, s(0));
        for (stack, _) in &names {
            run.stack_began(stack);
            run.call_began(stack, &"x".repeat(200), "reading", s(0));
        }
        let lines = run.lines(s(1), 60);
        assert_eq!(lines.len(), LIVE_LINES_MAX);
        assert!(lines.iter().all(|line| line.chars().count() <= 60 && !line.contains('\u{1b}')));
        assert_eq!(lines.last().map(String::as_str), Some("  +34 more layers"));
    }
}
