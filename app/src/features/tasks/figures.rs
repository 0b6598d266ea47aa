//! The figures that belong to a task: typed in their forms, shown here, never typed twice.

use crate::reactive::context::{live, locale};
use crate::reactive::live::Live;
use crate::routes::link::Link;
use crate::routes::{Route, of_target};
use crate::ui::changing::changing;
use chitieu_domain::plan::{Nature, Task};
use chitieu_domain::{ElementIx, FormIx, PeriodId, ReporterId};
use chitieu_sync::replica::CellKey;
use chitieu_widgets::{t, text};
use leptos::prelude::*;

/// What an element's figures of a reporter are: this period, the same a year before, the year to date.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Three([Option<i64>; 3]);

fn value(live: &Live, who: &ReporterId, element: &str, period: PeriodId) -> Option<i64> {
    let key = CellKey { reporter: who.clone(), period, element: element.to_owned() };
    live.cell(&key).value
}

fn three(live: &Live, who: &ReporterId, ix: ElementIx, period: PeriodId) -> Three {
    let model = live.model();
    let (form, element) = (model.form_of(ix), model.element(ix));
    let of = |period| value(live, who, &element.id, period);
    let calendar = model.calendar(form);
    let run = calendar.periods_to_date(period, model.form(form).periodicity);
    let to_date = match element.nature {
        // A missing figure is no zero: then there is no sum.
        Nature::Flow => run.iter().map(|period| of(*period)).sum::<Option<i64>>().filter(|_| !run.is_empty()),
        Nature::StockOpen => run.first().and_then(|period| of(*period)),
        _ => of(period),
    };
    Three([of(period), model.a_year_earlier(form, period).and_then(of), to_date])
}

/// The section; nothing for a task that no figure follows.
#[component]
pub fn Figures(task: &'static Task) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let model = live.model();
    let rows: Vec<ElementIx> = task.figures.iter().filter_map(|id| model.element_ix(id)).collect();
    if rows.is_empty() {
        return ().into_any();
    }
    let own = Memo::new(move |_| live.own());
    // Of one's own unit where it fills in the form.
    let who = move |form: FormIx| {
        let period = model.open_period(form, live.today())?;
        let is_own = |who: &ReporterId| {
            model.reporter_ix(who).is_some_and(|reporter| model.is_assigned(reporter, form, period))
        };
        own.get().into_iter().find(is_own).map(|who| (who, period))
    };
    let row = move |ix: ElementIx| {
        let form = model.form_of(ix);
        let element = model.element(ix);
        let targets = (0..model.plan().targets.len())
            .filter(|n| model.target_elements(*n).any(|e| e == ix))
            .map(|n| model.plan().targets[n].id.clone())
            .map(|id| view! { " · " <Link to=Route::Board query=of_target(&id)>{id}</Link> })
            .collect_view();
        let shown = Memo::new(move |_| who(form).map(|(who, period)| three(&live, &who, ix, period)));
        let number = move |nth: usize| {
            let value = shown.get().and_then(|three| three.0[nth]);
            value.map_or_else(|| "–".to_owned(), |value| text::number(value.into(), locale))
        };
        view! {
            <tr data-element=element.id.clone()>
                <th scope="row">
                    {locale.pick(&element.name_vi, &element.name_en).to_owned()}
                    <span class="muted">{targets}</span>
                </th>
                <td class="num">{changing(move || number(0))}</td>
                <td class="num">{changing(move || number(1))}</td>
                <td class="num">{changing(move || number(2))}</td>
            </tr>
        }
    };
    let mut forms: Vec<FormIx> = Vec::new();
    for ix in &rows {
        if !forms.contains(&model.form_of(*ix)) {
            forms.push(model.form_of(*ix));
        }
    }
    let of_form = move |form: FormIx| {
        let name = locale.pick(&model.form(form).title_vi, &model.form(form).title_en);
        let link = changing(move || match who(form) {
            Some((reporter, period)) => {
                let to = Route::Entry { reporter, form: model.form(form).id.clone(), period };
                view! { <Link to=to>{name}</Link> " · " {text::period(period, locale)} }.into_any()
            }
            None => name.into_any(),
        });
        let own = rows.iter().filter(|ix| model.form_of(**ix) == form).map(|ix| row(*ix)).collect_view();
        view! { <tbody><tr class="of-form"><th scope="rowgroup" colspan="4">{link}</th></tr>{own}</tbody> }
    };
    view! {
        <section class="card empty" data-figures="">
            <h2>{t::task::figures(locale)}</h2>
            <p class="muted">{t::task::figures_about(locale)}</p>
            <div class="wide-table" tabindex="0" role="region" aria-label=t::task::figures(locale)>
                <table class="duties">
                    <thead>
                        <tr>
                            <th scope="col">{t::task::element(locale)}</th>
                            <th scope="col" class="num">{t::task::this_period(locale)}</th>
                            <th scope="col" class="num">{t::task::last_year(locale)}</th>
                            <th scope="col" class="num">{t::task::to_date(locale)}</th>
                        </tr>
                    </thead>
                    {forms.into_iter().map(of_form).collect_view()}
                </table>
            </div>
        </section>
    }
    .into_any()
}
