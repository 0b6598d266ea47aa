//! A plan and its units, checked against each other, with an index for everything that figures name.

mod check;
mod open;
mod read;

pub use open::Sheet;

use crate::calendar::{BASELINE, Calendar, Periodicity};
use crate::deadline::{Due, working_day_after};
use crate::period::PeriodId;
use crate::plan::mistake::{DiagnosticKind, Diagnostics, Mistakes, Path};
use crate::plan::{Element, Form, Nature, Plan, TargetKind};
use crate::reporter::ReporterId;
use crate::unit::{Territory, Unit, UnitId, Units};
use chrono::{Datelike, NaiveDate};
use std::collections::HashMap;
use std::sync::OnceLock;

macro_rules! index {
    ($(#[$doc:meta])* $name:ident($int:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub $int);
        impl $name {
            /// As a place in a list.
            pub fn at(self) -> usize { self.0 as usize }
        }
    };
}
index!(
    /// An element's place in the plan, counted over its forms.
    ElementIx(u16)
);
index!(
    /// A form's place in the plan.
    FormIx(u16)
);
index!(
    /// A reporter's place in [`Model::reporters`].
    ReporterIx(u32)
);
index!(
    /// A unit's place among all [`Units`].
    UnitIx(u32)
);

/// A body that reports, with the days it does.
#[derive(Debug, Clone)]
pub struct Reporter {
    /// `agency:unit`.
    pub id: ReporterId,
    /// Its unit.
    pub unit: UnitIx,
    /// The agency's place in the plan.
    pub agency: usize,
    /// First day; none: before the plan.
    pub from: Option<NaiveDate>,
    /// Last day; none: still reporting.
    pub to: Option<NaiveDate>,
}

impl Reporter {
    /// True where it is there on a day.
    pub fn is_there(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// A term whose elements are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    /// Of this period.
    This(ElementIx),
    /// Of the previous period.
    Previous(ElementIx),
    /// Of the same period last year.
    LastYear(ElementIx),
    /// A number.
    Number(i64),
}

/// Terms with their sign: `true` takes away.
pub type Terms = Vec<(bool, Operand)>;

/// A target's sum of elements; `true` takes away.
pub type ElementSum = Vec<(bool, ElementIx)>;

/// A target whose expressions are read.
#[derive(Debug, Clone, Default)]
pub struct TargetTerms {
    /// Numerator.
    pub numerator: ElementSum,
    /// Denominator, or the baseline of a reduction.
    pub denominator: ElementSum,
    /// The other reading's numerator and denominator.
    pub alternative: Option<(ElementSum, ElementSum)>,
}

/// A rule whose sides are read.
#[derive(Debug, Clone)]
pub struct RuleTerms {
    /// Left side.
    pub left: Terms,
    /// Relation.
    pub relation: crate::expression::Relation,
    /// Right side.
    pub right: Terms,
}

/// Who fills in a form, and from when to when.
struct Assignment {
    agency: usize,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

/// The plan and its units, indexed.
pub struct Model {
    plan: Plan,
    units: Units,
    elements: Vec<(FormIx, usize)>,
    element_by_id: HashMap<String, ElementIx>,
    reporters: Vec<Reporter>,
    reporter_by_id: HashMap<ReporterId, ReporterIx>,
    assignments: Vec<Vec<Assignment>>,
    calendars: Vec<Calendar>,
    /// By form and by target: the place of its calendar.
    form_calendars: Vec<usize>,
    target_calendars: Vec<usize>,
    targets: Vec<TargetTerms>,
    rules: Vec<Vec<RuleTerms>>,
    own_territory: UnitIx,
    territories: Vec<Territory>,
    /// By reporter: who could have been taken over from; found when first asked for.
    inherits: Vec<OnceLock<Vec<ReporterIx>>>,
}

impl Model {
    /// Checks a plan and gives everything its index. Says everything that is wrong, not the first thing.
    pub fn new(plan: Plan, units: Units) -> Result<Self, Mistakes> {
        let mut book = Diagnostics::default();
        check::ids(&plan, &mut book);
        let model = Self::read(plan, units, &mut book);
        check::whole(&model, &mut book);
        book.close(model)
    }

    /// The same for a plan that the server has checked: only what does not read at all is a mistake. The app
    /// leaves the rest out of what a browser must load.
    pub fn of_checked(plan: Plan, units: Units) -> Result<Self, Mistakes> {
        let mut book = Diagnostics::default();
        let model = Self::read(plan, units, &mut book);
        book.close(model)
    }

    fn read(mut plan: Plan, units: Units, book: &mut Diagnostics) -> Self {
        let mut elements = Vec::new();
        let mut element_by_id = HashMap::new();
        for (f, form) in plan.forms.iter().enumerate() {
            for (e, element) in form.elements.iter().enumerate() {
                element_by_id.insert(element.id.clone(), ElementIx(elements.len() as u16));
                elements.push((FormIx(f as u16), e));
            }
        }
        let own_territory = units.index(&plan.own_territory).map(|i| UnitIx(i as u32));
        if own_territory.is_none() {
            let unknown = DiagnosticKind::UnknownUnit(plan.own_territory.to_string());
            book.note(Path::key("own_territory"), unknown);
        }
        let mut calendar = |name: &str, at: Path| read::calendar(&plan, name, at, &mut *book);
        let mut of_form = |(n, f): (usize, &Form)| calendar(&f.calendar, Path::nth("form", n));
        let form_calendars = plan.forms.iter().enumerate().map(&mut of_form).collect();
        let mut of_target =
            |(n, t): (usize, &crate::plan::Target)| calendar(&t.calendar, Path::nth("target", n));
        let target_calendars = plan.targets.iter().enumerate().map(&mut of_target).collect();
        let mut calendars: Vec<Calendar> = plan.calendars.iter().map(Calendar::new).collect();
        if calendars.is_empty() {
            book.note(Path::default(), DiagnosticKind::Empty("calendar"));
            calendars.push(Calendar::default());
        }
        let mut reader = read::Reader { elements: &element_by_id, book: &mut *book };
        let read = |(n, t)| reader.target(t, &Path::nth("target", n));
        let mut targets: Vec<TargetTerms> = plan.targets.iter().enumerate().map(read).collect();
        let read = |(n, f)| reader.rules(f, &Path::nth("form", n));
        let rules = plan.forms.iter().enumerate().map(read).collect();
        let read = |(n, f)| read::assignments(f, &plan, &Path::nth("form", n), &mut *book);
        let assignments = plan.forms.iter().enumerate().map(read).collect();
        let is_counted = |(_, e): &(bool, ElementIx)| {
            let (form, place) = elements[e.at()];
            let form = &plan.forms[form.at()];
            form.elements[place].nature != Nature::Unknown && form.periodicity != Periodicity::Unknown
        };
        // Of figures that are not added up here there is no verdict.
        let is_strange = |t: &TargetTerms| !t.numerator.iter().chain(&t.denominator).all(is_counted);
        let strange: Vec<usize> = (0..targets.len()).filter(|n| is_strange(&targets[*n])).collect();
        for n in strange {
            (plan.targets[n].kind, targets[n]) = (TargetKind::Unknown, TargetTerms::default());
        }
        let reporters = read::reporters(&plan, &units, book);
        let parts = units.all().iter().flat_map(|u| u.parts.iter().copied()).max().unwrap_or(0);
        let territories = units.all().iter().map(|u| Territory::of(&u.parts, parts)).collect();
        let inherits = reporters.iter().map(|_| OnceLock::new()).collect();
        let reporter_by_id =
            reporters.iter().enumerate().map(|(i, r)| (r.id.clone(), ReporterIx(i as u32))).collect();
        Self {
            plan,
            units,
            elements,
            element_by_id,
            reporters,
            reporter_by_id,
            assignments,
            calendars,
            form_calendars,
            target_calendars,
            targets,
            rules,
            own_territory: own_territory.unwrap_or(UnitIx(0)),
            territories,
            inherits,
        }
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The units.
    pub fn units(&self) -> &Units {
        &self.units
    }

    /// A unit.
    pub fn unit(&self, ix: UnitIx) -> &Unit {
        &self.units.all()[ix.at()]
    }

    /// A unit by its id.
    pub fn unit_ix(&self, id: &UnitId) -> Option<UnitIx> {
        self.units.index(id).map(|i| UnitIx(i as u32))
    }

    /// The plan's own territory, the default scope.
    pub fn own_territory(&self) -> UnitIx {
        self.own_territory
    }

    /// How many elements there are; their indexes are `0..count`.
    pub fn element_count(&self) -> usize {
        self.elements.len()
    }

    /// An element by its id.
    pub fn element_ix(&self, id: &str) -> Option<ElementIx> {
        self.element_by_id.get(id).copied()
    }

    /// An element.
    pub fn element(&self, ix: ElementIx) -> &Element {
        let (form, place) = self.elements[ix.at()];
        &self.plan.forms[form.at()].elements[place]
    }

    /// The form an element stands on.
    pub fn form_of(&self, ix: ElementIx) -> FormIx {
        self.elements[ix.at()].0
    }

    /// A form.
    pub fn form(&self, ix: FormIx) -> &Form {
        &self.plan.forms[ix.at()]
    }

    /// A form by its id.
    pub fn form_ix(&self, id: &str) -> Option<FormIx> {
        self.plan.forms.iter().position(|f| f.id == id).map(|i| FormIx(i as u16))
    }

    /// All forms.
    pub fn forms(&self) -> impl Iterator<Item = FormIx> {
        (0..self.plan.forms.len()).map(|i| FormIx(i as u16))
    }

    /// The elements of a form with their indexes, in row order.
    pub fn elements_of(&self, form: FormIx) -> impl Iterator<Item = (ElementIx, &Element)> {
        let first = self.elements.iter().position(|(f, _)| *f == form).unwrap_or(0);
        self.form(form).elements.iter().enumerate().map(move |(i, e)| (ElementIx((first + i) as u16), e))
    }

    /// All reporters of every time.
    pub fn reporters(&self) -> &[Reporter] {
        &self.reporters
    }

    /// A reporter.
    pub fn reporter(&self, ix: ReporterIx) -> &Reporter {
        &self.reporters[ix.at()]
    }

    /// A reporter by its id.
    pub fn reporter_ix(&self, id: &ReporterId) -> Option<ReporterIx> {
        self.reporter_by_id.get(id).copied()
    }

    /// A reporter's name as people say it: "Công an xã Tân Hưng", "Sở Tư pháp · Tỉnh Hưng Yên". A kind of
    /// agency is named in the plan with the kinds of unit it serves; one of them has its unit's name there.
    pub fn reporter_name(&self, ix: ReporterIx) -> String {
        const SERVED: [&str; 4] = ["xã, phường, thị trấn", "huyện, thị xã, thành phố", "khu vực", "tỉnh"];
        let reporter = self.reporter(ix);
        let agency = &self.plan.agencies[reporter.agency].name_vi;
        let unit = &self.unit(reporter.unit).name;
        if agency.ends_with(unit.as_str()) {
            return agency.clone();
        }
        let mut letters = unit.chars();
        let lowered = letters.next().into_iter().flat_map(char::to_lowercase).chain(letters);
        match SERVED.iter().find_map(|served| agency.strip_suffix(served)) {
            Some(kind) => kind.chars().chain(lowered).collect(),
            None => format!("{agency} · {unit}"),
        }
    }

    /// A target's place in the plan.
    pub fn target_ix(&self, id: &str) -> Option<usize> {
        self.plan.targets.iter().position(|t| t.id == id)
    }

    /// A target's expressions.
    pub fn target_terms(&self, ix: usize) -> &TargetTerms {
        &self.targets[ix]
    }

    /// A form's rules, in the plan's order.
    pub fn rule_terms(&self, form: FormIx) -> &[RuleTerms] {
        &self.rules[form.at()]
    }

    /// The calendar of a form's periods.
    pub fn calendar(&self, form: FormIx) -> &Calendar {
        &self.calendars[self.form_calendars[form.at()]]
    }

    /// The calendar of a target's span, by its place in the plan.
    pub fn target_calendar(&self, target: usize) -> &Calendar {
        &self.calendars[self.target_calendars[target]]
    }

    /// The calendar that the plan as a whole is looked at in: the first it declares.
    pub fn own_calendar(&self) -> &Calendar {
        &self.calendars[0]
    }

    /// The days of a form's period.
    pub fn span(&self, form: FormIx, period: PeriodId) -> crate::calendar::Span {
        self.calendar(form).span(period)
    }

    /// The same period of a form a year earlier, where it had as many months and began with the same one.
    pub fn a_year_earlier(&self, form: FormIx, period: PeriodId) -> Option<PeriodId> {
        Some(period.a_year_earlier()).filter(|earlier| self.calendar(form).compares(period, *earlier))
    }

    /// True when `period` is one that this form is filled in for.
    pub fn is_period_of(&self, form: FormIx, period: PeriodId) -> bool {
        match (self.form(form).periodicity, period) {
            (Periodicity::Once, p) => p == BASELINE,
            (Periodicity::Month, PeriodId::Month(..)) | (Periodicity::Year, PeriodId::Year(_)) => true,
            (Periodicity::Quarter, p @ PeriodId::Quarter(..))
            | (Periodicity::HalfYear, p @ PeriodId::Half(..)) => self.calendar(form).has(p),
            _ => false,
        }
    }

    /// True when the reporter fills in this form for this period: it and its assignment are in force on the
    /// period's last day (`crates/domain/tests/tables/first-periods.md`).
    pub fn is_assigned(&self, reporter: ReporterIx, form: FormIx, period: PeriodId) -> bool {
        let day = self.span(form, period).to;
        let on = |(from, to): (Option<NaiveDate>, Option<NaiveDate>)| {
            from.is_none_or(|f| f <= day) && to.is_none_or(|t| day <= t)
        };
        self.is_period_of(form, period) && self.assigned_days(reporter, form).any(on)
    }

    /// Who fills in this form for this period inside a scope: reporters whose unit lies wholly inside.
    pub fn assigned_inside(&self, form: FormIx, period: PeriodId, scope: UnitIx) -> Vec<ReporterIx> {
        let inside = self.reporters_inside(scope);
        inside.into_iter().filter(|r| self.is_assigned(*r, form, period)).collect()
    }

    /// Every reporter of every time whose unit lies wholly inside a scope.
    pub fn reporters_inside(&self, scope: UnitIx) -> Vec<ReporterIx> {
        let territory = self.territory(scope);
        (0..self.reporters.len() as u32)
            .map(ReporterIx)
            .filter(|r| self.territory(self.reporter(*r).unit).lies_inside(territory))
            .collect()
    }

    /// True when all the ground of a unit lies inside a scope; a unit lies inside itself.
    pub fn is_inside(&self, unit: UnitIx, scope: UnitIx) -> bool {
        self.territory(unit).lies_inside(self.territory(scope))
    }

    /// The ground a unit stands on.
    pub(crate) fn territory(&self, unit: UnitIx) -> &Territory {
        &self.territories[unit.at()]
    }

    /// Nowhere, to join territories to.
    pub(crate) fn no_territory(&self) -> Territory {
        self.territories.first().map(Territory::nowhere).unwrap_or_default()
    }

    /// From when to when a reporter is assigned a form, days included, an empty side open.
    pub(crate) fn assigned_days(
        &self,
        reporter: ReporterIx,
        form: FormIx,
    ) -> impl Iterator<Item = (Option<NaiveDate>, Option<NaiveDate>)> + '_ {
        let r = self.reporter(reporter);
        let own = self.assignments[form.at()].iter().filter(move |a| a.agency == r.agency);
        own.map(move |a| (a.from.into_iter().chain(r.from).max(), a.to.into_iter().chain(r.to).min()))
    }

    /// The reporters whose work at this form `reporter` went on with, and the day it did: they ended, its
    /// ground holds theirs (of a split unit, the main part), and it is of the same agency or one that
    /// succeeds it.
    pub fn takeovers(&self, reporter: ReporterIx, form: FormIx) -> Vec<(NaiveDate, ReporterIx)> {
        let mine: Vec<_> = self.assigned_days(reporter, form).collect();
        let before = self.inherits[reporter.at()].get_or_init(|| self.could_inherit(reporter)).iter();
        before
            .filter_map(|other| {
                let ended = self.assigned_days(*other, form).filter_map(|(_, to)| to?.succ_opt()).max()?;
                let goes_on = mine.iter().any(|(from, to)| {
                    from.is_none_or(|from| from <= ended) && to.is_none_or(|to| ended <= to)
                });
                goes_on.then_some((ended, *other))
            })
            .collect()
    }

    /// Reporters of the same agency, or one that it succeeds, on ground that this one holds.
    fn could_inherit(&self, reporter: ReporterIx) -> Vec<ReporterIx> {
        let own = self.reporter(reporter);
        let agency = &self.plan.agencies[own.agency].id;
        let all = (0..self.reporters.len() as u32).map(ReporterIx).filter(|other| *other != reporter);
        all.filter(|other| {
            let them = self.reporter(*other);
            let succeeded = self.plan.agencies[them.agency].successor.contains(agency);
            (them.agency == own.agency || succeeded) && self.holds(own.unit, them.unit)
        })
        .collect()
    }

    /// True when a unit's ground holds another's, or the main part of it where it was split.
    pub fn holds(&self, unit: UnitIx, other: UnitIx) -> bool {
        if self.territory(other).lies_inside(self.territory(unit)) {
            return true;
        }
        // The part of a split unit's main successor has the lowest number.
        let (own, other) = (self.unit(unit), self.unit(other));
        own.level == other.level && other.parts.first().is_some_and(|part| own.parts.contains(part))
    }

    /// The elements a target's verdict and its other reading rest on, in the order they are named; an
    /// element may come twice.
    pub fn target_elements(&self, target: usize) -> impl Iterator<Item = ElementIx> + '_ {
        let terms = self.target_terms(target);
        let other = terms.alternative.iter().flat_map(|(n, d)| n.iter().chain(d));
        terms.numerator.iter().chain(&terms.denominator).chain(other).map(|(_, e)| *e)
    }

    /// The last day on which a reporter's form of this period is in time.
    pub fn deadline(&self, reporter: ReporterIx, form: FormIx, period: PeriodId) -> NaiveDate {
        let level = self.unit(self.reporter(reporter).unit).level;
        let days = self.plan.deadlines.get(&level).copied().unwrap_or(5);
        let cut_off = self.span(form, period).to;
        let deadline = working_day_after(cut_off, days, &self.plan.holidays);
        let by = self.calendar(form).due_by_day.and_then(|day| cut_off.with_day(day.into()));
        deadline.min(by.filter(|by| *by > cut_off).unwrap_or(deadline))
    }

    /// How a reporter's form of this period stands in time on `today`, before it is submitted.
    pub fn due(&self, reporter: ReporterIx, form: FormIx, period: PeriodId, today: NaiveDate) -> Due {
        Due::of(self.span(form, period).to, self.deadline(reporter, form, period), today)
    }
}
