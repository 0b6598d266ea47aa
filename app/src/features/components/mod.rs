//! `/_components`: every part of the interface in every state, in the light and in the dark scheme side by side. It is in the
//! builds of `cargo xtask dev` and `cargo xtask demo` alone.

mod forms;
mod plain;
mod records;

use crate::reactive::context::{context, locale};
use crate::reactive::live::Live;
use crate::reactive::sample::Sample;
use chitieu_widgets::{Locale, t};
use leptos::context::Provider;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The schemes, by the names that `crates/xtask/src/components.rs` gives them.
const SCHEMES: [&str; 2] = ["light", "dark"];

/// The page.
#[component]
pub fn Components() -> impl IntoView {
    let context = context();
    let made = RwSignal::new(None::<Option<Sample>>);
    spawn_local(async move { made.set(Some(Sample::open().await)) });
    let other = match locale() {
        Locale::Vi => Locale::En,
        Locale::En => Locale::Vi,
    };
    view! {
        // The focus is here, so that none of the fields takes it that ask for it where they are drawn.
        <main class="components" tabindex="-1" autofocus>
            <header class="page-head">
                <h1>{t::components::title(locale())}</h1>
                <button class="link" lang=other.tag() on:click=move |_| context.locale.set(other)>
                    {t::shell::language(other)}
                </button>
            </header>
            {move || match made.get() {
                None => view! { <p class="starting" role="status">{t::shell::starting(locale())}</p> }.into_any(),
                Some(None) => view! { <p class="card fault" role="alert">{t::fault::later(locale())}</p> }.into_any(),
                Some(Some(sample)) => sections(&sample).into_any(),
            }}
        </main>
    }
}

fn sections(sample: &Sample) -> impl IntoView + use<> {
    let sample = *sample;
    let locale = locale();
    view! {
        {section(t::components::buttons(locale), plain::buttons)}
        {section(t::components::badges(locale), move || forms::badges(&sample))}
        {section(t::components::chips(locale), plain::chips)}
        {section(t::components::inputs(locale), plain::inputs)}
        {section(t::components::rows(locale), move || forms::rows(&sample))}
        {section(t::components::findings(locale), move || forms::findings(&sample))}
        {section(t::components::targets(locale), move || records::targets(&sample))}
        {section(t::components::tasks(locale), move || records::tasks(&sample))}
        {section(t::components::empty(locale), move || records::empty(&sample))}
        {section(t::components::notices(locale), move || plain::notices(&sample))}
        {section(t::components::faults(locale), plain::faults)}
        {section(t::components::reasons(locale), plain::reasons)}
        {section(t::components::lists(locale), move || records::lists(&sample))}
    }
}

/// A kind of part, once in each scheme.
fn section<V: IntoAny>(title: &'static str, draw: impl Fn() -> V) -> AnyView {
    let columns = SCHEMES.map(|scheme| {
        view! { <div class="scheme" data-scheme=scheme>{draw().into_any()}</div> }
    });
    view! {
        <section class="component">
            <h2>{title}</h2>
            <div class="schemes">{columns.into_iter().collect_view()}</div>
        </section>
    }
    .into_any()
}

/// A part in a state, below the state's name.
fn state(name: impl ToString, part: impl IntoAny) -> AnyView {
    let name = name.to_string();
    view! { <div class="state"><p class="state-name">{name}</p>{part.into_any()}</div> }.into_any()
}

/// A part that is drawn as on this device.
fn on<V: IntoAny>(live: Live, draw: impl FnOnce() -> V + Send + 'static) -> AnyView {
    view! { <Provider value=live>{draw().into_any()}</Provider> }.into_any()
}
