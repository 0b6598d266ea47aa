//! Plan and units on their way to a device.

use chitieu_domain::packed::Packed;
use chitieu_domain::plan::{Calendar, Plan};
use chitieu_domain::unit::{UnitId, Units};
use chitieu_domain::unpack::Row;
use serde::Serialize;

/// The format of what travels. A device that knows none so high keeps the plan it has. Format 1 is what v0.1.0
/// reads, at `plan/packed`; it is packed by [`PlanBundle::pack_v0_1_0`] as long as devices of that release are
/// served.
pub const FORMAT: u32 = 2;

/// Where a device of this release asks for the plan.
pub const PATH: &str = "/api/v1/plan/bundle";

/// A plan with its units and the hash that names its version.
pub struct PlanBundle {
    /// Hash.
    pub version: String,
    /// Plan, with its calendars.
    pub plan: Plan,
    /// Units.
    pub units: Units,
}

/// The format as it is written: plan and units as v0.1.0 has them, and beside them what it does not know.
#[derive(Serialize)]
struct Sent<'a> {
    version: &'a str,
    plan: &'a Plan,
    units: &'a Units,
    calendars: &'a [Calendar],
    aliases: Vec<(&'a UnitId, &'a [String])>,
    maxima: Vec<(&'a str, i64)>,
}

impl PlanBundle {
    fn sent(&self) -> Sent<'_> {
        let aliases = self.units.all().iter().filter(|unit| !unit.aliases.is_empty());
        let elements = self.plan.forms.iter().flat_map(|form| &form.elements);
        let maxima = elements.filter_map(|element| Some((&*element.id, element.max?)));
        Sent {
            version: &self.version,
            plan: &self.plan,
            units: &self.units,
            calendars: &self.plan.calendars,
            aliases: aliases.map(|unit| (&unit.id, &*unit.aliases)).collect(),
            maxima: maxima.collect(),
        }
    }

    /// As JSON with the names of its fields.
    pub fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string(&self.sent())
    }

    /// As a packed text, which begins with the version.
    pub fn pack(&self) -> serde_json::Result<String> {
        serde_json::to_string(&Packed(&self.sent()))
    }

    /// As v0.1.0 reads it: its calendars are four, by their names, with the days that it gives them. None where the
    /// plan has another one, of which it can say nothing.
    pub fn pack_v0_1_0(&self) -> serde_json::Result<Option<String>> {
        let known = Calendar::of_v0_1_0();
        if self.plan.calendars.iter().any(|calendar| known.iter().all(|k| k.id != calendar.id)) {
            return Ok(None);
        }
        serde_json::to_string(&Packed(&(&self.version, &self.plan, &self.units))).map(Some)
    }

    /// Reads a packed text, also one of v0.1.0 that a device has kept: its calendars have the days they had there.
    pub fn unpack(text: &str) -> serde_json::Result<Self> {
        let mut is_sound = true;
        let mut row = Row::new(serde_json::from_str(text)?, &mut is_sound);
        let version = row.need(&mut is_sound);
        let mut plan: Plan = row.need(&mut is_sound);
        let mut units: Units = row.need(&mut is_sound);
        // A text of v0.1.0 ends here.
        let calendars: Vec<Calendar> = row.or_default(&mut is_sound);
        let aliases: Vec<(UnitId, Vec<String>)> = row.or_default(&mut is_sound);
        let maxima: Vec<(String, i64)> = row.or_default(&mut is_sound);
        if !is_sound {
            return Err(serde::de::Error::custom("it is no plan with its units"));
        }
        // What only a later release reads is set aside once its calendars are known.
        plan.calendars = if calendars.is_empty() { Calendar::of_v0_1_0() } else { calendars };
        plan.set_aside_unknown();
        for (unit, names) in aliases {
            units.call_also(&unit, names);
        }
        for (id, most) in maxima {
            let elements = plan.forms.iter_mut().flat_map(|form| &mut form.elements);
            elements.filter(|element| element.id == id).for_each(|element| element.max = Some(most));
        }
        Ok(Self { version, plan, units })
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

    fn bundle() -> PlanBundle {
        let text = include_str!("../../domain/plans/illustrative-schools.toml");
        let mut plan: Plan = toml::from_str(text).expect("the plan reads");
        let units = Units::brought(std::mem::take(&mut plan.units));
        PlanBundle { version: "abc".into(), plan, units }
    }

    #[test]
    fn a_plan_is_the_same_after_its_way() {
        let sent = bundle();
        let text = sent.pack().expect("it packs");
        let came = PlanBundle::unpack(&text).expect("it reads");
        assert_eq!(came.plan, sent.plan);
        assert_eq!(came.units.all(), sent.units.all());
        assert!(PlanBundle::is_version(&text, "abc"));
        assert!(!PlanBundle::is_version(&text, "ab"));
        let named = sent.json().expect("json");
        assert!(text.len() * 10 < named.len() * 9, "{} of {}", text.len(), named.len());
    }

    /// Schools have a calendar of their own, which the first release cannot be told of.
    #[test]
    fn calendars_and_aliases_travel_beside_what_the_first_release_reads() {
        let mut sent = bundle();
        let known = sent.units.all()[3].id.clone();
        sent.units.call_also(&known, vec!["Phường 1".into()]);
        sent.plan.forms[0].elements[1].max = Some(40_000);
        let came = PlanBundle::unpack(&sent.pack().expect("it packs")).expect("it reads");
        assert_eq!(came.plan, sent.plan);
        assert_eq!(came.plan.calendars, sent.plan.calendars);
        assert_eq!(came.units.all()[3].aliases, ["Phường 1"]);
        assert_eq!(sent.pack_v0_1_0().expect("no error"), None);
        sent.plan.calendars = Calendar::of_v0_1_0();
        let old = sent.pack_v0_1_0().expect("it packs").expect("it has the four alone");
        let fields: Vec<serde_json::Value> = serde_json::from_str(&old).expect("a list");
        assert_eq!((fields.len(), fields[1].as_array().map(Vec::len)), (3, Some(12)));
        let back = PlanBundle::unpack(&old).expect("a device that kept it reads it");
        assert_eq!(back.plan.calendars, Calendar::of_v0_1_0());
    }

    /// As a later release may write it: fields at the end of every list, and words that are not known here.
    #[test]
    fn a_plan_of_a_later_release_is_used_as_far_as_it_is_known() {
        use chitieu_domain::Model;
        use chitieu_domain::calendar::Periodicity;
        use chitieu_domain::plan::{Measure, Nature, TargetKind};
        use serde_json::{Value, json};
        let sent = bundle();
        let known = Model::of_checked(sent.plan.clone(), bundle().units).expect("it is sound");
        let mut text: Value = serde_json::from_str(&sent.pack().expect("it packs")).expect("a list");
        let more =
            |list: &mut Value| list.as_array_mut().expect("a list").push(json!({ "of": ["a later", 1] }));
        // Fields that travel apart have their places at the end all the same.
        let and_more = |list: &mut Value, apart: &[Value]| {
            list.as_array_mut().expect("a list").extend_from_slice(apart);
            more(list);
        };
        let each = |list: &mut Value, change: &dyn Fn(usize, &mut Value)| {
            list.as_array_mut().expect("a list").iter_mut().enumerate().for_each(|(n, one)| change(n, one));
        };
        let [targets, forms] = [8, 9];
        each(&mut text[1][targets], &|n, target| {
            if n == 0 {
                target[5] = json!("median");
                target[6] = json!("MEDIAN{x / y}");
            }
            more(target);
        });
        let (first, last) = (0, sent.plan.forms.len() - 1);
        each(&mut text[1][forms], &|n, form| {
            each(&mut form[6], &|e, element| {
                if (n, e) == (first, 0) {
                    (element[4], element[5]) = (json!("litres"), json!("mean"));
                }
                and_more(element, &[Value::Null]);
            });
            each(&mut form[7], &|r, rule| {
                if r == 0 {
                    (rule[1], rule[2]) = (json!("seasonal"), json!("SEASON(x) < 4"));
                }
                more(rule);
            });
            if n == last && last != first {
                form[4] = json!("ten_days");
            }
            more(form);
        });
        and_more(&mut text[1], &[json!([]), json!([])]);
        each(&mut text[2], &|_, unit| and_more(unit, &[json!([])]));
        each(&mut text[3], &|_, calendar| more(calendar));
        more(&mut text);

        let came = PlanBundle::unpack(&text.to_string()).expect("it reads");
        let model = Model::of_checked(came.plan, came.units).expect("it opens");
        let plan = model.plan();
        assert_eq!(plan.targets[0].kind, TargetKind::Unknown);
        let element = &plan.forms[first].elements[0];
        assert_eq!((element.measure, element.nature), (Measure::Unknown, Nature::Unknown));
        let rests = |n: usize| known.target_elements(n).any(|e| known.element(e).id == element.id);
        for (n, target) in plan.targets.iter().enumerate().skip(1) {
            let form = |e| known.form_of(e).at();
            let is_known = !rests(n) && (last == first || known.target_elements(n).all(|e| form(e) != last));
            assert_eq!(target.kind != TargetKind::Unknown, is_known, "{}", target.id);
        }
        // All but the form whose periods are not known is filled in as before.
        let today = "2026-11-22".parse().expect("a day");
        for reporter in known.reporters_inside(known.own_territory()) {
            let sheets = |model: &Model, but: usize| {
                let open = model.open_sheets(reporter, today).filter(|sheet| sheet.form.at() != but);
                open.map(|sheet| (sheet.form.at(), sheet.period, sheet.span)).collect::<Vec<_>>()
            };
            let but = if last == first { usize::MAX } else { last };
            assert_eq!(sheets(&known, but), sheets(&model, but));
            let is_set_aside = |sheet: &chitieu_domain::model::Sheet| sheet.form.at() == but;
            assert!(!model.open_sheets(reporter, today).any(|sheet| is_set_aside(&sheet)));
        }
        if last != first {
            assert_eq!(plan.forms[last].periodicity, Periodicity::Unknown);
        }
    }
}
