//! Evidence: files behind a report. Chosen and kept here ([`attach`]), sent in parts while the app is open ([`sending`], by [`crate::reactive::files`]), listed
//! with the report ([`list`]).

pub mod attach;
pub mod list;
pub mod sending;

use crate::reactive::live::Live;
use chitieu_client::tasks::report_key;
use chitieu_client::uploads::{HeldUp, PURGED};
use chitieu_domain::ReporterId;
use chitieu_domain::attachment::{MOST_BYTES, MOST_PER_REPORT, MOST_STORED_PER_YEAR, Refusal};
use chitieu_domain::plan::Task;
use chitieu_domain::task::Occurrence;
use chitieu_sync::entity::{EntityKey, Kind, task_evidence};
use chitieu_widgets::{Locale, t, text};
use leptos::prelude::*;

/// The attachments of a report, those included that were taken out.
fn attachments(live: &Live, task: &Task, who: &ReporterId, turn: Occurrence) -> Vec<EntityKey> {
    let report = report_key(task, who, turn);
    let all = live.replica.with(|replica| replica.entities_of(Kind::TaskEvidence));
    let is_of = |key: &EntityKey| {
        let rest = key.id.strip_prefix(&report.id).and_then(|rest| rest.strip_prefix('/'));
        key.stream == report.stream && rest.is_some()
    };
    all.into_iter().filter(is_of).collect()
}

/// The content that an attachment's name names.
fn content(key: &EntityKey) -> Option<String> {
    task_evidence::place(&key.id).map(|(.., content)| content.to_string())
}

/// A size in words.
pub fn size(bytes: u64, locale: Locale) -> String {
    let tenths = |unit: u64| {
        let tenths = (bytes * 10).div_ceil(unit);
        let whole = text::number(i128::from(tenths / 10), locale);
        if tenths.is_multiple_of(10) || tenths >= 100 {
            whole
        } else {
            format!("{whole}{}{}", locale.pick(",", "."), tenths % 10)
        }
    };
    if bytes < 1_048_576 { format!("{} KB", tenths(1_024)) } else { format!("{} MB", tenths(1_048_576)) }
}

/// Why a file is not taken, and what to do.
fn refusal(why: Refusal, locale: Locale) -> String {
    match why {
        Refusal::TooLarge => t::evidence::too_large(locale, size(MOST_BYTES as u64, locale)),
        Refusal::Empty => t::evidence::empty(locale).to_owned(),
        Refusal::UnknownType => t::evidence::unknown_type(locale).to_owned(),
        Refusal::ActiveContent => t::evidence::active_content(locale).to_owned(),
        Refusal::SecretMark => t::evidence::secret_mark(locale).to_owned(),
        Refusal::Unreadable => t::evidence::unreadable(locale).to_owned(),
        Refusal::HashMismatch => t::evidence::hash_mismatch(locale).to_owned(),
        Refusal::TooMany => t::evidence::too_many(locale, text::number(MOST_PER_REPORT as i128, locale)),
        Refusal::Unconfirmed => t::evidence::unconfirmed(locale).to_owned(),
        Refusal::NotExamined => t::evidence::not_examined(locale).to_owned(),
        Refusal::QuotaExceeded => t::evidence::quota_exceeded(locale, size(MOST_STORED_PER_YEAR, locale)),
    }
}

/// Why nothing of a file is sent now, and what to do.
fn held(why: HeldUp, locale: Locale) -> String {
    match why {
        HeldUp::NoRight => t::evidence::no_right(locale).to_owned(),
        HeldUp::NotTaken => t::evidence::not_taken(locale).to_owned(),
        HeldUp::Crowded => t::evidence::crowded(locale).to_owned(),
        HeldUp::Full => t::evidence::full(locale, size(MOST_STORED_PER_YEAR, locale)),
    }
}

/// An administrator has taken it out of sight for now.
const QUARANTINED: &str = "quarantined";

/// Why the server does not have it, and never will.
fn ended(why: &str, locale: Locale) -> String {
    match why {
        QUARANTINED => t::evidence::quarantined(locale).to_owned(),
        PURGED => t::evidence::purged(locale).to_owned(),
        other => Refusal::parse(other)
            .map_or_else(|| t::state::unknown(locale).to_owned(), |why| refusal(why, locale)),
    }
}
