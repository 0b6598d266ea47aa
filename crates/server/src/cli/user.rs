//! `chitieu user`: accounts, beside a running server.

use super::{Stop, grant, load, open};
use crate::auth::accounts::{BadName, WeakPassword, check_names, check_password};
use crate::auth::passwords::hash_password;
use crate::store::Store;
use chitieu_domain::{Model, ReporterId};
use chitieu_sync::grants::{Grant, Grants, MOST_GRANTS, Role};
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
        /// A role and where it holds: `ROLE@SCOPE[:forms=A,B][:until=DAY]`; may be given several times. Roles: officer,
        /// reviewer, steering, publisher, leader, auditor, admin. Scopes: a reporter for officers, `unit:ID` (with all on its
        /// ground) or `plan` for the others. Examples: `officer@police_commune:11977@2025-07-01`,
        /// `reviewer@unit:323@2021-01-01:forms=crime,wanted:until=2026-12-31`, `leader@plan`.
        #[arg(long = "grant")]
        grants: Vec<String>,
        /// Short for a grant of this role: in the whole plan, or for an officer with each `--reporter`.
        #[arg(long)]
        role: Option<String>,
        /// A reporter that an officer enters figures for; may be given several times.
        #[arg(long = "reporter")]
        reporters: Vec<ReporterId>,
        /// The plan; the one that ships with the program where it is left out.
        #[arg(long)]
        plan: Option<PathBuf>,
    },
    /// Gives an account other grants in place of those it has; its password and sessions stay.
    Grants {
        /// User name.
        username: String,
        /// As `--grant` of `add`; none: the account keeps no right.
        grants: Vec<String>,
        /// The plan; the one that ships with the program where it is left out.
        #[arg(long)]
        plan: Option<PathBuf>,
    },
    /// Lists accounts: user name, roles, name, grants, and what is to be known of them.
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

/// The grants that are written out, each held to the plan.
fn given(texts: &[String], model: &Model, locale: Locale) -> Result<Vec<Grant>, Stop> {
    if texts.len() > MOST_GRANTS {
        return Err(Stop(t::cli::grant_many(locale, MOST_GRANTS)));
    }
    texts.iter().map(|text| grant::read(text, model, locale)).collect()
}

/// The grants of `--role` and `--reporter`.
fn short(role: Option<&str>, reporters: Vec<ReporterId>, locale: Locale) -> Result<Grants, Stop> {
    let role = match role {
        None if reporters.is_empty() => return Ok(Grants::default()),
        None => Role::Officer,
        Some(word) => {
            grant::role(word).ok_or_else(|| Stop(t::cli::grant_role(locale, word, grant::words())))?
        }
    };
    match (role == Role::Officer, reporters.is_empty()) {
        (true, true) => Err(Stop(t::cli::user_needs_reporter(locale).to_owned())),
        (false, false) => Err(Stop(t::cli::user_no_reporters(locale).to_owned())),
        _ => Ok(Grants::plain(role, reporters)),
    }
}

/// Does it.
pub async fn run(options: Options, locale: Locale, out: &mut dyn Write) -> Result<(), Stop> {
    let Options { database: url, what } = options;
    let failed = |error| open::failed(&url, error, locale);
    let store = open::existing(&url, locale).await?;
    let unknown = |name: &str| Stop(t::cli::user_unknown(locale, name));
    let said = match what {
        What::Add { username, name, grants, role, reporters, plan } => {
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
            let mut list = short(role.as_deref(), reporters, locale)?.list().to_vec();
            list.extend(given(&grants, &loaded.model, locale)?);
            if list.is_empty() {
                return Err(Stop(t::cli::user_needs_grant(locale).to_owned()));
            }
            let grants = Grants::new(list);
            let hash = hash_password(&password(&username, locale)?);
            if !store.add_user(&username, name.trim(), &hash, &grants).await.map_err(failed)? {
                return Err(Stop(t::cli::user_exists(locale, username)));
            }
            t::cli::user_added(locale, username)
        }
        What::Grants { username, grants, plan } => {
            let loaded = load(plan.as_ref(), locale)?;
            open::claim(&store, &url, &loaded, locale).await?;
            let list = given(&grants, &loaded.model, locale)?;
            let written: Vec<String> = list.iter().map(grant::written).collect();
            if !store.set_grants(&username, &Grants::new(list)).await.map_err(failed)? {
                return Err(unknown(&username));
            }
            if written.is_empty() {
                t::cli::user_no_grants(locale, username)
            } else {
                t::cli::user_grants(locale, username, written.join(" "))
            }
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
        let list = account.grants.list();
        let mut roles: Vec<&str> = list.iter().map(|g| grant::word(g.role)).collect();
        roles.dedup();
        let grants: Vec<String> = list.iter().map(grant::written).collect();
        let mut parts =
            vec![account.username.clone(), roles.join(","), account.display_name.clone(), grants.join(" ")];
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
