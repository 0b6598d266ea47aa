//! The device's clock, for display and for timers alone; it orders nothing.

use chitieu_widgets::{Locale, text};
use chrono::NaiveDate;
use gloo_timers::future::TimeoutFuture;

/// Milliseconds from a key until what it brings about elsewhere is worked out.
const AFTER_KEY: u32 = 40;

/// Waits until the frame of the key that is being worked on is shown: what is not in it is done then.
pub async fn after_key() {
    TimeoutFuture::new(AFTER_KEY).await;
}

/// The time as it is put on an op (RFC 3339, UTC).
pub fn entered_at() -> String {
    String::from(js_sys::Date::new_0().to_iso_string())
}

/// The same of a time in milliseconds since 1970.
pub fn text_of(milliseconds: u64) -> String {
    String::from(js_sys::Date::new(&(milliseconds as f64).into()).to_iso_string())
}

/// Milliseconds of the device's clock since 1970.
pub fn milliseconds() -> f64 {
    js_sys::Date::now()
}

/// Milliseconds since the page began, which no change of the clock moves.
pub fn monotonic() -> f64 {
    web_sys::window().and_then(|w| w.performance()).map_or_else(milliseconds, |p| p.now())
}

/// `HH:MM` and the day, with its year, of a stored time, in the person's own zone.
pub fn shown(at: &str, locale: Locale) -> String {
    moment(&js_sys::Date::new(&at.into()), locale).unwrap_or_else(|| at.to_owned())
}

/// The same of this moment.
pub fn now(locale: Locale) -> String {
    at(0.0, locale)
}

/// The same of a clock that is so many milliseconds ahead of the device's.
pub fn at(ahead: f64, locale: Locale) -> String {
    let date = js_sys::Date::new_0();
    date.set_time(date.get_time() + ahead);
    moment(&date, locale).unwrap_or_default()
}

/// None where the date is none.
fn moment(date: &js_sys::Date, locale: Locale) -> Option<String> {
    let day = NaiveDate::from_ymd_opt(
        i32::try_from(date.get_full_year()).ok()?,
        date.get_month() + 1,
        date.get_date(),
    )?;
    Some(format!("{:02}:{:02} {}", date.get_hours(), date.get_minutes(), text::day(day, locale)))
}

/// A number from 0 to 1 that spreads devices out in time.
pub fn jitter() -> f64 {
    js_sys::Math::random()
}
