//! Draws what the public sees, with `chitieu-widgets`: a target's card as page or picture, and a message in its place.

use super::Judged;
use super::output::{How, Look, Message, Theme};
use crate::services::context::Context;
use chitieu_domain::verdict::Verdict;
use chitieu_widgets::text::{CardText, card, day};
use chitieu_widgets::{Locale, MessageSvg, TargetCard, TargetSvg, t};
use leptos::prelude::*;

/// A target's card.
pub fn target(context: &Context, target: usize, judged: &Judged, how: How) -> String {
    let (model, locale) = (&context.plan.model, how.locale);
    let evaluation = &judged.evaluation;
    let status =
        if evaluation.provisional { t::embed::provisional(locale) } else { t::embed::final_(locale) };
    let mut text = card(model, target, evaluation, locale);
    if let Some(last) = judged.reported_to.filter(|last| evaluation.provisional && *last < evaluation.to) {
        text.days = t::card::days_so_far(locale, &text.days, day(last, locale));
    }
    let mut source = match judged.published_on {
        Some(date) if evaluation.verdict != Verdict::NoData || evaluation.reported > 0 => {
            t::embed::published(locale, day(date, locale), status)
        }
        _ => t::embed::nothing(locale).to_owned(),
    };
    if context.illustrative {
        source = format!("{} · {source}", t::embed::sample(locale));
    }
    match how.look {
        Look::Picture => {
            without_markers(&view! { <TargetSvg card=text source=source locale=locale /> }.to_html())
        }
        Look::Page => {
            let basis = model.plan().legal_basis_vi.clone();
            page(how, &html(text, source, basis, locale))
        }
    }
}

/// What is said where there is nothing to show.
pub fn message(message: Message, how: How) -> String {
    let text = match message {
        Message::Unknown => t::embed::unknown(how.locale),
        Message::Wrong => t::embed::wrong(how.locale),
        Message::Unpublished => t::embed::unpublished(how.locale),
        Message::Nowhere => t::embed::nowhere(how.locale),
        Message::Unavailable => t::embed::unavailable(how.locale),
    };
    match how.look {
        Look::Picture => without_markers(&view! { <MessageSvg text=text /> }.to_html()),
        Look::Page => page(how, &view! { <p class="target">{text}</p> }.to_html()),
    }
}

/// The page under an address that is kept for pages of the server and has none yet, in both languages; `style` is the
/// address of its style sheet.
pub fn no_page(style: &str) -> String {
    let (vi, en) = (Locale::Vi, Locale::En);
    let text = view! {
        <h1>{t::embed::no_page(vi)}</h1>
        <p lang="en">{t::embed::no_page(en)}</p>
        <p>
            <a href="/">{t::embed::to_app(vi)}</a>
        </p>
    };
    document("vi", "", &format!("<link rel=\"stylesheet\" href=\"{style}\">"), &text.to_html())
}

/// The markers that Leptos leaves between nodes are HTML, and an error in an image's XML.
fn without_markers(svg: &str) -> String {
    svg.replace("<!>", "")
}

fn html(card: CardText, source: String, basis: String, locale: Locale) -> String {
    let card = view! { <TargetCard card=card locale=locale /> }.to_html();
    let source = view! {
        <footer>
            <p>{source}</p>
            <p>{t::embed::source(locale, basis)}</p>
        </footer>
    };
    format!("{card}{}", source.to_html())
}

fn page(how: How, inner: &str) -> String {
    let theme = match how.theme {
        Theme::Auto => "auto",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    document(how.locale.tag(), theme, "<link rel=\"stylesheet\" href=\"/embed/v1/style.css\">", inner)
}

fn document(lang: &str, class: &str, head: &str, inner: &str) -> String {
    format!(
        "<!doctype html><html lang=\"{lang}\" class=\"{class}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>Chỉ Tiêu</title>\
         {head}</head><body><main>{inner}</main></body></html>"
    )
}
