//! The app's files, in memory: hashed names are immutable, the rest is asked for anew each time. Compressed
//! copies were made when the app was packed.

use crate::http::coding::Coding;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;
use std::path::Path;

/// The app may run its own scripts and wasm, reach its own server, and be framed by nobody.
pub const APP_CSP: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

#[derive(Default)]
struct File {
    plain: Vec<u8>,
    brotli: Option<Vec<u8>>,
    gzip: Option<Vec<u8>>,
}

/// All files of one build, by path without a leading slash.
#[derive(Default)]
pub struct Assets {
    files: HashMap<String, File>,
}

impl Assets {
    /// Reads a folder made by `cargo xtask`.
    pub fn read(folder: &Path) -> std::io::Result<Self> {
        let mut assets = Self::default();
        let mut open = vec![folder.to_path_buf()];
        while let Some(current) = open.pop() {
            for entry in std::fs::read_dir(current)? {
                let path = entry?.path();
                if path.is_dir() {
                    open.push(path);
                } else if let Ok(name) = path.strip_prefix(folder) {
                    assets.add(&name.to_string_lossy().replace('\\', "/"), std::fs::read(&path)?);
                }
            }
        }
        Ok(assets)
    }

    /// The files inside the binary, where it was built with them.
    #[cfg(feature = "app-inside")]
    pub fn inside() -> Self {
        static APP: include_dir::Dir<'_> = include_dir::include_dir!("$CHITIEU_APP_DIR");
        let mut assets = Self::default();
        let mut open = vec![&APP];
        while let Some(dir) = open.pop() {
            open.extend(dir.dirs());
            for file in dir.files() {
                assets.add(&file.path().to_string_lossy(), file.contents().to_vec());
            }
        }
        assets
    }

    fn add(&mut self, name: &str, bytes: Vec<u8>) {
        if let Some(name) = name.strip_suffix(".br") {
            self.files.entry(name.to_owned()).or_default().brotli = Some(bytes);
        } else if let Some(name) = name.strip_suffix(".gz") {
            self.files.entry(name.to_owned()).or_default().gzip = Some(bytes);
        } else {
            self.files.entry(name.to_owned()).or_default().plain = bytes;
        }
    }

    /// A file, or the shell for every route of the app. What begins with an underscore is no route of it: a page for whoever works
    /// on the app, which is there where the build has a file of it.
    pub fn serve(&self, path: &str, headers: &HeaderMap) -> Response {
        let name = path.trim_start_matches('/');
        let page = format!("{name}.html");
        // A route may have a full stop too: a task's address is `/nhiem-vu/II.3.2a`. Files lie in no folder, or in one of files.
        let is_of_files = |folder: &str| {
            let inside = |file: &String| file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
            self.files.keys().any(inside)
        };
        let name = match name {
            _ if name.contains('.') && name.split_once('/').is_none_or(|(folder, _)| is_of_files(folder)) => {
                name
            }
            _ if name.starts_with('_') => &page,
            _ => "index.html",
        };
        let Some(file) = self.files.get(name) else {
            return (StatusCode::NOT_FOUND, "404").into_response();
        };
        let (bytes, coding) = match file {
            File { brotli: Some(bytes), .. } if Coding::Brotli.is_accepted(headers) => (bytes, Some("br")),
            File { gzip: Some(bytes), .. } if Coding::Gzip.is_accepted(headers) => (bytes, Some("gzip")),
            File { plain, .. } => (plain, None),
        };
        let cache = if is_hashed(name) { "public, max-age=31536000, immutable" } else { "no-cache" };
        let mut response = bytes.clone().into_response();
        let out = response.headers_mut();
        out.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
        out.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        out.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        if let Some(coding) = coding {
            out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        out.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(APP_CSP));
        response
    }
}

/// `name-0123456789abcdef.ext`: named by the hash of its bytes.
fn is_hashed(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.rsplit_once('-').is_some_and(|(_, h)| h.len() == 16 && h.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        _ => "text/plain; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_for_who_works_on_the_app_is_there_where_the_build_has_it_and_is_no_route_of_another_build() {
        let mut assets = Assets::default();
        assets.add("index.html", b"the shell".to_vec());
        let asked = |assets: &Assets, path| assets.serve(path, &HeaderMap::new()).status();
        assert_eq!(asked(&assets, "/chi-tieu"), StatusCode::OK);
        assert_eq!(asked(&assets, "/_components"), StatusCode::NOT_FOUND);
        assets.add("_components.html", b"the shell".to_vec());
        let answer = assets.serve("/_components", &HeaderMap::new());
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
    }

    #[test]
    fn a_route_may_have_a_full_stop_and_a_file_that_is_not_there_is_no_route() {
        let mut assets = Assets::default();
        assets.add("index.html", b"the shell".to_vec());
        assets.add("fonts/a-0123456789abcdef.woff2", Vec::new());
        let asked = |path| assets.serve(path, &HeaderMap::new()).status();
        for route in ["/nhiem-vu/II.3.2a", "/nhiem-vu", "/"] {
            assert_eq!(asked(route), StatusCode::OK, "{route}");
        }
        for file in ["/app-0123456789abcdef.js", "/fonts/b-0123456789abcdef.woff2", "/favicon.ico"] {
            assert_eq!(asked(file), StatusCode::NOT_FOUND, "{file}");
        }
    }

    #[test]
    fn only_names_with_a_hash_are_immutable() {
        assert!(is_hashed("app-0123456789abcdef.wasm"));
        assert!(!is_hashed("index.html"));
        assert!(!is_hashed("sw.js"));
        assert!(!is_hashed("be-vietnam-pro-latin-400-normal.woff2"));
    }
}
