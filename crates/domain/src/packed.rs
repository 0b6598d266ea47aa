//! Structs as plain lists of their fields, for what a browser must load: half the text, and none of the code
//! that finds fields by their names.
//!
//! Wraps any serde format; [`crate::unpack`] reads it. Fields are told apart by their order alone, so a struct may only grow at its end,
//! by fields that have a default: a list that is too short then still reads, and what is beyond the fields that a reader
//! knows is passed over. A word that an enum does not know reads as [`UNKNOWN`] where it has that one.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, Serializer};

/// The word of an enum for what a later release says.
pub const UNKNOWN: &str = "?";

/// A serializer or value of the packed form.
pub struct Packed<T>(pub T);

impl<T: Serialize> Serialize for Packed<&T> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(Packed(s))
    }
}

/// Hands the plain methods on to the wrapped serializer.
macro_rules! plainly {
    ($($name:ident: $type:ty),*) => {
        $(fn $name(self, value: $type) -> Result<S::Ok, S::Error> { self.0.$name(value) })*
    };
}

impl<S: Serializer> Serializer for Packed<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Packed<S::SerializeSeq>;
    type SerializeTuple = Packed<S::SerializeSeq>;
    type SerializeTupleStruct = serde::ser::Impossible<S::Ok, S::Error>;
    type SerializeTupleVariant = serde::ser::Impossible<S::Ok, S::Error>;
    type SerializeMap = Packed<S::SerializeMap>;
    type SerializeStruct = Packed<S::SerializeSeq>;
    type SerializeStructVariant = serde::ser::Impossible<S::Ok, S::Error>;
    plainly! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_i128: i128, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
        serialize_u128: u128, serialize_f32: f32, serialize_f64: f64, serialize_char: char, serialize_str: &str,
        serialize_bytes: &[u8]
    }
    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.0.serialize_none()
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.0.serialize_unit()
    }
    fn serialize_unit_struct(self, name: &'static str) -> Result<S::Ok, S::Error> {
        self.0.serialize_unit_struct(name)
    }
    fn serialize_unit_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<S::Ok, S::Error> {
        self.0.serialize_unit_variant(name, index, variant)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<S::Ok, S::Error> {
        Err(variants_with_content())
    }
    fn serialize_seq(self, len: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        self.0.serialize_seq(len).map(Packed)
    }
    fn serialize_tuple(self, len: usize) -> Result<Self::SerializeTuple, S::Error> {
        self.serialize_seq(Some(len))
    }
    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        Err(variants_with_content())
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        Err(variants_with_content())
    }
    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        self.0.serialize_map(len).map(Packed)
    }
    fn serialize_struct(self, _: &'static str, len: usize) -> Result<Self::SerializeStruct, S::Error> {
        self.serialize_seq(Some(len))
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        Err(variants_with_content())
    }
}

fn variants_with_content<E: serde::ser::Error>() -> E {
    E::custom("the packed form has no variants with content")
}

impl<S: SerializeSeq> SerializeSeq for Packed<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        self.0.serialize_element(&Packed(&value))
    }
    fn end(self) -> Result<S::Ok, S::Error> {
        self.0.end()
    }
}

impl<S: SerializeSeq> SerializeTuple for Packed<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        self.0.serialize_element(&Packed(&value))
    }
    fn end(self) -> Result<S::Ok, S::Error> {
        self.0.end()
    }
}

impl<S: SerializeSeq> SerializeStruct for Packed<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    fn serialize_field<T: Serialize + ?Sized>(&mut self, _: &'static str, value: &T) -> Result<(), S::Error> {
        self.0.serialize_element(&Packed(&value))
    }
    /// Its place must not be taken by the next field. Only an `Option` may be skipped.
    fn skip_field(&mut self, _: &'static str) -> Result<(), S::Error> {
        self.0.serialize_element(&())
    }
    fn end(self) -> Result<S::Ok, S::Error> {
        self.0.end()
    }
}

impl<S: SerializeMap> SerializeMap for Packed<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), S::Error> {
        self.0.serialize_key(key)
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        self.0.serialize_value(&Packed(&value))
    }
    fn end(self) -> Result<S::Ok, S::Error> {
        self.0.end()
    }
}
