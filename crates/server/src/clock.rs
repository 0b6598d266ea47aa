//! The clock, in Vietnam's time.

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
