//! Holding the lease of a stack: taken with patience, kept alive, given back.
//!
//! Invariant: once a heartbeat is refused, or the last good one is too long ago, no further call begins.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use diag::Diagnostic;
use host::Host;
use store::{Lease, LockError, LockRequest, StackKey, Store, WriteError};

/// How often a holder says that it lives.
const BEAT_EVERY: Duration = Duration::from_secs(5);
/// How long after the last good heartbeat calls may still begin.
const BELIEVED: Duration = Duration::from_secs(20);
/// How often a lease that somebody holds is asked for again.
const ASK_EVERY: Duration = Duration::from_millis(200);

/// A lease that is held.
pub struct Held {
    store: Arc<dyn Store>,
    lease: Lease,
    lost: Arc<AtomicBool>,
    beating: tokio::task::JoinHandle<()>,
}

impl Held {
    /// Takes the lease of a stack; waits for it as long as `patience` says.
    ///
    /// # Errors
    /// A diagnostic that names the holder.
    pub async fn take(
        store: Arc<dyn Store>,
        stack: &StackKey,
        request: LockRequest,
        patience: Duration,
    ) -> Result<Held, Diagnostic> {
        let begun = Instant::now();
        loop {
            let (port, key, wanted) = (store.clone(), stack.clone(), request.clone());
            let asked = tokio::task::spawn_blocking(move || port.acquire(&key, &wanted)).await;
            match asked.expect("BUG: acquiring a lease panicked") {
                Ok(lease) => return Ok(Held::keep(store, lease)),
                Err(error @ LockError::Port(_)) => return Err(refused(stack, &error)),
                Err(error) if begun.elapsed() >= patience => return Err(refused(stack, &error)),
                Err(_) => tokio::time::sleep(ASK_EVERY).await,
            }
        }
    }

    fn keep(store: Arc<dyn Store>, lease: Lease) -> Held {
        let lost = Arc::new(AtomicBool::new(false));
        let beating = tokio::spawn(beat(store.clone(), lease.clone(), lost.clone()));
        Held { store, lease, lost, beating }
    }

    /// The lease itself.
    pub fn lease(&self) -> &Lease {
        &self.lease
    }

    /// Whether calls may no longer begin; shared with whoever begins them.
    pub(crate) fn lost(&self) -> Arc<AtomicBool> {
        self.lost.clone()
    }

    /// Gives it back.
    pub async fn release(self) {
        self.beating.abort();
        let (store, lease) = (self.store, self.lease);
        // A lease that cannot be given back ends with this process.
        let _ = tokio::task::spawn_blocking(move || store.release(lease)).await;
    }
}

async fn beat(store: Arc<dyn Store>, lease: Lease, lost: Arc<AtomicBool>) {
    let mut good = Instant::now();
    loop {
        tokio::time::sleep(BEAT_EVERY).await;
        let (port, held) = (store.clone(), lease.clone());
        let beating = tokio::task::spawn_blocking(move || port.heartbeat(&held));
        let patience = BELIEVED.saturating_sub(good.elapsed());
        match tokio::time::timeout(patience, beating).await {
            Ok(Ok(Ok(()))) => good = Instant::now(),
            Ok(Ok(Err(WriteError::Fenced { .. }))) => {
                lost.store(true, Ordering::Release);
                return;
            }
            // A store that fails or hangs: the lease is believed only as long as its last good beat allows.
            _ => {}
        }
        lost.store(good.elapsed() >= BELIEVED, Ordering::Release);
    }
}

/// What is said of somebody who wants a lease.
pub fn request(host: &Host, operation: &str) -> LockRequest {
    LockRequest {
        id: host.uuid().into(),
        operation: operation.into(),
        info: "".into(),
        who: crate::who::of(host).short(),
        version: lang::TOFU_VERSION.into(),
    }
}

fn refused(stack: &StackKey, error: &LockError) -> Diagnostic {
    let root = stack.as_str() == ".";
    let (address, breaks) = if root {
        ("the state".to_owned(), "strata lock break".to_owned())
    } else {
        (format!("the state of {stack}"), format!("strata lock break {stack}"))
    };
    let diagnostic = match error {
        LockError::Held(holder) => {
            Diagnostic::error("lock-held", format!("Somebody else holds {address}"))
                .detail(format!("{holder} has had it since {}.", since(holder.since_ms)))
        }
        LockError::HeldByUnknown => {
            Diagnostic::error("lock-held", format!("Somebody else holds {address}"))
                .detail("Another program has the state file locked and does not say who it is.")
        }
        LockError::Port(error) => {
            return Diagnostic::error(
                "lock-failed",
                format!("The lease of {address} cannot be taken"),
            )
            .detail(format!("{error}."))
            .remedy("Mend what the system reports; nothing was changed.");
        }
    };
    diagnostic.remedy(format!(
        "Wait for it (-lock-timeout=5m). Where its holder is gone for good: {breaks}; its later writes are then refused."
    ))
}

fn since(ms: u64) -> String {
    host::Timestamp { seconds: ms / 1000, nanos: 0 }.rfc3339()
}
