//! What can be asked for in public, in one normal form: addresses that mean the same share one answer.

use chitieu_domain::PeriodId;
use chitieu_widgets::Locale;

/// Page or picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Look {
    /// HTML for a frame.
    Page,
    /// SVG for an image.
    Picture,
}

/// Colours of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Theme {
    /// As the reader's system is set.
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// How something is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct How {
    /// Page or picture.
    pub look: Look,
    /// Language.
    pub locale: Locale,
    /// Colours; a picture has one set of them, [`Theme::Auto`].
    pub theme: Theme,
}

/// What is said where there is nothing to show; one answer each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Message {
    /// No target has this name.
    Unknown,
    /// A parameter is doubled or does not read.
    Wrong,
    /// Nothing of the period is published.
    Unpublished,
    /// No such address.
    Nowhere,
    /// Our fault.
    Unavailable,
}

/// A target in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Output {
    /// Its place in the plan.
    pub target: usize,
    /// The period.
    pub period: PeriodId,
    /// How it is drawn.
    pub how: How,
}

/// The parameters of an address.
#[derive(Debug, PartialEq, Eq)]
pub struct Asked {
    /// How to draw what is shown, a message too.
    pub how: How,
    /// The period, where one is named; an error where a parameter is doubled or does not read.
    pub period: Result<Option<PeriodId>, Message>,
}

impl Asked {
    /// Reads a query. Names that mean nothing here are passed over: portals add their own.
    pub fn read(query: &[(String, String)], look: Look) -> Self {
        let all = |wanted: &str| {
            let mut values = query.iter().filter(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
            (values.next(), values.next().is_some())
        };
        let (lang, lang_twice) = all("lang");
        let (theme, theme_twice) = all("theme");
        let (period, period_twice) = all("period");
        let locale = match lang.map(|tag| tag.split('-').next().unwrap_or(tag)) {
            None | Some("vi") => Some(Locale::Vi),
            Some("en") => Some(Locale::En),
            Some(_) => None,
        };
        let theme = match theme {
            None | Some("auto") => Some(Theme::Auto),
            Some("light") => Some(Theme::Light),
            Some("dark") => Some(Theme::Dark),
            Some(_) => None,
        };
        let period = period.map(str::parse).transpose();
        let is_wrong = lang_twice || theme_twice || period_twice || locale.is_none() || theme.is_none();
        let theme = theme.filter(|_| look == Look::Page).unwrap_or(Theme::Auto);
        Self {
            how: How { look, locale: locale.unwrap_or_default(), theme },
            period: period.ok().filter(|_| !is_wrong).ok_or(Message::Wrong),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &[(&str, &str)], look: Look) -> Asked {
        let query: Vec<_> = query.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Asked::read(&query, look)
    }

    #[test]
    fn addresses_that_mean_the_same_read_the_same() {
        let bare = read(&[], Look::Page);
        assert_eq!(bare, read(&[("utm_source", "x"), ("lang", "vi-VN"), ("theme", "auto")], Look::Page));
        assert_ne!(bare, read(&[("theme", "dark")], Look::Page));
        assert_eq!(read(&[], Look::Picture), read(&[("theme", "dark")], Look::Picture));
    }

    #[test]
    fn what_is_doubled_or_does_not_read_is_wrong_in_the_pages_language() {
        for wrong in [
            &[("period", "abc")][..],
            &[("period", "1900")],
            &[("period", "2024"), ("period", "2024")],
            &[("lang", "fr")],
            &[("theme", "")],
        ] {
            let asked = read(&[wrong, &[("x", "y")]].concat(), Look::Page);
            assert_eq!(asked.period, Err(Message::Wrong), "{wrong:?}");
        }
        let english = read(&[("lang", "en"), ("period", "abc")], Look::Page);
        assert_eq!((english.period, english.how.locale), (Err(Message::Wrong), Locale::En));
    }
}
