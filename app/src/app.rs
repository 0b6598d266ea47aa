//! The root: who is here, in which language, and which screen.

use crate::components::shell::Shell;
use crate::late::{self, Late, Part};
use crate::pages::{entry::Entry, sign_in::SignIn};
use crate::platform::net::{self, Answer};
use crate::platform::{address::Address, dom, settings};
use crate::replica::drafts::Drafts;
use crate::replica::indexed_db::{self, Owed};
use crate::replica::live::{Live, Me};
use crate::replica::{profile, sync};
use chitieu_widgets::{Locale, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Who is here.
#[derive(Clone)]
pub enum Session {
    /// Looking for what is stored.
    Starting,
    /// The browser does not open its store, and why.
    NoStore(String),
    /// Somebody is leaving: what must not be read here by others is being removed.
    Leaving,
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
    /// The server is being told that somebody has left: nobody signs in meanwhile.
    pub is_leaving: RwSignal<bool>,
    /// What the browser has owed an answer for some seconds.
    pub owed: RwSignal<Option<Owed>>,
    /// Where the file of what a start does not need is.
    pub late: RwSignal<Late>,
}

/// The language of the screen being drawn; a change draws everything anew.
pub fn locale() -> Locale {
    use_context::<Context>().map_or(Locale::Vi, |c| c.locale.get_untracked())
}

impl Context {
    /// Opens a person's database and begins to work, with what `answer` says of them or with what is kept on the device.
    pub async fn enter(self, username: String, answer: Option<Answer>) {
        if let Err(why) = self.open(&username, answer).await {
            self.session.set(Session::SignedOut(Some(why)));
        }
    }

    async fn open(self, username: &str, answer: Option<Answer>) -> Result<(), String> {
        let storage = |e| t::fault::storage(locale(), e);
        let mut opened = match indexed_db::open(username).await {
            Ok(opened) => opened,
            Err(error) => {
                self.session.set(Session::NoStore(error.to_string()));
                return Ok(());
            }
        };
        // What is kept of another person, under whatever key, opens nothing.
        let kept = profile::kept(&mut opened.kept).filter(|kept| kept.me.username == username);
        let answer = match answer {
            None if kept.is_none() => {
                Some(profile::ask().await.map_err(|_| t::fault::first_online(locale()).to_owned())?)
            }
            answer => answer,
        };
        let is_other = |answer: &Answer| {
            serde_json::from_str::<Me>(&answer.text).is_ok_and(|me| me.username != username)
        };
        if answer.as_ref().is_some_and(is_other) {
            // The name on the device is not the session's: nobody's data are opened by it.
            indexed_db::forget(true).await.map_err(storage)?;
            return Err(t::sign_in::other_person(locale()).to_owned());
        }
        let profile = profile::begun(&opened.store, answer, kept).await?;
        let drafts = Drafts::open(username, opened.store.clone(), &opened.drafts).await;
        let is_memory = opened.store.is_memory().await;
        let live = Live::new(opened, profile, drafts, is_memory);
        indexed_db::remember(username).await.map_err(storage)?;
        self.session.set(Session::Ready(live));
        sync::start(live);
        Ok(())
    }

    /// Opens what is on this device, without waiting for the server.
    pub async fn begin(self) {
        let found = async {
            if indexed_db::is_leaving().await? {
                return Ok((true, None));
            }
            indexed_db::last_user().await.map(|user| (false, user))
        };
        match found.await {
            Ok((true, _)) => self.session.set(Session::Leaving),
            Ok((_, Some(username))) => self.enter(username, None).await,
            Ok((_, None)) => self.greet(None).await,
            Err(error) => self.session.set(Session::NoStore(error.to_string())),
        }
    }

    /// Nobody is known on this device. Whoever left without the server is signed out there first; else the session may
    /// outlive what the browser had stored.
    pub async fn greet(self, why: Option<String>) {
        self.session.set(Session::SignedOut(why));
        if indexed_db::is_leaving().await.unwrap_or(false) {
            self.is_leaving.set(true);
            let is_told = net::delete("/api/v1/session").await.is_ok();
            self.is_leaving.set(false);
            if let Err(error) = indexed_db::forget(is_told).await {
                self.session.set(Session::SignedOut(Some(t::fault::storage(locale(), error))));
            }
            return;
        }
        if let Ok(answer) = profile::ask().await
            && let Ok(me) = serde_json::from_str::<Me>(&answer.text)
            && matches!(self.session.get_untracked(), Session::SignedOut(None))
            && !dom::is_in_text()
        {
            self.enter(me.username, Some(answer)).await;
        }
    }
}

/// The whole app.
#[component]
pub fn Root() -> impl IntoView {
    let locale = Locale::from_tag(&settings::language().unwrap_or_default());
    let context = Context {
        session: RwSignal::new(Session::Starting),
        locale: RwSignal::new(locale),
        is_leaving: RwSignal::new(false),
        owed: RwSignal::new(None),
        late: RwSignal::new(Late::Away),
    };
    provide_context(context);
    provide_context(Address::new());
    indexed_db::on_owed(move |what| context.owed.set(what));
    spawn_local(context.begin());
    late::load_soon();
    Effect::new(move |_| {
        let locale = context.locale.get();
        settings::set_language(locale.tag());
        dom::describe(locale.tag(), t::shell::title(locale));
    });
    move || {
        context.locale.track();
        match context.session.get() {
            Session::Starting if context.owed.get().is_some() => late::draw(Part::Opening(None)),
            Session::Starting => {
                view! { <p class="starting" role="status">{t::shell::starting(locale)}</p> }.into_any()
            }
            Session::NoStore(why) => late::draw(Part::Opening(Some(why))),
            Session::Leaving => late::draw(Part::Leaving),
            Session::SignedOut(why) => view! { <SignIn why=why /> }.into_any(),
            Session::Ready(live) if !live.is_drawn.get() => ().into_any(),
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
    let screen = move || {
        let path = address.get();
        match path.trim_matches('/').split('/').collect::<Vec<_>>()[..] {
            [""] => late::draw(Part::Work),
            ["nhap", reporter, form, period] => {
                view! { <Entry reporter=reporter.to_owned() form=form.to_owned() period=period.to_owned() /> }
                    .into_any()
            }
            ["chi-tieu"] => late::draw(Part::Board),
            ["tai-khoan"] => late::draw(Part::Account),
            ["cho-gui"] => late::draw(Part::Waiting),
            ["doi-chieu"] => late::draw(Part::Contested),
            ["duyet"] => late::draw(Part::Review),
            ["nhiem-vu"] => late::draw(Part::Tasks),
            ["nhiem-vu", task] => late::draw(Part::Task(task.to_owned())),
            _ => late::draw(Part::NoPage),
        }
    };
    view! { <Shell>{screen}</Shell> }
}
