//! Opens databases for commands, and says what is wrong where one does not open.

use super::Stop;
use crate::services::plan_file::Loaded;
use crate::store::Store;
use crate::store::database::OpenError;
use crate::store::error::StoreError;
use crate::store::file::{self, Held, HoldError};
use chitieu_widgets::{Locale, t};

/// An address without the password that it may carry.
pub fn shown(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((who, host)) => format!("{scheme}://{}@{host}", who.split(':').next().unwrap_or_default()),
        None => url.to_owned(),
    }
}

/// Something failed in the database.
pub fn failed(url: &str, error: impl Into<StoreError>, locale: Locale) -> Stop {
    let error = error.into();
    Stop(match (error.is_kept_from_writing(), url.starts_with("postgres")) {
        (true, false) => t::cli::file_read_only(locale, shown(url)),
        (true, true) => t::cli::database_read_only(locale, shown(url)),
        (false, _) => t::cli::database_failed(locale, shown(url), error),
    })
}

/// Opens a database that is there.
pub async fn existing(url: &str, locale: Locale) -> Result<Store, Stop> {
    Store::open_existing(url).await.map_err(|error| match error {
        OpenError::Missing(path) => Stop(t::cli::database_missing(locale, path.display(), shown(url))),
        OpenError::Empty => Stop(t::cli::database_empty(locale, shown(url))),
        OpenError::Store(error) => failed(url, error, locale),
    })
}

/// Takes a database's file for this process alone, where it is a file and there.
pub fn hold(url: &str, locale: Locale) -> Result<Option<Held>, Stop> {
    let path = file::path_of(url).map_err(|error| failed(url, error, locale))?;
    let Some(path) = path.filter(|path| path.exists()) else { return Ok(None) };
    let held = Held::hold(&path).map_err(|error| match error {
        HoldError::InUse => Stop(t::cli::database_in_use(locale, path.display())),
        HoldError::Io(error) => failed(url, error, locale),
    })?;
    Ok(Some(held))
}

/// Stops where the database is of another plan. Another version of the same plan is a change that
/// [`Store::serve_plan`] notes.
pub async fn claim(store: &Store, url: &str, plan: &Loaded, locale: Locale) -> Result<(), Stop> {
    let ours = &plan.model.plan().id;
    match store.claim_plan(ours).await.map_err(|error| failed(url, error, locale))? {
        Some(theirs) => Err(Stop(t::cli::other_plan(locale, ours, theirs))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_an_address_is_not_shown() {
        assert_eq!(shown("postgres://a:secret@db:5432/c"), "postgres://a@db:5432/c");
        assert_eq!(shown("postgres://db/c"), "postgres://db/c");
        assert_eq!(shown("sqlite:a@b.db"), "sqlite:a@b.db");
    }
}
