//! One unit's programme of a year: its head, its items, its copy in the next year; or what to do where there is none.

use crate::features::tasks::fields::ReporterNames;
use crate::features::tasks::programme::copying::{CopyFrom, CopyInto};
use crate::features::tasks::programme::head::{Head, Written};
use crate::features::tasks::programme::items::Items;
use crate::features::tasks::programme::words::not_kept;
use crate::reactive::context::{live, locale};
use crate::routes::Route;
use crate::routes::link::Link;
use crate::ui::changing::changing;
use chitieu_client::tasks::programme::{Filter, Programme, document_key, former, programme};
use chitieu_domain::ReporterIx;
use chitieu_sync::entity::annual_plan_document::{TITLE, is_kept_by};
use chitieu_sync::entity::{Change, Kind};
use chitieu_sync::raw::Raw;
use chitieu_sync::rights::{Right, Thing};
use chitieu_widgets::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The programme.
#[component]
pub fn Sheet(who: ReporterIx, year: i16, filter: Memo<Filter>) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let model = live.model();
    let of = Memo::new(move |_| {
        let today = live.today();
        live.replica.with(|replica| programme(model, replica, (who, year), today))
    });
    let writes = live.may(Right::ReportTask, Thing::Reporter(who));
    let is_none = Memo::new(move |_| of.with(Programme::is_nothing));
    if !is_kept_by(model, who, year) {
        let said = t::programme::not_there(locale, model.reporter_name(who), year);
        return view! { <p class="card empty" data-not-there="">{said}</p> <Former who=who year=year /> }
            .into_any();
    }
    let body = changing(move || match (is_none.get(), writes) {
        (true, true) => view! { <Empty who=who year=year /> }.into_any(),
        (true, false) => {
            view! { <p class="card empty" data-none="">{t::programme::none_read(locale, year)}</p> }
                .into_any()
        }
        (false, true) => view! {
            <Written of=of />
            <Head of=of is_paper=true />
            <Items of=of writes=true filter=filter />
            <CopyInto of=of />
        }
        .into_any(),
        (false, false) => {
            view! { <Head of=of is_paper=false /> <Items of=of writes=false filter=filter /> }.into_any()
        }
    });
    view! {
        {writes.then(|| view! { <ReporterNames /> <Elements /> })}
        {body}
        <Former who=who year=year />
    }
    .into_any()
}

/// The elements to choose from, once on a screen.
#[component]
fn Elements() -> impl IntoView {
    let (live, locale) = (live(), locale());
    let all = live.model().plan().forms.iter().flat_map(|form| &form.elements);
    let option = |element: &'static chitieu_domain::plan::Element| {
        let name = locale.pick(&element.name_vi, &element.name_en).to_owned();
        view! { <option value=name></option> }
    };
    view! { <datalist id="elements">{all.map(option).collect_view()}</datalist> }
}

/// What an officer does where there is none.
#[component]
fn Empty(who: ReporterIx, year: i16) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let model = live.model();
    let before = Memo::new(move |_| {
        let today = live.today();
        live.replica.with(|replica| programme(model, replica, (who, year - 1), today))
    });
    let has_before = Memo::new(move |_| before.with(|before: &Programme| !before.items.is_empty()));
    let refused = RwSignal::new(None::<String>);
    let begin = move |_| {
        let plan = locale.pick(&model.plan().title_vi, &model.plan().title_en);
        let title = t::programme::default_title(locale, year, plan);
        // What says nothing of how far it is is being written: another device may have issued it meanwhile.
        let change = Change::from([(TITLE.to_owned(), Raw::of(&title))]);
        spawn_local(async move {
            let key = document_key(&model.reporter(who).id, year);
            let kept = live.change_entity(&key, &change, Vec::new(), None).await;
            refused.try_set(kept.err().map(|error| not_kept(Kind::AnnualPlanDocument, &error, locale)));
        });
    };
    view! {
        <section class="card empty nothing" data-empty="">
            <h2>{t::programme::none(locale, year)}</h2>
            <p>{changing(move || if has_before.get() {
                t::programme::none_do(locale, year - 1)
            } else {
                t::programme::none_first(locale).to_owned()
            })}</p>
            <div class="task-tools">
                <button class="button" type="button" data-begin="" on:click=begin>{t::programme::begin(locale, year)}</button>
                {changing(move || has_before.get().then(|| view! { <CopyFrom of=before /> }))}
            </div>
            {changing(move || refused.get().map(|why| view! { <p class="fault" role="alert">{why}</p> }))}
        </section>
    }
}

/// The programmes of those whose work this unit went on with: they stay where they were written.
#[component]
fn Former(who: ReporterIx, year: i16) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let model = live.model();
    let all = former(model, who, year, live.today());
    let all = all.into_iter().filter(|one| live.may(Right::ReadReports, Thing::Reporter(*one)));
    let link = |one: ReporterIx| {
        let unit = model.reporter(one).id.to_string();
        let query = Filter { year: Some(year), unit, ..Filter::default() }.query();
        view! { <li><Link to=Route::Programmes query=query>{model.reporter_name(one)}</Link></li> }
    };
    let links: Vec<_> = all.map(link).collect();
    (!links.is_empty()).then(|| {
        view! {
            <section class="card empty no-paper" data-former="">
                <p>{t::programme::before_merge(locale, year)}</p>
                <ul class="picked">{links}</ul>
            </section>
        }
    })
}
