//! The units' own programmes in the illustrative data, from 2024 on: some units have none, some are late, what was not done is
//! copied from the year before.

use super::assigning::Assigning;
use super::dice::Dice;
use super::task_step::{By, Step};
use super::{LEFT_OPEN, officer};
use chitieu_domain::deadline::working_day_after;
use chitieu_domain::task::Openness;
use chitieu_domain::unit::Level;
use chitieu_domain::{Model, ReporterIx};
use chitieu_sync::StreamId;
use chitieu_sync::entity::annual_plan_document::{self as document, is_kept_by, span};
use chitieu_sync::entity::{Change, Kind, annual_plan_item as item};
use chitieu_sync::raw::Raw;
use chrono::{Days, Months, NaiveDate};
use uuid::Uuid;

/// The first year of which units have programmes.
const FIRST: i16 = 2024;

/// What units set themselves: what, with which output, for which task of the plan, and how many days after the year began it
/// is due.
const WORK: [(&str, &str, &str, u64); 8] = [
    ("Hội nghị triển khai kế hoạch, giao việc cho từng bộ phận", "Thông báo kết luận hội nghị", "I.8", 75),
    (
        "Tuyên truyền pháp luật trên hệ thống truyền thanh, trang thông tin của đơn vị",
        "Chuyên mục hằng tháng, tài liệu đã phát",
        "I.2",
        340,
    ),
    (
        "Rà soát, củng cố mô hình tự quản về an ninh, trật tự",
        "Báo cáo rà soát, phương án củng cố",
        "II.3.1c",
        195,
    ),
    ("Tập huấn kỹ năng hòa giải cho tổ hòa giải ở cơ sở", "Kế hoạch và tài liệu tập huấn", "II.3.2a", 165),
    ("Tổ chức Ngày hội toàn dân bảo vệ an ninh Tổ quốc", "Báo cáo kết quả Ngày hội", "II.3.2c", 248),
    (
        "Giúp đỡ người chấp hành xong án phạt tù học nghề, tìm việc làm",
        "Báo cáo kết quả giúp đỡ",
        "II.4.4a",
        318,
    ),
    ("Kiểm tra việc thực hiện ở đơn vị trực thuộc", "Thông báo kết quả kiểm tra", "II.1.5b", 280),
    ("Tổng kết năm, biểu dương tập thể làm tốt", "Báo cáo tổng kết", "II.1.4", 355),
];

/// What programmes are integrated with.
const WITH: [&str; 3] = [
    "Nghị quyết của cấp ủy về nhiệm vụ chính trị trong năm",
    "Chương trình mục tiêu quốc gia xây dựng nông thôn mới",
    "Kế hoạch phát triển kinh tế - xã hội hằng năm",
];

/// Why something is dropped.
const DROPPED: &str = "Lồng ghép vào kế hoạch chung của cấp trên, đơn vị không tổ chức riêng.";

/// One item while a unit's years are told.
struct Carried {
    id: Uuid,
    work: usize,
    number: usize,
}

/// A unit's programmes while they are told.
struct Telling<'a> {
    model: &'a Model,
    who: ReporterIx,
    today: NaiveDate,
    steps: Vec<Step>,
}

/// Every programme, step by step.
pub fn steps(model: &Model, assigning: &Assigning<'_>, today: NaiveDate) -> Vec<Step> {
    let Some(last) = model.own_calendar().business_year_on(today) else { return Vec::new() };
    let mut steps = Vec::new();
    for who in (0..model.reporters().len() as u32).map(ReporterIx) {
        let unit = model.reporter(who).unit;
        // A provincial agency has one programme, where the plan's own territory is.
        if unit != model.own_territory() && model.unit(unit).level == Level::Province {
            continue;
        }
        let is_commune = assigning.level(who) == Level::Commune;
        // That of the running year is left for the visitor to make, from the one before.
        let is_left_open = is_commune && LEFT_OPEN.contains(&model.unit(unit).id.to_string().as_str());
        let mut telling = Telling { model, who, today, steps: Vec::new() };
        let mut left = Vec::new();
        for year in FIRST..=last {
            let id = model.reporter(who).id.to_string();
            let mut dice = Dice::of(&["programme", &id, &year.to_string()]);
            // It became a custom: of communes few had one at first.
            let lacks = match (is_commune, last - year) {
                (true, 0) => 3,
                (true, _) => 8,
                (false, _) => 1,
            };
            let has_none = match (is_left_open, last - year) {
                (true, 0) => true,
                (true, 1) => false,
                _ => dice.below(10) < lacks,
            };
            if is_kept_by(model, who, year) && has_time(model, who, year) && !has_none {
                left = telling.year(year, &mut dice, left);
            }
        }
        steps.append(&mut telling.steps);
    }
    steps
}

/// True where so much of a year is left from a unit's first day on that it still makes a programme of it.
fn has_time(model: &Model, who: ReporterIx, year: i16) -> bool {
    let of = span(model, year);
    model.reporter(who).from.is_none_or(|from| from.max(of.from) + Days::new(120) <= of.to)
}

impl Telling<'_> {
    /// The first day from this one on, on which offices work.
    fn working(&self, day: NaiveDate) -> NaiveDate {
        working_day_after(day - Days::new(1), 1, &self.model.plan().holidays)
    }

    /// Says something, as long as the unit is there.
    fn say(
        &mut self,
        when: (NaiveDate, i64),
        (kind, id): (Kind, String),
        change: Change,
        reason: Option<&'static str>,
    ) {
        let about = self.model.reporter(self.who);
        if about.to.is_some_and(|to| to < when.0) || when.0 >= self.today {
            return;
        }
        let by = By::Officer(officer(self.model, about));
        let stream = StreamId::Reporter(about.id.clone());
        self.steps.push(Step { when, by, stream, kind, id, change, reason });
    }

    /// A year: its head, what is left of the year before and what is new. Gives what is left for the next.
    fn year(&mut self, year: i16, dice: &mut Dice, mut carried: Vec<Carried>) -> Vec<Carried> {
        let about = self.model.reporter(self.who);
        let begins = span(self.model, year).from.max(about.from.unwrap_or(NaiveDate::MIN));
        let drafted = self.working(begins + Days::new(10 + dice.below(25).unsigned_abs()));
        self.head(year, drafted, dice);
        let count = if about.id.agency() == "people_committee_commune" { 3 } else { 5 };
        let start = dice.below(WORK.len() as i64) as usize;
        for nth in 0..WORK.len() {
            let work = (start + nth) % WORK.len();
            if carried.len() < count && carried.iter().all(|known| known.work != work) {
                let names = ["item", &about.id.to_string(), &year.to_string(), &work.to_string()];
                carried.push(Carried { id: Dice::of(&names).id(), work, number: 0 });
            }
        }
        // As on paper: by what is due first.
        carried.sort_by_key(|one| WORK[one.work].3);
        let mut left = Vec::new();
        for (nth, one) in carried.into_iter().enumerate() {
            let one = Carried { number: nth + 1, ..one };
            if self.item(year, drafted, &one, dice) {
                left.push(one);
            }
        }
        left
    }

    fn head(&mut self, year: i16, drafted: NaiveDate, dice: &mut Dice) {
        let id = year.to_string();
        let due = drafted + Days::new(30);
        let mut change = Change::new();
        let mut set = |field: &str, value: &str| change.insert(field.to_owned(), Raw::of(&value));
        set(document::STATE, document::DRAFTING);
        set(document::TITLE, &format!("Kế hoạch phòng, chống tội phạm năm {year}"));
        set(document::INTEGRATED_WITH, dice.pick(&WITH));
        set(document::DUE_ON, &due.to_string());
        self.say((drafted, dice.below(240)), (Kind::AnnualPlanDocument, id.clone()), change, None);
        let (is_late, stays_draft) = (dice.one_in(6), dice.one_in(8));
        let days = if is_late { 37 + dice.below(20) } else { 12 + dice.below(14) };
        let issued = self.working(drafted + Days::new(days.unsigned_abs()));
        let about = self.model.reporter(self.who);
        let by = if about.id.agency().starts_with("people_committee") { "KH-UBND" } else { "KH" };
        let number = format!("{}/{by}", 10 + dice.below(80));
        if stays_draft {
            return;
        }
        let mut change = Change::new();
        let mut set = |field: &str, value: &str| change.insert(field.to_owned(), Raw::of(&value));
        set(document::STATE, document::ISSUED);
        set(document::DOCUMENT, &number);
        set(document::ISSUED_ON, &issued.to_string());
        self.say((issued, dice.below(480)), (Kind::AnnualPlanDocument, id), change, None);
    }

    /// What becomes of an item in a year; true where it is still open when the year is over.
    fn item(&mut self, year: i16, drafted: NaiveDate, one: &Carried, dice: &mut Dice) -> bool {
        let (title, output, task, days) = WORK[one.work];
        let begins = span(self.model, year).from;
        // Of a unit that began within the year the first half is over.
        let due = (begins + Days::new(days)).max(drafted + Months::new(2));
        let id = (Kind::AnnualPlanItem, format!("{year}/{}", one.id));
        let about = self.model.reporter(self.who);
        let mut change = Change::new();
        let mut set = |field: &str, value: Raw| change.insert(field.to_owned(), value);
        set(item::STATE, Raw::of(&item::NOT_STARTED));
        set(item::NUMBER, Raw::of(&one.number.to_string()));
        set(item::TITLE, Raw::of(&title));
        set(item::OUTPUT, Raw::of(&output));
        set(item::LEAD, Raw::of(&about.id));
        set(item::DUE_ON, Raw::of(&due.to_string()));
        if self.model.task(task).is_some_and(|task| task.openness() != Openness::WordsOnly) {
            set(item::TASK, Raw::of(&task));
        }
        self.say((drafted, 240 + dice.below(240)), id.clone(), change, None);
        let state = |word: &str| Change::from([(item::STATE.to_owned(), Raw::of(&word))]);
        let begun = self.working((due - Days::new(25)).max(drafted + Days::new(2)));
        match dice.below(20) {
            0..=13 => self.done(id, self.working(due - Days::new(3 + dice.below(12).unsigned_abs())), dice),
            14..=15 => self.done(id, self.working(due + Days::new(6 + dice.below(20).unsigned_abs())), dice),
            16..=17 => {
                self.say((begun, dice.below(480)), id, state(item::DROPPED), Some(DROPPED));
                return false;
            }
            18 => {
                self.say((begun, dice.below(480)), id, state(item::DOING), None);
                return true;
            }
            _ => return true,
        }
        false
    }

    fn done(&mut self, id: (Kind, String), on: NaiveDate, dice: &mut Dice) {
        let mut change = Change::from([(item::STATE.to_owned(), Raw::of(&item::DONE))]);
        change.insert(item::DONE_ON.to_owned(), Raw::of(&on.to_string()));
        // Said within the week.
        let said = self.working(on + Days::new(dice.below(6).unsigned_abs()));
        self.say((said, dice.below(480)), id, change, None);
    }
}
