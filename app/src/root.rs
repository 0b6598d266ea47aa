//! The root: it wires the context, the address and the later files together, and draws the screen that the address names.

use crate::features::entry::form::Entry;
use crate::features::shell::frame::Shell;
use crate::later;
use crate::parts::{self, Part, Parts};
use crate::platform::address::Address;
use crate::platform::{dom, settings, sign_in};
use crate::reactive::context::{Context, Session, live};
use crate::routes::Route;
use crate::storage::indexed_db;
use chitieu_widgets::{Locale, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The whole app.
#[component]
pub fn Root() -> impl IntoView {
    let locale = Locale::from_tag(&settings::language().unwrap_or_default());
    let context = Context {
        session: RwSignal::new(Session::Starting),
        locale: RwSignal::new(locale),
        must_change: RwSignal::new(None),
        owed: RwSignal::new(None),
    };
    provide_context(context);
    provide_context(Address::new());
    let parts = Parts::new(|chunk| Box::pin(later::fetch(chunk)));
    provide_context(parts);
    indexed_db::on_owed(move |what| context.owed.set(what));
    spawn_local(context.begin());
    spawn_local(context.take_sign_ins());
    parts.load_soon();
    Effect::new(move |_| {
        let locale = context.locale.get();
        settings::set_language(locale.tag());
        dom::describe(locale.tag(), t::shell::title(locale));
    });
    move || {
        context.locale.track();
        let session = context.session.get();
        let is_owed = matches!(session, Session::Starting) && context.owed.get().is_some();
        match &session {
            Session::SignedOut(why) if context.must_change.get().is_none() => sign_in::show(why.clone()),
            // Until then the shell shows what it does by itself; who comes after somebody types already.
            Session::Starting | Session::Leaving if !is_owed => {}
            _ => sign_in::hide(),
        }
        match session {
            Session::Starting if is_owed => parts::draw(Part::Opening(None)),
            Session::Starting => ().into_any(),
            Session::NoStore(why) => parts::draw(Part::Opening(Some(why))),
            Session::Leaving => parts::draw(Part::Leaving),
            // It would only delay whoever is about to come in.
            Session::SignedOut(_) if sign_in::is_busy() && context.must_change.get().is_none() => {
                ().into_any()
            }
            Session::SignedOut(_) => parts::draw(Part::Nobody),
            Session::Ready(live) if !live.is_drawn.get() => ().into_any(),
            Session::Ready(live) => {
                provide_context(live);
                view! { <Screens /> }.into_any()
            }
        }
    }
}

#[component]
fn Screens() -> impl IntoView {
    let address = use_context::<Address>().expect("the root provides it");
    // What comes after the path is the screen's own: it stays, with what has the focus.
    let route = Memo::new(move |_| Route::parse(&address.get()));
    view! { <Shell>{move || screen(route.get())}</Shell> }
}

/// The screen of a route. Whoever has no right to it is told so at once.
fn screen(route: Option<Route>) -> AnyView {
    let live = live();
    let right = route.as_ref().and_then(|route| route.right(live.model()));
    if right.is_some_and(|(right, about)| !live.may(right, about)) {
        return parts::draw(Part::NoRight);
    }
    match route {
        Some(Route::Entry { reporter, form, period }) => {
            view! { <Entry reporter=reporter form=form period=period /> }.into_any()
        }
        Some(Route::Start(role)) => parts::draw(Part::Start(role)),
        Some(Route::Board) => parts::draw(Part::Board),
        Some(Route::Account) => parts::draw(Part::Account),
        Some(Route::Outbox) => parts::draw(Part::Outbox),
        Some(Route::Conflicts) => parts::draw(Part::Conflicts),
        Some(Route::Review) => parts::draw(Part::Review),
        Some(Route::Tasks) => parts::draw(Part::Tasks),
        Some(Route::Task(id)) => parts::draw(Part::Task(id)),
        Some(Route::Assigning) => parts::draw(Part::Assigning),
        Some(Route::Programmes) => parts::draw(Part::Programmes),
        None => parts::draw(Part::NoPage),
    }
}

/// The page of all parts, for whoever comes.
#[cfg(feature = "components")]
#[component]
pub fn AllParts() -> impl IntoView {
    let locale = Locale::from_tag(&settings::language().unwrap_or_default());
    let context = Context {
        session: RwSignal::new(Session::Starting),
        locale: RwSignal::new(locale),
        must_change: RwSignal::new(None),
        owed: RwSignal::new(None),
    };
    provide_context(context);
    provide_context(Address::new());
    let parts = Parts::new(|chunk| Box::pin(later::fetch(chunk)));
    provide_context(parts);
    sign_in::hide();
    move || {
        context.locale.track();
        parts::draw(Part::Components)
    }
}
