//! What a build has beside the app where it has the page of all parts (`app/src/features/components`): its address, and a
//! style in which both schemes stand on one page and what a person's hand does to a part is a class of it.

use crate::Result;

/// The app's feature.
pub const FEATURE: &str = "components";
/// The file that makes the server answer the page's address (`crates/server/src/http/assets.rs`).
pub const PAGE: &str = "_components.html";

/// What a person's hand does to a part, and the class that looks the same.
const LOOKS: [(&str, &str); 3] =
    [(":hover", ".hover"), (":focus-visible", ".focus-visible"), (":focus", ".focus")];

/// The style of the schemes and looks, made from the sheets of the app.
pub fn style(first: &str, later: &str) -> Result<String> {
    Ok(schemes(first)? + &looks(first) + &looks(later))
}

/// The tokens of each scheme, for whatever is inside of an element that names it.
fn schemes(tokens: &str) -> Result<String> {
    let mut blocks = tokens.split(":root {").skip(1).filter_map(|rest| rest.split_once('}'));
    let (Some((light, _)), Some((dark, _))) = (blocks.next(), blocks.next()) else {
        return Err("the tokens have no block for each scheme".into());
    };
    Ok(format!(
        "[data-scheme=\"light\"] {{{light}color-scheme: light;\n}}\n[data-scheme=\"dark\"] {{{light}{dark}color-scheme: dark;\n}}\n"
    ))
}

/// Each rule for what is pointed at or has the focus, once more for what has a class of that name.
fn looks(sheet: &str) -> String {
    let rules = sheet.lines().filter(|line| line.contains('{') && line.trim_end().ends_with('}'));
    let rules = rules.filter(|line| !line.trim_start().starts_with('@'));
    let of = |line: &str| LOOKS.iter().fold(line.to_owned(), |line, (hand, class)| line.replace(hand, class));
    rules
        .filter(|line| LOOKS.iter().any(|(hand, _)| line.contains(hand)))
        .map(|line| of(line) + "\n")
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scheme_has_its_own_tokens_and_the_dark_one_what_it_does_not_change() {
        let tokens =
            ":root {\n--a: 1; --b: 2;\n}\n@media (prefers-color-scheme: dark) {\n:root {\n--a: 3;\n}\n}\n";
        let made = schemes(tokens).expect("both are there");
        let (light, dark) = made.split_once("[data-scheme=\"dark\"]").expect("both");
        assert!(light.contains("--a: 1;") && light.contains("color-scheme: light;"), "{light}");
        assert!(
            dark.find("--b: 2;") < dark.find("--a: 3;") && dark.contains("color-scheme: dark;"),
            "{dark}"
        );
        schemes(":root {\n--a: 1;\n}\n").expect_err("one is missing");
    }

    #[test]
    fn what_has_the_focus_looks_like_what_has_its_class() {
        let sheet =
            ".a { b: c; }\n.a:focus { b: d; }\n:focus-visible { e: f; }\n.a:hover:not(:disabled) { g: h; }\n";
        assert_eq!(
            looks(sheet),
            ".a.focus { b: d; }\n.focus-visible { e: f; }\n.a.hover:not(:disabled) { g: h; }\n"
        );
    }
}
