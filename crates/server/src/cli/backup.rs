//! `chitieu backup` beside a running server, and `chitieu restore` while none runs.

use super::{Stop, open};
use crate::clock::now;
use crate::store::backup::{self, BackupError, Restored};
use chitieu_widgets::{Locale, t};
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What to back up.
#[derive(Args)]
pub struct Backup {
    /// `sqlite:FILE` or `postgres://…`.
    #[arg(long, default_value = "sqlite:chitieu.db")]
    database: String,
    /// The file to write, which must not be there yet.
    #[arg(long)]
    to: PathBuf,
}

/// What to restore.
#[derive(Args)]
pub struct Restore {
    /// `sqlite:FILE` or `postgres://…`; what is there now is replaced, a file is kept beside it.
    #[arg(long, default_value = "sqlite:chitieu.db")]
    database: String,
    /// A file that `chitieu backup` wrote, from either kind of database.
    #[arg(long)]
    from: PathBuf,
}

fn stop(error: BackupError, path: &Path, url: &str, locale: Locale) -> Stop {
    Stop(match error {
        BackupError::Exists => t::cli::backup_exists(locale, path.display()),
        BackupError::NotABackup(why) => t::cli::not_a_backup(locale, path.display(), why),
        BackupError::Served => t::cli::database_served(locale).to_owned(),
        BackupError::File(error) => return Stop::file(path, &error, locale),
        BackupError::Store(error) => return open::failed(url, error, locale),
    })
}

/// Backs up.
pub async fn back_up(options: &Backup, locale: Locale, out: &mut dyn Write) -> Result<(), Stop> {
    let Backup { database: url, to } = options;
    let store = open::existing(url, locale).await?;
    let done = backup::write(&store, to).await;
    store.close().await;
    done.map_err(|error| stop(error, to, url, locale))?;
    writeln!(out, "{}", t::cli::backed_up(locale, to.display())).map_err(|error| Stop(error.to_string()))
}

/// Restores, and begins a new lifetime of the database.
pub async fn restore(options: &Restore, locale: Locale, out: &mut dyn Write) -> Result<(), Stop> {
    let Restore { database: url, from } = options;
    let _held = open::hold(url, locale)?;
    let done = backup::restore(url, from, now()).await.map_err(|error| stop(error, from, url, locale))?;
    let Restored { epoch, kept } = done;
    let mut said = t::cli::restored(locale, from.display(), epoch);
    if let Some(kept) = kept {
        said = format!("{said}\n{}", t::cli::restored_kept(locale, kept.display()));
    }
    writeln!(out, "{said}").map_err(|error| Stop(error.to_string()))
}
