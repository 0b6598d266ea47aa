//! A text in a field, with the separators that the program put in told from those that the person typed.

/// The text of a field. The program groups thousands when a field is left; when the person then types into such a
/// number, its separators are not theirs and never count against them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Typed {
    text: String,
    /// Where the program's separators stand, in bytes, ascending.
    marks: Vec<usize>,
}

impl Typed {
    /// A number as the program writes it: whatever is no digit is the program's.
    pub fn shown(text: String) -> Self {
        let marks = text.char_indices().filter(|(_, c)| !c.is_ascii_digit()).map(|(at, _)| at).collect();
        Self { text, marks }
    }

    /// A text that the person typed, all of it.
    pub fn by_person(text: String) -> Self {
        Self { text, marks: Vec::new() }
    }

    /// What the input holds.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Takes the text as it is after the person changed it somewhere: the program's separators outside of the
    /// changed part stay the program's, everything in it is the person's.
    pub fn edit(&mut self, text: String) {
        let (old, new) = (self.text.as_bytes(), text.as_bytes());
        let most = old.len().min(new.len());
        let before = (0..most).find(|&i| old[i] != new[i]).unwrap_or(most);
        let rest = most - before;
        let after = (0..rest).find(|&i| old[old.len() - 1 - i] != new[new.len() - 1 - i]).unwrap_or(rest);
        let (old_len, new_len) = (old.len(), new.len());
        self.marks.retain_mut(|at| {
            if *at < before {
                return true;
            }
            *at = (*at + new_len).wrapping_sub(old_len);
            *at < new_len && *at >= new_len - after
        });
        self.text = text;
    }

    /// The text without the program's separators: what the person means.
    pub fn bare(&self) -> String {
        let kept = self.text.char_indices().filter(|(at, _)| !self.marks.contains(at));
        kept.map(|(_, c)| c).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn after(shown: &str, texts: &[&str]) -> String {
        let mut typed = Typed::shown(shown.to_owned());
        for text in texts {
            typed.edit((*text).to_owned());
        }
        typed.bare()
    }

    #[test]
    fn separators_of_the_program_never_count_against_the_person() {
        assert_eq!(after("1.234", &["1.2345"]), "12345");
        assert_eq!(after("1.234", &["1.23"]), "123");
        assert_eq!(after("1.234", &["1234"]), "1234");
        assert_eq!(after("1.234", &["91.234"]), "91234");
        assert_eq!(after("1.234.567", &["1.2344.567", "1.2344.56"]), "1234456");
        assert_eq!(after("1,234", &["1,2345"]), "12345");
    }

    #[test]
    fn separators_of_the_person_stay_theirs() {
        assert_eq!(after("1.234", &["5", "5.", "5.67"]), "5.67");
        assert_eq!(after("1.234", &["1..234"]), "1.234");
        assert_eq!(after("", &["1.5"]), "1.5");
        assert_eq!(after("1.234", &["1.234,5"]), "1234,5");
    }

    proptest! {
        #[test]
        fn every_character_that_is_missing_is_a_separator_of_the_program(
            number in 0..10_000_000_i64,
            edits in prop::collection::vec(("[0-9., a]{0,3}", 0..12_usize, 0..4_usize), 0..8),
        ) {
            let shown = chitieu_domain::number::grouped(number.into(), chitieu_domain::number::Style::Vietnamese);
            let mut typed = Typed::shown(shown.clone());
            // A plain text field that never had a separator of the program.
            let mut text = shown;
            for (part, at, gone) in edits {
                let at = at.min(text.len());
                let end = (at + gone).min(text.len());
                text.replace_range(at..end, &part);
                typed.edit(text.clone());
                prop_assert_eq!(typed.text(), &text);
                let digits = |t: &str| t.chars().filter(|c| *c != '.').collect::<String>();
                prop_assert_eq!(digits(&typed.bare()), digits(&text));
            }
        }
    }
}
