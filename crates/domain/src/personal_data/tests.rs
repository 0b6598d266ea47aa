//! Sentences with what is found in each, and what holds for any text. All persons and numbers are made up.

use super::PersonalData::{BankCard, CitizenNumber, Licence, NameAndBirth, Phone, Plate};
use super::{MOST_FOUND, PersonalData, find};
use proptest::prelude::*;

/// A sentence, and the parts of it that are found.
type Case = (&'static str, &'static [(PersonalData, &'static str)]);

const NUMBERS: &[Case] = &[
    ("Đối tượng có CCCD số 033085001234, đã nộp phạt.", &[(CitizenNumber, "033085001234")]),
    ("so cccd: 001 199 012 345", &[(CitizenNumber, "001 199 012 345")]),
    ("Số định danh cá nhân 012345678901 chưa khớp", &[(CitizenNumber, "012345678901")]),
    ("căn cước 034.185.004.321 do Cục CSQLHC cấp", &[(CitizenNumber, "034.185.004.321")]),
    ("Người bị hại (033192004567) đã rút đơn", &[(CitizenNumber, "033192004567")]),
    (
        "CMND 145123456, 145654321 và 145777888",
        &[(CitizenNumber, "145123456"), (CitizenNumber, "145654321"), (CitizenNumber, "145777888")],
    ),
    ("CMT: 145 123 456 cấp ngày 15.04.2011", &[(CitizenNumber, "145 123 456")]),
    ("Giấy tờ kèm theo: 145123456 (CMND)", &[(CitizenNumber, "145123456")]),
    ("Số CMND\n145123456", &[(CitizenNumber, "145123456")]),
    ("CCCD 33085001234 (bảng tính bỏ số 0)", &[(CitizenNumber, "33085001234")]),
    ("mã số thuế cá nhân 033085001234", &[(CitizenNumber, "033085001234")]),
    ("Liên hệ đ/c Hoa, 0912345678.", &[(Phone, "0912345678")]),
    ("SĐT:0912.345.678; số khác 0387-654-321", &[(Phone, "0912.345.678"), (Phone, "0387-654-321")]),
    ("goi 0912 34 56 78 truoc 17h", &[(Phone, "0912 34 56 78")]),
    ("(+84) 912 345 678 hoặc 0084912345678", &[(Phone, "84) 912 345 678"), (Phone, "0084912345678")]),
    ("+84.912.345.678", &[(Phone, "84.912.345.678")]),
    ("máy bàn (0221) 3862 456, 024.3826.2345", &[(Phone, "0221) 3862 456"), (Phone, "024.3826.2345")]),
    ("zalo 912345678", &[(Phone, "912345678")]),
    ("SĐT0912345678/0987654321", &[(Phone, "0912345678"), (Phone, "0987654321")]),
    ("gọi 0912345678 2 lần không nghe máy", &[(Phone, "0912345678")]),
    ("số０９１２３４５６７８", &[(Phone, "０９１２３４５６７８")]),
    ("09\u{200b}12345678", &[(Phone, "09\u{200b}12345678")]),
    ("ghi_am_0912345678.mp3", &[(Phone, "0912345678")]),
    ("GPLX số 330123456789 hạng A1", &[(Licence, "330123456789")]),
    ("tước giấy phép lái xe hạng B2 số 010987654321 trong 02 tháng", &[(Licence, "010987654321")]),
    ("Bằng lái: 035087006543", &[(Licence, "035087006543")]),
    ("thẻ 4111 1111 1111 1111 bị rút tiền", &[(BankCard, "4111 1111 1111 1111")]),
    ("chuyển tới 9704000000000018", &[(BankCard, "9704000000000018")]),
    ("số thẻ ATM 9704361234567890123", &[(BankCard, "9704361234567890123")]),
    ("STK 19036789012015 Techcombank", &[(BankCard, "19036789012015")]),
    ("số tài khoản của chị Hoa tại Vietcombank là 0011001234567", &[(BankCard, "0011001234567")]),
    ("chuyển 5 triệu đồng vào tài khoản 1012345678", &[(BankCard, "1012345678")]),
    ("Agribank: 2400205123456", &[(BankCard, "2400205123456")]),
    ("STK 0912345678 MB", &[(BankCard, "0912345678")]),
];

const PLATES: &[Case] = &[
    ("xe ô tô 89A-123.45 va chạm với xe 89-B1 678.90", &[(Plate, "89A-123.45"), (Plate, "89-B1 678.90")]),
    ("BKS 29H1-12345", &[(Plate, "29H1-12345")]),
    ("biển số 29h1 12345, 89a12345", &[(Plate, "29h1 12345"), (Plate, "89a12345")]),
    ("xe tải 89C 1234 chở quá tải", &[(Plate, "89C 1234")]),
    ("30LD-123.45", &[(Plate, "30LD-123.45")]),
    ("29-MĐ1 123.45", &[(Plate, "29-MĐ1 123.45")]),
    ("89 B1 123 45", &[(Plate, "89 B1 123 45")]),
    ("29AA-123.45", &[(Plate, "29AA-123.45")]),
    ("xe máy BKS 89H 2024", &[(Plate, "89H 2024")]),
    ("29H112345 và 29H1123.45", &[(Plate, "29H112345"), (Plate, "29H1123.45")]),
    ("anh_hien_truong_89A12345.jpg", &[(Plate, "89A12345")]),
];

const NAMES: &[Case] = &[
    ("Nguyễn Văn An, sinh năm 1979, trú tại xã Tân Hưng", &[(NameAndBirth, "Nguyễn Văn An")]),
    ("bị can Trần Thị Bích Ngọc (SN 1990)", &[(NameAndBirth, "Trần Thị Bích Ngọc")]),
    ("Ông Lê Văn Cường - SN: 12/3/1965", &[(NameAndBirth, "Lê Văn Cường")]),
    ("Phạm Văn D. (s.n. 1988)", &[(NameAndBirth, "Phạm Văn D")]),
    ("Đỗ Thị Hà sinh 1979", &[(NameAndBirth, "Đỗ Thị Hà")]),
    (
        "Hoàng Văn Tuấn (1978) và Vũ Thị Lan (1982, trú tại thôn Đông)",
        &[(NameAndBirth, "Hoàng Văn Tuấn"), (NameAndBirth, "Vũ Thị Lan")],
    ),
    ("Họ và tên: NGUYỄN VĂN AN\nNgày sinh: 01/02/1983", &[(NameAndBirth, "NGUYỄN VĂN AN")]),
    ("nguyen van an sinh nam 1979", &[(NameAndBirth, "nguyen van an")]),
    ("đối tượng nguyễn văn an sn 79", &[(NameAndBirth, "nguyễn văn an")]),
    ("doi tuong Tran Van Binh, SN 1985", &[(NameAndBirth, "Tran Van Binh")]),
    ("Nguyễn Thị An sinh năm 1979", &[(NameAndBirth, "Nguyễn Thị An")]),
    (
        "Nguyễn Văn Hải, nghề nghiệp tự do, trú tại xã Tân Hưng, sinh năm 1980",
        &[(NameAndBirth, "Nguyễn Văn Hải")],
    ),
    (
        "Bùi Văn Nam, CCCD 033085001234, sinh ngày 12 tháng 3 năm 1985",
        &[(NameAndBirth, "Bùi Văn Nam"), (CitizenNumber, "033085001234")],
    ),
    ("Giàng A Páo, sinh năm 1992", &[(NameAndBirth, "Giàng A Páo")]),
    ("Y Moan Niê (sinh năm 1992)", &[(NameAndBirth, "Y Moan Niê")]),
    ("đã mời anh Tuấn (sinh năm 1991) lên làm việc", &[(NameAndBirth, "Tuấn")]),
    ("thanh niên sinh năm 2001 tên Đặng Quốc Huy", &[(NameAndBirth, "Đặng Quốc Huy")]),
    (
        "Nguye\u{302}\u{303}n Va\u{306}n An, sinh na\u{306}m 1979",
        &[(NameAndBirth, "Nguye\u{302}\u{303}n Va\u{306}n An")],
    ),
    ("Nguyen_Van_An_sinh_nam_1979.pdf", &[(NameAndBirth, "Nguyen_Van_An")]),
    ("trưởng thôn Nguyễn Văn Bảy (sinh năm 1960)", &[(NameAndBirth, "Nguyễn Văn Bảy")]),
    ("Ngô Văn Sáu, ngày tháng năm sinh: 05.06.1971", &[(NameAndBirth, "Ngô Văn Sáu")]),
    ("Đào Thị Mai (tên gọi khác: Mận), SN 1977", &[(NameAndBirth, "Đào Thị Mai")]),
];

const NOTHING: &[&str] = &[
    "Thực hiện Kế hoạch 188/KH-UBND ngày 14/12/2021 và Thông tư 05/2024/TT-BCA",
    "Kết luận số 13-KL/TW ngày 16/8/2021, Chỉ thị 48-CT/TW ngày 22/10/2010",
    "Nghị quyết số 96/2019/QH14; NQ 18-NQ/TW 2017",
    "Kỳ Q3/2026, so với Q3/2025; giai đoạn 2016 - 2020",
    "thu hồi 1.500.000.000 đồng, 250000000 đồng, 84.912.345.678 VND",
    "phong tỏa tài khoản với số tiền 1500000000, số dư 912345678",
    "số dư tài khoản 1.500.000.000",
    "khởi tố 12.345 vụ, 1234567 người, tăng 912345678 lượt",
    "Điều 304 BLHS 2015, khoản 2 Điều 12a, điểm 15b",
    "Nhiệm vụ I.8, II.1.4 và II.4.4a, mục T04",
    "police_commune:11977@2025-07-01, 33@2021-01-01, KV1@2025-07-01",
    "20261115_baocao.docx, bieu12a_2024.xlsx, 20261115_093012.jpg",
    "z5234567890123_a1b2c3.jpg",
    "Bí thư Nguyễn Văn An, nhiệm kỳ 2020–2025",
    "Đồng chí Trần Thị Bình năm 2024 được khen thưởng",
    "Chủ tịch Lê Văn Cường ký ngày 12/3/2024",
    "xã Nguyễn Trãi phát sinh năm 2024 ba vụ, học sinh năm 2023 giảm",
    "Phát sinh năm 2024: 12 vụ. Học sinh năm 2023 vi phạm ít hơn",
    "trường THPT Nguyễn Trãi tuyển sinh năm 2025",
    "xa nguyen trai phat sinh nam 2024",
    "UBND XÃ NGUYỄN TRÃI: PHÁT SINH NĂM 2024",
    "các đối tượng sinh năm 1990, đối tượng phạm tội sinh năm 1995",
    "phường Trần Hưng Đạo có 12 trường hợp sinh năm 2006",
    "công dân sinh năm 2007 tại xã Hoàng Hoa Thám",
    "công dân nam sinh năm 2007-2008 thuộc diện đăng ký",
    "một đối tượng quê Thái Bình, sinh năm 1985",
    "Kỷ niệm 135 năm ngày sinh Chủ tịch Hồ Chí Minh (19/5/1890 - 19/5/2025)",
    "Danh nhân Nguyễn Trãi sinh năm 1380",
    "sinh hoạt chi bộ tháng 5/2024, vệ sinh năm 2023",
    "ông Nguyễn Văn An, SN 79 Trần Hưng Đạo",
    "Công ty TNHH Minh Anh, MST 0900123456-001",
    "mã số thuế 0900234567, ĐKKD số 0901234567",
    "hóa đơn số 0912345678, vận đơn 0387654321",
    "Tài khoản tạm giữ 3949.0.1054321.00000 tại Kho bạc Nhà nước",
    "145123456 lượt truy cập; mã 145123456",
    "đường dây 113, tổng đài 19001234",
    "các xã báo: 09 12 34 56 78",
    "ngày 03.05.2024 12 vụ, ngày 05-03-2024 10 vụ",
    "diện tích 50m2 1200 hộ, dài 15km 1234, căn hộ 12A-1234",
    "lớp 12A 12345, Biểu 12B 2024, QL39A 12345",
    "từ 15h30 đến 17h45 ngày 12/3, lúc 16h 2024",
    "văn bản 12A-2345/QĐ-UBND, 25A 1200 đồng",
    "0190a1b2-29d1-4123-8abc-0242ac120002",
    "hồ sơ 000.00.12.H31-240315-0001",
    "tọa độ 20.912345678, 0,912345678",
    "IMEI 354111111111111",
    "Tỷ lệ đạt 75,5% (122/164 vụ), tăng 12,3 điểm",
    "",
];

fn found(text: &str) -> Vec<(PersonalData, &str)> {
    find(text).into_iter().map(|found| (found.kind, &text[found.range])).collect()
}

/// All that differ, so that one run shows them all.
fn differing(cases: &[Case]) -> Vec<String> {
    let differs = |(text, expected): &&Case| found(text) != *expected;
    cases.iter().filter(differs).map(|(text, _)| format!("{text}: {:?}", found(text))).collect()
}

#[test]
fn numbers_of_persons_are_found() {
    assert_eq!(differing(NUMBERS), Vec::<String>::new());
}

#[test]
fn plates_are_found() {
    assert_eq!(differing(PLATES), Vec::<String>::new());
}

#[test]
fn names_are_found_beside_a_birth() {
    assert_eq!(differing(NAMES), Vec::<String>::new());
}

#[test]
fn what_only_looks_alike_is_not_found() {
    let cases: Vec<Case> = NOTHING.iter().map(|text| (*text, &[][..])).collect();
    assert_eq!(differing(&cases), Vec::<String>::new());
}

#[test]
fn a_text_tells_its_first_findings() {
    let text = "0912345678, ".repeat(3 * MOST_FOUND);
    assert_eq!(find(&text).len(), MOST_FOUND);
}

#[test]
fn each_rule_has_a_name_of_its_own() {
    let names: std::collections::BTreeSet<&str> = PersonalData::ALL.map(PersonalData::name).into();
    assert_eq!(names.len(), PersonalData::ALL.len());
}

#[test]
fn the_tasks_of_the_plan_name_nobody() {
    let tasks = include_str!("../../tests/tables/tasks.csv");
    assert_eq!(found(tasks), []);
}

/// Texts of the pieces that the rules look at, in any order and with anything between them.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "Nguyễn",
        "văn",
        "A",
        "NGUYEN",
        "sinh",
        "năm",
        "nam",
        "SN",
        "s",
        "n",
        ".",
        ",",
        "(",
        ")",
        "-",
        "/",
        ":",
        "+",
        "'",
        " ",
        " ",
        " ",
        "\n",
        "\t",
        "_",
        "1979",
        "84",
        "0",
        "09",
        "12",
        "345",
        "678",
        "0912345678",
        "89A",
        "B1",
        "CCCD",
        "STK",
        "tài khoản",
        "đ",
        "\u{301}",
        "\u{200b}",
        "６",
        "ß",
        "İ",
        "🙂",
    ]);
    let part = prop_oneof![9 => piece.prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    prop::collection::vec(part, 0..60).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn findings_are_parts_of_any_text_in_order(text in texts()) {
        let mut end = 0;
        let all = find(&text);
        prop_assert!(all.len() <= MOST_FOUND);
        for found in all {
            prop_assert!(found.range.start >= end && found.range.start < found.range.end, "{:?}", found);
            prop_assert!(text.get(found.range.clone()).is_some(), "{:?}", found);
            end = found.range.end;
        }
    }
}
/// More sentences, with the rules that find something in each: `found` holds their names, in the order of the text.
#[test]
fn the_examples_are_found_as_the_table_says() {
    let table = include_str!("../../tests/tables/personal_data_examples.csv");
    let mut differing = Vec::new();
    for row in csv::Reader::from_reader(table.as_bytes()).records() {
        let row = row.expect("a row");
        let (expected, text) = (row.get(0).unwrap_or_default(), row.get(1).unwrap_or_default());
        let names: Vec<&str> = find(text).iter().map(|found| found.kind.name()).collect();
        if names.join(";") != expected {
            differing.push(format!("{text}: {:?}", found(text)));
        }
    }
    assert_eq!(differing, Vec::<String>::new());
}
