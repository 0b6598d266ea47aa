//! Plan and units on their way to a device.

use chitieu_domain::packed::Packed;
use chitieu_domain::plan::Plan;
use chitieu_domain::unit::Units;
use serde::{Deserialize, Serialize};

/// A plan with its units and the hash that names its version.
#[derive(Serialize, Deserialize)]
pub struct Travelling {
    /// Hash.
    pub version: String,
    /// Plan.
    pub plan: Plan,
    /// Units.
    pub units: Units,
}

impl Travelling {
    /// As a packed text, which begins with the version.
    pub fn pack(&self) -> serde_json::Result<String> {
        serde_json::to_string(&Packed(self))
    }

    /// Reads a packed text.
    pub fn unpack(text: &str) -> serde_json::Result<Self> {
        let mut json = serde_json::Deserializer::from_str(text);
        Self::deserialize(Packed(&mut json))
    }

    /// True when a packed text is of this version; much quicker than reading it.
    pub fn is_version(text: &str, version: &str) -> bool {
        text.strip_prefix("[\"")
            .and_then(|rest| rest.strip_prefix(version))
            .is_some_and(|r| r.starts_with('"'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn travelling() -> Travelling {
        let text = include_str!("../../domain/plans/illustrative-schools.toml");
        let mut plan: Plan = toml::from_str(text).expect("the plan reads");
        let units = Units::brought(std::mem::take(&mut plan.units));
        Travelling { version: "abc".into(), plan, units }
    }

    #[test]
    fn a_plan_is_the_same_after_its_way() {
        let sent = travelling();
        let text = sent.pack().expect("it packs");
        let came = Travelling::unpack(&text).expect("it reads");
        assert_eq!(came.plan, sent.plan);
        assert_eq!(came.units.all(), sent.units.all());
        assert!(Travelling::is_version(&text, "abc"));
        assert!(!Travelling::is_version(&text, "ab"));
        let named = serde_json::to_string(&sent).expect("json");
        assert!(text.len() * 10 < named.len() * 9, "{} of {}", text.len(), named.len());
    }

    #[test]
    fn a_text_of_an_older_program_that_lacks_fields_with_defaults_still_reads() {
        #[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
        struct Now {
            first: u8,
            #[serde(default)]
            added: Vec<u8>,
        }
        let now = Now::deserialize(Packed(&mut serde_json::Deserializer::from_str("[7]"))).expect("it reads");
        assert_eq!(now, Now { first: 7, added: Vec::new() });
    }
}
