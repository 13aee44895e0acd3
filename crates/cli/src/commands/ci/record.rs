//! What a comment of ours says to ourselves: which plan a pull request was reviewed with.
//!
//! It stands in the comment's last line, sealed with the estate's key, so that nobody can write one; and it names the
//! comment that it stands in, so that nobody can put a copy of it into another.
//! Invariant: a record that is read was written by who has the key, for this comment of this pull request.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use store::EstateStore;
use vcs::Comment;

/// How the line begins and ends; HTML that nobody sees.
const BEGIN: &str = "<!-- strata ";
const END: &str = " -->";
/// The form of what is sealed.
const FORMAT: &str = "strata-ci/1";
/// Longest record that is opened, in characters.
const CHARS_MAX: usize = 4096;

/// What a run wrote down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// The environment.
    pub(super) environment: String,
    /// The pull request.
    pub(super) number: u64,
    /// Its commit that was planned.
    pub(super) head: String,
    /// The plan; none where there was none.
    pub(super) plan: Option<String>,
    /// Whether the plan changes something.
    pub(super) changes: bool,
}

impl Record {
    /// The last line of a comment with this id.
    pub(super) fn line(&self, store: &dyn EstateStore, comment: u64) -> String {
        let document = json!({
            "format": FORMAT,
            "comment": comment,
            "environment": self.environment,
            "number": self.number,
            "head": self.head,
            "plan": self.plan,
            "changes": self.changes,
        });
        let sealed = store.seal_file(document.to_string().as_bytes());
        format!("{BEGIN}{}{END}", URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The record of a comment; none where it is none of ours.
    pub(super) fn of(store: &dyn EstateStore, comment: &Comment) -> Option<Record> {
        let line = comment.body.trim_end().lines().next_back()?;
        let text = line.strip_prefix(BEGIN)?.strip_suffix(END)?;
        let sealed = URL_SAFE_NO_PAD.decode(text.get(..CHARS_MAX).unwrap_or(text)).ok()?;
        let document: Value = serde_json::from_slice(&store.open_file(&sealed).ok()?).ok()?;
        let word = |name: &str| document[name].as_str().map(str::to_owned);
        if word("format")? != FORMAT || document["comment"].as_u64()? != comment.id {
            return None;
        }
        Some(Record {
            environment: word("environment")?,
            number: document["number"].as_u64()?,
            head: word("head")?,
            plan: word("plan"),
            changes: document["changes"].as_bool()?,
        })
    }

    /// The comment of ours on a pull request about an environment: the first, where there are several.
    pub(super) fn find(
        store: &dyn EstateStore,
        comments: &[Comment],
        number: u64,
        environment: &str,
    ) -> Option<(u64, Record)> {
        comments.iter().find_map(|comment| {
            let record = Record::of(store, comment)?;
            let about = record.number == number && record.environment == environment;
            about.then_some((comment.id, record))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use store::{
        EstateIdentity, EstateStore, MasterKey, RescueDirs, SqliteSettings, StoreKind, StorePlace,
        SystemWorld,
    };
    use vcs::Comment;

    use super::Record;

    fn store(folder: &tempfile::TempDir, key: &str) -> Arc<dyn EstateStore> {
        let place = StorePlace::Sqlite(SqliteSettings {
            path: folder.path().join(key),
            estate: EstateIdentity { id: "3f6c0a12".into(), name: "acme".into() },
            key: MasterKey::parse(&key.repeat(32)).expect("a key"),
            lease_ms: 1000,
            rescue: RescueDirs(Vec::new()),
            version: "1".into(),
            kind: StoreKind::Real,
        });
        place.create(Arc::new(SystemWorld::new())).expect("a store")
    }

    fn record() -> Record {
        Record {
            environment: "prod".into(),
            number: 7,
            head: "ab".repeat(20),
            plan: Some("p-7Q4K9Z".into()),
            changes: true,
        }
    }

    fn comment(id: u64, body: String) -> Comment {
        Comment { id, body }
    }

    #[test]
    fn our_own_comment_is_found_and_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, foreign) = (store(&folder, "7f"), store(&folder, "80"));
        let own = |id| comment(id, format!("page\n\n{}\n", record().line(&*store, id)));
        let find = |all: &[Comment]| Record::find(&*store, all, 7, "prod").map(|(id, _)| id);
        assert_eq!(find(&[comment(1, "hello".into()), own(2)]), Some(2));
        // A copy in another comment, one of another estate, one that was changed, and one that is not the last line.
        let copied = comment(3, own(2).body);
        let other = comment(4, record().line(&*foreign, 4));
        let changed = comment(5, own(5).body.replace("<!-- strata ", "<!-- strata A"));
        let within = comment(6, format!("{}\nmore", own(6).body.trim_end()));
        assert_eq!(find(&[copied, other, changed, within]), None);
        assert_eq!(Record::find(&*store, &[own(2)], 8, "prod"), None);
        assert_eq!(Record::find(&*store, &[own(2)], 7, "dev"), None);
    }
}
