//! What is public, made once: every published period is evaluated once a publication, and every output drawn and packed
//! once. A request finds it in memory; what is nonsense or unpublished shares one answer a kind and is never evaluated.
//!
//! A [`Publication`] is what was published up to a revision, as seen on a day. It holds its own answers, so that nothing of
//! a former one is ever mixed with them, and the memory of a former one goes with it.

pub(crate) mod answer;
pub mod draw;
pub mod output;

use super::rendered::{Rendered, framed};
use crate::services::context::Context;
use crate::store::error::StoreError;
use crate::store::news::StreamNotification;
use axum::http::{HeaderValue, StatusCode, header};
use chitieu_domain::evaluate::{Evaluation, Evaluator};
use chitieu_domain::{ElementIx, PeriodId, privacy};
use chrono::NaiveDate;
use moka::future::Cache;
use output::{How, Look, Message, Output};

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// Bytes of memory for one publication's answers; a former one has its own while it is replaced.
const ANSWERS: u64 = 32 << 20;
/// Periods that are remembered with their verdicts; the plan's years have fewer.
const PERIODS: u64 = 1_000;
/// How often the store is asked for what nobody told.
const LOOK: Duration = Duration::from_secs(5);
/// Publications of a working day come one by one; those of this time are taken together.
const TOGETHER: Duration = Duration::from_millis(500);
/// For how long the answers of a new publication are made before it replaces the former one; the rest follow when asked for.
const AHEAD: Duration = Duration::from_secs(4);

/// One target's verdict, with what a card says beside it.
pub struct Judged {
    /// As the public may see it.
    pub evaluation: Evaluation,
    /// The last day that has figures.
    pub reported_to: Option<NaiveDate>,
    /// When the latest of its figures was published.
    pub published_on: Option<NaiveDate>,
}

/// All targets of a period, in the plan's order; none where nothing of it is published.
type Verdicts = Option<Arc<Vec<Judged>>>;

/// Why something could not be made: what the store said, to all who asked for it.
pub type Failed = Arc<StoreError>;

/// See the module.
pub struct Publication {
    revision: u64,
    day: NaiveDate,
    published: Arc<BTreeSet<PeriodId>>,
    /// The years from which it has something: one more at each end, since a business year may begin in the year before.
    years: Option<RangeInclusive<i16>>,
    verdicts: Cache<PeriodId, Verdicts>,
    answers: Cache<Output, Arc<Rendered>>,
}

/// The publication that is shown, and messages.
pub struct Public {
    shown: RwLock<Option<Arc<Publication>>>,
    /// Held by whoever makes the next one.
    turn: tokio::sync::Mutex<()>,
    messages: Cache<(Message, How), Arc<Rendered>>,
}

impl Default for Public {
    fn default() -> Self {
        Self { shown: RwLock::default(), turn: <_>::default(), messages: Cache::new(PERIODS) }
    }
}

impl Publication {
    async fn begin(context: &Arc<Context>, revision: u64, day: NaiveDate) -> Result<Self, StoreError> {
        let published = context.store.published_periods().await?;
        let first = published.iter().map(|period| years(*period).0).min();
        let last = published.iter().map(|period| years(*period).1).max();
        Ok(Self {
            revision,
            day,
            published: Arc::new(published),
            years: first.zip(last).map(|(first, last)| first - 1..=last + 1),
            verdicts: Cache::new(PERIODS),
            answers: Cache::builder()
                .max_capacity(ANSWERS)
                .weigher(|_, answer: &Arc<Rendered>| answer.weight().try_into().unwrap_or(u32::MAX))
                .build(),
        })
    }

    /// All targets of a period, evaluated once for whoever asks.
    async fn verdicts(&self, context: &Arc<Context>, period: PeriodId) -> Result<Verdicts, Failed> {
        let (first, last) = years(period);
        if !self.years.as_ref().is_some_and(|with| with.contains(&first) && with.contains(&last)) {
            return Ok(None);
        }
        self.verdicts.try_get_with(period, self.evaluate(context, period)).await
    }

    async fn evaluate(&self, context: &Arc<Context>, period: PeriodId) -> Result<Verdicts, StoreError> {
        let published = self.published.clone();
        let needed = context.aside(move |context| {
            let needed = Evaluator::new(&context.plan.model).cells_needed(period);
            needed.iter().any(|(_, period)| published.contains(period)).then_some(needed)
        });
        let Some(needed) = needed.await else { return Ok(None) };
        let model = &context.plan.model;
        let figures = context.store.published_figures(model, &needed).await?;
        let published = context.store.published_days(model, &needed).await?;
        let day = self.day;
        let all = context.aside(move |context| {
            let model = &context.plan.model;
            let (evaluator, scope) = (Evaluator::new(model), model.own_territory());
            let all = privacy::public(model, evaluator.evaluate_all(&figures, scope, period, day));
            let days = evaluator.all_reported_to(&figures, scope, period);
            let judged = all.into_iter().zip(days).enumerate().map(|(target, (evaluation, reported_to))| {
                let named: BTreeSet<ElementIx> = model.target_elements(target).collect();
                let own = published.iter().filter(|((element, _), _)| named.contains(element));
                Judged { evaluation, reported_to, published_on: own.map(|(_, day)| *day).max() }
            });
            judged.collect::<Vec<_>>()
        });
        Ok(Some(Arc::new(all.await)))
    }

    /// The answer for an output; none where nothing of its period is published.
    pub async fn answer(
        &self,
        context: &Arc<Context>,
        output: Output,
    ) -> Result<Option<Arc<Rendered>>, Failed> {
        if let Some(found) = self.answers.get(&output).await {
            return Ok(Some(found));
        }
        let Some(verdicts) = self.verdicts(context, output.period).await? else { return Ok(None) };
        let draw = context.aside(move |context| {
            let text = draw::target(context, output.target, &verdicts[output.target], output.how);
            let headers = framed(kind(output.how.look), &context.settings.frame_ancestors);
            Arc::new(Rendered::new(StatusCode::OK, &headers, text.as_bytes()))
        });
        Ok(Some(self.answers.get_with(output, draw).await))
    }

    /// The running year, or where nothing of it is published yet the latest one that has something.
    pub async fn latest(&self, context: &Arc<Context>, target: usize) -> Result<Option<PeriodId>, Failed> {
        let model = &context.plan.model;
        let running = model.target_calendar(target).business_year_on(self.day);
        let (Some(running), Some(years)) = (running, &self.years) else { return Ok(None) };
        for year in (*years.start()..=running).rev() {
            if self.verdicts(context, PeriodId::Year(year)).await?.is_some() {
                return Ok(Some(PeriodId::Year(year)));
            }
        }
        Ok(None)
    }

    /// Makes what a former publication was asked for.
    async fn follow(&self, context: &Arc<Context>, former: &Self) -> Result<(), Failed> {
        for (period, _) in &former.verdicts {
            self.verdicts(context, *period).await?;
        }
        for (output, _) in &former.answers {
            self.answer(context, *output).await?;
        }
        Ok(())
    }
}

impl Public {
    /// What is shown now; the first to ask waits for it to be read.
    pub async fn shown(&self, context: &Arc<Context>) -> Result<Arc<Publication>, Failed> {
        match self.seen() {
            Some(shown) => Ok(shown),
            None => self.refresh(context).await,
        }
    }

    fn seen(&self) -> Option<Arc<Publication>> {
        self.shown.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Shows what is published by now. Until it is evaluated and drawn the former publication is shown.
    pub async fn refresh(&self, context: &Arc<Context>) -> Result<Arc<Publication>, Failed> {
        let _turn = self.turn.lock().await;
        let former = self.seen();
        // Read before the figures: they are of this revision or a later one, which will be noticed.
        let (revision, day) = (context.store.publication().await?, context.today());
        if let Some(same) = former.clone().filter(|p| (p.revision, p.day) == (revision, day)) {
            return Ok(same);
        }
        let next = Arc::new(Publication::begin(context, revision, day).await?);
        if let Some(former) = former
            && let Ok(done) = tokio::time::timeout(AHEAD, next.follow(context, &former)).await
        {
            done?;
        }
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Some(next.clone());
        Ok(next)
    }

    /// Follows what is published and the day, for as long as the server runs.
    pub async fn keep(&self, context: &Arc<Context>) {
        let mut news = context.store.news.listen();
        loop {
            if let Err(error) = self.refresh(context).await {
                tracing::error!(%error, "what is public could not be read");
            }
            match tokio::time::timeout(LOOK, news.recv()).await {
                Ok(Ok(StreamNotification::Stop) | Err(tokio::sync::broadcast::error::RecvError::Closed)) => {
                    return;
                }
                Ok(_) => tokio::time::sleep(TOGETHER).await,
                Err(_) => {}
            }
        }
    }

    /// The one answer of a kind.
    pub async fn message(&self, context: &Arc<Context>, message: Message, how: How) -> Arc<Rendered> {
        let draw = async {
            let status = match message {
                Message::Unknown | Message::Nowhere => StatusCode::NOT_FOUND,
                Message::Wrong => StatusCode::BAD_REQUEST,
                Message::Unpublished => StatusCode::OK,
                Message::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            };
            let mut headers = framed(kind(how.look), &context.settings.frame_ancestors);
            if message == Message::Unavailable {
                headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            }
            Arc::new(Rendered::new(status, &headers, draw::message(message, how).as_bytes()))
        };
        self.messages.get_with((message, how), draw).await
    }
}

/// The first and the last year that a period names.
const fn years(period: PeriodId) -> (i16, i16) {
    match period {
        PeriodId::Years(first, last) => (first, last),
        PeriodId::Year(y)
        | PeriodId::Half(y, _)
        | PeriodId::NineMonths(y)
        | PeriodId::Quarter(y, _)
        | PeriodId::Month(y, _) => (y, y),
    }
}

fn kind(look: Look) -> &'static str {
    match look {
        Look::Page => "text/html; charset=utf-8",
        Look::Picture => "image/svg+xml",
    }
}
