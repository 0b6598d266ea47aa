//! Hashes passwords, as many at a time as the machine has cores, up to eight: each takes 19 MiB and tens of milliseconds of
//! one.

use crate::auth::passwords::Memory;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long it is waited for a permit.
const HASHING_TIMEOUT: Duration = Duration::from_secs(5);
/// Most permits, so that the memory stays bounded on any machine.
const MOST: usize = 8;

/// Why nothing was hashed.
#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    /// More want to hash at this moment than have a permit.
    #[error("too many sign-ins at once")]
    Crowded,
    /// Hashing stopped in the middle.
    #[error("hashing panicked: {0}")]
    Panicked(String),
}

/// The permits there are.
pub struct Hashing {
    permits: Arc<Semaphore>,
    /// What was hashed in before, and nobody hashes in now.
    memories: Arc<Mutex<Vec<Memory>>>,
}

/// A permit; it ends when it is dropped.
pub struct HashPermit {
    memory: Memory,
    memories: Arc<Mutex<Vec<Memory>>>,
    _permit: OwnedSemaphorePermit,
}

impl Default for Hashing {
    fn default() -> Self {
        Self::of(std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(MOST))
    }
}

impl Hashing {
    fn of(permits: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(permits)), memories: Arc::default() }
    }

    /// Waits a few seconds for a permit; [`HashingError::Crowded`] where none comes.
    pub async fn acquire(&self) -> Result<HashPermit, HashingError> {
        let permit = tokio::time::timeout(HASHING_TIMEOUT, Arc::clone(&self.permits).acquire_owned()).await;
        // It is never closed.
        let permit = permit.ok().and_then(Result::ok).ok_or(HashingError::Crowded)?;
        let memories = Arc::clone(&self.memories);
        let memory = memories.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        Ok(HashPermit { memory, memories, _permit: permit })
    }
}

impl HashPermit {
    /// Hashes off the async threads, and gives the permit back. It lasts until the hash is done even where nobody waits for the
    /// result any more.
    pub async fn run<T: Send + 'static>(
        mut self,
        hash: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<(T, Self), HashingError> {
        let task = tokio::task::spawn_blocking(move || (hash(&mut self.memory), self));
        task.await.map_err(|error| HashingError::Panicked(error.to_string()))
    }
}

impl Drop for HashPermit {
    fn drop(&mut self) {
        // Before the permit goes: there are never more memories than permits.
        let memory = std::mem::take(&mut self.memory);
        self.memories.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn a_turn_lasts_as_long_as_the_hash_and_not_as_long_as_somebody_waits() {
        let hashing = Hashing::of(1);
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let permit = hashing.acquire().await.expect("a permit");
        let begun = tokio::spawn(permit.run(move |_| wait.recv()));
        tokio::task::yield_now().await;
        begun.abort();
        begun.await.err().expect("nobody waits");
        assert_eq!(hashing.permits.available_permits(), 0);
        go.send(()).ok();
        hashing.acquire().await.expect("a permit");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn no_more_hash_at_once_than_there_are_turns() {
        let hashing = Arc::new(Hashing::of(2));
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let (hashing, now, most) = (Arc::clone(&hashing), Arc::clone(&now), Arc::clone(&most));
            tasks.spawn(async move {
                let permit = hashing.acquire().await.expect("a permit");
                let hash = move |_: &mut Memory| {
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::yield_now();
                    now.fetch_sub(1, Ordering::SeqCst);
                };
                permit.run(hash).await.expect("it hashes");
            });
        }
        tasks.join_all().await;
        assert!(most.load(Ordering::SeqCst) <= 2);
        assert!(hashing.memories.lock().expect("nobody panics with it").len() <= 2);
    }
}
