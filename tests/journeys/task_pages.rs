//! What a task's own page shows: each of the plan's tasks as its table has it, who went on with one that was given to a body that
//! ended, and both on paper.

use crate::device_store::asked_for;
use crate::support::browser::Device;
use crate::support::tables::{agencies, all_agencies, elements, forms, targets_of, tasks};
use chitieu_tests::server::{Scratch, Server, TODAY};
use serde::Deserialize;
use std::collections::BTreeMap;
use thirtyfour::common::print::{PrintPage, PrintParameters};

/// Screens, and when each is there.
const PAGES: [(&str, &str, &str); 3] = [
    ("list", "/nhiem-vu", "document.querySelectorAll('[data-task]').length === 43"),
    ("task", "/nhiem-vu/I.5x", "document.querySelector('#lead-plan-I-5x')"),
    ("assigning", "/nhiem-vu/phan-cong", "document.querySelectorAll('[data-choose]').length === 43"),
];

/// What a page shows, in its own words.
const SHOWN: &str = r"
    const text = (part) => part?.textContent ?? '';
    const facts = [...document.querySelectorAll('.said .facts > div')];
    const figures = [...document.querySelectorAll('[data-figures] tbody')].flatMap((body) => {
        const form = text(body.querySelector('.of-form'));
        return [...body.querySelectorAll('[data-element]')].map((row) => ({
            element: row.dataset.element, name: text(row.querySelector('th')), form,
        }));
    });
    return {
        title: text(document.querySelector('h1')),
        section: text(document.querySelector('.said h2')),
        wording: text(document.querySelector('blockquote')),
        facts: Object.fromEntries(facts.map((fact) => [text(fact.querySelector('dt')), text(fact.querySelector('dd'))])),
        figures,
    };
";

#[derive(Debug, Deserialize)]
struct Shown {
    title: String,
    section: String,
    wording: String,
    facts: BTreeMap<String, String>,
    figures: Vec<Figure>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Figure {
    element: String,
    name: String,
    form: String,
}

/// Goes to a task's page as a link does, without loading the app again.
async fn go_to(device: &Device, id: &str) {
    let go = format!(
        "history.pushState(null, '', '/nhiem-vu/{id}'); dispatchEvent(new PopStateEvent('popstate'));"
    );
    device.run(&go).await;
    let is_there = format!(
        "document.querySelector('.said') && document.querySelector('.page-head .muted').textContent.endsWith('· {id}')"
    );
    device.until(&format!("the page of {id}"), &is_there).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_task_of_the_plan_shows_its_exact_words_and_every_figure_that_its_table_names() {
    let folder = Scratch::new("task-pages-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("task-pages").await;
    device.sign_in(&server.url("/nhiem-vu/I.1"), "leader").await;
    let all = tasks();
    let (elements, forms) = (elements(), forms());
    assert_eq!(all.len(), 43);
    let mut words_only = Vec::new();
    for task in &all {
        let id = &task["id"];
        go_to(&device, id).await;
        let answer = device.driver.execute(SHOWN, Vec::new()).await.expect("what it shows");
        let shown: Shown = serde_json::from_value(answer.json().clone()).expect("what it shows");
        assert_eq!(shown.wording, task["wording_vi"], "{id}");
        assert_eq!(shown.title, task["title_vi"], "{id}");
        assert_eq!(shown.section, format!("Kế hoạch ghi tại mục {}", task["section"]), "{id}");
        let recurs = match &*task["kind"] {
            "one_off" => "Một lần",
            "annual" => "Hằng năm",
            "campaign" => "Theo đợt",
            _ => "Thường xuyên",
        };
        let openness = match (&*task["public"], task["figures"].is_empty()) {
            ("yes", _) => "Được công khai",
            (_, false) => "Nội bộ, không công khai",
            (_, true) => {
                words_only.push(id.clone());
                "Chỉ nói bằng lời về tiến độ, không số liệu, không nội dung: có thể thuộc bí mật nhà nước."
            }
        };
        for (name, value) in [
            ("Chủ trì theo kế hoạch", agencies(&task["lead"], TODAY)),
            ("Phối hợp theo kế hoạch", agencies(&task["cooperating"], TODAY)),
            ("Kết quả cần có", task["output_vi"].clone()),
            ("Thực hiện", recurs.to_owned()),
            ("Phạm vi", openness.to_owned()),
        ] {
            assert_eq!(shown.facts.get(name).map_or("", String::as_str), value, "{id}: {name}");
        }
        // By form, as the page puts them together; each in the order of the table.
        let mut named: Vec<Figure> = task["figures"]
            .split(';')
            .filter(|element| !element.is_empty())
            .map(|id| {
                let mark: String = targets_of(id).iter().map(|target| format!(" · {target}")).collect();
                let row = &elements[id];
                let form = forms[&row["form"]]["title_vi"].clone();
                Figure { element: id.to_owned(), name: format!("{}{mark}", row["name_vi"]), form }
            })
            .collect();
        let mut figures = shown.figures;
        let by_name = |a: &Figure, b: &Figure| a.element.cmp(&b.element);
        named.sort_by(by_name);
        figures.sort_by(by_name);
        assert_eq!(figures, named, "{id}");
    }
    assert_eq!(words_only, ["II.4.5"]);

    // A figure's target is a link to its card on the board.
    let with_target = all.iter().find(|task| task["figures"].split(';').any(|id| !targets_of(id).is_empty()));
    let task = with_target.expect("a task with a target");
    go_to(&device, &task["id"]).await;
    let target =
        device.text("document.querySelector('[data-figures] a[href^=\"/chi-tieu\"]').innerText").await;
    device.click(&format!("[data-figures] a[href='/chi-tieu?chi-tieu={target}']")).await;
    device.until("its card has the focus", &format!("document.activeElement.id === 'target-{target}'")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_given_to_a_body_that_ended_names_who_went_on_and_its_history_names_who_was_before() {
    let folder = Scratch::new("went-on-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("went-on").await;
    device.sign_in(&server.url("/nhiem-vu/II.3.2b"), "auditor").await;
    let former = "Công an thành phố Hưng Yên";
    let said = format!("{former} đã kết thúc hoạt động; nay do Công an tỉnh Hưng Yên thực hiện.");
    device.says("[data-went-on]", &said).await;
    device.picture("went-on").await;
    device.click("[data-assignment] [data-history]").await;
    device.says("dialog", former).await;
    device.picture("went-on-history").await;
    device.click("dialog [data-close]").await;
    // So do others that were given to bodies that ended since, each with those that the table names in its place.
    let agencies = all_agencies();
    for (id, body) in [("II.3.3b", "department_labour"), ("II.2.2a", "department_information")] {
        go_to(&device, id).await;
        device.says("[data-went-on]", "đã kết thúc hoạt động; nay do").await;
        let said = device.text("document.querySelector('[data-went-on]').innerText").await;
        let (before, after) = said.split_once("đã kết thúc hoạt động").expect("both");
        assert!(before.starts_with(&*agencies[body]["name_vi"]), "{id}: {said}");
        let mut next = agencies[body]["successor"].split(';').map(|next| &*agencies[next]["name_vi"]);
        assert!(next.any(|name| after.contains(name.trim_end_matches(" Hưng Yên"))), "{id}: {said}");
    }
}

/// What of a page would be on paper, and what of it one can press; the sheets themselves are left where pictures are.
async fn on_paper(device: &Device, name: &str) -> (String, String) {
    if let Ok(folder) = std::env::var("CHITIEU_SHOTS") {
        let page = PrintPage { width: 21.0, height: 29.7 };
        let sheets = device.driver.print_page(PrintParameters { page, ..PrintParameters::default() }).await;
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.pdf")), sheets.expect("sheets"))
            .expect("the folder is writable");
    }
    device.chromium("Emulation.setEmulatedMedia", serde_json::json!({ "media": "print" })).await;
    let text = device.text("document.body.innerText").await;
    let pressed = device
        .text(
            "[...document.querySelectorAll('button, .button')]\
             .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height > 0)\
             .map((one) => one.outerHTML.slice(0, 200)).join('\\n')",
        )
        .await;
    device.chromium("Emulation.setEmulatedMedia", serde_json::json!({ "media": "" })).await;
    (text, pressed)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_and_a_task_on_paper_have_their_counts_and_all_tasks_and_nothing_to_press() {
    let folder = Scratch::new("task-paper-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("task-paper").await;
    device.sign_in(&server.url("/nhiem-vu"), "leader").await;
    device.until("every task is there", "document.querySelectorAll('[data-task]').length === 43").await;
    device
        .until("reports are here", "/[1-9]/.test(document.querySelector('[data-group=Done] b').innerText)")
        .await;
    device.all_sent().await;
    let counts =
        device.text("document.querySelector('[data-overview] [data-group=NotReported]').innerText").await;
    let (text, pressed) = on_paper(&device, "paper-list").await;
    assert!(pressed.is_empty(), "{pressed}");
    assert!(text.contains("Nhiệm vụ") && text.contains("43 nhiệm vụ trong kế hoạch"), "{text}");
    for part in counts.split('\n') {
        assert!(text.contains(part), "{part} is not on paper:\n{text}");
    }
    for task in tasks() {
        assert!(text.contains(&format!("{} · {}", task["id"], task["title_vi"])), "{}:\n{text}", task["id"]);
    }
    go_to(&device, "I.5x").await;
    device.see("[data-report-of]").await;
    let (text, pressed) = on_paper(&device, "paper-task").await;
    assert!(pressed.is_empty(), "{pressed}");
    for part in ["Kế hoạch ghi tại mục I.5", "Kết quả cần có", "Số liệu liên quan", "Báo cáo của các đơn vị"]
    {
        assert!(text.contains(part), "{part} is not on paper:\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn list_task_and_assigning_are_drawn_in_every_browser_and_in_english_without_being_wider_than_it() {
    let folder = Scratch::new("task-browsers-server");
    let server = Server::filled(&folder.0, &[]);
    for engine in asked_for() {
        let device = Device::of(engine, "task-browsers").await;
        device.sign_in(&server.url("/nhiem-vu"), "steering").await;
        for (language, page) in ["vi", "en"].into_iter().flat_map(|one| PAGES.map(|page| (one, page))) {
            let (name, path, there) = page;
            device.run(&format!("localStorage.setItem('chitieu.language', '{language}')")).await;
            device.open(&server.url(path)).await;
            device.until(&format!("{engine:?} draws {path}"), there).await;
            device.until("its language", &format!("document.documentElement.lang === '{language}'")).await;
            let is_wide = "document.documentElement.scrollWidth > innerWidth";
            device.until(&format!("{engine:?}: {path} is within its width"), &format!("!({is_wide})")).await;
            device.picture(&format!("{engine:?}-{name}-{language}")).await;
        }
    }
}
