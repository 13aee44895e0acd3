//! Lines, and the choice of lines where there is not room for all.
//!
//! Each section of a page has items; an item has a short form of one line, and a full one. Invariant: what is left out
//! is counted in a line of its own, `+12 more`, and the lines chosen are never more than there is room for.

use crate::paint::Paint;

/// How a line looks on a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Alarm,
    Notice,
    Bold,
    Dim,
}

/// A line of the page, cleaned, without its end.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) tone: Tone,
}

impl Line {
    pub(super) fn new(tone: Tone, text: impl Into<String>) -> Line {
        let text: String = text.into();
        Line { text: text.trim_end().to_owned(), tone }
    }

    pub(super) fn plain(text: impl Into<String>) -> Line {
        Line::new(Tone::Plain, text)
    }

    /// As a terminal or a file gets it, with its end.
    pub(super) fn print(&self, paint: Paint, out: &mut String) {
        match self.tone {
            _ if self.text.is_empty() => {}
            Tone::Plain => out.push_str(&self.text),
            Tone::Alarm => out.push_str(&paint.red(&self.text)),
            Tone::Notice => out.push_str(&paint.yellow(&self.text)),
            Tone::Bold => out.push_str(&paint.bold(&self.text)),
            Tone::Dim => out.push_str(&paint.dim(&self.text)),
        }
        out.push('\n');
    }
}

/// Something that is told, at length or in a line.
pub(super) struct Item {
    pub(super) brief: Line,
    /// The full form; the same line alone where there is no more to say.
    pub(super) full: Vec<Line>,
}

impl Item {
    pub(super) fn line(line: Line) -> Item {
        Item { full: vec![line.clone()], brief: line }
    }
}

/// How many lines the items take at full length.
pub(super) fn wanted(items: &[Item]) -> usize {
    items.iter().map(|item| item.full.len()).sum()
}

/// Shares lines out: each section gets its base first, then in order what is left, none more than it wants.
pub(super) fn share<const N: usize>(
    room: usize,
    wanted: [usize; N],
    base: [usize; N],
) -> [usize; N] {
    let mut left = room;
    let mut given = [0; N];
    for limits in [base, [usize::MAX; N]] {
        for section in 0..N {
            let more = (wanted[section] - given[section]).min(limits[section]).min(left);
            given[section] += more;
            left -= more;
        }
    }
    given
}

/// The lines of as many items as there is room for, the first at full length where that fits.
pub(super) fn choose(items: &[Item], room: usize, out: &mut Vec<Line>) {
    if wanted(items) <= room {
        out.extend(items.iter().flat_map(|item| item.full.iter().cloned()));
        return;
    }
    let Some(room) = room.checked_sub(1) else { return };
    // The first in full, if it fits: it matters most. Then as many as there is room for, a line each; then what is
    // left of the room makes the next ones full.
    let lead = items.first().map_or(0, |item| item.full.len());
    let lead_extra = if lead <= room { lead - 1 } else { 0 };
    let shown = items.len().min(room - lead_extra);
    let mut extra = room - shown;
    for item in &items[..shown] {
        let more = item.full.len() - 1;
        if more <= extra {
            extra -= more;
            out.extend(item.full.iter().cloned());
        } else {
            out.push(item.brief.clone());
        }
    }
    if shown < items.len() {
        out.push(Line::plain(format!("  +{} more", items.len() - shown)));
    }
}

#[cfg(test)]
mod tests {
    use super::{Item, Line, choose, share};

    fn items(lengths: &[usize]) -> Vec<Item> {
        let item = |(at, length): (usize, &usize)| Item {
            brief: Line::plain(format!("{at}")),
            full: (0..*length).map(|n| Line::plain(format!("{at}.{n}"))).collect(),
        };
        lengths.iter().enumerate().map(item).collect()
    }

    fn check(lengths: &[usize], room: usize, expect: &str) {
        let mut lines = Vec::new();
        choose(&items(lengths), room, &mut lines);
        let text: Vec<&str> = lines.iter().map(|line| line.text.trim()).collect();
        assert_eq!(text.join(" "), expect);
        assert!(lines.len() <= room);
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        check(&[2, 2], 4, "0.0 0.1 1.0 1.1");
        check(&[2, 2], 3, "0.0 0.1 +1 more");
        check(&[3, 3, 3], 6, "0.0 0.1 0.2 1 2");
        check(&[1, 1, 1, 1], 3, "0.0 1.0 +2 more");
        check(&[4, 1], 2, "0 +1 more");
        check(&[1, 1], 1, "+2 more");
        check(&[1], 0, "");
    }

    #[test]
    fn each_section_gets_its_base_first() {
        assert_eq!(share(10, [20, 1, 20], [4, 4, 4]), [5, 1, 4]);
        assert_eq!(share(20, [3, 1, 30], [4, 4, 4]), [3, 1, 16]);
    }
}
