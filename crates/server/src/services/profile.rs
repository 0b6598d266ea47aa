//! Who somebody is and what is open for them, as `GET me` tells it.

use super::context::Context;
use crate::auth::session::Person;
use chitieu_domain::model::Sheet;
use chitieu_sync::api::{Me, OpenPeriod};
use chitieu_sync::rights::{Right, Thing};
use chitieu_sync::{packed_push, plan_bundle};

/// The oldest program that may still edit ([`chitieu_sync::message::CLIENT`]).
const MIN_CLIENT: u32 = 1;

/// Describes a person today.
pub fn describe(context: &Context, person: &Person) -> Me {
    let model = &context.plan.model;
    let today = context.today();
    let own = person.grants.own(today);
    let reporters = own.iter().filter_map(|r| model.reporter_ix(r));
    let open = reporters.flat_map(|reporter| model.open_sheets(reporter, today));
    let enters = |sheet: &Sheet| {
        person.grants.allows(Right::Enter, Thing::Form(sheet.reporter, sheet.form), model, today)
    };
    let open_periods = open.filter(enters).map(|sheet| OpenPeriod {
        reporter: model.reporter(sheet.reporter).id.clone(),
        form: model.form(sheet.form).id.clone(),
        period: sheet.period,
        from: sheet.span.from,
        to: sheet.span.to,
        deadline: sheet.deadline,
    });
    let open_periods = open_periods.collect();
    Me {
        username: person.username.clone(),
        display_name: person.display_name.clone(),
        reporters: own,
        grants: person.grants.clone(),
        open_periods,
        today,
        plan_version: context.plan.version.clone(),
        plan_bundle: context.plan.packed.key.clone(),
        plan_format: plan_bundle::FORMAT,
        push_format: packed_push::FORMAT,
        min_client: MIN_CLIENT,
        illustrative: context.illustrative,
    }
}
