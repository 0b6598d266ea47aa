//! Bytes as text: which encoding, or what else it is.

use super::TableError;
use std::borrow::Cow;

/// How much is looked at to tell what a file is.
const LOOKED_AT: usize = 4096;

/// The bytes in UTF-8 without a mark. What is in no Unicode at all stays as it is: its ASCII reads the same in
/// every code page of Windows.
pub(super) fn text(bytes: &[u8]) -> Result<Cow<'_, [u8]>, TableError> {
    let start = bytes.get(..bytes.len().min(LOOKED_AT)).unwrap_or_default();
    if start.starts_with(b"PK\x03\x04") {
        let holds = |name: &[u8]| start.windows(name.len()).any(|part| part == name);
        let is_workbook =
            holds(b"[Content_Types].xml") || holds(b"xl/") || holds(b"opendocument.spreadsheet");
        return Err(if is_workbook { TableError::Workbook } else { TableError::NotText });
    }
    if start.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Err(TableError::OldWorkbook);
    }
    if start.starts_with(b"%PDF-") {
        return Err(TableError::Pdf);
    }
    let text = match start {
        [0xef, 0xbb, 0xbf, ..] => Cow::Borrowed(&bytes[3..]),
        [0xff, 0xfe, ..] => Cow::Owned(from_utf16(&bytes[2..], u16::from_le_bytes)),
        [0xfe, 0xff, ..] => Cow::Owned(from_utf16(&bytes[2..], u16::from_be_bytes)),
        _ => match zeros(start) {
            (0, 0) => Cow::Borrowed(bytes),
            // Latin letters have a zero beside them, on the same side each.
            (even, odd) if odd > 8 * even && 8 * odd > start.len() => {
                Cow::Owned(from_utf16(bytes, u16::from_le_bytes))
            }
            (even, odd) if even > 8 * odd && 8 * even > start.len() => {
                Cow::Owned(from_utf16(bytes, u16::from_be_bytes))
            }
            _ => return Err(TableError::NotText),
        },
    };
    let start = text.get(..text.len().min(LOOKED_AT)).unwrap_or_default();
    if start.contains(&0) {
        return Err(TableError::NotText);
    }
    let head = start.trim_ascii_start();
    let markup: [&[u8]; 8] =
        [b"<!doctype", b"<html", b"<head", b"<meta", b"<table", b"<?xml", b"<style", b"mime-version:"];
    let is = |tag: &&[u8]| head.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
    if markup.iter().any(is) {
        return Err(TableError::Markup);
    }
    Ok(text)
}

/// Zero bytes at even and at odd places.
fn zeros(start: &[u8]) -> (usize, usize) {
    let count = |from: usize| start.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    (count(0), count(1))
}

/// Half a character, at the end of a file that was cut off or in its middle, becomes the mark of a character
/// that could not be read, so that its cell reads as nothing else.
fn from_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Vec<u8> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len() / 2 + 3);
    let units = pairs.iter().map(|pair| unit(*pair));
    text.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
    if !rest.is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    text.into_bytes()
}
