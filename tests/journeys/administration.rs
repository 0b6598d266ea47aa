//! An administrator takes a file out of sight, lets it back, and deletes it, without being told its name or what is in it; the officer's
//! device follows. What looks like personal data is a number to them, and gone once the officer has mended the text.

use crate::support::axe::Axe;
use crate::support::browser::Device;
use crate::support::form::OFFICER;
use crate::support::picture::PICTURE;
use crate::support::screens::pictures;
use chitieu_tests::server::{Scratch, Server};

const OWN: &str = "police_commune:11977@2025-07-01";
const TASK: &str = "I.5x";
const NAME: &str = "bien-ban-ong-Tuan.png";

/// Sets what a field or a choice says, as somebody who types or chooses does.
async fn set(device: &Device, css: &str, value: &str) {
    device.see(css).await;
    let script = format!(
        "const field = document.querySelector(\"{css}\"); field.focus(); field.value = '{value}'; \
         for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, {{ bubbles: true }}));"
    );
    device.run(&script).await;
}

/// The officer looks at the report again: what the file says then.
async fn officer_is_told(officer: &Device, server: &Server, turn: &str, css: &str, words: &str) {
    officer.open(&server.url(&format!("/nhiem-vu/{TASK}"))).await;
    set(officer, "[data-report] [data-period]", turn).await;
    officer.says(css, words).await;
}

/// Opens an act, says why and does it; the focus goes into the field and then to the file.
async fn act(admin: &Device, id: &str, reason: &str, state: &str) {
    admin.click(&format!("[data-do={id}]")).await;
    admin.until("one types at once", "document.activeElement.matches('[data-acting] .reason')").await;
    admin.keys(reason).await;
    admin.click("[data-acting] button[type=submit]").await;
    admin.see(&format!("[data-file] [data-stands={state}]")).await;
    admin.until("the form is gone", "!document.querySelector('[data-acting]')").await;
    admin.until("the file has the focus", "document.activeElement.matches('[data-file]')").await;
    admin.says("[data-file]", reason).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_keeps_files_and_counts_personal_data_without_reading_either() {
    let (folder, files) = (Scratch::new("administration-server"), Scratch::new("administration-files"));
    let picture = files.0.join(NAME);
    std::fs::write(&picture, PICTURE).expect("a file");
    let mut server = Server::filled(&folder.0, &[]);
    let officer = Device::new("administration-officer").await;
    officer.sign_in(&server.url("/"), OFFICER).await;
    officer.open(&server.url(&format!("/nhiem-vu/{TASK}"))).await;
    set(&officer, "[data-report] textarea", "Gọi 0912 345 678 để biết thêm").await;
    officer.says("[data-report] [data-kept]", "Đã").await;
    let turn = officer.text("document.querySelector('[data-report] [data-period]').value").await;
    officer.choose_file("[data-attach] input", &picture).await;
    officer.see("[data-chosen] li").await;
    officer.click("[data-no-marks]").await;
    officer.click("[data-keep-files]").await;
    officer.see("[data-file]").await;
    officer.all_sent().await;
    officer.until("nothing is being sent", "!document.querySelector('[data-sending]')").await;
    officer.see("[data-file] [data-get]").await;

    // Where it stands, and a number: no name, no text.
    let admin = Device::new("administration-admin").await;
    admin.sign_in(&server.url("/"), "admin").await;
    admin.says("[data-section=attached] [data-file]", TASK).await;
    admin.see("[data-file] [data-stands=stored]").await;
    admin.says(&format!("[data-of='{OWN}'] [data-kind=phone]"), "1").await;
    for secret in ["0912", "Tuan", "bien-ban"] {
        assert_eq!(
            admin.text(&format!("document.documentElement.outerHTML.includes('{secret}')")).await,
            "false"
        );
    }
    let mut axe = Axe::new();
    axe.look_everywhere(&admin, "administrator").await;
    pictures(&admin, "administrator").await;

    // Out of sight and back.
    act(&admin, "quarantine", "chờ xem lại", "quarantined").await;
    admin.says("[data-section=attached] [data-said]", "Đã giữ riêng").await;
    officer_is_told(&officer, &server, &turn, "[data-file] [data-stands]", "tạm ẩn").await;
    act(&admin, "release", "đã xem, không sao", "stored").await;
    officer_is_told(&officer, &server, &turn, "[data-file] [data-get]", "Tải về").await;

    // Deleted: not without a reason, and not when it is left.
    admin.click("[data-do=purge]").await;
    admin.see("[data-acting=purge]").await;
    admin.click("[data-acting] button[type=submit]").await;
    admin.until("it asks why", "document.querySelector('[data-acting] .reason:invalid')").await;
    axe.look_everywhere(&admin, "administrator deletes").await;
    axe.nothing_was_found();
    pictures(&admin, "administrator-deletes").await;
    admin.click("[data-acting] [data-do=leave]").await;
    admin.until("the file has the focus", "document.activeElement.matches('[data-file]')").await;
    admin.see("[data-file] [data-stands=stored]").await;
    act(&admin, "purge", "có dấu mật", "purged").await;
    assert_eq!(admin.text("document.querySelectorAll('[data-file] [data-do]').length").await, "0");
    officer_is_told(&officer, &server, &turn, "[data-file] [data-stands]", "đã xóa").await;

    // By state and by unit.
    set(&admin, "[data-filter=trang-thai]", "stored").await;
    admin.says("[data-section=attached] [data-said]", "Không có tệp").await;
    set(&admin, "[data-filter=trang-thai]", "purged").await;
    admin.see("[data-file] [data-stands=purged]").await;
    set(&admin, "[data-filter=don-vi]", "11980@2025-07-01").await;
    admin.says("[data-section=attached] [data-said]", "Không có tệp").await;
    admin.says("[data-section=personal] [data-said]", "Không thấy").await;
    assert_eq!(admin.text("document.querySelectorAll('[data-of]').length").await, "0");
    pictures(&admin, "administrator-empty").await;
    set(&admin, "[data-filter=don-vi]", "11977@2025-07-01").await;
    admin.see("[data-file] [data-stands=purged]").await;

    // Without the server it says so, and asks again when it is told to.
    server.kill();
    admin.click("[data-section=personal] [data-do=again]").await;
    admin.says("[data-section=personal] [data-fault]", "Thử lại").await;
    pictures(&admin, "administrator-fault").await;
    server.start();
    admin.click("[data-section=personal] [data-fault] button").await;
    admin.says("[data-of] [data-kind=phone]", "1").await;

    // The unit mends the text.
    set(&officer, "[data-report] textarea", "Đã tuyên truyền 14 buổi").await;
    officer.says("[data-report] [data-kept]", "đã gửi").await;
    admin.click("[data-section=personal] [data-do=again]").await;
    admin.says("[data-section=personal] [data-said]", "Không thấy").await;
    assert_eq!(admin.text("document.querySelectorAll('[data-of]').length").await, "0");
}
