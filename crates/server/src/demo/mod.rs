//! Illustrative data for 2021 to today: deterministic, sound by the forms' own rules, labelled on every
//! screen. No figure here is of any real place.

mod generate;
mod plain;

use crate::cli::grant;
use crate::plan_file::Loaded;
use crate::session::hash_password;
use crate::store::database::{Purpose, Tx};
use crate::store::{Store, json as json_text};
use crate::values;
use chitieu_domain::calendar::{BASELINE, Periodicity};
use chitieu_domain::{FormIx, Model, PeriodId, ReporterId, ReporterIx};
use chitieu_sync::grants::{Grant, Grants, Role};
use chitieu_sync::ledger::EPOCH_SIZE;
use chitieu_widgets::Locale;
use chrono::NaiveDate;
use generate::Carried;
use serde_json::json;
use std::collections::HashMap;

/// The password of every demonstration account.
pub const PASSWORD: &str = "chitieu-demo";

/// What was filled in.
pub struct Filled {
    /// Cells.
    pub figures: usize,
    /// Accounts.
    pub accounts: usize,
}

/// Units whose newest periods are left for the visitor to fill in.
const LEFT_OPEN: [&str; 3] = ["11977@2025-07-01", "33@2021-01-01", "11953@2025-07-01"];

/// Fills an empty database.
pub async fn fill(store: &Store, loaded: &Loaded, today: NaiveDate) -> Result<Filled, sqlx::Error> {
    store.set_meta("illustrative", "yes").await?;
    store.set_meta("today", &today.to_string()).await?;
    let accounts = accounts(&loaded.model, today);
    let hash = hash_password(PASSWORD);
    for (username, display_name, grants) in &accounts {
        store.put_user(username, display_name, &hash, grants).await?;
    }
    let figures = figures(store, &loaded.model, today).await?;
    Ok(Filled { figures, accounts: accounts.len() })
}

/// Accounts with other grants than one role in the whole plan or at one reporter: for each kind of scope one, whose grants are
/// as on the command line, but for the day on which the delegation ended.
const OTHERS: [(&str, &str, &[&str]); 6] = [
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
        let own = model.unit(reporter.unit).id == model.plan().own_territory;
        let username = if own {
            reporter.id.agency().to_owned()
        } else {
            format!("{}-{}", reporter.id.agency(), reporter.id.unit().code())
        };
        accounts.push((
            username,
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

async fn figures(store: &Store, model: &Model, today: NaiveDate) -> Result<usize, sqlx::Error> {
    let floor = EPOCH_SIZE as i64;
    let mut tx = store.database.begin(Purpose::Write).await?;
    let names: Vec<String> = model.reporters().iter().map(|r| r.id.to_string()).collect();
    let sql = "INSERT INTO streams (reporter, seq) SELECT value, $2 FROM {list $1} AS names";
    tx.execute(sql, values![json_text(&names)?, floor]).await?;
    let mut count = 0;
    for form in model.forms() {
        let mut carried: HashMap<ReporterIx, Carried> = HashMap::new();
        let periods = closed_periods(model, form, today);
        let newest = periods.last().copied();
        let mut last_end = NaiveDate::MIN;
        for period in periods {
            let to = model.span(form, period).to;
            let since = std::mem::replace(&mut last_end, to);
            let is_newest = Some(period) == newest;
            let days_old = (today - to).num_days();
            let assigned: Vec<ReporterIx> = (0..model.reporters().len() as u32)
                .map(ReporterIx)
                .filter(|r| model.is_assigned(*r, form, period))
                .collect();
            for reporter in &assigned {
                let taken = model.takeovers(*reporter, form).into_iter();
                for (_, from) in taken.filter(|(day, _)| since < *day && *day <= to) {
                    let left = carried.get(&from).cloned().unwrap_or_default();
                    carried.entry(*reporter).or_default().take_over(&left);
                }
            }
            let mut cells = Vec::new();
            let mut submissions = Vec::new();
            for reporter in &assigned {
                let unit = model.unit(model.reporter(*reporter).unit);
                let open = is_newest && days_old < 60 && LEFT_OPEN.contains(&unit.id.to_string().as_str());
                if open {
                    continue;
                }
                let values = generate::form(
                    model,
                    form,
                    *reporter,
                    period,
                    &assigned,
                    carried.entry(*reporter).or_default(),
                );
                let state = match days_old {
                    ..40 => "submitted",
                    40..100 => "approved",
                    _ => "published",
                };
                let id: &ReporterId = &model.reporter(*reporter).id;
                let at = format!("{}T08:00:00+07:00", to.succ_opt().unwrap_or(to));
                let author = id.agency();
                for (element, value) in values {
                    cells.push(json!([id, element, value, author, at, state]));
                }
                submissions.push(json!([id, state, author, at]));
            }
            count += cells.len();
            write(&mut tx, floor + 1, period, &model.form(form).id, &cells, &submissions).await?;
        }
    }
    tx.commit().await?;
    Ok(count)
}

async fn write(
    tx: &mut Tx,
    rev: i64,
    period: PeriodId,
    form: &str,
    cells: &[serde_json::Value],
    submissions: &[serde_json::Value],
) -> Result<(), sqlx::Error> {
    let (cells, submissions) = (json_text(&cells)?, json_text(&submissions)?);
    for sql in [
        "INSERT INTO cells (stream, period, element, rev, value, op_id, author, received_at) \
         SELECT s.id, $2, j.value ->> 1, $3, CAST(j.value ->> 2 AS BIGINT), \
         '00000000-0000-0000-0000-000000000000', j.value ->> 3, j.value ->> 4 \
         FROM {rows $1} AS j JOIN streams s ON s.reporter = j.value ->> 0",
        "INSERT INTO published (stream, period, element, value, rev, published_at) \
         SELECT s.id, $2, j.value ->> 1, CAST(j.value ->> 2 AS BIGINT), $3, j.value ->> 4 \
         FROM {rows $1} AS j JOIN streams s ON s.reporter = j.value ->> 0 WHERE j.value ->> 5 = 'published'",
    ] {
        tx.execute(sql, values![&cells, period.to_string(), rev]).await?;
    }
    let sql = "INSERT INTO submissions (stream, period, form, state, rev, author, received_at) \
         SELECT s.id, $2, $3, j.value ->> 1, $4, j.value ->> 2, j.value ->> 3 \
         FROM {rows $1} AS j JOIN streams s ON s.reporter = j.value ->> 0";
    tx.execute(sql, values![submissions, period.to_string(), form, rev]).await
}
