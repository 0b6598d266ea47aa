//! What looks like personal data, on sentences that were written by somebody who did not see the rules.

use chitieu_domain::personal_data::find;
use std::collections::BTreeSet;

const SENTENCES: &str = include_str!("../tables/personal_data_unseen.csv");

/// The names of the kinds that a sentence is labelled with, and those that are found in it.
fn judged() -> Vec<(BTreeSet<String>, BTreeSet<String>, String)> {
    let mut rows = csv::Reader::from_reader(SENTENCES.as_bytes());
    let row = |row: csv::StringRecord| {
        let labels = row[0].split('+').filter(|kind| !kind.is_empty()).map(str::to_owned).collect();
        let found = find(&row[1]).iter().map(|found| found.kind.name().to_owned()).collect();
        (labels, found, row[1].to_owned())
    };
    rows.records().map(|record| row(record.expect("a row"))).collect()
}

#[test]
fn of_two_hundred_unseen_sentences_nine_in_ten_are_judged_right() {
    let all = judged();
    assert_eq!(all.len(), 200);
    let (mut right, mut false_alarms, mut missed) = (0.0, Vec::new(), Vec::new());
    for (labels, found, text) in &all {
        right += labels.intersection(found).count() as f64;
        false_alarms.extend(found.difference(labels).map(|kind| (kind, text)));
        missed.extend(labels.difference(found).map(|kind| (kind, text)));
    }
    let precision = right / (right + false_alarms.len() as f64);
    let recall = right / (right + missed.len() as f64);
    let said = format!(
        "precision {precision:.3}, recall {recall:.3}\nfalse: {false_alarms:#?}\nmissed: {missed:#?}"
    );
    assert!(precision >= 0.9 && recall >= 0.9, "precision and recall: {said}");
}
