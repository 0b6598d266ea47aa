//! Contents that would take a server's memory or time: they are examined in a process of their own, which is bounded, refused soon, and
//! never examined again.

use chitieu_domain::attachment::{CHUNK, ContentHash};
use chitieu_server::services::attachments::examiner::Examiner;
use chitieu_server::services::attachments::{Checks, hash};
use chitieu_server::store::Store;
use chitieu_server::store::attachments::{Chunk, Put};
use chitieu_sync::api::attachments::AttachmentStatus;
use lopdf::{Document, Object, Stream, dictionary};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Most bytes that a server's memory grows by while it has something examined: the content a few times over, never what it inflates to.
const MOST_GROWN: u64 = 96 * 1024 * 1024;
/// How long an examination may take here, in a build that is not optimised.
const SOON: Duration = Duration::from_mins(1);

struct Server {
    folder: PathBuf,
    store: Store,
    checks: Checks,
}

impl Server {
    async fn new(name: &str, program: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("chitieu-examination-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let url = format!("sqlite:{}", folder.join("a.db").display());
        let store = Store::open(&url).await.expect("a new database");
        Self { folder, store, checks: Checks::new(Examiner::Process(program.into())) }
    }

    async fn send(&self, bytes: &[u8]) -> (AttachmentStatus, Put) {
        let (reporter, sha256) = ("police_commune:11977@2025-07-01".parse().expect("an id"), hash(bytes));
        let total = bytes.len() as u64;
        let mut last = None;
        for (nth, body) in bytes.chunks(CHUNK).enumerate() {
            let offset = (nth * CHUNK) as u64;
            let chunk = Chunk {
                reporter: &reporter,
                sha256,
                offset,
                total,
                body,
                now: 1_790_000_000,
                most_stored: u64::MAX,
            };
            last = Some(self.store.put_chunk(&chunk).await.expect("it is kept"));
        }
        let status = self.checks.finish(&self.store, &reporter, sha256).await.expect("it ends");
        (status, last.expect("a chunk"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

const CHITIEU: &str = env!("CARGO_BIN_EXE_chitieu");

fn refused(reason: &str) -> AttachmentStatus {
    AttachmentStatus::Refused { reason: reason.into() }
}

fn stored(bytes: &[u8]) -> AttachmentStatus {
    let (stored_sha256, bytes): (ContentHash, u64) = (hash(bytes), bytes.len() as u64);
    AttachmentStatus::Stored { bytes, media: "pdf".into(), stored_sha256 }
}

/// Bytes that this process has had in memory at most.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1_024
}

fn packed(dict: lopdf::Dictionary, content: Vec<u8>) -> Stream {
    let mut stream = Stream::new(dict, content);
    stream.compress().expect("it is packed");
    stream
}

/// A document of these pages: what draws each, and the names of its font.
fn document(doc: &mut Document, drawn: &[(lopdf::ObjectId, String)]) -> Vec<u8> {
    let pages = doc.new_object_id();
    let kids: Vec<Object> = drawn
        .iter()
        .map(|(content, font)| {
            let own = dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" };
            let fonts = lopdf::Dictionary::from_iter([(font.as_bytes().to_vec(), Object::Dictionary(own))]);
            let page = dictionary! {
                "Type" => "Page", "Parent" => pages, "Contents" => *content,
                "Resources" => dictionary! { "Font" => fonts },
                "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
            };
            doc.add_object(page).into()
        })
        .collect();
    let count = kids.len() as i64;
    let tree = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count };
    doc.objects.insert(pages, Object::Dictionary(tree));
    let catalog = doc.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    doc.trailer.set("Root", catalog);
    let mut out = Vec::new();
    doc.save_to(&mut out).expect("it is written");
    out
}

/// In the place of the type of a stream of objects, of the same length: the library writes none that it was given.
const UNWRITTEN: &str = "ObjStx";

/// A page, and streams of objects of which each inflates to this.
fn of_object_streams(streams: usize, content: &[u8]) -> Vec<u8> {
    let mut doc = Document::with_version("1.5");
    let page = doc.add_object(Stream::new(dictionary! {}, b"BT ET".to_vec()));
    for nth in 0..streams as i64 {
        let head = format!("{} 0 ", 100_000 + nth);
        let body = [head.as_bytes(), content].concat();
        let dict = dictionary! { "Type" => UNWRITTEN, "N" => 1, "First" => head.len() as i64 };
        doc.add_object(packed(dict, body));
    }
    let mut file = document(&mut doc, &[(page, "F1".into())]);
    let places: Vec<usize> = file
        .windows(UNWRITTEN.len())
        .enumerate()
        .filter(|(_, part)| *part == UNWRITTEN.as_bytes())
        .map(|(at, _)| at)
        .collect();
    assert_eq!(places.len(), streams);
    for at in places {
        file[at..at + UNWRITTEN.len()].copy_from_slice(b"ObjStm");
    }
    file
}

#[tokio::test]
async fn a_small_file_that_inflates_to_much_is_refused_soon_and_takes_nothing_of_the_servers_memory() {
    let server = Server::new("bombs", CHITIEU).await;
    let zeros = vec![b' '; 60 << 20];
    let many = of_object_streams(8, &zeros);
    // Within what may be inflated, and more memory than there is once it is read.
    let deep =
        of_object_streams(1, &b"[1 ".iter().chain(&b"1 ".repeat(20 << 20)).copied().collect::<Vec<_>>());
    let shared = {
        let mut doc = Document::with_version("1.5");
        let content = doc.add_object(packed(dictionary! {}, vec![b' '; 15 << 20]));
        let drawn: Vec<_> = (0..100).map(|nth| (content, format!("F{nth}"))).collect();
        document(&mut doc, &drawn)
    };
    drop(zeros);
    std::fs::write("/proc/self/clear_refs", "5").expect("the peak begins anew");
    let before = peak();
    for (name, file, reason) in
        [("many", &many, "too_large"), ("deep", &deep, "not_examined"), ("shared", &shared, "too_large")]
    {
        assert!(file.len() < 1 << 20, "{name} is small: {}", file.len());
        let found = tokio::time::timeout(SOON, server.send(file)).await.expect("it ends soon");
        assert_eq!(found.0, refused(reason), "{name}");
        let (status, put) = server.send(file).await;
        assert_eq!((&status, put), (&refused(reason), Put::Kept(refused(reason))), "{name}: it is final");
    }
    let grown = peak().saturating_sub(before);
    assert!(grown < MOST_GROWN, "{grown} bytes");
}

#[tokio::test]
async fn pages_that_share_what_draws_them_are_looked_at_once() {
    let server = Server::new("shared", CHITIEU).await;
    let mut doc = Document::with_version("1.5");
    let content = doc.add_object(packed(dictionary! {}, b"100 200 l\n".repeat(4 << 17)));
    let font =
        doc.add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" });
    let pages = doc.new_object_id();
    let mut kids: Vec<Object> = Vec::new();
    for _ in 0..300 {
        let page = dictionary! {
            "Type" => "Page", "Parent" => pages, "Contents" => content,
            "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
        };
        kids.push(doc.add_object(page).into());
    }
    doc.objects.insert(pages, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => 300 }.into());
    let catalog = doc.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    doc.trailer.set("Root", catalog);
    let mut file = Vec::new();
    doc.save_to(&mut file).expect("it is written");
    let found = tokio::time::timeout(SOON, server.send(&file)).await.expect("it ends soon");
    assert_eq!(found.0, stored(&file));
}

#[tokio::test]
async fn who_asks_while_a_content_is_examined_is_told_at_once_and_it_is_examined_once() {
    let file = of_object_streams(1, b"<< /A 1 >>");
    let (reporter, sha256) = ("police_commune:11977@2025-07-01".parse().expect("an id"), hash(&file));
    let mut server = Server::new("at-once", "").await;
    let runs = server.folder.join("runs");
    let slow = format!("echo >> '{}'; sleep 2; exec '{CHITIEU}' examine", runs.display());
    server.checks = Checks::new(Examiner::Process(program(&server.folder, &slow).into()));
    let finish = async || server.checks.finish(&server.store, &reporter, sha256).await.expect("it ends");
    let (sent, asked) = tokio::join!(server.send(&file), async {
        while !runs.exists() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        finish().await
    });
    assert_eq!(asked, AttachmentStatus::Partial { offset: file.len() as u64 });
    assert_eq!((sent.0, finish().await), (stored(&file), stored(&file)));
    assert_eq!(std::fs::read_to_string(&runs).expect("it ran").lines().count(), 1);
}

/// A program that does this.
fn program(folder: &Path, does: &str) -> String {
    let place = folder.join("program");
    std::fs::write(&place, format!("#!/bin/sh\n{does}\n")).expect("a program");
    std::fs::set_permissions(&place, std::fs::Permissions::from_mode(0o755)).expect("it may run");
    place.to_str().expect("a path").to_owned()
}

#[tokio::test]
async fn a_process_that_was_ended_or_talks_nonsense_says_nothing_and_the_upload_waits_for_the_next() {
    let file = of_object_streams(1, b"<< /A 1 >>");
    let sound = Server::new("sound", CHITIEU).await;
    assert_eq!(sound.send(&file).await.0, stored(&file));
    let waits = AttachmentStatus::Partial { offset: file.len() as u64 };
    for program in ["/bin/false", "/bin/true", "/nonexistent/chitieu"] {
        let server = Server::new(&program.replace('/', "-"), program).await;
        for _ in 0..4 {
            assert_eq!(server.send(&file).await, (waits.clone(), Put::Whole), "{program}");
        }
    }
    for signal in ["KILL", "TERM", "INT", "HUP"] {
        let mut server = Server::new(signal, "").await;
        let ended = program(&server.folder, &format!("kill -{signal} $$"));
        server.checks = Checks::new(Examiner::Process(ended.into()));
        for _ in 0..4 {
            assert_eq!(server.send(&file).await, (waits.clone(), Put::Whole), "{signal}");
        }
        server.checks = Checks::new(Examiner::Process(CHITIEU.into()));
        assert_eq!(server.send(&file).await.0, stored(&file), "the next one looks at it");
    }
    for signal in ["XCPU", "ABRT", "SEGV", "BUS"] {
        let mut server = Server::new(signal, "").await;
        let ended = program(&server.folder, &format!("kill -{signal} $$"));
        server.checks = Checks::new(Examiner::Process(ended.into()));
        assert_eq!(server.send(&file).await.0, refused("not_examined"), "{signal}");
    }
}
