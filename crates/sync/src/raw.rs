//! JSON that is carried as the text it came as, read only by whoever knows what it is.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A JSON text. Two are equal where their texts are.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Raw(Box<RawValue>);

impl Raw {
    /// The text of a value.
    pub fn of(value: &impl Serialize) -> Self {
        Self(serde_json::value::to_raw_value(value).expect("texts, numbers and lists of them are JSON"))
    }

    /// What is JSON already.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The text.
    pub fn text(&self) -> &str {
        self.0.get()
    }

    /// What it says; none where that is something else.
    pub fn read<'a, T: Deserialize<'a>>(&'a self) -> Option<T> {
        serde_json::from_str(self.text()).ok()
    }
}

impl PartialEq for Raw {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Raw {}
