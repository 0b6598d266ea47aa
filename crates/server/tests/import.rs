//! `chitieu import`: what becomes of every row, what stands in the history afterwards, and that a run that was killed and
//! goes on ends where one that was not does.

use chitieu_server::cli;
use chitieu_server::cli::evaluate::Outcome;
use chitieu_server::cli::import::{Counts, Options, run};
use chitieu_server::store::Store;
use chitieu_server::store::database::Database;
use chitieu_server::store::file::Held;
use chitieu_server::values;
use chitieu_sync::grants::{Grants, Role};
use chitieu_widgets::Locale;
use clap::Parser;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

const P: &str = "police_province:33@2021-01-01";
/// How often an import is killed.
const KILLS: u64 = 9;
const SOURCE: &str = "Báo cáo số 12/BC-CAT";

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    options: Options,
}

/// A folder with a database that has one account, gone with the test.
struct World {
    folder: PathBuf,
    url: String,
}

/// How an import ended.
struct Ended {
    said: String,
    counts: Counts,
    outcome: Outcome,
}

impl World {
    async fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("chitieu-import-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        let url = format!("sqlite:{}", folder.join("a.db").display());
        let store = Store::open(&url).await.expect("it opens");
        let grants = Grants::plain(Role::Admin, Vec::new());
        store.put_user("lan", "Lan", "", &grants).await.expect("an account");
        store.close().await;
        Self { folder, url }
    }

    fn file(&self, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.join("f.csv");
        std::fs::write(&path, bytes).expect("it is written");
        path
    }

    fn arguments(&self, more: &[&str]) -> Vec<String> {
        let file = self.folder.join("f.csv").display().to_string();
        let all = ["import", &file, "--database", &self.url, "--author", "lan", "--source", SOURCE];
        all.iter().chain(more).map(|word| (*word).to_owned()).collect()
    }

    async fn import(&self, more: &[&str]) -> Result<Ended, String> {
        let options = Line::try_parse_from(self.arguments(more)).expect("the options read").options;
        let (mut out, mut notes) = (Vec::new(), Vec::new());
        let done = run(&options, Locale::En, &mut out, &mut notes).await.map_err(|stop| stop.to_string())?;
        let (outcome, counts) = done;
        let sum =
            counts.applied + counts.before + counts.same + counts.differs + counts.blank + counts.rejected;
        assert_eq!(sum, counts.rows, "each row is in one of them");
        Ok(Ended { said: String::from_utf8(out).expect("text"), counts, outcome })
    }

    async fn rows(&self, sql: &str) -> Vec<String> {
        let database = Database::open(&self.url).await.expect("it opens");
        let rows = database.fetch(sql, values![]).await.expect("rows");
        let rows = rows.iter().map(|row| row.text("x").expect("text")).collect();
        database.close().await;
        rows
    }

    /// Everything but what depends on the clock.
    async fn dump(&self) -> Vec<String> {
        let mut all = Vec::new();
        for sql in [
            "SELECT s.reporter || c.period || c.element || ' ' || c.rev || ' ' || coalesce(c.value, '') || c.op_id || c.author \
             || c.reason || coalesce(c.note, '') || c.estimated || c.branches AS x FROM cells c JOIN streams s ON s.id = c.stream \
             ORDER BY 1",
            "SELECT s.reporter || u.period || u.form || u.state || u.rev || u.author || coalesce(u.reason, '') AS x \
             FROM submissions u JOIN streams s ON s.id = u.stream ORDER BY 1",
            "SELECT s.reporter || p.period || p.element || p.value || ' ' || p.rev || p.estimated AS x FROM published p \
             JOIN streams s ON s.id = p.stream ORDER BY 1",
            "SELECT op_id || device_id || device_seq || author || reporter || outcome AS x FROM ops ORDER BY 1",
            "SELECT s.reporter || ' ' || e.seq || e.kind || coalesce(e.body ->> '$.element', e.body ->> '$.state') AS x \
             FROM events e JOIN streams s ON s.id = e.stream ORDER BY 1",
            "SELECT reporter || ' ' || seq AS x FROM streams ORDER BY 1",
        ] {
            all.extend(self.rows(sql).await);
        }
        all
    }

    fn rejected(&self) -> String {
        std::fs::read_to_string(self.folder.join("f.rejected.csv")).unwrap_or_default()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

fn csv(rows: &[&str]) -> String {
    let rows: Vec<String> = rows.iter().map(|row| row.replace("P,", &format!("{P},"))).collect();
    format!("reporter,period,element,value\n{}\n", rows.join("\n"))
}

/// Every expected cell of these periods; what the plan's rules look at is 0, so that they hold.
fn zeros(periods: &[&str]) -> String {
    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: cli::template::Options,
    }
    let mut all = String::new();
    for period in periods {
        let line = Line::try_parse_from(["template", "--period", period]).expect("it reads");
        let mut out = Vec::new();
        cli::template::run(&line.options, Locale::En, &mut out).expect("it prints");
        let text = String::from_utf8(out).expect("text");
        let skipped = usize::from(!all.is_empty());
        for (nth, row) in text.lines().skip(skipped).enumerate() {
            all.push_str(row);
            all.push_str(if nth + skipped > 0 { "0\n" } else { "\n" });
        }
    }
    all
}

#[tokio::test]
async fn a_figure_is_in_the_log_with_its_author_its_source_and_the_steps_of_its_form() {
    let world = World::new().await;
    world.file(format!(
        "reporter;period;element;value;note;estimated;source\n\
         {P};2022-Q1;child_abuse_crimes;1.234;rà soát;x;\n{P};2022-Q1;child_abuse_sexual_crimes;7;;;Sổ tay 5\n"
    ));
    let ended = world.import(&["--state", "published"]).await.expect("it ends");
    let wanted = Counts { rows: 2, applied: 2, moved: 1, ..Counts::default() };
    assert_eq!((ended.counts, ended.outcome), (wanted, Outcome::Complete), "{}", ended.said);
    assert_eq!(world.rejected(), "", "a list of nothing leaves no file");
    let heads = world
        .rows("SELECT value || author || reason || coalesce(note, '-') || estimated AS x FROM cells ORDER BY element")
        .await;
    let source = format!("lanImported from a file: {SOURCE}");
    assert_eq!(heads, [format!("1234{source}rà soát1"), "7lanImported from a file: Sổ tay 5-0".into()]);
    let ops = world
        .rows("SELECT body ->> '$.kind' || coalesce(body ->> '$.action', '') AS x FROM ops ORDER BY rowid")
        .await;
    assert_eq!(ops, ["figure", "figure", "submissionsubmit", "submissionapprove", "submissionpublish"]);
    let state = world.rows("SELECT state || author || reason AS x FROM submissions").await;
    assert_eq!(state, [format!("published{source}")]);
    assert_eq!(world.rows("SELECT CAST(value AS TEXT) AS x FROM published ORDER BY 1").await, ["1234", "7"]);
    assert_eq!(world.rows("SELECT CAST(count(*) AS TEXT) AS x FROM cells c LEFT JOIN ops o ON o.op_id = c.op_id WHERE o.op_id IS NULL").await, ["0"]);
}

#[tokio::test]
async fn a_second_run_changes_nothing_even_where_somebody_changed_something() {
    let world = World::new().await;
    world.file(csv(&["P,2022-Q1,child_abuse_crimes,12", "P,2022-Q1,child_abuse_sexual_crimes,7"]));
    world.import(&[]).await.expect("it ends");
    let before = world.dump().await;
    let again = world.import(&[]).await.expect("it ends");
    assert_eq!(again.counts, Counts { rows: 2, before: 2, ..Counts::default() });
    assert_eq!(world.dump().await, before);
    // Another file whose second number is another one, then the first again.
    world.file(csv(&["P,2022-Q1,child_abuse_crimes,12", "P,2022-Q2,child_abuse_crimes,3"]));
    let other = world.import(&[]).await.expect("it ends");
    assert_eq!(other.counts, Counts { rows: 2, same: 1, applied: 1, ..Counts::default() });
    let before = world.dump().await;
    world.file(csv(&["P,2022-Q1,child_abuse_crimes,12", "P,2022-Q1,child_abuse_sexual_crimes,7"]));
    world.import(&[]).await.expect("it ends");
    assert_eq!(world.dump().await, before);
}

#[tokio::test]
async fn a_number_where_another_stands_is_left_and_listed_or_kept_beside_it() {
    let world = World::new().await;
    world.file(csv(&["P,2022-Q1,child_abuse_crimes,12"]));
    world.import(&[]).await.expect("it ends");
    world.file(csv(&["P,2022-Q1,child_abuse_crimes,13", "P,2022-Q1,child_abuse_sexual_crimes,7"]));
    let left = world.import(&["--state", "submitted"]).await.expect("it ends");
    assert_eq!(left.counts, Counts { rows: 2, applied: 1, differs: 1, left: 1, ..Counts::default() });
    assert_eq!(left.outcome, Outcome::RowsSkipped);
    assert!(
        world
            .rejected()
            .contains("2,differs,value,13,\"the cell has 12 (lan), which is not replaced\",\"Compare"),
        "{}",
        world.rejected()
    );
    let head = "SELECT value || ' ' || branches AS x FROM cells WHERE element = 'child_abuse_crimes'";
    assert_eq!(world.rows(head).await, ["12 []"]);
    let kept = world.import(&["--on-difference", "branch"]).await.expect("it ends");
    assert_eq!(kept.counts, Counts { rows: 2, before: 1, differs: 1, ..Counts::default() });
    let both = world.rows(head).await;
    assert!(both[0].starts_with("12 [{") && both[0].contains("\"value\":13"), "{both:?}");
    // Once more: it stands beside already.
    let before = world.dump().await;
    world.import(&["--on-difference", "branch"]).await.expect("it ends");
    assert_eq!(world.dump().await, before);
}

#[tokio::test]
async fn rubbish_is_listed_with_line_field_value_reason_and_remedy_and_costs_no_other_row() {
    let world = World::new().await;
    let long = "x".repeat(2_100);
    world.file(format!(
        "reporter,period,element,value,note,estimated\n\
         nobody:1@2021-01-01,2022-Q1,child_abuse_crimes,1,,\n\
         {P},2022-Q9,child_abuse_crimes,1,,\n\
         {P},2022-Q1,child_abuse_crime,1,,\n\
         {P},2022-Q1,child_abuse_crimes,\"1,5\",,\n\
         {P},2022-Q1,child_abuse_crimes,-3,,\n\
         {P},2022-Q1,child_abuse_crimes,99999999999,,\n\
         {P},2030-Q1,child_abuse_crimes,1,,\n\
         {P},2022-01,child_abuse_crimes,1,,\n\
         {P},2022-Q1,child_abuse_crimes,1,{long},\n\
         {P},2022-Q2,child_abuse_crimes,1,,maybe\n\
         {P},2022-Q3,child_abuse_crimes,,,\n\
         \"open,2022-Q3,child_abuse_crimes,1,,\n\
         {P},2022-Q4,child_abuse_crimes,4,,\n\
         {P},2021-Q1,child_abuse_crimes,5,,\n{P},2021-Q1,child_abuse_crimes,5,,\n\
         {P},2021-Q2,child_abuse_crimes,6,,\n{P},2021-Q2,child_abuse_crimes,7,,\n"
    ));
    let ended = world.import(&[]).await.expect("it ends");
    let listed = world.rejected();
    let wanted = Counts { rows: 17, applied: 2, same: 1, blank: 1, rejected: 13, ..Counts::default() };
    assert_eq!(ended.counts, wanted, "{listed}");
    let mut lines: Vec<csv::StringRecord> =
        csv::Reader::from_reader(listed.as_bytes()).records().map(|r| r.expect("a record")).collect();
    assert_eq!(lines.len(), 13);
    lines.retain(|record| record.iter().skip(1).any(str::is_empty) && !record[2].is_empty());
    assert!(lines.iter().all(|record| record[3].is_empty()), "only a value may be empty: {lines:?}");
    for at in [
        "2,not taken,reporter,nobody:1@2021-01-01,there is no such reporter,",
        "4,not taken,element,child_abuse_crime,",
        "17,not taken,value,6,",
        "18,not taken,value,7,",
    ] {
        assert!(listed.contains(at), "`{at}` is not in {listed}");
    }
    // What was refused is not in the log: once it is mended it goes in.
    assert_eq!(world.rows("SELECT CAST(count(*) AS TEXT) AS x FROM ops").await, ["2"]);
}

#[tokio::test]
async fn encodings_and_separators_of_spreadsheets_read() {
    let text =
        format!("reporter;period;element;value;note\r\n{P};2022-Q1;child_abuse_crimes;1.000;đối chiếu\r\n");
    let utf16 = |bytes: fn(u16) -> [u8; 2], mark: [u8; 2]| {
        let units = text.encode_utf16().flat_map(bytes);
        mark.into_iter().chain(units).collect::<Vec<u8>>()
    };
    let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    for bytes in [marked, utf16(u16::to_le_bytes, [0xff, 0xfe]), utf16(u16::to_be_bytes, [0xfe, 0xff])] {
        let world = World::new().await;
        world.file(bytes);
        assert_eq!(
            world.import(&[]).await.expect("it ends").counts,
            Counts { rows: 1, applied: 1, ..Counts::default() }
        );
        assert_eq!(world.rows("SELECT value || note AS x FROM cells").await, ["1000đối chiếu"]);
    }
    // Windows-1258: the number reads, and a note in letters that cannot be told is not taken as something else.
    let world = World::new().await;
    let plain = format!(
        "reporter;period;element;value;note\r\n{P};2022-Q1;child_abuse_crimes;1;\r\n{P};2022-Q2;child_abuse_crimes;2;"
    );
    world.file([plain.as_bytes(), b"\xf0\xf4\xec\r\n"].concat());
    let ended = world.import(&[]).await.expect("it ends");
    assert_eq!(ended.counts, Counts { rows: 2, applied: 1, rejected: 1, ..Counts::default() });
    assert!(world.rejected().contains("3,not taken,note,"), "{}", world.rejected());
    assert!(ended.said.contains("CSV UTF-8"), "{}", ended.said);
}

#[tokio::test]
async fn a_dry_run_says_what_would_be_done_and_writes_nothing() {
    let world = World::new().await;
    world.file(zeros(&["2022-Q1"]));
    let before = world.dump().await;
    let dry = world.import(&["--state", "published", "--dry-run"]).await.expect("it ends");
    assert_eq!(world.dump().await, before);
    let done = world.import(&["--state", "published"]).await.expect("it ends");
    assert_eq!(dry.counts, done.counts);
    assert!(
        done.counts.applied > 300 && done.counts.moved > 50 && done.counts.left == 0,
        "{:?}",
        done.counts
    );
}

#[tokio::test]
async fn a_form_that_lacks_a_row_or_breaks_a_rule_stays_a_draft_and_goes_on_once_it_is_mended() {
    let world = World::new().await;
    world.file(csv(&["P,2022-Q1,child_abuse_crimes,1"]));
    let ended = world.import(&["--state", "approved"]).await.expect("it ends");
    assert_eq!(ended.counts, Counts { rows: 1, applied: 1, left: 1, ..Counts::default() });
    assert!(
        world.rejected().contains(
            ",form,form,police_province:33@2021-01-01 child_abuse 2022-Q1,the file lacks rows of the form,"
        ),
        "{}",
        world.rejected()
    );
    // More of a part than of the whole.
    world.file(csv(&["P,2022-Q1,child_abuse_crimes,1", "P,2022-Q1,child_abuse_sexual_crimes,2"]));
    let ended = world.import(&["--state", "approved"]).await.expect("it ends");
    assert_eq!(ended.counts, Counts { rows: 2, applied: 1, same: 1, left: 1, ..Counts::default() });
    assert!(world.rejected().contains("the figures break a rule of the form"), "{}", world.rejected());
    assert_eq!(world.rows("SELECT state AS x FROM submissions WHERE state <> 'draft'").await, [""; 0]);
}

#[tokio::test]
async fn nothing_begins_without_a_source_an_account_or_the_file_s_lock() {
    let world = World::new().await;
    world.file(csv(&["P,2022-Q1,child_abuse_crimes,1"]));
    let stops = async |more: &[&str]| world.import(more).await.err().expect("it stops");
    let file = world.folder.join("f.csv").display().to_string();
    let whole = |author: &str, source: &str| {
        let all = ["import", &file, "--database", &world.url, "--author", author, "--source", source];
        Line::try_parse_from(all).expect("it reads").options
    };
    for (author, source, says) in [("lan", " ", "--source"), ("mai", "x", "mai")] {
        let options = whole(author, source);
        let stop = run(&options, Locale::En, &mut Vec::new(), &mut Vec::new()).await.expect_err("it stops");
        assert!(stop.to_string().contains(says), "{stop}");
    }
    assert!(stops(&["--report", &file]).await.contains("f.csv"));
    assert!(std::fs::read_to_string(&file).expect("it is there").starts_with("reporter,"));
    let _held = Held::hold(&world.folder.join("a.db")).expect("a server would hold it");
    assert!(stops(&[]).await.contains("Another chitieu process holds"));
}

/// It is killed as soon as so much is in the log, nine times over; what it does at that moment is chance.
#[tokio::test]
async fn a_killed_import_goes_on_and_ends_like_one_that_was_not() {
    let whole = World::new().await;
    let text = zeros(&["2022-Q1"]);
    whole.file(&text);
    let done = whole.import(&["--state", "published"]).await.expect("it ends");
    let all: u64 = done.counts.applied + 3 * done.counts.moved;
    let killed = World::new().await;
    killed.file(&text);
    let watch = Database::open(&killed.url).await.expect("it opens");
    let count = async || {
        let rows =
            watch.fetch("SELECT CAST(count(*) AS BIGINT) AS n FROM ops", values![]).await.expect("rows");
        rows[0].int("n").expect("a number") as u64
    };
    let mut kills = 0;
    loop {
        let mut child = Command::new(env!("CARGO_BIN_EXE_chitieu"))
            .args(["--lang", "en"])
            .args(killed.arguments(&["--state", "published"]))
            .env("RUST_LOG", "off")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let ended = loop {
            if let Some(ended) = child.try_wait().expect("its end") {
                break Some(ended);
            }
            if kills < KILLS && count().await > all * kills / KILLS {
                child.kill().expect("it is killed");
                child.wait().expect("its end");
                kills += 1;
                break None;
            }
        };
        if let Some(ended) = ended {
            assert!(ended.success(), "{ended}");
            break;
        }
    }
    watch.close().await;
    assert_eq!(kills, KILLS);
    let (one, other) = (killed.dump().await, whole.dump().await);
    let first = one.iter().zip(&other).find(|(one, other)| one != other);
    assert!(one == other, "after {kills} kills: {first:?}");
    assert!(other.len() > 5_000, "{}", other.len());
}
