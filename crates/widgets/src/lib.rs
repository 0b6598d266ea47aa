//! What is drawn alike in the app and in a portal: target cards, and the words of both languages.
//!
//! Components are Leptos; the app mounts them, the server renders them to HTML and SVG. [`text`] turns an
//! evaluation into the words and proportions that every drawing shares.

pub mod card;
pub mod locale;
pub mod svg;
pub mod text;

pub use card::TargetCard;
pub use locale::Locale;
pub use svg::{MessageSvg, TargetSvg};

/// Every text, `t::table::key(locale)`, made from `locales/`.
#[expect(clippy::match_same_arms, reason = "some words are the same in both languages")]
pub mod t {
    include!(concat!(env!("OUT_DIR"), "/texts.rs"));
}

/// The style of a widget that stands alone in a portal's frame.
pub const EMBED_CSS: &str = include_str!("../embed.css");
