//! A form of many rows, as a plan of its own may have it: totals with their parts, and a rule for each. Its figures are illustrative.

use crate::production::fine;
use crate::server::{Scratch, Server, from_xtask};
use std::fmt::Write as _;
use std::ops::RangeInclusive;

/// Who reports it.
pub const OFFICER: &str = "police_commune-11977";
/// For whom.
pub const REPORTER: &str = "police_commune:11977@2025-07-01";
/// The first password of the officer.
pub const PASSWORD: &str = "chitieu-demo";
/// The form.
pub const FORM: &str = "long";
const PLAN: &str = include_str!("../../crates/domain/plans/hung-yen-188.toml");
/// Rows of a total and its parts.
const GROUP: usize = 20;

/// Numbers that look like any others, the same each time.
#[derive(Debug)]
pub struct Dice(pub u64);

impl Dice {
    /// A number below another.
    pub fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

fn element(row: usize) -> String {
    format!("row_{row}")
}

/// The plan that ships, and a form of so many rows in it: totals with their parts, and a rule each.
fn plan(rows: usize) -> String {
    let mut text = PLAN.to_owned();
    let mut add = |more: std::fmt::Arguments<'_>| text.write_fmt(more).expect("text");
    add(format_args!(
        "\n[[form]]\nid = \"{FORM}\"\ntitle_vi = \"Biểu {rows} dòng\"\ntitle_en = \"Form of {rows} rows\"\n\
         assigned_to = [\"police_commune\"]\nperiodicity = \"month\"\ncalendar = \"admin\"\n"
    ));
    for row in 1..=rows {
        let total = (row - 1) / GROUP * GROUP + 1;
        let part_of =
            if row == total { String::new() } else { format!("part_of = \"{}\"\n", element(total)) };
        let id = element(row);
        add(format_args!(
            "\n[[form.element]]\nid = \"{id}\"\nrow = {row}\nname_vi = \"Số vụ thuộc nhóm {row}\"\n\
             name_en = \"Cases of group {row}\"\nmeasure = \"count_case\"\nnature = \"flow\"\n{part_of}"
        ));
    }
    for total in (1..rows).step_by(GROUP) {
        let parts = (total + 1..=rows.min(total + GROUP - 1)).map(element).collect::<Vec<_>>().join(" + ");
        let id = element(total);
        add(format_args!(
            "\n[[form.rule]]\nid = \"sum_{id}\"\nkind = \"sum_of_parts\"\nexpression = \"{id} = {parts}\"\n\
             severity = \"warning\"\nscope = \"period\"\nmessage_vi = \"Dòng {total} phải bằng tổng.\"\n\
             message_en = \"Row {total} must equal its parts.\"\n"
        ));
    }
    text
}

/// A server with this form of so many rows in its plan, an officer, and their figures of these months of 2026 and of November
/// a year earlier.
pub fn served(rows: usize, months: RangeInclusive<u32>) -> (Scratch, Server) {
    let folder = Scratch::new("long-form");
    let file = |name: &str| folder.0.join(name).to_string_lossy().into_owned();
    let (plan_file, figures) = (file("plan.toml"), file("figures.csv"));
    let database = format!("sqlite:{}", file("chitieu.db"));
    std::fs::write(&plan_file, plan(rows)).expect("the folder is writable");
    let mut csv = "reporter,period,element,value\n".to_owned();
    let mut dice = Dice(7);
    for month in months.map(|month| format!("2026-{month:02}")).chain(["2025-11".to_owned()]) {
        for row in 1..=rows {
            writeln!(csv, "{REPORTER},{month},{},{}", element(row), dice.below(5000)).expect("text");
        }
    }
    std::fs::write(&figures, csv).expect("the folder is writable");
    let run = |words: &[&str], input: &str| {
        let all = [words, &["--database", &database, "--plan", &plan_file]].concat();
        fine(&all, input);
    };
    run(&["init"], "");
    run(&["user", "add", OFFICER, "--name", "Officer", "--reporter", REPORTER], &format!("{PASSWORD}\n"));
    run(&["import", &figures, "--source", "long form", "--author", OFFICER], "");
    let server = Server::bare(&database, &["--app", &from_xtask("CHITIEU_APP"), "--plan", &plan_file]);
    (folder, server)
}
