//! What the tabs of a person say to one another. It travels as short texts: tabs of two builds may be open side by side, and
//! what does not read is passed over.

/// How the sync stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncState {
    /// Everything that could be done is done.
    Idle,
    /// Talking to the server.
    Busy,
    /// No answer.
    Offline,
    /// The session has ended; nothing is lost.
    SignIn,
    /// The server refuses in a way that waiting does not mend.
    Fault(String),
    /// The browser does not store what came.
    NotStored(String),
}

/// A message to the other tabs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TabMessage {
    /// Asks the tab that leads for a run.
    Run,
    /// New ops need not stay any longer.
    Send,
    /// The server told of a change somewhere.
    Changed,
    /// The sums of the others were kept anew.
    Others,
    /// Person, plan or day were kept anew.
    Profile,
    /// Whoever this database belongs to has left the device.
    Left,
    /// How the sync stands; the tab that leads says it.
    Stands(SyncState),
}

const FAULT: &str = "fault ";
const NOT_STORED: &str = "not stored ";

impl TabMessage {
    /// As it travels.
    pub fn text(&self) -> String {
        let (word, why) = match self {
            Self::Run => ("now", ""),
            Self::Send => ("send", ""),
            Self::Changed => ("changed", ""),
            Self::Others => ("others", ""),
            Self::Profile => ("profile", ""),
            Self::Left => ("left", ""),
            Self::Stands(SyncState::Idle) => ("idle", ""),
            Self::Stands(SyncState::Busy) => ("busy", ""),
            Self::Stands(SyncState::Offline) => ("offline", ""),
            Self::Stands(SyncState::SignIn) => ("sign in", ""),
            Self::Stands(SyncState::Fault(why)) => (FAULT, &**why),
            Self::Stands(SyncState::NotStored(why)) => (NOT_STORED, &**why),
        };
        [word, why].concat()
    }

    /// What another tab said; none where only a later build knows it.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "now" => Self::Run,
            "send" => Self::Send,
            "changed" => Self::Changed,
            "others" => Self::Others,
            "profile" => Self::Profile,
            "left" => Self::Left,
            "idle" => Self::Stands(SyncState::Idle),
            "busy" => Self::Stands(SyncState::Busy),
            "offline" => Self::Stands(SyncState::Offline),
            "sign in" => Self::Stands(SyncState::SignIn),
            _ => Self::Stands(match text.strip_prefix(NOT_STORED) {
                Some(why) => SyncState::NotStored(why.to_owned()),
                None => SyncState::Fault(text.strip_prefix(FAULT)?.to_owned()),
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_tab_says_another_reads() {
        use TabMessage::{Changed, Left, Others, Profile, Run, Send, Stands};
        let states = [
            SyncState::Idle,
            SyncState::Busy,
            SyncState::Offline,
            SyncState::SignIn,
            SyncState::Fault("http_404".into()),
            SyncState::Fault(String::new()),
            SyncState::NotStored("QuotaExceededError fault ".into()),
        ];
        let all = [Run, Send, Changed, Others, Profile, Left].into_iter().chain(states.map(Stands));
        for message in all {
            assert_eq!(TabMessage::parse(&message.text()), Some(message));
        }
    }

    /// Tabs of earlier builds say these.
    #[test]
    fn the_texts_are_those_of_earlier_builds() {
        for text in
            ["now", "send", "changed", "others", "profile", "left", "idle", "busy", "offline", "sign in"]
        {
            assert_eq!(TabMessage::parse(text).map(|message| message.text()).as_deref(), Some(text));
        }
        assert_eq!(TabMessage::parse("what a later build says"), None);
        assert_eq!(TabMessage::parse(""), None);
    }
}
