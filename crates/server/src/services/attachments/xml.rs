//! As much of XML as it takes to read texts and attributes: the tags one after the other, whatever they mean.

/// What stands next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// A tag that begins something: its name without the prefix, what else is in it, and whether it ends it too.
    Open(&'a str, &'a str, bool),
    /// A tag that ends something.
    Close(&'a str),
    /// A text.
    Text(&'a str),
    /// A document type, which the files that are taken never have: entities are declared in one.
    Doctype,
}

/// The parts of a document.
pub(super) struct Parts<'a> {
    rest: &'a str,
}

/// Takes a document apart.
pub(super) fn parts(text: &str) -> Parts<'_> {
    Parts { rest: text }
}

impl<'a> Parts<'a> {
    /// Cuts off what ends with this, without it.
    fn cut(&mut self, from: usize, end: &str) -> &'a str {
        let rest = self.rest.get(from..).unwrap_or("");
        let (inside, after) = rest.split_once(end).unwrap_or((rest, ""));
        self.rest = after;
        inside
    }

    /// A tag's inside: an end inside a value in quotes is none.
    fn tag(&mut self) -> &'a str {
        let inside = &self.rest[1..];
        let mut quote = None;
        let end = inside.bytes().position(|byte| match (quote, byte) {
            (None, b'>') => true,
            (None, b'"' | b'\'') => {
                quote = Some(byte);
                false
            }
            (Some(open), byte) if open == byte => {
                quote = None;
                false
            }
            _ => false,
        });
        let end = end.unwrap_or(inside.len());
        self.rest = inside.get(end + 1..).unwrap_or("");
        &inside[..end]
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            if !self.rest.starts_with('<') {
                let end = self.rest.find('<').unwrap_or(self.rest.len());
                let (text, rest) = self.rest.split_at(end);
                self.rest = rest;
                return Some(Part::Text(text));
            }
            if self.rest.starts_with("<!--") {
                self.cut(4, "-->");
            } else if self.rest.starts_with("<![CDATA[") {
                return Some(Part::Text(self.cut(9, "]]>")));
            } else if self.rest.starts_with("<?") {
                self.cut(2, "?>");
            } else if self.rest.starts_with("<!") {
                self.tag();
                return Some(Part::Doctype);
            } else if self.rest.starts_with("</") {
                let inside = self.cut(2, ">");
                return Some(Part::Close(local(inside.trim())));
            } else {
                let inside = self.tag();
                let is_whole = inside.ends_with('/');
                let inside = inside.strip_suffix('/').unwrap_or(inside);
                let (name, rest) =
                    inside.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((inside, ""));
                return Some(Part::Open(local(name), rest, is_whole));
            }
        }
    }
}

/// The attributes of a tag: names without prefixes, and values as they are meant.
pub(super) fn attributes(mut rest: &str) -> impl Iterator<Item = (&str, String)> {
    std::iter::from_fn(move || {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = after[1..].split_once(quote)?;
        rest = after;
        Some((local(name.trim()), unescaped(value)))
    })
}

/// Longest name of a character, in bytes.
const LONGEST_NAME: usize = 10;

/// A text as it is meant.
pub(super) fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        // Looked for no further than a name goes: else a text of many `&` takes time by the square of its length.
        let end = after.bytes().take(LONGEST_NAME + 1).position(|byte| byte == b';');
        let named = end.map(|end| (&after[..end], &after[end + 1..]));
        let meant = named.and_then(|(name, after)| Some((meant(name)?, after)));
        let (c, after) = meant.unwrap_or(('&', after));
        out.push(c);
        rest = after;
    }
    out.push_str(rest);
    out
}

fn meant(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}

/// Bytes of a document as text: UTF-8, or UTF-16 where it says so.
pub(super) fn decoded(bytes: &[u8]) -> String {
    let wide = |two: &[u8; 2]| u16::from_le_bytes(*two);
    let wide_swapped = |two: &[u8; 2]| u16::from_be_bytes(*two);
    let (pairs, _) = bytes.get(2..).unwrap_or(&[]).as_chunks::<2>();
    match bytes {
        [0xff, 0xfe, ..] => String::from_utf16_lossy(&pairs.iter().map(wide).collect::<Vec<_>>()),
        [0xfe, 0xff, ..] => String::from_utf16_lossy(&pairs.iter().map(wide_swapped).collect::<Vec<_>>()),
        _ => String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_taken_apart() {
        let text = "<?xml?><!-- <x> --><w:p a='>'><w:t>M&#x1EAC;T</w:t><br/></w:p><![CDATA[<]]>";
        let found: Vec<Part<'_>> = parts(text).collect();
        assert_eq!(
            found,
            [
                Part::Open("p", "a='>'", false),
                Part::Open("t", "", false),
                Part::Text("M&#x1EAC;T"),
                Part::Close("t"),
                Part::Open("br", "", true),
                Part::Close("p"),
                Part::Text("<"),
            ]
        );
        assert_eq!(unescaped("M&#x1EAC;T &amp; &none; &"), "MẬT & &none; &");
        let all: Vec<_> = attributes(r#"r:Id="1" Target = 'a&amp;b' broken"#).collect();
        assert_eq!(all, [("Id", "1".to_owned()), ("Target", "a&b".to_owned())]);
    }

    #[test]
    fn what_does_not_end_ends_with_the_text() {
        for text in ["<", "<a", "<a b=\"", "</", "<!--", "<![CDATA[x", "<?", "<!DOCTYPE", "x", "<é"] {
            assert!(parts(text).count() <= 1, "{text}");
        }
        assert_eq!(decoded(b"\xff\xfeM\0\xac\x1eT\0"), "MẬT");
    }
}
