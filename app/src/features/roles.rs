//! Roles in words.

use crate::reactive::live::Live;
use chitieu_sync::grants::Role;
use chitieu_widgets::{Locale, t};
use leptos::prelude::*;

/// A person's roles in words.
pub fn roles(live: Live, locale: Locale) -> String {
    let mut roles: Vec<&str> = Vec::new();
    live.me.with_untracked(|me| {
        for grant in me.grants.in_force(live.day.get_untracked().date) {
            let word = role(grant.role, locale);
            if !roles.contains(&word) {
                roles.push(word);
            }
        }
        if roles.is_empty() {
            roles.push(if me.is_beyond { t::role::unknown(locale) } else { t::role::none(locale) });
        }
    });
    roles.join(", ")
}

/// A role's name.
pub fn role(role: Role, locale: Locale) -> &'static str {
    match role {
        Role::Officer => t::role::officer(locale),
        Role::Reviewer => t::role::reviewer(locale),
        Role::Steering => t::role::steering(locale),
        Role::Publisher => t::role::publisher(locale),
        Role::Leader => t::role::leader(locale),
        Role::Auditor => t::role::auditor(locale),
        Role::Admin => t::role::admin(locale),
        Role::Unknown => t::role::unknown(locale),
    }
}
