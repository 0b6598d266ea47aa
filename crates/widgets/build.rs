//! Turns `locales/*.toml` into one checked function a text, `t::table::key(locale, …)`.
//!
//! A key that one language lacks, or whose `{placeholders}` differ, fails the build. Nothing of this is left
//! at run time but the texts. leptos_i18n does the same with more, but its build crate brings ICU's data
//! generator, several times the rest of this build.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

type Texts = BTreeMap<String, BTreeMap<String, String>>;

fn read(language: &str) -> Texts {
    let path = format!("locales/{language}.toml");
    println!("cargo::rerun-if-changed={path}");
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    toml::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The names in braces, in order of appearance, each once.
fn placeholders(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for part in text.split('{').skip(1) {
        let name = part.split('}').next().expect("split yields a part");
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let (vi, en) = (read("vi"), read("en"));
    let keys = |texts: &Texts| -> Vec<String> {
        texts.iter().flat_map(|(t, keys)| keys.keys().map(move |k| format!("{t}.{k}"))).collect()
    };
    let (vi_keys, en_keys) = (keys(&vi), keys(&en));
    let lacking = |have: &[String], wanted: &[String]| -> Vec<String> {
        wanted.iter().filter(|k| !have.contains(k)).cloned().collect()
    };
    assert_eq!(lacking(&en_keys, &vi_keys), [""; 0], "keys that locales/en.toml lacks");
    assert_eq!(lacking(&vi_keys, &en_keys), [""; 0], "keys that locales/vi.toml lacks");
    let mut code = String::new();
    for (table, texts) in &vi {
        writeln!(code, "/// Texts of the table `{table}`.\n#[allow(clippy::too_many_arguments, reason = \"a text has as many as it needs\")]\npub mod {table} {{\n    use crate::Locale;")
            .expect("a string");
        for (key, vi_text) in texts {
            let en_text = &en[table][key];
            let names = placeholders(vi_text);
            let mut sorted = (names.clone(), placeholders(en_text));
            sorted.0.sort_unstable();
            sorted.1.sort_unstable();
            assert_eq!(sorted.0, sorted.1, "{table}.{key}: the placeholders differ");
            let doc = vi_text.replace('\n', " ").replace(['[', ']', '<', '>'], "");
            let mut arguments = String::new();
            for name in &names {
                write!(arguments, ", {name}: impl std::fmt::Display").expect("a string");
            }
            if names.is_empty() {
                writeln!(
                    code,
                    "    /// {doc}\n    pub const fn {key}(locale: Locale) -> &'static str {{ match locale {{ Locale::Vi => {vi_text:?}, Locale::En => {en_text:?} }} }}"
                )
            } else {
                writeln!(
                    code,
                    "    /// {doc}\n    pub fn {key}(locale: Locale{arguments}) -> String {{ match locale {{ Locale::Vi => format!({vi_text:?}), Locale::En => format!({en_text:?}) }} }}"
                )
            }
            .expect("a string");
        }
        code.push_str("}\n");
    }
    let out = env::var("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&out).join("texts.rs"), code).expect("the output directory is writable");
}
