//! The road of a form: draft → submitted → returned or approved → published.

use serde::{Deserialize, Serialize};

/// Where a submission stands. Submitted figures are locked until returned or reopened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// Where an action leads from here; none where it does not.
    pub fn after(self, action: Action) -> Option<Self> {
        match (self, action) {
            (Self::Draft | Self::Returned, Action::Submit) => Some(Self::Submitted),
            (Self::Submitted, Action::Return) | (Self::Approved | Self::Published, Action::Reopen) => {
                Some(Self::Returned)
            }
            (Self::Submitted, Action::Approve) => Some(Self::Approved),
            (Self::Approved, Action::Publish) => Some(Self::Published),
            (locked, Action::Ask) if locked.is_locked() => Some(locked),
            _ => None,
        }
    }

    /// True while figures may not be changed.
    pub fn is_locked(self) -> bool {
        matches!(self, Self::Submitted | Self::Approved | Self::Published)
    }

    /// True once a reviewer agreed.
    pub fn is_approved(self) -> bool {
        matches!(self, Self::Approved | Self::Published)
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
    fn returned_figures_are_unlocked() {
        let returned = State::Submitted.after(Action::Return).expect("a submitted form can be returned");
        assert!(!returned.is_locked());
        assert_eq!(returned.after(Action::Submit), Some(State::Submitted));
    }
}
