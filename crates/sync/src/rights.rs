//! Who may do and read what: [`Grants::allows`] alone decides it, for the app to hide and for the server to refuse.
//!
//! A grant gives what its role gives ([`Role::has`]), of what its scope covers, as long as it is in force. The table that
//! says the same in words is `docs/rights.md`, to which tests hold this and the server.

use crate::grants::{Grant, Grants, Role, Scope};
use crate::submission::Action;
use chitieu_domain::{FormIx, Model, ReporterId, ReporterIx, UnitIx};
use chrono::{Days, NaiveDate};

/// What somebody may do or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Enter and clear figures, and choose among contested ones.
    Enter,
    /// A step of a submission.
    Step(Action),
    /// Report what was done of a task.
    ReportTask,
    /// Return and approve such a report.
    ReviewTask,
    /// Say who leads a task of the plan, and who cooperates.
    AssignTask,
    /// Give accounts and grants to others.
    KeepAccounts,
    /// Read the plan, its units, and who leads its tasks.
    ReadPlan,
    /// Read single figures, with what contests them and what they were before.
    ReadCells,
    /// Have single figures on the device.
    KeepCells,
    /// Read where submissions stand, and what was done to them.
    ReadSubmissions,
    /// The same of those of others, to work with them.
    Oversee,
    /// Read what is reported of tasks.
    ReadReports,
    /// Read sums and verdicts.
    ReadSums,
    /// Read sums and verdicts that rest on drafts of others too.
    ReadDrafts,
}

impl Right {
    /// True where it is about what belongs to no form: a grant for some forms does not give it.
    fn is_formless(self) -> bool {
        matches!(self, Self::ReportTask | Self::ReviewTask | Self::ReadReports)
    }
}

/// What it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// Whatever there is: true where something is allowed somewhere. It decides what is shown, never what is done.
    Anything,
    /// The plan as a whole.
    Plan,
    /// All of a reporter that is of no form, or of any form.
    Reporter(ReporterIx),
    /// A form of a reporter.
    Form(ReporterIx, FormIx),
    /// A unit, as the scope of a sum.
    Unit(UnitIx),
}

/// The reporters that a right is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Everybody's.
    All,
    /// Theirs, each once.
    Of(Vec<ReporterIx>),
}

impl Role {
    /// What a role gives.
    pub fn has(self, right: Right) -> bool {
        use Action::{Approve, Ask, Publish, Reopen, Return, Submit};
        use Right::{Oversee, ReadCells, ReadDrafts, ReadPlan, ReadReports, ReadSubmissions, ReadSums, Step};
        let reads = matches!(right, ReadPlan | ReadCells | ReadSubmissions | ReadReports | ReadSums);
        match self {
            Self::Officer => {
                let writes = matches!(right, Right::Enter | Step(Submit | Ask) | Right::ReportTask);
                reads || writes || right == Right::KeepCells
            }
            Self::Reviewer => {
                let reviews = matches!(right, Step(Return | Approve | Reopen) | Right::ReviewTask);
                reads || reviews || matches!(right, Oversee | ReadDrafts)
            }
            Self::Steering => {
                let reads = reads && right != ReadCells;
                reads || matches!(right, Right::AssignTask | Oversee | ReadDrafts)
            }
            Self::Publisher => reads || matches!(right, Step(Publish) | Oversee),
            Self::Leader => matches!(right, ReadPlan | ReadSums | ReadDrafts | ReadReports),
            Self::Auditor => reads || right == Oversee,
            Self::Admin => right == Right::KeepAccounts,
            Self::Unknown => false,
        }
    }
}

impl Grants {
    /// True where somebody with these grants may do or read this on a day.
    pub fn allows(&self, right: Right, about: Thing, model: &Model, today: NaiveDate) -> bool {
        let went_on = |grant: &Grant| grant.went_on_to(right, about, model, today);
        self.giving(right, today).any(|grant| grant.covers(right, about, model))
            || self.giving(right, today).any(went_on)
    }

    /// Those in force that give a right somewhere.
    pub fn giving(&self, right: Right, today: NaiveDate) -> impl Iterator<Item = &Grant> {
        self.in_force(today).filter(move |grant| grant.role.has(right))
    }

    /// Those that give something on a day.
    pub fn in_force(&self, today: NaiveDate) -> impl Iterator<Item = &Grant> {
        let holds = move |grant: &&Grant| grant.is_sound() && grant.until.is_none_or(|until| today <= until);
        self.list().iter().filter(holds)
    }

    /// The reporters that they enter for, each once.
    pub fn own(&self, today: NaiveDate) -> Vec<ReporterId> {
        let mut own = Vec::new();
        for reporter in self.giving(Right::Enter, today).filter_map(Grant::reporter) {
            if !own.contains(reporter) {
                own.push(reporter.clone());
            }
        }
        own
    }

    /// Every reporter about whom a right is, whatever the form: those for whom [`Self::allows`] says so. An officer's own come
    /// first, then those that they went on from.
    pub fn reach(&self, right: Right, model: &Model, today: NaiveDate) -> Reach {
        let is_for = |grant: &&Grant| grant.forms.is_none() || !right.is_formless();
        reach(self.giving(right, today).filter(is_for), model, today)
    }

    /// The unit that somebody's board is of: the plan's own territory, but for who is told of units alone the first of these.
    pub fn board(&self, model: &Model, today: NaiveDate) -> UnitIx {
        let mut first = None;
        for grant in self.giving(Right::ReadSums, today).filter(|grant| grant.forms.is_none()) {
            match &grant.scope {
                Scope::Unit(unit) => first = first.or_else(|| model.unit_ix(unit)),
                _ => return model.own_territory(),
            }
        }
        first.unwrap_or(model.own_territory())
    }

    /// The reporters whose figures a device sums up itself, and the server leaves out of what it tells as sums of others: in
    /// order. One of whom only some forms are here is not among them.
    pub fn summed_here(&self, model: &Model, today: NaiveDate) -> Vec<ReporterIx> {
        let whole = self.giving(Right::KeepCells, today).filter(|grant| grant.forms.is_none());
        let Reach::Of(mut all) = reach(whole, model, today) else { return Vec::new() };
        all.sort_unstable();
        all
    }
}

fn reach<'a>(grants: impl Iterator<Item = &'a Grant>, model: &Model, today: NaiveDate) -> Reach {
    let (mut all, mut left) = (Vec::new(), Vec::new());
    for grant in grants {
        match &grant.scope {
            Scope::Plan => return Reach::All,
            Scope::Unit(unit) => all.extend(model.unit_ix(unit).into_iter().flat_map(|unit| {
                let all = (0..model.reporters().len() as u32).map(ReporterIx);
                all.filter(move |r| model.holds(unit, model.reporter(*r).unit))
            })),
            Scope::Reporter(own) => {
                let Some(own) = model.reporter_ix(own) else { continue };
                all.push(own);
                let forms = model.forms().filter(|form| grant.is_for(model, *form));
                left.extend(forms.flat_map(|form| went_on_from(model, own, form, today)));
            }
            Scope::Unknown => {}
        }
    }
    all.append(&mut left);
    let mut seen = vec![false; model.reporters().len()];
    all.retain(|r| !std::mem::replace(&mut seen[r.at()], true));
    Reach::Of(all)
}

impl Grant {
    /// True where it is for a form.
    fn is_for(&self, model: &Model, form: FormIx) -> bool {
        self.forms.as_ref().is_none_or(|forms| forms.contains(&model.form(form).id))
    }

    /// True where what its role gives is given about this, but for what an officer's reporter went on from.
    fn covers(&self, right: Right, about: Thing, model: &Model) -> bool {
        let is_whole = self.forms.is_none();
        match about {
            Thing::Anything => is_whole || !right.is_formless(),
            Thing::Plan => right == Right::ReadPlan || (is_whole && self.scope == Scope::Plan),
            Thing::Form(reporter, form) => self.is_for(model, form) && self.is_of(reporter, model),
            Thing::Reporter(reporter) => (is_whole || !right.is_formless()) && self.is_of(reporter, model),
            Thing::Unit(unit) => {
                // Everybody who works with the plan is told how it stands.
                let is_common = right == Right::ReadSums && unit == model.own_territory();
                is_common || (is_whole && self.is_over(unit, model))
            }
        }
    }

    /// True where a reporter is in its scope.
    fn is_of(&self, reporter: ReporterIx, model: &Model) -> bool {
        let reporter = model.reporter(reporter);
        match &self.scope {
            Scope::Plan => true,
            Scope::Unit(unit) => model.unit_ix(unit).is_some_and(|unit| model.holds(unit, reporter.unit)),
            Scope::Reporter(own) => reporter.id == *own,
            Scope::Unknown => false,
        }
    }

    /// True where an officer's right is about whom their reporter went on from: they write and submit the forms that were
    /// taken over, and read what there is.
    fn went_on_to(&self, right: Right, about: Thing, model: &Model, today: NaiveDate) -> bool {
        let (reporter, form) = match about {
            Thing::Reporter(reporter) => (reporter, None),
            Thing::Form(reporter, form) => (reporter, Some(form)),
            _ => return false,
        };
        let Some(own) = self.reporter().and_then(|own| model.reporter_ix(own)) else { return false };
        let writes = matches!(right, Right::Enter | Right::Step(_));
        if form.is_some_and(|form| !self.is_for(model, form))
            || right == Right::ReportTask
            || (right.is_formless() && self.forms.is_some())
        {
            return false;
        }
        let mut forms = model.forms().filter(|f| self.is_for(model, *f));
        forms.any(|taken| {
            (!writes || form.is_none_or(|form| form == taken))
                && went_on_from(model, own, taken, today).any(|other| other == reporter)
        })
    }

    /// True where its scope has to do with a sum over a unit: an officer with those that contain theirs, all others with
    /// those inside.
    fn is_over(&self, unit: UnitIx, model: &Model) -> bool {
        match &self.scope {
            Scope::Plan => true,
            Scope::Unit(own) => model.unit_ix(own).is_some_and(|own| model.is_inside(unit, own)),
            Scope::Reporter(own) => {
                model.reporter_ix(own).is_some_and(|own| model.is_inside(model.reporter(own).unit, unit))
            }
            Scope::Unknown => false,
        }
    }
}

/// How long what was taken over is asked for: the opening stock of a yearly form is due up to a year after.
const REMEMBERED: Days = Days::new(400);

/// Whose closing figures the carry-over rules of this form still ask for, and for whom officers of this reporter may write.
pub fn went_on_from(
    model: &Model,
    reporter: ReporterIx,
    form: FormIx,
    today: NaiveDate,
) -> impl Iterator<Item = ReporterIx> {
    let lately = move |day: NaiveDate| day <= today && today <= day + REMEMBERED;
    model.takeovers(reporter, form).into_iter().filter(move |(day, _)| lately(*day)).map(|(_, other)| other)
}
