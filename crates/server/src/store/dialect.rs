//! The few places where the SQL of SQLite and PostgreSQL differs, as words in braces:
//!
//! - `{list $1}`, `{ints $1}`: the texts or whole numbers of a JSON list, as a subquery;
//! - `{rows $1}`: a JSON list of lists, as a table whose `value` is one of them (`k.value ->> 0`);
//! - `{lock c}`, `{share c}`: locks the rows of a table that a query reads, for itself or against change. SQLite has
//!   one writer at a time anyway.

/// Whose SQL it is.
#[derive(Clone, Copy)]
pub(super) enum Dialect {
    /// SQLite's.
    Sqlite,
    /// PostgreSQL's.
    Postgres,
}

/// Puts the words of a dialect into a statement.
pub(super) fn translate(sql: &str, dialect: Dialect) -> String {
    let mut out = String::with_capacity(sql.len() + 64);
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once('{') {
        let (word, after) = after.split_once('}').unwrap_or((after, ""));
        let (kind, what) = word.split_once(' ').unwrap_or((word, ""));
        let (open, close) = match (kind, dialect) {
            ("list", Dialect::Sqlite) => ("(SELECT value FROM json_each(", "))"),
            ("list", Dialect::Postgres) => {
                ("(SELECT value FROM jsonb_array_elements_text(CAST(", " AS jsonb)))")
            }
            ("ints", Dialect::Sqlite) => ("(SELECT CAST(value AS BIGINT) FROM json_each(", "))"),
            ("ints", Dialect::Postgres) => {
                ("(SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(", " AS jsonb)))")
            }
            ("rows", Dialect::Sqlite) => ("json_each(", ")"),
            ("rows", Dialect::Postgres) => ("jsonb_array_elements(CAST(", " AS jsonb))"),
            ("lock", Dialect::Postgres) => ("FOR UPDATE OF ", ""),
            ("share", Dialect::Postgres) => ("FOR SHARE OF ", ""),
            _ => ("", ""),
        };
        out.push_str(before);
        if !open.is_empty() {
            out.extend([open, what, close]);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_braces_are_put_into_the_dialect() {
        let sql = "SELECT k.value ->> 0 FROM {rows $1} AS k WHERE a IN {list $2} {lock c}";
        assert_eq!(
            translate(sql, Dialect::Sqlite),
            "SELECT k.value ->> 0 FROM json_each($1) AS k WHERE a IN (SELECT value FROM json_each($2)) "
        );
        assert!(translate(sql, Dialect::Postgres).ends_with("FOR UPDATE OF c"));
    }
}
