//! One person's replica while the app runs: signals for the screen, and the one door through which ops are
//! made, frozen and answered, so that no two of them take the same number or base, in whatever tab.

use crate::platform::clock;
use crate::reactive::drafts::Drafts;
use crate::reactive::others::Others;
use crate::reactive::profile::{InForce, Me, Profile};
use crate::reactive::rows::Rows;
use crate::reactive::runs::Runs;
use crate::storage::indexed_db::{Kept, Opened, Store, StoreError, TabEvent};
use chitieu_client::day::{Day, Told};
use chitieu_client::figures::{Moved, ShownFigures, Verdicts};
use chitieu_client::review;
use chitieu_client::ripening::{self, Ripening};
pub use chitieu_client::tabs::SyncState;
use chitieu_client::tabs::TabMessage;
use chitieu_client::transaction::{self, Tab};
use chitieu_client::uploads::PendingFile;
use chitieu_domain::evaluate::Evaluation;
use chitieu_domain::figures::WithOthers;
use chitieu_domain::{ElementIx, Figure, FormIx, Model, PeriodId, ReporterId, ReporterIx, UnitIx};
use chitieu_sync::api::attachments::AttachmentStatus;
use chitieu_sync::message::CLIENT;
use chitieu_sync::plan_bundle::FORMAT;
use chitieu_sync::replica::rows::{RemoteWrite, Row};
use chitieu_sync::replica::{CellKey, CellView, Change, Replica, SubmissionKey};
use chitieu_sync::rights::{Right, Thing};
use chitieu_sync::submission::Action;
use chrono::NaiveDate;
use futures_util::lock::Mutex;
use leptos::prelude::*;
use std::rc::Rc;
use std::sync::Arc;
use uuid::Uuid;

/// Handles to everything; cheap to copy.
#[derive(Clone, Copy)]
pub struct Live {
    pub me: RwSignal<Me>,
    /// The day that counts.
    pub day: RwSignal<Day>,
    /// By how many milliseconds the server's clock is ahead of this device's, where that is too much.
    pub clock_is_off: RwSignal<Option<f64>>,
    /// What is kept is in the memory of this tab alone.
    pub is_memory: bool,
    /// False for the moment in which another plan is put to use.
    pub is_drawn: RwSignal<bool>,
    pub replica: RwSignal<Replica>,
    /// The figures in view, those that are typed and not saved included.
    pub figures: RwSignal<ShownFigures>,
    /// What follows single rows and figures.
    pub rows: Rows,
    pub others: RwSignal<Others>,
    pub state: RwSignal<SyncState>,
    /// Counts what the server said of changes somewhere.
    pub changes: RwSignal<u32>,
    pub runs: Runs,
    /// Typed and not saved, on whatever screen.
    pub drafts: Drafts,
    /// New ops that stay here for as long as they may be taken back.
    pub ripening: RwSignal<Ripening>,
    /// Files that wait on this device, and how far the server is with each.
    pub files: RwSignal<Vec<(PendingFile, AttachmentStatus)>>,
    inner: StoredValue<Inner, LocalStorage>,
}

/// What no screen follows.
struct Inner {
    /// What the server said of the day last.
    told: Told,
    plan: InForce,
    store: Rc<Store>,
    lock: Arc<Mutex<()>>,
}

impl Live {
    /// Puts what was stored to use.
    pub fn new(opened: Opened, profile: Profile, drafts: Drafts, is_memory: bool) -> Self {
        let Opened { store, replica, mut kept, .. } = opened;
        let Profile { me, told, plan } = profile;
        let day = told.day_at(clock::milliseconds());
        let inner = Inner { told, plan, store, lock: Arc::new(Mutex::new(())) };
        let live = Self {
            me: RwSignal::new(me),
            day: RwSignal::new(day),
            clock_is_off: RwSignal::new(None),
            is_memory,
            is_drawn: RwSignal::new(true),
            replica: RwSignal::new(replica),
            figures: RwSignal::default(),
            rows: Rows::new(),
            others: RwSignal::new(kept.take(Kept::Others).map(Others::new).unwrap_or_default()),
            state: RwSignal::new(SyncState::Idle),
            changes: RwSignal::new(0),
            runs: Runs::new(),
            drafts,
            ripening: RwSignal::default(),
            files: RwSignal::new(Vec::new()),
            inner: StoredValue::new_local(inner),
        };
        live.start_figures();
        live
    }

    /// The plan and units in use.
    pub fn model(&self) -> &'static Model {
        self.inner.with_value(|inner| inner.plan.model)
    }

    /// The same, with what names it.
    pub fn plan(&self) -> InForce {
        self.inner.with_value(|inner| inner.plan.clone())
    }

    /// What the server said of the day last.
    pub fn told(&self) -> Told {
        self.inner.with_value(|inner| inner.told)
    }

    /// Takes what the server says of the day.
    pub fn set_day(&self, told: Told) {
        self.inner.update_value(|inner| inner.told = told);
        self.reckon();
    }

    /// The day that counts; whoever reads it in a view is told of another.
    pub fn today(&self) -> NaiveDate {
        self.day.get().date
    }

    /// Puts another person's standing or another plan to use. No screen that knows the places of the old plan may be there.
    pub fn take_profile(&self, me: Me, plan: Option<InForce>) {
        let is_other = plan.is_some();
        if let Some(plan) = plan {
            self.inner.update_value(|inner| inner.plan = plan);
        }
        self.me.set(me);
        if is_other {
            self.others.set(Others::default());
            self.start_figures();
        }
    }

    /// True for somebody who enters figures.
    pub fn is_officer(&self) -> bool {
        self.may(Right::Enter, Thing::Anything)
    }

    /// True where the person may do or read this today, by the function by which the server refuses. Screens are drawn anew
    /// when that changes.
    pub fn may(&self, right: Right, about: Thing) -> bool {
        let today = self.day.get_untracked().date;
        self.me.with_untracked(|me| me.grants.allows(right, about, self.model(), today))
    }

    /// The reporters that the person enters for.
    pub fn own(&self) -> Vec<ReporterId> {
        self.me.with_untracked(|me| me.grants.own(self.day.get_untracked().date))
    }

    /// True for somebody to whom forms are submitted.
    pub fn reviews(&self) -> bool {
        self.may(Right::Step(Action::Approve), Thing::Anything)
    }

    /// The forms that wait for this person's step.
    pub fn forms_waiting(&self, action: Action) -> Vec<SubmissionKey> {
        self.replica.with(|replica| {
            review::forms(self.model(), replica, &|right, about| self.may(right, about), action)
        })
    }

    /// How many reports on tasks wait for this person.
    pub fn reports_waiting(&self) -> usize {
        self.replica
            .with(|replica| review::reports(self.model(), replica, &|right, about| self.may(right, about)))
    }

    /// The cells of a form whose reporter this device does not follow.
    pub fn cells_of_others(&self, form: &SubmissionKey) -> Vec<CellKey> {
        let model = self.model();
        let about = model.reporter_ix(&form.reporter).zip(model.form_ix(&form.form));
        let keeps =
            about.is_some_and(|(reporter, form)| self.may(Right::KeepCells, Thing::Form(reporter, form)));
        if keeps { Vec::new() } else { form.cells(model) }
    }

    /// True for a program that the server finds too old to edit with. It may send what it holds.
    pub fn is_too_old(&self) -> bool {
        self.me.with(|me| me.min_client > CLIENT)
    }

    /// True where the server or another tab says what only a later release reads.
    pub fn is_behind(&self) -> bool {
        self.replica.with(|replica| replica.unread() > 0)
            || self.me.with(|me| me.is_beyond || me.plan_format > FORMAT)
    }

    /// Stores what is made of the replica as it stands, then shows it ([`transaction::change`]).
    pub async fn change(
        &self,
        make: &mut dyn FnMut(&mut Replica) -> Option<Vec<Change>>,
    ) -> Result<bool, StoreError> {
        // One at a time within this tab: the second would only find itself overtaken by the first.
        let _alone = self.inner.with_value(|inner| inner.lock.clone()).lock_owned().await;
        transaction::change(&mut &*self.store(), &mut { *self }, make).await
    }

    /// True while this tab stores something.
    fn is_storing(&self) -> bool {
        self.inner.with_value(|inner| inner.lock.try_lock().is_none())
    }

    /// Reads everything again where another tab has written what this one did not hear of.
    pub async fn catch_up(&self) -> Result<(), StoreError> {
        transaction::catch_up(&mut &*self.store(), &mut { *self }).await
    }

    /// Follows the other tabs; `message` is called with what they say.
    pub fn subscribe_tabs(&self, message: impl Fn(TabMessage) + 'static) {
        let live = *self;
        self.store().hear(move |news| match news {
            TabEvent::Rows(store_version, rows) => live.apply_tab_rows(store_version, rows),
            TabEvent::Message(said) => message(said),
        });
    }

    fn apply_tab_rows(&self, store_version: u64, rows: &[Row]) {
        let rows = rows.iter().map(|(key, value)| (key.as_str(), value.as_deref()));
        let before: Vec<Uuid> = self.replica.with_untracked(|r| r.unsent_ids().collect());
        match self.replica.try_update(|replica| replica.apply_remote_write(store_version, rows)) {
            Some(RemoteWrite::Applied(cells, submissions)) => {
                self.hold_new(&before);
                self.project_changes(cells, &submissions);
            }
            None | Some(RemoteWrite::Duplicate) => {}
            Some(RemoteWrite::Gap) => {
                let live = *self;
                // Where that fails, the next write of this tab finds out and says so.
                leptos::task::spawn_local(async move { drop(live.catch_up().await) });
            }
        }
    }

    /// What another tab has just saved stays as long as what is saved here.
    fn hold_new(&self, before: &[Uuid]) {
        let new: Vec<Uuid> =
            self.replica.with_untracked(|r| r.unsent_ids().filter(|id| !before.contains(id)).collect());
        if !new.is_empty() {
            let until = clock::monotonic() + ripening::FIGURE;
            self.ripening.update(|r| new.into_iter().for_each(|id| r.hold(id, until)));
        }
    }

    /// The database, for what is not a replica's.
    pub fn store(&self) -> Rc<Store> {
        self.inner.with_value(|inner| inner.store.clone())
    }

    /// Shows cells and submissions of the replica that changed.
    fn project_changes(&self, mut cells: Vec<CellKey>, submissions: &[SubmissionKey]) {
        cells.extend(submissions.iter().flat_map(|of| self.cells_of(of)));
        let moved = self.project(|shown, replica| shown.refresh(replica, self.model(), &cells));
        let live = *self;
        self.rows.touched(cells.iter().filter_map(|key| self.row(key)), move || live.is_storing());
        self.tell(&moved);
    }

    /// Takes the figures of all cells anew.
    fn start_figures(&self) {
        self.project(|shown, replica| shown.start_anew(replica, self.model()));
        self.figures.notify();
        self.rows.all();
    }

    /// Brings the figures in view up to the replica; nobody is told.
    fn project<T>(&self, call: impl FnOnce(&mut ShownFigures, &Replica) -> T) -> T {
        self.replica.with_untracked(|replica| call(&mut self.figures.write_untracked(), replica))
    }

    /// Tells of figures that moved, beside their rows.
    fn tell(&self, moved: &[Moved]) {
        if !moved.is_empty() {
            self.rows.moved(moved);
            self.figures.notify();
        }
    }

    /// The row that a cell belongs to.
    fn row(&self, key: &CellKey) -> Option<(ReporterIx, ElementIx)> {
        self.model().reporter_ix(&key.reporter).zip(self.model().element_ix(&key.element))
    }

    /// A cell as it is in view, followed alone.
    pub fn cell(&self, key: &CellKey) -> CellView {
        if let Some((reporter, element)) = self.row(key) {
            self.rows.track(reporter, element);
        }
        self.replica.with_untracked(|replica| replica.cell(key))
    }

    pub fn cells_of(&self, of: &SubmissionKey) -> Vec<CellKey> {
        let Some(form) = self.model().form_ix(&of.form) else { return Vec::new() };
        self.model().elements_of(form).map(|(_, e)| key(&of.reporter, of.period, &e.id)).collect()
    }

    /// Shows a number in rules and verdicts while it is being typed, before it is saved.
    pub fn draft(&self, of: &CellKey, number: Option<i64>) {
        let moved = self.project(|shown, replica| shown.type_in(replica, self.model(), of, number));
        self.rows.touched(moved.iter().map(|cell| (cell.reporter, cell.element)), || false);
        self.tell(moved.as_slice());
    }

    /// Takes in what the server summed up, and keeps it for a start without the server. What the person enters themself is not
    /// in it, so that it is mostly the same again: then nothing is read, written or drawn, and the answer is false.
    pub async fn keep_others(&self, text: String) -> Result<bool, StoreError> {
        if self.others.with_untracked(|others| others.is(&text)) {
            return Ok(false);
        }
        self.store().keep(&[(Kept::Others, &text)]).await?;
        self.others.set(Others::new(text));
        Ok(true)
    }

    /// Takes in what another tab kept.
    pub async fn take_kept_others(&self) {
        // Where it does not read, the next sync brings it again.
        if let Ok(Some(text)) = self.store().kept(Kept::Others).await {
            self.others.set(Others::new(text));
        }
    }

    /// Evaluates every target from what is on this device: the others' sums with the own figures on top for
    /// the plan's territory, the own figures alone for another scope.
    pub fn evaluate(&self, scope: UnitIx, period: PeriodId) -> Vec<Evaluation> {
        self.figures.track();
        self.verdicts(scope, period).evaluations().to_vec()
    }

    /// How the targets that a cell belongs to would stand over the plan's territory if it had this figure, or none.
    pub fn evaluate_if(&self, of: &CellKey, figure: Option<Figure>, period: PeriodId) -> Vec<Evaluation> {
        let Some((reporter, element)) = self.row(of) else { return Vec::new() };
        let before = self.figures.with_untracked(|shown| shown.figures().get(reporter, of.period, element));
        let mut verdicts = self.verdicts(self.model().own_territory(), period);
        verdicts.take(&[Moved { reporter, period: of.period, element, before, after: figure }]);
        let names = |evaluation: &&Evaluation| {
            let target = self.model().target_ix(&evaluation.target);
            target.is_some_and(|target| self.model().target_elements(target).any(|e| e == element))
        };
        verdicts.evaluations().iter().filter(names).cloned().collect()
    }

    /// The same, to be kept true figure by figure.
    pub fn verdicts(&self, scope: UnitIx, period: PeriodId) -> Verdicts<'static> {
        let (model, today) = (self.model(), self.today());
        self.figures.with_untracked(|shown| {
            let own = shown.figures();
            if scope != model.own_territory() {
                return Verdicts::new(model, own, &[], (scope, period), today);
            }
            self.others.with(|others| {
                let others = others.sums(model);
                let mine = self.me.with_untracked(|me| me.grants.summed_here(model, today));
                let source = WithOthers { own, mine: &mine, others: &others.totals };
                Verdicts::new(model, &source, &others.verdicts, (scope, period), today)
            })
        })
    }

    /// The year of the board: the plan's own on the server's day.
    pub fn year(&self) -> i16 {
        let today = self.day.get_untracked().date;
        self.model().own_calendar().business_year_on(today).unwrap_or(2026)
    }

    /// A form's elements as cells.
    pub fn cells(&self, reporter: &ReporterId, form: FormIx, period: PeriodId) -> Vec<(ElementIx, CellKey)> {
        self.model().elements_of(form).map(|(ix, e)| (ix, key(reporter, period, &e.id))).collect()
    }
}

impl Tab for Live {
    fn copy<T>(&mut self, call: impl FnOnce(&mut Replica) -> T) -> T {
        call(&mut self.replica.write_untracked())
    }

    fn stored(&mut self, store_version: u64, changes: &[Change]) {
        let (cells, submissions) = self.replica.with_untracked(|r| r.touched(changes));
        self.replica.update(|replica| replica.written(store_version, changes));
        self.project_changes(cells, &submissions);
    }

    fn caught_up(&mut self, read: Replica) {
        let before: Vec<Uuid> = self.replica.with_untracked(|r| r.unsent_ids().collect());
        self.replica.update(|replica| replica.catch_up(read));
        self.hold_new(&before);
        self.start_figures();
    }
}

fn key(reporter: &ReporterId, period: PeriodId, element: &str) -> CellKey {
    CellKey { reporter: reporter.clone(), period, element: element.to_owned() }
}
