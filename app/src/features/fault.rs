//! What is wrong and what to do, in words.

use crate::reactive::save_error::SaveError;
use chitieu_client::field::Fault;
use chitieu_domain::quantity::QuantityError;
use chitieu_sync::Rejection;
use chitieu_widgets::{Locale, t, text};

/// A value as it is named in a sentence.
pub fn shown(value: Option<i64>, locale: Locale) -> String {
    value.map_or_else(|| t::verdict::no_data(locale).to_owned(), |value| text::number(value.into(), locale))
}

/// What is wrong with a field.
pub fn field(fault: &Fault<SaveError>, locale: Locale) -> String {
    match fault {
        Fault::Text(error) => quantity(*error, locale).to_owned(),
        Fault::Became(value) => t::fault::became(locale, shown(*value, locale)),
        Fault::Refused(error) => saving(error, locale),
    }
}

/// Why something was not kept.
pub fn saving(error: &SaveError, locale: Locale) -> String {
    match error {
        SaveError::NotAdmitted(code) => rejection(*code, locale).to_owned(),
        SaveError::Became(value) => t::fault::became(locale, shown(*value, locale)),
        SaveError::NotStored(error) if error.is_full() => t::fault::full(locale).to_owned(),
        SaveError::NotStored(error) => t::fault::not_stored(locale, error),
    }
}

/// Why a text is no figure.
pub fn quantity(error: QuantityError, locale: Locale) -> &'static str {
    match error {
        QuantityError::Fraction => t::quantity::fraction(locale),
        QuantityError::AskDot => t::quantity::ask_dot(locale),
        QuantityError::AskComma => t::quantity::ask_comma(locale),
        QuantityError::Grouping => t::quantity::grouping(locale),
        QuantityError::Sign => t::quantity::sign(locale),
        QuantityError::NotDigits => t::quantity::not_digits(locale),
        QuantityError::AskDash => t::quantity::ask_dash(locale),
        QuantityError::AskEllipsis => t::quantity::ask_ellipsis(locale),
        QuantityError::TooLarge => t::quantity::too_large(locale),
        QuantityError::BelowOneDong => t::quantity::below_one_dong(locale),
    }
}

/// Why something was not admitted, and what to do.
pub fn rejection(code: Rejection, locale: Locale) -> &'static str {
    match code {
        Rejection::Locked => t::rejection::locked(locale),
        Rejection::NoRight => t::rejection::no_right(locale),
        Rejection::NotAssigned => t::rejection::not_assigned(locale),
        Rejection::NotOpen => t::rejection::not_open(locale),
        Rejection::ReasonMissing => t::rejection::reason_missing(locale),
        Rejection::Incomplete => t::rejection::incomplete(locale),
        Rejection::RuleBroken => t::rejection::rule_broken(locale),
        Rejection::Contested => t::rejection::contested(locale),
        Rejection::MovedOn | Rejection::CoverMoved | Rejection::BadTransition => {
            t::rejection::moved_on(locale)
        }
        Rejection::OutOfRange => t::rejection::out_of_range(locale),
        Rejection::Malformed => t::rejection::malformed(locale),
        Rejection::UnknownPlan => t::rejection::unknown_plan(locale),
        _ => t::rejection::other(locale),
    }
}
