//! What client and server tell each other besides push and pull: each message reads from its sample and is written as it
//! stands there. A sample is never changed: installed apps and older servers go on writing it.

use chitieu_sync::api::attachments::{AttachmentAct, AttachmentStatus, AttachmentsPage};
use chitieu_sync::api::{
    BranchesPage, Credentials, DeviceKey, DeviceName, DeviceNaming, FormCell, ListedSession, Me, Open,
    OthersSums, PasswordChange, PersonalDataCounts, Profile,
};
use chitieu_sync::history::{Feed, FeedRequest, Page};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads a sample and writes it again; what is lost or made up on the way shows as a difference.
#[track_caller]
fn travels<T: Serialize + DeserializeOwned>(sample: &str) -> T {
    let read: T = serde_json::from_str(sample).expect("the sample reads");
    let wanted: Value = serde_json::from_str(sample).expect("the sample is JSON");
    assert_eq!(serde_json::to_value(&read).expect("it writes"), wanted);
    read
}

macro_rules! sample {
    ($name:literal) => {
        include_str!(concat!("golden/api/", $name, ".json"))
    };
}

#[test]
fn signing_in_travels() {
    travels::<Credentials>(sample!("credentials"));
    travels::<PasswordChange>(sample!("password-change"));
    let me: Me = serde_json::from_str(sample!("me")).expect("the person reads");
    let open: Open = serde_json::from_str(sample!("me")).expect("what is open reads");
    assert_eq!((open.reporters.len(), open.open_periods.len()), (1, 1));
    let wanted: Value = serde_json::from_str(sample!("me")).expect("the sample is JSON");
    assert_eq!(serde_json::to_value(Profile { me, open }).expect("it writes"), wanted);
}

#[test]
fn what_an_older_server_says_of_a_person_reads() {
    let mut older: Value = serde_json::from_str(sample!("me")).expect("JSON");
    let fields = older.as_object_mut().expect("an object");
    for later in ["plan_bundle", "plan_format", "push_format"] {
        fields.remove(later).expect("it was there");
    }
    let me: Me = serde_json::from_str(&older.to_string()).expect("it reads");
    assert_eq!((me.plan_bundle.as_str(), me.plan_format, me.push_format), ("", 0, 0));
}

#[test]
fn what_a_later_server_says_besides_is_passed_over() {
    let mut later: Value = serde_json::from_str(sample!("me")).expect("JSON");
    later["second_factor"] = true.into();
    let text = later.to_string();
    let me: Me = serde_json::from_str(&text).expect("it reads");
    assert_eq!(me.username, "police_commune-11977");
}

#[test]
fn counts_of_what_looks_like_personal_data_travel() {
    travels::<PersonalDataCounts>(sample!("personal-data"));
}

#[test]
fn sessions_and_devices_travel() {
    travels::<Vec<ListedSession>>(sample!("sessions"));
    travels::<DeviceKey>(sample!("device-key"));
    travels::<DeviceNaming>(sample!("device-naming"));
    travels::<DeviceName>(sample!("device-name"));
    let none: DeviceNaming = serde_json::from_str("{}").expect("it reads");
    assert_eq!(none.name, None);
}

#[test]
fn forms_and_sums_travel() {
    travels::<Vec<FormCell>>(sample!("form-cells"));
    travels::<BranchesPage>(sample!("branches"));
    travels::<OthersSums>(sample!("others"));
}

#[test]
fn histories_travel() {
    travels::<Page>(sample!("history-page"));
    travels::<FeedRequest>(sample!("history-feed-request"));
    travels::<Feed>(sample!("history-feed"));
}

#[test]
fn attachments_travel() {
    travels::<Vec<AttachmentStatus>>(sample!("attachment-status"));
    travels::<AttachmentAct>(sample!("attachment-act"));
    travels::<AttachmentsPage>(sample!("attachments"));
    let later: AttachmentStatus = serde_json::from_str(r#"{"state":"scanning","by":"x"}"#).expect("it reads");
    assert_eq!(later, AttachmentStatus::Unknown);
}
