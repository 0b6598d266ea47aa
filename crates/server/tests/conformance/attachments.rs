//! What both databases keep of files that stand behind reports, and a backup of either with them.

use super::backend::{fresh_postgres, reporter};
use chitieu_domain::ReporterId;
use chitieu_domain::attachment::{ContentHash, MOST_STORED_PER_YEAR, MediaType, RULES, Refusal};
use chitieu_server::services::attachments::hash;
use chitieu_server::store::attachments::{
    Acted, Checked, Chunk, Custody, LONGEST_WAIT, List, MOST_BYTES_OPEN, MOST_OPEN, Put, Terms,
};
use chitieu_server::store::{Store, backup};
use chitieu_sync::api::attachments::AttachmentStatus;
use std::path::PathBuf;

const NOW: i64 = 1_790_000_000;
const AT: &str = "2026-11-22T08:00:00+07:00";

fn other() -> ReporterId {
    "police_commune:11977@2025-07-01".parse().expect("an id")
}

/// A scratch folder of this process, gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("chitieu-attachments-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// An empty database of each kind that can be asked.
async fn stores(folder: &Folder) -> Vec<Store> {
    let mut all = vec![format!("sqlite:{}", folder.0.join("a.db").display())];
    all.extend(fresh_postgres().await);
    let mut stores = Vec::new();
    for url in all {
        stores.push(Store::open(&url).await.expect("it opens"));
    }
    stores
}

async fn put(store: &Store, of: &ReporterId, bytes: &[u8], from: usize, to: usize) -> Put {
    put_at(store, of, bytes, (from, to), NOW).await
}

async fn put_at(store: &Store, of: &ReporterId, bytes: &[u8], (from, to): (usize, usize), now: i64) -> Put {
    let (offset, total) = (from as u64, bytes.len() as u64);
    let (sha256, body) = (hash(bytes), &bytes[from..to]);
    let chunk = Chunk { reporter: of, sha256, offset, total, body, now, most_stored: MOST_STORED_PER_YEAR };
    store.put_chunk(&chunk).await.expect("it answers")
}

fn partial(offset: u64) -> AttachmentStatus {
    AttachmentStatus::Partial { offset }
}

fn taken(bytes: &[u8]) -> Checked {
    Checked::Taken { media: MediaType::Pdf, bytes: bytes.to_vec(), stored_sha256: hash(bytes) }
}

async fn stored(store: &Store, of: &ReporterId, bytes: &[u8]) -> AttachmentStatus {
    assert_eq!(put(store, of, bytes, 0, bytes.len()).await, Put::Whole);
    let whole = store.whole_upload(of, hash(bytes)).await.expect("it answers").expect("all is here");
    assert_eq!(whole, bytes);
    store.end_upload(of, hash(bytes), &taken(bytes), AT).await.expect("it ends")
}

async fn given(store: &Store, of: &ReporterId, sha256: ContentHash) -> Option<Vec<u8>> {
    let given = store.attachment(of, sha256).await.expect("it answers")?;
    let mut bytes = Vec::new();
    for part in 0..given.parts() {
        bytes.extend(store.attachment_part(&given, part).await.expect("a part"));
    }
    assert_eq!(bytes.len() as u64, given.bytes);
    Some(bytes)
}

async fn status(store: &Store, of: &ReporterId, sha256: ContentHash) -> AttachmentStatus {
    store.attachment_status(of, sha256).await.expect("it answers").0
}

#[tokio::test]
async fn parts_come_in_order_and_one_that_is_sent_again_is_written_once() {
    let (folder, of, bytes) = (Folder::new("order"), reporter(), b"0123456789\0\xff".as_slice());
    for store in stores(&folder).await {
        assert_eq!(put(&store, &of, bytes, 4, 8).await, Put::Elsewhere(AttachmentStatus::Absent));
        assert_eq!(put(&store, &of, bytes, 0, 4).await, Put::Kept(partial(4)));
        assert_eq!(put(&store, &of, bytes, 0, 4).await, Put::Kept(partial(4)));
        assert_eq!(put(&store, &of, bytes, 2, 6).await, Put::Elsewhere(partial(4)), "it overlaps");
        assert_eq!(put(&store, &of, bytes, 8, 12).await, Put::Elsewhere(partial(4)), "a part is missing");
        assert_eq!(store.whole_upload(&of, hash(bytes)).await.expect("it answers"), None);
        assert_eq!(put(&store, &of, bytes, 4, 12).await, Put::Whole);
        // Nobody looked at it yet: the last part again, or whoever asks how it stands, brings that about.
        assert_eq!(put(&store, &of, bytes, 4, 12).await, Put::Whole);
        let asked = store.attachment_status(&of, hash(bytes)).await.expect("it answers");
        assert_eq!(asked, (partial(12), true));
        let whole = store.whole_upload(&of, hash(bytes)).await.expect("it answers");
        assert_eq!(whole.as_deref(), Some(bytes));
        let wrong = Chunk {
            reporter: &of,
            sha256: hash(b""),
            offset: 3,
            total: 4,
            body: b"xx",
            now: NOW,
            most_stored: MOST_STORED_PER_YEAR,
        };
        assert_eq!(store.put_chunk(&wrong).await.expect("it answers"), Put::Malformed);
    }
}

#[tokio::test]
async fn a_content_is_kept_once_and_given_to_who_sent_it_whole() {
    let (folder, bytes) = (Folder::new("once"), vec![7_u8; 600_000]);
    let sha256 = hash(&bytes);
    for store in stores(&folder).await {
        let told = stored(&store, &reporter(), &bytes).await;
        let expected =
            AttachmentStatus::Stored { bytes: 600_000, media: "pdf".into(), stored_sha256: sha256 };
        assert_eq!(told, expected);
        assert_eq!(status(&store, &other(), sha256).await, AttachmentStatus::Absent);
        assert_eq!(given(&store, &other(), sha256).await, None, "to know its name is not enough");
        assert_eq!(stored(&store, &other(), &bytes).await, expected);
        for of in [reporter(), other()] {
            assert_eq!(given(&store, &of, sha256).await.as_deref(), Some(&bytes[..]));
            assert_eq!(put(&store, &of, &bytes, 0, 4).await, Put::Kept(expected.clone()));
        }
        let page = store.list_attachments(List::default()).await.expect("a page");
        assert_eq!((page.attachments.len(), page.attachments[0].reporters.len()), (1, 2));
        let names = [other().to_string()];
        let own = List { reporters: Some(&names), ..List::default() };
        let page = store.list_attachments(own).await.expect("a page");
        assert_eq!(page.attachments[0].reporters, [other()], "whose else it is is not told");
        assert!(page.attachments[0].others, "but that it is somebody's");
    }
}

#[tokio::test]
async fn two_devices_that_send_the_same_at_once_come_to_one_content() {
    let (folder, of) = (Folder::new("two"), reporter());
    let bytes: Vec<u8> = (0..90_000_u32).map(|n| n as u8).collect();
    for store in stores(&folder).await {
        let device = async || {
            let mut at = 0;
            while at < bytes.len() {
                let end = (at + 10_000).min(bytes.len());
                at = match put(&store, &of, &bytes, at, end).await {
                    Put::Kept(AttachmentStatus::Partial { offset })
                    | Put::Elsewhere(AttachmentStatus::Partial { offset }) => offset as usize,
                    Put::Kept(AttachmentStatus::Stored { .. }) => return,
                    Put::Whole => break,
                    other => panic!("{other:?}"),
                };
            }
            if let Some(whole) = store.whole_upload(&of, hash(&bytes)).await.expect("it answers") {
                store.end_upload(&of, hash(&bytes), &taken(&whole), AT).await.expect("it ends");
            }
        };
        tokio::join!(device(), device(), device());
        assert_eq!(given(&store, &of, hash(&bytes)).await.as_deref(), Some(&bytes[..]));
    }
}

#[tokio::test]
async fn what_a_hash_does_not_name_says_nothing_of_it_and_what_is_refused_stays_so() {
    let (folder, of, bytes) = (Folder::new("refused"), reporter(), b"a file".as_slice());
    for store in stores(&folder).await {
        put(&store, &of, bytes, 0, 6).await;
        let wrong = Checked::Refused(Refusal::HashMismatch);
        store.end_upload(&of, hash(bytes), &wrong, AT).await.expect("it ends");
        assert_eq!(status(&store, &of, hash(bytes)).await, AttachmentStatus::Absent);
        put(&store, &of, bytes, 0, 6).await;
        let marked = Checked::Refused(Refusal::SecretMark);
        let told = store.end_upload(&of, hash(bytes), &marked, AT).await.expect("it ends");
        assert_eq!(told, AttachmentStatus::Refused { reason: "secret_mark".into() });
        assert_eq!(put(&store, &of, bytes, 0, 6).await, Put::Kept(told));
        assert_eq!(given(&store, &of, hash(bytes)).await, None);
        assert_eq!(status(&store, &other(), hash(bytes)).await, AttachmentStatus::Absent);
    }
}

#[tokio::test]
async fn what_is_quarantined_comes_back_and_what_is_purged_does_not() {
    let (folder, of, bytes) = (Folder::new("purged"), reporter(), b"a file of some length".as_slice());
    let sha256 = hash(bytes);
    for store in stores(&folder).await {
        let act = async |act| {
            store.act_on_attachment(sha256, act, ("admin", "vì sao"), &|_| true).await.expect("it answers")
        };
        assert_eq!(act(Custody::Purge).await, Acted::Absent);
        stored(&store, &of, bytes).await;
        assert_eq!(act(Custody::Quarantine).await, Acted::Done);
        assert_eq!(status(&store, &of, sha256).await, AttachmentStatus::Quarantined);
        assert_eq!(given(&store, &of, sha256).await, None);
        assert_eq!(act(Custody::Release).await, Acted::Done);
        assert_eq!(given(&store, &of, sha256).await.as_deref(), Some(bytes));
        // Somebody else sends it in this moment.
        put(&store, &other(), bytes, 0, 4).await;
        assert_eq!(act(Custody::Purge).await, Acted::Done);
        assert_eq!(act(Custody::Release).await, Acted::Barred);
        assert_eq!(given(&store, &of, sha256).await, None);
        for of in [reporter(), other()] {
            assert_eq!(put(&store, &of, bytes, 0, 4).await, Put::Kept(AttachmentStatus::Purged));
        }
        let page = store.list_attachments(List::default()).await.expect("a page");
        let [one] = &page.attachments[..] else { panic!("{page:?}") };
        assert_eq!((one.sha256, one.state.as_str(), one.bytes), (sha256, "purged", 21));
        let acts: Vec<&str> = one.acts.iter().map(|acted| acted.act.as_str()).collect();
        assert_eq!(acts, ["quarantine", "release", "purge"]);
        assert_eq!((one.acts[2].by.as_str(), one.acts[2].reason.as_str()), ("admin", "vì sao"));
    }
    let sqlite = std::fs::read(folder.0.join("a.db")).expect("a file");
    assert!(!sqlite.windows(bytes.len()).any(|part| part == bytes), "it is not in the file any more");
}

#[tokio::test]
async fn what_a_reporter_has_under_way_is_bounded_and_forgotten_after_a_week() {
    let (folder, of) = (Folder::new("bounded"), reporter());
    for store in stores(&folder).await {
        let begin = async |nth: u8, total: u64, now: i64| {
            let (sha256, body) = (hash(&[nth]), &[nth][..]);
            let chunk = Chunk {
                reporter: &of,
                sha256,
                offset: 0,
                total,
                body,
                now,
                most_stored: MOST_STORED_PER_YEAR,
            };
            store.put_chunk(&chunk).await.expect("it answers")
        };
        for nth in 0..MOST_OPEN as u8 {
            assert_eq!(begin(nth, 9, NOW).await, Put::Kept(partial(1)));
        }
        assert_eq!(begin(99, 9, NOW).await, Put::Crowded);
        assert_eq!(begin(0, 9, NOW).await, Put::Kept(partial(1)), "one that is under way goes on");
        assert_eq!(put(&store, &other(), b"ab", 0, 1).await, Put::Kept(partial(1)), "another's are its own");
        let later = NOW + LONGEST_WAIT + 1;
        assert_eq!(begin(99, MOST_BYTES_OPEN, later).await, Put::Kept(partial(1)));
        assert_eq!(status(&store, &of, hash(&[0])).await, AttachmentStatus::Absent);
        assert_eq!(begin(98, 2, later).await, Put::Crowded, "as many bytes as there may be");
    }
}

#[tokio::test]
async fn what_is_begun_at_once_is_bounded_as_what_is_begun_one_after_the_other() {
    let (folder, of) = (Folder::new("at-once"), reporter());
    for store in stores(&folder).await {
        let begin = async |nth: u8| {
            let (sha256, body) = (hash(&[nth]), &[nth][..]);
            let chunk =
                Chunk { reporter: &of, sha256, offset: 0, total: 10, body, now: NOW, most_stored: 45 };
            store.put_chunk(&chunk).await.expect("it answers")
        };
        let all = futures_util::future::join_all((0..MOST_OPEN as u8).map(begin)).await;
        let there = all.iter().filter(|put| **put == Put::Kept(partial(1))).count();
        assert_eq!((there, all.iter().filter(|put| **put == Put::Full).count()), (4, 6), "{all:?}");
    }
}

#[tokio::test]
async fn what_a_reporter_stores_in_a_year_is_bounded_with_what_is_under_way() {
    const DAYS: i64 = 24 * 3_600;
    let (folder, of) = (Folder::new("quota"), reporter());
    for store in stores(&folder).await {
        let begin = async |nth: u8, total: u64, now: i64| {
            let (sha256, body) = (hash(&[nth]), &[nth][..]);
            let chunk = Chunk { reporter: &of, sha256, offset: 0, total, body, now, most_stored: 100 };
            store.put_chunk(&chunk).await.expect("it answers")
        };
        stored(&store, &of, &[7; 60]).await;
        stored(&store, &other(), &[8; 90]).await;
        assert_eq!(begin(1, 41, NOW).await, Put::Full);
        assert_eq!(status(&store, &of, hash(&[1])).await, AttachmentStatus::Absent, "nothing of it is kept");
        assert_eq!(begin(1, 30, NOW).await, Put::Kept(partial(1)));
        assert_eq!(begin(2, 11, NOW).await, Put::Full, "what is under way counts");
        assert_eq!(begin(2, 10, NOW).await, Put::Kept(partial(1)));
        // Next year, when what was under way is forgotten too.
        assert_eq!(begin(3, 100, NOW + 120 * DAYS).await, Put::Kept(partial(1)));
        // What is purged takes no room any more.
        let purge = store.act_on_attachment(hash(&[7; 60]), Custody::Purge, ("admin", "x"), &|_| true).await;
        assert_eq!(purge.expect("it answers"), Acted::Done);
        assert_eq!(begin(4, 100, NOW + 130 * DAYS).await, Put::Kept(partial(1)));
    }
}

#[tokio::test]
async fn what_is_made_larger_than_it_was_announced_is_counted_as_it_is_kept() {
    let (folder, of, sent) = (Folder::new("larger"), reporter(), [1; 10]);
    for store in stores(&folder).await {
        let end = async |bytes: usize| {
            let terms = Terms { most_stored: 100, ..Terms::default() };
            let made = taken(&vec![2; bytes]);
            store.end_upload_by(terms, (&of, hash(&sent)), &made, AT).await.expect("it ends")
        };
        stored(&store, &of, &[7; 60]).await;
        assert_eq!(put(&store, &of, &sent, 0, 10).await, Put::Whole);
        let full = AttachmentStatus::Refused { reason: Refusal::QuotaExceeded.id().into() };
        assert_eq!(end(41).await, full);
        assert_eq!(status(&store, &of, hash(&sent)).await, partial(10), "the upload stays");
        assert!(store.whole_upload(&of, hash(&sent)).await.expect("it answers").is_some());
        assert!(matches!(end(40).await, AttachmentStatus::Stored { bytes: 40, .. }));
    }
}

#[tokio::test]
async fn what_earlier_rules_refused_is_examined_again_when_it_is_sent_again() {
    let by = |rules| Terms { rules, ..Terms::default() };
    let (folder, of, bytes) = (Folder::new("rules"), reporter(), b"a file".as_slice());
    let sha256 = hash(bytes);
    let refused = |why: Refusal| AttachmentStatus::Refused { reason: why.id().into() };
    for store in stores(&folder).await {
        put(&store, &of, bytes, 0, 6).await;
        let unreadable = Checked::Refused(Refusal::Unreadable);
        store.end_upload_by(by(RULES - 1), (&of, sha256), &unreadable, AT).await.expect("it ends");
        let earlier = AttachmentStatus::RefusedEarlier { reason: Refusal::Unreadable.id().into() };
        assert_eq!(status(&store, &of, sha256).await, earlier);
        assert_eq!(status(&store, &other(), sha256).await, AttachmentStatus::Absent, "another's is not told");
        assert_eq!(put(&store, &of, bytes, 0, 3).await, Put::Kept(partial(3)), "it may come again");
        assert_eq!(status(&store, &of, sha256).await, partial(3), "and goes on");
        assert_eq!(put(&store, &of, bytes, 3, 6).await, Put::Whole);
        let marked = Checked::Refused(Refusal::SecretMark);
        let told = store.end_upload(&of, sha256, &marked, AT).await.expect("it ends");
        assert_eq!(told, refused(Refusal::SecretMark), "by the rules of now");
        assert_eq!(put(&store, &of, bytes, 0, 6).await, Put::Kept(told), "which are final");
        put(&store, &other(), b"another", 0, 7).await;
        let own = (&other(), hash(b"another"));
        store.end_upload_by(by(RULES - 1), own, &unreadable, AT).await.expect("it ends");
        let told = stored(&store, &other(), b"another").await;
        assert!(matches!(told, AttachmentStatus::Stored { bytes: 7, .. }), "{told:?}");
        assert_eq!(given(&store, &other(), own.1).await.as_deref(), Some(&b"another"[..]));
        // What is there is never replaced, whatever the rules.
        put(&store, &of, b"another", 0, 7).await;
        let later = store.end_upload_by(by(RULES + 1), (&of, own.1), &unreadable, AT).await.expect("it ends");
        assert_eq!(later, told);
    }
}

#[tokio::test]
async fn a_backup_holds_attachments_and_what_is_under_way() {
    let (folder, of) = (Folder::new("backup"), reporter());
    let bytes: Vec<u8> = (0..700_000_u32).map(|n| (n % 251) as u8).collect();
    for (nth, store) in stores(&folder).await.into_iter().enumerate() {
        stored(&store, &of, &bytes).await;
        put(&store, &of, b"abc", 0, 2).await;
        let copy = folder.0.join(format!("copy-{nth}.db"));
        backup::write(&store, &copy).await.expect("a backup");
        let mut places = vec![format!("sqlite:{}", folder.0.join(format!("restored-{nth}.db")).display())];
        places.extend(fresh_postgres().await);
        for url in places {
            let now = chrono::DateTime::parse_from_rfc3339(AT).expect("a time");
            backup::restore(&url, &copy, now).await.expect("it is restored");
            let store = Store::open_existing(&url).await.expect("it opens");
            assert_eq!(given(&store, &of, hash(&bytes)).await.as_deref(), Some(&bytes[..]));
            assert_eq!(put(&store, &of, b"abc", 2, 3).await, Put::Whole);
            // What comes next is numbered after what was there.
            stored(&store, &of, b"another").await;
        }
    }
}
