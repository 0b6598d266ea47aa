//! Which programmes a screen shows, as its address says it: `nam=2026&tinh-hinh=chua-co`, or of one unit
//! `nam=2026&don-vi=people_committee_commune:11977@2025-07-01&viec=qua-han`.

use super::{Has, Held, ItemStanding};
use chitieu_domain::model::Model;

/// What a screen shows; what says nothing leaves nothing out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// The year; none: the running one.
    pub year: Option<i16>,
    /// The id of a reporter whose programme is read; empty: the list of units, or one's own.
    pub unit: String,
    /// An agency of the plan, by its id.
    pub agency: String,
    /// Those that have this.
    pub has: Option<Has>,
    /// Of one unit's items those that stand so; of units those that have such items.
    pub items: Option<ItemStanding>,
}

/// Their names in addresses, which do not change.
const HAS: [(Has, &str); 5] = [
    (Has::None, "chua-co"),
    (Has::DraftLate, "soan-qua-han"),
    (Has::Draft, "dang-soan"),
    (Has::IssuedLate, "ban-hanh-cham"),
    (Has::Issued, "da-ban-hanh"),
];
const ITEMS: [(ItemStanding, &str); 8] = [
    (ItemStanding::Overdue, "qua-han"),
    (ItemStanding::DueSoon, "sap-den-han"),
    (ItemStanding::NotStarted, "chua-bat-dau"),
    (ItemStanding::Doing, "dang-lam"),
    (ItemStanding::Ended, "don-vi-da-ket-thuc"),
    (ItemStanding::DoneLate, "xong-cham"),
    (ItemStanding::Done, "xong"),
    (ItemStanding::Dropped, "thoi"),
];

fn name<T: PartialEq>(names: &[(T, &'static str)], of: &T) -> &'static str {
    names.iter().find(|(known, _)| known == of).map_or("", |(_, name)| name)
}

fn named<T: Copy>(names: &[(T, &str)], of: &str) -> Option<T> {
    names.iter().find(|(_, known)| *known == of).map(|(one, _)| *one)
}

impl Has {
    /// Its name in an address.
    pub fn name(self) -> &'static str {
        name(&HAS, &self)
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        named(&HAS, name)
    }
}

impl ItemStanding {
    /// Its name in an address.
    pub fn name(self) -> &'static str {
        name(&ITEMS, &self)
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        named(&ITEMS, name)
    }
}

impl Filter {
    /// Reads what stands after `?` in an address; what it does not know says nothing.
    pub fn parse(query: &str) -> Self {
        let mut filter = Self::default();
        for (name, value) in query.trim_start_matches('?').split('&').filter_map(|pair| pair.split_once('='))
        {
            // Browsers may write these two so.
            let value = || value.replace("%3A", ":").replace("%40", "@");
            match name {
                "nam" => filter.year = value().parse().ok(),
                "don-vi" => filter.unit = value(),
                "loai" => filter.agency = value(),
                "tinh-hinh" => filter.has = Has::named(&value()),
                "viec" => filter.items = ItemStanding::named(&value()),
                _ => {}
            }
        }
        filter
    }

    /// As it stands in an address, with its `?`; empty where it leaves nothing out.
    pub fn query(&self) -> String {
        let year = self.year.map(|year| year.to_string()).unwrap_or_default();
        let parts = [
            ("nam", year.as_str()),
            ("don-vi", &self.unit),
            ("loai", &self.agency),
            ("tinh-hinh", self.has.map_or("", Has::name)),
            ("viec", self.items.map_or("", ItemStanding::name)),
        ];
        let said = parts.iter().filter(|(_, value)| !value.is_empty());
        let said: Vec<String> = said.map(|(name, value)| format!("{name}={value}")).collect();
        if said.is_empty() { String::new() } else { format!("?{}", said.join("&")) }
    }

    /// True where it leaves no unit out.
    pub fn is_whole(&self) -> bool {
        self.agency.is_empty() && self.has.is_none() && self.items.is_none()
    }

    /// True for a unit that it shows. What a number of units opens are those that were counted.
    pub fn shows(&self, model: &Model, held: &Held) -> bool {
        (self.agency.is_empty() || self.agency == model.reporter(held.who).id.agency())
            && self.has.is_none_or(|has| has == held.has && held.owes)
            && self.items.is_none_or(|standing| held.programme.count(standing) > 0)
    }
}
