//! Illustrative data for 2021 to today: deterministic, sound by the forms' own rules, labelled on every
//! screen. No figure here is of any real place.

mod assigning;
mod dice;
mod generate;
mod plain;
mod programmes;
mod reporting;
mod story;
mod task_step;
mod task_words;
mod tasks;

use crate::auth::passwords::hash_password;
use crate::cli::grant;
use crate::services::plan_file::Loaded;
use crate::store::Store;
use crate::store::error::StoreError;
use chitieu_domain::calendar::{BASELINE, Periodicity};
use chitieu_domain::model::Reporter;
use chitieu_domain::{FormIx, Model, PeriodId, ReporterIx};
use chitieu_sync::grants::{Grant, Grants, Role};
use chitieu_sync::submission::State;
use chitieu_sync::{Rejection, StreamId};
use chitieu_widgets::Locale;
use chrono::NaiveDate;
use dice::Carried;
use std::collections::HashMap;
use story::{Form, Teller};
use tasks::Told;

/// The password of every demonstration account.
pub const PASSWORD: &str = "chitieu-demo";

/// What was filled in.
pub struct Filled {
    /// Cells.
    pub figures: usize,
    /// Tasks of the plan that were given to somebody, and campaigns.
    pub assignments: usize,
    /// Reports on tasks.
    pub reports: usize,
    /// Units' own programmes of a year.
    pub programmes: usize,
    /// Accounts.
    pub accounts: usize,
}

/// Why a database was not filled.
#[derive(Debug, thiserror::Error)]
pub enum FillError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ledger refuses something that was made up.
    #[error("the ledger refuses {what}: {code:?}")]
    Refused {
        /// Why.
        code: Rejection,
        /// Reporter, form and period, or stream, task and turn.
        what: String,
    },
}

/// A period of a form that is over.
struct Closed {
    form: FormIx,
    period: PeriodId,
    /// Where the one before it ended.
    since: NaiveDate,
    is_newest: bool,
}

/// Units whose newest periods are left for the visitor to fill in.
const LEFT_OPEN: [&str; 3] = ["11977@2025-07-01", "33@2021-01-01", "11953@2025-07-01"];

/// Fills an empty database.
pub async fn fill(store: &Store, loaded: &Loaded, today: NaiveDate) -> Result<Filled, FillError> {
    store.set_meta("illustrative", "yes").await?;
    store.set_meta("today", &today.to_string()).await?;
    let accounts = accounts(&loaded.model, today);
    let hash = hash_password(PASSWORD);
    for (username, display_name, grants) in &accounts {
        store.put_user(username, display_name, &hash, grants).await?;
    }
    let mut tasks = tasks::tell(&loaded.model, &loaded.version, today)?;
    let (assignments, reports, programmes) = (tasks.assignments, tasks.reports, tasks.programmes);
    let figures = history(store, loaded, today, &mut tasks).await?;
    Ok(Filled { figures, assignments, reports, programmes, accounts: accounts.len() })
}

/// Accounts with other grants than one role in the whole plan or at one reporter: for each kind of scope one, whose grants are
/// as on the command line, but for the day on which the delegation ended.
const OTHERS: [(&str, &str, &[&str]); 7] = [
    (
        "officer-many",
        "Cán bộ nhập liệu của ba xã, phường",
        &[
            "officer@police_commune:11977@2025-07-01",
            "officer@police_commune:11980@2025-07-01",
            "officer@police_commune:11983@2025-07-01",
        ],
    ),
    (
        "officer-forms",
        "Cán bộ nhập liệu của một biểu",
        &["officer@police_province:33@2021-01-01:forms=crime"],
    ),
    ("reviewer-district", "Thẩm định địa bàn thành phố Hưng Yên cũ", &["reviewer@unit:323@2021-01-01"]),
    ("reviewer-expired", "Thẩm định đã hết hạn ủy quyền", &["reviewer@plan"]),
    (
        "officer-reviewer",
        "Nhập liệu cấp tỉnh, thẩm định huyện Văn Lâm cũ",
        &["officer@police_province:33@2021-01-01", "reviewer@unit:325@2021-01-01"],
    ),
    ("steering-commune", "Phân công nhiệm vụ trong xã", &["steering@unit:11977@2025-07-01"]),
    ("leader-region", "Lãnh đạo khu vực 1", &["leader@unit:KV1@2025-07-01"]),
];

/// Those of them whose grants ended the day before.
const EXPIRED: &str = "reviewer-expired";

fn others(model: &Model, today: NaiveDate) -> impl Iterator<Item = (String, String, Grants)> {
    OTHERS.into_iter().filter_map(move |(name, shown, grants)| {
        let read = grants.iter().map(|text| grant::read(text, model, Locale::Vi));
        let until = if name == EXPIRED { today.pred_opt() } else { None };
        let list = read.map(|grant| grant.map(|grant| Grant { until, ..grant })).collect::<Result<_, _>>();
        // Another plan has other units and reporters.
        Some((name.to_owned(), shown.to_owned(), Grants::new(list.ok()?)))
    })
}

/// The offices, those with other scopes, and one officer for each reporter valid today.
pub fn accounts(model: &Model, today: NaiveDate) -> Vec<(String, String, Grants)> {
    let office =
        |name: &str, shown: &str, role| (name.to_owned(), shown.to_owned(), Grants::plain(role, Vec::new()));
    let mut accounts = vec![
        office("admin", "Quản trị hệ thống", Role::Admin),
        office("reviewer", "Cán bộ thẩm định", Role::Reviewer),
        office("steering", "Cơ quan thường trực Ban chỉ đạo", Role::Steering),
        office("publisher", "Cán bộ công bố", Role::Publisher),
        office("leader", "Lãnh đạo", Role::Leader),
        office("auditor", "Kiểm toán", Role::Auditor),
    ];
    accounts.extend(others(model, today));
    for (ix, reporter) in model.reporters().iter().enumerate() {
        if reporter.from.is_some_and(|f| f > today) || reporter.to.is_some_and(|t| t < today) {
            continue;
        }
        accounts.push((
            officer(model, reporter),
            model.reporter_name(ReporterIx(ix as u32)),
            Grants::plain(Role::Officer, vec![reporter.id.clone()]),
        ));
    }
    accounts
}

/// Every period of a form that is closed on `today`, from 2021 on.
fn closed_periods(model: &Model, form: FormIx, today: NaiveDate) -> Vec<PeriodId> {
    let about = model.form(form);
    if about.periodicity == Periodicity::Once {
        return vec![BASELINE];
    }
    let calendar = model.calendar(form);
    let last = calendar.business_year_on(today).unwrap_or(2021);
    (2021..=last)
        .flat_map(|year| calendar.periods_of_year(year, about.periodicity))
        .filter(|p| model.span(form, *p).to < today)
        .collect()
}

/// The user name of a reporter's officer, whether the account is still there or not.
fn officer(model: &Model, reporter: &Reporter) -> String {
    if model.unit(reporter.unit).id == model.plan().own_territory {
        return reporter.id.agency().to_owned();
    }
    format!("{}-{}", reporter.id.agency(), reporter.id.unit().code())
}

/// Writes figures, submissions and tasks as the years went by; gives how many figures there are.
async fn history(
    store: &Store,
    loaded: &Loaded,
    today: NaiveDate,
    tasks: &mut Told,
) -> Result<usize, FillError> {
    let model = &loaded.model;
    let mut streams: Vec<StreamId> =
        model.reporters().iter().map(|r| StreamId::Reporter(r.id.clone())).collect();
    streams.push(StreamId::Plan);
    let mut filling = store.begin_filling(&streams).await?;
    let mut teller = Teller::new(model, &loaded.version, today);
    let mut count = 0;
    let mut carried: HashMap<(FormIx, ReporterIx), Carried> = HashMap::new();
    let closed = model.forms().flat_map(|form| {
        let periods = closed_periods(model, form, today);
        let since = std::iter::once(NaiveDate::MIN)
            .chain(periods.clone().into_iter().map(move |p| model.span(form, p).to));
        let newest = periods.last().copied();
        periods.into_iter().zip(since).map(move |(period, since)| Closed {
            form,
            period,
            since,
            is_newest: Some(period) == newest,
        })
    });
    let mut closed: Vec<Closed> = closed.collect();
    // As the years went by.
    closed.sort_by_key(|closed| model.span(closed.form, closed.period).to);
    for Closed { form, period, since, is_newest } in closed {
        let to = model.span(form, period).to;
        let days_old = (today - to).num_days();
        while let Some(batch) = tasks.up_to(to) {
            filling.take(vec![batch], &[]).await?;
        }
        let assigned: Vec<ReporterIx> = (0..model.reporters().len() as u32)
            .map(ReporterIx)
            .filter(|r| model.is_assigned(*r, form, period))
            .collect();
        for reporter in &assigned {
            let taken = model.takeovers(*reporter, form).into_iter();
            for (_, from) in taken.filter(|(day, _)| since < *day && *day <= to) {
                let left = carried.get(&(form, from)).cloned().unwrap_or_default();
                carried.entry((form, *reporter)).or_default().take_over(&left);
            }
        }
        for reporter in &assigned {
            let about = model.reporter(*reporter);
            let unit = model.unit(about.unit).id.to_string();
            if is_newest && days_old < 60 && LEFT_OPEN.contains(&unit.as_str()) {
                continue;
            }
            let carried = carried.entry((form, *reporter)).or_default();
            let values = generate::form(model, form, *reporter, period, &assigned, carried);
            let state = match days_old {
                ..40 => State::Submitted,
                40..100 => State::Approved,
                _ => State::Published,
            };
            let officer = officer(model, about);
            let told = Form { form, reporter: *reporter, period, officer: &officer, values: &values, state };
            let (judged, cells) = teller.tell(&told).map_err(|code| FillError::Refused {
                code,
                what: format!("{} {} {period}", about.id, model.form(form).id),
            })?;
            count += cells.len();
            filling.take(judged, &cells).await?;
        }
    }
    while let Some(batch) = tasks.up_to(today) {
        filling.take(vec![batch], &[]).await?;
    }
    filling.commit().await?;
    Ok(count)
}
