//! Streams: what is numbered together, and followed together by a device.

use chitieu_domain::ReporterId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A stream's name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StreamId {
    /// What is a reporter's: figures, submissions, reports.
    Reporter(ReporterId),
    /// What is the whole plan's, such as who leads a task.
    Plan,
}

/// The plan's own stream, as text. No reporter has such a name: theirs all have a colon.
const PLAN: &str = "plan";

impl StreamId {
    /// Whose it is; none where it is the plan's.
    pub fn reporter(&self) -> Option<&ReporterId> {
        match self {
            Self::Reporter(reporter) => Some(reporter),
            Self::Plan => None,
        }
    }

    /// True where it is this reporter's.
    pub fn is(&self, reporter: &ReporterId) -> bool {
        self.reporter() == Some(reporter)
    }
}

impl From<ReporterId> for StreamId {
    fn from(reporter: ReporterId) -> Self {
        Self::Reporter(reporter)
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reporter(reporter) => reporter.fmt(f),
            Self::Plan => f.write_str(PLAN),
        }
    }
}

impl FromStr for StreamId {
    type Err = <ReporterId as FromStr>::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == PLAN { Ok(Self::Plan) } else { text.parse().map(Self::Reporter) }
    }
}

impl Serialize for StreamId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for StreamId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_a_reporter_s_or_the_plan_s() {
        for (text, is_plan) in [("police_commune:11977@2025-07-01", false), ("plan", true)] {
            let stream: StreamId = text.parse().expect("a stream");
            assert_eq!((stream.reporter().is_none(), stream.to_string().as_str()), (is_plan, text));
        }
        assert!("plans".parse::<StreamId>().is_err());
    }
}
