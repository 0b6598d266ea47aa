//! A grant as it is written on the command line: `ROLE@SCOPE[:forms=A,B][:until=DAY]`, the scope being a reporter, `unit:ID` or
//! `plan`, which may be left out with its `@`.

use super::Stop;
use chitieu_domain::{Model, ReporterId, day};
use chitieu_sync::grants::{Grant, Role, Scope};
use chitieu_widgets::{Locale, t};

/// A role's word.
pub fn word(role: Role) -> &'static str {
    match role {
        Role::Officer => "officer",
        Role::Reviewer => "reviewer",
        Role::Steering => "steering",
        Role::Publisher => "publisher",
        Role::Leader => "leader",
        Role::Auditor => "auditor",
        Role::Admin => "admin",
        Role::Unknown => "unknown",
    }
}

/// The words of all roles.
pub fn words() -> String {
    Role::ALL.map(word).join(", ")
}

/// The role of a word.
pub fn role(text: &str) -> Option<Role> {
    Role::ALL.into_iter().find(|role| word(*role) == text)
}

/// As it is written.
pub fn written(grant: &Grant) -> String {
    let mut text =
        format!("{}@{}", word(grant.role), grant.scope.to_string().trim_start_matches("reporter:"));
    if let Some(forms) = &grant.forms {
        text = format!("{text}:forms={}", forms.join(","));
    }
    if let Some(until) = grant.until {
        text = format!("{text}:until={until}");
    }
    text
}

/// Reads a grant and holds it to the plan.
pub fn read(text: &str, model: &Model, locale: Locale) -> Result<Grant, Stop> {
    let (role_word, rest) = text.split_once('@').unwrap_or((text, "plan"));
    let role = role(role_word).ok_or_else(|| Stop(t::cli::grant_role(locale, role_word, words())))?;
    // Neither unit nor reporter has an equals sign.
    let options =
        [":forms=", ":until="].iter().filter_map(|name| rest.find(name)).min().unwrap_or(rest.len());
    let (scope_text, mut options) = rest.split_at(options);
    let scope = match Scope::parse(scope_text) {
        Scope::Unknown => scope_text.parse::<ReporterId>().map_or(Scope::Unknown, Scope::Reporter),
        scope => scope,
    };
    let mut grant = Grant::new(role, scope);
    while let Some(option) = options.strip_prefix(':') {
        let end =
            [":forms=", ":until="].iter().filter_map(|name| option.find(name)).min().unwrap_or(option.len());
        let (this, others) = option.split_at(end);
        options = others;
        let (name, value) = this.split_once('=').unwrap_or((this, ""));
        match name {
            "forms" if grant.forms.is_none() => {
                grant.forms = Some(value.split(',').map(str::to_owned).collect());
            }
            "until" if grant.until.is_none() => {
                grant.until = Some(day::parse(value).ok_or_else(|| Stop(t::cli::grant_day(locale, value)))?);
            }
            _ => return Err(Stop(t::cli::grant_twice(locale, text, name))),
        }
    }
    check(&grant, scope_text, model, locale)?;
    Ok(grant)
}

/// Says what of a grant the plan does not have, or what does not go together.
fn check(grant: &Grant, scope: &str, model: &Model, locale: Locale) -> Result<(), Stop> {
    match &grant.scope {
        Scope::Unknown => return Err(Stop(t::cli::grant_scope(locale, scope))),
        Scope::Unit(unit) if model.unit_ix(unit).is_none() => {
            return Err(Stop(t::cli::grant_unit(locale, unit)));
        }
        Scope::Reporter(id) if model.reporter_ix(id).is_none() => {
            return Err(Stop(t::cli::user_no_reporter(locale, id)));
        }
        _ => {}
    }
    let mut forms = grant.forms.iter().flatten();
    if let Some(unknown) = forms.find(|form| model.form_ix(form).is_none()) {
        let known: Vec<&str> = model.forms().map(|form| model.form(form).id.as_str()).collect();
        return Err(Stop(t::cli::grant_form(locale, unknown, known.join(", "))));
    }
    if !grant.is_sound() {
        return Err(Stop(t::cli::grant_pair(locale, written(grant))));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::plan_file;

    fn model() -> std::sync::Arc<Model> {
        plan_file::load(plan_file::HUNG_YEN_188).expect("the plan loads").model
    }

    #[test]
    fn a_grant_is_read_as_it_is_written() {
        let model = model();
        for text in [
            "officer@police_commune:11977@2025-07-01",
            "officer@police_commune:11977@2025-07-01:forms=crime,recidivism",
            "reviewer@unit:323@2021-01-01:forms=crime:until=2026-12-31",
            "steering@plan",
            "admin@unit:33@2025-07-01",
            "leader@plan:until=2026-12-31",
        ] {
            let grant = read(text, &model, Locale::En).expect(text);
            assert_eq!(written(&grant), text);
        }
        let swapped = read("reviewer:until=2026-12-31", &model, Locale::En);
        assert!(swapped.is_err(), "without a scope nothing follows the role");
        let swapped = "auditor@plan:until=2026-12-31:forms=crime";
        let grant = read(swapped, &model, Locale::En).expect(swapped);
        assert_eq!(written(&grant), "auditor@plan:forms=crime:until=2026-12-31");
        assert_eq!(written(&read("leader", &model, Locale::En).expect("a role")), "leader@plan");
    }

    #[test]
    fn what_is_wrong_with_a_grant_is_named_in_both_languages() {
        let model = model();
        for (text, named) in [
            ("inspector@plan", &["inspector", "steering"][..]),
            ("reviewer@323", &["323", "unit:"]),
            ("reviewer@unit:999@2021-01-01", &["999@2021-01-01"]),
            ("reviewer@", &["unit:"]),
            ("officer@police_commune:0@2025-07-01", &["police_commune:0@2025-07-01"]),
            ("officer@plan", &["officer@plan"]),
            ("officer", &["officer@plan"]),
            ("officer@unit:323@2021-01-01", &["officer@unit:323@2021-01-01"]),
            ("leader@plan:forms=crime", &["leader@plan:forms=crime", "auditor"]),
            ("reviewer@plan:forms=crimes", &["crimes", "recidivism"]),
            ("reviewer@plan:forms=", &["recidivism"]),
            ("reviewer@plan:until=31/12/2026", &["31/12/2026", "until=2026-12-31"]),
            ("reviewer@plan:until=2026-12-31:until=2027-12-31", &["until"]),
        ] {
            for locale in [Locale::Vi, Locale::En] {
                let Err(Stop(said)) = read(text, &model, locale) else { panic!("{text} reads") };
                for word in named {
                    assert!(said.contains(word), "{text}: {said}");
                }
            }
        }
    }
}
