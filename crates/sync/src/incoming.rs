//! The ops of a push as they come in, each read for itself: one that does not read never stops the others.

use crate::entity::{Change, Kind, MOST_CHANGE};
use crate::kinds;
use crate::message::OpResult;
use crate::op::{Act, Op};
use crate::outcome::{Outcome, Rejection};
use serde_json::Value;
use uuid::Uuid;

/// Longest explanation of what is wrong with an op, in characters.
const LONGEST_WHY: usize = 300;

/// An op that does not read. Nothing will ever come under its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed<'a> {
    /// Its id, where that reads.
    pub op_id: Option<Uuid>,
    /// Who sent it.
    pub author: &'a str,
    /// What came.
    pub raw: &'a str,
    /// What is wrong with it.
    pub why: String,
}

/// The ops of a push.
#[derive(Debug, Default)]
pub struct Incoming<'a> {
    /// Those that read, in their order.
    pub ops: Vec<Op>,
    /// Those that do not.
    pub malformed: Vec<Malformed<'a>>,
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

impl<'a> Incoming<'a> {
    /// Reads what `author` sends, each op from its own JSON text.
    pub fn read(author: &'a str, raw: impl IntoIterator<Item = &'a str>) -> Result<Self, OtherAuthor> {
        let mut all = Self::default();
        for raw in raw {
            let why = match serde_json::from_str::<Op>(raw) {
                Ok(op) if op.author != author => return Err(OtherAuthor),
                Ok(Op { act: Act::Entity { kind, .. }, op_id, .. }) if Kind::parse(&kind).is_none() => {
                    all.places.push(Place::Deferred(Some(op_id)));
                    continue;
                }
                Ok(op) => match what_cannot_be_stored(&op) {
                    None => {
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
            all.places.push(if text("kind").is_some_and(|kind| !is_known(kind)) {
                Place::Deferred(op_id)
            } else {
                let why = why.chars().filter(|c| !c.is_control()).take(LONGEST_WHY).collect();
                all.malformed.push(Malformed { op_id, author, raw, why });
                Place::Malformed(op_id)
            });
        }
        Ok(all)
    }

    /// One result an op, in the push's order, given those of [`Incoming::ops`]. An op whose id does not read is
    /// answered in its place, under the nil id.
    pub fn results(&self, of_ops: Vec<OpResult>) -> Vec<OpResult> {
        let mut of_ops = of_ops.into_iter();
        let result = |place: &Place| match place {
            Place::Op => of_ops.next(),
            Place::Malformed(op_id) => Some(OpResult {
                op_id: op_id.unwrap_or_default(),
                outcome: Outcome::Rejected { code: Rejection::Malformed },
            }),
            Place::Deferred(op_id) => {
                Some(OpResult { op_id: op_id.unwrap_or_default(), outcome: Outcome::Deferred })
            }
        };
        self.places.iter().filter_map(result).collect()
    }
}

fn is_known(kind: &str) -> bool {
    matches!(kind, kinds::FIGURE | kinds::SUBMISSION) || Kind::parse(kind).is_some()
}

/// Databases hold signed numbers, and PostgreSQL no text with a NUL in it: such an op would fail each time that it is
/// sent, and with it all others.
fn what_cannot_be_stored(op: &Op) -> Option<&'static str> {
    if i64::try_from(op.device_seq).is_err() {
        return Some("device_seq is too large");
    }
    let Op { author, plan, entered_at, reason, note, .. } = op;
    let mut texts = vec![author, plan, entered_at];
    texts.extend(reason.iter().chain(note));
    match &op.act {
        Act::Figure { element, .. } => texts.push(element),
        Act::Submission { form, covers, .. } => {
            texts.push(form);
            texts.extend(covers.iter().map(|cover| &cover.element));
        }
        Act::Entity { id, change, .. } => {
            if change.text().len() > MOST_CHANGE || change.read::<Change>().is_none() {
                return Some("change is too long, or no object");
            }
            if change.text().contains("\\u0000") {
                return Some("a text has a NUL");
            }
            texts.push(id);
        }
    }
    let has_nul = |text: &str| text.contains('\0');
    (texts.into_iter().any(|text| has_nul(text)) || has_nul(&op.stream.to_string()))
        .then_some("a text has a NUL")
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
            figure().to_string(),
            changed("value", json!("seven")),
            changed("op_id", json!("not an id")),
            "[[[]]]".to_owned(),
        ];
        let read = Incoming::read("lan", raw.iter().map(String::as_str)).expect("all are Lan's");
        assert_eq!((read.ops.len(), read.malformed.len()), (1, 3));
        assert_eq!(read.malformed[0].raw, raw[2]);
        let id = read.ops[0].op_id;
        let same = OpResult { op_id: id, outcome: Outcome::SameValue { rev: 1 } };
        let told: Vec<_> = read.results(vec![same]).into_iter().map(|r| (r.op_id, r.outcome)).collect();
        let malformed = Outcome::Rejected { code: Rejection::Malformed };
        assert_eq!(
            told,
            [
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
        for raw in [changed("note", json!("a\0b")), changed("device_seq", json!(u64::MAX))] {
            let read = Incoming::read("lan", [raw.as_str()]).expect("it is Lan's");
            assert_eq!((read.ops.len(), read.malformed.len()), (0, 1), "{raw}");
        }
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
