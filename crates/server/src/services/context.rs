//! What every part of a server works with: the plan, the store, the settings, the day.

use crate::clock::now;
use crate::services::attachments::examiner::Examiner;
use crate::services::plan_file::Loaded;
use crate::store::Store;
use chitieu_sync::plans::Accepted;
use chrono::NaiveDate;
use std::sync::Arc;

/// What is set when the server starts.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Cookies carry Secure and the `__Host-` name, and answers HSTS: where the public address is https.
    pub secure_cookies: bool,
    /// The origin of our own pages (`https://chitieu.example.gov.vn`); none: what the browser or the host says.
    pub origin: Option<String>,
    /// A proxy stands before the server and says who asks (`crates/server/src/http/client_address.rs`).
    pub behind_proxy: bool,
    /// Origins that may frame widgets (`https://portal.example.gov.vn`).
    pub frame_ancestors: Vec<String>,
    /// What is published is shown to everybody: widgets are served.
    pub public: bool,
    /// The day to take for today; none: the clock's.
    pub today: Option<NaiveDate>,
    /// Where files that are attached are examined.
    pub examiner: Examiner,
}

/// See the module.
pub struct Context {
    /// Plan, units, version.
    pub plan: Loaded,
    /// The versions of the plan that ops may name.
    pub plans: Arc<Accepted>,
    /// What is durable.
    pub store: Store,
    /// Settings.
    pub settings: Settings,
    /// True where every screen says that the data are illustrative.
    pub illustrative: bool,
}

impl Context {
    /// Today: the day set, or the clock's in Vietnam (UTC+7, no summer time).
    pub fn today(&self) -> NaiveDate {
        self.settings.today.unwrap_or_else(|| now().date_naive())
    }

    /// Runs what takes processor time where it keeps no request waiting.
    pub async fn aside<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> T {
        let own = Arc::clone(self);
        match tokio::task::spawn_blocking(move || work(&own)).await {
            Ok(done) => done,
            // It is not cancelled, so it panicked: told as any other handler's panic.
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}
