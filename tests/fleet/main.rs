//! Devices in numbers against the real server: a fleet that was offline, over a line that loses answers, and a
//! server that is killed while they send. `cargo xtask test` builds the server and says where it is.

use chitieu_sync::replica::{CellKey, ServerCell};
use chitieu_tests::accounts;
use chitieu_tests::device::Device;
use chitieu_tests::faulty_proxy::{Faults, FaultyProxy};
use chitieu_tests::server::{Scratch, Server, TODAY};
use std::collections::BTreeMap;
use std::path::Path;

/// Devices, in pairs that share the account of a commune's police.
const DEVICES: usize = 138;
/// What each has typed without a server.
const EDITS: usize = 200;
/// Of those, on cells that the other of the pair has filled in too: 5 %.
const SHARED: usize = 10;

/// As many as are needed to have batches everywhere on their way when the server is killed.
const FEW: usize = 24;
/// How often the server is killed.
const KILLS: usize = 10;

fn database(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("fleet.db").display())
}

/// What a device typed.
type Typed = Vec<(CellKey, i64)>;

/// The edits of every device. The two of a pair never give a cell the same value.
fn plan_edits(devices: usize) -> Vec<Typed> {
    let plan = accounts::plan();
    let reporters = accounts::commune_police(&plan.model);
    (0..devices)
        .map(|nth| {
            let reporter = &reporters[nth / 2];
            let cells = accounts::cells(&plan.model, reporter, 2 * EDITS - SHARED);
            assert_eq!(cells.len(), 2 * EDITS - SHARED, "{reporter} has too few cells");
            let own = if nth.is_multiple_of(2) { 0..EDITS } else { EDITS - SHARED..2 * EDITS - SHARED };
            own.map(|at| (cells[at].clone(), (1_000 * at + 2 + nth % 2) as i64)).collect()
        })
        .collect()
}

fn name(nth: usize) -> String {
    format!("officer-{}", nth / 2)
}

/// Makes a database with an account for every second device.
async fn add_officers(database: &str, edits: &[Typed]) {
    let officers = edits.iter().enumerate().step_by(2);
    let officers: Vec<_> =
        officers.map(|(nth, typed)| (name(nth), vec![typed[0].0.reporter.clone()])).collect();
    accounts::add_officers(database, &officers).await;
}

async fn fleet(edits: &[Typed], base: &str) -> Vec<Device> {
    let mut devices = Vec::new();
    for (nth, typed) in edits.iter().enumerate() {
        let mut device = Device::new(base, &name(nth), nth as u128 + 1, false).await;
        for (key, value) in typed {
            device.edit(key, *value);
        }
        devices.push(device);
    }
    devices
}

/// Every value that was typed is the head of its cell or a branch; conflicts are where two typed, and nowhere
/// else; all devices of an account show the same as one that starts from nothing.
async fn check(devices: &[Device], edits: &[Typed], base: &str) {
    let mut contested = 0;
    let mut lost = 0;
    for (nth, pair) in devices.chunks(2).enumerate() {
        let mut fresh = Device::new(base, &name(2 * nth), 10_000 + nth as u128, false).await;
        fresh.sync().await.expect("the server answers");
        let cells = |device: &Device| -> BTreeMap<CellKey, ServerCell> {
            device.replica.server_cells().map(|(key, cell)| (key.clone(), cell.clone())).collect()
        };
        let truth = cells(&fresh);
        for device in pair {
            assert_eq!(cells(device), truth, "the replicas of {} differ", name(2 * nth));
            assert_eq!(device.replica.tally().waiting, 0);
        }
        for (key, value) in edits[2 * nth].iter().chain(&edits[2 * nth + 1]) {
            let cell = &truth[key];
            let is_head = cell.head.as_ref().is_some_and(|head| head.value == Some(*value));
            let is_branch = cell.branches.iter().any(|branch| branch.value == Some(*value));
            lost += usize::from(!is_head && !is_branch);
        }
        contested += truth.values().map(|cell| cell.branches.len()).sum::<usize>();
        assert_eq!(truth.len(), 2 * EDITS - SHARED, "a cell was filled in that nobody typed");
    }
    assert_eq!(lost, 0, "values lost");
    assert_eq!(contested, devices.len() / 2 * SHARED, "conflicts reported are the conflicts injected");
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, clippy::disallowed_methods, reason = "it says how long converging took")]
async fn a_fleet_that_was_offline_converges_over_a_line_that_loses_answers() {
    let folder = Scratch::new("fleet");
    let database = database(&folder.0);
    let edits = plan_edits(DEVICES);
    add_officers(&database, &edits).await;
    let server = Server::bare(&database, &["--today", TODAY]);
    let mut devices = fleet(&edits, &server.url("")).await;
    let trouble = Faults { loses_answer: Some(5), loses_request: Some(7), speed: None };
    let line = FaultyProxy::to(server.port(), trouble).await;
    let begun = std::time::Instant::now();
    let mut running = Vec::new();
    for mut device in devices.drain(..) {
        device.moves_to(&line.base, false);
        running.push(tokio::spawn(async move {
            let failed = device.sync_somehow().await;
            (device, failed)
        }));
    }
    let mut failed = 0;
    for task in running {
        let (device, times) = task.await.expect("a device");
        failed += times;
        devices.push(device);
    }
    let sent = begun.elapsed();
    // Everybody hears of what the others sent.
    for device in &mut devices {
        failed += device.sync_somehow().await;
    }
    println!(
        "{DEVICES} devices, {EDITS} edits each: all sent after {:.1} s, converged after {:.1} s; {} connections cut, \
         {failed} requests failed",
        sent.as_secs_f64(),
        begun.elapsed().as_secs_f64(),
        line.lost(),
    );
    assert!(line.lost() > 20, "the line was better than asked for");
    check(&devices, &edits, &server.url("")).await;
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "it says what it has seen")]
async fn a_server_killed_between_commit_and_reply_loses_and_repeats_nothing() {
    let folder = Scratch::new("killed");
    let database = database(&folder.0);
    let edits = plan_edits(FEW);
    add_officers(&database, &edits).await;
    let mut server = Server::bare(&database, &["--today", TODAY]);
    let mut devices = fleet(&edits, &server.url("")).await;
    let base = server.url("");
    // The line tells when the server has answered, which is after its commit, and passes no answer on.
    let trouble = Faults { loses_answer: Some(1), ..Faults::default() };
    let line = FaultyProxy::to(server.port(), trouble).await;
    for device in &mut devices {
        device.moves_to(&line.base, false);
    }
    // Batches that the server had recorded without their device hearing of it.
    let mut unheard = 0;
    for kill in 1..=KILLS {
        let answered = line.lost();
        let mut running = Vec::new();
        for mut device in devices.drain(..) {
            running.push(tokio::spawn(async move {
                device.push(20).await.expect_err("no answer gets through");
                device
            }));
        }
        // With the first answers given, other batches are at any point of their way.
        while line.lost() < answered + kill {
            tokio::task::yield_now().await;
        }
        server.kill();
        for task in running {
            devices.push(task.await.expect("a device"));
        }
        server.start();
        for device in &mut devices {
            device.moves_to(&base, false);
            let acknowledged = device.page(1).await.expect("the server is back").ack_device_seq;
            let first = device.replica.outbox().filter(|w| w.is_open()).map(|w| w.op.device_seq).min();
            unheard += usize::from(first.is_some_and(|first| acknowledged >= first));
            device.moves_to(&line.base, false);
        }
    }
    for device in &mut devices {
        device.moves_to(&base, false);
    }
    for device in &mut devices {
        device.sync().await.expect("the server answers");
    }
    for device in &mut devices {
        device.sync().await.expect("the server answers");
    }
    println!("{KILLS} kills; {unheard} batches were recorded and their answer lost");
    assert!(unheard > 0, "no kill fell between commit and reply: that was no test");
    check(&devices, &edits, &base).await;
}
