//! The packed form ([`crate::packed`]), read.
//!
//! Not by what serde derives: its code for lists is there once for each type of field of each struct, a tenth of all that a
//! browser's start loads. Here a text is first cut into its items, and each struct takes its own by their order. Whatever does
//! not read is noted, and only once all is taken is it said, so that no struct has to be taken apart half built.

use chrono::NaiveDate;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::vec::IntoIter;

/// A piece of a packed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// Nothing, or what no release writes.
    Nothing,
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
    /// A struct, a pair or a list.
    List(Vec<Item>),
    /// Items under texts, in their order.
    Map(Vec<(String, Item)>),
}

struct ItemVisitor;

impl<'de> Visitor<'de> for ItemVisitor {
    type Value = Item;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an item of the packed form")
    }
    fn visit_bool<E>(self, flag: bool) -> Result<Item, E> {
        Ok(Item::Flag(flag))
    }
    fn visit_i64<E>(self, number: i64) -> Result<Item, E> {
        Ok(Item::Number(number))
    }
    fn visit_u64<E>(self, number: u64) -> Result<Item, E> {
        Ok(i64::try_from(number).map_or(Item::Nothing, Item::Number))
    }
    fn visit_f64<E>(self, _: f64) -> Result<Item, E> {
        Ok(Item::Nothing)
    }
    fn visit_str<E>(self, text: &str) -> Result<Item, E> {
        Ok(Item::Text(text.to_owned()))
    }
    fn visit_unit<E>(self) -> Result<Item, E> {
        Ok(Item::Nothing)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Item, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Item::List(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Item, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = map.next_entry()? {
            items.push(item);
        }
        Ok(Item::Map(items))
    }
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ItemVisitor)
    }
}

/// What is made of an item. Where it is of another kind `is_sound` becomes false, and what is given means nothing.
pub trait Unpack: Sized {
    /// Takes an item.
    fn unpack(item: Item, is_sound: &mut bool) -> Self;
}

/// The fields of a struct, by their order; what is beyond those that are asked for is passed over.
pub struct Row(IntoIter<Item>);

impl Row {
    /// The fields of an item.
    pub fn new(item: Item, is_sound: &mut bool) -> Self {
        let Item::List(items) = item else {
            *is_sound = false;
            return Self(Vec::new().into_iter());
        };
        Self(items.into_iter())
    }

    #[inline(never)]
    fn next(&mut self) -> Item {
        self.0.next().unwrap_or(Item::Nothing)
    }

    /// The next field, which must be there unless it may be none.
    pub fn need<T: Unpack>(&mut self, is_sound: &mut bool) -> T {
        T::unpack(self.next(), is_sound)
    }

    /// The next field; a text of an older release ends before it.
    pub fn or_default<T: Unpack + Default>(&mut self, is_sound: &mut bool) -> T {
        match self.next() {
            Item::Nothing => T::default(),
            item => T::unpack(item, is_sound),
        }
    }
}

/// The place of a word in a list whose last may be the one for what is not known.
#[expect(clippy::needless_pass_by_value, reason = "it is done with, and let go here and not by each caller")]
#[inline(never)]
pub fn place(item: Item, words: &[&str], is_sound: &mut bool) -> usize {
    let at = |wanted: &str| words.iter().position(|word| *word == wanted);
    let found = match &item {
        Item::Text(text) => at(text).or_else(|| at(crate::packed::UNKNOWN)),
        _ => None,
    };
    *is_sound &= found.is_some();
    found.unwrap_or(0)
}

/// Reads a struct from a [`Row`]: its fields in the order in which they are written, each as the method that is named after it
/// does. Fields that travel apart come last.
#[macro_export]
macro_rules! unpacked {
    ($type:ident { $($field:ident: $how:ident),+ $(,)? }) => {
        impl $crate::unpack::Unpack for $type {
            fn unpack(item: $crate::unpack::Item, is_sound: &mut bool) -> Self {
                let mut row = $crate::unpack::Row::new(item, is_sound);
                Self { $($field: row.$how(is_sound)),+ }
            }
        }
    };
}

/// Reads an enum of bare words: each with the word that is written for it, the one for what is not known last.
#[macro_export]
macro_rules! words {
    ($type:ident { $($variant:ident: $word:literal),+ $(,)? }) => {
        impl $type {
            /// Every one with its word.
            pub const WORDS: &'static [(Self, &'static str)] = &[$((Self::$variant, $word)),+];
            // Whoever adds a variant is reminded of its word.
            const _ALL: fn(&Self) = |one| match one { $(Self::$variant => {}),+ };
        }
        impl $crate::unpack::Unpack for $type {
            fn unpack(item: $crate::unpack::Item, is_sound: &mut bool) -> Self {
                const ALL: &[$type] = &[$($type::$variant),+];
                ALL[$crate::unpack::place(item, &[$($word),+], is_sound)]
            }
        }
    };
}

impl Unpack for String {
    #[inline(never)]
    fn unpack(item: Item, is_sound: &mut bool) -> Self {
        let Item::Text(text) = item else {
            *is_sound = false;
            return Self::new();
        };
        text
    }
}

impl Unpack for bool {
    fn unpack(item: Item, is_sound: &mut bool) -> Self {
        *is_sound &= matches!(item, Item::Flag(_));
        matches!(item, Item::Flag(true))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is done with, and let go here and not by each caller")]
#[inline(never)]
fn number(item: Item, least: i64, most: i64, is_sound: &mut bool) -> i64 {
    match item {
        Item::Number(number) if (least..=most).contains(&number) => number,
        _ => {
            *is_sound = false;
            0
        }
    }
}

macro_rules! numbers {
    ($($type:ident),+) => {
        $(impl Unpack for $type {
            fn unpack(item: Item, is_sound: &mut bool) -> Self {
                number(item, Self::MIN.into(), Self::MAX.into(), is_sound) as Self
            }
        })+
    };
}

numbers!(u8, u16, u32, i16, i64);

impl Unpack for NaiveDate {
    fn unpack(item: Item, is_sound: &mut bool) -> Self {
        let day = match &item {
            Item::Text(text) => crate::day::parse(text),
            _ => None,
        };
        *is_sound &= day.is_some();
        day.unwrap_or_default()
    }
}

impl<T: Unpack> Unpack for Option<T> {
    fn unpack(item: Item, is_sound: &mut bool) -> Self {
        match item {
            Item::Nothing => None,
            item => Some(T::unpack(item, is_sound)),
        }
    }
}

impl<T: Unpack> Unpack for Vec<T> {
    #[inline(never)]
    fn unpack(item: Item, is_sound: &mut bool) -> Self {
        Row::new(item, is_sound).0.map(|item| T::unpack(item, is_sound)).collect()
    }
}

impl<T: Unpack + Ord> Unpack for BTreeSet<T> {
    fn unpack(item: Item, is_sound: &mut bool) -> Self {
        Vec::unpack(item, is_sound).into_iter().collect()
    }
}

impl<A: Unpack, B: Unpack> Unpack for (A, B) {
    fn unpack(item: Item, is_sound: &mut bool) -> Self {
        let mut row = Row::new(item, is_sound);
        (row.need(is_sound), row.need(is_sound))
    }
}

impl<K: Unpack + Ord, V: Unpack> Unpack for BTreeMap<K, V> {
    fn unpack(item: Item, is_sound: &mut bool) -> Self {
        let Item::Map(items) = item else {
            *is_sound = false;
            return Self::new();
        };
        let entry = |(key, item)| (K::unpack(Item::Text(key), is_sound), V::unpack(item, is_sound));
        items.into_iter().map(entry).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::Packed;
    use crate::plan::{
        BorneBy, Comparator, Evaluated, Firmness, Measure, Nature, Per, Periodicity, RuleKind, RuleScope,
        Severity, TargetKind, TaskKind,
    };
    use crate::unit::Level;
    use serde::Serialize;

    fn read<T: Unpack>(text: &str) -> Option<T> {
        let mut is_sound = true;
        let value = T::unpack(serde_json::from_str(text).expect("it is JSON"), &mut is_sound);
        is_sound.then_some(value)
    }

    #[derive(Debug, PartialEq, Eq, Serialize)]
    struct Sample {
        name: String,
        count: u8,
        day: Option<NaiveDate>,
        pairs: BTreeMap<Level, u8>,
        added: Vec<i16>,
    }
    unpacked!(Sample { name: need, count: need, day: need, pairs: need, added: or_default });

    #[test]
    fn what_was_packed_reads_as_it_was() {
        let sample = Sample {
            name: "Xã \"A\"".to_owned(),
            count: 255,
            day: crate::day::parse("2026-11-26"),
            pairs: BTreeMap::from([(Level::Province, 10), (Level::Commune, 0)]),
            added: vec![i16::MIN, 0],
        };
        let text = serde_json::to_string(&Packed(&sample)).expect("it packs");
        assert_eq!(read(&text), Some(sample));
    }

    #[test]
    fn a_list_that_is_short_or_long_reads_and_one_of_other_kinds_does_not() {
        let short: Option<Sample> = read(r#"["a",1,null,{}]"#);
        assert_eq!(short.map(|s| s.added), Some(Vec::new()));
        assert!(read::<Sample>(r#"["a",1,null,{},[1],{"later":[1.5]},2.5]"#).is_some());
        let wrong = [
            "7",
            "[]",
            r#"["a"]"#,
            "[1,1,null,{}]",
            r#"["a",256,null,{}]"#,
            r#"["a",-1,null,{}]"#,
            r#"["a",1.0,null,{}]"#,
            r#"["a",1,"2026-13-01",{}]"#,
            r#"["a",1,null,{"village":1}]"#,
            r#"["a",1,null,{},["x"]]"#,
            r#"["a",1,null,[]]"#,
        ];
        for text in wrong {
            assert_eq!(read::<Sample>(text), None, "{text}");
        }
    }

    #[test]
    fn every_word_is_the_one_that_is_written() {
        fn holds<T: Unpack + Serialize + PartialEq + Copy + fmt::Debug>(words: &[(T, &str)]) {
            for (one, word) in words {
                let text = serde_json::to_string(one).expect("a word");
                assert_eq!(text, format!("\"{word}\""));
                assert_eq!(read::<T>(&text), Some(*one));
            }
            let unknown = read::<T>("\"of a later release\"");
            assert_eq!(unknown, words.iter().find(|(_, word)| *word == "?").map(|(one, _)| *one));
        }
        holds(TargetKind::WORDS);
        holds(Comparator::WORDS);
        holds(Firmness::WORDS);
        holds(Evaluated::WORDS);
        holds(Measure::WORDS);
        holds(Nature::WORDS);
        holds(RuleKind::WORDS);
        holds(Severity::WORDS);
        holds(RuleScope::WORDS);
        holds(Periodicity::WORDS);
        holds(BorneBy::WORDS);
        holds(Per::WORDS);
        holds(TaskKind::WORDS);
        holds(Level::WORDS);
    }
}
