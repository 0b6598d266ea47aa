//! Words of Vietnamese names, and words that tell names of persons from names of places and bodies.

use super::text::Text;

/// Family names that are hardly ever another word, with their tones and marks.
#[rustfmt::skip]
const PLAIN: [&str; 15] = [
    "nguyễn", "trần", "hoàng", "huỳnh", "bùi", "trịnh", "phùng", "quách", "khuất", "đặng", "đỗ", "võ",
    "ngô", "lê", "vũ",
];
/// Family names without and with their tones and marks, in the order of the former. Many are other words too.
#[rustfmt::skip]
const FAMILIES: [(&str, &str); 141] = [
    ("au", "âu"), ("bach", "bạch"), ("banh", "bành"), ("be", "bế"), ("bien", "biện"), ("bui", "bùi"),
    ("ca", "cà"), ("cam", "cầm"), ("can", "cấn"), ("cao", "cao"), ("chao", "chảo"), ("chau", "châu"),
    ("chu", "chu"), ("chu", "chử"), ("cu", "cù"), ("cu", "cứ"), ("cung", "cung"), ("dam", "đàm"),
    ("dang", "đặng"), ("danh", "danh"), ("dao", "đào"), ("dau", "đậu"), ("diep", "diệp"), ("dieu", "điêu"),
    ("dinh", "đinh"), ("do", "đỗ"), ("doan", "doãn"), ("doan", "đoàn"), ("doi", "đới"), ("dong", "đồng"),
    ("duong", "dương"), ("duong", "đường"), ("gia", "giả"), ("giang", "giang"), ("giang", "giàng"),
    ("giap", "giáp"), ("ha", "hà"), ("ha", "hạ"), ("han", "hàn"), ("han", "hán"), ("hang", "hạng"),
    ("ho", "hồ"), ("ho", "hờ"), ("hoang", "hoàng"), ("hua", "hứa"), ("hung", "hùng"), ("huynh", "huỳnh"),
    ("kha", "kha"), ("khong", "khổng"), ("khuat", "khuất"), ("khuc", "khúc"), ("khuong", "khương"),
    ("kieu", "kiều"), ("kim", "kim"), ("kong", "kông"), ("la", "la"), ("la", "lã"), ("lai", "lại"),
    ("lam", "lâm"), ("le", "lê"), ("li", "lí"), ("lieu", "liễu"), ("lo", "lò"), ("lo", "lỗ"), ("lu", "lù"),
    ("lu", "lữ"), ("luc", "lục"), ("luong", "lương"), ("luong", "lường"), ("luu", "lưu"), ("ly", "lý"),
    ("ma", "ma"), ("ma", "mã"), ("mac", "mạc"), ("mai", "mai"), ("man", "mẫn"), ("mua", "mùa"),
    ("nghe", "nghê"), ("nghiem", "nghiêm"), ("ngo", "ngô"), ("ngu", "ngũ"), ("nguy", "nguỵ"),
    ("nguy", "ngụy"), ("nguyen", "nguyễn"), ("nham", "nhâm"), ("nhan", "nhan"), ("nhu", "nhữ"),
    ("ninh", "ninh"), ("nong", "nông"), ("pham", "phạm"), ("phan", "phan"), ("phan", "phàn"),
    ("phi", "phí"), ("pho", "phó"), ("phung", "phùng"), ("quach", "quách"), ("quan", "quản"),
    ("quang", "quàng"), ("sa", "sa"), ("sam", "sầm"), ("son", "sơn"), ("sung", "sùng"), ("ta", "tạ"),
    ("tan", "tẩn"), ("tang", "tăng"), ("tao", "tào"), ("thach", "thạch"), ("thai", "thái"),
    ("tham", "thẩm"), ("than", "thân"), ("thao", "thào"), ("thi", "thi"), ("thieu", "thiều"),
    ("thieu", "thiệu"), ("tiet", "tiết"), ("tieu", "tiêu"), ("to", "tô"), ("ton", "tôn"), ("tong", "tòng"),
    ("tong", "tống"), ("tra", "trà"), ("tran", "trần"), ("trang", "trang"), ("tri", "tri"),
    ("trieu", "triệu"), ("trinh", "trình"), ("trinh", "trịnh"), ("truong", "trương"), ("tu", "từ"),
    ("tuong", "tưởng"), ("ung", "ứng"), ("uong", "uông"), ("van", "văn"), ("vang", "vàng"), ("vi", "vi"),
    ("vien", "viên"), ("vo", "võ"), ("vu", "vù"), ("vu", "vũ"), ("vu", "vừ"), ("vuong", "vương"),
];
/// Middle names, without tones and marks.
#[rustfmt::skip]
const MIDDLE: [&str; 44] = [
    "van", "thi", "duc", "huu", "dinh", "xuan", "minh", "thanh", "quang", "ngoc", "cong", "the", "viet",
    "hong", "thu", "manh", "tien", "trong", "ba", "dang", "quoc", "anh", "hoang", "nhu", "khac", "si", "sy",
    "duy", "gia", "phuong", "kim", "tuan", "thuy", "bich", "my", "lan", "hai", "diem", "khanh", "hoai",
    "trung", "dac", "tat", "vinh",
];
/// Words before a person's name.
#[rustfmt::skip]
const HONORIFICS: [&str; 12] = [
    "ông", "bà", "anh", "chị", "em", "cháu", "cụ", "cô", "chú", "bác", "thím", "bé",
];
/// Words and phrases before the name of a place, some of them named after persons.
#[rustfmt::skip]
const PLACES: [&str; 52] = [
    "xã", "phường", "thị trấn", "thị xã", "thành phố", "tp", "huyện", "quận", "tỉnh", "thôn", "xóm", "ấp",
    "bản", "làng", "khu", "khu phố", "tổ dân phố", "phố", "đường", "ngõ", "ngách", "hẻm", "quốc lộ",
    "trường", "thpt", "thcs", "tiểu học", "mầm non", "đại học", "chùa", "đền", "đình", "nhà thờ", "công ty",
    "bệnh viện", "công viên", "chợ", "cụm", "quê", "ở", "tại", "địa bàn", "cư trú", "thường trú", "tạm trú",
    "trú", "tỉnh ủy", "bến", "quảng trường", "tượng đài", "lớp", "nhà máy",
];
/// Where the last word is one of those and a person's name may follow all the same, without tones and marks:
/// `trưởng thôn Nguyễn Văn A`, `gia đình …`.
#[rustfmt::skip]
const TITLES: [&str; 11] = [
    "truong thon", "truong xom", "truong ap", "truong ban", "truong khu", "truong khu pho", "hieu truong",
    "to truong", "doi truong", "gia dinh", "si quan",
];
/// Words and phrases before the name of a body.
#[rustfmt::skip]
const BODIES: [&str; 16] = [
    "công an", "ubnd", "hđnd", "mttq", "ủy ban", "đảng ủy", "đảng bộ", "chi bộ", "đoàn", "hội", "ban",
    "đội", "kế hoạch", "phong trào", "phòng", "tòa án",
];
/// First words of what is written with capitals and is nobody's name, without tones and marks.
#[rustfmt::skip]
const NOBODY: [&str; 61] = [
    "cong", "uy", "so", "phong", "ban", "doi", "to", "truong", "bo", "cuc", "chi", "dang", "hoi", "doan",
    "lien", "vien", "toa", "xa", "phuong", "thon", "huyen", "tinh", "quan", "khu", "duong", "pho", "luat",
    "nghi", "thong", "ke", "quyet", "ubnd", "hdnd", "mttq", "ngan", "nha", "trung", "tong", "van", "chinh",
    "quoc", "nhan", "tp", "thanh", "ap", "xom", "lang", "cac", "nhung", "danh", "bao", "phieu", "bieu",
    "muc", "dieu", "khoan", "ho", "ngay", "nam", "khi", "tu",
];
/// Provinces, before and after 2025, and what else two words with capitals often are.
#[rustfmt::skip]
const REGIONS: [&str; 66] = [
    "an giang", "ba ria", "bac giang", "bac kan", "bac lieu", "bac ninh", "ben tre", "binh dinh",
    "binh duong", "binh phuoc", "binh thuan", "ca mau", "can tho", "cao bang", "da nang", "dak lak",
    "dak nong", "dien bien", "dong nai", "dong thap", "gia lai", "ha giang", "ha nam", "ha noi", "ha tinh",
    "hai duong", "hai phong", "hau giang", "hoa binh", "hung yen", "khanh hoa", "kien giang", "kon tum",
    "lai chau", "lam dong", "lang son", "lao cai", "long an", "nam dinh", "nghe an", "ninh binh",
    "ninh thuan", "phu tho", "phu yen", "quang binh", "quang nam", "quang ngai", "quang ninh", "quang tri",
    "soc trang", "son la", "tay ninh", "thai binh", "thai nguyen", "thanh hoa", "thua thien", "tien giang",
    "tra vinh", "tuyen quang", "vinh long", "vinh phuc", "yen bai", "ho chi", "viet nam", "trung quoc",
    "vung tau",
];

/// True where the word is a family name.
pub(super) fn is_family(text: &Text, at: usize) -> bool {
    family(text, at).is_some()
}

/// True where the word is a family name and hardly ever anything else.
pub(super) fn is_plain_family(text: &Text, at: usize) -> bool {
    family(text, at).is_some_and(|name| PLAIN.contains(&name))
}

/// The family name at this token with its tones and marks. Names are often typed without them within a text that
/// has them.
fn family(text: &Text, at: usize) -> Option<&'static str> {
    let token = text.get(at)?;
    let is_without = token.small == token.plain && (token.is_capital || text.is_unmarked());
    let begin = FAMILIES.partition_point(|(plain, _)| *plain < token.plain.as_str());
    let alike = FAMILIES[begin..].iter().take_while(|(plain, _)| *plain == token.plain);
    alike.map(|(_, name)| *name).find(|name| is_without || token.small == *name)
}

/// True where the word is a usual middle name.
pub(super) fn is_middle(text: &Text, at: usize) -> bool {
    MIDDLE.contains(&text.plain(at))
}

/// True where the word is said before a person's name.
pub(super) fn is_honorific(text: &Text, at: usize) -> bool {
    HONORIFICS.iter().any(|word| text.is(at, word))
}

/// True where the words up to this one stand before the name of a place.
pub(super) fn is_before_place(text: &Text, at: usize) -> bool {
    PLACES.iter().any(|phrase| text.marked_phrase_to(at, phrase).is_some())
        && !TITLES.iter().any(|phrase| text.phrase_to(at, phrase).is_some())
}

/// True where the words up to this one stand before the name of a body.
pub(super) fn is_before_body(text: &Text, at: usize) -> bool {
    BODIES.iter().any(|phrase| text.marked_phrase_to(at, phrase).is_some())
}

/// True where a name with capitals that begins with this word is a body's, a document's or a heading.
pub(super) fn is_nobody(text: &Text, at: usize) -> bool {
    NOBODY.contains(&text.plain(at))
}

/// True where the name of a province or country begins at this word.
pub(super) fn is_region(text: &Text, at: usize) -> bool {
    REGIONS.iter().any(|region| text.phrase_from(at, region).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::fold;

    #[test]
    fn family_names_are_in_the_order_of_their_letters() {
        assert!(FAMILIES.is_sorted());
        assert!(FAMILIES.iter().all(|(plain, name)| fold(name) == *plain));
        assert!(PLAIN.iter().all(|name| FAMILIES.iter().any(|(_, family)| family == name)));
    }
}
