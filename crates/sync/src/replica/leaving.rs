//! What becomes of a device's rows when its person leaves it to others.
//!
//! What is unsent stays as it is, drafts too: whoever it belongs to finds it again. What the server has recorded is
//! sealed, since a server put back to before it asks for it again. All else can be fetched again and goes. Rows of a
//! kind that this version does not know stay: a newer version may hold unsent work in them.

use super::Waiting;
use super::rows::{DEVICE, LAST_SEQ};
use crate::outcome::Outcome;

/// What the keys of sealed rows begin with; what follows is the op's id.
pub const SEALED: &str = "z|";
/// The database's version.
const STORE_VERSION: &str = "k|turn";
/// The copy of rows for a quick start. What deletes this row deletes all of the copy; another tab may have begun it since the rows
/// were read.
pub const COPY: &str = "k|copy";

/// What is to be written, all of it in one transaction.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Leaving {
    /// Keys of rows that go.
    pub gone: Vec<String>,
    /// Keys under which sealed texts are stored, and the texts before they are sealed.
    pub sealed: Vec<(String, String)>,
}

/// What becomes of these rows.
pub fn leave<'a>(rows: impl IntoIterator<Item = (&'a str, &'a str)>) -> Leaving {
    let mut leaving = Leaving::default();
    for (key, value) in rows {
        let is_recorded = match key.split('|').next() {
            Some("k") if matches!(key, DEVICE | LAST_SEQ | STORE_VERSION) => continue,
            Some("c" | "s" | "e" | "k" | "x") => false,
            Some("a") => true,
            Some("o") if serde_json::from_str(value).is_ok_and(|waiting| is_recorded(&waiting)) => true,
            _ => continue,
        };
        let id = match key.strip_prefix("a|") {
            // By its key, also where only a later release reads it.
            Some(id) => Some(id.to_owned()),
            None => serde_json::from_str::<Waiting>(value).ok().map(|waiting| waiting.op.op_id.to_string()),
        };
        if is_recorded && let Some(id) = id {
            leaving.sealed.push((format!("{SEALED}{id}"), value.to_owned()));
        }
        leaving.gone.push(key.to_owned());
    }
    if !leaving.gone.is_empty() {
        leaving.gone.push(COPY.to_owned());
    }
    leaving
}

/// True for an op whose value is on the server; a rejected one stays until its author has seen why.
fn is_recorded(waiting: &Waiting) -> bool {
    let outcome = &waiting.outcome;
    matches!(outcome, Some(Outcome::Applied { .. } | Outcome::SameValue { .. } | Outcome::Conflict { .. }))
}

/// The row that a text makes which was sealed: its op is kept as a sent one again. None where it does not read.
pub fn unsealed(text: &str) -> Option<Waiting> {
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replica::rows::{CURSOR, sent_key};
    use crate::replica::{Change, Replica};
    use uuid::Uuid;

    fn waiting(outcome: &str) -> String {
        let op = r#"{"op_id":"019a0000-0000-7000-8000-000000000001","device_id":"019a0000-0000-7000-8000-0000000000aa",
            "device_seq":1,"author":"lan","kind":"figure","reporter":"police_commune:11977@2025-07-01","period":"2026-11",
            "element":"crimes_drug","value":4711,"base":{"rev":0},"plan":"p","entered_at":"2026-11-20T08:00:00Z"}"#;
        format!(
            r#"{{"op":{op},"frozen":true,"seen_rev":0,"outcome":{outcome},"epoch":1,"at":"2026-11-20T08:00:01Z"}}"#
        )
    }

    const APPLIED: &str = r#"{"status":"applied","rev":1,"seq":1}"#;
    const REJECTED: &str = r#"{"status":"rejected","code":"no_right"}"#;

    #[test]
    fn what_is_unsent_stays_and_what_can_be_fetched_goes() {
        let (open, refused) = (waiting("null"), waiting(REJECTED));
        let rows = [
            ("c|r|2026-11|e", "{}"),
            ("s|r|2026-11|f", "{}"),
            ("e|plan|task_assignment|I.1", "{}"),
            ("d|tab|r", "{}"),
            ("o|1", open.as_str()),
            ("o|2", refused.as_str()),
            ("k|me", "{}"),
            ("k|plan", "{}"),
            ("k|others", "{}"),
            (CURSOR, "[]"),
            (DEVICE, "x"),
            (LAST_SEQ, "2"),
            (STORE_VERSION, "9"),
            ("n|of a newer version", "{}"),
        ];
        let leaving = leave(rows);
        let gone = [
            "c|r|2026-11|e",
            "s|r|2026-11|f",
            "e|plan|task_assignment|I.1",
            "k|me",
            "k|plan",
            "k|others",
            CURSOR,
            COPY,
        ];
        assert_eq!(leaving, Leaving { gone: gone.map(str::to_owned).to_vec(), sealed: Vec::new() });
        // Done again after a crash, it changes nothing more.
        assert_eq!(leave(rows.into_iter().filter(|(key, _)| !gone.contains(key))), Leaving::default());
    }

    #[test]
    fn what_the_server_recorded_is_sealed_from_wherever_it_is() {
        let applied = waiting(APPLIED);
        let id = serde_json::from_str::<Waiting>(&applied).expect("it reads").op.op_id;
        for key in [sent_key(id), "o|00000000000000000001".to_owned()] {
            let leaving = leave([(key.as_str(), applied.as_str())]);
            assert_eq!(leaving.gone, [&*key, COPY]);
            assert_eq!(leaving.sealed, [(format!("{SEALED}{id}"), applied.clone())]);
        }
    }

    #[test]
    fn what_was_sealed_is_offered_again_to_a_server_that_was_put_back() {
        let kept = unsealed(&waiting(APPLIED)).expect("it reads");
        let mut replica = Replica::read(0, [], Uuid::nil());
        replica.written(1, &[Change::Kept(Box::new(kept.clone()))]);
        let page = serde_json::from_str(
            r#"{"epoch":2,"is_snapshot":true,"has_more":false,"events":[],"next_cursor":"x","at":"2026-11-21T08:00:00Z","ack_device_seq":0}"#,
        );
        let changes = replica.on_page(page.expect("a page"));
        let again = |change: &Change| matches!(change, Change::Waiting(_, w) if w.op.op_id == kept.op.op_id);
        assert!(changes.iter().any(again), "{changes:?}");
    }
}
