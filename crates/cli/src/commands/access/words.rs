//! Tables of access as text and as Markdown: columns, cells and paths. JSON is `document`'s.

use access::aws::Comer;
use access::{Answer, Cell, Class, Decision, Holder, Right, Rights, Row};

/// How a table is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// In columns.
    Text,
    /// For a pull request.
    Markdown,
}

/// Whether paths are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paths {
    /// Only cells.
    Left,
    /// Each cell with what grants it.
    Told,
}

/// Places that are named in one cell.
const PLACES_MAX: usize = 6;

/// Doubts that are told of one answer.
const DOUBTS_MAX: usize = 4;

/// A table of rows with what is told below each.
pub(super) struct Table {
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<(Vec<String>, Vec<String>)>,
}

impl Table {
    /// The table in a form.
    pub(super) fn drawn(&self, form: Form) -> String {
        match form {
            Form::Text => self.text(),
            Form::Markdown => self.markdown(),
        }
    }

    fn text(&self) -> String {
        let mut widths: Vec<usize> = self.head.iter().map(|one| one.chars().count()).collect();
        for (row, _) in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let line = |row: &[String]| {
            let cells: Vec<String> =
                row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            format!("  {}\n", cells.join("  ").trim_end())
        };
        let mut out = line(&self.head);
        for (row, below) in &self.rows {
            out.push_str(&line(row));
            below.iter().for_each(|told| out.push_str(&format!("      {told}\n")));
        }
        out
    }

    fn markdown(&self) -> String {
        let line = |row: &[String]| {
            let cells: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let mut out = line(&self.head);
        out.push_str(&format!("|{}\n", " --- |".repeat(self.head.len())));
        for (row, _) in &self.rows {
            out.push_str(&line(row));
        }
        let told: Vec<&(Vec<String>, Vec<String>)> =
            self.rows.iter().filter(|(_, below)| !below.is_empty()).collect();
        if !told.is_empty() {
            out.push('\n');
        }
        for (row, below) in told {
            out.push_str(&format!("- {}\n", escaped(&row.join(" "))));
            below.iter().for_each(|one| out.push_str(&format!("  - {}\n", escaped(one))));
        }
        out
    }
}

/// A text that is nothing but text in Markdown.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '|' | '*' | '_' | '`' | '<' | '>' | '[' | ']' | '\\' | '#' | '~' | '!' | '&' => {
                out.push('\\');
                out.push(letter);
            }
            '@' => out.push_str("&#64;"),
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}

/// A word for an answer in a table, where nothing is a dot.
fn word(answer: Answer) -> &'static str {
    if answer == Answer::No { "." } else { answer.word() }
}

/// What teams may do with stacks. Rows of nothing are left out.
pub(super) fn rights(all: &[Rights], paths: Paths) -> Table {
    let head =
        ["stack", "layer", "team", "read", "plan", "apply", "approve"].map(str::to_owned).to_vec();
    let mut rows = Vec::new();
    for one in all {
        if one.rights.iter().all(|(_, decision)| decision.answer == Answer::No) {
            continue;
        }
        let mut row = vec![one.stack.to_string(), one.layer.to_string(), one.team.to_string()];
        row.extend(Right::ALL.iter().filter_map(|right| {
            let (_, decision) = one.rights.iter().find(|(known, _)| known == right)?;
            Some(word(decision.answer).to_owned())
        }));
        let told = match paths {
            Paths::Left => Vec::new(),
            Paths::Told => one
                .rights
                .iter()
                .filter(|(_, decision)| decision.answer != Answer::No)
                .flat_map(|(right, decision)| {
                    lines(&format!("{}: {}", right.word(), decision.answer), decision)
                })
                .collect(),
        };
        rows.push((row, told));
    }
    Table { head, rows }
}

/// What identities hold.
pub(super) fn identities(rows: &[Row], paths: Paths) -> Table {
    let mut head = vec!["identity".to_owned()];
    head.extend(Class::ALL.iter().map(|class| class.word().to_owned()));
    let row = |row: &Row| {
        let mut cells = vec![row.name.to_string()];
        cells.extend(Class::ALL.iter().map(|class| places(row, *class)));
        let mut told = Vec::new();
        if paths == Paths::Told {
            for cell in &row.cells {
                let title = format!(
                    "{} {}: {}, {}",
                    cell.class.word(),
                    cell.place,
                    cell.decision.answer,
                    cell.what
                );
                told.extend(lines(&title, &cell.decision));
            }
            told.extend(comers(&row.comers));
        }
        (cells, told)
    };
    Table { head, rows: rows.iter().map(row).collect() }
}

fn places(row: &Row, class: Class) -> String {
    let of: Vec<&Cell> = row.cells.iter().filter(|cell| cell.class == class).collect();
    let place = |cell: &&Cell| match cell.decision.answer {
        Answer::Yes | Answer::No => last(&cell.place),
        answer => format!("{} {}", last(&cell.place), answer.word()),
    };
    if of.is_empty() {
        return ".".to_owned();
    }
    let told: Vec<String> = of.iter().take(PLACES_MAX).map(place).collect();
    match of.len().saturating_sub(PLACES_MAX) {
        0 => told.join(", "),
        more => format!("{} +{more}", told.join(", ")),
    }
}

/// The last part of an ARN or of a scope; else all of it.
pub(super) fn last(place: &str) -> String {
    if place.starts_with('/') || (place.starts_with("arn:") && !place.ends_with(":root")) {
        place.rsplit('/').next().unwrap_or(place).to_owned()
    } else {
        place.to_owned()
    }
}

/// Everybody who may do one thing.
pub(super) fn holders(all: &[Holder]) -> Table {
    let row = |one: &Holder| {
        let name =
            if one.outside { format!("{} (outside)", one.name) } else { one.name.to_string() };
        let mut told = lines("", &one.decision);
        told.extend(comers(&one.comers));
        (vec![name, one.realm.word().to_owned(), word(one.decision.answer).to_owned()], told)
    };
    Table {
        head: ["who", "in", "can"].map(str::to_owned).to_vec(),
        rows: all.iter().map(row).collect(),
    }
}

/// A decision in lines: its path, its conditions, its doubts.
pub(super) fn lines(title: &str, decision: &Decision) -> Vec<String> {
    let indent = if title.is_empty() { "" } else { "  " };
    let mut all: Vec<String> = (!title.is_empty()).then(|| title.to_owned()).into_iter().collect();
    all.extend(decision.path.iter().map(|step| format!("{indent}by {step}")));
    all.extend(decision.conditions.iter().map(|one| format!("{indent}if {one}")));
    all.extend(
        decision.doubts.iter().take(DOUBTS_MAX).map(|one| format!("{indent}not known: {one}")),
    );
    if decision.doubts.len() > DOUBTS_MAX {
        all.push(format!("{indent}not known: {} more", decision.doubts.len() - DOUBTS_MAX));
    }
    all
}

fn comers(all: &[Comer]) -> Vec<String> {
    let told = |Comer { who, decision, .. }: &Comer| {
        let under = if decision.conditions.is_empty() {
            String::new()
        } else {
            format!(", if {}", decision.conditions.join(" and "))
        };
        let doubts = if decision.doubts.is_empty() {
            String::new()
        } else {
            format!(", not known: {}", decision.doubts.join("; "))
        };
        format!("taken by {who}{under}{doubts}")
    };
    all.iter().map(told).collect()
}
