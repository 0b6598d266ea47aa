//! Stops the server when its database's file is exchanged under it.

use super::{Stop, open};
use crate::clock::now;
use crate::store::Store;
use crate::store::file::{self, Watch};
use chitieu_widgets::{Locale, t};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

/// How often the file is looked at.
const WATCH_INTERVAL: Duration = Duration::from_secs(1);

/// The watch over a database's file; nothing where it is none.
pub struct Watched(Option<(Arc<Mutex<Over>>, JoinHandle<()>)>);

struct Over {
    watch: Watch,
    path: PathBuf,
    locale: Locale,
}

/// Watches for as long as the server runs.
pub async fn begin(store: &Store, url: &str, locale: Locale) -> Result<Watched, Stop> {
    let failed = |error| open::failed(url, error, locale);
    let Some(path) = file::path_of(url).map_err(failed)? else { return Ok(Watched(None)) };
    let Some(own) = store.database.connection_to_file().await.map_err(failed)? else {
        return Ok(Watched(None));
    };
    let watch = Watch::begin(path.clone(), own).await.map_err(failed)?;
    let over = Arc::new(Mutex::new(Over { watch, path, locale }));
    let watched = Arc::clone(&over);
    let looking = tokio::spawn(async move {
        loop {
            tokio::time::sleep(WATCH_INTERVAL).await;
            watched.lock().await.look().await;
        }
    });
    Ok(Watched(Some((over, looking))))
}

impl Watched {
    /// Looks once more before the database is closed, which writes into the file, and no more afterwards.
    pub async fn end(self) {
        if let Some((over, looking)) = self.0 {
            // A look that is under way ends first: cut off after it copied, it would not know its own writing.
            let mut over = over.lock().await;
            looking.abort();
            over.look().await;
        }
    }
}

impl Over {
    async fn look(&mut self) {
        if self.watch.look().await {
            return;
        }
        let ahead = self.watch.set_aside(&now().format("%Y%m%d-%H%M%S").to_string());
        let ahead = ahead.map_or_else(|| "–".to_owned(), |path| path.display().to_string());
        let said = t::cli::database_changed(self.locale, self.path.display(), ahead);
        // Nobody is left to tell when standard error is gone.
        writeln!(std::io::stderr(), "{said}").ok();
        // At once: closing connections would write what they hold into the file that is there now.
        std::process::exit(1);
    }
}
