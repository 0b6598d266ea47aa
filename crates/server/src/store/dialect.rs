//! The few places where the SQL of SQLite and PostgreSQL differs, as words in braces:
//!
//! - `{list $1}`, `{ints $1}`: the texts or whole numbers of a JSON list, as a subquery;
//! - `{rows $1}`: a JSON list of lists, as a table whose `value` is one of them (`k.value ->> 0`);
//! - `{values}` and `{values k}`: rows that are bound one by one ([`table`]), as what an INSERT takes and as a table whose
//!   columns are `column1`, `column2` …;
//! - `{bytes $1}`: bytes out of their hexadecimal digits;
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
            ("bytes", Dialect::Sqlite) => ("unhex(", ")"),
            ("bytes", Dialect::Postgres) => ("decode(", ", 'hex')"),
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

/// Puts bound rows into a statement: so many rows whose columns are numbers or not.
pub(super) fn table(sql: &str, dialect: Dialect, are_numbers: &[bool], rows: usize) -> String {
    let Some((before, (name, after))) =
        sql.split_once("{values").and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    else {
        return sql.to_owned();
    };
    let name = name.trim();
    let mut out = String::with_capacity(sql.len() + 64 + rows * are_numbers.len() * 3);
    out.push_str(before);
    match dialect {
        Dialect::Sqlite => {
            out.push_str(if name.is_empty() { "VALUES " } else { "(VALUES " });
            let row = format!("({})", vec!["?"; are_numbers.len()].join(","));
            for nth in 0..rows {
                if nth > 0 {
                    out.push(',');
                }
                out.push_str(&row);
            }
            if !name.is_empty() {
                out.extend([") AS ", name]);
            }
        }
        Dialect::Postgres => {
            let list = |(nth, is_number): (usize, &bool)| {
                format!("CAST(${} AS {}[])", nth + 1, if *is_number { "BIGINT" } else { "TEXT" })
            };
            let lists: Vec<String> = are_numbers.iter().enumerate().map(list).collect();
            if name.is_empty() {
                out.push_str("SELECT * FROM ");
            }
            out.extend(["UNNEST(", &lists.join(", "), ")"]);
            if !name.is_empty() {
                let columns: Vec<String> =
                    (1..=are_numbers.len()).map(|nth| format!("column{nth}")).collect();
                out.extend([" AS ", name, "(", &columns.join(", "), ")"]);
            }
        }
    }
    out.push_str(after);
    translate(&out, dialect)
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

    #[test]
    fn bound_rows_are_values_on_one_and_lists_of_columns_on_the_other() {
        let insert = "INSERT INTO t (a, b) {values} ON CONFLICT DO NOTHING";
        assert_eq!(
            table(insert, Dialect::Sqlite, &[true, false], 2),
            "INSERT INTO t (a, b) VALUES (?,?),(?,?) ON CONFLICT DO NOTHING"
        );
        assert_eq!(
            table(insert, Dialect::Postgres, &[true, false], 2),
            "INSERT INTO t (a, b) SELECT * FROM UNNEST(CAST($1 AS BIGINT[]), CAST($2 AS TEXT[])) ON CONFLICT DO NOTHING"
        );
        let select = "SELECT 1 FROM {values k} {lock t}";
        assert_eq!(table(select, Dialect::Sqlite, &[false], 1), "SELECT 1 FROM (VALUES (?)) AS k ");
        assert_eq!(
            table(select, Dialect::Postgres, &[false], 1),
            "SELECT 1 FROM UNNEST(CAST($1 AS TEXT[])) AS k(column1) FOR UPDATE OF t"
        );
    }
}
