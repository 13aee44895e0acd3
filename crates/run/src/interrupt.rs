//! Interrupts: how often the user asked to stop, and what each time means (ENGINE §11).

use tokio::sync::watch;

/// What the user wants by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Begin nothing new, and wait for what is under way.
    BeginNothing,
    /// Ask what is under way to stop.
    Stop,
    /// End it.
    Kill,
}

/// Where interrupts are counted.
#[derive(Clone, Debug)]
pub struct Interrupter(watch::Sender<u32>);

/// Where interrupts are awaited; each clone sees every one.
#[derive(Clone, Debug)]
pub struct Interrupts(watch::Receiver<u32>);

/// A counter, and whoever waits for it.
pub fn interrupts() -> (Interrupter, Interrupts) {
    let (sender, receiver) = watch::channel(0);
    (Interrupter(sender), Interrupts(receiver))
}

impl Interrupter {
    /// One more.
    pub fn interrupt(&self) {
        self.0.send_modify(|count| *count += 1);
    }

    /// Counts `SIGINT` and `SIGTERM` of this process from now on. Call within a runtime.
    ///
    /// # Errors
    /// Where the handlers cannot be set.
    pub fn listen(&self) -> std::io::Result<()> {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let own = self.clone();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    Some(()) = interrupt.recv() => own.interrupt(),
                    Some(()) = terminate.recv() => own.interrupt(),
                    else => break,
                }
            }
        });
        Ok(())
    }
}

impl Interrupts {
    /// The level after the next interrupt; pending for ever where none will come.
    pub(crate) async fn next(&mut self) -> Level {
        if self.0.changed().await.is_err() {
            return std::future::pending().await;
        }
        level(*self.0.borrow_and_update())
    }

    /// Whether the user asked to stop.
    pub fn asked(&self) -> bool {
        *self.0.borrow() > 0
    }
}

fn level(count: u32) -> Level {
    match count {
        0 | 1 => Level::BeginNothing,
        2 => Level::Stop,
        _ => Level::Kill,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_interrupt_means_more() {
        let (interrupter, mut interrupts) = interrupts();
        for expect in [Level::BeginNothing, Level::Stop, Level::Kill, Level::Kill] {
            interrupter.interrupt();
            assert_eq!(interrupts.next().await, expect);
        }
        assert!(interrupts.asked());
    }
}
