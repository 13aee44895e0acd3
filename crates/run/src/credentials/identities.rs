//! The identities of a command: a stack's launches, put under those of its credentials.
//!
//! Which process gets what: a provider's own kind always. Providers of clusters also get the stack's cloud
//! credentials, since their own helpers ask the clouds for tokens. All others get none, and lose the base credentials.
//!
//! Invariant: a launch that is put under an identity has that identity's environment whatever it had before, so a
//! stack can be put under one identity after another.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use addr::ProviderAddr;
use diag::{Diagnostic, Diags};
use estate::{CredentialsBlock, Estate, Instance, Secrets, UnknownSecrets};
use futures_util::StreamExt as _;
use host::Host;
use provider::{Launch, Purpose};

use super::asking::Asking;
use super::changes::Changes;
use super::kind::Kind;
use super::recorded::Recorded;
use super::settings::Settings;
use super::subject::Subject;
use super::{Grant, Refused, aws, azure, google, kubernetes};

/// How long an identity that something below has just made may take to be known everywhere.
const PROPAGATION: Duration = Duration::from_secs(40);
/// How often it is asked for meanwhile.
const ASK_EVERY: Duration = Duration::from_secs(2);

/// How many roles are asked for at once ahead of their stacks' turns.
const ASKED_AT_ONCE: usize = 16;

/// Whether an identity that is not there is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// What is not there is told.
    None,
    /// It was made by this run, and may take a while to be known: asked for again for up to 40 s.
    Propagation,
}

/// The identities of a command.
#[derive(Clone)]
pub struct Identities {
    asking: Arc<Asking>,
    recorded: Option<Arc<Recorded>>,
}

impl fmt::Debug for Identities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identities").finish_non_exhaustive()
    }
}

/// An identity that is not there yet.
#[derive(Clone, Debug)]
pub struct Absent {
    /// The providers that would have it.
    pub providers: Vec<ProviderAddr>,
    /// Why, as part of a sentence: `its role ... does not exist yet`.
    pub cause: Arc<str>,
    /// What is said where that is an error.
    pub diagnostic: Diagnostic,
}

impl Absent {
    /// What is told where a plan goes on without it.
    pub(crate) fn told(&self, label: &str) -> Diagnostic {
        let providers: Vec<String> = self.providers.iter().map(ProviderAddr::for_display).collect();
        Diagnostic::warning("credentials-absent", format!("`{label}` is planned without its identity"))
            .detail(format!(
                "For {}: {}. What it would plan is planned from its schema, and planned again under the identity when the stack's turn comes.",
                providers.join(", "),
                self.cause
            ))
            .remedy("Apply together with the stack that makes it; else make it first.")
            .about(label)
    }
}

/// Launches under an identity.
#[derive(Clone, Debug, Default)]
pub struct Under {
    /// How each provider is started.
    pub launches: BTreeMap<ProviderAddr, Launch>,
    /// Identities that are not there yet; their providers' launches have no credentials at all.
    pub absent: Vec<Absent>,
}

/// The evaluated credentials of a stack instance, for the kinds that its providers take.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    settings: Vec<Settings>,
    /// The kinds that the stack is given identities of, though none of its providers may take them: the base credentials
    /// of these are for nobody.
    given: Vec<Kind>,
}

impl Wanted {
    /// Evaluates the blocks that reach an instance; none where one is wrong, which is reported.
    pub fn evaluate<'a>(
        estate: &Estate,
        instance: &Instance,
        providers: impl IntoIterator<Item = &'a ProviderAddr>,
        secrets: &dyn Secrets,
        diags: &mut Diags,
    ) -> Option<Wanted> {
        let before = diags.error_count();
        let blocks = estate.credentials_of(instance.environment, instance.stack);
        let mut kinds: BTreeSet<Kind> =
            providers.into_iter().filter_map(Kind::of_provider).collect();
        let (mut settings, mut given): (Vec<Settings>, Vec<Kind>) = (Vec::new(), Vec::new());
        let has = |kind: Kind| blocks.iter().any(|block| &*block.name.node == kind.name());
        if kinds.contains(&Kind::Kubernetes) && !has(Kind::Kubernetes) {
            // A program that the provider's own configuration names may ask a cloud.
            kinds.extend(Kind::ALL);
        }
        // From the cluster down: a program that tells its token asks for cloud credentials.
        for kind in Kind::ALL.into_iter().rev().filter(|_| !blocks.is_empty()) {
            let block = blocks.iter().find(|block| &*block.name.node == kind.name());
            let Some(block) = block else { continue };
            if !kinds.contains(&kind) {
                given.extend(is_given(estate, instance, block).then_some(kind));
                continue;
            }
            let one = Settings::evaluate(estate, instance, block, secrets, diags);
            given.extend(one.as_ref().map(|one| one.kind));
            if kind == Kind::Kubernetes && one.as_ref().is_some_and(Settings::runs_a_program) {
                kinds.extend(Kind::ALL);
            }
            settings.extend(one);
        }
        for block in blocks.iter().filter(|block| Kind::of_label(&block.name.node).is_none()) {
            Settings::evaluate(estate, instance, block, secrets, diags);
        }
        settings.reverse();
        (diags.error_count() == before).then_some(Wanted { settings, given })
    }

    /// Without the identity of a kind.
    fn without(mut self, kind: Kind) -> Wanted {
        self.settings.retain(|one| one.kind != kind);
        self.given.retain(|one| *one != kind);
        self
    }

    /// Whether its providers have the base environment as it is.
    pub fn is_empty(&self) -> bool {
        self.given.is_empty()
    }

    /// Whether no provider of the stack is anybody in particular.
    pub fn is_nobodys(&self) -> bool {
        self.settings.is_empty()
    }
}

/// Whether a block that none of the stack's providers takes gives it an identity, rather than being taken away from it.
/// No secret is read for that.
fn is_given(estate: &Estate, instance: &Instance, block: &CredentialsBlock) -> bool {
    let mut diags = Diags::new(); // told where the block is taken
    let settings = Settings::evaluate(estate, instance, block, &UnknownSecrets, &mut diags);
    settings.is_some() || diags.has_errors()
}

impl Identities {
    /// Identities of the estate in `dir`, of which none was asked for yet.
    pub fn new(host: &Host, dir: &Path) -> Identities {
        Identities::without(host, dir, &[])
    }

    /// The same, of whose processes none sees these variables.
    pub fn without(host: &Host, dir: &Path, names: &[&str]) -> Identities {
        Identities { asking: Arc::new(Asking::new(host, dir).without(names)), recorded: None }
    }

    /// The same, whose calls to AWS are recorded: nobody has the roles of its `aws` blocks.
    pub fn recorded(self, recorded: Recorded) -> Identities {
        Identities { recorded: Some(Arc::new(recorded)), ..self }
    }

    /// Whether calls to AWS are recorded.
    pub(super) fn are_recorded(&self) -> bool {
        self.recorded.is_some()
    }

    fn over(&self, under: Under, purpose: Purpose) -> Under {
        match &self.recorded {
            Some(recorded) => recorded.over(under, purpose),
            None => under,
        }
    }

    /// Asks for the roles of many stacks at once and without waiting, so that no stack's turn waits for the requests of those
    /// before it. What is refused is asked for again, and told, in its stack's turn.
    pub fn ask_ahead(&self, stacks: Vec<(Subject, Wanted)>, purpose: Purpose) {
        if self.are_recorded() {
            return;
        }
        let asking = self.asking.clone();
        tokio::spawn(futures_util::stream::iter(stacks).for_each_concurrent(
            ASKED_AT_ONCE,
            move |(subject, wanted)| {
                let asking = asking.clone();
                async move {
                    let aws = wanted.settings.into_iter().find(|one| one.kind == Kind::Aws);
                    let asked = aws.map(|one| {
                        tokio::task::spawn_blocking(move || {
                            drop(aws::grant(&one, purpose, &subject, &asking));
                        })
                    });
                    if let Some(asked) = asked {
                        let _ = asked.await; // its stack's turn tells what went wrong
                    }
                }
            },
        ));
    }

    /// Puts launches under the identity of a purpose. May ask services and run programs.
    ///
    /// # Errors
    /// Where an identity cannot be had and will not come by itself.
    pub async fn under(
        &self,
        subject: Subject,
        wanted: Wanted,
        launches: &BTreeMap<ProviderAddr, Launch>,
        purpose: Purpose,
        patience: Patience,
    ) -> Result<Under, Diagnostic> {
        let wanted = if self.are_recorded() { wanted.without(Kind::Aws) } else { wanted };
        if wanted.is_empty() {
            let under = Under { launches: launches.clone(), absent: Vec::new() };
            return Ok(self.over(under, purpose));
        }
        let asking = self.asking.clone();
        let begun = tokio::time::Instant::now();
        let granted = loop {
            let (asking, subject, wanted) = (asking.clone(), subject.clone(), wanted.clone());
            let asked = tokio::task::spawn_blocking(move || {
                grants(&wanted.settings, purpose, &subject, &asking)
            });
            let granted = asked.await.expect("BUG: asking for credentials panicked")?;
            let wait = patience == Patience::Propagation && !granted.absent.is_empty();
            if !wait || begun.elapsed() >= PROPAGATION {
                break granted;
            }
            tokio::time::sleep(ASK_EVERY).await;
        };
        let under = granted.under(launches, asking.environment(), &wanted, purpose);
        Ok(self.over(under, purpose))
    }
}

/// What was had, kind by kind.
#[derive(Default)]
struct Granted {
    grants: Vec<Grant>,
    absent: Vec<(Kind, String, Diagnostic)>,
}

fn grants(
    settings: &[Settings],
    purpose: Purpose,
    subject: &Subject,
    asking: &Asking,
) -> Result<Granted, Diagnostic> {
    let mut granted = Granted::default();
    for one in settings {
        let own = |diagnostic| Refused::own(diagnostic, subject);
        if let Some(waits) = waits_for(one, &granted) {
            granted.absent.push(waits);
            continue;
        }
        let result = match one.kind {
            Kind::Aws => aws::grant(one, purpose, subject, asking),
            Kind::Google => google::grant(one, purpose).map_err(own),
            Kind::Azure => azure::grant(one, purpose, asking).map_err(own),
            Kind::Kubernetes => kubernetes::grant(one, purpose, subject, asking, &granted.grants),
        };
        match result {
            Ok(grant) => granted.grants.push(grant),
            Err(Refused { diagnostic, absent: Some(cause) }) => {
                granted.absent.push((one.kind, cause, *diagnostic));
            }
            Err(Refused { diagnostic, absent: None }) => return Err(*diagnostic),
        }
    }
    Ok(granted)
}

/// A program is not run while the cloud identity that it would run under is not there.
fn waits_for(settings: &Settings, granted: &Granted) -> Option<(Kind, String, Diagnostic)> {
    let (_, cause, diagnostic) = granted.absent.first().filter(|_| settings.runs_a_program())?;
    Some((settings.kind, cause.clone(), diagnostic.clone()))
}

impl Granted {
    fn under(
        self,
        launches: &BTreeMap<ProviderAddr, Launch>,
        base: &[(String, String)],
        wanted: &Wanted,
        purpose: Purpose,
    ) -> Under {
        let bare = wanted.given.iter().fold(Arc::from(base), |environment: Arc<[_]>, kind| {
            Changes::without(kind.base_variables()).apply(&environment)
        });
        let mut under = Under::default();
        for (addr, launch) in launches {
            let kind = Kind::of_provider(addr);
            let for_it =
                |grant: &&Grant| Some(grant.kind) == kind || kind == Some(Kind::Kubernetes);
            let grants: Vec<&Grant> = self.grants.iter().filter(for_it).collect();
            let environment = grants
                .iter()
                .fold(bare.clone(), |environment, grant| grant.changes.apply(&environment));
            let identity: Vec<&str> = grants.iter().map(|grant| grant.identity.as_str()).collect();
            let purpose = if identity.is_empty() { launch.purpose } else { purpose };
            let identity = identity.join(" ").into();
            let launch = Launch { environment, identity, purpose, ..launch.clone() };
            under.launches.insert(addr.clone(), launch);
        }
        under.absent = self.absent.into_iter().filter_map(|one| absent(one, launches)).collect();
        under
    }
}

/// An identity that is missing where a provider of the stack would have it.
fn absent(
    (kind, cause, diagnostic): (Kind, String, Diagnostic),
    launches: &BTreeMap<ProviderAddr, Launch>,
) -> Option<Absent> {
    let providers: Vec<ProviderAddr> =
        launches.keys().filter(|addr| Kind::of_provider(addr) == Some(kind)).cloned().collect();
    (!providers.is_empty()).then(|| Absent { providers, cause: cause.into(), diagnostic })
}
