//! What the `chitieu` program does besides serving: databases made, backed up and restored, accounts kept, plans checked,
//! figures evaluated, templates printed.

pub mod backup;
pub mod evaluate;
pub mod figures;
pub(crate) mod grant;
pub mod import;
pub mod init;
pub mod open;
pub mod plan;
mod said;
pub mod template;
pub mod user;
pub mod watch;

use crate::services::plan_file::{self, Loaded, PlanFileError};
use chitieu_widgets::{Locale, t};
use std::path::{Path, PathBuf};

/// Why a command stopped; said in the person's language and ready to print.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Stop(pub String);

impl Stop {
    /// A file that cannot be read or written.
    pub fn file(path: &Path, error: &std::io::Error, locale: Locale) -> Self {
        Self(t::cli::file(locale, path.display(), error))
    }
}

/// The plan of a file, or the one that ships with the program.
pub fn load(file: Option<&PathBuf>, locale: Locale) -> Result<Loaded, Stop> {
    let Some(file) = file else {
        return plan_file::load(plan_file::HUNG_YEN_188).map_err(|e| Stop(e.to_string()));
    };
    let text = std::fs::read_to_string(file).map_err(|e| Stop::file(file, &e, locale))?;
    plan_file::load(&text).map_err(|error| match error {
        PlanFileError::Plan(spots) => Stop(plan::report(&file.display().to_string(), &text, &spots, locale)),
        other => Stop(other.to_string()),
    })
}

/// The declared name nearest to a misspelt one, where one is near enough to be meant.
pub(crate) fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = names.map(|name| (strsim::damerau_levenshtein(word, name), name));
    near.filter(|(distance, name)| *distance <= 1 + name.len() / 6).min().map(|(_, name)| name)
}
