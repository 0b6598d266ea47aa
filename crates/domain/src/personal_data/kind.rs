//! The rules by which a text is said to hold personal data.

use std::ops::Range;

/// What a part of a text looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PersonalData {
    /// A citizen number of 12 digits, or one of an older card, of 9, that is said to be one.
    CitizenNumber,
    /// A telephone number, mobile or landline.
    Phone,
    /// A vehicle's number plate.
    Plate,
    /// A driving licence's number.
    Licence,
    /// The number of a bank card or of an account.
    BankCard,
    /// A person's name with a year or date of birth.
    NameAndBirth,
}

impl PersonalData {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::CitizenNumber, Self::Phone, Self::Plate, Self::Licence, Self::BankCard, Self::NameAndBirth];

    /// As it is counted and looked up in the texts of a screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CitizenNumber => "citizen_number",
            Self::Phone => "phone",
            Self::Plate => "plate",
            Self::Licence => "licence",
            Self::BankCard => "bank_card",
            Self::NameAndBirth => "name_and_birth",
        }
    }
}

/// A part of a text that looks like personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it looks like.
    pub kind: PersonalData,
    /// Where it stands, in bytes of the text: the number without the words beside it, the name without the birth.
    pub range: Range<usize>,
}
