//! What screens follow row by row: the replica and the figures are plain data, and a change of a cell reaches the rows of its
//! series and whoever asked to be told of figures that moved.

use chitieu_client::figures::Moved;
use chitieu_domain::{ElementIx, ReporterIx};
use leptos::prelude::*;
use std::rc::Rc;

/// The cells of an element of a reporter, in all periods.
pub type Series = (ReporterIx, ElementIx);

fn find(all: &[(Series, ArcTrigger)], series: Series) -> Result<usize, usize> {
    all.binary_search_by_key(&series, |(of, _)| *of)
}

/// Told of figures that moved.
type Watcher = Rc<dyn Fn(&[Moved])>;

/// Handles; cheap to copy.
#[derive(Clone, Copy)]
pub struct Rows {
    /// One a series that a screen has followed, by series.
    triggers: StoredValue<Vec<(Series, ArcTrigger)>>,
    watchers: StoredValue<Vec<Watcher>, LocalStorage>,
}

impl Rows {
    /// Nobody follows anything.
    pub fn new() -> Self {
        Self { triggers: StoredValue::default(), watchers: StoredValue::new_local(Vec::new()) }
    }

    /// Follows the cells of an element of a reporter, in all periods.
    pub fn track(self, reporter: ReporterIx, element: ElementIx) {
        let series = (reporter, element);
        let trigger = self.triggers.try_update_value(|all| match find(all, series) {
            Ok(at) => all[at].1.clone(),
            Err(at) => {
                all.insert(at, (series, ArcTrigger::new()));
                all[at].1.clone()
            }
        });
        if let Some(trigger) = trigger {
            trigger.track();
        }
    }

    /// Calls with figures that moved, and with none where all were taken anew, for as long as the screen is there.
    pub fn watch(self, call: impl Fn(&[Moved]) + 'static) {
        let call: Watcher = Rc::new(call);
        let own = StoredValue::new_local(call.clone());
        self.watchers.update_value(|all| all.push(call));
        on_cleanup(move || {
            let own = own.try_get_value();
            self.watchers.try_update_value(|all| {
                all.retain(|other| own.as_ref().is_none_or(|own| !Rc::ptr_eq(own, other)));
            });
        });
    }

    /// These rows look different.
    pub fn touched(self, rows: impl Iterator<Item = Series>) {
        let found: Vec<ArcTrigger> = self
            .triggers
            .with_value(|all| rows.filter_map(|row| Some(all[find(all, row).ok()?].1.clone())).collect());
        for trigger in found {
            trigger.notify();
        }
    }

    /// These figures moved.
    pub fn moved(self, moved: &[Moved]) {
        for call in self.watchers.get_value() {
            call(moved);
        }
    }

    /// Everything was read anew.
    pub fn all(self) {
        for trigger in
            self.triggers.with_value(|all| all.iter().map(|(_, trigger)| trigger.clone()).collect::<Vec<_>>())
        {
            trigger.notify();
        }
        self.moved(&[]);
    }
}
