//! What screens follow row by row: the replica and the figures are plain data, and a change of a cell reaches the rows of its
//! series and whoever asked to be told of figures that moved.

use chitieu_client::figures::Moved;
use chitieu_domain::{ElementIx, ReporterIx};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::rc::Rc;

/// Rows of a change that are told of it at once: more than a screen shows.
const AT_ONCE: usize = 64;
/// Rows that are told together after those. Between two such parts the browser draws, takes keys and hears what is on disk.
const TOGETHER: usize = 400;
/// Milliseconds until it is looked again whether something is being stored.
const WAIT: u32 = 10;
/// How often it is looked.
const MOST_WAITS: u32 = 50;

/// The cells of an element of a reporter, in all periods.
pub type Series = (ReporterIx, ElementIx);

fn find(all: &[(Series, ArcTrigger)], series: Series) -> Result<usize, usize> {
    all.binary_search_by_key(&series, |(of, _)| *of)
}

/// Told of figures that moved.
type Watcher = Rc<dyn Fn(&[Moved])>;

/// A handle; cheap to copy.
#[derive(Clone, Copy)]
pub struct Rows(StoredValue<Followed, LocalStorage>);

#[derive(Default)]
struct Followed {
    /// One a series that a screen has followed, by series.
    triggers: Vec<(Series, ArcTrigger)>,
    /// Each with its number.
    watchers: Vec<(u32, Watcher)>,
    /// The next number.
    next: u32,
}

impl Rows {
    /// Nobody follows anything.
    pub fn new() -> Self {
        Self(StoredValue::new_local(Followed::default()))
    }

    /// Follows the cells of an element of a reporter, in all periods.
    pub fn track(self, reporter: ReporterIx, element: ElementIx) {
        let series = (reporter, element);
        let trigger = self.0.try_update_value(|Followed { triggers, .. }| match find(triggers, series) {
            Ok(at) => triggers[at].1.clone(),
            Err(at) => {
                triggers.insert(at, (series, ArcTrigger::new()));
                triggers[at].1.clone()
            }
        });
        if let Some(trigger) = trigger {
            trigger.track();
        }
    }

    /// Calls with figures that moved, and with none where all were taken anew, for as long as the screen is there.
    pub fn watch(self, call: impl Fn(&[Moved]) + 'static) {
        let call: Watcher = Rc::new(call);
        let number = self.0.try_update_value(|all| {
            all.next += 1;
            all.watchers.push((all.next, call));
            all.next
        });
        on_cleanup(move || {
            self.0.try_update_value(|all| all.watchers.retain(|(other, _)| Some(*other) != number));
        });
    }

    /// These rows look different. Of a pasted form the first are told at once, the others part by part, and while something is being
    /// stored they wait: what a person gave goes before what they see of it, for half a second at most.
    pub fn touched(self, rows: impl Iterator<Item = Series>, is_storing: impl Fn() -> bool + 'static) {
        let mut found: Vec<ArcTrigger> = self.0.with_value(|Followed { triggers, .. }| {
            rows.filter_map(|row| Some(triggers[find(triggers, row).ok()?].1.clone())).collect()
        });
        let later = found.split_off(found.len().min(AT_ONCE));
        found.iter().for_each(ArcTrigger::notify);
        if !later.is_empty() {
            spawn_local(async move {
                let mut waits = MOST_WAITS;
                for part in later.chunks(TOGETHER) {
                    TimeoutFuture::new(0).await;
                    while waits > 0 && is_storing() {
                        waits -= 1;
                        TimeoutFuture::new(WAIT).await;
                    }
                    part.iter().for_each(ArcTrigger::notify);
                }
            });
        }
    }

    /// These figures moved.
    pub fn moved(self, moved: &[Moved]) {
        for (_, call) in self.0.with_value(|all| all.watchers.clone()) {
            call(moved);
        }
    }

    /// Everything was read anew.
    pub fn all(self) {
        let all = self.0.with_value(|all| all.triggers.clone());
        for (_, trigger) in all {
            trigger.notify();
        }
        self.moved(&[]);
    }
}
