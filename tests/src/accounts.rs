//! An empty database with accounts, and the cells that they may fill in.

use crate::server::TODAY;
use chitieu_domain::{Model, PeriodId, ReporterId, ReporterIx};
use chitieu_server::auth::passwords::hash_password;
use chitieu_server::services::plan_file::{self, Loaded};
use chitieu_server::store::Store;
use chitieu_sync::grants::{Grants, Role};
use chitieu_sync::replica::CellKey;
use chrono::NaiveDate;

/// The one password of all of them.
pub const PASSWORD: &str = "chitieu-demo";

/// The shipped plan.
pub fn plan() -> Loaded {
    plan_file::load(plan_file::HUNG_YEN_188).expect("the plan loads")
}

/// The day on which everything happens.
pub fn today() -> NaiveDate {
    TODAY.parse().expect("a day")
}

/// Adds officers, each with the reporters whose forms they fill in.
pub async fn add_officers(database: &str, officers: &[(String, Vec<ReporterId>)]) {
    let store = Store::open(database).await.expect("the database opens");
    let hash = hash_password(PASSWORD);
    for (name, reporters) in officers {
        let grants = Grants::plain(Role::Officer, reporters.clone());
        store.put_user(name, name, &hash, &grants).await.expect("an account");
    }
    store.close().await;
}

/// The communes' police, each of which fills in forms of its own.
pub fn commune_police(model: &Model) -> Vec<ReporterId> {
    let of = |ix: u32| (ix, &model.reporter(ReporterIx(ix)).id);
    let all = (0..model.reporters().len() as u32).map(of);
    let present = all.filter(|(ix, id)| {
        let forms =
            model.forms().any(|form| model.is_assigned(ReporterIx(*ix), form, PeriodId::Month(2026, 10)));
        id.agency() == "police_commune" && forms
    });
    present.map(|(_, id)| id.clone()).collect()
}

/// The first `count` cells that a reporter may fill in by now.
pub fn cells(model: &Model, reporter: &ReporterId, count: usize) -> Vec<CellKey> {
    let ix = model.reporter_ix(reporter).expect("a reporter of the plan");
    let mut cells = Vec::new();
    for year in (2021..=2026).rev() {
        let months = (1..=12).map(|m| PeriodId::Month(year, m));
        let quarters = (1..=4).map(|q| PeriodId::Quarter(year, q));
        for period in months.chain(quarters).chain([PeriodId::Half(year, 1), PeriodId::Year(year)]) {
            for form in model.forms().filter(|form| model.is_assigned(ix, *form, period)) {
                if model.span(form, period).from > today() {
                    continue;
                }
                cells.extend(model.elements_of(form).map(|(_, element)| CellKey {
                    reporter: reporter.clone(),
                    period,
                    element: element.id.clone(),
                }));
            }
        }
    }
    cells.truncate(count);
    cells
}
