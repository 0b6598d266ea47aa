//! What a printed form says of itself.

use crate::first_slice::{FIRST, SECOND};
use crate::support::browser::Device;
use chitieu_tests::server::{Scratch, Server};
use thirtyfour::extensions::cdp::ChromeDevTools;

const OFFICER: &str = "police_commune-11977";
const FORM: &str = "/nhap/police_commune:11977@2025-07-01/crime/2026-11";

/// The text that is on paper now.
async fn printed(device: &Device) -> String {
    let tools = ChromeDevTools::new(device.driver.handle.clone());
    let media = |name: &str| serde_json::json!({ "media": name });
    // A browser says so before and after; the media alone is what can be asked of it here.
    device.run("dispatchEvent(new Event('beforeprint'))").await;
    device.see(".cell .on-paper").await;
    tools.execute_cdp_with_params("Emulation.setEmulatedMedia", media("print")).await.expect("print media");
    let text = device.text("document.body.innerText").await;
    tools.execute_cdp_with_params("Emulation.setEmulatedMedia", media("")).await.expect("the screen again");
    device.run("dispatchEvent(new Event('afterprint'))").await;
    device.until("the screen has its fields alone", "!document.querySelector('.cell .on-paper')").await;
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printed_form_says_what_it_is_and_by_whom_it_was_printed() {
    let folder = Scratch::new("paper-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("paper").await;
    device.sign_in(&server.url("/"), OFFICER).await;
    device.open(&server.url(FORM)).await;
    device.see("#d1").await;
    for (row, text) in FIRST.into_iter().chain(SECOND) {
        device.type_figure(row, text).await;
    }
    device.all_sent().await;
    device.text("document.querySelector('#d3').scrollIntoView({ block: 'center' })").await;
    device.type_figure(3, "7,5").await;
    device
        .until("it is told to be no whole number", "document.querySelector('#d3-note .fault') !== null")
        .await;
    device.picture("paper-screen").await;
    let paper = printed(&device).await;
    let year = device.text("new Date().getFullYear()").await;
    for text in [
        "Dữ liệu minh họa",
        "Kỳ tháng 11/2026: số liệu từ ngày 15/10/2026 đến ngày 14/11/2026",
        "BẢN NHÁP – chưa duyệt · chưa nộp lần nào",
        &format!("/{year} · người in:"),
        &format!("({OFFICER})"),
        "1.000",
        "7,5 chưa lưu",
        "Người lập biểu",
        "Thủ trưởng đơn vị",
        "(Ký, ghi rõ họ tên)",
        "ngày …… tháng …… năm",
    ] {
        assert!(paper.replace('\n', " ").contains(text), "{text} is not on paper:\n{paper}");
    }
    for text in ["Danh mục", "Việc của tôi", "Kiểm tra và gửi", "bí mật nhà nước", "Kết quả kiểm tra"]
    {
        assert!(!paper.contains(text), "{text} is on paper:\n{paper}");
    }
    let screen = device.text("document.body.innerText").await;
    assert!(!screen.contains("Thủ trưởng đơn vị") && screen.contains("Việc của tôi"), "{screen}");

    device.text("document.querySelector('#d3').scrollIntoView({ block: 'center' })").await;
    device.type_figure(3, "20").await;
    device.all_sent().await;
    device.click("#submit").await;
    device.until("it is submitted", "document.querySelector('[data-state=Submitted]') !== null").await;
    device.all_sent().await;
    device
        .until(
            "its revision is known",
            "document.querySelector('.paper-head').textContent.includes('bản số 1')",
        )
        .await;
    let paper = printed(&device).await;
    assert!(paper.contains("ĐÃ NỘP – chưa duyệt · bản số 1"), "{paper}");
    assert!(!paper.contains("chưa lưu") && !paper.contains("chưa gửi"), "{paper}");
}
