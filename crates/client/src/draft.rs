//! What is half typed, kept through every kind of end: a closed tab, a killed browser, a full store.
//!
//! A draft is written twice. The first copy goes to the browser's small synchronous storage in the moment of the
//! key, so that a tab may close right after it; browsers write that storage down late, so a second copy goes to the
//! device's database after a short quiet, which a killed browser does not lose. Each tab has its own drafts. Those of
//! a tab that is gone are taken over by the next one that starts.

use chitieu_sync::from_fields;
use chitieu_sync::replica::{CellKey, Seen};
use serde::Serialize;

/// Milliseconds without a key after which a draft goes to the device's database.
pub const QUIET: u32 = 300;
/// Longest text of a draft that is kept, in characters: no number is longer.
pub const LONGEST: usize = 200;

/// A text that is typed and not saved.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Draft {
    /// As typed, without the separators that the program had put in.
    pub text: String,
    /// What the person saw when they began.
    pub seen: Seen,
    /// When, in milliseconds of the device's clock. Chooses among copies of one draft alone.
    #[serde(serialize_with = "crate::day::whole_milliseconds")]
    pub at: f64,
}

from_fields!(Draft { text: need, seen: need, at: need });

/// Prefix of the rows of drafts in a device's database. Older versions of the app pass such rows over.
pub const ROWS: &str = "d|";
const LOCAL: &str = "chitieu.draft|";

fn cell_text(key: &CellKey) -> String {
    format!("{}|{}|{}", key.reporter, key.period, key.element)
}

/// The key of a draft in the synchronous storage.
pub fn local_key(user: &str, tab: &str, cell: &CellKey) -> String {
    format!("{LOCAL}{user}|{tab}|{}", cell_text(cell))
}

/// The key of a draft's row.
pub fn row_key(tab: &str, cell: &CellKey) -> String {
    format!("{ROWS}{tab}|{}", cell_text(cell))
}

/// The tab and the cell that a key of the synchronous storage or of a row names, if it is a draft of this user's.
fn parse<'a>(user: &str, key: &'a str) -> Option<(&'a str, CellKey)> {
    let rest = match key.strip_prefix(LOCAL) {
        Some(rest) => rest.strip_prefix(user)?.strip_prefix('|')?,
        None => key.strip_prefix(ROWS)?,
    };
    let mut parts = rest.splitn(4, '|');
    let (tab, reporter, period, element) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let cell = CellKey {
        reporter: reporter.parse().ok()?,
        period: period.parse().ok()?,
        element: element.to_owned(),
    };
    Some((tab, cell))
}

/// The tab that a key names, if it is one of a draft of this user's.
pub fn tab_of<'a>(user: &str, key: &'a str) -> Option<&'a str> {
    parse(user, key).map(|(tab, _)| tab)
}

/// What a tab takes over when it starts.
#[derive(Debug, Default, PartialEq)]
pub struct Adopted {
    /// The drafts, the newest of each cell.
    pub drafts: Vec<(CellKey, Draft)>,
    /// The keys they had, to be removed once the drafts are kept under the tab's own.
    pub keys: Vec<String>,
}

/// Takes over the drafts of tabs that are gone, given all keys and texts of both stores and the tabs that still
/// live. Those of this tab's own name, of an earlier sign-in on its page, are taken up where they are. A text that
/// does not read is left where it is.
pub fn adopt<'a>(
    user: &str,
    own: &str,
    found: impl IntoIterator<Item = (&'a str, &'a str)>,
    living: &[String],
) -> Adopted {
    let mut adopted = Adopted::default();
    for (key, text) in found {
        let Some((tab, cell)) = parse(user, key) else { continue };
        let Ok(draft) = serde_json::from_str::<Draft>(text) else { continue };
        if tab != own {
            if living.iter().any(|other| other == tab) {
                continue;
            }
            adopted.keys.push(key.to_owned());
        }
        match adopted.drafts.iter_mut().find(|(of, _)| *of == cell) {
            Some((_, newest)) if newest.at < draft.at => *newest = draft,
            Some(_) => {}
            None => adopted.drafts.push((cell, draft)),
        }
    }
    adopted
}

impl Draft {
    /// As it is stored.
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(element: &str) -> CellKey {
        CellKey {
            reporter: "police_commune:11977@2025-07-01".parse().expect("an id"),
            period: "2026-11".parse().expect("a period"),
            element: element.into(),
        }
    }

    fn draft(text: &str, at: f64) -> Draft {
        Draft { text: text.into(), seen: Seen { answered: true, value: Some(7), foreign: None }, at }
    }

    #[test]
    fn the_newest_copy_of_a_tab_that_is_gone_is_taken_over() {
        let all = [
            (local_key("lan", "a", &cell("crimes_drug")), draft("123", 2.0).json()),
            (row_key("a", &cell("crimes_drug")), draft("12", 1.0).json()),
            (row_key("b", &cell("crimes_other")), draft("0*", 1.0).json()),
            (local_key("lan", "c", &cell("crimes_other")), draft("8", 9.0).json()),
            (local_key("hoa", "a", &cell("crimes_drug")), draft("5", 9.0).json()),
            (local_key("lan", "d", &cell("crimes_cyber")), "{".into()),
            ("k|turn".into(), "4".into()),
        ];
        let found = all.iter().map(|(key, text)| (key.as_str(), text.as_str()));
        let adopted = adopt("lan", "e", found, &["c".to_owned()]);
        assert_eq!(
            adopted.drafts,
            [(cell("crimes_drug"), draft("123", 2.0)), (cell("crimes_other"), draft("0*", 1.0))]
        );
        assert_eq!(
            adopted.keys.len(),
            3,
            "those of a living tab, of somebody else and what does not read stay"
        );
    }

    #[test]
    fn a_user_whose_name_begins_like_another_ones_takes_nothing_of_theirs() {
        let key = local_key("lan2", "a", &cell("crimes_drug"));
        let text = draft("1", 1.0).json();
        assert_eq!(adopt("lan", "e", [(key.as_str(), text.as_str())], &[]), Adopted::default());
    }

    #[test]
    fn a_tab_takes_up_its_own_drafts_after_another_sign_in_on_its_page() {
        let key = local_key("lan", "a", &cell("crimes_drug"));
        let text = draft("1", 1.0).json();
        let adopted = adopt("lan", "a", [(key.as_str(), text.as_str())], &["a".to_owned()]);
        assert_eq!((adopted.drafts.len(), adopted.keys.len()), (1, 0));
    }
}
