//! Marks of state secrecy in a text: MẬT, TỐI MẬT, TUYỆT MẬT as they are stamped on a document (Luật Bảo vệ bí mật nhà nước
//! 117/2025/QH15). What bears one is for no system that is not made for it, and is refused.
//!
//! A mark is a line or cell of its own in capitals, or what stands behind "Độ mật:". Offices write of "bảo mật", "mật khẩu" and
//! "bí mật nhà nước" every day: words inside a sentence or a title raise nothing.

/// A mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// Mật.
    Mat,
    /// Tối mật.
    ToiMat,
    /// Tuyệt mật.
    TuyetMat,
}

/// The marks as they are stamped, without spaces; the longer ones first.
const MARKS: [(&str, Mark); 3] = [("TUYỆTMẬT", Mark::TuyetMat), ("TỐIMẬT", Mark::ToiMat), ("MẬT", Mark::Mat)];
/// What stands before one in a form.
const LABELS: [&str; 4] = ["MỨCĐỘMẬT", "ĐỘMẬT", "ĐỘBẢOMẬT", "CẤPĐỘMẬT"];
/// What else is stamped in the same line.
const BESIDE: [&str; 5] = ["BẢNSỐ", "SỐBẢN", "HỎATỐC", "THƯỢNGKHẨN", "KHẨN"];
/// Most characters of a line that can be a mark; longer ones are prose.
const LONGEST: usize = 120;

/// The first mark in a text.
///
/// ```
/// use chitieu_domain::attachment::secrecy::{Mark, mark};
///
/// assert_eq!(mark("UBND TỈNH\nTỐI MẬT\nBÁO CÁO"), Some(Mark::ToiMat));
/// assert_eq!(mark("Công tác bảo vệ BÍ MẬT NHÀ NƯỚC"), None);
/// ```
pub fn mark(text: &str) -> Option<Mark> {
    text.split(['\n', '\r', '\t', '\u{b}', '\u{c}', '|', '\u{2028}', '\u{2029}', '\u{7}']).find_map(of_line)
}

fn of_line(line: &str) -> Option<Mark> {
    if line.chars().take(LONGEST + 1).count() > LONGEST {
        return None;
    }
    // Spaces go: a stamp may be set with its letters apart.
    let composed = compose(line.chars().filter(|c| !c.is_whitespace() && !is_unseen(*c)));
    let line = trim(&composed);
    if let Some(mark) = stamped(line) {
        return Some(mark);
    }
    let capitals = compose(line.chars().flat_map(char::to_uppercase));
    let value = LABELS.iter().find_map(|label| capitals.strip_prefix(label))?;
    let value = value.trim_start_matches(is_mark);
    let (word, mark) = MARKS.iter().find(|(word, _)| value.starts_with(word))?;
    let ends = value[word.len()..].chars().next().is_none_or(is_mark);
    (value.len() < capitals.len() && ends).then_some(*mark)
}

/// A line that is a mark, or a mark with what is stamped beside it.
fn stamped(line: &str) -> Option<Mark> {
    let (rest, mark) = MARKS.iter().find_map(|(word, mark)| Some((line.strip_prefix(word)?, *mark)))?;
    let beside = rest.trim_start_matches(is_mark);
    let is_beside =
        beside.len() < rest.len() && BESIDE.iter().any(|word| capitals_of(beside).starts_with(word));
    (rest.is_empty() || is_beside).then_some(mark)
}

fn capitals_of(text: &str) -> String {
    text.chars().flat_map(char::to_uppercase).collect()
}

fn is_mark(c: char) -> bool {
    !c.is_alphanumeric()
}

fn trim(line: &str) -> &str {
    line.trim_matches(is_mark)
}

/// Characters that nobody sees and that would part a word.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{202a}'..='\u{202e}')
}

/// Puts letters and the marks behind them together, as far as the words of this module need it.
fn compose(chars: impl Iterator<Item = char>) -> String {
    let mut out = String::new();
    for c in chars {
        let joined = out.chars().next_back().and_then(|last| join(last, c));
        if let Some(joined) = joined {
            out.pop();
            out.push(joined);
        } else {
            out.push(c);
        }
    }
    out
}

fn join(letter: char, mark: char) -> Option<char> {
    const CIRCUMFLEX: char = '\u{302}';
    const ACUTE: char = '\u{301}';
    const DOT: char = '\u{323}';
    const HOOK: char = '\u{309}';
    Some(match (letter, mark) {
        ('A', CIRCUMFLEX) => 'Â',
        ('A', DOT) => 'Ạ',
        ('A', HOOK) => 'Ả',
        ('Ạ', CIRCUMFLEX) | ('Â', DOT) => 'Ậ',
        ('a', CIRCUMFLEX) => 'â',
        ('a', DOT) => 'ạ',
        ('ạ', CIRCUMFLEX) | ('â', DOT) => 'ậ',
        ('Â', HOOK) => 'Ẩ',
        ('O', CIRCUMFLEX) => 'Ô',
        ('O', ACUTE) => 'Ó',
        ('O', DOT) => 'Ọ',
        ('O', HOOK) => 'Ỏ',
        ('Ó', CIRCUMFLEX) | ('Ô', ACUTE) => 'Ố',
        ('Ọ', CIRCUMFLEX) | ('Ô', DOT) => 'Ộ',
        ('o', CIRCUMFLEX) => 'ô',
        ('o', ACUTE) => 'ó',
        ('o', DOT) => 'ọ',
        ('ó', CIRCUMFLEX) | ('ô', ACUTE) => 'ố',
        ('ọ', CIRCUMFLEX) | ('ô', DOT) => 'ộ',
        ('E', CIRCUMFLEX) => 'Ê',
        ('E', DOT) => 'Ẹ',
        ('Ẹ', CIRCUMFLEX) | ('Ê', DOT) => 'Ệ',
        ('e', CIRCUMFLEX) => 'ê',
        ('e', DOT) => 'ẹ',
        ('ẹ', CIRCUMFLEX) | ('ê', DOT) => 'ệ',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_stands_alone_in_capitals_or_behind_its_label() {
        let marked = [
            ("MẬT", Mark::Mat),
            ("UBND XÃ\n  MẬT  \nSố: 12/BC", Mark::Mat),
            ("[ TỐI MẬT ]", Mark::ToiMat),
            ("TUYỆT   MẬT", Mark::TuyetMat),
            ("M Ậ T", Mark::Mat),
            ("T Ố I  M Ậ T", Mark::ToiMat),
            ("Đơn vị\tTUYỆT MẬT\tNgày", Mark::TuyetMat),
            ("ô 1|MẬT|ô 3", Mark::Mat),
            ("MẬT - Bản số: 01", Mark::Mat),
            ("TỐI MẬT - HỎA TỐC", Mark::ToiMat),
            ("Độ mật: Mật", Mark::Mat),
            ("ĐỘ MẬT: TỐI MẬT", Mark::ToiMat),
            ("Mức độ mật : Tuyệt mật.", Mark::TuyetMat),
            // The same with the marks behind their letters, in both orders.
            ("MA\u{323}\u{302}T", Mark::Mat),
            ("MA\u{302}\u{323}T", Mark::Mat),
            ("TO\u{302}\u{301}I MA\u{323}\u{302}T", Mark::ToiMat),
            ("TUYE\u{323}\u{302}T MA\u{323}\u{302}T", Mark::TuyetMat),
            ("\u{110}o\u{323}\u{302} ma\u{323}\u{302}t: To\u{302}\u{301}i ma\u{323}\u{302}t", Mark::ToiMat),
            ("M\u{200b}ẬT", Mark::Mat),
        ];
        for (text, expected) in marked {
            assert_eq!(mark(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn words_of_every_day_raise_nothing() {
        for text in [
            "",
            "bí mật đời tư",
            "Mật khẩu",
            "MẬT KHẨU: 123",
            "BẢO MẬT",
            "BÍ MẬT NHÀ NƯỚC",
            "Công tác bảo vệ BÍ MẬT NHÀ NƯỚC năm 2026",
            "BÁO CÁO\nCÔNG TÁC BẢO MẬT\nNĂM 2026",
            "MẬT ONG",
            "MẬT ĐỘ DÂN SỐ",
            "mật",
            "Mật",
            "Độ mật: Không",
            "Độ mật:",
            "Độ mật",
            "Mức độ mật khẩu: mạnh",
            "Độ mật: Mật khẩu",
            "văn bản có độ MẬT không được gửi qua đây",
            "không thuộc danh mục TỐI MẬT",
            "MẶT TRẬN TỔ QUỐC",
            "MẤT",
        ] {
            assert_eq!(mark(text), None, "{text}");
        }
    }
}
