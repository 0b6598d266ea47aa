//! What a file that stands behind a report is examined for before it is kept: its hash, what it is, whether anything in it runs,
//! whether it bears a mark of secrecy. Pictures are made anew, so that nothing but what is seen stays of them.
//!
//! The bytes come from anywhere. Whatever they are, memory and time stay bounded and the server goes on: decoders run in a process
//! of their own ([`examiner`]), and one that panics, takes more than it may or is killed has found a file that is not taken.

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
use sha2::{Digest, Sha256};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Files that are examined in one moment: each may take [`examiner::MOST_MEMORY`].
const AT_ONCE: usize = 2;

/// Examines files, not too many at a time.
pub struct Checks {
    permits: Arc<Semaphore>,
    examiner: examiner::Examiner,
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
        Self { permits: Arc::new(Semaphore::new(AT_ONCE)), examiner }
    }

    /// Examines an upload of which all came, and puts it in its place. What is in memory is bounded: nothing is read before
    /// there is a permit, which is given back when the work is done, even where nobody waits for it any more. Every way in which an
    /// examination can end is kept as its verdict, so that no content is examined again and again; where none could begin, the upload
    /// stays for whoever asks next.
    pub async fn finish(
        &self,
        store: &Store,
        reporter: &ReporterId,
        sha256: ContentHash,
    ) -> Result<AttachmentStatus, StoreError> {
        // It is never closed.
        let permit = Arc::clone(&self.permits).acquire_owned().await.ok();
        let Some(bytes) = store.whole_upload(reporter, sha256).await? else {
            // Somebody else has ended it meanwhile.
            return Ok(store.attachment_status(reporter, sha256).await?.0);
        };
        let (kept_in, of, examiner) = (store.clone(), reporter.clone(), self.examiner.clone());
        // What is found is kept though whoever asked has gone away: a file that takes long would else be examined for ever.
        let kept = tokio::spawn(async move {
            let _permit = permit;
            let Some(checked) = checked(&examiner, bytes, sha256).await else { return Ok(None) };
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
async fn checked(examiner: &examiner::Examiner, bytes: Vec<u8>, sha256: ContentHash) -> Option<Checked> {
    let bytes = Arc::new(bytes);
    let hashed = Arc::clone(&bytes);
    // It fails where the server stops.
    let found = tokio::task::spawn_blocking(move || hash(&hashed)).await.ok()?;
    if found != sha256 {
        return Some(Checked::Refused(Refusal::HashMismatch));
    }
    match examiner.examine(Arc::clone(&bytes), sha256).await? {
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
