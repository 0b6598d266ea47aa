//! A push by columns says what v0.1.0's form of the same ops says, to the letter, and nobody makes much of little with it.

use chitieu_sync::message::{MOST_BYTES, MOST_OPS, PushRequest};
use chitieu_sync::packed_push::{Packed, UnpackError, pack};
use chitieu_sync::{Base, Op};
use chrono::DateTime;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// `plain` is a push of v0.1.0's form, `packed` the same by columns.
const GOLDEN: &str = include_str!("golden/packed-push.json");

#[derive(Deserialize)]
struct Body {
    packed: Packed,
    cursor: Option<String>,
}

fn time_of(milliseconds: u64) -> String {
    let time = DateTime::from_timestamp_millis(milliseconds as i64).expect("a time").naive_utc();
    format!("{time:?}")
        .split('.')
        .next()
        .map(|whole| format!("{whole}.{:03}Z", milliseconds % 1_000))
        .expect("a text")
}

fn golden() -> (PushRequest, String) {
    let all: Value = serde_json::from_str(GOLDEN).expect("it is JSON");
    let plain = serde_json::from_str(&all["plain"].to_string()).expect("a push");
    (plain, all["packed"].to_string())
}

fn unpacked(body: &str) -> Result<Vec<String>, UnpackError> {
    serde_json::from_str::<Body>(body).expect("it reads").packed.unpack()
}

/// An op whose id was made at a time, and which says when it was entered.
fn figure(seq: u64, at: u64, entered_at: &str) -> Op {
    let id = (u128::from(at) << 80) | 7 << 76 | 2 << 62 | (u128::from(seq) * 0x9e37_79b9);
    let op = json!({
        "op_id": Uuid::from_u128(id), "device_id": Uuid::from_u128(1), "device_seq": seq, "author": "lan",
        "reporter": "police_commune:11977@2025-07-01", "period": "2026-10", "base": { "rev": 0 },
        "plan": "p", "entered_at": entered_at, "kind": "figure", "element": "crimes_drug", "value": seq,
    });
    serde_json::from_str(&op.to_string()).expect("an op")
}

fn texts(ops: &[Op]) -> Vec<Value> {
    ops.iter().map(|op| serde_json::to_value(op).expect("JSON")).collect()
}

fn read(unpacked: &[String]) -> Vec<Value> {
    unpacked.iter().map(|text| serde_json::from_str(text).expect("JSON")).collect()
}

#[test]
fn the_shape_by_columns_is_frozen() {
    let (plain, packed) = golden();
    let made = pack(&plain.ops, plain.cursor.as_deref(), &time_of).expect("it packs");
    let wanted: Value = serde_json::from_str(&packed).expect("JSON");
    assert_eq!(serde_json::from_str::<Value>(&made).expect("JSON"), wanted);
    assert_eq!(read(&unpacked(&packed).expect("it unpacks")), texts(&plain.ops));
    assert_eq!(serde_json::from_str::<Body>(&packed).expect("it reads").cursor, plain.cursor);
}

#[test]
fn what_a_device_packs_a_server_unpacks_to_the_letter() {
    let now = 1_795_334_401_000;
    // Typed by and by; at one moment; after a long pause; by a clock that was put back; at both ends of what an id holds.
    let times = [now, now + 63, now + 64, now + 64, now + 90_000_000, now - 5, 0, 253_402_300_799_000];
    let mut ops: Vec<Op> = times.iter().zip(1..).map(|(at, seq)| figure(seq, *at, &time_of(*at))).collect();
    // Numbers with a gap, a time of another moment or of another shape, and texts that JSON quotes.
    ops.push(figure(20, now, &time_of(now + 1)));
    ops.push(figure(21, now, "2026-11-22T08:00:00+07:00"));
    ops.push(Op {
        note: Some("\"quoted\" \u{1}, \\, [] và ước".into()), ..figure(22, now, &time_of(now))
    });
    ops.push(Op { base: Base::Rev(9_007_199_254_740_993), ..figure(23, now, &time_of(now)) });
    ops.push(figure(24, now, &time_of(now)));
    let body = pack(&ops, Some("{\"e\":1}"), &time_of).expect("it packs");
    assert_eq!(read(&unpacked(&body).expect("it unpacks")), texts(&ops));
    assert!(body.contains("\"author\":[\"lan\"]"), "what is the same in all stands once: {body}");
    assert!(body.contains("\"note\":[[],[9],"), "and so does what is the same in some: {body}");
}

#[test]
fn figures_of_one_form_take_few_bytes() {
    let ops: Vec<Op> = (1..=500).map(|seq| figure(seq, seq * 3_000, &time_of(seq * 3_000))).collect();
    let body = pack(&ops, None, &time_of).expect("it packs");
    // 11 bytes of id and time are 14.7 characters, a value and its comma 4.
    assert!(body.len() < 500 * 20, "{}", body.len());
}

#[test]
fn an_id_of_another_kind_and_no_op_are_not_packed() {
    let odd = Op { op_id: Uuid::from_u128(5), ..figure(1, 5, "2026-11-22T08:00:00Z") };
    let other_variant = Op { op_id: Uuid::from_u128(7 << 76), ..odd.clone() };
    let late = figure(1, 253_402_300_800_000, "2026-11-22T08:00:00Z");
    for ops in [vec![odd], vec![other_variant], vec![late], Vec::new()] {
        assert_eq!(pack(&ops, None, &time_of), None);
    }
}

#[test]
fn what_does_not_unpack_is_told_and_nothing_of_it_is_taken() {
    let ops: Vec<Op> = (1..=2).map(|seq| figure(seq, seq, "2026-11-22T08:00:00Z")).collect();
    let body = pack(&ops, None, &time_of).expect("it packs");
    let body: Value = serde_json::from_str(&body).expect("JSON");
    let ids = body["packed"]["ids"].as_str().expect("a text").to_owned();
    let with = |field: &str, value: Value| {
        let mut body = body.clone();
        body["packed"][field] = value;
        unpacked(&body.to_string())
    };
    let column = |name: &str, values: Value| {
        let mut columns = body["packed"]["columns"].clone();
        columns[name] = values;
        with("columns", columns)
    };
    for wrong in
        [&ids[..ids.len() - 2], &ids[1..], "====", "A", &format!("{ids}____"), "AAAAAAAAAAAAAP__________AA"]
    {
        assert_eq!(with("ids", json!(wrong)), Err(UnpackError::Ids), "{wrong}");
    }
    assert_eq!(column("element", json!([])), Err(UnpackError::Column));
    for wrong in [json!(["a", "b", "c"]), json!([[1], "a"]), json!(["a", [2]]), json!(["a", [usize::MAX]])] {
        assert_eq!(column("element", wrong), Err(UnpackError::Column));
    }
    assert_eq!(column("device_seq", json!([u64::MAX, 1])), Err(UnpackError::Number));
    let too_many = ids_of(MOST_OPS + 1);
    assert_eq!(with("ids", json!(too_many)), Err(UnpackError::TooMuch));
    assert!(with("ids", json!(ids_of(MOST_OPS))).is_ok());
    // A text that stands once and counts for all.
    let long = "x".repeat(MOST_BYTES / 2);
    assert_eq!(column("note", json!([long])), Err(UnpackError::TooMuch));
    // An op's id stands where it belongs.
    let other = column("op_id", json!([Uuid::nil()])).expect("it is passed over");
    assert_eq!(read(&other), texts(&ops));
}

/// So many ids, each of a millisecond and 0.
fn ids_of(count: usize) -> String {
    let ops: Vec<Op> = (0..count as u64).map(|seq| figure(seq, seq, "2026-11-22T08:00:00Z")).collect();
    let body = pack(&ops, None, &time_of).expect("it packs");
    let body: Value = serde_json::from_str(&body).expect("JSON");
    body["packed"]["ids"].as_str().expect("a text").to_owned()
}

#[test]
fn columns_and_values_that_are_not_known_stay_with_their_op() {
    let ops: Vec<Op> = (1..=2).map(|seq| figure(seq, seq, "2026-11-22T08:00:00Z")).collect();
    let body = pack(&ops, None, &time_of).expect("it packs");
    let mut body: Value = serde_json::from_str(&body).expect("JSON");
    body["packed"]["columns"]["colour"] = json!([[], "red"]);
    body["packed"]["columns"]["device_seq"] = json!([1, "two"]);
    let read = read(&unpacked(&body.to_string()).expect("it unpacks"));
    assert_eq!((read[0].get("colour"), &read[1]["colour"]), (None, &json!("red")));
    assert_eq!(read[1]["device_seq"], "two");
}
