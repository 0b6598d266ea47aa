//! What the routes share.

use crate::auth::hashing::Hashing;
use crate::http::api::evaluation::cache::Evaluations;
use crate::http::assets::Assets;
use crate::http::embed::Public;
use crate::services::attachments::Checks;
use crate::services::context::{Context, Settings};
use crate::services::plan_file::Loaded;
use crate::store::Store;
use crate::store::push::queue::Queue;
use chitieu_sync::plans::Accepted;
use std::sync::Arc;

/// Shared by all routes.
#[derive(Clone)]
pub struct App(pub Arc<Shared>);

/// See [`App`].
pub struct Shared {
    /// Plan, store, settings.
    pub context: Arc<Context>,
    /// Pushes that wait for their turn.
    pub pushes: Queue,
    /// The app's files.
    pub assets: Assets,
    /// Hashes passwords, not too many at a time.
    pub hashing: Hashing,
    /// Examines files that are attached, not too many at a time.
    pub checks: Checks,
    /// What the public sees, made once.
    pub public: Public,
    /// Evaluations as accounts see them, made once.
    pub evaluations: Evaluations,
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
        let checks = Checks::new(settings.examiner.clone());
        let context = Arc::new(Context { plan, plans: Arc::new(plans), store, settings, illustrative });
        let (pushes, hashing, public, evaluations) = <_>::default();
        Self(Arc::new(Shared { context, pushes, assets, hashing, checks, public, evaluations }))
    }
}

impl std::ops::Deref for App {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl std::ops::Deref for Shared {
    type Target = Context;
    fn deref(&self) -> &Context {
        &self.context
    }
}
