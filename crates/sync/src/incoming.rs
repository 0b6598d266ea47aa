//! The ops of a push as they come in, each read for itself: one that does not read never stops the others.

use crate::entity::{Change, Kind, MOST_CHANGE};
use crate::kinds;
use crate::message::OpResult;
use crate::op::{self, Base, Covered, LONGEST_NAME, LONGEST_TIME, MOST_NAMED, Op, OpBody};
use crate::outcome::{Outcome, Rejection};
use chrono::DateTime;
use serde_json::Value;
use uuid::Uuid;

/// Longest explanation of what is wrong with an op, in characters.
const LONGEST_WHY: usize = 300;

/// An op that does not read. Nothing will ever come under its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// Its id, where that reads.
    pub op_id: Option<Uuid>,
    /// Who sent it.
    pub author: String,
    /// What came.
    pub raw: String,
    /// What is wrong with it.
    pub why: String,
}

/// The ops of a push.
#[derive(Debug, Default)]
pub struct Incoming {
    /// Those that read, in their order.
    pub ops: Vec<Op>,
    /// Those that do not.
    pub malformed: Vec<Malformed>,
    places: Vec<Place>,
}

/// Where the result of an op comes from; one an op, in the push's order.
#[derive(Debug)]
enum Place {
    Op,
    Malformed(Option<Uuid>),
    Deferred(Option<Uuid>),
}

/// Some op is of another person than the one who sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an op of another person")]
pub struct OtherAuthor;

impl Incoming {
    /// Reads what `author` sends, each op from its own JSON text.
    pub fn read<'a>(author: &str, raw: impl IntoIterator<Item = &'a str>) -> Result<Self, OtherAuthor> {
        let mut all = Self::default();
        for raw in raw {
            let why = match serde_json::from_str::<Op>(raw) {
                Ok(op) if op.author != author => return Err(OtherAuthor),
                Ok(Op { body: OpBody::Entity { kind, .. }, op_id, .. }) if Kind::parse(&kind).is_none() => {
                    all.places.push(Place::Deferred(Some(op_id)));
                    continue;
                }
                Ok(mut op) => match what_cannot_be_stored(&op, raw) {
                    None => {
                        op.clean();
                        all.ops.push(op);
                        all.places.push(Place::Op);
                        continue;
                    }
                    Some(why) => why.to_owned(),
                },
                Err(error) => error.to_string(),
            };
            let value: Value = serde_json::from_str(raw).unwrap_or_default();
            let text = |field: &str| value.get(field).and_then(Value::as_str);
            if text("author").is_some_and(|other| other != author) {
                return Err(OtherAuthor);
            }
            let op_id = text("op_id").and_then(|id| id.parse().ok());
            all.places.push(if is_of_a_later_release(&value) {
                Place::Deferred(op_id)
            } else {
                let why = why.chars().filter(|c| !c.is_control()).take(LONGEST_WHY).collect();
                all.malformed.push(Malformed { op_id, author: author.to_owned(), raw: raw.to_owned(), why });
                Place::Malformed(op_id)
            });
        }
        Ok(all)
    }

    /// One result an op, in the push's order, given those of [`Incoming::ops`] and how many of [`Incoming::malformed`]
    /// were taken; the others are deferred. An op whose id does not read is answered in its place, under the nil id.
    pub fn results(&self, of_ops: Vec<OpResult>, malformed: usize) -> Vec<OpResult> {
        let mut of_ops = of_ops.into_iter();
        let mut malformed = 0..malformed;
        let mut refused = || match malformed.next() {
            Some(_) => Outcome::Rejected { code: Rejection::Malformed },
            None => Outcome::Deferred,
        };
        let mut result = |place: &Place| match place {
            Place::Op => of_ops.next(),
            Place::Malformed(op_id) => {
                Some(OpResult { op_id: op_id.unwrap_or_default(), outcome: refused() })
            }
            Place::Deferred(op_id) => {
                Some(OpResult { op_id: op_id.unwrap_or_default(), outcome: Outcome::Deferred })
            }
        };
        self.places.iter().filter_map(&mut result).collect()
    }
}

fn is_known(kind: &str) -> bool {
    matches!(kind, kinds::FIGURE | kinds::CLEAR | kinds::SUBMISSION) || Kind::parse(kind).is_some()
}

/// True where an op says a word that this program does not know: its kind, what is done to a form, what its base is.
fn is_of_a_later_release(op: &Value) -> bool {
    let text = |field: &str| op.get(field).and_then(Value::as_str);
    let is_new_kind = text("kind").is_some_and(|kind| !is_known(kind));
    let is_new_action = text("action").is_some_and(|action| {
        !matches!(action, "submit" | "return" | "approve" | "publish" | "reopen" | "ask")
    });
    let base = op.get("base").and_then(Value::as_object).and_then(|base| base.keys().next());
    is_new_kind || is_new_action || base.is_some_and(|word| !matches!(word.as_str(), "rev" | "op"))
}

/// Databases hold signed numbers, and PostgreSQL no text with a NUL in it: such an op would fail each time that it is
/// sent, and with it all others. Nor is anything kept that is longer than a device makes it.
fn what_cannot_be_stored(op: &Op, raw: &str) -> Option<&'static str> {
    if raw.len() > op::MOST_BYTES {
        return Some("it is too long");
    }
    if i64::try_from(op.device_seq).is_err() {
        return Some("device_seq is too large");
    }
    let is_number = |base: &Base| !matches!(base, Base::Rev(rev) if i64::try_from(*rev).is_err());
    if !is_number(&op.base) {
        return Some("a revision is too large");
    }
    let Op { author, plan, entered_at, .. } = op;
    if entered_at.len() > LONGEST_TIME || DateTime::parse_from_rfc3339(entered_at).is_err() {
        return Some("entered_at is no time");
    }
    // Other control characters are dropped.
    if op.reason.iter().chain(&op.note).any(|text| text.contains('\0')) {
        return Some("a text has a NUL");
    }
    let mut texts = vec![author, plan];
    match &op.body {
        OpBody::Figure { element, resolves, .. } => {
            texts.push(element);
            if resolves.len() > MOST_NAMED {
                return Some("it settles too much");
            }
        }
        OpBody::Submission { form, covers, .. } => {
            texts.push(form);
            for cover in covers {
                match &cover.what {
                    Covered::Element(element) => texts.push(element),
                    Covered::Entity { kind, id } => texts.extend([kind, id]),
                }
            }
            if covers.len() > MOST_NAMED || !covers.iter().all(|cover| is_number(&cover.base)) {
                return Some("it covers what cannot be");
            }
        }
        OpBody::Entity { id, change, resolves, .. } => {
            if resolves.len() > MOST_NAMED {
                return Some("it settles more than there can be");
            }
            if change.text().len() > MOST_CHANGE || change.read::<Change>().is_none() {
                return Some("change is too long, or no object");
            }
            if change.text().contains("\\u0000") {
                return Some("a text has a NUL");
            }
            texts.push(id);
        }
    }
    let is_name = |text: &str| text.chars().count() <= LONGEST_NAME && !text.contains('\0');
    (!texts.into_iter().all(|text| is_name(text)) || !is_name(&op.stream.to_string()))
        .then_some("a name is too long or has a NUL")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn figure() -> Value {
        json!({
            "op_id": "0199c0de-0000-7000-8000-000000000001", "device_id": Uuid::nil(), "device_seq": 1,
            "author": "lan", "reporter": "police_commune:11977@2025-07-01", "period": "2026-10",
            "base": { "rev": 0 }, "plan": "p", "entered_at": "2026-11-22T08:00:00Z", "kind": "figure",
            "element": "crimes_drug", "value": 7,
        })
    }

    fn changed(field: &str, value: Value) -> String {
        let mut op = figure();
        op[field] = value;
        op.to_string()
    }

    #[test]
    fn each_op_is_read_for_itself_and_answered_in_its_place() {
        let raw = [
            changed("kind", json!("picture")),
            changed("action", json!("seal")),
            changed("base", json!({ "moment": 4 })),
            figure().to_string(),
            changed("value", json!("seven")),
            changed("op_id", json!("not an id")),
            "[[[]]]".to_owned(),
        ];
        let read = Incoming::read("lan", raw.iter().map(String::as_str)).expect("all are Lan's");
        assert_eq!((read.ops.len(), read.malformed.len()), (1, 3));
        assert_eq!(read.malformed[0].raw, raw[4]);
        let id = read.ops[0].op_id;
        let same = OpResult { op_id: id, outcome: Outcome::SameValue { rev: 1 } };
        let told: Vec<_> = read.results(vec![same], 3).into_iter().map(|r| (r.op_id, r.outcome)).collect();
        let malformed = Outcome::Rejected { code: Rejection::Malformed };
        assert_eq!(
            told,
            [
                (id, Outcome::Deferred),
                (id, Outcome::Deferred),
                (id, Outcome::Deferred),
                (id, Outcome::SameValue { rev: 1 }),
                (id, malformed.clone()),
                (Uuid::nil(), malformed.clone()),
                (Uuid::nil(), malformed),
            ]
        );
    }

    #[test]
    fn what_no_database_stores_is_malformed() {
        for raw in [
            changed("element", json!("a\0b")),
            changed("note", json!("a\0b")),
            changed("plan", json!("p".repeat(LONGEST_NAME + 1))),
            changed("device_seq", json!(u64::MAX)),
            figure().to_string().replace("\"device_seq\":1", "\"device_seq\":18446744073709551616"),
            changed("value", json!(1_u64 << 63)),
            changed("base", json!({ "rev": 1_u64 << 63 })),
            changed("entered_at", json!("")),
            changed("entered_at", json!("yesterday")),
            changed("entered_at", json!(format!("2026-11-22T08:00:00.{}Z", "0".repeat(40)))),
            changed("resolves", json!(vec![Uuid::nil(); MOST_NAMED + 1])),
            changed("resolves", json!(vec![Uuid::nil(); 100_000])),
            changed("note", json!("x".repeat(op::MOST_BYTES))),
        ] {
            let read = Incoming::read("lan", [raw.as_str()]).expect("it is Lan's");
            assert_eq!((read.ops.len(), read.malformed.len()), (0, 1), "{raw:.300}");
        }
    }

    #[test]
    fn a_text_is_kept_without_what_hides_or_turns_it_and_is_the_same_op_as_before() {
        let raw = changed("reason", json!("tăng 5\u{202e} vụ\u{2066}\u{7}\r\nhết\u{200f}"));
        let read = Incoming::read("lan", [raw.as_str()]).expect("it is Lan's");
        assert_eq!(read.ops[0].reason.as_deref(), Some("tăng 5 vụ\nhết"));
        let as_it_came: Op = serde_json::from_str(&raw).expect("it reads");
        assert_ne!(as_it_came, read.ops[0]);
        assert_eq!(
            as_it_came.fingerprint(),
            read.ops[0].fingerprint(),
            "an older program kept it as it came"
        );
    }

    #[test]
    fn what_does_not_read_beyond_the_budget_is_deferred() {
        let raw = [changed("value", json!("seven")), changed("value", json!("eight"))];
        let read = Incoming::read("lan", raw.iter().map(String::as_str)).expect("all are Lan's");
        let told: Vec<_> = read.results(Vec::new(), 1).into_iter().map(|r| r.outcome).collect();
        assert_eq!(told, [Outcome::Rejected { code: Rejection::Malformed }, Outcome::Deferred]);
    }

    #[test]
    fn another_persons_op_is_known_even_where_it_does_not_read() {
        for raw in
            [changed("author", json!("hoa")), json!({ "author": "hoa", "kind": "picture" }).to_string()]
        {
            assert!(matches!(Incoming::read("lan", [raw.as_str()]), Err(OtherAuthor)), "{raw}");
        }
    }
}
