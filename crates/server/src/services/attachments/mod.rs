//! What a file that stands behind a report is examined for before it is kept: its hash, what it is, whether anything in it runs,
//! whether it bears a mark of secrecy. Pictures are made anew, so that nothing but what is seen stays of them.
//!
//! The bytes come from anywhere. Whatever they are, memory and time stay bounded and the server goes on: decoders run in a process
//! of their own ([`examiner`]), and one that panics or comes up against its own bounds has found a file that is not taken. One that
//! was ended by anything else has found nothing.

pub mod examiner;
mod image;
mod office;
mod pdf;
mod xml;

use crate::clock::timestamp;
use crate::store::Store;
use crate::store::attachments::Checked;
use crate::store::error::StoreError;
use chitieu_domain::ReporterId;
use chitieu_domain::attachment::{ContentHash, MediaType, Refusal, look, secrecy};
use chitieu_sync::api::attachments::AttachmentStatus;
use examiner::Ended;
use sha2::{Digest, Sha256};
use std::collections::{HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

/// Files that are examined in one moment: each may take [`examiner::MOST_MEMORY`].
const AT_ONCE: usize = 2;

/// How often the server waits in vain for the verdict on one content before it refuses it.
const MOST_IN_VAIN: u8 = 3;
/// Contents that it waited for in vain that are remembered.
const MOST_REMEMBERED: usize = 1_000;

/// Examines files, not too many at a time.
pub struct Checks {
    permits: Arc<Semaphore>,
    examiner: examiner::Examiner,
    in_vain: Arc<Mutex<InVain>>,
    under_way: UnderWay,
}

/// Contents that are examined in this moment, or wait for it.
type UnderWay = Arc<Mutex<HashSet<ContentHash>>>;

/// Leave to examine one content, named by its hash: nobody else has it until this is dropped.
struct HashPermit {
    sha256: ContentHash,
    of: UnderWay,
}

impl HashPermit {
    /// None where the content is examined already.
    fn take(of: &UnderWay, sha256: ContentHash) -> Option<Self> {
        locked(of).insert(sha256).then(|| Self { sha256, of: Arc::clone(of) })
    }
}

impl Drop for HashPermit {
    fn drop(&mut self) {
        locked(&self.of).remove(&self.sha256);
    }
}

/// Contents whose examination took too long, and how often, as long as this process lives: the oldest first, and forgotten first.
#[derive(Default)]
struct InVain(VecDeque<(ContentHash, u8)>);

impl InVain {
    /// Counts one more for a content; true where there have been enough.
    fn count(&mut self, sha256: ContentHash) -> bool {
        let times = self.forget(sha256).saturating_add(1);
        if times >= MOST_IN_VAIN {
            return true;
        }
        if self.0.len() == MOST_REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back((sha256, times));
        false
    }

    /// Forgets a content; how often it was waited for in vain.
    fn forget(&mut self, sha256: ContentHash) -> u8 {
        let place = self.0.iter().position(|(one, _)| *one == sha256);
        place.and_then(|place| self.0.remove(place)).map_or(0, |(_, times)| times)
    }
}

/// What a lock keeps. Nothing here panics while it is held.
fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What an examination found.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The file is taken: its type as it is given out, and its bytes where they were made anew.
    Taken(MediaType, Option<Vec<u8>>),
    /// It is not, and why.
    Refused(Refusal),
}

impl Checks {
    /// Examines files by this examiner.
    pub fn new(examiner: examiner::Examiner) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(AT_ONCE)),
            examiner,
            in_vain: Arc::default(),
            under_way: Arc::default(),
        }
    }

    /// Examines an upload of which all came, and puts it in its place. What is in memory is bounded: nothing is read before
    /// there is a permit, which is given back when the work is done, even where nobody waits for it any more. A verdict is kept, so that
    /// no content is examined again and again; where there was none, the upload stays for whoever asks next. What only takes too long
    /// is refused at the third time. Who asks while the same content is examined is answered at once how it stands, so that one
    /// content takes one permit, however many ask.
    pub async fn finish(
        &self,
        store: &Store,
        reporter: &ReporterId,
        sha256: ContentHash,
    ) -> Result<AttachmentStatus, StoreError> {
        let Some(of_hash) = HashPermit::take(&self.under_way, sha256) else {
            return Ok(store.attachment_status(reporter, sha256).await?.0);
        };
        // It is never closed.
        let permit = Arc::clone(&self.permits).acquire_owned().await.ok();
        let Some(bytes) = store.whole_upload(reporter, sha256).await? else {
            // Somebody else has ended it meanwhile.
            return Ok(store.attachment_status(reporter, sha256).await?.0);
        };
        let (kept_in, of) = (store.clone(), reporter.clone());
        let (examiner, in_vain) = (self.examiner.clone(), Arc::clone(&self.in_vain));
        // What is found is kept though whoever asked has gone away: a file that takes long would else be examined for ever.
        let kept = tokio::spawn(async move {
            let (_permit, _of_hash) = (permit, of_hash);
            let Some(checked) = checked(&examiner, &in_vain, bytes, sha256).await else { return Ok(None) };
            kept_in.end_upload(&of, sha256, &checked, &timestamp()).await.map(Some)
        });
        match kept.await {
            Ok(Ok(Some(status))) => Ok(status),
            Ok(Err(error)) => Err(error),
            Ok(Ok(None)) | Err(_) => Ok(store.attachment_status(reporter, sha256).await?.0),
        }
    }
}

/// What was found of a whole; none where nobody could look at it now.
async fn checked(
    examiner: &examiner::Examiner,
    in_vain: &Mutex<InVain>,
    bytes: Vec<u8>,
    sha256: ContentHash,
) -> Option<Checked> {
    let bytes = Arc::new(bytes);
    let hashed = Arc::clone(&bytes);
    // It fails where the server stops.
    let found = tokio::task::spawn_blocking(move || hash(&hashed)).await.ok()?;
    if found != sha256 {
        return Some(Checked::Refused(Refusal::HashMismatch));
    }
    let verdict = match examiner.examine(Arc::clone(&bytes), sha256).await {
        Ended::Found(verdict) => verdict,
        Ended::TooLong if locked(in_vain).count(sha256) => Verdict::Refused(Refusal::NotExamined),
        Ended::TooLong | Ended::Nothing => return None,
    };
    locked(in_vain).forget(sha256);
    match verdict {
        Verdict::Refused(refusal) => Some(Checked::Refused(refusal)),
        Verdict::Taken(media, None) => {
            let bytes = Arc::unwrap_or_clone(bytes);
            Some(Checked::Taken { media, bytes, stored_sha256: sha256 })
        }
        Verdict::Taken(media, Some(bytes)) => {
            let stored_sha256 = hash(&bytes);
            Some(Checked::Taken { media, bytes, stored_sha256 })
        }
    }
}

/// Examines a file in this process. A panic of a decoder is a refusal.
pub fn examine(bytes: &[u8]) -> Verdict {
    match catch_unwind(AssertUnwindSafe(|| check(bytes))) {
        Ok(Ok(verdict)) => verdict,
        Ok(Err(refusal)) => Verdict::Refused(refusal),
        Err(_) => {
            tracing::warn!("a file made its decoder panic");
            Verdict::Refused(Refusal::Unreadable)
        }
    }
}

/// The SHA-256 of bytes.
pub fn hash(bytes: &[u8]) -> ContentHash {
    ContentHash::from(<[u8; 32]>::from(Sha256::digest(bytes)))
}

/// Looks at a file; why it is not taken.
fn check(bytes: &[u8]) -> Result<Verdict, Refusal> {
    let media = look(bytes)?;
    match media {
        MediaType::Jpeg | MediaType::Png | MediaType::Webp => {
            let (media, remade) = image::remake(bytes, media)?;
            return Ok(Verdict::Taken(media, Some(remade)));
        }
        MediaType::Pdf => pdf::inspect(bytes)?,
        MediaType::Docx | MediaType::Xlsx | MediaType::Pptx | MediaType::Odt | MediaType::Ods => {
            office::inspect(bytes)?;
        }
    }
    Ok(Verdict::Taken(media, None))
}

/// Refuses a text that bears a mark of secrecy. Every mark has letters beyond ASCII; most texts of a file have none.
fn unmarked(text: &str) -> Result<(), Refusal> {
    if text.is_ascii() || secrecy::mark(text).is_none() { Ok(()) } else { Err(Refusal::SecretMark) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_has_one_permit_until_it_is_dropped() {
        let (of, one) = (UnderWay::default(), hash(b"one"));
        let permit = HashPermit::take(&of, one);
        assert!(permit.is_some() && HashPermit::take(&of, one).is_none());
        assert!(HashPermit::take(&of, hash(b"other")).is_some());
        drop(permit);
        assert!(HashPermit::take(&of, one).is_some());
    }

    #[test]
    fn what_takes_too_long_three_times_is_refused_and_what_is_remembered_is_bounded() {
        let mut in_vain = InVain::default();
        let (one, other) = (hash(b"one"), hash(b"other"));
        assert_eq!([one, other, one].map(|of| in_vain.count(of)), [false; 3]);
        assert!(in_vain.count(one), "the third time");
        assert!(!in_vain.count(one), "it was told, and is counted anew");
        assert_eq!(in_vain.forget(other), 1);
        for nth in 0..2 * MOST_REMEMBERED {
            assert!(!in_vain.count(hash(&nth.to_le_bytes())));
        }
        assert_eq!((in_vain.0.len(), in_vain.forget(one)), (MOST_REMEMBERED, 0));
    }
}
