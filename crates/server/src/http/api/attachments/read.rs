//! `GET attachments/{reporter}/{sha256}` and `…/status`: a file for whoever may read the report, and how its upload stands.

use super::{Named, named, told};
use crate::auth::session::Person;
use crate::http::extract::Asked;
use crate::http::problem::Problem;
use crate::http::state::App;
use crate::store::error::StoreError;
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use chitieu_domain::attachment::{ContentHash, MediaType};
use chitieu_sync::api::attachments::AttachmentStatus;
use chitieu_sync::rights::Right;
use serde::Deserialize;
use std::fmt::Write as _;

/// For a file: nothing in it runs or loads, and our own pages may frame it. No `sandbox`: older releases of Chromium show no
/// PDF in one. Its viewer puts the file into a page with a style, which this lets it.
const POLICY: &str = "default-src 'none'; object-src 'self'; img-src 'self'; style-src 'unsafe-inline'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// How it is to be given.
#[derive(Deserialize)]
pub struct How {
    /// 1: to be shown, where a browser can.
    #[serde(default)]
    inline: u8,
}

pub async fn read(
    State(app): State<App>,
    person: Person,
    Path(name): Path<Named>,
    Asked(How { inline }): Asked<How>,
) -> Result<impl IntoResponse, Problem> {
    let (reporter, sha256) = named(&app, &person, Right::ReadReports, &name)?;
    let given = app.store.attachment(&reporter, sha256).await?.ok_or(Problem::NotFound)?;
    let is_shown = inline == 1 && given.media.is_shown();
    // Whoever may have the file may read the attachments of the reporter, and so what it is called.
    let name = app.store.attachment_name(&reporter, sha256).await?;
    let kind = if is_shown { "inline" } else { "attachment" };
    let headers = [
        (header::CONTENT_TYPE, given.media.mime().to_owned()),
        (header::CONTENT_DISPOSITION, disposition(kind, sha256, name.as_deref(), given.media)),
        (header::CONTENT_LENGTH, given.bytes.to_string()),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    let store = app.store.clone();
    let parts = futures_util::stream::try_unfold(0, move |part| {
        let store = store.clone();
        async move {
            if part == given.parts() {
                return Ok(None);
            }
            let body = store.attachment_part(&given, part).await.inspect_err(|error| {
                tracing::warn!(%sha256, part, %error, "an attachment was given out in part only");
            })?;
            Ok::<_, StoreError>(Some((body, part + 1)))
        }
    });
    Ok((headers, Body::from_stream(parts)))
}

/// How a browser is to take a file, and what it is called: by the content for programs that read ASCII alone, and besides as its
/// person called it (RFC 6266 and 8187). Of what a person wrote nothing is in the header but letters, digits and `%`.
fn disposition(kind: &str, sha256: ContentHash, name: Option<&str>, media: MediaType) -> String {
    let mut out = format!("{kind}; filename=\"{}.{}\"", &sha256.to_string()[..12], media.id());
    if let Some(name) = name {
        out.push_str("; filename*=UTF-8''");
        for byte in with_ending(name, media).bytes() {
            match byte {
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'.' | b'_' => out.push(char::from(byte)),
                // To a text nothing fails to be written.
                _ => write!(out, "%{byte:02X}").unwrap_or_default(),
            }
        }
    }
    out
}

/// A name that ends as files of a type do: what is given out is opened by its ending, and a picture may have become another type.
fn with_ending(name: &str, media: MediaType) -> String {
    let is_of = |ending: &str, media: MediaType| {
        let ending = ending.to_ascii_lowercase();
        ending == media.id() || (media == MediaType::Jpeg && ending == "jpg")
    };
    match name.rsplit_once('.') {
        Some((_, ending)) if is_of(ending, media) => name.to_owned(),
        Some((rest, ending)) if MediaType::ALL.iter().any(|other| is_of(ending, *other)) => {
            format!("{rest}.{}", media.id())
        }
        _ => format!("{name}.{}", media.id()),
    }
}

pub async fn status(
    State(app): State<App>,
    person: Person,
    Path(name): Path<Named>,
) -> Result<Json<AttachmentStatus>, Problem> {
    let (reporter, sha256) = named(&app, &person, Right::ReadReports, &name)?;
    let (status, is_whole) = app.store.attachment_status(&reporter, sha256).await?;
    // The server stopped after the last part came and before it was looked at.
    let status =
        if is_whole { told(app.checks.finish(&app.store, &reporter, sha256).await?)? } else { status };
    Ok(Json(status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_given_in_ascii_and_ends_as_its_type_does() {
        let sha256 = "9f86d081884c7d65".repeat(4).parse().expect("a hash");
        let of = |name: Option<&str>, media| disposition("attachment", sha256, name, media);
        assert_eq!(of(None, MediaType::Docx), "attachment; filename=\"9f86d081884c.docx\"");
        assert_eq!(
            of(Some("biên bản.pdf"), MediaType::Pdf),
            "attachment; filename=\"9f86d081884c.pdf\"; filename*=UTF-8''bi%C3%AAn%20b%E1%BA%A3n.pdf"
        );
        let hostile = of(Some("a\"; b\r\nX: y'%*\u{202e}.exe"), MediaType::Pdf);
        let (_, name) = hostile.split_once("UTF-8''").expect("a name");
        assert_eq!(name, "a%22%3B%20b%0D%0AX%3A%20y%27%25%2A%E2%80%AE.exe.pdf");
        let endings = [
            ("a.JPG", MediaType::Jpeg, "a.JPG"),
            ("a.webp", MediaType::Png, "a.png"),
            ("a", MediaType::Odt, "a.odt"),
        ];
        for (name, media, expected) in endings {
            assert_eq!(with_ending(name, media), expected);
        }
    }
}
