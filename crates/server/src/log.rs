//! What the server tells its keeper, on standard error: one line an event, whatever stands in it. Never in it: passwords,
//! tokens, cookies, figures, and what somebody typed as a user name that no account has, since that may be a password.

use std::io::Write;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Characters of a line; the rest is cut.
const LONGEST: usize = 4_000;

/// Begins to log, at the levels that `RUST_LOG` names. Panics are logged like anything else.
pub fn init() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| "info,sqlx=warn".into());
    // Colours are control characters, which no line has.
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(Lines).init();
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(at, said = panic.payload_as_str().unwrap_or_default(), "panicked");
    }));
}

/// Names the person of the request that is being answered, in every line about it.
pub fn names(username: &str) {
    tracing::Span::current().record("who", tracing::field::debug(username));
}

/// One event as one line. Requests bring names and texts of anybody's choosing: line feeds in them would forge further
/// lines, escape sequences would be obeyed by the terminal that shows them, and marks of writing direction would
/// reorder them.
fn line(event: &str) -> String {
    let event = event.strip_suffix('\n').unwrap_or(event);
    let mut out = String::with_capacity(event.len() + 1);
    for c in event.chars().take(LONGEST) {
        let is_direction =
            matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || is_direction || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out.push('\n');
    out
}

/// Standard error, a line a write: the subscriber hands every event over whole.
#[derive(Debug, Clone, Copy)]
struct Lines;

impl Write for Lines {
    fn write(&mut self, event: &[u8]) -> std::io::Result<usize> {
        std::io::stderr().write_all(line(&String::from_utf8_lossy(event)).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;
    fn make_writer(&self) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line_without_control_characters() {
        let said =
            "refused path=/\u{1b}[31m\r\nsigned in who=\"admin\"\u{9b}2J\u{202e}\u{2028}x\u{7f} Phố Hiến\n";
        assert_eq!(
            line(said),
            "refused path=/\\u{1b}[31m\\r\\nsigned in who=\"admin\"\\u{9b}2J\\u{202e}\\u{2028}x\\u{7f} Phố Hiến\n"
        );
        assert_eq!(line("plain\n"), "plain\n");
        assert_eq!(line(&"ế".repeat(10_000)).chars().count(), LONGEST + 1);
    }
}
