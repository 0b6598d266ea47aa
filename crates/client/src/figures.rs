//! The figures that rules and verdicts rest on: what the replica shows, and over it what is being typed. Each change names
//! the cells that moved, so that nothing else is asked again.

use chitieu_domain::evaluate::{Board, Evaluation, Touched};
use chitieu_domain::figures::Source;
use chitieu_domain::{ElementIx, Figure, Figures, Model, PeriodId, ReporterIx, UnitIx};
use chitieu_sync::replica::{CellKey, Replica, SubmissionKey};
use chrono::NaiveDate;

/// A cell whose figure is another one now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Whose.
    pub reporter: ReporterIx,
    /// Of which period.
    pub period: PeriodId,
    /// Which element.
    pub element: ElementIx,
    /// The figure before; none where there was none.
    pub before: Option<Figure>,
    /// The figure now; none where there is none.
    pub after: Option<Figure>,
}

/// The figures in view.
#[derive(Debug, Clone, Default)]
pub struct ShownFigures {
    figures: Figures,
    /// Numbers that are typed and not saved: few.
    typed: Vec<(CellKey, i64)>,
}

/// The submission that a figure belongs to, and whether it is approved.
type Approved = Option<(SubmissionKey, bool)>;

impl ShownFigures {
    /// All of them.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    /// Everything anew, as another replica or another plan has it. What is typed stays over it.
    pub fn start_anew(&mut self, replica: &Replica, model: &Model) {
        self.figures = Figures::default();
        let waiting = replica.outbox().filter_map(|w| w.op.cell());
        let told = replica.server_cells().map(|(key, _)| key);
        let keys: Vec<CellKey> =
            told.chain(self.typed.iter().map(|(key, _)| key)).cloned().chain(waiting).collect();
        self.refresh(replica, model, &keys);
    }

    /// Brings cells up to what the replica shows.
    pub fn refresh(&mut self, replica: &Replica, model: &Model, keys: &[CellKey]) -> Vec<Moved> {
        let mut known = None;
        keys.iter().filter_map(|key| self.bring_up(replica, model, key, &mut known)).collect()
    }

    /// Puts a number that is typed over what is saved, or takes it away.
    pub fn type_in(
        &mut self,
        replica: &Replica,
        model: &Model,
        key: &CellKey,
        number: Option<i64>,
    ) -> Option<Moved> {
        let at = self.typed.iter().position(|(of, _)| of == key);
        match (at, number) {
            (None, None) => return None,
            (Some(at), Some(number)) => self.typed[at].1 = number,
            (Some(at), None) => drop(self.typed.remove(at)),
            (None, Some(number)) => self.typed.push((key.clone(), number)),
        }
        self.bring_up(replica, model, key, &mut None)
    }

    fn bring_up(
        &mut self,
        replica: &Replica,
        model: &Model,
        key: &CellKey,
        known: &mut Approved,
    ) -> Option<Moved> {
        let (reporter, element) = model.reporter_ix(&key.reporter).zip(model.element_ix(&key.element))?;
        let period = key.period;
        let after = match self.typed.iter().find(|(of, _)| of == key) {
            Some((_, number)) => Some(Figure { approved: false, ..Figure::of(*number) }),
            None => saved(replica, model, key, element, known),
        };
        let before = match after {
            Some(figure) => self.figures.set(reporter, period, element, figure),
            None => self.figures.remove(reporter, period, element),
        };
        (before != after).then_some(Moved { reporter, period, element, before, after })
    }
}

fn saved(
    replica: &Replica,
    model: &Model,
    key: &CellKey,
    element: ElementIx,
    known: &mut Approved,
) -> Option<Figure> {
    let view = replica.cell(key);
    if !view.answered {
        return None;
    }
    let form = &model.form(model.form_of(element)).id;
    let is_known = known
        .as_ref()
        .is_some_and(|(of, _)| of.form == *form && of.period == key.period && of.reporter == key.reporter);
    if !is_known {
        let of = SubmissionKey { reporter: key.reporter.clone(), period: key.period, form: form.clone() };
        let approved = replica.submission(&of).state.is_approved();
        *known = Some((of, approved));
    }
    let approved = known.as_ref().is_some_and(|(_, approved)| *approved);
    Some(Figure {
        value: view.value,
        contested: !view.branches.is_empty(),
        approved,
        estimated: view.estimated,
    })
}

/// How every target of the plan stands in one scope and period, kept true figure by figure.
pub struct Verdicts<'a> {
    board: Board<'a>,
    /// Whose figures count one by one; none: everybody's.
    only: Option<Vec<ReporterIx>>,
    /// Targets whose verdict is the server's word, since they rest on figures that are not here.
    told: Vec<bool>,
    evaluations: Vec<Evaluation>,
}

impl<'a> Verdicts<'a> {
    /// Of these figures. What the server told of a target stands.
    pub fn new(
        model: &'a Model,
        source: &dyn Source,
        told: &[Evaluation],
        (scope, period): (UnitIx, PeriodId),
        today: NaiveDate,
    ) -> Self {
        let board = Board::new(model, source, &[scope], &[period], today);
        let mut evaluations: Vec<Evaluation> = board.evaluations().collect();
        let mut is_told = vec![false; evaluations.len()];
        for word in told {
            if let Some(at) = evaluations.iter().position(|own| own.target == word.target) {
                evaluations[at].clone_from(word);
                is_told[at] = true;
            }
        }
        Self { board, only: source.only().map(<[_]>::to_vec), told: is_told, evaluations }
    }

    /// All of them, in the plan's order.
    pub fn evaluations(&self) -> &[Evaluation] {
        &self.evaluations
    }

    /// Takes cells in that moved; true where a verdict, or a number that it rests on, is another one now.
    pub fn take(&mut self, moved: &[Moved]) -> bool {
        let mut is_other = false;
        for cell in moved {
            if self.only.as_ref().is_some_and(|only| !only.contains(&cell.reporter)) {
                continue;
            }
            let touched =
                self.board.change(cell.reporter, cell.period, cell.element, cell.before, cell.after);
            for Touched { scope, period, target } in touched {
                if !self.told[target] {
                    self.evaluations[target] = self.board.evaluation(Touched { scope, period, target });
                    is_other = true;
                }
            }
        }
        is_other
    }
}
