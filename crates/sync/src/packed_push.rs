//! A push by columns. What is random in an op, the last bytes of its id, stands once and as bytes; whatever is the same in
//! many ops, or follows from the op before, does not stand in each. It says what v0.1.0's form says: unpacked, it is that
//! form's text of each op, which is then read, judged and kept as ever. `docs/sync.md` describes it for others.

use crate::fields::Fields;
use crate::message::{MOST_BYTES, MOST_OPS};
use crate::op::Op;
use chrono::{DateTime, Timelike as _};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The form that this program packs and unpacks; a server says up to which it reads them, 0 where it says none.
pub const FORMAT: u32 = 1;

/// Characters of base64 (RFC 4648, section 5), in the order of what they stand for.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// The time in an id has so many bits; what is added to it goes on from 0 behind the largest.
const TIMES: u64 = (1 << 48) - 1;
/// Stands for a field that an op does not have. No field has this value: where a list is empty it is left out.
const ABSENT: &str = "[]";
/// The first time behind the year 9999, which programs write in more than one way.
const TOO_LATE: u64 = 253_402_300_800_000;
/// By how many milliseconds an op's time is looked for behind the time in its id.
const LATER: u64 = 2;

/// The values of a field, one an op.
#[derive(Default)]
struct Column {
    name: String,
    text: String,
    last: String,
    /// For how many more ops the last value stands; at the end it stands for all that follow.
    repeats: usize,
    count: usize,
}

impl Column {
    fn put(&mut self, value: &str) {
        self.count += 1;
        if self.last == value {
            self.repeats += 1;
            return;
        }
        if self.repeats > 0 {
            self.text.push_str(",[");
            self.text.push_str(&self.repeats.to_string());
            self.text.push(']');
        }
        self.repeats = 0;
        if !self.text.is_empty() {
            self.text.push(',');
        }
        self.text.push_str(value);
        value.clone_into(&mut self.last);
    }
}

/// The body of a push. `time_of` writes a time, in milliseconds since 1970, as the ops of this device have it. None where
/// there are none, or one does not go into it: its id is no UUID of version 7.
pub fn pack(ops: &[Op], cursor: Option<&str>, time_of: &dyn Fn(u64) -> String) -> Option<String> {
    let (mut ids, mut columns) = (Vec::new(), Vec::<Column>::new());
    let (mut time, mut seq) = (0, 0);
    ops.first()?;
    for (nth, op) in ops.iter().enumerate() {
        let id = op.op_id.as_bytes();
        let now = (op.op_id.as_u128() >> 80) as u64;
        if id[6] >> 4 != 7 || id[8] >> 6 != 2 || now + LATER >= TOO_LATE {
            return None;
        }
        let step = now.wrapping_sub(time) & TIMES;
        time = now;
        let place = ids.len();
        ids.extend_from_slice(&id[6..]);
        ids[place] = id[6] & 15 | (step as u8) << 4;
        ids[place + 2] = id[8] & 63 | (step as u8 >> 4) << 6;
        let mut rest = step >> 6;
        while rest > 127 {
            ids.push(rest as u8 | 128);
            rest >>= 7;
        }
        ids.push(rest as u8);
        let text = serde_json::to_string(op).ok()?;
        let fields: Fields<'_> = serde_json::from_str(&text).ok()?;
        for (name, value) in fields.all() {
            let number;
            let mut value = value.get();
            if name == "op_id" {
                continue;
            }
            if name == "device_seq" {
                number = op.device_seq.wrapping_sub(seq).to_string();
                seq = op.device_seq;
                value = &number;
            } else if name == "entered_at"
                && let Some(later) = (0..=LATER).find(|later| time_of(now + later) == op.entered_at)
            {
                number = later.to_string();
                value = &number;
            }
            let at = columns.iter().position(|column| column.name == *name).unwrap_or_else(|| {
                columns.push(Column { name: name.to_string(), ..Column::default() });
                columns.len() - 1
            });
            while columns[at].count < nth {
                columns[at].put(ABSENT);
            }
            columns[at].put(value);
        }
    }
    let mut body = String::from("{\"packed\":{\"ids\":\"");
    for three in ids.chunks(3) {
        let bits =
            three.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte)) << (8 * (3 - three.len()));
        for nth in 0..=three.len() {
            body.push(char::from(DIGITS[bits >> (18 - 6 * nth) & 63]));
        }
    }
    body.push_str("\",\"columns\":");
    let mut before = '{';
    for column in &mut columns {
        while column.count < ops.len() {
            column.put(ABSENT);
        }
        body.push(before);
        body.push('"');
        body.push_str(&column.name);
        body.push_str("\":[");
        body.push_str(&column.text);
        body.push(']');
        before = ',';
    }
    body.push_str("}}");
    if let Some(cursor) = cursor {
        body.push_str(",\"cursor\":");
        body.push_str(&serde_json::to_string(cursor).ok()?);
    }
    body.push('}');
    Some(body)
}

/// Ops by columns, as they come in.
#[derive(Debug, Deserialize)]
pub struct Packed {
    /// Their ids.
    ids: String,
    /// Their other fields.
    columns: BTreeMap<String, Vec<Box<RawValue>>>,
}

/// Why a push by columns does not unpack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnpackError {
    /// The ids are no base64, or end in the middle of one.
    #[error("`ids` does not read")]
    Ids,
    /// A column has no value, more values than there are ops, or begins with a repetition.
    #[error("a column has no value, or more than there are ops")]
    Column,
    /// The numbers of the ops are none below 2⁶⁴.
    #[error("`device_seq` is too large")]
    Number,
    /// More ops, or more bytes when it is unpacked, than a push has.
    #[error("too much for one push")]
    TooMuch,
}

fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut count) = (Vec::with_capacity(text.len() * 3 / 4), 0_u32, 0);
    for digit in text.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    // What is left over are fewer bits than a digit has, all 0.
    (count < 6 && bits & ((1 << count) - 1) == 0).then_some(bytes)
}

fn ids_of(text: &str) -> Result<Vec<Uuid>, UnpackError> {
    let bytes = bytes_of(text).ok_or(UnpackError::Ids)?;
    let (mut ids, mut time, mut rest) = (Vec::new(), 0_u64, &*bytes);
    while !rest.is_empty() {
        if ids.len() == MOST_OPS {
            return Err(UnpackError::TooMuch);
        }
        let (tail, after) = rest.split_first_chunk::<10>().ok_or(UnpackError::Ids)?;
        rest = after;
        let mut step = u64::from(tail[0] >> 4 | tail[2] >> 6 << 4);
        for shift in (6..).step_by(7) {
            let (byte, after) = rest.split_first().ok_or(UnpackError::Ids)?;
            rest = after;
            if shift > 48 {
                return Err(UnpackError::Ids);
            }
            step |= u64::from(byte & 127) << shift;
            if byte & 128 == 0 {
                break;
            }
        }
        time = time.wrapping_add(step) & TIMES;
        let mut id = [0; 16];
        id[..6].copy_from_slice(&time.to_be_bytes()[2..]);
        id[6..].copy_from_slice(tail);
        id[6] = tail[0] & 15 | 7 << 4;
        id[8] = tail[2] & 63 | 2 << 6;
        ids.push(Uuid::from_bytes(id));
    }
    Ok(ids)
}

impl Packed {
    /// The text of each op, as v0.1.0's form has it.
    pub fn unpack(&self) -> Result<Vec<String>, UnpackError> {
        let ids = ids_of(&self.ids)?;
        let mut columns = Vec::with_capacity(self.columns.len());
        for (name, values) in self.columns.iter().filter(|(name, _)| *name != "op_id") {
            let values = spread(values, ids.len())?;
            let quoted = serde_json::to_string(name).map_err(|_| UnpackError::Column)?;
            columns.push((name.as_str(), quoted, values));
        }
        let (mut texts, mut bytes, mut seq) = (Vec::with_capacity(ids.len()), 0, 0_u64);
        for (nth, id) in ids.iter().enumerate() {
            let mut text = String::with_capacity(480);
            text.push_str("{\"op_id\":\"");
            text.push_str(id.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
            text.push('"');
            for (name, quoted, values) in &columns {
                let value = values.get(nth).or(values.last()).copied().unwrap_or(ABSENT);
                if value == ABSENT {
                    continue;
                }
                text.push(',');
                text.push_str(quoted);
                text.push(':');
                match *name {
                    "device_seq" => match value.parse::<u64>() {
                        Ok(step) => {
                            seq = seq.checked_add(step).ok_or(UnpackError::Number)?;
                            text.push_str(&seq.to_string());
                        }
                        Err(_) => text.push_str(value),
                    },
                    "entered_at" => match time_of(*id, value) {
                        Some(time) => {
                            text.push('"');
                            text.push_str(&time);
                            text.push('"');
                        }
                        None => text.push_str(value),
                    },
                    _ => text.push_str(value),
                }
                if bytes + text.len() > MOST_BYTES {
                    return Err(UnpackError::TooMuch);
                }
            }
            text.push('}');
            bytes += text.len() + 1;
            texts.push(text);
        }
        Ok(texts)
    }
}

/// The values of a column one by one, for so many ops at most.
fn spread(values: &[Box<RawValue>], most: usize) -> Result<Vec<&str>, UnpackError> {
    let mut all: Vec<&str> = Vec::with_capacity(most);
    for value in values {
        let value = value.get();
        let inner = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        match inner.and_then(|inner| inner.parse::<usize>().ok()) {
            None => all.push(value),
            Some(more) => {
                let last = all.last().copied().ok_or(UnpackError::Column)?;
                let end =
                    all.len().checked_add(more).filter(|end| *end <= most).ok_or(UnpackError::Column)?;
                all.resize(end, last);
            }
        }
        if all.len() > most {
            return Err(UnpackError::Column);
        }
    }
    if all.is_empty() { Err(UnpackError::Column) } else { Ok(all) }
}

/// A time that is told by how many milliseconds it is behind that of its op's id.
fn time_of(id: Uuid, later: &str) -> Option<String> {
    let later: u32 = later.parse().ok()?;
    let time = DateTime::from_timestamp_millis((id.as_u128() >> 80) as i64 + i64::from(later))?;
    let (day, clock) = (time.date_naive(), time.time());
    Some(format!(
        "{day}T{:02}:{:02}:{:02}.{:03}Z",
        clock.hour(),
        clock.minute(),
        clock.second(),
        time.timestamp_subsec_millis()
    ))
}
