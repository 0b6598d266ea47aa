//! What the server does with what the store holds: the plan in force, evaluations, who somebody is. Nothing here knows HTTP.

pub mod attachments;
pub mod context;
pub mod evaluation;
pub mod plan_file;
pub mod profile;
