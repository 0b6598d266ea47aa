//! Vietnamese names: found without their marks, sorted as in a dictionary, and written in one way.
//!
//! A table of the alphabet's 12 vowels by 6 tones does it. Unicode's own tables would be more than the rest of
//! the start together, and know nothing of where a tone stands.

use crate::model::{Model, UnitIx};
use std::cmp::Ordering;

/// Vowels in the order of the alphabet, each with its tones: ngang, huyền, hỏi, ngã, sắc, nặng.
const VOWELS: [&str; 12] = [
    "aàảãáạ",
    "ăằẳẵắặ",
    "âầẩẫấậ",
    "eèẻẽéẹ",
    "êềểễếệ",
    "iìỉĩíị",
    "oòỏõóọ",
    "ôồổỗốộ",
    "ơờởỡớợ",
    "uùủũúụ",
    "ưừửữứự",
    "yỳỷỹýỵ",
];

/// Combining tones in the same order, from huyền on, then circumflex, breve and horn.
const TONES: [char; 5] = ['\u{300}', '\u{309}', '\u{303}', '\u{301}', '\u{323}'];
const SHAPES: [char; 3] = ['\u{302}', '\u{306}', '\u{31b}'];

/// A small letter taken apart: the letter without its tone, and the tone.
fn apart(c: char) -> (char, u8) {
    if c.is_ascii() {
        return (c, 0);
    }
    for vowel in VOWELS {
        if let Some(tone) = vowel.chars().position(|v| v == c) {
            return (vowel.chars().next().unwrap_or(c), tone as u8);
        }
    }
    (c, 0)
}

fn together(letter: char, tone: u8) -> char {
    let vowel = VOWELS.iter().find(|v| v.starts_with(letter));
    vowel.and_then(|v| v.chars().nth(usize::from(tone))).unwrap_or(letter)
}

/// In small letters, one letter at a time. The tables by which a whole text is lowered, for the sake of one Greek letter, cost a
/// browser's start 3 KB.
pub fn lowered(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Small letters with marks composed, as most keyboards write them.
pub(crate) fn small(text: &str) -> Vec<char> {
    let mut out: Vec<char> = Vec::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        let Some(before) = out.last().copied() else {
            out.push(c);
            continue;
        };
        let (letter, tone) = apart(before);
        if let Some(nth) = TONES.iter().position(|t| *t == c) {
            *out.last_mut().expect("there is a letter before") = together(letter, nth as u8 + 1);
        } else if SHAPES.contains(&c) {
            let shaped = match (letter, c) {
                ('a', '\u{302}') => 'â',
                ('a', '\u{306}') => 'ă',
                ('e', '\u{302}') => 'ê',
                ('o', '\u{302}') => 'ô',
                ('o', '\u{31b}') => 'ơ',
                ('u', '\u{31b}') => 'ư',
                _ => letter,
            };
            *out.last_mut().expect("there is a letter before") = together(shaped, tone);
        } else {
            out.push(c);
        }
    }
    out
}

/// The text as it is searched: small letters without tones and marks, đ as d (and so the letters of other
/// languages that look like it in capitals, `Ð` and `Ɖ`, which older fonts and keyboards give).
pub fn fold(text: &str) -> String {
    small(text).into_iter().map(plain).collect()
}

/// A small composed letter without its tone and marks, as [`fold`] gives it.
pub(crate) fn plain(c: char) -> char {
    match apart(c).0 {
        'ă' | 'â' => 'a',
        'ê' => 'e',
        'ô' | 'ơ' => 'o',
        'ư' => 'u',
        'đ' | 'ð' | 'ɖ' => 'd',
        other => other,
    }
}

/// The name in the newer way of placing tones, which the plan and the unit lists use: `Thuỵ` → `Thụy`,
/// `Hoà` → `Hòa`. At the end of a syllable only, and not after q.
pub fn newer_tones(text: &str) -> String {
    let mut out: Vec<char> = text.chars().collect();
    for at in 1..out.len() {
        let (before, here) = (out[at - 1], out[at]);
        let is_big = |c: char| c.is_uppercase();
        let lower = |c: char| c.to_lowercase().next().unwrap_or(c);
        let (first, first_tone) = apart(lower(before));
        let (second, tone) = apart(lower(here));
        let pair = matches!((first, second), ('o', 'a' | 'e') | ('u', 'y'));
        let after_q = at >= 2 && lower(out[at - 2]) == 'q';
        let ends = out.get(at + 1).is_none_or(|next| !next.is_alphabetic());
        if !pair || tone == 0 || first_tone != 0 || after_q || !ends {
            continue;
        }
        let cased = |c: char, like: char| if is_big(like) { c.to_uppercase().next().unwrap_or(c) } else { c };
        out[at - 1] = cased(together(first, tone), before);
        out[at] = cased(second, here);
    }
    out.into_iter().collect()
}

/// The kinds of unit that stand before a name.
const KINDS: [&str; 9] =
    ["Thị trấn ", "Thị xã ", "Thành phố ", "Phường ", "Xã ", "Huyện ", "Tỉnh ", "Quận ", "Khu vực "];

/// A unit's name without its kind: "Tân Hưng" of "Xã Tân Hưng".
pub fn without_kind(name: &str) -> &str {
    KINDS.iter().find_map(|kind| name.strip_prefix(kind)).unwrap_or(name)
}

/// A letter's place in the alphabet; spaces first, then digits, then a ă â b c d đ e ê …
fn place(letter: char) -> (u8, u32) {
    const ALPHABET: &str = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz";
    match ALPHABET.chars().position(|c| c == letter) {
        Some(at) => (2, at as u32),
        None if letter.is_ascii_digit() => (1, letter as u32),
        None => (0, letter as u32),
    }
}

/// Compares names as a Vietnamese dictionary does: all letters first, tones only where the letters are the
/// same, numbers by their value.
pub fn compare(a: &str, b: &str) -> Ordering {
    let key = |text: &str| -> (Vec<(u8, u32)>, Vec<u8>) {
        let letters = small(text);
        let mut places: Vec<(u8, u32)> = Vec::new();
        for c in &letters {
            let digit = c.to_digit(10);
            match (digit, places.last_mut()) {
                // Digits that follow one another are one number.
                (Some(digit), Some((1, number))) => *number = number.saturating_mul(10).saturating_add(digit),
                (Some(digit), _) => places.push((1, digit)),
                (None, _) => places.push(place(apart(*c).0)),
            }
        }
        (places, letters.into_iter().map(|c| apart(c).1).collect())
    };
    key(a).cmp(&key(b)).then_with(|| a.cmp(b))
}

/// The units whose name, or another way of writing it, has what was typed: exact with its marks first, then names that begin with it, then the
/// others; among equals in the official order.
pub fn units(model: &Model, typed: &str) -> Vec<UnitIx> {
    let (marked, plain) = (small(&newer_tones(typed.trim())), fold(typed.trim()));
    if plain.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(u8, UnitIx)> = Vec::new();
    let rank = |written: &str| {
        let name = newer_tones(without_kind(written));
        let folded = fold(&name);
        if small(&name) == marked {
            Some(0)
        } else if folded == plain {
            Some(1)
        } else if folded.starts_with(&plain) {
            Some(2)
        } else {
            fold(written).contains(&plain).then_some(3)
        }
    };
    for (at, unit) in model.units().all().iter().enumerate() {
        let by_name = std::iter::once(&unit.name).chain(&unit.aliases).filter_map(|name| rank(name));
        if let Some(rank) = by_name.chain((unit.id.code() == plain).then_some(3)).min() {
            found.push((rank, UnitIx(at as u32)));
        }
    }
    found.sort_by_key(|(rank, at)| (*rank, *at));
    found.into_iter().map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(names: &[&str]) -> Vec<String> {
        // From back to front, so that a sort that does nothing is seen.
        let mut all: Vec<String> = names.iter().rev().map(|n| (*n).to_owned()).collect();
        all.sort_by(|a, b| compare(a, b));
        all
    }

    #[test]
    fn names_sort_as_the_verified_lists() {
        for list in [
            "ma mà mả mã má mạ mă mâ".split(' ').collect::<Vec<_>>(),
            "Ân Thi|Hưng Yên|Khoái Châu|Kim Động|Mỹ Hào|Phù Cừ|Tiên Lữ|Văn Giang|Văn Lâm|Yên Mỹ".split('|').collect(),
            "Ân Thi|Châu Ninh|Chí Minh|Đại Đồng|Đoàn Đào|Đức Hợp|Đường Hào|Hiệp Cường|Hoàn Long|Hoàng Hoa Thám|\
             Hồng Châu|Hồng Quang|Khoái Châu|Lạc Đạo|Lương Bằng|Mễ Sở|Mỹ Hào|Nghĩa Dân|Nghĩa Trụ|Nguyễn Trãi|\
             Nguyễn Văn Linh|Như Quỳnh|Phạm Ngũ Lão|Phố Hiến|Phụng Công|Quang Hưng|Sơn Nam|Tân Hưng|\
             Thượng Hồng|Tiên Hoa|Tiên Lữ|Tiên Tiến|Tống Trân|Triệu Việt Vương|Văn Giang|Việt Tiến|Việt Yên|\
             Xuân Trúc|Yên Mỹ"
                .split('|')
                .collect(),
            "An Tảo|An Vĩ|An Viên|Ân Thi|Dạ Trạch|Dân Tiến|Dị Chế|Dị Sử|Dương Quang|Đa Lộc|Đại Đồng"
                .split('|')
                .collect(),
            "Phạm Ngũ Lão|Phan Đình Phùng|Phan Sào Nam|Phú Cường|Phú Thịnh|Phù Ủng|Phùng Chí Kiên|Phụng Công|\
             Phùng Hưng|Phương Chiểu"
                .split('|')
                .collect(),
            vec!["Xã 2", "Xã 10"],
        ] {
            assert_eq!(sorted(&list), list);
        }
    }

    #[test]
    fn folds_are_as_verified() {
        for (name, folded) in [
            ("Thái Thụy", "thai thuy"),
            ("Đa Lộc", "da loc"),
            ("Hòa Phong", "hoa phong"),
            ("Hoà Phong", "hoa phong"),
            ("Thư Vũ", "thu vu"),
            ("Quí", "qui"),
            ("Quý", "quy"),
            // The same in decomposed letters.
            ("Tha\u{301}i Thu\u{323}y", "thai thuy"),
            ("Hu\u{31b}ng Ye\u{302}n", "hung yen"),
            // Eth and the African d for the capital of đ.
            ("\u{d0}a L\u{1ed9}c", "da loc"),
            ("\u{189}a L\u{1ed9}c", "da loc"),
        ] {
            assert_eq!(fold(name), folded, "{name}");
        }
        assert_eq!(small("Ye\u{302}\u{301}n"), small("Yến"));
        assert_eq!(small("Ye\u{301}\u{302}n"), small("Yến"));
    }

    #[test]
    fn tones_move_to_where_the_lists_have_them() {
        for (old, new) in [
            ("Thuỵ", "Thụy"),
            ("khoẻ", "khỏe"),
            ("HOÀ", "HÒA"),
            ("Hoà Bình", "Hòa Bình"),
            ("Quý", "Quý"),
            ("hoàn", "hoàn"),
            ("thuyền", "thuyền"),
            ("Thụy", "Thụy"),
        ] {
            assert_eq!(newer_tones(old), new);
        }
    }

    #[test]
    fn kinds_are_left_out_of_names() {
        assert_eq!(without_kind("Thị trấn Văn Giang"), "Văn Giang");
        assert_eq!(without_kind("Xã Tân Hưng"), "Tân Hưng");
    }
}
