//! The texts of the shell: what is read before the app runs comes from the same files as the app's own.

use crate::{Result, tree};
use std::collections::BTreeMap;

type Tables = BTreeMap<String, BTreeMap<String, String>>;

/// Those that `app/public/boot.js` and `data-text` in `index.html` name, with their places in `crates/widgets/locales`.
const OF_SCRIPT: [(&str, &str); 16] = [
    ("title", "shell.title"),
    ("about", "sign_in.about"),
    ("username", "sign_in.username"),
    ("password", "sign_in.password"),
    ("enter", "sign_in.enter"),
    ("busy", "sign_in.busy"),
    ("secrets", "sign_in.secrets"),
    ("unreachable", "fault.unreachable"),
    ("internal", "problem.internal"),
    ("starting", "shell.starting"),
    ("opening", "boot.opening"),
    ("stopped", "boot.stopped"),
    ("kept", "boot.kept"),
    ("report", "boot.report"),
    ("copy", "boot.copy"),
    ("reload", "boot.reload"),
];

/// Every text in both languages.
pub struct Texts([(&'static str, Tables); 2]);

impl Texts {
    /// Reads them.
    pub fn read() -> Result<Self> {
        let of = |language: &str| -> Result<Tables> {
            let path = tree::root().join(format!("crates/widgets/locales/{language}.toml"));
            toml::from_str(&tree::read(&path)?).map_err(|e| format!("{}: {e}", path.display()))
        };
        Ok(Self([("vi", of("vi")?), ("en", of("en")?)]))
    }

    fn text(&self, language: &str, place: &str) -> Result<&str> {
        let found = self.0.iter().find(|(name, _)| *name == language).and_then(|(_, tables)| {
            let (table, key) = place.split_once('.')?;
            tables.get(table)?.get(key)
        });
        found
            .map(String::as_str)
            .ok_or_else(|| format!("the shell names {language}.{place}, which is no text"))
    }

    /// Puts texts into the shell where it names them, `%vi.table.key%`.
    pub fn fill(&self, html: &str) -> Result<String> {
        let mut filled = String::with_capacity(html.len());
        for (nth, part) in html.split('%').enumerate() {
            let named = part.split_once('.').filter(|(language, _)| ["vi", "en"].contains(language));
            match named {
                // Between two signs; what else is there is put in by others.
                Some((language, place)) if nth % 2 == 1 => {
                    filled.push_str(&self.text(language, place)?.replace('&', "&amp;").replace('<', "&lt;"));
                }
                _ if nth % 2 == 1 => filled.extend(["%", part, "%"]),
                _ => filled.push_str(part),
            }
        }
        Ok(filled)
    }

    /// What the boot script says, as an object in its own language.
    pub fn of_script(&self) -> Result<String> {
        let mut all: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
        for language in ["vi", "en"] {
            for (name, place) in OF_SCRIPT {
                all.entry(language).or_default().insert(name, self.text(language, place)?);
            }
        }
        serde_json::to_string(&all).map_err(|e| e.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shell_gets_its_texts_and_keeps_what_others_fill_in() {
        let texts = Texts::read().expect("the files of texts");
        let filled = texts.fill("<a href=\"%BOOT%\">%vi.shell.title%</a>").expect("there is such a text");
        assert_eq!(filled, "<a href=\"%BOOT%\">Chỉ Tiêu</a>");
    }

    #[test]
    fn a_text_that_is_not_there_stops_the_build() {
        let texts = Texts::read().expect("the files of texts");
        assert!(texts.fill("%vi.shell.nothing_of_this_name%").is_err());
        assert!(texts.of_script().expect("all are there").contains("Đăng nhập"));
    }
}
