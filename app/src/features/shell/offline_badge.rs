//! Whether this device would open without a network, why not, and the line that offers a new build.

use crate::platform::offline;
use crate::platform::offline::{Build, Obstacle, Standing};
use crate::reactive::context::locale;
use crate::ui::changing::changing;
use chitieu_widgets::t;
use leptos::prelude::*;

/// What is measured, as it changes.
fn measured() -> RwSignal<(Standing, Build)> {
    let told = RwSignal::new(offline::told());
    // Held by whatever is drawn: it ends with it.
    StoredValue::new_local(offline::on_change(move || told.set(offline::told())));
    told
}

/// The badge; opened, it says more, and what to do.
#[component]
pub fn OfflineBadge() -> impl IntoView {
    let (told, locale) = (measured(), locale());
    let standing = Memo::new(move |_| told.get().0);
    let words = move || match standing.get() {
        Standing::Unknown => ("", "", "", ""),
        Standing::Ready => ("ready", "badge met", t::offline::ready(locale), t::offline::ready_more(locale)),
        Standing::Preparing => {
            ("preparing", "badge prov", t::offline::preparing(locale), t::offline::preparing_more(locale))
        }
        Standing::Not(why) => ("not", "badge not", t::offline::not(locale), remedy(why, locale)),
    };
    view! {
        <div role="status" translate="no">
            <details class="offline" data-offline=move || words().0.to_owned()>
                <summary class=move || words().1 title=move || words().3.to_owned()>
                    <span class="dot" aria-hidden="true"></span>
                    {changing(move || words().2)}
                </summary>
                <p class="card">{changing(move || words().3)}</p>
            </details>
        </div>
    }
}

fn remedy(why: Obstacle, locale: chitieu_widgets::Locale) -> &'static str {
    match why {
        Obstacle::Http => t::offline::http(locale),
        Obstacle::Private => t::offline::private(locale),
        Obstacle::Storage => t::offline::storage(locale),
        Obstacle::Files => t::offline::files(locale),
    }
}

/// The line that offers a new build; `app/public/offline.js` hears its button.
#[component]
pub fn NewBuild() -> impl IntoView {
    let (told, locale) = (measured(), locale());
    let build = Memo::new(move |_| told.get().1);
    view! {
        <div role="status" translate="no">
            {changing(move || {
                let text = match build.get() {
                    Build::Current => return None,
                    Build::Offered => t::offline::new_build(locale),
                    Build::Refused => t::offline::refused(locale),
                };
                Some(view! {
                    <p class="card renew new-build">
                        {text} " " <button class="button quiet small" data-take>{t::offline::take(locale)}</button>
                    </p>
                })
            })}
        </div>
    }
}
