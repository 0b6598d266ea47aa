//! What a report says, as far as its turn's standing depends on it. A leader's device has tens of thousands: what the server told
//! is read in place, without its texts.

use chitieu_domain::day;
use chitieu_domain::task::{Progress, Said};
use chitieu_sync::entity::{EntityKey, task_report};
use chitieu_sync::replica::{EntityView, FieldStatus, Replica};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A report that is looked at.
#[derive(Default)]
pub(super) struct Report {
    /// What counts for how its turn stands.
    pub said: Said,
    /// True where more time was asked for and nobody has answered.
    pub asks: bool,
    /// When it changed last, and by whom, by the server's word.
    pub changed: Option<(String, String)>,
}

impl Report {
    /// The report of this name as the person sees it on `today`.
    pub fn of(replica: &Replica, key: &EntityKey, today: NaiveDate) -> Self {
        let told = replica.told_alone(key);
        if let Some((told, fields)) = told.and_then(|told| Some((told, told.state.read::<Fields<'_>>()?))) {
            let changed = (told.rev > 0).then(|| (told.at.clone(), told.author.clone()));
            return Self { said: said_in(&fields, today), asks: asks(&fields), changed };
        }
        let view = replica.entity(key).unwrap_or_default();
        let changed = (view.server.rev > 0).then(|| (view.server.at.clone(), view.server.author.clone()));
        Self { said: said_in(&view, today), asks: asks(&view), changed }
    }
}

/// The fields of a report that count, as the server told them: borrowed from its text.
#[derive(Default, Deserialize)]
struct Fields<'a> {
    #[serde(borrow)]
    progress: Option<Register<'a>>,
    #[serde(borrow)]
    done: Option<Register<'a>>,
    #[serde(borrow)]
    step: Option<Register<'a>>,
    #[serde(borrow)]
    sent: Option<Register<'a>>,
    #[serde(borrow)]
    extension: Option<Register<'a>>,
    #[serde(borrow)]
    extend_to: Option<Register<'a>>,
}

#[derive(Deserialize)]
struct Register<'a> {
    #[serde(borrow)]
    value: &'a RawValue,
    #[serde(borrow)]
    at: Cow<'a, str>,
}

impl Fields<'_> {
    fn register(&self, field: &str) -> Option<&Register<'_>> {
        match field {
            task_report::PROGRESS => self.progress.as_ref(),
            task_report::DONE => self.done.as_ref(),
            task_report::STEP => self.step.as_ref(),
            task_report::SENT => self.sent.as_ref(),
            task_report::EXTENSION => self.extension.as_ref(),
            task_report::EXTEND_TO => self.extend_to.as_ref(),
            _ => None,
        }
    }
}

/// Where the fields of a report are read from.
trait Source {
    /// What a field says; none where it is empty.
    fn word(&self, field: &str) -> Option<String>;
    /// The day on which it was said, by the server's word.
    fn when(&self, field: &str) -> Option<NaiveDate>;
    /// True where the report has the field.
    fn has(&self, field: &str) -> bool;
}

impl Source for Fields<'_> {
    fn word(&self, field: &str) -> Option<String> {
        serde_json::from_str(self.register(field)?.value.get()).ok()
    }

    fn when(&self, field: &str) -> Option<NaiveDate> {
        day_of(&self.register(field)?.at)
    }

    fn has(&self, field: &str) -> bool {
        self.register(field).is_some()
    }
}

impl Source for EntityView {
    fn word(&self, field: &str) -> Option<String> {
        let field = self.fields.get(field)?;
        // What the server did not admit was not said: what it has counts.
        match field.status {
            FieldStatus::Rejected(_) => field.head.as_ref()?.value.read(),
            _ => field.read(),
        }
    }

    fn when(&self, field: &str) -> Option<NaiveDate> {
        day_of(&self.fields.get(field)?.head.as_ref()?.at)
    }

    fn has(&self, field: &str) -> bool {
        self.fields.contains_key(field)
    }
}

/// The day of a moment that the server wrote down: it writes Vietnam's time.
pub(super) fn day_of(at: &str) -> Option<NaiveDate> {
    day::parse(at.get(..10)?)
}

/// What a report says, as far as it counts for how its turn stands. What this device has not sent yet counts as of `today`.
pub fn said(report: &EntityView, today: NaiveDate) -> Said {
    said_in(report, today)
}

fn asks(report: &impl Source) -> bool {
    report.word(task_report::EXTENSION).as_deref() == Some(task_report::ASK)
}

fn said_in(report: &impl Source, today: NaiveDate) -> Said {
    let when = |field: &str| report.when(field).unwrap_or(today);
    let date = |field: &str| report.word(field).and_then(|text| day::parse(&text));
    let progress = report.word(task_report::PROGRESS).and_then(|word| match word.as_str() {
        task_report::NOT_STARTED => Some(Progress::NotStarted),
        task_report::DOING => Some(Progress::Doing),
        task_report::NOTHING => Some(Progress::Nothing),
        // Whoever gives no day was done when they said so.
        task_report::DONE => {
            Some(Progress::Done(date(task_report::DONE).unwrap_or_else(|| when(task_report::PROGRESS))))
        }
        _ => None,
    });
    let step = report.word(task_report::STEP);
    let is_approved = step.as_deref() == Some(task_report::APPROVE);
    let is_sent = is_approved || step.as_deref() == Some(task_report::SUBMIT);
    // Approving takes the place of the step; a release before this one did not keep the moment of sending beside it.
    let of = if report.has(task_report::SENT) { task_report::SENT } else { task_report::STEP };
    let is_granted = report.word(task_report::EXTENSION).as_deref() == Some(task_report::GRANT);
    Said {
        progress,
        sent: is_sent.then(|| when(of)),
        is_approved,
        extended: date(task_report::EXTEND_TO).filter(|_| is_granted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chitieu_sync::entity::{Entity, Told};
    use chitieu_sync::raw::Raw;

    const TOLD: &str = r#"{
        "progress": {"value": "done", "rev": 2, "op_id": "00000000-0000-0000-0000-000000000002", "author": "lan", "at": "2026-04-02T08:00:00.000+07:00"},
        "text": {"value": "Đã \"xong\".", "rev": 2, "op_id": "00000000-0000-0000-0000-000000000002", "author": "lan", "at": "2026-04-02T08:00:00.000+07:00"},
        "done": {"value": null, "rev": 1, "op_id": "00000000-0000-0000-0000-000000000001", "author": "lan", "at": "2026-04-01T08:00:00.000+07:00"},
        "sent": {"value": "sent", "rev": 2, "op_id": "00000000-0000-0000-0000-000000000002", "author": "lan", "at": "2026-04-03T08:00:00.000+07:00"},
        "step": {"value": "approve", "rev": 3, "op_id": "00000000-0000-0000-0000-000000000003", "author": "mai", "at": "2026-05-02T08:00:00.000+07:00", "reason": "Đủ"},
        "extension": {"value": "grant", "rev": 3, "op_id": "00000000-0000-0000-0000-000000000003", "author": "mai", "at": "2026-05-02T08:00:00.000+07:00", "reason": "Đủ"},
        "extend_to": {"value": "2026-05-31", "rev": 1, "op_id": "00000000-0000-0000-0000-000000000001", "author": "lan", "at": "2026-04-01T08:00:00.000+07:00"}
    }"#;

    #[test]
    fn read_in_place_a_report_says_what_it_says_read_whole() {
        let state = Raw::parse(TOLD).expect("it reads");
        let told = Told {
            rev: 3,
            state,
            branches: None,
            author: "mai".into(),
            at: "2026-05-02T08:00:00.000+07:00".into(),
        };
        let server = Entity::read(&told).expect("it reads");
        let field = |register: &chitieu_sync::entity::Register| chitieu_sync::replica::FieldView {
            value: register.value.clone(),
            status: FieldStatus::Sent,
            head: Some(register.clone()),
            branches: Vec::new(),
        };
        let fields = server.fields.iter().map(|(name, register)| (name.clone(), field(register))).collect();
        let view = EntityView { server: server.clone(), fields, unsent: false };
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day");
        let in_place = told.state.read::<Fields<'_>>().expect("it reads");
        let said = said_in(&in_place, today);
        assert_eq!(said, said_in(&view, today));
        let day = |text: &str| day::parse(text);
        assert_eq!((said.sent, said.extended), (day("2026-04-03"), day("2026-05-31")));
        assert_eq!(said.progress, day("2026-04-02").map(Progress::Done));
    }
}
