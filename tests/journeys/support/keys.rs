//! Somebody who works with keys alone: nothing is clicked, and no script moves the focus.

use super::browser::Device;
use thirtyfour::prelude::*;

/// Most presses of Tab from one part of a page to another.
const MOST: usize = 400;

/// What has the focus: in words, whether it matches a selector, and what is wrong with how it is shown.
const FOCUSED: &str = r"
    const [css] = arguments, at = document.activeElement;
    const isNone = !at || at === document.body || at === document.documentElement;
    const style = isNone ? null : getComputedStyle(at);
    const box = isNone ? null : at.getBoundingClientRect();
    // The button within a day's field has an outline of the browser's own.
    const isShown = isNone || at.id === 'main' || at.type === 'date' || (at.matches(':focus-visible') && style.outlineStyle !== 'none'
        && parseFloat(style.outlineWidth) > 0 && box.width > 0 && box.height > 0);
    return [isNone ? '' : at.outerHTML.slice(0, 200), !isNone && css !== '' && at.matches(css), isShown];
";

/// A person at the keyboard.
pub struct Keyboard<'a>(pub &'a Device);

impl Keyboard<'_> {
    /// What has the focus, and whether it is what `css` names.
    async fn focused(&self, css: &str) -> (String, bool) {
        let arguments = vec![serde_json::json!(css)];
        let answer = self.0.driver.execute(FOCUSED, arguments).await.expect("it says what has the focus");
        let (at, is_it, is_shown): (String, bool, bool) =
            serde_json::from_value(answer.json().clone()).expect("three words");
        if !is_shown {
            self.0.picture("focus-not-seen").await;
        }
        assert!(is_shown, "nobody sees that this has the focus: {at}");
        (at, is_it)
    }

    /// Presses a key.
    pub async fn press(&self, key: Key) {
        self.0.keys(key + "").await;
    }

    /// Goes on with Tab to what `css` names.
    pub async fn to(&self, css: &str) {
        self.walk(css, false).await;
    }

    /// Goes back with Shift and Tab.
    pub async fn back_to(&self, css: &str) {
        self.walk(css, true).await;
    }

    async fn walk(&self, css: &str, is_back: bool) {
        self.0.see(css).await;
        let mut way = Vec::new();
        for _ in 0..MOST {
            let (at, is_it) = self.focused(css).await;
            if is_it {
                return;
            }
            way.push(at);
            let chain = self.0.driver.action_chain();
            let chain = if is_back {
                chain.key_down(Key::Shift).send_keys(Key::Tab + "").key_up(Key::Shift)
            } else {
                chain.send_keys(Key::Tab + "")
            };
            chain.perform().await.expect("keys");
        }
        panic!("no way to {css} from\n{}", way.join("\n"));
    }

    /// Types into what has the focus.
    pub async fn types(&self, text: &str) {
        self.0.keys(text).await;
    }

    /// Goes through the list that has the focus, down to what has this value.
    pub async fn chooses(&self, value: &str) {
        for _ in 0..60 {
            if self.0.text("document.activeElement.value").await == value {
                return;
            }
            self.press(Key::Down).await;
        }
        panic!("{value} is not in the list");
    }

    /// That after an act something still has the focus, and what.
    pub async fn keeps_its_place(&self, after: &str) -> String {
        let has = "document.activeElement && document.activeElement !== document.body";
        self.0.until(&format!("after {after} something has the focus"), has).await;
        let (at, _) = self.focused("").await;
        at
    }

    /// That an act left the focus there.
    pub async fn is_at(&self, css: &str) {
        self.0
            .until(&format!("the focus is at {css}"), &format!("document.activeElement.matches(\"{css}\")"))
            .await;
    }
}
