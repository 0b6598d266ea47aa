//! Random keys with random pauses, carets, compositions, pulls, blurs, other windows and redraws in a real browser:
//! what is stored at the end is what a plain text field would hold, or nothing and a fault; never another number.

use crate::support::browser::Device;
use crate::support::form::at_the_form;
use crate::typing::cell;
use chitieu_domain::number::{Style, grouped};
use chitieu_domain::quantity::Quantity;
use chitieu_tests::device::Device as Caller;
use chitieu_tests::server::{Scratch, Server};
use std::time::Duration;
use thirtyfour::{Key, WindowHandle};

/// The row that is typed in, and what it counts.
const ROW: u16 = 5;
const ELEMENT: &str = "crimes_drug";
/// A row that other devices alone change.
const OTHER: &str = "crimes_other";

/// Numbers that look random and are the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// A plain text field: what the input must hold.
struct Plain {
    text: String,
    caret: usize,
}

impl Plain {
    fn insert(&mut self, text: &str) {
        self.text.insert_str(self.caret, text);
        self.caret += text.len();
    }
}

/// A person at the form, another device, and what they did.
struct Run<'a> {
    device: &'a Device,
    caller: &'a mut Caller,
    dice: Dice,
    plain: Plain,
    /// Begins with the number that is saved, and types digits alone; else begins with nothing and types anything.
    on_a_number: bool,
    /// What other devices gave the cell meanwhile.
    foreign: Vec<i64>,
    tabs: [WindowHandle; 2],
    log: Vec<String>,
}

impl Run<'_> {
    async fn check(&self) {
        let script = format!(
            "(() => {{ const f = document.querySelector('#d{ROW}'); return f.value + '|' + f.selectionStart; }})()"
        );
        let held = self.device.text(&script).await;
        assert_eq!(held, format!("{}|{}", self.plain.text, self.plain.caret), "{:?}", self.log);
    }

    /// Puts the caret somewhere by keys, as after any return to the field.
    async fn come_back(&mut self) {
        self.device.at_end_of(ROW).await;
        self.plain.caret = self.plain.text.len();
    }

    async fn step(&mut self) {
        let what = self.dice.roll(20);
        self.log.push(what.to_string());
        match what {
            0..=6 => {
                let signs =
                    if self.on_a_number { "0123456789" } else { "012345678901234567890123456789., -x" };
                let at = self.dice.roll(signs.len() as u64) as usize;
                let sign = &signs[at..=at];
                self.device.keys(sign).await;
                self.plain.insert(sign);
                self.log.push(sign.into());
            }
            7 | 8 => {
                self.device.keys(Key::Backspace).await;
                if self.plain.caret > 0 {
                    self.plain.caret -= 1;
                    self.plain.text.remove(self.plain.caret);
                }
            }
            9 => {
                self.device.keys(Key::Delete).await;
                if self.plain.caret < self.plain.text.len() {
                    self.plain.text.remove(self.plain.caret);
                }
            }
            10 | 11 => {
                self.device.keys(Key::Left).await;
                self.plain.caret = self.plain.caret.saturating_sub(1);
            }
            12 => {
                self.device.keys(Key::Home).await;
                self.plain.caret = 0;
            }
            13 | 14 => tokio::time::sleep(Duration::from_millis(100 + self.dice.roll(500))).await,
            15 => {
                let text = (10 + self.dice.roll(90)).to_string();
                self.device.compose(&text[..1]).await;
                tokio::time::sleep(Duration::from_millis(self.dice.roll(450))).await;
                self.device.insert(&text).await;
                self.plain.insert(&text);
                self.log.push(text);
            }
            16 => self.pull().await,
            17 => {
                // The keyboard on the screen is put away, and the field entered again.
                self.device
                    .driver
                    .execute("document.activeElement.blur()", Vec::new())
                    .await
                    .expect("a script");
                self.take_what_is_shown().await;
                self.come_back().await;
            }
            18 => {
                self.device.work_in(&self.tabs[1]).await;
                self.device.chromium("Page.bringToFront", serde_json::json!({})).await;
                tokio::time::sleep(Duration::from_millis(self.dice.roll(400))).await;
                self.device.work_in(&self.tabs[0]).await;
                self.device.chromium("Page.bringToFront", serde_json::json!({})).await;
            }
            _ => {
                // Everything is drawn anew, twice: in the other language, and in this one. Nobody pressed anything.
                for language in ["en", "vi"] {
                    let script = "document.querySelector('.who-tools [lang]').click()";
                    self.device.driver.execute(script, Vec::new()).await.expect("a script");
                    let is_there = format!(
                        "document.documentElement.lang === '{language}' && document.querySelector('#d{ROW}')"
                    );
                    self.device.until("it is drawn anew", &is_there).await;
                }
                self.take_what_is_shown().await;
                self.come_back().await;
            }
        }
    }

    /// A field that nobody is in is written by the program: grouped, or without the separators it had put in. The number
    /// in it stays what it was.
    async fn take_what_is_shown(&mut self) {
        let text = self.device.text(&format!("document.querySelector('#d{ROW}').value")).await;
        if self.on_a_number {
            let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
            let is_foreign = |value: &i64| grouped((*value).into(), Style::Vietnamese) == text;
            let is_kept = digits(&text) == digits(&self.plain.text) || self.foreign.iter().any(is_foreign);
            assert!(is_kept, "{text} in place of {}: {:?}", self.plain.text, self.log);
        } else if !self.foreign.iter().any(|value| grouped((*value).into(), Style::Vietnamese) == text) {
            assert_eq!(text, self.plain.text, "{:?}", self.log);
        }
        self.plain.text = text;
    }

    /// Another device changes this cell, or another one.
    async fn pull(&mut self) {
        let value = 900_000 + self.dice.roll(90_000) as i64;
        let is_here = self.dice.roll(3) == 0;
        self.caller.sync().await.expect("the server answers");
        self.caller.edit(&cell(if is_here { ELEMENT } else { OTHER }), value);
        self.caller.sync().await.expect("the server answers");
        if is_here {
            self.foreign.push(value);
            self.log.push(format!("came {value}"));
        }
        tokio::time::sleep(Duration::from_millis(self.dice.roll(900))).await;
    }
}

/// Cases; `cargo xtask test --long` asks for 500.
fn cases() -> u64 {
    std::env::var("CHITIEU_TYPING").ok().and_then(|n| n.parse().ok()).unwrap_or(50)
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "how many ended how")]
async fn what_is_stored_is_what_a_plain_field_would_hold_or_nothing() {
    let folder = Scratch::new("random-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("random").await;
    at_the_form(&device, &server).await;
    let mut caller = Caller::new(&server.url(""), "police_commune-11977", 9, true).await;
    let tabs = device.spare_tab().await;
    device.work_in(&tabs[0]).await;
    let (mut stored, mut refused) = (0, 0);
    for case in 0..cases() {
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(case + 1));
        let on_a_number = dice.roll(2) == 0;
        // Every case begins with a number of its own that is saved and sent.
        let begin = 1_000 + dice.roll(9_000_000) as i64;
        device.type_figure(ROW, &begin.to_string()).await;
        device.saved_here().await;
        device.click("#sync").await;
        device.all_sent().await;
        settle(&device).await;
        device.shows(ROW, &grouped(begin.into(), Style::Vietnamese)).await;
        caller.sync().await.expect("the server answers");
        device.at_end_of(ROW).await;
        let mut text = grouped(begin.into(), Style::Vietnamese);
        if !on_a_number {
            device.with_control('a').await;
            device.keys(Key::Backspace).await;
            text.clear();
        }
        let plain = Plain { caret: text.len(), text };
        let (tabs, foreign, log) = (tabs.clone(), Vec::new(), vec![format!("case {case} on {begin}")]);
        let mut run =
            Run { device: &device, caller: &mut caller, dice, plain, on_a_number, foreign, tabs, log };
        for _ in 0..4 + run.dice.roll(12) {
            run.step().await;
            run.check().await;
        }
        match run.dice.roll(3) {
            0 => device.keys(Key::Enter).await,
            1 => device.keys(Key::Tab).await,
            _ => device.click("#d9").await,
        }
        let done = format!(
            "document.querySelector('[data-unsaved]').dataset.unsaved === '0' || document.querySelector('#d{ROW}-note .fault')"
        );
        device.until("it is stored, or said why not", &done).await;
        let Run { plain, foreign, log, .. } = run;
        let fault = device.fault(ROW).await;
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let meant = if on_a_number { digits(&plain.text) } else { plain.text.clone() };
        let meant = Quantity::parse(&meant, Style::Vietnamese).ok().flatten().map(Quantity::get);
        if !fault.is_empty() {
            // The person gives up: nothing of it may be stored.
            device.at_end_of(ROW).await;
            device.keys(Key::Escape).await;
            device.saved_here().await;
        }
        device.click("#sync").await;
        device.all_sent().await;
        caller.sync().await.expect("the server answers");
        let view = caller.replica.cell(&cell(ELEMENT));
        let mut values: Vec<i64> = view.value.into_iter().collect();
        values.extend(view.branches.iter().filter_map(|branch| branch.value));
        let of_others = |value: &i64| *value == begin || foreign.contains(value);
        if fault.is_empty() && meant.is_some() {
            let is_here = values.contains(&meant.unwrap_or_default());
            assert!(is_here, "{meant:?} is not in {values:?}: {log:?} {:?}", plain.text);
            stored += 1;
        } else {
            let is_said = !fault.is_empty() || plain.text.trim().is_empty();
            assert!(is_said, "nothing is said of {:?}: {log:?}", plain.text);
            assert!(values.iter().all(of_others), "{values:?} though {fault}: {log:?}");
            refused += 1;
        }
        assert!(
            values.iter().all(|value| of_others(value) || (fault.is_empty() && Some(*value) == meant)),
            "another number in {values:?}: {log:?} {:?}",
            plain.text
        );
        settle(&device).await;
        if case % 50 == 49 {
            println!("{} cases", case + 1);
        }
    }
    println!("{stored} stored as typed, {refused} refused or empty");
}

/// Chooses where two values stand.
async fn settle(device: &Device) {
    while device.text("Boolean(document.querySelector('[data-choose]'))").await == "true" {
        device.click("[data-choose]").await;
        device.until("settled", "!document.querySelector('[data-choose]')").await;
        device.all_sent().await;
    }
}
