//! From an empty folder to figures that come back after a restore, as an administrator and two officials do it.

use crate::support::browser::Device;
use chitieu_tests::production::{Place, fine};
use chitieu_tests::server::{Server, TODAY};

const GIVEN: &str = "mật khẩu được cấp";
const FIRST: &str = "câu đầu tiên của tôi";
const OWN: &str = "một câu tôi tự chọn";
const REPORTER: &str = "police_commune:11977@2025-07-01";
const FORM: &str = "/nhap/police_commune:11977@2025-07-01/crime/2026-11";

async fn fill(device: &Device, css: &str, text: &str) {
    let field = device.see(css).await;
    field.clear().await.expect("a field");
    field.send_keys(text).await.expect("a field");
}

/// Signs in with the given password, which must be changed first.
async fn enter(device: &Device, server: &Server, name: &str) {
    device.open(&server.url("/")).await;
    fill(device, "#username", name).await;
    fill(device, "#password", GIVEN).await;
    device.click("button[type=submit]").await;
    fill(device, "#new-password", FIRST).await;
    fill(device, "#again-password", FIRST).await;
    device.picture("forced-change").await;
    device.click("#new-password-form button[type=submit]").await;
    device.see("#sync").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_server_is_set_up_entered_backed_up_and_restored() {
    let place = Place::of_files("production");
    let database = format!("sqlite:{}", place.file("chitieu.db").display());
    let said = fine(&["init", "--database", &database], "");
    let link = said.lines().find_map(|line| line.split_once("8188")).expect("a link").1.to_owned();
    let app = std::env::var("CHITIEU_APP").expect("cargo xtask test says where the app is");
    let mut server = Server::bare(&database, &["--app", &app, "--today", TODAY]);

    // The first administrator, with the link alone.
    let (one, two) = (Device::new("production-one").await, Device::new("production-two").await);
    one.open(&server.url(&link)).await;
    one.picture("set-up").await;
    for (css, text) in
        [("#username", "quantri"), ("#name", "Quản trị"), ("#password", OWN), ("#again", "khác")]
    {
        fill(&one, css, text).await;
    }
    one.click("button[type=submit]").await;
    one.see("#again[aria-invalid=true]").await;
    fill(&one, "#password", OWN).await;
    fill(&one, "#again", OWN).await;
    one.click("button[type=submit]").await;
    one.click("main a[href='/']").await;
    fill(&one, "#username", "quantri").await;
    fill(&one, "#password", OWN).await;
    one.click("button[type=submit]").await;
    one.see("#sync").await;
    one.sign_out().await;

    // Two people, by command, beside the running server.
    let add = ["user", "add", "--database", &database];
    let lan = ["lan", "--name", "Lan", "--role", "officer", "--reporter", REPORTER];
    fine(&[&add[..], &lan].concat(), &format!("{GIVEN}\n"));
    fine(&[&add[..], &["duyet", "--name", "Duyệt", "--role", "reviewer"]].concat(), &format!("{GIVEN}\n"));
    enter(&one, &server, "lan").await;
    enter(&two, &server, "duyet").await;

    // A password of one's own, with what is wrong said at its field.
    one.click("a[href='/tai-khoan']").await;
    fill(&one, "#current-password", "không phải").await;
    fill(&one, "#new-password", OWN).await;
    fill(&one, "#again-password", "khác").await;
    one.click("#new-password-form button").await;
    one.until("they differ", "document.activeElement.id === 'again-password'").await;
    fill(&one, "#again-password", OWN).await;
    one.click("#new-password-form button").await;
    one.until(
        "the present one is wrong",
        "document.querySelector('#current-password[aria-invalid=true]') === document.activeElement",
    )
    .await;
    one.picture("account-fault").await;
    fill(&one, "#current-password", FIRST).await;
    one.click("#new-password-form button").await;
    one.until("it is changed", "document.querySelector('#password-changed').innerText !== ''").await;
    one.picture("account").await;

    // Figures, and a backup while they are typed and sent.
    one.open(&server.url(FORM)).await;
    one.type_figure(1, "7").await;
    one.saved_here().await;
    let backup = place.file("chitieu.bak").to_string_lossy().into_owned();
    let words: Vec<String> =
        ["backup", "--database", &database, "--to", &backup].iter().map(|w| (*w).to_owned()).collect();
    let beside = tokio::task::spawn_blocking(move || {
        fine(&words.iter().map(String::as_str).collect::<Vec<_>>(), "");
    });
    for row in 2..=5 {
        one.type_figure(row, &row.to_string()).await;
    }
    beside.await.expect("it is backed up");
    one.type_figure(6, "11").await;
    one.saved_here().await;
    one.click("#sync").await;
    one.all_sent().await;

    // The machine is lost; the backup is what there is.
    server.kill();
    fine(&["restore", "--database", &database, "--from", &backup], "");
    server.start();
    one.open(&server.url(FORM)).await;
    one.shows(6, "11").await;
    let healed = || {
        let csv = fine(&["export", "--database", &database], "");
        csv.lines().filter(|line| line.contains(",2026-11,")).count()
    };
    for _ in 0..600 {
        if healed() == 6 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(healed(), 6, "every figure came back without typing");
    one.all_sent().await;
    let own =
        one.text("[...document.querySelectorAll('.figure')].slice(0, 6).map((f) => f.value).join(' ')").await;
    assert_eq!(own, "7 2 3 4 5 11");
}
