//! What is said of an import: how far it is, what became of every row, and the list of those that were not taken.

use super::ledger::{Became, Moved};
use super::sheet::{Fault, Said};
use crate::cli::Stop;
use chitieu_domain::Model;
use chitieu_sync::Rejection;
use chitieu_sync::submission::State;
use chitieu_widgets::{Locale, t};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How many entries of the list are shown on the screen.
const SHOWN: u64 = 20;
/// How often a line is written where nobody watches a terminal, and how often one is renewed on it.
const SELDOM: Duration = Duration::from_secs(5);
const OFTEN: Duration = Duration::from_millis(200);

/// How many rows became what. Each row is in one of these.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows below the header that are not blank.
    pub rows: u64,
    /// Figures that this run brought.
    pub applied: u64,
    /// Figures that an earlier run brought.
    pub before: u64,
    /// Figures that stood there, and rows that say again what an earlier one said.
    pub same: u64,
    /// Figures of cells in which something else stands.
    pub differs: u64,
    /// Rows without a value yet.
    pub blank: u64,
    /// Rows that are no figure, or one that may not be.
    pub rejected: u64,
    /// Forms that this run moved to the state that was asked for.
    pub moved: u64,
    /// Forms that were there, or further.
    pub there: u64,
    /// Forms that stay as they are.
    pub left: u64,
}

/// The list of what was not taken, row by row in a file and the first ones on the screen.
pub(super) struct Report<'a> {
    file: csv::Writer<BufWriter<File>>,
    path: PathBuf,
    listed: u64,
    shown: Vec<String>,
    locale: Locale,
    model: &'a Model,
}

impl<'a> Report<'a> {
    /// Makes the file, before anything else is done.
    pub fn new(path: &Path, model: &'a Model, locale: Locale) -> Result<Self, Stop> {
        let stop = |error: std::io::Error| Stop::file(path, &error, locale);
        let mut file = BufWriter::new(File::create(path).map_err(stop)?);
        // Excel takes the letters for those of an older code page without it.
        file.write_all("\u{feff}".as_bytes()).map_err(stop)?;
        let mut report = Self {
            file: csv::Writer::from_writer(file),
            path: path.to_owned(),
            listed: 0,
            shown: Vec::new(),
            locale,
            model,
        };
        report.write(["line", "what", "field", "value", "reason", "remedy"])?;
        Ok(report)
    }

    fn write(&mut self, record: [&str; 6]) -> Result<(), Stop> {
        self.file.write_record(record).map_err(|error| Stop::file(&self.path, &error.into(), self.locale))
    }

    fn list(
        &mut self,
        line: Option<u64>,
        what: &str,
        field: &str,
        value: &str,
        said: &str,
    ) -> Result<(), Stop> {
        let (reason, remedy) = halves(said, t::import::mend(self.locale));
        let line = line.map(|line| line.to_string()).unwrap_or_default();
        self.write([&line, what, field, value, &reason, &remedy])?;
        self.listed += 1;
        if self.listed <= SHOWN {
            let at = [line.as_str(), field]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" ");
            self.shown.push(format!("  {at}: {value}: {reason}. {remedy}"));
        }
        Ok(())
    }

    /// A row that is no figure.
    pub fn fault(&mut self, fault: &Fault) -> Result<(), Stop> {
        let said = fault.reason.words(self.locale);
        self.list(Some(fault.line), t::import::refused(self.locale), fault.field, &fault.value, &said)
    }

    /// Counts a figure in, and lists it where it was not taken.
    pub fn figure(&mut self, said: &Said, became: &Became, counts: &mut Counts) -> Result<(), Stop> {
        let l = self.locale;
        match became {
            Became::Applied => counts.applied += 1,
            Became::Before => counts.before += 1,
            Became::Same => counts.same += 1,
            Became::Differs(stands, author) => {
                counts.differs += 1;
                let stands =
                    stands.map_or_else(|| t::import::nothing(l).to_owned(), |value| value.to_string());
                let why = t::import::differs(l, stands, author);
                self.list(Some(said.line), t::import::other(l), "value", &said.value.to_string(), &why)?;
            }
            Became::Rejected(code) => {
                counts.rejected += 1;
                let field = if *code == Rejection::TooLong { "note" } else { "value" };
                self.list(
                    Some(said.line),
                    t::import::refused(l),
                    field,
                    &said.value.to_string(),
                    rejection(*code, l),
                )?;
            }
        }
        Ok(())
    }

    /// Counts a form in, and lists it where it stays as it is.
    pub fn form(&mut self, name: &str, moved: Moved, counts: &mut Counts) -> Result<(), Stop> {
        let l = self.locale;
        let why = match moved {
            Moved::Done => {
                counts.moved += 1;
                return Ok(());
            }
            Moved::Before => {
                counts.there += 1;
                return Ok(());
            }
            Moved::Incomplete => t::import::form_incomplete(l),
            Moved::Differs => t::import::form_differs(l),
            Moved::Rejected(Rejection::MovedOn) => t::import::form_returned(l),
            Moved::Rejected(code) => rejection(code, l),
        };
        counts.left += 1;
        self.list(None, t::import::form(l), "form", name, why)
    }

    /// Ends the list: gives what the screen shows of it. A list of nothing leaves no file.
    pub fn end(mut self) -> Result<String, Stop> {
        let stop = |error: std::io::Error| Stop::file(&self.path, &error, self.locale);
        self.file.flush().map_err(stop)?;
        if self.listed == 0 {
            std::fs::remove_file(&self.path).map_err(stop)?;
            return Ok(String::new());
        }
        if self.listed > SHOWN {
            self.shown.push(format!("  {}", t::import::more(self.locale, self.listed - SHOWN)));
        }
        self.shown.push(t::import::listed(self.locale, self.path.display()));
        Ok(self.shown.join("\n"))
    }

    /// A form as the list names it.
    pub fn name(&self, (reporter, form, period): crate::cli::figures::Place) -> String {
        format!("{} {} {period}", self.model.reporter(reporter).id, self.model.form(form).id)
    }
}

/// What is wrong and what helps, which the texts have one behind the other.
fn halves(said: &str, otherwise: &str) -> (String, String) {
    let cut = ["; ", ". "].into_iter().filter_map(|mark| said.find(mark)).min();
    let (reason, remedy) = cut.map_or((said, otherwise), |at| (&said[..at], &said[at + 2..]));
    let mut remedy = remedy.chars();
    let remedy: String = remedy.next().map(char::to_uppercase).into_iter().flatten().chain(remedy).collect();
    (reason.trim_end_matches('.').to_owned(), remedy)
}

/// Why the ledger takes a figure or a step not.
fn rejection(code: Rejection, l: Locale) -> &'static str {
    match code {
        Rejection::Locked => t::rejection::locked(l),
        Rejection::NotAssigned => t::rejection::not_assigned(l),
        Rejection::NotOpen => t::rejection::not_open(l),
        Rejection::OutOfRange => t::rejection::out_of_range(l),
        Rejection::TooLong => t::import::too_long(l),
        Rejection::Incomplete => t::rejection::incomplete(l),
        Rejection::RuleBroken => t::import::rule_broken(l),
        Rejection::Contested => t::rejection::contested(l),
        Rejection::MovedOn | Rejection::CoverMoved | Rejection::BadTransition => t::import::moved_on(l),
        _ => t::rejection::other(l),
    }
}

impl Counts {
    /// True where every row was taken and every form moved.
    pub fn is_whole(&self) -> bool {
        self.differs + self.rejected + self.left == 0
    }

    /// What became of rows and forms.
    pub fn summary(&self, state: State, l: Locale) -> String {
        let Self { rows, applied, before, same, differs, blank, rejected, moved, there, left } = self;
        let said = t::import::summary(l, rows, applied, before, same, differs, blank, rejected);
        if state == State::Draft {
            return said;
        }
        let state = match state {
            State::Approved => t::state::approved(l),
            State::Published => t::state::published(l),
            _ => t::state::submitted(l),
        };
        format!("{said}\n{}", t::import::forms(l, moved, state, there, left))
    }
}

/// How far an import is, said while it runs.
pub(super) struct Progress<'a> {
    out: &'a mut dyn Write,
    on_terminal: bool,
    began: Instant,
    said: Instant,
    locale: Locale,
}

impl<'a> Progress<'a> {
    /// Begins to count; what is said goes to `out`.
    #[expect(clippy::disallowed_methods, reason = "it measures the program, no figure rests on it")]
    pub fn new(out: &'a mut dyn Write, on_terminal: bool, locale: Locale) -> Self {
        let now = Instant::now();
        Self { out, on_terminal, began: now, said: now, locale }
    }

    /// So many of so many are done.
    pub fn rows(&mut self, done: u64, of: u64) {
        let rate = done as f64 / self.began.elapsed().as_secs_f64().max(0.001);
        self.say(|l| t::import::progress(l, done, of, rate as u64));
    }

    /// So many forms of so many are done.
    pub fn forms(&mut self, done: usize, of: usize) {
        self.say(|l| t::import::forms_progress(l, done, of));
    }

    #[expect(clippy::disallowed_methods, reason = "it measures the program, no figure rests on it")]
    fn say(&mut self, words: impl FnOnce(Locale) -> String) {
        if self.said.elapsed() < if self.on_terminal { OFTEN } else { SELDOM } {
            return;
        }
        self.said = Instant::now();
        // Who does not listen does not stop the import.
        let (before, after) = if self.on_terminal { ("\r\u{1b}[K", "") } else { ("", "\n") };
        write!(self.out, "{before}{}{after}", words(self.locale)).and_then(|()| self.out.flush()).ok();
    }

    /// Clears the line.
    pub fn end(self) {
        if self.on_terminal {
            write!(self.out, "\r\u{1b}[K").and_then(|()| self.out.flush()).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::said::Reason;

    #[test]
    fn every_reason_has_a_remedy() {
        let all = [
            Reason::Total,
            Reason::Reporter,
            Reason::Element,
            Reason::NotAssigned,
            Reason::TwoValues,
            Reason::Row,
        ];
        for l in [Locale::Vi, Locale::En] {
            for reason in all {
                let (why, remedy) = halves(&reason.words(l), "");
                assert!(!why.is_empty() && !remedy.is_empty(), "{reason:?}: {why} | {remedy}");
            }
        }
    }
}
