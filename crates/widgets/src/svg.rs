//! A target as one SVG picture, for pages that take nothing but an image. All colours are attributes.

use crate::text::{CardText, Tone};
use crate::{Locale, t};
use leptos::prelude::*;

/// Width of the picture.
pub const WIDTH: u32 = 360;
/// Height of the picture.
pub const HEIGHT: u32 = 190;

/// Lines of at most `most` characters, broken at spaces.
fn lines(text: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A text of at most `most` lines, below what stands at the top.
fn paragraph(text: &str, most: usize) -> impl IntoView + use<> {
    let line = |(place, line): (usize, String)| {
        view! { <text x="16" y=(50 + 18 * place).to_string() font-size="13" fill="#1d1b19">{line}</text> }
    };
    lines(text, 46).into_iter().take(most).enumerate().map(line).collect_view()
}

/// What every picture has: its size, its ground, and a sentence for whoever does not see it.
#[component]
fn Frame(
    /// The sentence.
    label: String,
    /// What is drawn.
    children: Children,
) -> impl IntoView {
    view! {
        <svg
            xmlns="http://www.w3.org/2000/svg"
            viewBox=format!("0 0 {WIDTH} {HEIGHT}")
            width=WIDTH.to_string()
            height=HEIGHT.to_string()
            role="img"
            aria-label=label
            font-family="Be Vietnam Pro, system-ui, sans-serif"
        >
            <rect width="360" height="190" rx="8" fill="#ffffff" stroke="#d3ccc2"></rect>
            {children()}
        </svg>
    }
}

/// The picture.
#[component]
pub fn TargetSvg(
    /// What it says.
    card: CardText,
    /// Who is spoken of and when it was published.
    source: String,
    /// Language.
    locale: Locale,
) -> impl IntoView {
    let colour = match card.tone {
        Tone::Met => "#17734a",
        Tone::NotMet => "#b3261e",
        Tone::Neutral => "#5b5650",
    };
    let mut verdict = card.verdict.to_owned();
    if card.provisional {
        verdict = format!("{verdict} ({})", t::card::provisional(locale));
    }
    let label =
        format!("{}: {}. {} {}. {verdict}. {}", card.id, card.title, card.big, card.fraction, card.gap);
    let label = card.reading.iter().fold(label, |label, reading| format!("{label}. {reading}"));
    let at = |permille: u32| (permille * 328 / 1000).to_string();
    view! {
        <Frame label=label>
            <text x="16" y="26" font-size="12" fill="#5b5650">{format!("{} · {}", card.id, card.section)}</text>
            <text x="344" y="26" font-size="12" font-weight="600" text-anchor="end" fill=colour>{verdict}</text>
            {paragraph(&card.title, 2)}
            <text x="16" y="104" font-size="26" font-weight="700" fill="#1d1b19">{card.big}</text>
            <text x="344" y="104" font-size="12" text-anchor="end" fill="#5b5650">{card.fraction}</text>
            {card
                .bar
                .map(|value| {
                    view! {
                        <rect x="16" y="118" width="328" height="6" rx="3" fill="#ece7df"></rect>
                        <rect x="16" y="118" width=at(value) height="6" rx="3" fill=colour></rect>
                        {card
                            .mark
                            .map(|m| {
                                let x = 16 + m * 328 / 1000;
                                view! { <path d=format!("M{x} 114v14") stroke="#1d1b19" stroke-width="2"></path> }
                            })}
                    }
                })}
            <text x="16" y="146" font-size="12.5" fill="#1d1b19">{card.gap}</text>
            <text x="16" y="164" font-size="11" fill="#5b5650">{card.days}</text>
            <text x="16" y="180" font-size="11" fill="#5b5650">{source}</text>
        </Frame>
    }
}

/// A picture with a text alone, of the same size.
#[component]
pub fn MessageSvg(
    /// What it says.
    text: &'static str,
) -> impl IntoView {
    view! {
        <Frame label=text.to_owned()>
            {paragraph(text, 8)}
        </Frame>
    }
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn long_titles_break_at_spaces() {
        assert_eq!(lines("Tỷ lệ điều tra, khám phá", 12), ["Tỷ lệ điều", "tra, khám", "phá"]);
    }
}
