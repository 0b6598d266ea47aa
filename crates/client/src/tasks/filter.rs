//! Which tasks a list shows, as its address says it: `muc=II.1&don-vi=police_commune:11977@2025-07-01&tinh-hinh=qua-han&han=7`.

use super::{Duty, Part};
use chitieu_domain::model::Model;
use chitieu_domain::task::{Group, Standing};
use chrono::{Days, NaiveDate};

/// What a list shows; what says nothing leaves nothing out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// A section of the plan: `II.1` has `II.1.1` in it.
    pub section: String,
    /// The id of a reporter, or of a unit with all of its reporters.
    pub unit: String,
    /// How a turn stands.
    pub stands: Option<Stands>,
    /// Those with a day within so many days from today.
    pub within: Option<u16>,
}

/// How a turn stands: one standing, or all of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// One.
    At(Standing),
    /// A group, of those who lead: what is counted.
    In(Group),
    /// Of those that are late, what became so within the last week.
    LateSinceLastWeek,
}

/// Their names in addresses, which do not change.
const NAMES: [(Stands, &str); 12] = [
    (Stands::At(Standing::NotReported), "chua-bao-cao"),
    (Stands::At(Standing::Overdue), "qua-han"),
    (Stands::At(Standing::NotStarted), "chua-bat-dau"),
    (Stands::At(Standing::Doing), "dang-lam"),
    (Stands::At(Standing::DoneLate), "xong-cham"),
    (Stands::At(Standing::Done), "xong"),
    (Stands::At(Standing::Nothing), "khong-phat-sinh"),
    (Stands::In(Group::OnTime), "nhom-dung-han"),
    (Stands::In(Group::Late), "nhom-cham"),
    (Stands::In(Group::NotReported), "nhom-chua-bao-cao"),
    (Stands::In(Group::Done), "nhom-xong"),
    (Stands::LateSinceLastWeek, "moi-cham"),
];

impl Stands {
    /// Its name in an address.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(known, _)| *known == self).map_or("", |(_, name)| name)
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known)| *known == name).map(|(stands, _)| *stands)
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
                "muc" => filter.section = value(),
                "don-vi" => filter.unit = value(),
                "tinh-hinh" => filter.stands = Stands::named(&value()),
                "han" => filter.within = value().parse().ok(),
                _ => {}
            }
        }
        filter
    }

    /// As it stands in an address, with its `?`; empty where it leaves nothing out.
    pub fn query(&self) -> String {
        let within = self.within.map(|days| days.to_string()).unwrap_or_default();
        let stands = self.stands.map_or("", Stands::name);
        let parts =
            [("muc", self.section.as_str()), ("don-vi", &self.unit), ("tinh-hinh", stands), ("han", &within)];
        let said = parts.iter().filter(|(_, value)| !value.is_empty());
        let said: Vec<String> = said.map(|(name, value)| format!("{name}={value}")).collect();
        if said.is_empty() { String::new() } else { format!("?{}", said.join("&")) }
    }

    /// True where it leaves nothing out.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// True for a section that it shows, of itself or of one above.
    pub fn is_in(&self, section: &str) -> bool {
        let rest = section.strip_prefix(&self.section);
        self.section.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    /// True for what it shows.
    pub fn shows(&self, model: &Model, duty: &Duty, today: NaiveDate) -> bool {
        let reporter = model.reporter(duty.reporter);
        let is_of =
            || self.unit == reporter.id.to_string() || self.unit == model.unit(reporter.unit).id.to_string();
        let stands = match self.stands {
            None => true,
            Some(Stands::At(standing)) => duty.standing == standing,
            // As the counts do, which are of those who lead.
            Some(Stands::In(group)) => duty.part == Part::Leads && duty.standing.group() == group,
            Some(Stands::LateSinceLastWeek) => super::became_late(duty, today),
        };
        let until = |days: u16| today.checked_add_days(Days::new(days.into())).unwrap_or(today);
        let soon = |days| duty.dates.due.is_some_and(|due| today <= due && due <= until(days));
        self.is_in(&model.plan().tasks[duty.task].section)
            && (self.unit.is_empty() || is_of())
            && stands
            && self.within.is_none_or(soon)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_as_the_filter_it_was_made_of() {
        for (stands, name) in NAMES {
            let filter = Filter {
                section: "II.1".into(),
                unit: "police_commune:11977@2025-07-01".into(),
                stands: Some(stands),
                within: Some(7),
            };
            assert_eq!(Filter::parse(&filter.query()), filter, "{name}");
        }
        assert_eq!(Filter::default().query(), "");
        assert!(Filter::parse("?la=1&tinh-hinh=gi-do&han=x").is_empty());
    }

    #[test]
    fn every_standing_and_group_has_a_name() {
        for standing in Standing::ALL {
            assert_ne!(Stands::At(standing).name(), "");
        }
        for group in Group::ALL {
            assert_ne!(Stands::In(group).name(), "");
        }
    }
}
