//! Where the state of a unit is, as its backend says.
//!
//! Invariant: a place is told only where it is whole; everything else is in the list.

use std::collections::BTreeMap;
use std::sync::Arc;

use diag::{Diagnostic, Span};
use estate::{S3Place, StatePlace};
use value::Value;

use crate::terragrunt::{Reader, RemoteState, arguments};
use crate::tree::{join, relative};

/// Where a state is when nothing says another place.
const STATE_DEFAULT: &str = "terraform.tfstate";

/// Arguments of the S3 backend that say who reads, which is not carried over.
const IDENTITY: [&str; 4] = ["role_arn", "assume_role", "profile", "access_key"];

/// That of a `remote_state` block, or of the unit's own folder.
pub(crate) fn of_remote(
    reader: &Reader<'_>,
    folder: &str,
    name: &str,
    remote: Option<&RemoteState>,
    place: Span,
) -> Option<StatePlace> {
    match remote {
        Some(remote) => {
            let given = arguments(&remote.config);
            of_backend(reader, folder, name, (&remote.backend, &given), remote.place)
        }
        None => beside(reader, folder, name, place),
    }
}

/// That of a backend with these arguments.
pub(crate) fn of_backend(
    reader: &Reader<'_>,
    folder: &str,
    name: &str,
    (backend, given): (&str, &BTreeMap<Arc<str>, Value>),
    place: Span,
) -> Option<StatePlace> {
    let text = |name: &str| given.get(name).and_then(|value| value.as_arc_str().cloned());
    match backend {
        "local" => {
            let path = join(folder, text("path").as_deref().unwrap_or(STATE_DEFAULT));
            Some(StatePlace::File(relative(&reader.base, &path).into()))
        }
        "s3" => {
            let (Some(bucket), Some(key)) = (text("bucket"), text("key")) else {
                reader.finding(unknown(name, "Its backend names no bucket or no key.", place));
                return None;
            };
            if let Some(who) = IDENTITY.iter().find(|who| given.contains_key(**who)) {
                reader.finding(
                    Diagnostic::warning(
                        "adopt-dropped",
                        format!("`{who}` of the backend is not carried over"),
                    )
                    .detail("States are read with the credentials of the environment.")
                    .remedy(
                        "Have credentials that may read the bucket when the states are taken in.",
                    )
                    .at(place),
                );
            }
            let endpoints = given
                .get("endpoints")
                .and_then(|it| arguments(it).get("s3").and_then(|url| url.as_arc_str().cloned()));
            let endpoint = endpoints.or_else(|| text("endpoint"));
            Some(StatePlace::S3(S3Place { bucket, key, region: text("region"), endpoint }))
        }
        other => {
            let detail =
                format!("Its backend is `{other}`; states are read from files and from S3.");
            reader.finding(unknown(name, &detail, place));
            None
        }
    }
}

/// The state that lies beside a root module.
pub(crate) fn beside(
    reader: &Reader<'_>,
    folder: &str,
    name: &str,
    place: Span,
) -> Option<StatePlace> {
    let path = join(folder, STATE_DEFAULT);
    if reader.tree.text(&path).is_some() {
        return Some(StatePlace::File(relative(&reader.base, &path).into()));
    }
    reader.finding(unknown(name, "It has no backend, and no state lies beside it.", place));
    None
}

fn unknown(name: &str, detail: &str, place: Span) -> Diagnostic {
    Diagnostic::warning("adopt-state", format!("It is not known where the state of {name} is"))
        .detail(detail.to_owned())
        .remedy("Pull it (`terragrunt state pull`), and push it once the store is there: strata state push -stack ENV/STACK FILE. Without it a plan makes everything anew.")
        .at(place)
}
