//! Structs read from JSON objects with one loop for all of them.
//!
//! Derived code finds and reads the fields of each type in a loop of its own, which costs a browser's start some kilobytes a
//! type. Here an object is first cut into its fields, as texts, and each is then read by its name, by code that is there once
//! for each type of field. Where a name stands
//! twice, the first counts; names that nobody asks for are passed over.

use chrono::NaiveDate;
use serde::de::{Error as _, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Error, Result};
use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

/// A field that this kind of message must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the field `{0}` is missing")]
pub struct Missing(pub(crate) &'static str);

// The lint speaks up only where a reference is as large as the number.
#[cfg_attr(
    target_pointer_width = "64",
    expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")
)]
pub(crate) fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// An object's fields, and the first that did not read. What stands in for it means nothing; [`Fields::end`] says so once all are
/// read, so that nothing has to be taken apart half made.
pub struct Fields<'de> {
    list: Vec<(Cow<'de, str>, &'de RawValue)>,
    fault: Cell<Option<Error>>,
}

/// A field's name: borrowed, but for one with an escape in it.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> std::result::Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> std::result::Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Fields<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Fields<'de>, A::Error> {
                let mut fields = Vec::with_capacity(16);
                while let Some(Name(name)) = map.next_key()? {
                    fields.push((name, map.next_value()?));
                }
                Ok(Fields { list: fields, fault: Cell::new(None) })
            }
        }
        deserializer.deserialize_map(Object)
    }
}

fn missing(name: &str) -> Error {
    Error::custom(["the field `", name, "` is missing"].concat())
}

impl<'de> Fields<'de> {
    /// All of them, in their order.
    pub fn all(&self) -> &[(Cow<'de, str>, &'de RawValue)] {
        &self.list
    }

    /// The text of a field; none where it is absent.
    fn text(&self, name: &str) -> Option<&'de str> {
        self.list.iter().find(|(other, _)| other == name).map(|(_, raw)| raw.get())
    }

    /// The text of a field; none where it is absent or null.
    fn value(&self, name: &str) -> Option<&'de str> {
        self.text(name).filter(|text| *text != "null")
    }

    /// What was read; what did not read is noted and stood in for.
    fn sound<T: Default>(&self, read: Result<T>) -> T {
        read.unwrap_or_else(|fault| {
            self.note(fault);
            T::default()
        })
    }

    #[inline(never)]
    fn note(&self, fault: Error) {
        let first = self.fault.take().unwrap_or(fault);
        self.fault.set(Some(first));
    }

    /// A field that must be there and that nothing can stand in for.
    pub fn demand<T: Deserialize<'de>>(&self, name: &str) -> Result<T> {
        serde_json::from_str(self.text(name).ok_or_else(|| missing(name))?)
    }

    /// A field that must be there.
    #[inline(never)]
    pub fn need<T: Deserialize<'de> + Default>(&self, name: &str) -> T {
        self.sound(self.demand(name))
    }

    /// A field that may be absent or null.
    #[inline(never)]
    pub fn maybe<T: Deserialize<'de>>(&self, name: &str) -> Option<T> {
        let text = self.value(name)?;
        self.sound(serde_json::from_str(text).map(Some))
    }

    /// A field that may be absent, and is then empty, 0 or false.
    #[inline(never)]
    pub fn or_default<T: Deserialize<'de> + Default>(&self, name: &str) -> T {
        self.text(name).map(|text| self.sound(serde_json::from_str(text))).unwrap_or_default()
    }

    /// A field where null is a value, and another thing than no field.
    pub fn present<T: Deserialize<'de>>(&self, name: &str) -> Option<Option<T>> {
        self.text(name).map(|_| self.maybe(name))
    }

    /// A day (`2026-11-26`), which must be there.
    pub fn day(&self, name: &str) -> NaiveDate {
        let text = self.text(name).ok_or_else(|| missing(name));
        let day = |text| chitieu_domain::day::deserialize(&mut serde_json::Deserializer::from_str(text));
        self.sound(text.and_then(day))
    }

    /// The same, where it may be absent or null.
    pub fn maybe_day(&self, name: &str) -> Option<NaiveDate> {
        self.value(name).map(|_| self.day(name))
    }

    /// What does not travel.
    pub fn skipped<T: Default>(&self, _: &str) -> T {
        T::default()
    }

    /// A word of an enum without content, which must be there.
    #[inline(never)]
    pub fn word<T: for<'a> Deserialize<'a> + Default>(&self, name: &str) -> T {
        // By way of the text: what reads an enum of any shape would be there once for each.
        let word: String = self.need(name);
        self.sound(T::deserialize(IntoDeserializer::<Error>::into_deserializer(word.as_str())))
    }

    /// The same, where it may be absent or null.
    pub fn maybe_word<T: for<'a> Deserialize<'a>>(&self, name: &str) -> Option<T> {
        self.value(name)?;
        let word: String = self.need(name);
        self.sound(T::deserialize(IntoDeserializer::<Error>::into_deserializer(word.as_str())).map(Some))
    }

    /// What was made of the fields, unless one of them did not read.
    pub fn end<T>(&self, made: T) -> Result<T> {
        match self.fault.take() {
            None => Ok(made),
            Some(fault) => Err(fault),
        }
    }
}

/// Reads a struct from [`Fields`](crate::fields::Fields): each field by the method that is named after it, under its own name
/// or the one in brackets.
#[macro_export]
macro_rules! from_fields {
    ($type:ident { $($field:ident: $how:ident $(($name:literal))?),+ $(,)? }) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                // Not generic: it is there once.
                fn read(fields: &$crate::fields::Fields<'_>) -> serde_json::Result<$type> {
                    fields.end($type {
                        $($field: $crate::from_fields!(@read fields $how $crate::from_fields!(@name $field $($name)?))),+
                    })
                }
                let fields = $crate::fields::Fields::deserialize(deserializer)?;
                read(&fields).map_err($crate::fields::within)
            }
        }
    };
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $name:literal) => { $name };
    (@read $fields:ident demand $name:expr) => { $fields.demand($name)? };
    (@read $fields:ident $how:ident $name:expr) => { $fields.$how($name) };
}

/// Why something did not read, as the error of what it stands in. In a browser, where nobody reads it, without the reason:
/// writing it out costs a start a kilobyte.
pub fn within<E: serde::de::Error>(fault: Error) -> E {
    if cfg!(target_arch = "wasm32") { E::custom("a field does not read") } else { E::custom(fault) }
}
