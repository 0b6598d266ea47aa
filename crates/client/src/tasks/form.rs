//! What a form of an entity keeps when its person saves it. Each field is by itself: one that cannot be kept is left out, with the
//! reason, and holds up no other.

use chitieu_sync::Rejection;
use chitieu_sync::entity::{Change, annual_plan_item as item};
use chitieu_sync::raw::Raw;
use chitieu_sync::replica::{EntityView, FieldStatus};
use uuid::Uuid;

/// What was entered in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// Which.
    pub field: &'static str,
    /// The value; none where what was entered names nothing that is known.
    pub value: Option<Raw>,
    /// The op that made the value which the person saw on beginning.
    pub seen: Option<Uuid>,
}

/// Why what was entered in a field is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    /// It names nothing that is known.
    Unknown,
    /// Somebody else said something there since the person began.
    Became,
    /// The rules do not admit it.
    Refused(Rejection),
}

/// What a form has to keep.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gathered {
    /// What is changed.
    pub change: Change,
    /// Fields in which what stands was entered.
    pub unchanged: Vec<&'static str>,
    /// Fields that are left out.
    pub left_out: Vec<(&'static str, LeftOut)>,
}

/// Compares what was entered with what stands. `is_own` says which ops this device made.
pub fn gathered(view: &EntityView, entered: &[Entered], is_own: &dyn Fn(Uuid) -> bool) -> Gathered {
    let mut found = Gathered::default();
    for one in entered {
        let Some(value) = &one.value else {
            found.left_out.push((one.field, LeftOut::Unknown));
            continue;
        };
        let field = view.fields.get(one.field);
        // What the server did not admit does not stand: the same may be said again.
        let stands = field.filter(|field| !matches!(field.status, FieldStatus::Rejected(_)));
        let is_refused = field.is_some() && stands.is_none();
        if !is_refused && stands.map_or("null", |field| field.value.text()) == value.text() {
            found.unchanged.push(one.field);
            continue;
        }
        let head = field.and_then(|field| field.head.as_ref());
        let op = head.map(|head| head.op_id);
        let is_same = head.is_some_and(|head| head.value == *value);
        if op != one.seen && !op.is_some_and(is_own) && !is_same {
            found.left_out.push((one.field, LeftOut::Became));
        } else {
            found.change.insert(one.field.to_owned(), value.clone());
        }
    }
    found
}

/// Fields that mean nothing without another.
fn goes_with(field: &str) -> Option<&'static str> {
    (field == item::STATE).then_some(item::DONE_ON)
}

/// What of a change is admitted, and which fields are left out of it because they by themselves are not: locked, or in a state
/// from which there is no way. An error where no field alone is at fault, such as where something is missing, or nothing is left.
pub fn admitted(
    mut change: Change,
    admits: &dyn Fn(&Change) -> Result<(), Rejection>,
) -> Result<(Change, Vec<(String, Rejection)>), Rejection> {
    let mut refused = Vec::new();
    while let Err(code) = admits(&change) {
        let alone = |(field, value): (&String, &Raw)| {
            (admits(&Change::from([(field.clone(), value.clone())])) == Err(code)).then(|| field.clone())
        };
        // What is missing is asked for as a whole: a part of a new thing is no thing.
        let at_fault = if code == Rejection::Incomplete { None } else { change.iter().find_map(alone) };
        let field = at_fault.ok_or(code)?;
        let with = goes_with(&field).filter(|with| change.contains_key(*with));
        for gone in [field].into_iter().chain(with.map(str::to_owned)) {
            change.remove(&gone);
            refused.push((gone, code));
        }
        if change.is_empty() {
            break;
        }
    }
    Ok((change, refused))
}

/// A list with what was written beside it and not added yet, a line each, in order: it counts as added when the form is saved. None
/// where that names nothing that is known, so that it is asked for and not lost. `named` finds an id by a name.
pub fn listed(list: &str, adding: &str, named: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let mut all: Vec<String> = list.lines().map(str::to_owned).collect();
    if !adding.trim().is_empty() {
        all.push(named(adding.trim())?);
    }
    all.sort_unstable();
    all.dedup();
    Some(all.join("\n"))
}
