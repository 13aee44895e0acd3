//! A forge that speaks the REST calls that `strata ci` makes, and keeps what it is told: GitHub's and GitLab's at one address.
//!
//! It knows pull requests, comments, checks and findings, and gives tokens that say who a run is. Invariant: a call without
//! the token, or one that it does not know, is refused and remembered.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

use super::forge_calls::answer;

/// The token that the pipelines are given.
pub(super) const TOKEN: &str = "t0ken-of-the-forge";

/// What it says of who a run is: of `https://forge.example`, for `acme/infra`.
pub(super) const IDENTITY: &str =
    "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2ZvcmdlLmV4YW1wbGUiLCJzdWIiOiJhY21lL2luZnJhIn0.x";

/// A comment on a pull request.
#[derive(Clone, Debug)]
pub(super) struct Comment {
    pub(super) id: u64,
    pub(super) number: u64,
    pub(super) body: String,
    /// How often it was edited.
    pub(super) edits: usize,
}

/// A check of a commit.
#[derive(Clone, Debug)]
pub(super) struct Check {
    pub(super) commit: String,
    pub(super) name: String,
    pub(super) conclusion: String,
}

/// A pull request.
#[derive(Clone, Debug)]
pub(super) struct Pull {
    pub(super) number: u64,
    pub(super) head: String,
    /// The commit that it became.
    pub(super) merged: Option<String>,
}

/// What it was told.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) comments: Vec<Comment>,
    pub(super) checks: Vec<Check>,
    pub(super) pulls: Vec<Pull>,
    pub(super) findings: usize,
    pub(super) tokens: usize,
    pub(super) refused: Vec<String>,
    pub(super) last_id: u64,
}

/// The forge; it answers as long as the program runs.
pub(super) struct Forge {
    /// Its address.
    pub(super) address: String,
    kept: Arc<Mutex<Kept>>,
}

/// A request.
pub(super) struct Asked {
    pub(super) method: String,
    /// Without its query.
    pub(super) path: String,
    pub(super) query: String,
    pub(super) token: String,
    pub(super) body: serde_json::Value,
}

impl Forge {
    pub(super) fn start() -> Result<Forge, String> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|e| e.to_string())?;
        let address = listener.local_addr().map_err(|e| e.to_string())?;
        let kept = Arc::new(Mutex::new(Kept::default()));
        let shared = Arc::clone(&kept);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = serve(stream, &shared);
            }
        });
        Ok(Forge { address: format!("http://{address}"), kept })
    }

    /// What it holds.
    pub(super) fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// A pull request is opened, or its branch moves.
    pub(super) fn open(&self, number: u64, head: &str) {
        let mut kept = self.kept();
        kept.pulls.retain(|pull| pull.number != number);
        kept.pulls.push(Pull { number, head: head.to_owned(), merged: None });
    }

    /// It is merged.
    pub(super) fn merge(&self, number: u64, commit: &str) {
        let mut kept = self.kept();
        let pull = kept.pulls.iter_mut().find(|pull| pull.number == number);
        pull.into_iter().for_each(|pull| pull.merged = Some(commit.to_owned()));
    }

    /// Somebody writes a comment.
    pub(super) fn comment(&self, number: u64, body: &str) -> u64 {
        self.kept().add(number, body)
    }
}

impl Kept {
    /// Keeps a comment; tells its id.
    pub(super) fn add(&mut self, number: u64, body: &str) -> u64 {
        self.last_id += 1;
        self.comments.push(Comment { id: self.last_id, number, body: body.to_owned(), edits: 0 });
        self.last_id
    }
}

fn serve(stream: TcpStream, kept: &Mutex<Kept>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let (mut length, mut token) = (0, String::new());
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let Some((name, value)) = line.split_once(": ") else { continue };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap_or(0),
            "authorization" => token = value.trim_start_matches("Bearer ").to_owned(),
            "private-token" => token = value.to_owned(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let mut words = first.split_whitespace();
    let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let asked = Asked {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        token,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    let mut kept = kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let (status, document) = answer(&mut kept, &asked);
    if status >= 400 {
        kept.refused.push(format!("{} {}: {status}", asked.method, asked.path));
    }
    let text = document.to_string();
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        text.len()
    );
    reader.get_mut().write_all(format!("{head}{text}").as_bytes())
}
