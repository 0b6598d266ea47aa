//! Reads the plan and the unit tables that ship with the program. Parsing lives here, at the border; the
//! domain checks what was parsed.

use chitieu_domain::Model;
use chitieu_domain::model::PlanError;
use chitieu_domain::plan::Plan;
use chitieu_domain::unit::{Tables, TablesError, Units};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// The plan that ships with the program.
pub const HUNG_YEN_188: &str = include_str!("../../domain/plans/hung-yen-188.toml");

/// Why a plan or a table cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    /// Not TOML, or a field is missing or unknown; the message names line and column.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    /// Not a table of units.
    #[error("{table}: {error}")]
    Table {
        /// Which.
        table: &'static str,
        /// What.
        error: csv::Error,
    },
    /// The tables contradict each other.
    #[error(transparent)]
    Units(#[from] TablesError),
    /// The plan contradicts itself or the units.
    #[error(transparent)]
    Plan(#[from] PlanError),
}

/// A plan ready for use, with the hash that names its version in every op.
pub struct Loaded {
    /// Plan and units.
    pub model: Model,
    /// First 16 hexadecimal digits of the SHA-256 of plan and units as they travel.
    pub version: String,
    /// Plan and units as JSON, as the app gets them.
    pub json: String,
}

fn rows<T: DeserializeOwned>(table: &'static str, text: &str) -> Result<Vec<T>, PlanFileError> {
    let rows = csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<Result<_, _>>();
    rows.map_err(|error| PlanFileError::Table { table, error })
}

/// The unit tables that ship with the program.
pub fn units() -> Result<Units, PlanFileError> {
    macro_rules! table {
        ($name:literal) => {
            rows($name, include_str!(concat!("../../domain/units/", $name)))?
        };
    }
    Ok(Units::derive(&Tables {
        list_2021: table!("units-2021.csv"),
        list_2024_12: table!("units-2024-12.csv"),
        list_2025: table!("units-2025.csv"),
        mapping: table!("units-mapping.csv"),
        mapping_joined: table!("units-mapping-thaibinh.csv"),
        regions: table!("regions-2025.csv"),
        provinces_joined: table!("provinces-joined.csv"),
    })?)
}

/// Reads a plan's text and joins it with the units.
pub fn load(text: &str) -> Result<Loaded, PlanFileError> {
    let plan: Plan = toml::from_str(text)?;
    let units = units()?;
    let travelling = serde_json::json!({ "plan": plan, "units": units });
    let hash = Sha256::digest(travelling.to_string().as_bytes());
    let version: String = hash.iter().take(8).map(|b| format!("{b:02x}")).collect();
    let json = serde_json::json!({ "version": version, "plan": plan, "units": units }).to_string();
    Ok(Loaded { model: Model::new(plan, units)?, version, json })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_that_ships_is_sound() {
        let loaded = load(HUNG_YEN_188).expect("the plan loads");
        assert_eq!(loaded.model.plan().targets.len(), 21);
        assert_eq!(loaded.version.len(), 16);
    }

    #[test]
    fn a_misspelt_field_is_named() {
        let text = HUNG_YEN_188.replace("numerator = \"crimes_solved_current\"", "numerater = \"x\"");
        let Err(error) = load(&text) else { panic!("a field is misspelt") };
        assert!(error.to_string().contains("numerater"), "{error}");
    }
}
