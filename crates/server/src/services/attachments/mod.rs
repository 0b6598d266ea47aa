//! What a file that stands behind a report is looked at for before it is kept: its hash, what it is, whether anything in it runs,
//! whether it bears a mark of secrecy. Pictures are made anew, so that nothing but what is seen stays of them.
//!
//! The bytes come from anywhere. Whatever they are, memory and time stay bounded and the server goes on: a decoder that
//! panics has found a file that is not taken.

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

/// Files that are looked at in one moment: a decoded picture takes a hundred megabytes and more.
const AT_ONCE: usize = 2;

/// Looks at files, not too many at a time.
pub struct Checks {
    permits: Arc<Semaphore>,
}

impl Default for Checks {
    fn default() -> Self {
        Self { permits: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Checks {
    /// Looks at an upload of which all came, and puts it in its place. What is in memory is bounded: nothing is read before
    /// there is a permit, which is given back when the work is done, even where nobody waits for it any more.
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
        let work = move || {
            let _permit = permit;
            guarded(bytes, sha256)
        };
        let (kept_in, of) = (store.clone(), reporter.clone());
        // What is found is kept though whoever asked has gone away: a file that takes long would else be looked at for ever.
        let kept = tokio::spawn(async move {
            match tokio::task::spawn_blocking(work).await {
                Ok(checked) => kept_in.end_upload(&of, sha256, &checked, &timestamp()).await.map(Some),
                // The server stops: it is looked at when somebody asks next.
                Err(_) => Ok(None),
            }
        });
        match kept.await {
            Ok(Ok(Some(status))) => Ok(status),
            Ok(Err(error)) => Err(error),
            Ok(Ok(None)) | Err(_) => Ok(store.attachment_status(reporter, sha256).await?.0),
        }
    }
}

/// A panic of a decoder is a refusal.
fn guarded(bytes: Vec<u8>, sha256: ContentHash) -> Checked {
    match catch_unwind(AssertUnwindSafe(|| check(bytes, sha256))) {
        Ok(Ok(taken)) => taken,
        Ok(Err(refusal)) => Checked::Refused(refusal),
        Err(_) => {
            tracing::warn!(%sha256, "a file made its decoder panic");
            Checked::Refused(Refusal::Unreadable)
        }
    }
}

/// The SHA-256 of bytes.
pub fn hash(bytes: &[u8]) -> ContentHash {
    ContentHash::from(<[u8; 32]>::from(Sha256::digest(bytes)))
}

/// Looks at a file; why it is not taken.
fn check(bytes: Vec<u8>, sha256: ContentHash) -> Result<Checked, Refusal> {
    if hash(&bytes) != sha256 {
        return Err(Refusal::HashMismatch);
    }
    let media = look(&bytes)?;
    let (media, bytes) = match media {
        MediaType::Jpeg | MediaType::Png | MediaType::Webp => image::remake(&bytes, media)?,
        MediaType::Pdf => {
            pdf::inspect(&bytes)?;
            (media, bytes)
        }
        MediaType::Docx | MediaType::Xlsx | MediaType::Pptx | MediaType::Odt | MediaType::Ods => {
            office::inspect(&bytes)?;
            (media, bytes)
        }
    };
    let stored_sha256 = hash(&bytes);
    Ok(Checked::Taken { media, bytes, stored_sha256 })
}

/// Refuses a text that bears a mark of secrecy. Every mark has letters beyond ASCII; most texts of a file have none.
fn unmarked(text: &str) -> Result<(), Refusal> {
    if text.is_ascii() || secrecy::mark(text).is_none() { Ok(()) } else { Err(Refusal::SecretMark) }
}
