//! What is not told: the numbers of sensitive elements.
//!
//! [`publishable`] is the one function every output of sums goes through. The numbers of a verdict go
//! together: numerator, denominator, last year's, what is missing and the other reading. The verdict stays.
//! What is hidden must not follow from what is shown, so everything shown is taken as a set of linear
//! equations over elements, and verdicts lose their numbers until no hidden number is a combination of them.

use crate::evaluate::Evaluation;
use crate::model::{ElementIx, ElementSum, Model};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// True when a target's arithmetic rests on a sensitive element.
pub fn is_sensitive(model: &Model, target: usize) -> bool {
    model.target_elements(target).any(|e| model.element(e).sensitive)
}

/// An element over a span, this year's or the one before it.
type Variable = (ElementIx, NaiveDate, NaiveDate, bool);

/// A number that is told, as a combination of variables.
struct Fact {
    evaluation: usize,
    terms: BTreeMap<Variable, i128>,
}

/// Evaluations without the numbers of those that rest on a sensitive element, and without what would give them
/// away. They are taken as told together, all that one reader can put side by side.
pub fn publishable(model: &Model, mut all: Vec<Evaluation>) -> Vec<Evaluation> {
    let place = |e: &Evaluation| model.target_ix(&e.target);
    let sensitive: Vec<bool> =
        all.iter().map(|e| place(e).is_none_or(|target| is_sensitive(model, target))).collect();
    let facts: Vec<Fact> = all
        .iter()
        .enumerate()
        .flat_map(|(nth, e)| place(e).map(|target| facts(model, nth, target, e)).unwrap_or_default())
        .collect();
    let mut hidden: BTreeSet<usize> = (0..all.len()).filter(|nth| sensitive[*nth]).collect();
    let secrets: Vec<&BTreeMap<Variable, i128>> =
        facts.iter().filter(|fact| hidden.contains(&fact.evaluation)).map(|fact| &fact.terms).collect();
    // Each round hides one verdict's numbers more, so it ends; with all of them hidden nothing follows.
    loop {
        let shown: Vec<&Fact> = facts.iter().filter(|fact| !hidden.contains(&fact.evaluation)).collect();
        let rows: Vec<&BTreeMap<Variable, i128>> = shown.iter().map(|fact| &fact.terms).collect();
        let Some(told) = secrets.iter().find(|secret| follows(secret, &rows)) else { break };
        // Of the verdicts that name an element of the secret, a sensitive one goes first.
        let names = |fact: &&&Fact| fact.terms.keys().any(|variable| told.contains_key(variable));
        let next = shown.iter().filter(names).map(|fact| fact.evaluation);
        let next = next.min_by_key(|nth| (!sensitive[*nth], *nth));
        hidden.extend(next.or_else(|| shown.first().map(|fact| fact.evaluation)));
    }
    for nth in hidden {
        hide(&mut all[nth]);
    }
    all
}

/// Evaluations as everybody may see them, without an account: what [`publishable`] leaves, without how many reported
/// where a sensitive element is among what they reported.
pub fn public(model: &Model, all: Vec<Evaluation>) -> Vec<Evaluation> {
    let mut all = publishable(model, all);
    for e in &mut all {
        if model.target_ix(&e.target).is_none_or(|target| is_sensitive(model, target)) {
            (e.reported, e.expected, e.contested, e.unapproved, e.estimated) = (0, 0, 0, 0, 0);
        }
    }
    all
}

/// Takes the numbers of a verdict away.
fn hide(e: &mut Evaluation) {
    (e.numerator, e.denominator, e.previous_numerator, e.previous_denominator) = (None, None, None, None);
    (e.missing, e.alternative) = (None, None);
}

/// Every number an evaluation tells.
fn facts(model: &Model, evaluation: usize, target: usize, e: &Evaluation) -> Vec<Fact> {
    let terms = model.target_terms(target);
    let nothing = Vec::new();
    let (other_n, other_d) = terms.alternative.as_ref().map_or((&nothing, &nothing), |(n, d)| (n, d));
    let told = [
        (&terms.numerator, e.numerator, false),
        (&terms.denominator, e.denominator, false),
        (&terms.numerator, e.previous_numerator, true),
        (&terms.denominator, e.previous_denominator, true),
        (other_n, e.alternative.map(|(n, _)| n), false),
        (other_d, e.alternative.and_then(|(_, d)| d), false),
    ];
    let fact = |(sum, value, before): (&ElementSum, Option<i128>, bool)| {
        let mut terms: BTreeMap<Variable, i128> = BTreeMap::new();
        for (minus, element) in sum {
            *terms.entry((*element, e.from, e.to, before)).or_default() += if *minus { -1 } else { 1 };
        }
        value.is_some().then_some(Fact { evaluation, terms })
    };
    told.into_iter().filter_map(fact).collect()
}

/// A prime; combinations are sought modulo it. Coefficients are small, so what follows over whole numbers
/// follows here, and a chance hit would only hide more.
const PRIME: i128 = (1 << 61) - 1;

/// True when `wanted` is a linear combination of `rows`.
fn follows<K: Ord + Copy>(wanted: &BTreeMap<K, i128>, rows: &[&BTreeMap<K, i128>]) -> bool {
    // Rows with a leading variable each, reduced as they come in.
    let mut basis: BTreeMap<K, BTreeMap<K, i128>> = BTreeMap::new();
    let reduce = |basis: &BTreeMap<K, BTreeMap<K, i128>>, row: &BTreeMap<K, i128>| {
        let mut row: BTreeMap<K, i128> = row.iter().map(|(k, v)| (*k, v.rem_euclid(PRIME))).collect();
        row.retain(|_, v| *v != 0);
        let mut from = row.keys().next().copied();
        while let Some(key) = from {
            if let (Some(factor), Some(lead)) = (row.get(&key).copied(), basis.get(&key)) {
                for (k, v) in lead {
                    let cell = row.entry(*k).or_default();
                    *cell = (*cell - factor * v % PRIME).rem_euclid(PRIME);
                }
                row.retain(|_, v| *v != 0);
            }
            from = row.range(key..).map(|(k, _)| *k).find(|k| *k > key);
        }
        row
    };
    for row in rows {
        let mut row = reduce(&basis, row);
        if let Some((lead, factor)) = row.iter().next().map(|(k, v)| (*k, *v)) {
            let inverse = power(factor, PRIME - 2);
            for value in row.values_mut() {
                *value = *value * inverse % PRIME;
            }
            basis.insert(lead, row);
        }
    }
    !wanted.is_empty() && reduce(&basis, wanted).is_empty()
}

fn power(mut base: i128, mut exponent: i128) -> i128 {
    let mut result = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % PRIME;
        }
        base = base * base % PRIME;
        exponent >>= 1;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(terms: &[(u8, i128)]) -> BTreeMap<u8, i128> {
        terms.iter().copied().collect()
    }

    #[test]
    fn a_part_follows_from_its_total_and_the_other_parts() {
        let (total, other) = (row(&[(0, 1), (1, 1), (2, 1)]), row(&[(1, 1), (2, 1)]));
        assert!(follows(&row(&[(0, 1)]), &[&total, &other]));
        assert!(!follows(&row(&[(0, 1)]), &[&total]));
        assert!(!follows(&row(&[(1, 1)]), &[&total, &other]));
    }

    proptest! {
        /// Recovering a number by elimination over fractions agrees with what `follows` says.
        #[test]
        fn what_follows_is_what_elimination_finds(
            rows in prop::collection::vec(prop::collection::btree_map(0_u8..6, -2_i128..=2, 0..5), 0..7),
            wanted in prop::collection::btree_map(0_u8..6, -2_i128..=2, 1..4),
        ) {
            let dense = |row: &BTreeMap<u8, i128>| -> Vec<(i128, i128)> {
                (0..6).map(|k| (row.get(&k).copied().unwrap_or(0), 1)).collect()
            };
            let mut with = rows.iter().map(dense).collect::<Vec<_>>();
            let without = rank(with.clone());
            with.push(dense(&wanted));
            let is_zero = wanted.values().all(|v| *v == 0);
            let refs: Vec<_> = rows.iter().collect();
            let found = rank(with) == without;
            prop_assert_eq!(follows(&wanted, &refs), found || is_zero);
        }
    }

    /// Rank over exact fractions, (numerator, denominator) a cell.
    fn rank(mut rows: Vec<Vec<(i128, i128)>>) -> usize {
        fn gcd(a: i128, b: i128) -> i128 {
            if b == 0 { a.abs().max(1) } else { gcd(b, a % b) }
        }
        let less = |(n, d): (i128, i128)| (n / gcd(n, d), d / gcd(n, d));
        let mut rank = 0;
        for column in 0..6 {
            let Some(pivot) = (rank..rows.len()).find(|r| rows[*r][column].0 != 0) else { continue };
            rows.swap(rank, pivot);
            let (above, below) = rows.split_at_mut(rank + 1);
            let lead = &above[rank];
            for row in below {
                let (here, there) = (row[column], lead[column]);
                let factor = less((here.0 * there.1, here.1 * there.0));
                for (cell, led) in row.iter_mut().zip(lead) {
                    let denominator = cell.1 * factor.1 * led.1;
                    *cell = less((cell.0 * factor.1 * led.1 - factor.0 * led.0 * cell.1, denominator));
                }
            }
            rank += 1;
        }
        rank
    }
}
