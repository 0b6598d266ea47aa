//! The root: who is here, in which language, and which screen.

use crate::components::shell::Shell;
use crate::late::{self, Late, Part};
use crate::pages::entry::Entry;
use crate::platform::net::Answer;
use crate::platform::sign_in::{self, SignIn};
use crate::platform::{address::Address, dom, settings};
use crate::replica::drafts::Drafts;
use crate::replica::indexed_db::{self, Owed};
use crate::replica::live::{Live, Me, SyncState};
use crate::replica::{profile, sync};
use chitieu_widgets::{Locale, t};
use gloo_timers::future::TimeoutFuture;
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
    /// Whose password was given by an administrator, and that password: another one has to be chosen first.
    pub must_change: RwSignal<Option<(String, String)>>,
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

    /// Takes what is sent with the form, for as long as the page lives.
    async fn take_sign_ins(self) {
        while let Some(SignIn { username, password, answer }) = sign_in::next().await {
            // What is on the device is looked through first, or made unreadable.
            while matches!(self.session.get_untracked(), Session::Starting | Session::Leaving) {
                TimeoutFuture::new(50).await;
            }
            match answer {
                Some(answer) => self.signed_in(username, answer).await,
                None => self.must_change.set(Some((username, password))),
            }
        }
    }

    /// Goes on with somebody who has just signed in: whose session had ended, or another.
    pub async fn signed_in(self, username: String, answer: Answer) {
        match self.session.get_untracked() {
            Session::Ready(live) if live.me.with_untracked(|me| me.username == username) => {
                live.state.set(SyncState::Idle);
                sync::now(live);
            }
            session => {
                if let Session::Ready(live) = session {
                    live.runs.close();
                }
                self.enter(username, Some(answer)).await;
            }
        }
        self.must_change.set(None);
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
        // Somebody was quicker than the app, and the form has ended the session of whoever left.
        if sign_in::is_busy() {
            return;
        }
        if indexed_db::is_leaving().await.unwrap_or(false) {
            let is_told = sign_in::leave().await;
            if sign_in::is_busy() {
                return;
            }
            if let Err(error) = indexed_db::forget(is_told).await {
                self.session.set(Session::SignedOut(Some(t::fault::storage(locale(), error))));
            }
            return;
        }
        if let Ok(answer) = profile::ask().await
            && let Ok(me) = serde_json::from_str::<Me>(&answer.text)
            && matches!(self.session.get_untracked(), Session::SignedOut(None))
            && !dom::is_in_text()
            && !sign_in::is_busy()
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
        must_change: RwSignal::new(None),
        owed: RwSignal::new(None),
        late: RwSignal::new(Late::Away),
    };
    provide_context(context);
    provide_context(Address::new());
    indexed_db::on_owed(move |what| context.owed.set(what));
    spawn_local(context.begin());
    spawn_local(context.take_sign_ins());
    late::load_soon();
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
            Session::Starting if is_owed => late::draw(Part::Opening(None)),
            Session::Starting => ().into_any(),
            Session::NoStore(why) => late::draw(Part::Opening(Some(why))),
            Session::Leaving => late::draw(Part::Leaving),
            // It would only delay whoever is about to come in.
            Session::SignedOut(_) if sign_in::is_busy() && context.must_change.get().is_none() => {
                ().into_any()
            }
            Session::SignedOut(_) => late::draw(Part::Nobody),
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
            [""] => late::draw(Part::Start(None)),
            ["viec", role] => late::draw(Part::Start(Some(role.to_owned()))),
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
