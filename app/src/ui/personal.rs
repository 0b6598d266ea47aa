//! What in a text that is being written looks like personal data: the person is told the rule, and may go on.

use crate::ui::changing::changing;
use chitieu_domain::personal_data::{self, PersonalData};
use chitieu_widgets::{Locale, t};
use leptos::prelude::*;

/// What a rule finds, in words.
pub fn word(kind: PersonalData, locale: Locale) -> &'static str {
    match kind {
        PersonalData::CitizenNumber => t::personal::citizen_number(locale),
        PersonalData::Phone => t::personal::phone(locale),
        PersonalData::Plate => t::personal::plate(locale),
        PersonalData::Licence => t::personal::licence(locale),
        PersonalData::BankCard => t::personal::bank_card(locale),
        PersonalData::NameAndBirth => t::personal::name_and_birth(locale),
    }
}

/// The warning; nothing where there is nothing to warn of.
#[component]
pub fn PersonalWarning(
    /// What is being written.
    text: Signal<String>,
    /// The language.
    locale: Locale,
) -> impl IntoView {
    let found = Memo::new(move |_| {
        let mut kinds: Vec<PersonalData> =
            text.with(|text| personal_data::find(text)).into_iter().map(|found| found.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    });
    view! {
        <p class="warning" role="status" data-personal="">
            {changing(move || found.with(|all| (!all.is_empty()).then(|| {
                t::personal::warning(locale, all.iter().map(|kind| word(*kind, locale)).collect::<Vec<_>>().join(", "))
            })))}
        </p>
    }
}
