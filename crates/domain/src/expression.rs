//! The notation of the tables: sums of elements, and rules between two of them.

use std::fmt;

/// What a term of a sum stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// An element of this period.
    Element(String),
    /// The same element in the previous period of the form.
    Previous(String),
    /// The same element in the same period one business year earlier.
    LastYear(String),
    /// A whole number.
    Number(i64),
}

/// Terms added or taken away, in the order written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// `(false, term)` adds, `(true, term)` takes away.
    pub terms: Vec<(bool, Term)>,
}

/// How the two sides of a rule relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// `=`
    Equal,
    /// `<=`
    AtMost,
    /// `within N% of`
    Within(u8),
}

/// `left relation right`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Left side.
    pub left: Sum,
    /// Between.
    pub relation: Relation,
    /// Right side.
    pub right: Sum,
}

/// What is wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// Nothing where a term should stand.
    #[error("a term is missing")]
    MissingTerm,
    /// A word that is no element, number, `prev(…)` or `last_year(…)`.
    #[error("`{0}` is not an element, a whole number, prev(element) or last_year(element)")]
    BadTerm(String),
    /// No `=`, `<=` or `within N% of`.
    #[error("a rule needs =, <= or `within N% of` between its sides")]
    NoRelation,
}

fn is_element(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn term(word: &str) -> Result<Term, ExpressionError> {
    let inside = |name: &str| word.strip_prefix(name).and_then(|r| r.strip_suffix(')')).map(str::to_owned);
    if let Some(element) = inside("prev(").filter(|e| is_element(e)) {
        return Ok(Term::Previous(element));
    }
    if let Some(element) = inside("last_year(").filter(|e| is_element(e)) {
        return Ok(Term::LastYear(element));
    }
    if is_element(word) {
        return Ok(Term::Element(word.to_owned()));
    }
    word.parse().map(Term::Number).map_err(|_| ExpressionError::BadTerm(word.chars().take(60).collect()))
}

impl Sum {
    /// Reads `a + b - c`.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        let mut terms = Vec::new();
        let mut minus = false;
        let mut want_term = true;
        for word in text.split_whitespace() {
            match (want_term, word) {
                (false, "+") => (minus, want_term) = (false, true),
                (false, "-") => (minus, want_term) = (true, true),
                (true, "+" | "-") => return Err(ExpressionError::MissingTerm),
                (true, _) => {
                    terms.push((minus, term(word)?));
                    want_term = false;
                }
                (false, _) => return Err(ExpressionError::BadTerm(word.to_owned())),
            }
        }
        if want_term { Err(ExpressionError::MissingTerm) } else { Ok(Self { terms }) }
    }

    /// The elements named, this period's or another's.
    pub fn elements(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().filter_map(|(_, t)| match t {
            Term::Element(e) | Term::Previous(e) | Term::LastYear(e) => Some(e.as_str()),
            Term::Number(_) => None,
        })
    }
}

impl Comparison {
    /// Reads `left = right`, `left <= right` or `left within 50% of right`.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        let split = |sign: &str| text.split_once(sign);
        let (left, relation, right) = if let Some((l, r)) = split(" <= ") {
            (l, Relation::AtMost, r)
        } else if let Some((l, r)) = split(" = ") {
            (l, Relation::Equal, r)
        } else {
            let (l, rest) = split(" within ").ok_or(ExpressionError::NoRelation)?;
            let (percent, r) = rest.split_once("% of ").ok_or(ExpressionError::NoRelation)?;
            (l, Relation::Within(percent.parse().map_err(|_| ExpressionError::NoRelation)?), r)
        };
        Ok(Self { left: Sum::parse(left)?, relation, right: Sum::parse(right)? })
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Element(e) => f.write_str(e),
            Self::Previous(e) => write!(f, "prev({e})"),
            Self::LastYear(e) => write!(f, "last_year({e})"),
            Self::Number(n) => write!(f, "{n}"),
        }
    }
}

/// The two readings an `alternative` may have: one sum, or a rate of two.
pub fn parse_alternative(text: &str) -> Result<(Sum, Option<Sum>), ExpressionError> {
    let bare = |side: &str| Sum::parse(side.trim().trim_start_matches('(').trim_end_matches(')'));
    match text.split_once(" / ") {
        Some((n, d)) => Ok((bare(n)?, Some(bare(d)?))),
        None => Ok((Sum::parse(text)?, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_keep_their_signs() {
        let sum = Sum::parse("a + b - c").expect("a sum");
        assert_eq!(sum.terms.iter().map(|(minus, _)| *minus).collect::<Vec<_>>(), [false, false, true]);
    }

    #[test]
    fn rules_know_their_relation() {
        for (text, relation) in [
            ("a = b + c", Relation::Equal),
            ("a + b <= prev(c)", Relation::AtMost),
            ("a within 50% of last_year(a)", Relation::Within(50)),
        ] {
            assert_eq!(Comparison::parse(text).expect(text).relation, relation);
        }
    }

    #[test]
    fn broken_expressions_say_what_is_wrong() {
        assert_eq!(Sum::parse("a + "), Err(ExpressionError::MissingTerm));
        assert_eq!(Sum::parse("a b"), Err(ExpressionError::BadTerm("b".into())));
        assert_eq!(Sum::parse("A"), Err(ExpressionError::BadTerm("A".into())));
        assert_eq!(Comparison::parse("a > b"), Err(ExpressionError::NoRelation));
    }
}
