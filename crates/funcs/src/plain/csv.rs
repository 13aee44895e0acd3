//! Comma-separated values by RFC 4180, with the liberties and refusals of Go's `encoding/csv`: empty lines are skipped,
//! a quote inside a bare field is a fault, every record has as many fields as the first.
//! Invariant: the first record is the header, and its names are distinct.

/// A table: the header and the rows below it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

/// Reads a table.
pub(crate) fn parse(text: &str) -> Result<Table, String> {
    let mut reader = Reader { rest: text, line: 0 };
    let header = reader.record()?.ok_or("the header line is missing")?;
    for (at, name) in header.iter().enumerate() {
        if header[..at].contains(name) {
            return Err(format!("two columns have the name {name:?}"));
        }
    }
    let mut rows = Vec::new();
    while let Some(row) = reader.record()? {
        if row.len() != header.len() {
            let (line, given, expected) = (reader.line, row.len(), header.len());
            return Err(format!("line {line} has {given} fields, but the header has {expected}"));
        }
        rows.push(row);
    }
    Ok(Table { header, rows })
}

struct Reader<'a> {
    rest: &'a str,
    /// Number of the last line read, from 1.
    line: usize,
}

impl<'a> Reader<'a> {
    /// The next line without its end; `None` behind the last.
    fn line(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        self.line += 1;
        let (line, rest) = match self.rest.split_once('\n') {
            Some((line, rest)) => (line, rest),
            None => (self.rest, ""),
        };
        self.rest = rest;
        Some(line.strip_suffix('\r').unwrap_or(line))
    }

    fn record(&mut self) -> Result<Option<Vec<String>>, String> {
        let mut line = loop {
            match self.line() {
                None => return Ok(None),
                Some("") => {}
                Some(line) => break line,
            }
        };
        let mut fields = Vec::new();
        loop {
            let ends = if let Some(quoted) = line.strip_prefix('"') {
                let (field, rest) = self.quoted(quoted)?;
                fields.push(field);
                line = rest;
                rest.is_empty()
            } else {
                let end = line.find(',').unwrap_or(line.len());
                if line[..end].contains('"') {
                    return Err(self.error("a quote stands inside a field that is not quoted"));
                }
                fields.push(line[..end].to_owned());
                line = &line[end..];
                line.is_empty()
            };
            if ends {
                return Ok(Some(fields));
            }
            // What is left begins with the comma.
            line = &line[1..];
        }
    }

    /// Reads a quoted field behind its opening quote, over line ends if need be; gives what follows it: a comma or nothing.
    fn quoted(&mut self, mut line: &'a str) -> Result<(String, &'a str), String> {
        let mut field = String::new();
        loop {
            let Some(end) = line.find('"') else {
                field.push_str(line);
                // A line's end inside quotes belongs to the field, as a single newline.
                line = self.line().ok_or_else(|| self.error("a quoted field is not closed"))?;
                field.push('\n');
                continue;
            };
            field.push_str(&line[..end]);
            line = &line[end + 1..];
            if let Some(rest) = line.strip_prefix('"') {
                field.push('"');
                line = rest;
            } else if line.is_empty() || line.starts_with(',') {
                return Ok((field, line));
            } else {
                return Err(self.error("a quote inside a quoted field is not doubled"));
            }
        }
    }

    fn error(&self, what: &str) -> String {
        format!("line {}: {what}", self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[&[&str]]) {
        let table = parse(text).expect(text);
        let got: Vec<Vec<String>> = [table.header].into_iter().chain(table.rows).collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn tables() {
        check("a,b\n1,2\n", &[&["a", "b"], &["1", "2"]]);
        check("a,b\r\n\r\n1,\r\n,2", &[&["a", "b"], &["1", ""], &["", "2"]]);
        check("a\n\"x,\"\"y\"\"\"\n", &[&["a"], &["x,\"y\""]]);
        check("a\n\"x\r\n\ny\"", &[&["a"], &["x\n\ny"]]);
        check("\"a\",b\n\"\",\"\"\n", &[&["a", "b"], &["", ""]]);
        check("a", &[&["a"]]);
    }

    #[test]
    fn faults_name_their_line() {
        let check = |text: &str, expect: &str| assert_eq!(parse(text), Err(expect.to_owned()));
        check("", "the header line is missing");
        check("\n\n", "the header line is missing");
        check("a,a\n", "two columns have the name \"a\"");
        check("a,b\n1\n", "line 2 has 1 fields, but the header has 2");
        check("a\nx\"y\n", "line 2: a quote stands inside a field that is not quoted");
        check("a\n\"x\"y\n", "line 2: a quote inside a quoted field is not doubled");
        check("a\n\"x\n", "line 2: a quoted field is not closed");
    }
}
