//! The patterns of `fileset`: `*`, `?`, `[a-z]`, `{a,b}`, and `**` for any run of folders. It matches texts; listing
//! files is the driver's work, for which a pattern says where to begin and how deep to go.
//! Invariant: a pattern has at most `ALTERNATIVES_MAX` alternatives after its braces are multiplied out.

use super::path;

/// Most alternatives of a pattern after its braces are multiplied out.
const ALTERNATIVES_MAX: usize = 1_000;

/// A compiled pattern.
#[derive(Debug, Clone)]
pub(crate) struct Glob {
    alternatives: Vec<Vec<Segment>>,
}

#[derive(Debug, Clone)]
enum Segment {
    /// `**`: any run of folders, also none.
    Folders,
    Name(Vec<Token>),
}

#[derive(Debug, Clone)]
enum Token {
    Literal(char),
    One,
    Run,
    Class { negated: bool, ranges: Vec<(char, char)> },
}

/// How far below a folder files may match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Depth {
    /// So many levels; 1 means files of the folder itself.
    Levels(usize),
    /// All levels.
    All,
}

impl Glob {
    /// Compiles `pattern`, cleaned as a path first.
    pub(crate) fn parse(pattern: &str) -> Result<Self, String> {
        let wrong = || format!("{pattern:?} is not a pattern of file names");
        let cleaned = path::clean(pattern.trim_start_matches('/'));
        let mut texts = Vec::new();
        expand(&cleaned, &mut texts).ok_or_else(wrong)?;
        let mut alternatives = Vec::with_capacity(texts.len());
        for text in texts {
            let segments = text.split('/').map(segment).collect::<Option<Vec<_>>>();
            alternatives.push(segments.ok_or_else(wrong)?);
        }
        Ok(Glob { alternatives })
    }

    /// The folder that all matches lie in, relative to where the pattern is applied; empty for that folder itself.
    pub(crate) fn folder(&self) -> String {
        let literals = |segments: &[Segment]| {
            let folders = &segments[..segments.len() - 1];
            folders.iter().map_while(Segment::literal).collect::<Vec<_>>()
        };
        let mut all = self.alternatives.iter().map(|segments| literals(segments));
        let first = all.next().unwrap_or_default();
        let common = all.fold(first.len(), |common, other| {
            first.iter().zip(&other).take(common).take_while(|(a, b)| a == b).count()
        });
        first[..common].join("/")
    }

    /// How far below `folder()` a match can lie.
    pub(crate) fn depth(&self) -> Depth {
        let folder = self.folder();
        let above = if folder.is_empty() { 0 } else { folder.split('/').count() };
        let mut levels = 1;
        for segments in &self.alternatives {
            if segments.iter().any(|segment| matches!(segment, Segment::Folders)) {
                return Depth::All;
            }
            levels = levels.max(segments.len() - above);
        }
        Depth::Levels(levels)
    }

    /// Whether the file with this relative path matches.
    pub(crate) fn matches(&self, file: &str) -> bool {
        let names: Vec<&str> = file.split('/').collect();
        self.alternatives.iter().any(|segments| matches_segments(segments, &names))
    }
}

impl Segment {
    fn literal(&self) -> Option<String> {
        match self {
            Segment::Folders => None,
            Segment::Name(tokens) => tokens
                .iter()
                .map(|token| match token {
                    Token::Literal(c) => Some(*c),
                    _ => None,
                })
                .collect(),
        }
    }

    fn matches(&self, name: &str) -> bool {
        match self {
            Segment::Folders => true,
            Segment::Name(tokens) => {
                let letters: Vec<char> = name.chars().collect();
                matches_run(tokens, &letters, |token| matches!(token, Token::Run), Token::matches)
            }
        }
    }
}

impl Token {
    fn matches(&self, c: &char) -> bool {
        match self {
            Token::Literal(own) => own == c,
            Token::One | Token::Run => true,
            Token::Class { negated, ranges } => {
                ranges.iter().any(|(low, high)| (low..=high).contains(&c)) != *negated
            }
        }
    }
}

fn matches_segments(segments: &[Segment], names: &[&str]) -> bool {
    let is_run = |segment: &Segment| matches!(segment, Segment::Folders);
    // `**` at the end covers all files below, so it takes at least the file's own name.
    let ends_in_run = segments.last().is_some_and(is_run);
    (!ends_in_run || !names.is_empty())
        && matches_run(segments, names, is_run, |segment, name| segment.matches(name))
}

/// Matches a sequence against parts of which some take any run of elements. Time is the product of the lengths.
fn matches_run<P, T>(
    parts: &[P],
    elements: &[T],
    is_run: impl Fn(&P) -> bool,
    matches: impl Fn(&P, &T) -> bool,
) -> bool {
    let (mut part, mut element) = (0, 0);
    let mut last_run: Option<(usize, usize)> = None;
    while element < elements.len() {
        match parts.get(part) {
            Some(run) if is_run(run) => {
                last_run = Some((part, element));
                part += 1;
            }
            Some(one) if matches(one, &elements[element]) => {
                part += 1;
                element += 1;
            }
            _ => {
                let Some((run, from)) = last_run else {
                    return false;
                };
                // The last run takes one element more.
                last_run = Some((run, from + 1));
                part = run + 1;
                element = from + 1;
            }
        }
    }
    parts[part..].iter().all(is_run)
}

/// Multiplies out the braces of `pattern`; `None` where they are not balanced or too many.
fn expand(pattern: &str, out: &mut Vec<String>) -> Option<()> {
    let mut waiting = vec![pattern.to_owned()];
    while let Some(text) = waiting.pop() {
        if waiting.len() + out.len() > ALTERNATIVES_MAX {
            return None;
        }
        match first_braces(&text)? {
            None => out.push(text),
            Some(Braces { open, close, commas }) => {
                let mut from = open + 1;
                let mut choices = Vec::with_capacity(commas.len() + 1);
                for to in commas.into_iter().chain([close]) {
                    choices.push(format!(
                        "{}{}{}",
                        &text[..open],
                        &text[from..to],
                        &text[close + 1..]
                    ));
                    from = to + 1;
                }
                waiting.extend(choices.into_iter().rev());
            }
        }
    }
    Some(())
}

struct Braces {
    open: usize,
    close: usize,
    commas: Vec<usize>,
}

/// The first braces of `text`, if it has some; `None` where one is not closed.
fn first_braces(text: &str) -> Option<Option<Braces>> {
    let mut depth = 0;
    let mut in_class = false;
    let mut braces: Option<Braces> = None;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next()?;
            }
            '[' if !in_class => in_class = true,
            ']' => in_class = false,
            '{' if !in_class => {
                depth += 1;
                braces.get_or_insert(Braces { open: at, close: 0, commas: Vec::new() });
            }
            '}' if !in_class => {
                depth -= 1;
                match &mut braces {
                    Some(braces) if depth == 0 => {
                        braces.close = at;
                        break;
                    }
                    Some(_) => {}
                    None => return None,
                }
            }
            ',' if depth == 1 && !in_class => {
                if let Some(braces) = &mut braces {
                    braces.commas.push(at);
                }
            }
            _ => {}
        }
    }
    if depth == 0 { Some(braces) } else { None }
}

fn segment(text: &str) -> Option<Segment> {
    if text == "**" {
        return Some(Segment::Folders);
    }
    let mut tokens = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        tokens.push(match c {
            '*' => Token::Run,
            '?' => Token::One,
            '[' => class(&mut chars)?,
            '\\' => Token::Literal(chars.next()?),
            c => Token::Literal(c),
        });
    }
    Some(Segment::Name(tokens))
}

/// Reads a class behind its opening bracket.
fn class(chars: &mut std::str::Chars<'_>) -> Option<Token> {
    let negated = chars.as_str().starts_with(['!', '^']);
    if negated {
        chars.next();
    }
    let mut ranges = Vec::new();
    loop {
        let low = match chars.next()? {
            ']' if ranges.is_empty() => return None,
            ']' => return Some(Token::Class { negated, ranges }),
            '\\' => chars.next()?,
            c => c,
        };
        let mut high = low;
        if chars.as_str().starts_with('-') {
            chars.next();
            high = match chars.next()? {
                ']' => return None,
                '\\' => chars.next()?,
                c => c,
            };
        }
        ranges.push((low, high));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, file: &str, expect: bool) {
        let glob = Glob::parse(pattern).expect(pattern);
        assert_eq!(glob.matches(file), expect, "{pattern} {file}");
    }

    #[test]
    fn names_match_patterns() {
        check("*.txt", "a.txt", true);
        check("*.txt", "x/a.txt", false);
        check("*/a.txt", "x/a.txt", true);
        check("**", "x/y/a.txt", true);
        check("**/a.txt", "a.txt", true);
        check("x/**/a.txt", "x/y/z/a.txt", true);
        check("x/**/a.txt", "a.txt", false);
        check("a?c", "abc", true);
        check("a?c", "ac", false);
        check("[a-c]x", "bx", true);
        check("[!a-c]x", "bx", false);
        check("{a,b*}.txt", "bcd.txt", true);
        check("{x/a,b}.{txt,md}", "x/a.md", true);
        check("{a,{b,c}}", "c", true);
        check("\\*", "*", true);
        check("\\*", "a", false);
        check("./a", "a", true);
        check("x/../a", "a", true);
        check("*é*", "caféx", true);
    }

    #[test]
    fn where_to_look() {
        let check = |pattern: &str, folder: &str, depth| {
            let glob = Glob::parse(pattern).expect(pattern);
            assert_eq!((glob.folder().as_str(), glob.depth()), (folder, depth), "{pattern}");
        };
        check("*.txt", "", Depth::Levels(1));
        check("a/b/*.txt", "a/b", Depth::Levels(1));
        check("a/*/*.txt", "a", Depth::Levels(2));
        check("a/**/*.txt", "a", Depth::All);
        check("../x/f", "../x", Depth::Levels(1));
        check("{a/b,a/c}/*", "a", Depth::Levels(2));
    }

    #[test]
    fn broken_patterns() {
        for pattern in ["[", "[]", "[a", "a\\", "{a", "a}", "[a-]"] {
            assert!(Glob::parse(pattern).is_err(), "{pattern}");
        }
    }
}
