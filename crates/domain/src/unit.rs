//! Units through time: a unit is a code *and* the first day of its territory, `11977@2025-07-01`.
//!
//! Two reorganisations reuse codes for other territory (`crates/domain/units/README.md`), so territory is modelled
//! directly: every unit is a set of *parts*, the smallest pieces that no reorganisation cut further. Whether
//! one unit lies inside another, today or within earlier boundaries, is then a question about sets.

use crate::unpack::{Item, Unpack};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::str::FromStr;

/// `code@valid_from`. First-table units carry the label `2021-01-01` and have no lower bound.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnitId {
    code: String,
    valid_from: NaiveDate,
}

/// Why a text is not a unit's id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a unit; write code@first-day, for example 11977@2025-07-01")]
pub struct UnitIdError(pub String);

impl UnitId {
    /// The official code, never a key alone.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The year of the first table it is in: the first whose figures it can have.
    pub fn first_year(&self) -> i16 {
        use chrono::Datelike;
        self.valid_from.year() as i16
    }

    /// The first table day of this territory.
    pub fn valid_from(&self) -> NaiveDate {
        self.valid_from
    }
}

impl FromStr for UnitId {
    type Err = UnitIdError;
    fn from_str(text: &str) -> Result<Self, UnitIdError> {
        let wrong = || UnitIdError(text.chars().take(60).collect());
        let (code, day) = text.split_once('@').ok_or_else(wrong)?;
        let plain = !code.is_empty() && code.len() <= 12 && code.bytes().all(|b| b.is_ascii_alphanumeric());
        let valid_from = crate::day::parse(day).ok_or_else(wrong)?;
        if plain { Ok(Self { code: code.into(), valid_from }) } else { Err(wrong()) }
    }
}

impl TryFrom<String> for UnitId {
    type Error = UnitIdError;
    fn try_from(text: String) -> Result<Self, UnitIdError> {
        text.parse()
    }
}

impl From<UnitId> for String {
    fn from(id: UnitId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for UnitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.code, self.valid_from)
    }
}

/// A unit's rank. Regions are those of courts and procuracies since 2025-07-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Tỉnh.
    Province,
    /// Huyện, thị xã, thành phố; until 2025-06-30.
    District,
    /// Khu vực (Tòa án, Viện kiểm sát); illustrative areas.
    Region,
    /// Xã, phường, thị trấn.
    Commune,
}

/// The smallest piece of territory that no reorganisation cut further.
pub type Part = u16;

/// A set of parts as bits, for questions asked many times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Territory(Box<[u64]>);

impl Territory {
    /// These parts; `last` is the highest there is anywhere.
    pub(crate) fn of(parts: &BTreeSet<Part>, last: Part) -> Self {
        let mut words = vec![0; usize::from(last) / 64 + 1];
        for part in parts {
            words[usize::from(*part) / 64] |= 1 << (part % 64);
        }
        Self(words.into())
    }

    /// Nothing, of the same size.
    pub(crate) fn nowhere(&self) -> Self {
        Self(vec![0; self.0.len()].into())
    }

    /// Takes in another's parts.
    pub(crate) fn join(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine |= theirs);
    }

    /// True when every part is also one of `other`'s.
    pub(crate) fn lies_inside(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(mine, theirs)| mine & !theirs == 0)
    }
}

/// One unit for a span of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Code and first day.
    pub id: UnitId,
    /// Official name with its kind ("Xã Tân Hưng").
    pub name: String,
    /// Rank.
    pub level: Level,
    /// The unit above, at this unit's first day.
    pub parent: Option<UnitId>,
    /// Last day; none while in force.
    #[serde(default, with = "crate::day::maybe")]
    pub valid_to: Option<NaiveDate>,
    /// Territory; a plan file may leave it out where no reorganisation cut anything.
    #[serde(default)]
    pub parts: BTreeSet<Part>,
    /// Other ways of writing the name, each with its kind or without. They travel apart: v0.1.0 reads a unit with
    /// no further field.
    #[serde(default, skip_serializing)]
    pub aliases: Vec<String>,
}

impl Unit {
    /// True when every piece of this unit belongs to `other`'s territory.
    pub fn lies_inside(&self, other: &Unit) -> bool {
        self.parts.is_subset(&other.parts)
    }

    /// First day in force; first-table units have no lower bound.
    pub fn starts(&self) -> Option<NaiveDate> {
        (self.id.valid_from != FIRST).then_some(self.id.valid_from)
    }
}

crate::unpacked!(Unit {
    id: need,
    name: need,
    level: need,
    parent: need,
    valid_to: need,
    parts: or_default,
    aliases: or_default,
});

crate::words!(Level { Province: "province", District: "district", Region: "region", Commune: "commune" });

impl Unpack for UnitId {
    fn unpack(item: Item, is_sound: &mut bool) -> Self {
        String::unpack(item, is_sound).parse().unwrap_or_else(|_| {
            *is_sound = false;
            Self { code: String::new(), valid_from: FIRST }
        })
    }
}

impl Unpack for Units {
    fn unpack(item: Item, is_sound: &mut bool) -> Self {
        Self::from(Vec::unpack(item, is_sound))
    }
}

/// A row of a unit list.
#[derive(Debug, Clone, Deserialize)]
pub struct UnitRow {
    /// Official code.
    pub code: String,
    /// Name with its kind.
    pub name: String,
    /// Rank.
    pub level: Level,
    /// Code of the unit above, empty for the province.
    pub parent_code: String,
}

/// A row of the mapping 2021 → 12/2024 → 7/2025.
#[derive(Debug, Clone, Deserialize)]
pub struct MappingRow {
    /// Commune of 2021.
    pub code_2021: String,
    /// Its commune of 12/2024.
    pub code_2024_12: String,
    /// Its commune of 7/2025.
    pub code_2025: String,
    /// `whole`, `split-main` or `split-part`.
    pub relation_2025: String,
}

/// A row of the mapping of a province that joined: its last communes → 7/2025.
#[derive(Debug, Clone, Deserialize)]
pub struct JoinedRow {
    /// Commune before.
    pub code_2025_06: String,
    /// Commune of 7/2025.
    pub code_2025: String,
}

/// A commune of a region.
#[derive(Debug, Clone, Deserialize)]
pub struct RegionRow {
    /// Region's code.
    pub code: String,
    /// Region's name.
    pub name: String,
    /// A commune of 7/2025 inside.
    pub commune_code: String,
}

/// A province that joined another.
#[derive(Debug, Clone, Deserialize)]
pub struct JoinedProvinceRow {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The province it joined.
    pub joined_code: String,
    /// First day of the joined province.
    pub joined_on: NaiveDate,
}

/// Another way of writing the name of the units of a code.
#[derive(Debug, Clone, Deserialize)]
pub struct AliasRow {
    /// Official code.
    pub code: String,
    /// The name as some lists write it.
    pub name: String,
}

/// The tables of `units/`, parsed.
#[derive(Debug, Clone, Default)]
pub struct Tables {
    /// List of 2021.
    pub list_2021: Vec<UnitRow>,
    /// List of 12/2024.
    pub list_2024_12: Vec<UnitRow>,
    /// List of 7/2025.
    pub list_2025: Vec<UnitRow>,
    /// Mapping of old Hưng Yên.
    pub mapping: Vec<MappingRow>,
    /// Mapping of old Thái Bình.
    pub mapping_joined: Vec<JoinedRow>,
    /// Regions of courts and procuracies.
    pub regions: Vec<RegionRow>,
    /// Provinces that joined.
    pub provinces_joined: Vec<JoinedProvinceRow>,
    /// Other ways of writing names.
    pub aliases: Vec<AliasRow>,
}

/// Why the tables do not fit together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TablesError {
    /// A commune that no mapping row leads to.
    #[error("commune {0} is in a list but in no mapping row")]
    Unmapped(String),
    /// A code that no list knows.
    #[error("code {0} is in a mapping but in no list")]
    Unknown(String),
}

/// Who took over a unit's ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Succession {
    /// Its place in [`Units::all`].
    pub unit: usize,
    /// True when it took all of it. A count of a unit that was split cannot be divided: the whole of it goes
    /// to the main successor, with a flag (`crates/domain/units/README.md`).
    pub whole: bool,
}

/// All units there are, of every time.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Unit>", into = "Vec<Unit>")]
pub struct Units {
    list: Vec<Unit>,
    by_id: HashMap<UnitId, usize>,
}

impl From<Vec<Unit>> for Units {
    fn from(list: Vec<Unit>) -> Self {
        let by_id = list.iter().enumerate().map(|(i, u)| (u.id.clone(), i)).collect();
        Self { list, by_id }
    }
}

impl From<Units> for Vec<Unit> {
    fn from(units: Units) -> Self {
        units.list
    }
}

fn day(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).expect("a constant day")
}

const FIRST: NaiveDate = NaiveDate::from_ymd_opt(2021, 1, 1).expect("a constant day");

impl Units {
    /// All units, oldest table first, in the official order of each.
    pub fn all(&self) -> &[Unit] {
        &self.list
    }

    /// The unit of this id.
    pub fn get(&self, id: &UnitId) -> Option<&Unit> {
        self.index(id).map(|i| &self.list[i])
    }

    /// Its place in [`Units::all`].
    pub fn index(&self, id: &UnitId) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// Gives a unit other ways of writing its name.
    pub fn call_also(&mut self, id: &UnitId, names: Vec<String>) {
        if let Some(ix) = self.index(id) {
            self.list[ix].aliases.extend(names);
        }
    }

    /// The units that took over this one's ground, the main one first. Empty while it is in force.
    pub fn successors(&self, id: &UnitId) -> Vec<Succession> {
        let Some(unit) = self.get(id) else { return Vec::new() };
        let Some(day) = unit.valid_to.and_then(|to| to.succ_opt()) else { return Vec::new() };
        let after = self.list.iter().enumerate().filter(|(_, u)| {
            u.level == unit.level
                && u.id != unit.id
                && u.starts().is_none_or(|from| from <= day)
                && u.valid_to.is_none_or(|to| day <= to)
        });
        // The part of a split commune's main successor has the lower number.
        let taken = after.filter_map(|(ix, u)| Some((u.parts.intersection(&unit.parts).min()?, ix, u)));
        let mut taken: Vec<_> = taken.collect();
        taken.sort_unstable_by_key(|(part, ix, _)| (**part, *ix));
        let all = taken.iter().map(|(_, ix, u)| Succession { unit: *ix, whole: unit.lies_inside(u) });
        all.collect()
    }

    /// The units a plan file brings along. One without parts is made of those that name it as their parent;
    /// one that nobody names is a piece of its own.
    pub fn brought(mut list: Vec<Unit>) -> Self {
        let next = list.iter().flat_map(|u| u.parts.iter().copied()).max().map_or(0, |last| last + 1);
        let named: BTreeSet<UnitId> = list.iter().filter_map(|u| u.parent.clone()).collect();
        let bare = list.iter_mut().filter(|u| u.parts.is_empty() && !named.contains(&u.id));
        for (part, unit) in (next..).zip(bare) {
            unit.parts.insert(part);
        }
        // Each round lifts the parts one level; levels are few.
        for _ in 0..4 {
            let lifted: Vec<_> =
                list.iter().filter_map(|u| Some((u.parent.clone()?, u.parts.clone()))).collect();
            for (parent, parts) in lifted {
                if let Some(unit) = list.iter_mut().find(|u| u.id == parent) {
                    unit.parts.extend(parts);
                }
            }
        }
        list.into()
    }

    /// Derives ids, validity and territory. A unit that a reorganisation left as it was (same code, the
    /// same parts) keeps its id.
    pub fn derive(tables: &Tables) -> Result<Self, TablesError> {
        let (second, third) = (day(2024, 12, 1), day(2025, 7, 1));
        let pieces = Pieces::of(tables);
        let mut units: Vec<Unit> = Vec::new();
        let lists =
            [(FIRST, &tables.list_2021, 0), (second, &tables.list_2024_12, 1), (third, &tables.list_2025, 2)];
        for (from, list, time) in lists {
            let parts = pieces.territories(list, time)?;
            let stays =
                |u: &Unit| u.valid_to.is_none() && parts.get(u.id.code()).is_some_and(|p| *p == u.parts);
            let before = from.pred_opt().expect("not the first day there is");
            for unit in &mut units {
                if unit.valid_to.is_none() && !stays(unit) {
                    unit.valid_to = Some(before);
                }
            }
            let kept: BTreeMap<String, UnitId> = units
                .iter()
                .filter(|u| u.valid_to.is_none())
                .map(|u| (u.id.code.clone(), u.id.clone()))
                .collect();
            let id_of = |code: &str| {
                kept.get(code).cloned().unwrap_or_else(|| UnitId { code: code.to_owned(), valid_from: from })
            };
            for row in list.iter().filter(|row| !kept.contains_key(&row.code)) {
                units.push(Unit {
                    id: id_of(&row.code),
                    name: row.name.clone(),
                    level: row.level,
                    parent: (!row.parent_code.is_empty()).then(|| id_of(&row.parent_code)),
                    valid_to: None,
                    parts: parts[&row.code].clone(),
                    aliases: Vec::new(),
                });
            }
        }
        units.extend(joined_provinces(tables, &pieces));
        units.extend(regions(tables, &units, third));
        for unit in &mut units {
            let named = tables.aliases.iter().filter(|row| row.code == unit.id.code);
            unit.aliases.extend(named.map(|row| row.name.clone()));
        }
        Ok(units.into())
    }
}

fn joined_provinces(tables: &Tables, pieces: &Pieces) -> Vec<Unit> {
    tables
        .provinces_joined
        .iter()
        .map(|row| Unit {
            id: UnitId { code: row.code.clone(), valid_from: FIRST },
            name: row.name.clone(),
            level: Level::Province,
            parent: None,
            valid_to: row.joined_on.pred_opt(),
            parts: pieces.joined.values().flatten().copied().collect(),
            aliases: Vec::new(),
        })
        .collect()
}

fn regions(tables: &Tables, units: &[Unit], from: NaiveDate) -> Vec<Unit> {
    let current = |code: &str| units.iter().find(|u| u.id.code == code && u.valid_to.is_none());
    let mut regions: Vec<Unit> = Vec::new();
    for row in &tables.regions {
        let Some(commune) = current(&row.commune_code) else { continue };
        let id = UnitId { code: row.code.clone(), valid_from: from };
        match regions.iter_mut().find(|r| r.id == id) {
            Some(region) => region.parts.extend(&commune.parts),
            None => regions.push(Unit {
                id,
                name: row.name.clone(),
                level: Level::Region,
                parent: commune.parent.clone(),
                valid_to: None,
                parts: commune.parts.clone(),
                aliases: Vec::new(),
            }),
        }
    }
    regions
}

/// Which parts make up a commune at each of the three times.
struct Pieces {
    communes: [BTreeMap<String, BTreeSet<Part>>; 3],
    joined: BTreeMap<String, BTreeSet<Part>>,
}

impl Pieces {
    fn of(tables: &Tables) -> Self {
        let mut communes: [BTreeMap<String, BTreeSet<Part>>; 3] = Default::default();
        let mut joined: BTreeMap<String, BTreeSet<Part>> = BTreeMap::new();
        // One mapping row is one part: a split commune has two rows and so two parts, that of its main successor
        // with the lower number.
        let is_minor = |row: &&MappingRow| row.relation_2025 == "split-part";
        let (minor, main): (Vec<_>, Vec<_>) = tables.mapping.iter().partition(is_minor);
        for (part, row) in main.into_iter().chain(minor).enumerate() {
            for (time, code) in [&row.code_2021, &row.code_2024_12, &row.code_2025].into_iter().enumerate() {
                communes[time].entry(code.clone()).or_default().insert(part as Part);
            }
        }
        for (i, row) in tables.mapping_joined.iter().enumerate() {
            let part = (tables.mapping.len() + i) as Part;
            communes[2].entry(row.code_2025.clone()).or_default().insert(part);
            joined.entry(row.code_2025_06.clone()).or_default().insert(part);
        }
        Self { communes, joined }
    }

    /// The parts of every unit of a list: communes from the mapping, the others from their children.
    fn territories(
        &self,
        list: &[UnitRow],
        time: usize,
    ) -> Result<BTreeMap<String, BTreeSet<Part>>, TablesError> {
        let mut parts: BTreeMap<String, BTreeSet<Part>> = BTreeMap::new();
        let parent: BTreeMap<&str, &str> =
            list.iter().map(|row| (row.code.as_str(), row.parent_code.as_str())).collect();
        for row in list.iter().filter(|row| row.level == Level::Commune) {
            let own = self.communes[time].get(&row.code);
            let own = own.ok_or_else(|| TablesError::Unmapped(row.code.clone()))?;
            let mut code = row.code.as_str();
            while !code.is_empty() {
                parts.entry(code.to_owned()).or_default().extend(own);
                code = parent.get(code).ok_or_else(|| TablesError::Unknown(code.to_owned()))?;
            }
        }
        Ok(parts)
    }
}
