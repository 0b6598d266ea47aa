//! An entity that is being edited: what is typed stays until it is kept, also when the page is closed, and a field that cannot be
//! kept holds up no other.

use crate::features::tasks::programme::words::{not_kept, refusal};
use crate::features::tasks::values::{id_named, shown_text, written};
use crate::platform::local_storage;
use crate::reactive::context::{live, locale};
use crate::reactive::tasks;
use chitieu_client::tasks::form::{Entered, Gathered, LeftOut, admitted, gathered, listed};
use chitieu_sync::entity::field::{Field, Holds};
use chitieu_sync::entity::{Change, EntityKey, Kind};
use chitieu_sync::from_fields;
use chitieu_sync::raw::Raw;
use chitieu_sync::replica::{EntityView, FieldStatus, FieldView};
use chitieu_widgets::t;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Serialize;
use std::borrow::Cow;
use uuid::Uuid;

/// Prefix of what is typed and not kept, in the browser's small storage. It stays when its person leaves, as all that is
/// unsent does.
const TYPED: &str = "chitieu.field|";

/// An entity that is being edited.
#[derive(Clone, Copy)]
pub struct Editing {
    key: StoredValue<EntityKey>,
    kind: Kind,
    /// As it is kept on this device.
    pub view: Memo<EntityView>,
    typed: RwSignal<Vec<Typed>>,
    /// Where what is typed is kept until then.
    draft_key: StoredValue<String>,
    /// Why it was not kept.
    pub fault: RwSignal<Option<String>>,
    /// The fields that were left out when it was last kept, each with the reason.
    left_out: RwSignal<Vec<(&'static str, LeftOut)>>,
}

/// What is typed in a field and not kept yet.
#[derive(Clone, Serialize)]
struct Typed {
    field: Cow<'static, str>,
    /// As the field's input has it: see [`written`].
    text: String,
    /// What is written beside a list and not added to it yet.
    #[serde(skip_serializing_if = "String::is_empty")]
    adding: String,
    /// The op that made the value which the person saw on beginning.
    seen: Option<Uuid>,
}

from_fields!(Typed { field: need, text: need, adding: or_default, seen: maybe });

impl Editing {
    /// Begins with what is kept, and with what was typed before the page was closed.
    pub fn new(kind: Kind, key: EntityKey) -> Self {
        let live = live();
        let user = live.me.with_untracked(|me| me.username.clone());
        let draft_key = format!("{TYPED}{user}|{}|{}|{}", key.stream, key.kind, key.id);
        let typed = local_storage::get(&draft_key);
        let typed = typed.and_then(|text| serde_json::from_str::<Vec<Typed>>(&text).ok());
        // A field of a later release stays in the storage until the next key.
        let known = typed.into_iter().flatten().filter(|typed| kind.field(&typed.field).is_some());
        let typed = RwSignal::new(known.collect());
        let key = StoredValue::new(key);
        let view = Memo::new(move |_| key.with_value(|key| tasks::seen(&live, key)));
        let (fault, left_out) = (RwSignal::new(None), RwSignal::new(Vec::new()));
        Self { key, kind, view, typed, draft_key: StoredValue::new(draft_key), fault, left_out }
    }

    /// Brings the browser's small storage up to what is typed.
    fn keep_draft(self) {
        let (typed, key) = (self.typed.get_untracked(), self.draft_key.get_value());
        if typed.is_empty() {
            return local_storage::remove(&key);
        }
        // Where nothing can be kept, what is typed lives as long as the page.
        local_storage::set(&key, &serde_json::to_string(&typed).unwrap_or_default());
    }

    /// Drops what is typed and not kept.
    pub fn drop_typed(self) {
        self.typed.set(Vec::new());
        self.leave_out(Vec::new());
        self.keep_draft();
    }

    /// True while something is typed that is not kept.
    pub fn is_typed(self) -> bool {
        self.typed.with(|all| !all.is_empty())
    }

    /// True while the server has not admitted something that is shown.
    pub fn is_refused(self) -> bool {
        let is_refused = |field: &FieldView| matches!(field.status, FieldStatus::Rejected(_));
        self.view.with(|view| view.fields.values().any(is_refused))
    }

    /// A field of the kind.
    pub fn field(self, name: &str) -> &'static Field {
        self.kind.field(name).expect("a field of the kind")
    }

    /// Of which kind it is.
    pub fn kind(self) -> Kind {
        self.kind
    }

    /// The id of a field's input in the page. Several forms may be on one screen: each entity has its own.
    pub fn input_id(self, name: &str) -> String {
        let of = if self.kind == Kind::AnnualPlanItem { "item-" } else { "" };
        let id = self.key.with_value(|key| format!("{of}{name}-{}-{}", key.stream, key.id));
        id.replace(|c: char| !c.is_alphanumeric() && c != '_', "-")
    }

    /// What the input of a field shows.
    pub fn text(self, name: &'static str) -> String {
        let typed = self.typed.with(|all| all.iter().find(|t| t.field == name).map(|t| t.text.clone()));
        typed.unwrap_or_else(|| self.view.with(|view| self.shown(view, name)))
    }

    /// What a field's input shows of what is kept.
    fn shown(self, view: &EntityView, name: &str) -> String {
        let holds = self.field(name).holds;
        view.fields.get(name).map(|field| shown_text(holds, &field.value)).unwrap_or_default()
    }

    /// What is being written in a field, and not what stands: that was warned of when it was written.
    pub fn typed_text(self, name: &str) -> String {
        let typed = self.typed.with(|all| all.iter().find(|t| t.field == name).map(|t| t.text.clone()));
        typed.unwrap_or_default()
    }

    fn seen(self, name: &str) -> Option<Uuid> {
        self.view.with_untracked(|view| view.fields.get(name)?.head.as_ref().map(|head| head.op_id))
    }

    /// What is written beside a list and not added yet.
    pub fn adding(self, name: &str) -> String {
        let adding = self.typed.with(|all| all.iter().find(|t| t.field == name).map(|t| t.adding.clone()));
        adding.unwrap_or_default()
    }

    /// Why a field was left out when the form was last kept.
    pub fn why_left_out(self, name: &str) -> Option<LeftOut> {
        self.left_out.with(|all| all.iter().find(|(field, _)| *field == name).map(|(_, why)| *why))
    }

    /// Takes what is typed.
    pub fn set(self, name: &'static str, text: String) {
        self.edit(name, |typed| typed.text = text);
    }

    /// Takes what is written beside a list: it is kept as all that is typed, and added when the form is saved.
    pub fn set_adding(self, name: &'static str, text: String) {
        self.edit(name, |typed| typed.adding = text);
        // A list beside which nothing is written any more is as it stands.
        let stands = self.view.with_untracked(|view| self.shown(view, name));
        self.typed.update(|all| {
            all.retain(|t| t.field != name || !t.adding.is_empty() || t.text != stands);
        });
        self.keep_draft();
    }

    fn edit(self, name: &'static str, change: impl FnOnce(&mut Typed)) {
        let (text, seen) = (untrack(|| self.text(name)), self.seen(name));
        self.typed.update(|all| {
            let at = all.iter().position(|t| t.field == name).unwrap_or_else(|| {
                all.push(Typed { field: name.into(), text, adding: String::new(), seen });
                all.len() - 1
            });
            change(&mut all[at]);
        });
        self.left_out.update(|all| all.retain(|(field, _)| *field != name));
        self.keep_draft();
    }

    /// Takes up what the server did not admit in these fields, as if it were typed before what stands: whoever saves again says it
    /// again, and is told first where somebody else has said something.
    pub fn take_up_refused(self, fields: &[&'static str]) {
        let refused = self.view.with_untracked(|view| {
            let of = |name: &&'static str| {
                let field = view.fields.get(*name)?;
                let is_refused = matches!(field.status, FieldStatus::Rejected(_));
                is_refused.then(|| (*name, shown_text(self.field(name).holds, &field.value)))
            };
            fields.iter().filter_map(of).collect::<Vec<_>>()
        });
        self.typed.update(|all| {
            for (name, text) in refused {
                if all.iter().all(|typed| typed.field != name) {
                    all.push(Typed { field: name.into(), text, adding: String::new(), seen: None });
                }
            }
        });
        self.keep_draft();
    }

    /// What is typed, as a change of what says nothing yet; fields left empty are none of it. Fields whose content names nothing that
    /// is known come second.
    pub fn given(self) -> (Change, Vec<&'static str>) {
        let (mut change, mut unknown) = (Change::new(), Vec::new());
        for typed in self.typed.get() {
            let Entered { field, value, .. } = self.entered(&typed);
            match value {
                Some(value) if value.text() != "null" => drop(change.insert(field.to_owned(), value)),
                Some(_) => {}
                None => unknown.push(field),
            }
        }
        (change, unknown)
    }

    /// Says beside these fields that they name nothing that is known.
    pub fn ask_about(self, unknown: &[&'static str]) {
        self.leave_out(unknown.iter().map(|field| (*field, LeftOut::Unknown)).collect());
    }

    fn entered(self, typed: &Typed) -> Entered {
        let field = self.field(&typed.field);
        let named = |name: &str| id_named(field.holds, name, locale());
        let value = match field.holds {
            Holds::Reporters | Holds::Elements => {
                listed(&typed.text, &typed.adding, &named).and_then(|list| written(field.holds, &list))
            }
            holds => written(holds, &typed.text),
        };
        Entered { field: field.name, value, seen: typed.seen }
    }

    /// Keeps what is typed; nothing where nothing has changed. A field that cannot be kept is left out, stays typed and has its
    /// reason beside it. With `more`, a step, all of it is kept or nothing.
    pub fn keep(self, more: Change, reason: Option<String>) {
        let live = live();
        // What is commanded counts, and not what was chosen in a field before.
        let typed = self.typed.get_untracked().into_iter().filter(|t| !more.contains_key(&*t.field));
        let entered: Vec<Entered> = typed.map(|typed| self.entered(&typed)).collect();
        let is_own = |op| live.replica.with_untracked(|replica| replica.is_own(op));
        let found = self.view.with_untracked(|view| gathered(view, &entered, &is_own));
        let Gathered { mut change, unchanged, mut left_out } = found;
        // It is said once what has come; whoever keeps on then has seen it.
        let has_come = |t: &Typed| left_out.contains(&(self.field(&t.field).name, LeftOut::Became));
        self.typed.update(|all| {
            all.retain(|t| !unchanged.contains(&&*t.field));
            all.iter_mut().filter(|t| has_come(t)).for_each(|t| t.seen = self.seen(&t.field));
        });
        self.keep_draft();
        if !more.is_empty() {
            if left_out.is_empty() {
                change.extend(more);
                self.put(change, Vec::new(), reason);
            }
            return self.leave_out(left_out);
        }
        if !change.is_empty() {
            let key = self.key.get_value();
            match admitted(change, &|change| live.admits_entity(&key, change)) {
                Ok((kept, refused)) => {
                    let refused = refused.iter().map(|(name, code)| (self.field(name).name, *code));
                    left_out.extend(refused.map(|(name, code)| (name, LeftOut::Refused(code))));
                    if !kept.is_empty() {
                        self.put(kept, Vec::new(), reason);
                    }
                }
                Err(code) => {
                    self.left_out.set(left_out);
                    return self.fault.set(Some(refusal(self.kind, code, locale()).to_owned()));
                }
            }
        }
        self.leave_out(left_out);
    }

    fn leave_out(self, left_out: Vec<(&'static str, LeftOut)>) {
        let fault = (!left_out.is_empty()).then(|| t::task::left_out(locale()).to_owned());
        self.fault.set(fault);
        self.left_out.set(left_out);
    }

    /// Settles a field with one of its values.
    pub fn choose(self, field: &'static str, value: Raw, reason: Option<String>) {
        let branches = self.view.with_untracked(|view| view.fields.get(field).map(|f| f.branches.clone()));
        let resolves = branches.unwrap_or_default().into_iter().map(|branch| branch.conflict_id).collect();
        self.fault.set(None);
        self.put(Change::from([(field.to_owned(), value)]), resolves, reason);
    }

    fn put(self, change: Change, resolves: Vec<Uuid>, reason: Option<String>) {
        let (live, locale) = (live(), locale());
        let (before, draft_key) = (self.typed.get_untracked(), self.draft_key.get_value());
        spawn_local(async move {
            let key = self.key.get_value();
            match live.change_entity(&key, &change, resolves, reason).await {
                Ok(()) => {
                    // What was typed meanwhile stays.
                    let is_here = self.typed.try_update(|all| {
                        let was = |t: &Typed| {
                            let is_it =
                                |b: &Typed| (&b.field, &b.text, &b.adding) == (&t.field, &t.text, &t.adding);
                            before.iter().any(is_it)
                        };
                        all.retain(|t| !(was(t) && change.contains_key(&*t.field)));
                    });
                    match is_here {
                        Some(()) => self.keep_draft(),
                        None => forget_kept(&draft_key, &before, &change),
                    }
                }
                Err(error) => drop(self.fault.try_set(Some(not_kept(self.kind, &error, locale)))),
            }
        });
    }
}

/// Takes what was kept out of the draft of a form that is gone: what was left out of it stays for the next time.
fn forget_kept(draft_key: &str, before: &[Typed], change: &Change) {
    let draft = local_storage::get(draft_key);
    let mut left = draft.and_then(|text| serde_json::from_str::<Vec<Typed>>(&text).ok()).unwrap_or_default();
    let was =
        |t: &Typed| before.iter().any(|b| (&b.field, &b.text, &b.adding) == (&t.field, &t.text, &t.adding));
    left.retain(|typed| !(was(typed) && change.contains_key(&*typed.field)));
    if left.is_empty() {
        return local_storage::remove(draft_key);
    }
    local_storage::set(draft_key, &serde_json::to_string(&left).unwrap_or_default());
}
