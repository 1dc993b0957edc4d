//! Rows of one table as one list of columns and a list of values each, so that an event names its columns once.
//!
//! **Invariant:** the values of a row stand in the order of its fields, and only flat rows can be written.

use serde::Serialize;
use serde::ser::{Error as _, Impossible, SerializeStruct, Serializer};
use serde_json::Error;

/// Writes `{"columns":[…],"rows":[[…],…]}`.
///
/// # Errors
/// A row that is no flat struct.
pub(super) fn write_table<R: Serialize>(rows: &[R], out: &mut Vec<u8>) -> Result<(), Error> {
    let mut names: Vec<&'static str> = Vec::new();
    if let Some(first) = rows.first() {
        first.serialize(RowWriter { out: &mut Vec::new(), names: Some(&mut names), is_first: true })?;
    }
    out.extend_from_slice(b"{\"columns\":");
    serde_json::to_writer(&mut *out, &names)?;
    out.extend_from_slice(b",\"rows\":[");
    for (place, row) in rows.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        row.serialize(RowWriter { out, names: None, is_first: true })?;
    }
    out.extend_from_slice(b"]}");
    Ok(())
}

/// The values of one row as they stand in the payload of its event.
///
/// # Errors
/// A row that is no flat struct.
pub fn values_of<R: Serialize>(row: &R) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    row.serialize(RowWriter { out: &mut out, names: None, is_first: true })?;
    Ok(out)
}

/// Writes the fields of one struct as a list.
struct RowWriter<'w> {
    out: &'w mut Vec<u8>,
    names: Option<&'w mut Vec<&'static str>>,
    is_first: bool,
}

impl SerializeStruct for RowWriter<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
        if let Some(names) = &mut self.names {
            names.push(key);
        }
        if !self.is_first {
            self.out.push(b',');
        }
        self.is_first = false;
        serde_json::to_writer(&mut *self.out, value)
    }

    fn end(self) -> Result<(), Error> {
        self.out.push(b']');
        Ok(())
    }
}

/// Refuses every shape but a struct.
macro_rules! refused {
    ($($method:ident($($kind:ty),*) -> $answer:ty;)+) => {
        $(fn $method(self, $(_: $kind),*) -> Result<$answer, Error> { Err(not_flat()) })+
    };
}

fn not_flat() -> Error {
    Error::custom("a row is a struct of plain values")
}

type Never = Impossible<(), Error>;

impl Serializer for RowWriter<'_> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Self;
    type SerializeStructVariant = Never;

    fn serialize_struct(self, _name: &'static str, _len: usize) -> Result<Self, Error> {
        self.out.push(b'[');
        Ok(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _value: &T) -> Result<(), Error> {
        Err(not_flat())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _name: &'static str, _value: &T) -> Result<(), Error> {
        Err(not_flat())
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result<(), Error> {
        Err(not_flat())
    }

    refused! {
        serialize_bool(bool) -> ();
        serialize_i8(i8) -> ();
        serialize_i16(i16) -> ();
        serialize_i32(i32) -> ();
        serialize_i64(i64) -> ();
        serialize_u8(u8) -> ();
        serialize_u16(u16) -> ();
        serialize_u32(u32) -> ();
        serialize_u64(u64) -> ();
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_char(char) -> ();
        serialize_str(&str) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_none() -> ();
        serialize_unit() -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_unit_variant(&'static str, u32, &'static str) -> ();
        serialize_seq(Option<usize>) -> Never;
        serialize_tuple(usize) -> Never;
        serialize_tuple_struct(&'static str, usize) -> Never;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Never;
        serialize_map(Option<usize>) -> Never;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Never;
    }
}
