//! The road of a form: draft → submitted → returned or approved → published.

use crate::word::Word;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Where a submission stands. Submitted figures are locked until returned or reopened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum State {
    /// Đang nhập.
    #[default]
    Draft,
    /// Đã gửi.
    Submitted,
    /// Trả lại, with a reason.
    Returned,
    /// Đã duyệt.
    Approved,
    /// Đã công bố.
    Published,
    /// A state of a later release, by its word: nobody writes where it is not known what that does.
    Unknown(Word),
}

/// What is done to a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// By its officer.
    Submit,
    /// By a reviewer, with a reason.
    Return,
    /// By a reviewer.
    Approve,
    /// By a publisher.
    Publish,
    /// By a reviewer, with a reason: an adjustment after approval.
    Reopen,
    /// By its officer, with a reason: asks for a locked form to be opened again.
    Ask,
}

impl State {
    /// Its word on the wire and in stores.
    pub fn word(&self) -> &str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Returned => "returned",
            Self::Approved => "approved",
            Self::Published => "published",
            Self::Unknown(word) => word.text(),
        }
    }

    /// The state that a word names.
    pub fn of_word(word: &str) -> Self {
        match word {
            "draft" => Self::Draft,
            "submitted" => Self::Submitted,
            "returned" => Self::Returned,
            "approved" => Self::Approved,
            "published" => Self::Published,
            _ => Self::Unknown(Word::new(word)),
        }
    }

    /// Where an action leads from here; none where it does not.
    pub fn after(self, action: Action) -> Option<Self> {
        match (self, action) {
            (Self::Draft | Self::Returned, Action::Submit) => Some(Self::Submitted),
            (Self::Submitted, Action::Return) | (Self::Approved | Self::Published, Action::Reopen) => {
                Some(Self::Returned)
            }
            (Self::Submitted, Action::Approve) => Some(Self::Approved),
            (Self::Approved, Action::Publish) => Some(Self::Published),
            (locked, Action::Ask) if locked.is_submitted() => Some(locked),
            _ => None,
        }
    }

    /// True while figures may not be changed.
    pub fn is_locked(self) -> bool {
        self.is_submitted() || self.is_unknown()
    }

    /// True for figures that their reporter stands by.
    pub fn is_submitted(self) -> bool {
        matches!(self, Self::Submitted | Self::Approved | Self::Published)
    }

    /// True for a state of a later release.
    pub fn is_unknown(self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    /// True once a reviewer agreed.
    pub fn is_approved(self) -> bool {
        matches!(self, Self::Approved | Self::Published)
    }
}

impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> Deserialize<'de> for State {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|word| Self::of_word(&word))
    }
}

impl Action {
    /// True where a reason must be given.
    pub fn needs_reason(self) -> bool {
        matches!(self, Self::Return | Self::Reopen | Self::Ask)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_published_only_after_approval() {
        assert_eq!(State::Draft.after(Action::Publish), None);
        assert_eq!(State::Submitted.after(Action::Publish), None);
        assert_eq!(State::Approved.after(Action::Publish), Some(State::Published));
    }

    #[test]
    fn asking_leaves_a_locked_form_as_it_is_and_an_open_one_needs_none() {
        assert_eq!(State::Approved.after(Action::Ask), Some(State::Approved));
        assert_eq!(State::Returned.after(Action::Ask), None);
    }

    #[test]
    fn a_state_of_a_later_release_locks_and_keeps_its_word() {
        let sealed: State = serde_json::from_str("\"sealed\"").expect("any word reads");
        assert!(sealed.is_locked() && sealed.is_unknown() && !sealed.is_submitted() && !sealed.is_approved());
        assert_eq!(serde_json::to_string(&sealed).expect("JSON"), "\"sealed\"");
        for action in
            [Action::Submit, Action::Return, Action::Approve, Action::Publish, Action::Reopen, Action::Ask]
        {
            assert_eq!(sealed.after(action), None, "{action:?}");
        }
    }

    #[test]
    fn returned_figures_are_unlocked() {
        let returned = State::Submitted.after(Action::Return).expect("a submitted form can be returned");
        assert!(!returned.is_locked());
        assert_eq!(returned.after(Action::Submit), Some(State::Submitted));
    }
}
