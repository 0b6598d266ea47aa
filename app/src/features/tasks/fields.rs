//! Fields of an entity as they are edited: what is typed stays until it is kept, what contests a field is shown below it, and
//! one of the values is chosen.

use crate::features::tasks::programme::words::{not_kept, refusal};
use crate::features::tasks::values::{
    element_name, element_named, label_of, named, progress, shown_text, task_name, words, written,
};
use crate::platform::{clock, local_storage};
use crate::reactive::context::{live, locale};
use crate::reactive::tasks;
use crate::ui::changing::changing;
use crate::ui::personal::PersonalWarning;
use chitieu_domain::task::Openness;
use chitieu_sync::entity::field::{Field, Holds};
use chitieu_sync::entity::{Change, EntityKey, Kind};
use chitieu_sync::raw::Raw;
use chitieu_sync::replica::{EntityView, FieldStatus};
use chitieu_widgets::t;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
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
}

/// What is typed in a field and not kept yet.
#[derive(Clone, Serialize, Deserialize)]
struct Typed {
    field: Cow<'static, str>,
    /// As the field's input has it: see [`written`].
    text: String,
    /// The op that made the value which the person saw on beginning.
    seen: Option<Uuid>,
}

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
        Self { key, kind, view, typed, draft_key: StoredValue::new(draft_key), fault: RwSignal::new(None) }
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
        self.fault.set(None);
        self.keep_draft();
    }

    /// True while something is typed that is not kept.
    pub fn is_typed(self) -> bool {
        self.typed.with(|all| !all.is_empty())
    }

    fn field(self, name: &str) -> &'static Field {
        self.kind.field(name).expect("a field of the kind")
    }

    /// The id of a field's input in the page. Two reports, or a programme's head and one of its items, may be on one screen.
    pub fn input_id(self, name: &str) -> String {
        let of = if self.kind == Kind::AnnualPlanItem { "item-" } else { "" };
        self.key.with_value(|key| format!("{of}{name}-{}", key.stream)).replace([':', '@'], "-")
    }

    /// What the input of a field shows.
    pub fn text(self, name: &'static str) -> String {
        let typed = self.typed.with(|all| all.iter().find(|t| t.field == name).map(|t| t.text.clone()));
        typed.unwrap_or_else(|| {
            let holds = self.field(name).holds;
            self.view
                .with(|view| view.fields.get(name).map(|field| shown_text(holds, &field.value)))
                .unwrap_or_default()
        })
    }

    /// What is being written in a field, and not what stands: that was warned of when it was written.
    fn typed_text(self, name: &str) -> String {
        let typed = self.typed.with(|all| all.iter().find(|t| t.field == name).map(|t| t.text.clone()));
        typed.unwrap_or_default()
    }

    fn seen(self, name: &str) -> Option<Uuid> {
        self.view.with_untracked(|view| view.fields.get(name)?.head.as_ref().map(|head| head.op_id))
    }

    /// Takes what is typed.
    pub fn set(self, name: &'static str, text: String) {
        self.typed.update(|all| match all.iter_mut().find(|t| t.field == name) {
            Some(typed) => typed.text = text,
            None => all.push(Typed { field: name.into(), text, seen: self.seen(name) }),
        });
        self.keep_draft();
    }

    /// Keeps what is typed, and more with it (a step); nothing where nothing has changed.
    pub fn keep(self, more: Change, reason: Option<String>) {
        let (live, locale) = (live(), locale());
        let mut change = more;
        for typed in self.typed.get_untracked() {
            let field = self.field(&typed.field);
            let Some(value) = written(field.holds, &typed.text) else {
                return self.fault.set(Some(t::task::unknown_reporter(locale).to_owned()));
            };
            let now = self.view.with_untracked(|view| view.fields.get(field.name).map(|f| f.value.clone()));
            if now.as_ref().map_or("null", Raw::text) == value.text() {
                continue;
            }
            let head = self.seen(field.name);
            let is_own = head.is_some_and(|op| live.replica.with_untracked(|r| r.is_own(op)));
            if head != typed.seen && !is_own {
                // It is said once what has come; whoever keeps on then has seen it.
                self.typed.update(|all| {
                    all.iter_mut().filter(|t| t.field == typed.field).for_each(|t| t.seen = head);
                });
                let now = now.map_or_else(String::new, |now| words(field, &now, locale));
                return self.fault.set(Some(t::task::became(
                    locale,
                    label_of(self.kind, field.name, locale),
                    now,
                )));
            }
            // What is commanded counts, and not what was chosen in a field before.
            change.entry(field.name.to_owned()).or_insert(value);
        }
        if change.is_empty() {
            return self.drop_typed();
        }
        self.put(change, Vec::new(), reason);
    }

    /// Settles a field with one of its values.
    fn choose(self, field: &'static str, value: Raw) {
        let branches = self.view.with_untracked(|view| view.fields.get(field).map(|f| f.branches.clone()));
        let resolves = branches.unwrap_or_default().into_iter().map(|branch| branch.conflict_id).collect();
        self.put(Change::from([(field.to_owned(), value)]), resolves, None);
    }

    fn put(self, change: Change, resolves: Vec<Uuid>, reason: Option<String>) {
        let (live, locale) = (live(), locale());
        let (before, draft_key) = (self.typed.get_untracked(), self.draft_key.get_value());
        spawn_local(async move {
            let key = self.key.get_value();
            match live.change_entity(&key, &change, resolves, reason).await {
                Ok(()) => {
                    self.fault.set(None);
                    // What was typed meanwhile stays.
                    let is_here = self.typed.try_update(|all| {
                        all.retain(|t| {
                            let was = before.iter().any(|b| b.field == t.field && b.text == t.text);
                            !(was && change.contains_key(&*t.field))
                        });
                    });
                    match is_here {
                        Some(()) => self.keep_draft(),
                        None => local_storage::remove(&draft_key),
                    }
                }
                Err(error) => self.fault.set(Some(not_kept(self.kind, &error, locale))),
            }
        });
    }
}

/// A field with its label, what contests it, and why it was refused.
#[component]
pub fn EntityField(
    /// The entity.
    of: Editing,
    /// The field.
    name: &'static str,
    /// Read alone.
    #[prop(into)]
    is_locked: Signal<bool>,
    /// Keeps it when the person leaves it.
    #[prop(optional)]
    keeps: bool,
) -> impl IntoView {
    let locale = locale();
    let field = of.field(name);
    let id = of.input_id(name);
    let set = move |text: String| of.set(name, text);
    let left = move |_| {
        if keeps {
            of.keep(Change::new(), None);
        }
    };
    let value = move || of.text(name);
    let input = match field.holds {
        Holds::Text(most) if most > 500 => view! {
            <textarea
                id=id.clone()
                rows="5"
                maxlength=most.to_string()
                readonly=move || is_locked.get()
                prop:value=value
                on:input=move |e| set(event_target_value(&e))
                on:change=left
            ></textarea>
        }
        .into_any(),
        Holds::Word(all) => view! {
            <select
                id=id.clone()
                disabled=move || is_locked.get()
                prop:value=value
                on:change=move |e| { set(event_target_value(&e)); left(e); }
            >
                <option value="">"–"</option>
                {all
                    .iter()
                    .map(|word| {
                        let is_it = move || value() == *word;
                        view! { <option value=*word selected=is_it>{progress(word, locale)}</option> }
                    })
                    .collect_view()}
            </select>
        }
        .into_any(),
        Holds::Reporters | Holds::Elements => {
            view! { <Several id=id.clone() of=of name=name is_locked=is_locked /> }.into_any()
        }
        // One that is spoken of in words only has no texts beside it.
        Holds::Task => view! {
            <select
                id=id.clone()
                disabled=move || is_locked.get()
                prop:value=value
                on:change=move |e| { set(event_target_value(&e)); left(e); }
            >
                <option value="">{t::programme::no_task(locale)}</option>
                {live()
                    .model()
                    .plan()
                    .tasks
                    .iter()
                    .filter(|task| task.openness() != Openness::WordsOnly)
                    .map(|task| {
                        let is_it = move || value() == task.id;
                        view! { <option value=task.id.clone() selected=is_it>{task_name(&task.id, locale)}</option> }
                    })
                    .collect_view()}
            </select>
        }
        .into_any(),
        holds => {
            let kind = if holds == Holds::Day { "date" } else { "text" };
            let list = (holds == Holds::Reporter).then_some("reporters");
            let most = if let Holds::Text(most) = holds { most } else { 200 };
            view! {
                <input
                    id=id.clone()
                    type=kind
                    list=list
                    autocomplete="off"
                    maxlength=most.to_string()
                    readonly=move || is_locked.get()
                    prop:value=value
                    on:input=move |e| set(event_target_value(&e))
                    on:change=left
                />
            }
            .into_any()
        }
    };
    let refused = move || {
        let status = of.view.with(|view| view.fields.get(name).map(|field| field.status));
        let Some(FieldStatus::Rejected(code)) = status else { return None };
        Some(view! { <p class="fault">{refusal(of.kind, code, locale)}</p> })
    };
    view! {
        <div class="entity-field" class:wide=matches!(field.holds, Holds::Text(500..) | Holds::Reporters | Holds::Elements | Holds::Task)>
            <label for=id>{label_of(of.kind, name, locale)}</label>
            {input}
            {refused}
            {matches!(field.holds, Holds::Text(_)).then(|| view! { <PersonalWarning text=Signal::derive(move || of.typed_text(name)) locale=locale /> })}
            <Two of=of name=name />
        </div>
    }
}

/// A list of reporters or elements: each can be taken out, another put in.
#[component]
fn Several(id: String, of: Editing, name: &'static str, is_locked: Signal<bool>) -> impl IntoView {
    let locale = locale();
    let is_of_elements = of.field(name).holds == Holds::Elements;
    let (list, hint, strange) = if is_of_elements {
        ("elements", t::programme::find_element(locale), t::programme::unknown_element(locale))
    } else {
        ("reporters", t::task::find_reporter(locale), t::task::unknown_reporter(locale))
    };
    let ids = move || of.text(name).lines().map(str::to_owned).collect::<Vec<_>>();
    let adding = RwSignal::new(String::new());
    let unknown = RwSignal::new(false);
    let add = move || {
        let text = adding.get_untracked();
        if text.trim().is_empty() {
            return;
        }
        let found = if is_of_elements {
            element_named(&text, locale)
        } else {
            named(&text).map(|who| who.to_string())
        };
        let Some(found) = found else { return unknown.set(true) };
        let mut all = ids();
        all.push(found);
        all.sort_unstable();
        all.dedup();
        of.set(name, all.join("\n"));
        adding.set(String::new());
        unknown.set(false);
    };
    let take = move |gone: &str| {
        of.set(name, ids().into_iter().filter(|id| id != gone).collect::<Vec<_>>().join("\n"));
    };
    let chip = move |id: String| {
        let shown = match id.parse() {
            Ok(who) if !is_of_elements => tasks::name(&live(), &who),
            _ => element_name(&id, locale),
        };
        view! {
            <li class="chip none">
                {shown.clone()}
                {changing(move || {
                    let (id, shown) = (id.clone(), shown.clone());
                    (!is_locked.get()).then(|| view! {
                        <button type="button" class="drop" aria-label=t::task::take_out(locale, shown) on:click=move |_| take(&id)>
                            "×"
                        </button>
                    })
                })}
            </li>
        }
    };
    view! {
        <ul class="picked">{changing(move || ids().into_iter().map(chip).collect_view())}</ul>
        {changing(move || (!is_locked.get()).then(|| view! {
            <div class="task-tools">
                <input
                    id=id.clone()
                    class="reason"
                    list=list
                    autocomplete="off"
                    placeholder=hint
                    prop:value=move || adding.get()
                    on:input=move |e| adding.set(event_target_value(&e))
                    on:keydown=move |e| if e.key() == "Enter" { e.prevent_default(); add(); }
                />
                <button type="button" class="button quiet" on:click=move |_| add()>{t::task::add(locale)}</button>
            </div>
        }))}
        {changing(move || unknown.get().then(|| view! { <p class="fault" role="alert">{strange}</p> }))}
    }
}

/// The values of a contested field; nothing where it is not.
#[component]
fn Two(of: Editing, name: &'static str) -> impl IntoView {
    let locale = locale();
    let field = of.field(name);
    let values = Memo::new(move |_| {
        of.view.with(|view| {
            let Some(field) = view.fields.get(name).filter(|field| !field.branches.is_empty()) else {
                return Vec::new();
            };
            let head = field.head.iter().map(|h| (h.value.clone(), h.author.clone(), h.at.clone()));
            let others = field.branches.iter().map(|b| (b.value.clone(), b.author.clone(), b.at.clone()));
            head.chain(others).collect()
        })
    });
    let choice = move |(place, (value, author, at)): (usize, (Raw, String, String))| {
        let said = words(field, &value, locale);
        let stands = if place == 0 { t::cell::in_force(locale) } else { t::task::beside(locale) };
        view! {
            <li>
                <b>{said}</b>
                <span class="muted">{format!("{stands} · {author} · {}", clock::shown(&at, locale))}</span>
                <button type="button" class="button quiet small" data-choose=place on:click=move |_| of.choose(name, value.clone())>
                    {t::task::choose(locale)}
                </button>
            </li>
        }
    };
    move || {
        let values = values.get();
        (!values.is_empty()).then(|| {
            view! {
                <div class="contest" role="group" aria-label=t::task::two(locale)>
                    <p>{t::task::two(locale)}</p>
                    <ul>{values.into_iter().enumerate().map(choice).collect_view()}</ul>
                </div>
            }
        })
    }
}

/// The names to choose from, once on a screen.
#[component]
pub fn ReporterNames() -> impl IntoView {
    let all = tasks::in_force(&live());
    let option = |(name, _)| view! { <option value=name></option> };
    view! { <datalist id="reporters">{all.into_iter().map(option).collect_view()}</datalist> }
}

/// Where what is edited is: typed, on this device, or with the server.
#[component]
pub fn Kept(of: Editing) -> impl IntoView {
    let locale = locale();
    let said = move || {
        if of.is_typed() {
            return Some(("warning", t::task::half(locale)));
        }
        of.view.with(|view| {
            let any = |wanted: FieldStatus| view.fields.values().any(|field| field.status == wanted);
            if any(FieldStatus::Saved) {
                Some(("warning", t::task::saved(locale)))
            } else if view.unsent || any(FieldStatus::Sending) {
                Some(("warning", t::task::sending(locale)))
            } else {
                (view.server.rev > 0).then(|| ("muted", t::task::sent(locale)))
            }
        })
    };
    view! {
        <p role="status" data-kept="" class=move || said().map_or("muted", |(class, _)| class)>
            {changing(move || said().map(|(_, text)| text))}
        </p>
        {changing(move || of.is_typed().then(|| view! {
            <button class="link" type="button" data-drop="" on:click=move |_| of.drop_typed()>{t::cell::drop_draft(locale)}</button>
        }))}
    }
}
