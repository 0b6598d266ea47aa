//! What another system can read of the tasks, so that nothing is typed twice: a table, JSON, and days for a calendar.

use serde::Serialize;
use std::fmt::Write;

/// One turn of a task, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The task's id in the plan.
    pub task: String,
    /// Its title.
    pub title: String,
    /// The reporter's id.
    pub reporter: String,
    /// The reporter's name.
    pub unit: String,
    /// Which turn: `2026-Q3`, `2026`, `once`, `2026-07-01`.
    pub turn: String,
    /// The last day, `2026-10-05`; none where nobody set one.
    pub due: Option<String>,
    /// How it stands, by its name here.
    pub standing: String,
    /// When its report changed last (RFC 3339).
    pub changed: Option<String>,
}

/// As JSON, a list of entries.
pub fn json(entries: &[Entry]) -> String {
    // Texts and nothing else: it cannot fail.
    serde_json::to_string(entries).unwrap_or_default()
}

/// As a table (CSV, UTF-8 with its mark so that spreadsheets read Vietnamese) under these heads.
pub fn table(entries: &[Entry], heads: [&str; 8]) -> String {
    let mut text = String::from("\u{feff}");
    let mut line = |cells: [&str; 8]| {
        let cells: Vec<String> = cells.iter().map(|cell| cell_of(cell)).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    };
    line(heads);
    for entry in entries {
        let (due, changed) = (entry.due.as_deref(), entry.changed.as_deref());
        line([
            &entry.task,
            &entry.title,
            &entry.reporter,
            &entry.unit,
            &entry.turn,
            due.unwrap_or_default(),
            &entry.standing,
            changed.unwrap_or_default(),
        ]);
    }
    text
}

/// A cell; what a spreadsheet would take for a formula is told as text.
fn cell_of(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// The days on which turns are due, as a calendar file (RFC 5545), each an event of a whole day with its own lasting name, so
/// that a calendar which reads the file again moves it. `stamp` is the moment of writing, `20261127T080000Z`. What has no day
/// is left out.
pub fn calendar(entries: &[Entry], stamp: &str, name: &str) -> String {
    let mut text = String::new();
    let mut line = |content: String| fold(&mut text, &content);
    line("BEGIN:VCALENDAR".into());
    line("VERSION:2.0".into());
    line("PRODID:-//Chi Tieu//Nhiem vu//VI".into());
    line(format!("X-WR-CALNAME:{}", escaped(name)));
    for entry in entries {
        let Some(due) = &entry.due else { continue };
        line("BEGIN:VEVENT".into());
        line(format!("UID:{}/{}/{}@chitieu", entry.reporter, entry.task, entry.turn));
        line(format!("DTSTAMP:{stamp}"));
        line(format!("DTSTART;VALUE=DATE:{}", due.replace('-', "")));
        line(format!("SUMMARY:{}", escaped(&format!("{} · {}", entry.task, entry.title))));
        line(format!("DESCRIPTION:{}", escaped(&format!("{}\n{}", entry.unit, entry.standing))));
        line("TRANSP:TRANSPARENT".into());
        line("END:VEVENT".into());
    }
    line("END:VCALENDAR".into());
    text
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\r', "").replace('\n', "\\n")
}

/// A line of at most 75 bytes; what is longer goes on after a space, and no letter is cut in two.
fn fold(text: &mut String, content: &str) {
    let mut room = 75;
    for letter in content.chars() {
        if letter.len_utf8() > room {
            text.push_str("\r\n ");
            room = 74;
        }
        text.push(letter);
        room -= letter.len_utf8();
    }
    // Writing to a text cannot fail.
    write!(text, "\r\n").ok();
}
