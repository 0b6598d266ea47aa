//! `chitieu user`: accounts, beside a running server.

use super::{Stop, load, open};
use crate::accounts::{BadName, WeakPassword, check_names, check_password};
use crate::session::hash_password;
use crate::store::Store;
use chitieu_domain::ReporterId;
use chitieu_sync::grants::{Grants, Role};
use chitieu_widgets::{Locale, t};
use clap::{Args, Subcommand};
use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;

/// What to do.
#[derive(Args)]
pub struct Options {
    /// `sqlite:FILE` or `postgres://…`.
    #[arg(long, default_value = "sqlite:chitieu.db", global = true)]
    database: String,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Adds an account. Its first password is asked for, or read from standard input.
    Add {
        /// User name.
        username: String,
        /// Name shown.
        #[arg(long)]
        name: String,
        /// officer, reviewer, publisher, leader, auditor or admin.
        #[arg(long, value_parser = role)]
        role: Role,
        /// A reporter that an officer enters figures for; may be given several times.
        #[arg(long = "reporter")]
        reporters: Vec<ReporterId>,
        /// The plan; the one that ships with the program where it is left out.
        #[arg(long)]
        plan: Option<PathBuf>,
    },
    /// Lists accounts: user name, role, name, reporters, and what is to be known of them.
    List,
    /// Gives an account another password, asked for or read from standard input, and lets it in again.
    Reset {
        /// User name.
        username: String,
    },
    /// Lets an account in no more.
    Disable {
        /// User name.
        username: String,
    },
}

fn role(text: &str) -> Result<Role, String> {
    let role = serde_json::from_value(serde_json::Value::String(text.to_owned())).ok();
    // Any word reads, as a role of a later release.
    role.filter(|role| *role != Role::Unknown)
        .ok_or_else(|| "officer, reviewer, publisher, leader, auditor, admin".to_owned())
}

/// Does it.
pub async fn run(options: Options, locale: Locale, out: &mut dyn Write) -> Result<(), Stop> {
    let Options { database: url, what } = options;
    let failed = |error| open::failed(&url, error, locale);
    let store = open::existing(&url, locale).await?;
    let unknown = |name: &str| Stop(t::cli::user_unknown(locale, name));
    let said = match what {
        What::Add { username, name, role, reporters, plan } => {
            check_names(&username, &name).map_err(|why| {
                Stop(match why {
                    BadName::Username => t::set_up::bad_username(locale).to_owned(),
                    BadName::Shown => t::set_up::bad_name(locale).to_owned(),
                })
            })?;
            let loaded = load(plan.as_ref(), locale)?;
            open::claim(&store, &url, &loaded, locale).await?;
            if let Some(id) = reporters.iter().find(|id| loaded.model.reporter_ix(id).is_none()) {
                return Err(Stop(t::cli::user_no_reporter(locale, id)));
            }
            match (role == Role::Officer, reporters.is_empty()) {
                (true, true) => return Err(Stop(t::cli::user_needs_reporter(locale).to_owned())),
                (false, false) => return Err(Stop(t::cli::user_no_reporters(locale).to_owned())),
                _ => {}
            }
            let hash = hash_password(&password(&username, locale)?);
            let grants = Grants { role, reporters };
            if !store.add_user(&username, name.trim(), &hash, &grants).await.map_err(failed)? {
                return Err(Stop(t::cli::user_exists(locale, username)));
            }
            t::cli::user_added(locale, username)
        }
        What::List => list(&store, &url, locale).await?,
        What::Reset { username } => {
            if store.secret(&username).await.map_err(failed)?.is_none() {
                return Err(unknown(&username));
            }
            let hash = hash_password(&password(&username, locale)?);
            if !store.reset_user(&username, &hash).await.map_err(failed)? {
                return Err(unknown(&username));
            }
            t::cli::user_reset(locale, username)
        }
        What::Disable { username } => {
            if !store.disable_user(&username).await.map_err(failed)? {
                return Err(unknown(&username));
            }
            t::cli::user_disabled(locale, username)
        }
    };
    store.close().await;
    writeln!(out, "{said}").map_err(|error| Stop(error.to_string()))
}

async fn list(store: &Store, url: &str, locale: Locale) -> Result<String, Stop> {
    let accounts = store.users().await.map_err(|error| open::failed(url, error, locale))?;
    let line = |account: &crate::store::users::Account| {
        let role = serde_json::to_string(&account.grants.role).unwrap_or_default();
        let reporters: Vec<String> = account.grants.reporters.iter().map(ToString::to_string).collect();
        let mut parts = vec![
            account.username.clone(),
            role.trim_matches('"').to_owned(),
            account.display_name.clone(),
            reporters.join(" "),
        ];
        parts.extend(account.must_change.then(|| t::cli::user_must_change(locale).to_owned()));
        parts.extend(account.is_disabled.then(|| t::cli::user_is_disabled(locale).to_owned()));
        parts.join("\t")
    };
    Ok(accounts.iter().map(line).collect::<Vec<_>>().join("\n"))
}

/// The password of an account: asked for twice without showing it, or the first line of standard input. Never an
/// argument: whoever lists the processes would read it.
fn password(username: &str, locale: Locale) -> Result<String, Stop> {
    let unread = |error| Stop(t::cli::password_unread(locale, error));
    let password = if std::io::stdin().is_terminal() {
        let once = rpassword::prompt_password(t::cli::password_prompt(locale, username)).map_err(unread)?;
        let again = rpassword::prompt_password(t::cli::password_again(locale)).map_err(unread)?;
        if once != again {
            return Err(Stop(t::cli::password_differs(locale).to_owned()));
        }
        once
    } else {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map_err(unread)?;
        line.trim_end_matches(['\n', '\r']).to_owned()
    };
    check_password(username, None, &password).map_err(|why| {
        Stop(match why {
            WeakPassword::Short | WeakPassword::Same => t::problem::password_short(locale).to_owned(),
            WeakPassword::Long => t::problem::password_long(locale).to_owned(),
            WeakPassword::IsName => t::problem::password_is_name(locale).to_owned(),
        })
    })?;
    Ok(password)
}
