//! What the words beside a number say it is.

use super::text::{Gap, Kind, Text};

/// What a number is said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// CCCD, CMND, số định danh.
    Citizen,
    /// SĐT, điện thoại, Zalo.
    Phone,
    /// GPLX, bằng lái.
    Licence,
    /// Số thẻ, thẻ ATM.
    Card,
    /// STK, số tài khoản.
    Account,
    /// Tài khoản alone, which has balances too, or the name of a bank.
    Bank,
    /// A number of a company's taxes, which since 2025 may be a citizen number.
    Tax,
    /// A number of a document, a parcel, a device.
    Document,
    /// An amount of money.
    Amount,
}

impl Said {
    /// How many words may stand between the phrase and the number.
    const fn reach(self) -> usize {
        match self {
            Self::Citizen | Self::Account | Self::Card | Self::Licence => 8,
            Self::Phone | Self::Tax | Self::Document | Self::Amount => 4,
            Self::Bank => 6,
        }
    }
}

/// Phrases without tones and marks, and what each says of a number.
const PHRASES: [(&str, Said); 92] = [
    ("cccd", Said::Citizen),
    ("cmnd", Said::Citizen),
    ("cmt", Said::Citizen),
    ("cmtnd", Said::Citizen),
    ("cmtnn", Said::Citizen),
    ("ddcn", Said::Citizen),
    ("sddcn", Said::Citizen),
    ("can cuoc", Said::Citizen),
    ("can cuoc cong dan", Said::Citizen),
    ("the cc", Said::Citizen),
    ("so cc", Said::Citizen),
    ("dinh danh", Said::Citizen),
    ("dinh danh ca nhan", Said::Citizen),
    ("chung minh", Said::Citizen),
    ("chung minh thu", Said::Citizen),
    ("chung minh nhan dan", Said::Citizen),
    ("giay to tuy than", Said::Citizen),
    ("sdt", Said::Phone),
    ("dt", Said::Phone),
    ("dtdd", Said::Phone),
    ("dien thoai", Said::Phone),
    ("di dong", Said::Phone),
    ("co dinh", Said::Phone),
    ("so may", Said::Phone),
    ("zalo", Said::Phone),
    ("viber", Said::Phone),
    ("telegram", Said::Phone),
    ("hotline", Said::Phone),
    ("duong day nong", Said::Phone),
    ("lien he", Said::Phone),
    ("lien lac", Said::Phone),
    ("lh", Said::Phone),
    ("goi", Said::Phone),
    ("goi so", Said::Phone),
    ("thue bao", Said::Phone),
    ("sim", Said::Phone),
    ("tel", Said::Phone),
    ("phone", Said::Phone),
    ("mobile", Said::Phone),
    ("gplx", Said::Licence),
    ("giay phep lai xe", Said::Licence),
    ("giay phep lai", Said::Licence),
    ("bang lai", Said::Licence),
    ("bang lai xe", Said::Licence),
    ("so the", Said::Card),
    ("the atm", Said::Card),
    ("atm", Said::Card),
    ("the ngan hang", Said::Card),
    ("the tin dung", Said::Card),
    ("the ghi no", Said::Card),
    ("the visa", Said::Card),
    ("the mastercard", Said::Card),
    ("the napas", Said::Card),
    ("stk", Said::Account),
    ("so tk", Said::Account),
    ("so tai khoan", Said::Account),
    ("tk", Said::Bank),
    ("tai khoan", Said::Bank),
    ("vietcombank", Said::Bank),
    ("vcb", Said::Bank),
    ("vietinbank", Said::Bank),
    ("bidv", Said::Bank),
    ("agribank", Said::Bank),
    ("techcombank", Said::Bank),
    ("tcb", Said::Bank),
    ("mbbank", Said::Bank),
    ("mb bank", Said::Bank),
    ("vpbank", Said::Bank),
    ("tpbank", Said::Bank),
    ("sacombank", Said::Bank),
    ("acb", Said::Bank),
    ("mst", Said::Tax),
    ("ma so thue", Said::Tax),
    ("ma so doanh nghiep", Said::Tax),
    ("dkkd", Said::Tax),
    ("dang ky kinh doanh", Said::Tax),
    ("dang ky doanh nghiep", Said::Tax),
    ("hoa don", Said::Document),
    ("bien lai", Said::Document),
    ("van don", Said::Document),
    ("buu gui", Said::Document),
    ("ma giao dich", Said::Document),
    ("so ho so", Said::Document),
    ("ma ho so", Said::Document),
    ("ma don", Said::Document),
    ("seri", Said::Document),
    ("imei", Said::Document),
    ("so tien", Said::Amount),
    ("so du", Said::Amount),
    ("gia tri", Said::Amount),
    ("tri gia", Said::Amount),
    ("kinh phi", Said::Amount),
];

/// Words of the longest phrase.
const MOST_IN_PHRASE: usize = 4;
/// Words that may stand between numbers of one kind.
const CONNECTORS: [&str; 5] = ["va", "hoac", "hay", "voi", "cung"];
/// Words that may stand between a number and what it is said to be after it.
const LINKS: [&str; 4] = ["la", "so", "theo", "ma"];
/// A number with fewer digits (a row's number, a year) does not end what a phrase says.
const LONG_NUMBER: usize = 6;
/// Tokens that are looked at on one side of a number.
const MOST_TOKENS: usize = 24;

/// The phrases of a text, looked up once.
pub(super) struct Phrases<'a> {
    pub text: &'a Text,
    /// The first token of the phrase that ends at each token, and what it says.
    ends: Vec<Option<(usize, Said)>>,
}

impl<'a> Phrases<'a> {
    pub(super) fn of(text: &'a Text) -> Self {
        // The longest is what is said: "số thẻ căn cước" and not "số thẻ".
        let longest = |last: usize| {
            let found =
                PHRASES.iter().filter_map(|(phrase, said)| Some((text.phrase_to(last, phrase)?, *said)));
            found.min_by_key(|(first, _)| *first)
        };
        Self { text, ends: (0..text.len()).map(longest).collect() }
    }

    fn ending(&self, last: usize) -> Option<(usize, Said)> {
        self.ends.get(last).copied().flatten()
    }

    /// What the phrase that ends at this token says.
    pub(super) fn said_at(&self, last: usize) -> Option<Said> {
        self.ending(last).map(|(_, said)| said)
    }

    /// What a number that begins at this token is said to be by the nearest phrase before it in its sentence.
    pub(super) fn before(&self, first: usize) -> Option<Said> {
        let text = self.text;
        let (mut words, mut at) = (0, first);
        let (mut has_number, mut has_line, mut is_list) = (false, false, true);
        for _ in 0..MOST_TOKENS {
            if text.get(at)?.gap == Gap::Line {
                // A heading stands above its number; of more lines nothing follows.
                if words > 0 || has_line || has_number {
                    return None;
                }
                has_line = true;
            }
            let (here, token) = text.before(at)?;
            match token.kind {
                Kind::Word => {
                    if let Some(said) = self.said_at(here) {
                        return (words <= said.reach()).then_some(said);
                    }
                    is_list &= CONNECTORS.contains(&text.plain(here));
                    words += 1;
                }
                Kind::Number => has_number |= token.small.len() >= LONG_NUMBER,
                Kind::Mark(_) if text.is_sentence_end(here) => return None,
                Kind::Mark(_) => {}
            }
            // `CMND 012345678 và 123456789`: both, where nothing but "và" is between.
            if has_number && !is_list {
                return None;
            }
            at = here;
        }
        None
    }

    /// `012345678 (CMND)`, `012345678 là số CMND`, and not what the next number is said to be.
    pub(super) fn after(&self, last: usize) -> Option<Said> {
        let text = self.text;
        let is_link = |at: usize| LINKS.contains(&text.plain(at));
        let is_between = |at: &usize| matches!(text.mark(*at), Some('(' | '-' | '–')) || is_link(*at);
        let begin = (last + 1..=last + 1 + LINKS.len()).find(|at| !is_between(at))?;
        if (last + 1..=begin).any(|at| text.get(at).is_none_or(|token| token.gap == Gap::Line)) {
            return None;
        }
        let ends = (begin..begin + MOST_IN_PHRASE).rev();
        let found =
            ends.filter_map(|end| Some((end, self.ending(end)?))).find(|(_, (first, _))| *first == begin);
        let (end, (_, said)) = found?;
        let next = (end + 1..end + 4).find(|at| text.mark(*at) != Some(':') && !is_link(*at))?;
        text.digits(next).is_empty().then_some(said)
    }
}

/// Units of money.
const MONEY: [&str; 11] = ["dong", "d", "vnd", "nghin", "ngan", "trieu", "ty", "ti", "tr", "usd", "do la"];
/// What is counted, without tones and marks.
const COUNTED: [&str; 39] = [
    "vu",
    "nguoi",
    "doi tuong",
    "truong hop",
    "ho",
    "luot",
    "hoc sinh",
    "sinh vien",
    "cong dan",
    "can bo",
    "bi can",
    "bi cao",
    "tin bao",
    "don",
    "xa",
    "thon",
    "cuoc",
    "buoi",
    "chau",
    "em",
    "tre",
    "nhan khau",
    "lao dong",
    "phuong tien",
    "lan",
    "chiec",
    "m",
    "ha",
    "kg",
    "km",
    "tan",
    "lit",
    "ngay",
    "gio",
    "phieu",
    "tai khoan",
    "the",
    "thue bao",
    "giao dich",
];

/// True where the number that ends at this token is followed by a unit of money.
pub(super) fn is_money(text: &Text, last: usize) -> bool {
    let unit = MONEY.iter().find_map(|unit| text.phrase_from(last + 1, unit));
    // "Ngân hàng", "đồng chí" and "đ/c" are none.
    let is_other = |unit: usize| {
        matches!((text.plain(unit), text.plain(unit + 1)), ("ngan", "hang") | ("dong", "chi"))
            || text.mark(unit + 1) == Some('/')
    };
    unit.is_some_and(|unit| !is_other(unit))
}

/// True where the number that ends at this token is an amount or a count, by the words after it.
pub(super) fn is_counted(text: &Text, last: usize) -> bool {
    let is_near = text.get(last + 1).is_some_and(|token| token.gap <= Gap::Space);
    let is_noun = || COUNTED.iter().any(|noun| text.phrase_from(last + 1, noun).is_some());
    is_near && (is_money(text, last) || is_noun())
}
