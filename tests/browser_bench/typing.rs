//! What a key, a pasted column and a pasted form cost with a slow processor, while what is entered is sent to a server.
//! `cargo xtask bench typing` runs it.

use crate::browser::Device;
use chitieu_tests::long_form::{self, Dice, FORM, OFFICER, PASSWORD, REPORTER};
use chitieu_tests::server::{Scratch, Server};
use serde_json::{Value, json};
use std::time::Duration;
use thirtyfour::Key;

/// What a person takes in the place of the first password.
const OWN_PASSWORD: &str = "a password of the bench";
/// Digits that are typed into each form.
const DIGITS: usize = 500;
/// Digits that are typed into two bare inputs beside it, to and fro.
const BARE: usize = 150;

/// Notes of each key how long its events keep the page's thread, microtasks of what listens to them included, and how long it
/// takes to the end of the frame that shows it; of a key that moves on, how much of that the browser itself takes to move the focus
/// (what of the app listens to that, [`LISTENERS`] has noted). What the browser calls back later, as when a figure is stored, counts among
/// the tasks and in the script of all.
const METER: &str = r"
    window.keys = []; window.tasks = [];
    new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((e) => e.duration)))
        .observe({ type: 'longtask' });
    const after = (then) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = then;
        port2.postMessage(0);
    };
    let key, began;
    const note = (event) => {
        began = performance.now();
        if (event.type === 'keydown') {
            key = { at: event.timeStamp, script: 0, is_bare: event.target.className === 'bare', moves: event.key === 'Enter' };
            window.keys.push(key);
        }
        const of = key;
        if (of && (event.type === 'keydown' || event.type === 'input'))
            requestAnimationFrame(() => after(() => { of.frame = performance.now() - of.at; }));
    };
    const end = () => { if (key) key.script += performance.now() - began; };
    for (const [type, name] of [[HTMLElement, 'focus'], [HTMLInputElement, 'select'], [HTMLInputElement, 'setSelectionRange']]) {
        const own = type.prototype[name];
        type.prototype[name] = function (...how) {
            const began = performance.now();
            window.listened = 0;
            own.apply(this, how);
            if (key) key.focus = (key.focus ?? 0) + performance.now() - began - window.listened;
        };
    }
    for (const type of ['keydown', 'keypress', 'beforeinput', 'input', 'keyup']) {
        addEventListener(type, note, true);
        addEventListener(type, end);
    }
    const bare = [0, 1].map((nth) => {
        const input = document.createElement('input');
        input.className = 'bare';
        input.style = `position: fixed; left: ${nth * 9}em; bottom: 0; width: 8em; z-index: 9`;
        input.onkeydown = (event) => {
            if (event.key === 'Enter') bare[1 - nth].focus();
        };
        document.body.append(input);
        return input;
    });
";

/// Counts how long the app's own listeners take that are called while the focus moves.
const LISTENERS: &str = r"
    const listen = EventTarget.prototype.addEventListener;
    window.listened = 0;
    EventTarget.prototype.addEventListener = function (type, call, ...how) {
        if (typeof call !== 'function' || !['focus', 'blur', 'focusin', 'focusout', 'change'].includes(type))
            return listen.call(this, type, call, ...how);
        return listen.call(this, type, function (event) {
            const began = performance.now();
            try {
                return call.call(this, event);
            } finally {
                window.listened += performance.now() - began;
            }
        }, ...how);
    };
";

/// Pastes columns below each other, the next as soon as the one before was taken, and notes when all is shown, when the last of it
/// is on disk, and when every row says so.
const PASTE: &str = r"
    let stored = 0;
    const put = IDBObjectStore.prototype.put, seen = new WeakSet();
    IDBObjectStore.prototype.put = function (value, key) {
        if (String(key).startsWith('o|') && !seen.has(this.transaction)) {
            seen.add(this.transaction);
            this.transaction.addEventListener('complete', () => { stored = performance.now() - began; });
        }
        return put.call(this, value, key);
    };
    const columns = COLUMNS, values = columns.flat();
    const field = (nth) => document.getElementById(`d${nth + 1}`);
    const inputs = values.map((_, nth) => field(nth)), cells = inputs.map((input) => input.closest('.cell'));
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const began = performance.now();
    let row = 0, shown = 0;
    for (const column of columns) {
        const data = new DataTransfer();
        data.setData('text/plain', column.join('\n'));
        inputs[row].dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
        row += column.length;
        await frame();
    }
    let nth = 0, kept = 0;
    while (kept < values.length) {
        while (nth < values.length && inputs[nth].value.replaceAll('.', '') === values[nth]) nth += 1;
        if (nth === values.length) shown ||= performance.now() - began;
        while (kept < nth && cells[kept].dataset.status === 'saved') kept += 1;
        await frame();
    }
    IDBObjectStore.prototype.put = put;
    window.pasted = [shown, stored, performance.now() - began];
";

/// Between two keys of a person, and now and then a thought.
async fn pause(dice: &mut Dice) {
    let thinks = dice.below(20) == 0;
    let pause = if thinks { 450 } else { 40 + dice.below(110) };
    tokio::time::sleep(Duration::from_millis(pause)).await;
}

async fn told(device: &Device, script: &str) -> Value {
    serde_json::from_str(&device.text(&format!("JSON.stringify({script})")).await).expect("JSON")
}

async fn open(device: &Device, server: &Server, form: &str) {
    device.open(&server.url(&format!("/nhap/{REPORTER}/{form}/2026-11"))).await;
    device.see("#d1").await;
    device.until("what is loaded later is there", "document.querySelector('.cards, .findings')").await;
    device.all_sent().await;
    tokio::time::sleep(Duration::from_secs(2)).await;
}

/// Types figures from row to row as a person does: some are corrected, Enter moves on.
async fn type_figures(device: &Device, rows: usize) {
    let mut dice = Dice(42);
    let (mut digits, mut row) = (0, 0);
    device.run("document.getElementById('d1').focus()").await;
    while digits < DIGITS {
        for _ in 0..=dice.below(4) {
            device.keys(dice.below(10).to_string()).await;
            digits += 1;
            pause(&mut dice).await;
            if dice.below(10) == 0 {
                device.keys(Key::Backspace + "").await;
                pause(&mut dice).await;
                device.keys(dice.below(10).to_string()).await;
                digits += 1;
                pause(&mut dice).await;
            }
        }
        device.keys(Key::Enter + "").await;
        pause(&mut dice).await;
        row += 1;
        if row == rows {
            row = 0;
            device.run("document.getElementById('d1').focus()").await;
        }
    }
}

fn percentiles(mut all: Vec<f64>) -> String {
    all.sort_by(f64::total_cmp);
    let at = |part: f64| all[((all.len() - 1) as f64 * part).round() as usize];
    format!("{:>8.1} {:>8.1} {:>8.1} {:>8.1}", at(0.5), at(0.95), at(0.99), at(1.0))
}

#[expect(clippy::print_stdout, reason = "a benchmark tells its figures")]
async fn measure_keys(device: &Device, form: &str, rows: usize, profile: Option<&str>) {
    device.run(METER).await;
    device.run("document.querySelector('.bare').focus()").await;
    let mut dice = Dice(1);
    for nth in 1..=BARE {
        device.keys(dice.below(10).to_string()).await;
        pause(&mut dice).await;
        if nth % 3 == 0 {
            device.keys(Key::Enter + "").await;
            pause(&mut dice).await;
        }
    }
    device.run("window.tasks = []; document.activeElement.blur()").await;
    let [before, ..] = taken(device).await;
    begin_profile(device, profile).await;
    type_figures(device, rows).await;
    keep_profile(device, profile).await;
    let script = taken(device).await[0] - before;
    let keys = told(device, "window.keys").await;
    let keys = keys.as_array().expect("a list");
    let scripts: Vec<f64> =
        keys.iter().filter(|key| key["is_bare"] == false).filter_map(|key| key["script"].as_f64()).collect();
    let tasks = told(device, "window.tasks").await;
    let tasks: Vec<f64> = tasks.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    let longest = tasks.iter().copied().fold(0.0, f64::max);
    let count = scripts.len();
    println!("{form}, {count} keys, ms            p50      p95      p99      max");
    println!("  a key's events                 {}", percentiles(scripts));
    let moves = |key: &&Value| key["is_bare"] == false && key["focus"].is_number();
    let own = |key: &Value| Some(key["script"].as_f64()? - key["focus"].as_f64().unwrap_or_default());
    let keys_own = keys.iter().filter(|key| key["is_bare"] == false).filter_map(own);
    println!("    script of the app            {}", percentiles(keys_own.collect()));
    println!(
        "    the browser moves the focus  {}",
        percentiles(keys.iter().filter(moves).filter_map(|key| key["focus"].as_f64()).collect())
    );
    println!("  script of all, by keys         {:>8.1}", script / count as f64);
    for (what, moves) in [("digit", false), ("moving on", true)] {
        for (whose, is_bare) in [("of the form", false), ("of bare inputs", true)] {
            let keys = keys.iter().filter(|key| key["is_bare"] == is_bare && key["moves"] == moves);
            let frames = percentiles(keys.filter_map(|key| key["frame"].as_f64()).collect());
            println!("  {:<31}{frames}", format!("{what} to frame, {whose}"));
        }
    }
    println!("  tasks over 50 ms: {}, longest {longest:.0}", tasks.len());
}

#[expect(clippy::print_stdout, reason = "a benchmark tells its figures")]
async fn measure_paste(device: &Device, columns: &[usize], profile: Option<&str>) {
    device.run("window.tasks ?? (() => { METER })()".replace("METER", METER).as_str()).await;
    device.click("#sync").await;
    device.all_sent().await;
    let mut dice = Dice(11);
    let columns: Vec<Vec<String>> = columns
        .iter()
        .map(|rows| (0..*rows).map(|_| (10_000 + dice.below(9000)).to_string()).collect())
        .collect();
    let count: usize = columns.iter().map(Vec::len).sum();
    device.run("window.tasks = []").await;
    device.driver.set_script_timeout(Duration::from_mins(2)).await.expect("a longer wait");
    begin_profile(device, profile).await;
    let before = taken(device).await;
    device.run_to_end(&PASTE.replace("COLUMNS", &json!(columns).to_string())).await;
    let after = taken(device).await;
    keep_profile(device, profile).await;
    let times = told(device, "window.pasted").await;
    let longest = told(device, "Math.max(0, ...(window.tasks ?? []))").await;
    let at = |nth: usize| times[nth].as_f64().unwrap_or(f64::NAN);
    let longest = longest.as_f64().unwrap_or(f64::NAN);
    let [shown, durable, said] = [0, 1, 2].map(at);
    println!(
        "  {count} cells pasted: shown {shown:.0}, on disk {durable:.0}, said on every row {said:.0}, longest task {longest:.0}"
    );
    let [script, style, layout, all] = [0, 1, 2, 3].map(|nth| after[nth] - before[nth]);
    println!("    script {script:.0}, style {style:.0}, layout {layout:.0}, all {all:.0}");
}

pub(crate) async fn command(device: &Device, name: &str) -> Value {
    let tools = thirtyfour::extensions::cdp::ChromeDevTools::new(device.driver.handle.clone());
    tools.execute_cdp(name).await.expect("a command of Chromium")
}

/// Where the processor is used is noted from here on, if it is asked for.
async fn begin_profile(device: &Device, profile: Option<&str>) {
    if profile.is_some() {
        command(device, "Profiler.enable").await;
        command(device, "Profiler.start").await;
    }
}

async fn keep_profile(device: &Device, profile: Option<&str>) {
    if let Some(path) = profile {
        let told = command(device, "Profiler.stop").await;
        std::fs::write(path, told["profile"].to_string()).expect("the profile is kept");
    }
}

/// What the page's scripts, its styles, its layout, and all together have taken since it began, in milliseconds.
async fn taken(device: &Device) -> [f64; 4] {
    let told = command(device, "Performance.getMetrics").await;
    ["ScriptDuration", "RecalcStyleDuration", "LayoutDuration", "TaskDuration"].map(|name| {
        let all = told["metrics"].as_array().into_iter().flatten();
        let one = all.filter(|one| one["name"] == name).filter_map(|one| one["value"].as_f64());
        one.sum::<f64>() * 1000.0
    })
}

/// A device on a form, with a processor that is four times slower than this one.
async fn at(server: &Server, form: &str) -> Device {
    let device = Device::new("typing-bench").await;
    device.chromium("Performance.enable", json!({})).await;
    device.chromium("Page.addScriptToEvaluateOnNewDocument", json!({ "source": LISTENERS })).await;
    device.open(&server.url("/")).await;
    device.see("#username").await.send_keys(OFFICER).await.expect("a field");
    device.see("#password").await.send_keys(PASSWORD).await.expect("a field");
    device.click("button[type=submit]").await;
    device.until("the person is in", "document.querySelector('#sync, #new-password')").await;
    if device.text("document.querySelector('#sync') === null").await == "true" {
        // The first password of an account that an administrator made is changed.
        for css in ["#new-password", "#again-password"] {
            device.see(css).await.send_keys(OWN_PASSWORD).await.expect("a field");
        }
        device.click("#new-password-form button[type=submit]").await;
    }
    device.see("#sync").await;
    open(&device, server, form).await;
    device.chromium("Emulation.setCPUThrottlingRate", json!({ "rate": 4 })).await;
    device
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement: cargo xtask bench typing"]
#[expect(clippy::print_stdout, reason = "a benchmark tells its figures")]
async fn a_person_types_and_pastes() {
    let rounds = std::env::var("CHITIEU_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    let profile = std::env::var("CHITIEU_PROFILE").ok();
    println!("processor ÷ 4; milliseconds");
    let form = std::env::var("CHITIEU_FORM").ok();
    let is_wanted = |rows: &str| form.as_deref().is_none_or(|form| form == rows);
    for _ in 0..rounds {
        // Each on a server of its own, so that every round begins alike.
        if is_wanted("19") {
            let folder = Scratch::new("typing-bench");
            let server = Server::filled(&folder.0, &[]);
            let device = at(&server, "crime").await;
            measure_keys(&device, "19 rows", 19, profile.as_deref()).await;
            measure_paste(&device, &[19], None).await;
        }
        if is_wanted("500") {
            let (_folder, server) = long_form::served(500, 1..=10);
            let device = at(&server, FORM).await;
            measure_keys(&device, "500 rows", 500, profile.as_deref()).await;
            measure_paste(&device, &[19], None).await;
        }
        if is_wanted("1872") {
            // Figures of ten months would take longer than all that is measured on it.
            let (_folder, server) = long_form::served(1872, 9..=10);
            let device = at(&server, FORM).await;
            measure_paste(&device, &[1000, 872], profile.as_deref()).await;
        }
    }
}
