//! Who changed what was found, as far as trails tell.

use std::sync::Arc;

use addr::ProviderAddr;
use render::DriftBy;
use run::trail::{Changed, Trails, look};

use super::found::Found;
use crate::args::DriftTrailArgs;
use crate::session::Session;

/// Looks who did it, for each object; what cannot be read is a warning in the session. A rehearsal's cloud has no trail.
pub(super) async fn deeds(
    session: &mut Session<'_>,
    found: &[Found<'_>],
    args: &DriftTrailArgs,
) -> Vec<Option<DriftBy>> {
    let nobody = || found.iter().map(|_| None).collect();
    if args.no_trail || session.rehearsal.is_some() || found.is_empty() {
        return nobody();
    }
    let context = session.context;
    let trails = Trails::new(context.host, &context.dir, &args.audit_log, args.trail_days);
    let changed: Vec<Changed> = found.iter().map(changed).collect();
    let now_s = u64::try_from(session.now_s()).unwrap_or_default();
    let told = tokio::task::spawn_blocking(move || look(&trails, &changed, now_s)).await;
    let told = told.expect("BUG: reading trails panicked");
    told.warnings.into_iter().for_each(|one| session.diags.push(one));
    let by = told.deeds.into_iter();
    by.map(|deed| deed.map(|deed| DriftBy { who: deed.who, what: deed.what, at: deed.at }))
        .collect()
}

fn changed(found: &Found<'_>) -> Changed {
    let launches = &found.stack.stack.launches;
    let of_aws = |addr: &&ProviderAddr| matches!(&*addr.name, "aws" | "awscc");
    let launch = launches.keys().find(of_aws).and_then(|addr| launches.get(addr));
    Changed {
        type_name: found.change.address.resource.type_name.clone(),
        object: found.change.before.clone().unmark_deep().0,
        environment: launch.map_or_else(|| Arc::from([]), |launch| launch.environment.clone()),
    }
}
