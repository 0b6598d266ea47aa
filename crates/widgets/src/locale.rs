//! The two languages: Vietnamese first, English second.

use chitieu_domain::number::Style;

/// A language of the screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Locale {
    /// Tiếng Việt.
    #[default]
    Vi,
    /// English.
    En,
}

impl Locale {
    /// From a language tag; anything but English is Vietnamese.
    pub fn from_tag(tag: &str) -> Self {
        if tag.starts_with("en") { Self::En } else { Self::Vi }
    }

    /// The language tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    /// How it writes numbers.
    pub const fn style(self) -> Style {
        match self {
            Self::Vi => Style::Vietnamese,
            Self::En => Style::English,
        }
    }

    /// The text of this language.
    pub fn pick<'a>(self, vi: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Vi => vi,
            Self::En => en,
        }
    }
}
