//! Units found by what people type.

use super::support::model;
use chitieu_domain::search;

#[test]
fn a_unit_is_found_with_and_without_its_marks_in_either_spelling() {
    let model = model();
    let found = |typed: &str| -> Vec<String> {
        search::units(&model, typed).into_iter().map(|ix| model.unit(ix).name.clone()).collect()
    };
    assert_eq!(found("Tân Hưng")[0], "Xã Tân Hưng");
    assert!(found("tan hung").iter().all(|name| search::fold(name).contains("tan hung")));
    assert_eq!(found("tan hung").len(), found("TÂN HƯNG").len());
    assert_eq!(found("hung yen")[0], found("Hưng Yên")[0]);
    // "Hoà" is the older way of writing "Hòa"; what is typed exactly comes first.
    assert_eq!(found("Hoà Phong"), found("Hòa Phong"));
    assert!(found("Dị Sử")[0].ends_with("Dị Sử"), "{:?}", found("Dị Sử"));
    // A code finds its units of every time, though it named other ground in each.
    let names = found("11977");
    for name in ["Xã Hồng Nam", "Xã Phương Nam", "Xã Tân Hưng"] {
        assert!(names.iter().any(|n| n == name), "{name} in {names:?}");
    }
    assert!(found("").is_empty() && found("không có tên này").is_empty());
}

/// The names that lists write in two ways (`units/aliases.csv`).
#[test]
fn a_unit_is_found_by_another_way_of_writing_its_name() {
    let model = model();
    let first = |typed: &str| {
        let unit = model.unit(*search::units(&model, typed).first().unwrap_or_else(|| panic!("no {typed}")));
        (unit.name.clone(), unit.id.code().to_owned())
    };
    for typed in ["Vũ Quí", "vu qui", "VŨ QUÍ", "Xã Vũ Quí"] {
        assert_eq!(first(typed), ("Xã Vũ Quý".into(), "13141".into()), "{typed}");
    }
    let called_tien_tien: Vec<&str> =
        search::units(&model, "Tiên Tiến").into_iter().map(|ix| model.unit(ix).id.code()).collect();
    assert!(
        called_tien_tien.contains(&"12418") && called_tien_tien.contains(&"12424"),
        "{called_tien_tien:?}"
    );
}

#[test]
fn the_official_order_is_that_of_the_codes() {
    let model = model();
    let communes: Vec<&str> = model
        .units()
        .all()
        .iter()
        .filter(|u| u.starts().is_none() && u.parent.as_ref().is_some_and(|p| p.code() == "323"))
        .map(|u| u.id.code())
        .collect();
    assert!(communes.len() == 17 && communes.is_sorted(), "{communes:?}");
}
