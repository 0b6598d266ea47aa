//! Hashes passwords, as many at a time as the machine has cores: each takes 19 MiB and tens of milliseconds of one.

use crate::problem::Problem;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long it is waited for a turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// The turns there are.
pub struct Hashing(Arc<Semaphore>);

/// A turn; it ends when it is dropped.
pub struct Turn {
    _permit: OwnedSemaphorePermit,
}

impl Default for Hashing {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self(Arc::new(Semaphore::new(cores)))
    }
}

impl Hashing {
    /// Waits a few seconds for a turn; [`Problem::TooManySignIns`] where none comes.
    pub async fn turn(&self) -> Result<Turn, Problem> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.0).acquire_owned()).await;
        // It is never closed.
        turn.ok().and_then(Result::ok).map(|_permit| Turn { _permit }).ok_or(Problem::TooManySignIns)
    }
}

impl Turn {
    /// Hashes off the async threads, and gives the turn back. It lasts until the hash is done even where nobody waits for the
    /// result any more.
    pub async fn run<T: Send + 'static>(
        self,
        hash: impl FnOnce() -> T + Send + 'static,
    ) -> Result<(T, Self), Problem> {
        let task = tokio::task::spawn_blocking(move || (hash(), self));
        task.await.map_err(|error| Problem::Panicked(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn a_turn_lasts_as_long_as_the_hash_and_not_as_long_as_somebody_waits() {
        let hashing = Hashing(Arc::new(Semaphore::new(1)));
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let turn = hashing.turn().await.expect("a turn");
        let begun = tokio::spawn(turn.run(move || wait.recv()));
        tokio::task::yield_now().await;
        begun.abort();
        begun.await.err().expect("nobody waits");
        assert_eq!(hashing.0.available_permits(), 0);
        go.send(()).ok();
        hashing.turn().await.ok().expect("a turn");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn no_more_hash_at_once_than_there_are_turns() {
        let hashing = Arc::new(Hashing(Arc::new(Semaphore::new(2))));
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let (hashing, now, most) = (Arc::clone(&hashing), Arc::clone(&now), Arc::clone(&most));
            tasks.spawn(async move {
                let turn = hashing.turn().await.ok().expect("a turn");
                let hash = move || {
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::yield_now();
                    now.fetch_sub(1, Ordering::SeqCst);
                };
                turn.run(hash).await.ok().expect("it hashes");
            });
        }
        tasks.join_all().await;
        assert!(most.load(Ordering::SeqCst) <= 2);
    }
}
