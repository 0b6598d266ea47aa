//! Target cards, tasks, lists and what stands where there is nothing.

use super::{on, state};
use crate::features::no_page::{NoPage, NoRight};
use crate::features::outbox::Outbox;
use crate::features::start::desk::{NoRole, Nothing};
use crate::features::tasks::list::Card;
use crate::features::work::page::Work;
use crate::reactive::context::{live, locale};
use crate::reactive::sample::{self, Sample};
use crate::reactive::tasks::duties;
use chitieu_domain::PeriodId;
use chitieu_domain::evaluate::Evaluation;
use chitieu_domain::verdict::Verdict;
use chitieu_widgets::text::card;
use chitieu_widgets::{TargetCard, t};
use leptos::prelude::*;

/// A target of the plan as it would stand with these figures; the third and fourth are the year before's.
fn evaluation(target: &str, figures: [Option<i128>; 4], verdict: Verdict) -> Evaluation {
    let live = live();
    let [numerator, denominator, previous_numerator, previous_denominator] = figures;
    let span = live.model().own_calendar().span(PeriodId::Year(2026));
    Evaluation {
        target: target.to_owned(),
        scope: live.model().unit(live.model().own_territory()).id.clone(),
        period: PeriodId::Year(2026),
        from: span.from,
        to: span.to,
        numerator,
        denominator,
        previous_numerator,
        previous_denominator,
        verdict,
        provisional: false,
        reported: 16,
        expected: 16,
        contested: 0,
        unapproved: 0,
        estimated: 0,
        missing: (verdict == Verdict::NotMet).then_some(10),
        alternative: None,
    }
}

/// A card of each verdict, provisional ones too.
pub fn targets(sample: &Sample) -> impl IntoView + use<> {
    let rate = |n, d| [Some(n), Some(d), None, None];
    on(sample.few, move || {
        let of = |name: &str, evaluation: Evaluation| {
            let (live, locale) = (live(), locale());
            let target = live.model().target_ix(&evaluation.target)?;
            let text = card(live.model(), target, &evaluation, locale);
            Some(state(name, view! { <TargetCard card=text locale=locale /> }))
        };
        let verdicts = [
            ("E01", rate(92, 100), Verdict::Met),
            ("E01", rate(70, 100), Verdict::NotMet),
            ("E01", rate(0, 0), Verdict::NoOccurrence),
            ("E01", [None; 4], Verdict::NoData),
            ("E04", rate(50, 80), Verdict::NotComparable),
            ("E04", [Some(80), Some(80), Some(70), Some(70)], Verdict::CannotImprove),
            ("E04", [Some(60), Some(80), Some(40), Some(70)], Verdict::Met),
            ("E02", [Some(12), None, Some(15), None], Verdict::Met),
            ("E05", [Some(1), None, None, None], Verdict::NotMet),
            ("E01", rate(92, 100), Verdict::Unknown),
        ];
        let settled = verdicts.map(|(target, figures, verdict)| {
            of(&format!("{verdict:?}"), evaluation(target, figures, verdict))
        });
        let provisional = [(92, Verdict::Met), (70, Verdict::NotMet)].map(|(n, verdict)| {
            let evaluation = evaluation("E01", rate(n, 100), verdict);
            let evaluation = Evaluation { provisional: true, reported: 12, estimated: 2, ..evaluation };
            of(&format!("{verdict:?}, provisional"), evaluation)
        });
        let contested = evaluation("E01", rate(70, 100), Verdict::NotMet);
        let contested = Evaluation { contested: 2, alternative: Some((70, Some(104))), ..contested };
        view! {
            <div class="cards">
                {settled.into_iter().collect_view()}
                {provisional.into_iter().collect_view()}
                {of("contested", contested)}
            </div>
        }
    })
}

/// Entries of the plan's tasks: of who leads or helps, and of who has nothing to do with them.
pub fn tasks(sample: &Sample) -> impl IntoView + use<> {
    let rows = || {
        let live = live();
        let count = live.model().plan().tasks.len();
        let all = Memo::new(move |_| duties(&live));
        let filter = Memo::new(|_| chitieu_client::tasks::Filter::default());
        view! { <ul class="tasks">{(0..count).map(|at| view! { <Card at=at all=all filter=filter /> }).collect_view()}</ul> }
    };
    let [_, submitted, ..] = sample.reports;
    let names = ["Draft", "Submitted", "Returned", "Approved"];
    let reports = names.into_iter().zip(sample.reports).map(|(name, live)| state(name, on(live, rows)));
    view! {
        {state("no report", on(sample.few, rows))}
        {reports.collect_view()}
        {state("Submitted, reviewer", on(sample::reviewing(submitted), rows))}
        {state("others'", on(sample.nothing, rows))}
    }
}

/// What stands where there is nothing.
pub fn empty(sample: &Sample) -> impl IntoView + use<> {
    let nothing = || {
        let locale = locale();
        view! {
            <div class="page"><Nothing said=t::work::nothing(locale) next=t::work::nothing_next(locale) /></div>
        }
    };
    view! {
        {state("nothing", on(sample.few, nothing))}
        {state("no role", on(sample.nothing, || view! { <NoRole /> }))}
        {state("no page", view! { <NoPage /> })}
        {state("no right", view! { <NoRight /> })}
        {state("starting", view! { <p class="starting" role="status">{t::shell::starting(locale())}</p> })}
    }
}

/// The list of forms with nothing, few and much in it, and what waits in each of its states.
pub fn lists(sample: &Sample) -> impl IntoView + use<> {
    let work = || view! { <Work /> };
    let outbox = || view! { <Outbox /> };
    view! {
        {state("nothing", on(sample.nothing, work))}
        {state("few", on(sample.few, work))}
        {state("much", on(sample.many, work))}
        {state("outbox, nothing", on(sample.nothing, outbox))}
        {state("outbox", on(sample.every, outbox))}
    }
}
