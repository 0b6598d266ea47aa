//! Reads plans and the unit tables that ship with the program. Parsing lives here, at the border; the domain
//! checks what was parsed.

use chitieu_domain::Model;
use chitieu_domain::packed::UNKNOWN;
use chitieu_domain::plan::Plan;
use chitieu_domain::plan::mistake::{Mistake, Path, Step};
use chitieu_domain::unit::{Tables, TablesError, Units};
use chitieu_sync::plan_bundle::PlanBundle;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::ops::Range;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

/// The plan that ships with the program.
pub const HUNG_YEN_188: &str = include_str!("../../../domain/plans/hung-yen-188.toml");

/// Why a plan or a table cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    /// The plan is wrong in these places.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Plan(Vec<Spot>),
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
    /// It cannot be written down for its way to the devices.
    #[error(transparent)]
    Travel(serde_json::Error),
}

/// A mistake and its place in the file.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct Spot {
    /// Bytes of the file.
    pub span: Range<usize>,
    /// What is wrong there.
    pub what: What,
}

/// What is wrong with a plan file.
#[derive(Debug, thiserror::Error)]
pub enum What {
    /// Not TOML, or a field is missing, unknown or of another type.
    #[error("{0}")]
    Toml(String),
    /// It reads, and makes no sense.
    #[error("{0}")]
    Mistake(Mistake),
}

/// A plan ready for use, with the hash that names its version in every op.
pub struct Loaded {
    /// Plan and units.
    pub model: Arc<Model>,
    /// First 16 hexadecimal digits of the SHA-256 of the plan's text and of the unit tables it uses: another program
    /// gives the same plan the same version.
    pub version: String,
    /// Plan and units as JSON.
    pub json: Bundle,
    /// The same packed, as the app gets them.
    pub packed: Bundle,
    /// The same as v0.1.0 reads it; none where the plan has a calendar that it does not know.
    pub packed_v0_1_0: Option<Bundle>,
}

/// Plan and units on their way to a device.
pub struct Bundle {
    /// Text; a packed one begins with the plan's version.
    pub text: String,
    /// The version and a hash of the text: another program may write the same plan in another way.
    pub key: String,
}

impl Bundle {
    fn of(version: &str, text: String) -> Self {
        let key = format!("{version}-{}", hash([text.as_str()]));
        Self { text, key }
    }
}

/// First 16 hexadecimal digits of the SHA-256 of texts, each with its length.
fn hash<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    hash.finalize().iter().take(8).map(|b| format!("{b:02x}")).collect()
}

fn rows<T: DeserializeOwned>(table: &'static str, text: &str) -> Result<Vec<T>, PlanFileError> {
    let rows = csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<Result<_, _>>();
    rows.map_err(|error| PlanFileError::Table { table, error })
}

macro_rules! tables {
    ($($field:ident: $name:literal,)*) => {
        /// The texts of the unit tables that ship with the program.
        const TABLES: &[&str] = &[$(include_str!(concat!("../../../domain/units/", $name)),)*];

        /// The unit tables that ship with the program.
        pub fn units() -> Result<Units, PlanFileError> {
            Ok(Units::derive(&Tables {
                $($field: rows($name, include_str!(concat!("../../../domain/units/", $name)))?,)*
            })?)
        }
    };
}

tables! {
    list_2021: "units-2021.csv",
    list_2024_12: "units-2024-12.csv",
    list_2025: "units-2025.csv",
    mapping: "units-mapping.csv",
    mapping_joined: "units-mapping-thaibinh.csv",
    regions: "regions-2025.csv",
    provinces_joined: "provinces-joined.csv",
    aliases: "aliases.csv",
}

/// Reads a plan's text and joins it with its units.
pub fn load(text: &str) -> Result<Loaded, PlanFileError> {
    let (root, broken) = DeTable::parse_recoverable(text);
    if !broken.is_empty() {
        return Err(PlanFileError::Plan(broken.iter().map(|e| spot(e, text)).collect()));
    }
    let mut plan = read(&root, text)?;
    let brought = std::mem::take(&mut plan.units);
    let (units, tables) =
        if brought.is_empty() { (units()?, TABLES) } else { (Units::brought(brought), &[][..]) };
    let version = hash([text].into_iter().chain(tables.iter().copied()));
    let bundle = PlanBundle { version, plan, units };
    let json = bundle.json().map_err(PlanFileError::Travel)?;
    let packed = bundle.pack().map_err(PlanFileError::Travel)?;
    let packed_v0_1_0 = bundle.pack_v0_1_0().map_err(PlanFileError::Travel)?;
    let PlanBundle { version, plan, units } = bundle;
    let model = Model::new(plan, units).map_err(|mistakes| {
        let spot =
            |mistake: Mistake| Spot { span: locate(&root, &mistake, text), what: What::Mistake(mistake) };
        PlanFileError::Plan(mistakes.0.into_iter().map(spot).collect())
    })?;
    let (json, packed) = (Bundle::of(&version, json), Bundle::of(&version, packed));
    let packed_v0_1_0 = packed_v0_1_0.map(|text| Bundle::of(&version, text));
    Ok(Loaded { model: Arc::new(model), version, json, packed, packed_v0_1_0 })
}

fn spot(error: &toml::de::Error, text: &str) -> Spot {
    let end = text.trim_end().len();
    // The word for what a later release says is no choice of whoever writes a plan; it is the last of each list.
    let message = error.message().replace(&format!(", `{UNKNOWN}`"), "");
    Spot { span: error.span().unwrap_or(end..end), what: What::Toml(message) }
}

/// Reads the plan; where an item does not fit it is set aside and reading goes on, so that every item's
/// mistake is found.
fn read(root: &Spanned<DeTable<'_>>, text: &str) -> Result<Plan, PlanFileError> {
    let mut root = root.clone();
    let mut spots = Vec::new();
    loop {
        match Plan::deserialize(Deserializer::from(root.clone())) {
            Ok(plan) if spots.is_empty() => return Ok(plan),
            Ok(_) => return Err(PlanFileError::Plan(spots)),
            Err(error) => {
                let at = error.span().map(|span| span.start);
                spots.push(spot(&error, text));
                if !at.is_some_and(|at| set_aside(root.get_mut(), at)) {
                    return Err(PlanFileError::Plan(spots));
                }
            }
        }
    }
}

/// Takes out the innermost `[[…]]` item that the byte `at` belongs to.
fn set_aside(table: &mut DeTable<'_>, at: usize) -> bool {
    let begins = |item: &Spanned<DeValue<'_>>| item.get_ref().is_table().then_some(item.span().start);
    let nearest = table.iter().filter_map(|(key, value)| {
        let items = value.get_ref().as_array()?.iter().enumerate();
        let (nth, start) =
            items.filter_map(|(n, i)| Some((n, begins(i)?))).rfind(|(_, start)| *start <= at)?;
        Some((start, key.clone(), nth))
    });
    let Some((_, key, nth)) = nearest.max_by_key(|(start, ..)| *start) else { return false };
    let Some(value) = table.get_mut(&key) else { return false };
    let DeValue::Array(items) = value.get_mut() else { return false };
    if let Some(DeValue::Table(item)) = items.get_mut(nth).map(Spanned::get_mut)
        && set_aside(item, at)
    {
        return true;
    }
    *items = items.iter().enumerate().filter(|(n, _)| *n != nth).map(|(_, item)| item.clone()).collect();
    true
}

/// The bytes a mistake is about: the value at its path, the word meant within it, or where something is
/// missing the head of the table that lacks it.
fn locate(root: &Spanned<DeTable<'_>>, mistake: &Mistake, text: &str) -> Range<usize> {
    let value = find(root, &mistake.at);
    let within = mistake.word.as_ref().and_then(|word| {
        let inside = text.get(value.clone())?;
        let at = inside.match_indices(word.as_str()).map(|(at, _)| at).find(|at| {
            let part_of_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let before = inside[..*at].chars().next_back();
            let after = inside[at + word.len()..].chars().next();
            !before.is_some_and(part_of_word) && !after.is_some_and(part_of_word)
        })?;
        Some(value.start + at..value.start + at + word.len())
    });
    within.unwrap_or(value)
}

fn find(root: &Spanned<DeTable<'_>>, path: &Path) -> Range<usize> {
    let mut span = 0..0;
    let mut table = Some(root.get_ref());
    let mut list: Option<&[Spanned<DeValue<'_>>]> = None;
    for step in path.steps() {
        let value = match step {
            Step::Key(key) => table.and_then(|t| t.get(*key)),
            Step::Nth(n) => list.and_then(|l| l.get(*n)),
        };
        let Some(value) = value else { break };
        // The span of a list of tables says nothing; those of its items do.
        if !value.get_ref().as_array().is_some_and(|a| a.iter().any(|i| i.get_ref().is_table())) {
            span = value.span();
        }
        table = value.get_ref().as_table();
        list = value.get_ref().as_array().map(|array| &**array);
    }
    span
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
    fn a_version_is_of_the_texts_and_a_bundle_of_what_is_sent() {
        let (one, other) = (
            load(HUNG_YEN_188).expect("it loads"),
            load(&format!("{HUNG_YEN_188}\n# x\n")).expect("so does this"),
        );
        assert_ne!(one.version, other.version, "every change of the file is another version");
        let mut texts = vec![HUNG_YEN_188];
        texts.extend(TABLES);
        assert_eq!(one.version, hash(texts), "nothing that this program makes of them is in it");
        for loaded in [one, other] {
            for bundle in [&loaded.packed, loaded.packed_v0_1_0.as_ref().expect("its calendars are the four")]
            {
                assert!(PlanBundle::is_version(&bundle.text, &loaded.version), "v0.1.0 asks for that");
                assert_eq!(bundle.key, format!("{}-{}", loaded.version, hash([bundle.text.as_str()])));
            }
        }
    }

    #[test]
    fn a_plan_that_brings_its_units_is_its_text_alone() {
        let text = include_str!("../../../domain/plans/illustrative-schools.toml");
        let loaded = load(text).expect("it loads");
        assert_eq!(loaded.version, hash([text]));
        assert!(loaded.packed_v0_1_0.is_none(), "v0.1.0 knows nothing of its school year");
    }

    #[test]
    fn every_item_that_does_not_fit_is_named() {
        let text =
            HUNG_YEN_188.replace("numerator = \"crimes_solved_current\"", "numerater = \"x\"").replace(
                "row = 3\nname_vi = \"Số vụ phạm tội về trật tự quản lý",
                "row = \"3\"\nname_vi = \"Số vụ",
            );
        let Err(error) = load(&text) else { panic!("two items are wrong") };
        let said = error.to_string();
        assert!(said.contains("numerater") && said.contains("invalid type"), "{said}");
    }
}
