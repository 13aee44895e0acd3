//! `strata audit verify`: whether the record of events still is what was recorded.

use diag::Diagnostic;
use estate::SealPlace;
use guard::approval::Signers;
use run::audit::{Checks, Copies, HeadFault, Verified};
use run::estate::EstateFile;
use serde_json::json;
use store::{ChainError, Head, SignedHead};

use super::{opened, places};
use crate::args::AuditVerifyArgs;
use crate::report::Format;
use crate::session::Session;

/// The largest exported file, in bytes.
const FILE_BYTES_MAX: u64 = 4 << 30;

/// Checks the store's chain, or a file's.
pub(super) fn verify(session: &mut Session<'_>, args: &AuditVerifyArgs) -> Option<String> {
    match &args.file {
        Some(path) => of_file(session, args, path),
        None => of_store(session, args),
    }
}

fn of_store(session: &mut Session<'_>, args: &AuditVerifyArgs) -> Option<String> {
    let (file, store) = opened(session)?;
    let sealers = sealers(session, Some(&file), args)?;
    let places = session.heed(places(Some(&file), &args.seals))?;
    let id = store.estate_id();
    let copies = copies(session, &places, &id)?;
    let checks = Checks { sealers: sealers.as_ref(), copies: &copies };
    let verified = run::audit::verify(&*store, &checks).map_err(|fault| broken(&fault));
    let verified = session.heed(verified)?;
    Some(told(session, &verified, sealers.is_some()))
}

/// The heads that stand in places; a place that cannot be read is an error, for it may be what shows a cut.
fn copies(
    session: &mut Session<'_>,
    places: &[SealPlace],
    estate: &str,
) -> Option<Vec<(String, Option<SignedHead>)>> {
    let mut found = Vec::new();
    let copies = Copies::new(session.context.host, &session.context.dir, estate, 0);
    for place in places {
        match copies.read(place) {
            Ok(heads) => found.extend(heads.into_iter().map(|head| (place.to_string(), head))),
            Err(why) => session.diags.push(
                Diagnostic::error("audit-copies", "Signed heads cannot be read")
                    .detail(format!("{place}: {why}. Whether the chain was cut cannot be told without them."))
                    .remedy("Make the place readable, or take it out of strata.hcl's `audit` block where nothing was sealed there yet."),
            ),
        }
    }
    (!session.failed()).then_some(found)
}

fn sealers(
    session: &mut Session<'_>,
    file: Option<&EstateFile>,
    args: &AuditVerifyArgs,
) -> Option<Option<Signers>> {
    let context = session.context;
    let Some(named) = &args.sealers else {
        return match file {
            Some(file) => session.heed(run::audit::sealers_of(context.host, file)),
            None => Some(None),
        };
    };
    let unreadable = |why: String| {
        Diagnostic::error("audit-sealers", "The file of sealers cannot be read")
            .detail(format!("{named}: {why}."))
            .remedy("Name a file with a line `NAME KEY` for each who signs heads.")
    };
    let text = context.host.files.read_text(&context.dir.join(named));
    let read = text
        .map_err(|error| error.to_string())
        .and_then(|text| Signers::parse("sealers", &text).map_err(|error| error.to_string()));
    session.heed(read.map(Some).map_err(unreadable))
}

fn broken(fault: &HeadFault) -> Diagnostic {
    match fault {
        HeadFault::Chain(ChainError::Port(error)) => run::failure::port("", error),
        fault => altered(&fault.to_string()),
    }
}

fn altered(what: &str) -> Diagnostic {
    Diagnostic::error("audit-broken", "The record of events is not what was recorded")
        .detail(format!("{what}."))
        .remedy("Find out who could write there, and compare with a backup or an earlier export.")
}

fn of_file(session: &mut Session<'_>, args: &AuditVerifyArgs, path: &str) -> Option<String> {
    let context = session.context;
    // Within an estate its sealers and its id count; a file is checked anywhere.
    let file = if context.is_estate() { Some(super::read_file(session)?) } else { None };
    let sealers = sealers(session, file.as_ref(), args)?;
    let bytes = context.host.files.read_up_to(&context.dir.join(path), FILE_BYTES_MAX);
    let bytes = session.heed(bytes.map_err(|error| {
        Diagnostic::error("audit-unreadable", "The file cannot be read")
            .detail(format!("{error}."))
            .remedy("Name a file that `strata audit export` wrote.")
    }))?;
    let id = file.as_ref().and_then(|file| file.estate.id.as_ref()).map(|id| id.node.to_string());
    let text = String::from_utf8(bytes).map_err(|error| {
        let line = error.as_bytes()[..error.utf8_error().valid_up_to()]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        altered(&format!("{path}, line {}: it is not as it was exported", line + 1))
    });
    let text = session.heed(text)?;
    let places = session.heed(places(file.as_ref(), &args.seals))?;
    let own = id.clone().or_else(|| estate_in(&text)).unwrap_or_default();
    let copies = copies(session, &places, &own)?;
    let mut remembered = Vec::new();
    for (place, head) in copies {
        let verified = match &head {
            Some(head) => guard::heads::verify(&head.body, &own, sealers.as_ref()),
            None => Err(guard::heads::HeadNotValid::Form),
        };
        let verified = verified.map_err(|why| altered(&format!("A signed head in {place}: {why}")));
        let document = session.heed(verified)?.document;
        let hash = run::audit::digest_of(&document.hash).expect("BUG: a head's hash has 64 digits");
        remembered.push(Head { number: document.number, hash });
    }
    let checked = run::audit::check(&text, id.as_deref(), sealers.as_ref(), &remembered);
    let checked = checked.map_err(|fault| altered(&format!("{path}, {fault}")));
    let checked = session.heed(checked)?;
    let heads =
        checked.heads.into_iter().map(|head| run::audit::OwnHead { place: path.to_owned(), head });
    let verified = Verified { events: checked.events, heads: heads.collect() };
    Some(told(session, &verified, sealers.is_some()))
}

/// The estate that a file says that it is of.
fn estate_in(text: &str) -> Option<String> {
    let first: serde_json::Value = serde_json::from_str(text.lines().next()?).ok()?;
    first.get("estate")?.as_str().map(str::to_owned)
}

fn told(session: &Session<'_>, verified: &Verified, has_sealers: bool) -> String {
    let last = verified.heads.last();
    let sealed = last.map_or(0, |own| own.head.document.number);
    let unsealed = verified.events.saturating_sub(sealed);
    if session.context.format == Format::Json {
        let heads: Vec<serde_json::Value> = verified
            .heads
            .iter()
            .map(|own| {
                json!({
                    "place": own.place, "number": own.head.document.number,
                    "key": &*own.head.key,
                    "principals": own.head.principals.iter().map(|one| &**one).collect::<Vec<_>>(),
                })
            })
            .collect();
        return format!(
            "{:#}\n",
            json!({
                "format_version": "1.0", "holds": true, "events": verified.events,
                "signed_heads": heads, "since_last_signed": unsealed,
                "sealers": has_sealers,
            })
        );
    }
    let mut text = format!("The chain holds: {} events.\n", verified.events);
    match last {
        None => text.push_str("No head was signed yet: a tail that is cut by whoever has the store's key would not show.\n"),
        Some(own) => {
            let by = own.head.principals.first().unwrap_or(&own.head.key);
            let heads = match verified.heads.len() {
                1 => "1 signed head holds".to_owned(),
                count => format!("{count} signed heads hold, copies counted"),
            };
            let since = if unsealed == 1 { "1 event".to_owned() } else { format!("{unsealed} events") };
            text.push_str(&format!(
                "{heads}; the last one is of event {sealed}, signed by {} ({}). {since} came since.\n",
                render::clean(by),
                render::clean(&own.place),
            ));
        }
    }
    if last.is_some() && !has_sealers {
        text.push_str("No file of sealers says whose signatures count: any key's did.\n");
    }
    text
}
