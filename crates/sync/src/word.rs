//! A word of the wire that this program does not know, kept as it was told.

use std::fmt;

/// Most bytes of a word: no release writes a longer one, and what is beyond is cut.
const LONGEST: usize = 30;

/// A short text without a place of its own in memory, so that what holds it is copied freely.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Word {
    bytes: [u8; LONGEST],
    length: u8,
}

impl Word {
    /// This word, as far as it is kept.
    pub fn new(text: &str) -> Self {
        let mut bytes = [0; LONGEST];
        let mut length = text.len().min(LONGEST);
        while !text.is_char_boundary(length) {
            length -= 1;
        }
        bytes[..length].copy_from_slice(&text.as_bytes()[..length]);
        Self { bytes, length: length as u8 }
    }

    /// Its text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_kept_as_it_is_and_a_long_one_is_cut_between_letters() {
        assert_eq!(Word::new("sealed").text(), "sealed");
        assert_eq!(Word::new(&"đ".repeat(40)).text(), "đ".repeat(15));
        assert_eq!(Word::new(&format!("a{}", "đ".repeat(40))).text().len(), 29);
    }
}
