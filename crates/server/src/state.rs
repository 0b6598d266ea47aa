//! What the routes share: plan, store, settings, the clock, and the figures for evaluation.

use crate::assets::Assets;
use crate::hashing::Hashing;
use crate::plan_file::Loaded;
use crate::problem::Problem;
use crate::public::Public;
use crate::routes::evaluation::Evaluations;
use crate::session::Person;
use crate::store::Store;
use crate::store::push::queue::Queue;
use chitieu_sync::plans::Accepted;
use chitieu_sync::rights::{Right, Thing};
use chrono::NaiveDate;
use std::sync::Arc;

/// What is set when the server starts.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Cookies carry Secure and the `__Host-` name, and answers HSTS: where the public address is https.
    pub secure_cookies: bool,
    /// The origin of our own pages (`https://chitieu.example.gov.vn`); none: what the browser or the host says.
    pub origin: Option<String>,
    /// A proxy stands before the server and says who asks ([`crate::client_address`]).
    pub behind_proxy: bool,
    /// Origins that may frame widgets (`https://portal.example.gov.vn`).
    pub frame_ancestors: Vec<String>,
    /// What is published is shown to everybody: widgets are served.
    pub public: bool,
    /// The day to take for today; none: the clock's.
    pub today: Option<NaiveDate>,
}

/// Shared by all routes.
#[derive(Clone)]
pub struct App(pub Arc<Shared>);

/// See [`App`].
pub struct Shared {
    /// Plan, units, version.
    pub plan: Loaded,
    /// The versions of the plan that ops may name.
    pub plans: Arc<Accepted>,
    /// What is durable.
    pub store: Store,
    /// Pushes that wait for their turn.
    pub pushes: Queue,
    /// The app's files.
    pub assets: Assets,
    /// Settings.
    pub settings: Settings,
    /// Hashes passwords, not too many at a time.
    pub hashing: Hashing,
    /// What the public sees, made once.
    pub public: Public,
    /// Evaluations as accounts see them, made once.
    pub evaluations: Evaluations,
    /// True where every screen says that the data are illustrative.
    pub illustrative: bool,
}

impl App {
    /// What the routes of a new server share; nothing is hashed, published or evaluated yet.
    pub fn new(
        plan: Loaded,
        plans: Accepted,
        store: Store,
        assets: Assets,
        settings: Settings,
        illustrative: bool,
    ) -> Self {
        let (hashing, public, evaluations, pushes) = <_>::default();
        let shared = Shared {
            plan,
            plans: Arc::new(plans),
            store,
            pushes,
            assets,
            settings,
            hashing,
            public,
            evaluations,
            illustrative,
        };
        Self(Arc::new(shared))
    }
}

impl std::ops::Deref for App {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Shared {
    /// Today: the day set, or the clock's in Vietnam (UTC+7, no summer time).
    pub fn today(&self) -> NaiveDate {
        self.settings.today.unwrap_or_else(|| now().date_naive())
    }

    /// Refuses who may not do or read this.
    pub fn allows(&self, person: &Person, right: Right, about: Thing) -> Result<(), Problem> {
        let may = person.grants.allows(right, about, &self.plan.model, self.today());
        if may { Ok(()) } else { Err(Problem::Forbidden) }
    }
}

/// Now, as ops and answers are stamped (RFC 3339, Vietnam's offset).
pub fn timestamp() -> String {
    now().to_rfc3339_opts(chrono::SecondsFormat::Millis, false)
}

/// A moment (seconds since 1970), as it is told.
pub fn told(seconds: i64) -> String {
    let moment = chrono::DateTime::from_timestamp(seconds, 0).unwrap_or_default();
    moment.with_timezone(now().offset()).to_rfc3339()
}

/// The time in Vietnam. The one place where the server reads a calendar clock.
#[expect(clippy::disallowed_methods, reason = "the server's edge: time enters here")]
pub fn now() -> chrono::DateTime<chrono::FixedOffset> {
    let hanoi = chrono::FixedOffset::east_opt(7 * 3600).expect("seven hours are a valid offset");
    chrono::Utc::now().with_timezone(&hanoi)
}
