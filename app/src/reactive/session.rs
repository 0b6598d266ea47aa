//! Coming and going: what is on the device is opened for somebody who is known here or has signed in.

use crate::platform::dom;
use crate::platform::net::Answer;
use crate::platform::sign_in::{self, SignIn};
use crate::reactive::context::{Context, Session, locale};
use crate::reactive::drafts::Drafts;
use crate::reactive::live::{Live, SyncState};
use crate::reactive::profile::{self, Me};
use crate::reactive::{refresh, sync};
use crate::storage::{device, indexed_db};
use chitieu_widgets::t;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;

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
                Some(refresh::ask().await.map_err(|_| t::fault::first_online(locale()).to_owned())?)
            }
            answer => answer,
        };
        let is_other = |answer: &Answer| {
            serde_json::from_str::<Me>(&answer.text).is_ok_and(|me| me.username != username)
        };
        if answer.as_ref().is_some_and(is_other) {
            // The name on the device is not the session's: nobody's data are opened by it.
            device::forget(true).await.map_err(storage)?;
            return Err(t::sign_in::other_person(locale()).to_owned());
        }
        let profile = refresh::begun(&opened.store, answer, kept).await?;
        let drafts = Drafts::open(username, opened.store.clone(), &opened.drafts).await;
        let is_memory = opened.store.is_memory().await;
        let live = Live::new(opened, profile, drafts, is_memory);
        device::remember(username).await.map_err(storage)?;
        self.session.set(Session::Ready(live));
        sync::start(live);
        Ok(())
    }

    /// Takes what is sent with the form, for as long as the page lives.
    pub async fn take_sign_ins(self) {
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
            if device::is_leaving().await? {
                return Ok((true, None));
            }
            device::last_user().await.map(|user| (false, user))
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
        if device::is_leaving().await.unwrap_or(false) {
            let is_told = sign_in::leave().await;
            if sign_in::is_busy() {
                return;
            }
            if let Err(error) = device::forget(is_told).await {
                self.session.set(Session::SignedOut(Some(t::fault::storage(locale(), error))));
            }
            return;
        }
        if let Ok(answer) = refresh::ask().await
            && let Ok(me) = serde_json::from_str::<Me>(&answer.text)
            && matches!(self.session.get_untracked(), Session::SignedOut(None))
            && !dom::is_in_text()
            && !sign_in::is_busy()
        {
            self.enter(me.username, Some(answer)).await;
        }
    }
}
