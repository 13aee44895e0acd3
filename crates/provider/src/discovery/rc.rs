//! The syntax of the command-line configuration files: HCL's first version, or JSON.
//!
//! Not the language of modules: names may be quoted (`"hashicorp/aws" = "/path"`) and there are no expressions. Only
//! the tree is made here. Invariant: nesting is limited, so that reading is too.

/// A name with labels, and what it stands for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item {
    /// The name, then the labels.
    pub(super) keys: Vec<String>,
    pub(super) value: Node,
    /// From 1; 0 in JSON.
    pub(super) line: u32,
}

impl Item {
    pub(super) fn name(&self) -> &str {
        self.keys.first().map_or("", String::as_str)
    }
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Text(String),
    Number(String),
    Bool(bool),
    List(Vec<Node>),
    Object(Vec<Item>),
}

impl Node {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn object(&self) -> Option<&[Item]> {
        match self {
            Node::Object(items) => Some(items),
            _ => None,
        }
    }
}

/// Where and why a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RcError {
    pub(super) line: u32,
    pub(super) message: String,
}

/// Greatest depth of nested values.
const DEPTH_MAX: u32 = 100;

type Read<T> = Result<T, RcError>;

/// Reads a file; JSON where it begins with a brace.
pub(super) fn parse(text: &str) -> Read<Vec<Item>> {
    if text.trim_start().starts_with('{') {
        let json: serde_json::Value = serde_json::from_str(text)
            .map_err(|error| RcError { line: error.line() as u32, message: error.to_string() })?;
        return match from_json(&json) {
            Some(Node::Object(items)) => Ok(items),
            _ => Err(RcError { line: 1, message: "an object is needed".to_owned() }),
        };
    }
    let mut parser = Parser { rest: text, line: 1 };
    let items = parser.items(0)?;
    parser.space();
    if parser.rest.is_empty() { Ok(items) } else { parser.fail("a name is needed here") }
}

/// Null is left out. An object in a list of one is what HCL makes of a block.
fn from_json(json: &serde_json::Value) -> Option<Node> {
    Some(match json {
        serde_json::Value::Null => return None,
        serde_json::Value::Bool(flag) => Node::Bool(*flag),
        serde_json::Value::Number(number) => Node::Number(number.to_string()),
        serde_json::Value::String(text) => Node::Text(text.clone()),
        serde_json::Value::Array(values) => {
            Node::List(values.iter().filter_map(from_json).collect())
        }
        serde_json::Value::Object(entries) => {
            Node::Object(entries.iter().flat_map(json_items).collect())
        }
    })
}

fn json_items((key, value): (&String, &serde_json::Value)) -> Vec<Item> {
    let item = |value| Item { keys: vec![key.clone()], value, line: 0 };
    match from_json(value) {
        None => Vec::new(),
        Some(Node::List(nodes))
            if !nodes.is_empty() && nodes.iter().all(|node| node.object().is_some()) =>
        {
            nodes.into_iter().map(item).collect()
        }
        Some(node) => vec![item(node)],
    }
}

struct Parser<'a> {
    rest: &'a str,
    line: u32,
}

impl<'a> Parser<'a> {
    fn fail<T>(&self, message: &str) -> Read<T> {
        Err(RcError { line: self.line, message: message.to_owned() })
    }

    fn advance(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.line += taken.matches('\n').count() as u32;
        self.rest = rest;
        taken
    }

    fn take(&mut self, token: char) -> bool {
        let found = self.rest.starts_with(token);
        if found {
            self.advance(token.len_utf8());
        }
        found
    }

    /// White space and comments.
    fn space(&mut self) {
        loop {
            let blank = self.rest.len() - self.rest.trim_start().len();
            self.advance(blank);
            let comment = if self.rest.starts_with('#') || self.rest.starts_with("//") {
                self.rest.find('\n').unwrap_or(self.rest.len())
            } else if self.rest.starts_with("/*") {
                self.rest.find("*/").map_or(self.rest.len(), |end| end + 2)
            } else {
                return;
            };
            self.advance(comment);
        }
    }

    /// The items up to a closing brace or the end.
    fn items(&mut self, depth: u32) -> Read<Vec<Item>> {
        let mut items = Vec::new();
        loop {
            self.space();
            if self.rest.is_empty() || self.rest.starts_with('}') {
                return Ok(items);
            }
            items.push(self.item(depth)?);
            self.space();
            self.take(',');
        }
    }

    fn item(&mut self, depth: u32) -> Read<Item> {
        let line = self.line;
        let mut keys = vec![self.key()?];
        loop {
            self.space();
            if self.take('=') || self.take(':') {
                self.space();
                let value = self.value(depth + 1)?;
                return Ok(Item { keys, value, line });
            }
            if self.rest.starts_with('{') {
                let value = self.value(depth + 1)?;
                return Ok(Item { keys, value, line });
            }
            keys.push(self.key()?);
        }
    }

    fn key(&mut self) -> Read<String> {
        if self.rest.starts_with('"') {
            return self.quoted();
        }
        let length = self
            .rest
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.')))
            .unwrap_or(self.rest.len());
        if length == 0 {
            return self.fail("a name, \"=\" or \"{\" is needed here");
        }
        Ok(self.advance(length).to_owned())
    }

    fn value(&mut self, depth: u32) -> Read<Node> {
        if depth > DEPTH_MAX {
            return self.fail("nested too deep");
        }
        match self.rest.chars().next() {
            Some('"') => self.quoted().map(Node::Text),
            Some('[') => self.list(depth),
            Some('{') => {
                self.advance(1);
                let items = self.items(depth)?;
                if self.take('}') {
                    Ok(Node::Object(items))
                } else {
                    self.fail("a \"}\" is missing")
                }
            }
            Some('<') => self.heredoc().map(Node::Text),
            _ => self.word(),
        }
    }

    fn list(&mut self, depth: u32) -> Read<Node> {
        self.advance(1);
        let mut nodes = Vec::new();
        loop {
            self.space();
            if self.take(']') {
                return Ok(Node::List(nodes));
            }
            nodes.push(self.value(depth + 1)?);
            self.space();
            if !self.take(',') && !self.rest.starts_with(']') {
                return self.fail("a \",\" or \"]\" is needed here");
            }
        }
    }

    fn word(&mut self) -> Read<Node> {
        let length = self
            .rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '.')))
            .unwrap_or(self.rest.len());
        match self.advance(length) {
            "true" => Ok(Node::Bool(true)),
            "false" => Ok(Node::Bool(false)),
            word if word.parse::<f64>().is_ok() || word.starts_with("0x") => Ok(Node::Number(word.to_owned())),
            _ => self.fail("a value is needed here: text in quotes, a number, true or false, a list or an object"),
        }
    }

    fn quoted(&mut self) -> Read<String> {
        self.advance(1);
        let mut text = String::new();
        loop {
            let Some(next) = self.rest.chars().next() else {
                return self.fail("a quote is not closed");
            };
            self.advance(next.len_utf8());
            match next {
                '"' => return Ok(text),
                '\n' => return self.fail("a quote is not closed on its line"),
                '\\' => text.push(self.escape()?),
                other => text.push(other),
            }
        }
    }

    fn escape(&mut self) -> Read<char> {
        let Some(next) = self.rest.chars().next() else {
            return self.fail("a quote is not closed");
        };
        self.advance(next.len_utf8());
        let digits = match next {
            'n' => return Ok('\n'),
            'r' => return Ok('\r'),
            't' => return Ok('\t'),
            '"' | '\\' => return Ok(next),
            'u' => 4,
            'U' => 8,
            _ => return self.fail("there is no such escape"),
        };
        let code = self.rest.get(..digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        match code.and_then(char::from_u32) {
            Some(character) => {
                self.advance(digits);
                Ok(character)
            }
            None => self.fail("there is no such character"),
        }
    }

    fn heredoc(&mut self) -> Read<String> {
        let header_end = self.rest.find('\n').unwrap_or(self.rest.len());
        let header = self.rest[..header_end].trim_end();
        let Some(marker) = header.strip_prefix("<<") else {
            return self.fail("a value is needed here");
        };
        let marker = marker.trim_start_matches('-').to_owned();
        self.advance((header_end + 1).min(self.rest.len()));
        let mut text = String::new();
        while !self.rest.is_empty() {
            let end = self.rest.find('\n').map_or(self.rest.len(), |at| at + 1);
            let line = self.advance(end);
            if line.trim() == marker {
                return Ok(text);
            }
            text.push_str(line);
        }
        self.fail("a heredoc is not closed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_is_read() {
        let items = parse(
            "# comment\nplugin_cache_dir = \"$HOME/x\"\nprovider_installation {\n  dev_overrides {\n    \"a/b\" = \"/p\"\n  }\n  direct { include = [\"x/*\", \"y/*\",] }\n}\ncredentials \"host\" { token = \"t\" } // end\n",
        )
        .unwrap();
        assert_eq!(items[0].value.text(), Some("$HOME/x"));
        let inner = items[1].value.object().unwrap();
        assert_eq!((inner[0].name(), inner[0].line), ("dev_overrides", 4));
        assert_eq!(inner[0].value.object().unwrap()[0].name(), "a/b");
        assert_eq!(
            inner[1].value.object().unwrap()[0].value,
            Node::List(vec![Node::Text("x/*".into()), Node::Text("y/*".into())])
        );
        assert_eq!(items[2].keys, ["credentials", "host"]);
    }

    #[test]
    fn json_means_the_same() {
        let native = parse("a { b = \"c\" }\nd = 1").unwrap();
        let json = parse(r#"{"a": [{"b": "c"}], "d": 1, "e": null}"#).unwrap();
        let strip = |mut items: Vec<Item>| {
            items.iter_mut().for_each(|item| item.line = 0);
            items
        };
        assert_eq!(strip(native)[1], strip(json.clone())[1]);
        assert_eq!(json[0].value.object().unwrap()[0].value.text(), Some("c"));
        assert_eq!(json.len(), 2);
    }

    #[test]
    fn faults_have_lines() {
        for (text, line) in [
            ("a = ", 1),
            ("\na {", 2),
            ("a = \"x\n", 2),
            ("a = [1 2]", 1),
            ("}", 1),
            ("a = <<E\nx\n", 3),
            ("{\"a\" 1}", 1),
        ] {
            assert_eq!(parse(text).unwrap_err().line, line, "{text:?}");
        }
        let deep = "a = ".to_owned() + &"[".repeat(10_000);
        assert!(parse(&deep).is_err());
    }
}
