//! The root: who is here, in which language, and which screen.

use crate::components::shell::Shell;
use crate::late::{self, Late, Part};
use crate::pages::{entry::Entry, sign_in::SignIn, work::Work};
use crate::platform::{address::Address, dom, net, settings};
use crate::replica::drafts::Drafts;
use crate::replica::indexed_db::{self, Kept};
use crate::replica::live::{Live, Me};
use crate::replica::sync;
use chitieu_sync::travelling::Travelling;
use chitieu_widgets::{Locale, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Who is here.
#[derive(Clone)]
#[expect(clippy::large_enum_variant, reason = "there is one of it")]
pub enum Session {
    /// Looking for what is stored.
    Starting,
    /// Nobody yet; the text says why, where there is a reason.
    SignedOut(Option<String>),
    /// Somebody, with their replica.
    Ready(Live),
}

/// Shared by all screens.
#[derive(Clone, Copy)]
pub struct Context {
    /// Who is here.
    pub session: RwSignal<Session>,
    /// The language.
    pub locale: RwSignal<Locale>,
    /// Where the file of what a start does not need is.
    pub late: RwSignal<Late>,
}

/// The language of the screen being drawn; a change draws everything anew.
pub fn locale() -> Locale {
    use_context::<Context>().map_or(Locale::Vi, |c| c.locale.get_untracked())
}

impl Context {
    /// Opens a person's database and begins to work; `me` and the plan come from the server where it answers,
    /// from the device where it does not.
    pub async fn enter(self, username: String, fresh: Option<String>) {
        if let Err(why) = self.open(&username, fresh).await {
            self.session.set(Session::SignedOut(Some(why)));
        }
    }

    async fn open(self, username: &str, fresh: Option<String>) -> Result<(), String> {
        let mut opened = indexed_db::open(username).await.map_err(|e| t::fault::storage(locale(), e))?;
        let text =
            fresh.or_else(|| opened.me.take()).ok_or_else(|| t::fault::first_online(locale()).to_owned())?;
        let me: Me = serde_json::from_str(&text).map_err(|e| e.to_string())?;
        let known = opened.plan.take().filter(|plan| Travelling::is_version(plan, &me.plan_version));
        let plan = match known {
            Some(plan) => plan,
            None => net::get_text("/api/v1/plan/packed")
                .await
                .map_err(|_| t::fault::first_online(locale()).to_owned())?,
        };
        for (what, value) in [(Kept::Me, &text), (Kept::Plan, &plan)] {
            opened.store.keep(what, value).await.map_err(|e| t::fault::storage(locale(), e))?;
        }
        let drafts = Drafts::open(username, opened.store.clone(), &opened.drafts).await;
        let live = Live::new(opened, me, &plan, drafts)?;
        indexed_db::remember(username).await.map_err(|e| t::fault::storage(locale(), e))?;
        self.session.set(Session::Ready(live));
        sync::start(live);
        Ok(())
    }
}

async fn begin(context: Context) {
    // Whoever signed out without the server is signed out there before anybody else is asked.
    if indexed_db::is_leaving().await.unwrap_or(false) {
        let is_told = net::delete("/api/v1/session").await.is_ok();
        let kept = indexed_db::forget(is_told).await;
        return context.session.set(Session::SignedOut(kept.err().map(|e| t::fault::storage(locale(), e))));
    }
    // The server's word where it answers: another tab may have signed somebody else in.
    match net::get_text("/api/v1/me").await {
        Ok(text) => match serde_json::from_str::<Me>(&text) {
            Ok(me) => context.enter(me.username, Some(text)).await,
            Err(error) => context.session.set(Session::SignedOut(Some(error.to_string()))),
        },
        // Offline, or the session has ended: what is on this device goes on being there.
        Err(_) => match indexed_db::last_user().await {
            Ok(Some(username)) => context.enter(username, None).await,
            Ok(None) => context.session.set(Session::SignedOut(None)),
            Err(error) => context.session.set(Session::SignedOut(Some(t::fault::storage(locale(), error)))),
        },
    }
}

/// The whole app.
#[component]
pub fn Root() -> impl IntoView {
    let locale = Locale::from_tag(&settings::language().unwrap_or_default());
    let context = Context {
        session: RwSignal::new(Session::Starting),
        locale: RwSignal::new(locale),
        late: RwSignal::new(Late::Away),
    };
    provide_context(context);
    provide_context(Address::new());
    spawn_local(begin(context));
    Effect::new(move |_| {
        let locale = context.locale.get();
        settings::set_language(locale.tag());
        dom::describe(locale.tag(), t::shell::title(locale));
    });
    move || {
        context.locale.track();
        match context.session.get() {
            Session::Starting => {
                view! { <p class="starting" role="status">{t::shell::starting(locale)}</p> }.into_any()
            }
            Session::SignedOut(why) => view! { <SignIn why=why /> }.into_any(),
            Session::Ready(live) => {
                provide_context(live);
                view! { <Screens /> }.into_any()
            }
        }
    }
}

/// The person's replica, for every screen below the root.
pub fn live() -> Live {
    use_context().expect("screens are drawn only when somebody is signed in")
}

#[component]
fn Screens() -> impl IntoView {
    let address = use_context::<Address>().expect("the root provides it");
    late::load_soon();
    let screen = move || {
        let path = address.get();
        match path.trim_matches('/').split('/').collect::<Vec<_>>()[..] {
            [""] => view! { <Work /> }.into_any(),
            ["nhap", reporter, form, period] => {
                view! { <Entry reporter=reporter.to_owned() form=form.to_owned() period=period.to_owned() /> }
                    .into_any()
            }
            ["chi-tieu"] => late::draw(Part::Board),
            ["cho-gui"] => late::draw(Part::Waiting),
            ["doi-chieu"] => late::draw(Part::Contested),
            ["duyet"] => late::draw(Part::Review),
            _ => view! { <p class="card empty">{t::shell::nowhere(locale())}</p> }.into_any(),
        }
    };
    view! { <Shell>{screen}</Shell> }
}
