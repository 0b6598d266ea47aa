//! The app's addresses. Every screen has one; it names the right that whoever opens it needs.

#[cfg(target_arch = "wasm32")]
pub mod link;

use chitieu_domain::{Model, PeriodId, ReporterId};
use chitieu_sync::grants::Role;
use chitieu_sync::rights::{Right, Thing};

/// A screen, as the address bar names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// What a person starts with: in this role, else in the one that has work.
    Start(Option<Role>),
    /// The entry form of a reporter and period.
    Entry {
        /// Whose.
        reporter: ReporterId,
        /// The form's id in the plan.
        form: String,
        /// Of when.
        period: PeriodId,
    },
    /// The board of targets.
    Board,
    /// A person's account.
    Account,
    /// What waits on this device.
    Outbox,
    /// Cells with two values.
    Conflicts,
    /// What was submitted.
    Review,
    /// The plan's tasks.
    Tasks,
    /// One of them, by its id in the plan.
    Task(String),
    /// Many tasks assigned at once.
    Assigning,
    /// The units' own programmes of a year.
    Programmes,
}

/// Where every part is shown in every state. It is no screen: nobody signs in there, and no link leads to it.
#[cfg(feature = "components")]
pub const COMPONENTS: &str = "/_components";

/// What the board's address says of a target that is gone to.
const TARGET: &str = "?chi-tieu=";

/// The query that leads to a target on the board.
pub fn of_target(id: &str) -> String {
    [TARGET, id].concat()
}

/// The target that a query of the board leads to.
pub fn target_of(query: &str) -> Option<&str> {
    query.strip_prefix(TARGET)
}

/// Roles in the order in which their work comes, each with the last part of its address.
pub const ROLES: [(Role, &str); 7] = [
    (Role::Officer, "nhap-lieu"),
    (Role::Reviewer, "tham-dinh"),
    (Role::Publisher, "cong-bo"),
    (Role::Steering, "phan-cong"),
    (Role::Leader, "lanh-dao"),
    (Role::Auditor, "kiem-toan"),
    (Role::Admin, "quan-tri"),
];

impl Route {
    /// The screen that a path names; none where the app has no such screen.
    pub fn parse(path: &str) -> Option<Self> {
        Some(match path.trim_matches('/').split('/').collect::<Vec<_>>()[..] {
            [""] => Self::Start(None),
            ["viec", name] => Self::Start(Some(ROLES.iter().find(|(_, path)| *path == name)?.0)),
            ["nhap", reporter, form, period] => Self::Entry {
                reporter: reporter.parse().ok()?,
                form: form.to_owned(),
                period: period.parse().ok()?,
            },
            ["chi-tieu"] => Self::Board,
            ["tai-khoan"] => Self::Account,
            ["cho-gui"] => Self::Outbox,
            ["doi-chieu"] => Self::Conflicts,
            ["duyet"] => Self::Review,
            ["nhiem-vu"] => Self::Tasks,
            ["nhiem-vu", "phan-cong"] => Self::Assigning,
            ["nhiem-vu", "chuong-trinh"] => Self::Programmes,
            ["nhiem-vu", task] if !task.is_empty() => Self::Task(task.to_owned()),
            _ => return None,
        })
    }

    /// Its path.
    pub fn path(&self) -> String {
        let role = |role: &Role| ROLES.iter().find(|(known, _)| known == role).map_or("", |(_, path)| path);
        match self {
            Self::Start(None) => "/".to_owned(),
            Self::Start(Some(of)) => ["/viec/", role(of)].concat(),
            Self::Entry { reporter, form, period } => {
                ["/nhap/", &reporter.to_string(), "/", form, "/", &period.to_string()].concat()
            }
            Self::Board => "/chi-tieu".to_owned(),
            Self::Account => "/tai-khoan".to_owned(),
            Self::Outbox => "/cho-gui".to_owned(),
            Self::Conflicts => "/doi-chieu".to_owned(),
            Self::Review => "/duyet".to_owned(),
            Self::Tasks => "/nhiem-vu".to_owned(),
            Self::Task(id) => ["/nhiem-vu/", id].concat(),
            Self::Assigning => "/nhiem-vu/phan-cong".to_owned(),
            Self::Programmes => "/nhiem-vu/chuong-trinh".to_owned(),
        }
    }

    /// The right that whoever opens it needs, and what it is about; none where everybody who is signed in may. What waits on a
    /// device and its conflicts are open to all: whoever lost a right still finds what they had not sent.
    pub fn right(&self, model: &Model) -> Option<(Right, Thing)> {
        match self {
            Self::Review => Some((Right::Oversee, Thing::Anything)),
            Self::Tasks | Self::Task(_) => Some((Right::ReadPlan, Thing::Plan)),
            Self::Assigning => Some((Right::AssignTask, Thing::Anything)),
            Self::Programmes => Some((Right::ReadReports, Thing::Anything)),
            Self::Entry { reporter, form, .. } => {
                let about = model.reporter_ix(reporter).zip(model.form_ix(form));
                about.map(|(reporter, form)| (Right::ReadCells, Thing::Form(reporter, form)))
            }
            Self::Start(_) | Self::Board | Self::Account | Self::Outbox | Self::Conflicts => None,
        }
    }

    /// True where a menu's link to `link` is the one to this screen: "Việc của tôi" is also where its roles and forms belong,
    /// "Nhiệm vụ" where each task does.
    pub fn is_under(&self, link: &Self) -> bool {
        match (self, link) {
            (Self::Start(_) | Self::Entry { .. }, Self::Start(None))
            | (Self::Task(_) | Self::Assigning | Self::Programmes, Self::Tasks) => true,
            _ => self == link,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Route> {
        let entry = Route::Entry {
            reporter: "police_commune:11977@2025-07-01".parse().expect("a reporter"),
            form: "f1".to_owned(),
            period: "2026-Q3".parse().expect("a period"),
        };
        let mut all = vec![
            entry,
            Route::Start(None),
            Route::Board,
            Route::Account,
            Route::Outbox,
            Route::Conflicts,
            Route::Review,
            Route::Tasks,
            Route::Task("II.4.5".to_owned()),
            Route::Assigning,
            Route::Programmes,
        ];
        all.extend(ROLES.map(|(role, _)| Route::Start(Some(role))));
        all
    }

    #[test]
    fn every_address_reads_as_the_screen_it_was_made_for() {
        for route in all() {
            assert_eq!(Route::parse(&route.path()), Some(route.clone()), "{}", route.path());
        }
        let paths: std::collections::HashSet<String> = all().iter().map(Route::path).collect();
        assert_eq!(paths.len(), all().len(), "two screens have one address");
    }

    #[test]
    fn what_names_no_screen_is_none() {
        let wrong = [
            "/nhap/x/f1/2026-Q3",
            "/nhap/police_commune:11977@2025-07-01/f1/2026-Q9",
            "/nhap/police_commune:11977@2025-07-01/f1",
            "/viec/thu-kho",
            "/viec",
            "/duyet/x",
            "/khong-co",
        ];
        for path in wrong {
            assert_eq!(Route::parse(path), None, "{path}");
        }
    }

    #[test]
    fn the_menu_marks_the_screen_that_a_page_belongs_to() {
        assert!(Route::Task("I.1.1".to_owned()).is_under(&Route::Tasks));
        assert!(Route::Start(Some(Role::Reviewer)).is_under(&Route::Start(None)));
        assert!(!Route::Tasks.is_under(&Route::Start(None)));
        assert!(!Route::Start(None).is_under(&Route::Start(Some(Role::Reviewer))));
    }
}
