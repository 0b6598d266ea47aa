//! The layers inside a crate: a file takes names from its own layer and from those that its layer may build on, and only some
//! layers name what reaches outside.

use super::imports;
use crate::Result;
use crate::tree::{files, read};
use std::path::Path;

/// A folder or file right below a crate's `src`.
struct Layer {
    name: &'static str,
    /// The layers that it may take names from besides itself.
    may: &'static [&'static str],
    /// Crates that it names nothing of.
    never: &'static [&'static str],
}

/// The layers of a crate.
struct Layers {
    src: &'static str,
    all: &'static [Layer],
    /// What every layer may use, and what itself uses none of them.
    base: &'static [&'static str],
    /// Every module must be in one: a new folder has to find its place.
    is_complete: bool,
}

/// What speaks HTTP.
const WEB: &[&str] = &["axum", "hyper", "hyper_util", "tower", "tower_http", "sqlx"];

/// `ARCHITECTURE.md`, layers.
const ALL: [Layers; 2] = [
    Layers {
        src: "crates/server/src",
        all: &[
            Layer { name: "http", may: &["services", "auth", "store"], never: &["sqlx"] },
            Layer { name: "cli", may: &["services", "auth", "store"], never: WEB },
            Layer { name: "demo", may: &["cli", "services", "auth", "store"], never: WEB },
            Layer { name: "services", may: &["auth", "store"], never: WEB },
            Layer { name: "auth", may: &["store"], never: WEB },
            Layer { name: "store", may: &[], never: &["axum", "hyper", "hyper_util", "tower", "tower_http"] },
        ],
        base: &["bytes", "clock", "delimited", "log", "public_url"],
        is_complete: true,
    },
    Layers {
        src: "app/src",
        all: &[
            Layer {
                name: "root",
                may: &["later", "features", "parts", "reactive", "ui", "routes", "storage", "platform"],
                never: &[],
            },
            Layer {
                name: "later",
                may: &["features", "parts", "reactive", "ui", "routes", "platform"],
                never: &[],
            },
            Layer { name: "parts", may: &["reactive", "ui", "routes", "platform"], never: &[] },
            Layer { name: "features", may: &["parts", "reactive", "ui", "routes", "platform"], never: &[] },
            Layer { name: "reactive", may: &["storage", "platform"], never: &[] },
            Layer { name: "ui", may: &["routes"], never: &[] },
            Layer { name: "routes", may: &["platform"], never: &[] },
            Layer { name: "storage", may: &["platform"], never: &[] },
            Layer { name: "platform", may: &[], never: &[] },
        ],
        base: &[],
        is_complete: true,
    },
];

/// What takes a name from a layer that it may not build on.
pub fn faults(root: &Path) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for layers in ALL {
        let src = root.join(layers.src);
        if src.is_dir() {
            layers.arrows(root, &src, &mut faults)?;
            layers.crates(root, &src, &mut faults)?;
        }
    }
    Ok(faults)
}

impl Layers {
    fn layer(&self, name: &str) -> Option<&Layer> {
        self.all.iter().find(|layer| layer.name == name)
    }

    fn arrows(&self, root: &Path, src: &Path, faults: &mut Vec<String>) -> Result {
        for import in imports::all(root, src)? {
            let (Some(from), Some(to)) = (import.from.first(), import.to.first()) else { continue };
            let may = match self.layer(from) {
                Some(layer) => layer.may,
                None if self.base.contains(&from.as_str()) => &[],
                None => continue,
            };
            let is_free = self.layer(to).is_none();
            if from != to && !is_free && !may.contains(&to.as_str()) {
                let (file, at) = (&import.file, &import.at);
                faults.push(format!(
                    "{file}: takes {} from {at}, and {from} may not build on {to}",
                    import.name
                ));
            }
        }
        Ok(())
    }

    fn crates(&self, root: &Path, src: &Path, faults: &mut Vec<String>) -> Result {
        for path in files(src, &[".rs"])? {
            let Ok(inside) = path.strip_prefix(src) else { continue };
            let first = inside.iter().next().unwrap_or_default().to_string_lossy().into_owned();
            let name = first.trim_end_matches(".rs");
            let file = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            let Some(layer) = self.layer(name) else {
                let is_known = self.base.contains(&name) || ["lib", "main"].contains(&name);
                if self.is_complete && !is_known {
                    faults
                        .push(format!("{file}: {name} is in no layer (`crates/xtask/src/check/layers.rs`)"));
                }
                continue;
            };
            let code = imports::code(&read(&path)?);
            for never in layer.never.iter().filter(|never| names(&code, never)) {
                faults.push(format!("{file}: names {never}, and {name} knows nothing of it"));
            }
        }
        Ok(())
    }
}

/// True where code names something of a crate.
fn names(code: &str, of: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    code.match_indices(&format!("{of}::")).any(|(at, _)| !code[..at].ends_with(is_word))
}

#[cfg(test)]
mod tests {
    use crate::check::sample::Sample;

    fn server(name: &str) -> Sample {
        let sample = Sample::new(name);
        sample.put(
            "crates/server/src/lib.rs",
            "//! A server.\npub mod clock;\npub mod http;\npub mod store;\n",
        );
        sample.put("crates/server/src/clock.rs", "//! The time.\npub fn now() {}\n");
        sample
            .put("crates/server/src/store/mod.rs", "//! Rows.\nuse crate::clock::now;\npub struct Store;\n");
        let http = "//! Routes.\nuse crate::store::Store;\nuse axum::Router;\npub struct Problem;\n";
        sample.put("crates/server/src/http/mod.rs", http);
        assert_eq!(sample.faults(), [""; 0]);
        sample
    }

    #[test]
    fn an_arrow_from_the_store_to_http_is_found() {
        let sample = server("store-http");
        sample.put("crates/server/src/store/pull.rs", "//! Pages.\nfn pull() -> crate::http::Problem {}\n");
        let found = "crates/server/src/store/pull.rs: takes Problem from crates/server/src/http/mod.rs, and store may not \
                     build on http";
        assert_eq!(sample.faults()[0], found);
    }

    #[test]
    fn what_all_use_uses_no_layer() {
        let sample = server("base");
        sample
            .put("crates/server/src/clock.rs", "//! The time.\nuse crate::store::Store;\npub fn now() {}\n");
        assert!(sample.faults().iter().any(|fault| fault.contains("clock may not build on store")));
    }

    #[test]
    fn a_web_crate_in_the_store_and_the_database_s_outside_of_it_are_found() {
        let sample = server("crates");
        sample.put("crates/server/src/store/page.rs", "//! Pages.\nuse axum::Json;\n");
        sample
            .put("crates/server/src/http/raw.rs", "//! Raw.\nfn f() {\n    sqlx::query(\"SELECT 1\");\n}\n");
        let faults = sample.faults();
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(
            faults[0].contains("http/raw.rs: names sqlx") && faults[1].contains("store/page.rs: names axum")
        );
    }

    #[test]
    fn a_module_that_has_no_place_among_the_layers_is_found() {
        let sample = server("place");
        sample.put("crates/server/src/helpers.rs", "//! This and that.\n");
        assert!(sample.faults()[0].contains("helpers is in no layer"), "{:?}", sample.faults());
    }

    #[test]
    fn a_part_without_state_that_takes_signals_is_found_and_one_that_takes_a_route_is_not() {
        let sample = Sample::new("ui");
        sample.put("app/src/lib.rs", "//! The app.\nmod reactive;\nmod routes;\nmod ui;\n");
        sample.put("app/src/reactive/mod.rs", "//! Signals.\npub struct Live;\n");
        sample.put("app/src/routes.rs", "//! Addresses.\npub enum Route {}\n");
        sample.put("app/src/ui/mod.rs", "//! Parts.\nuse crate::routes::Route;\n");
        assert_eq!(sample.faults(), [""; 0]);
        sample.put("app/src/ui/mod.rs", "//! Parts.\nuse crate::reactive::Live;\n");
        assert!(sample.faults()[0].contains("ui may not build on reactive"), "{:?}", sample.faults());
    }
}
