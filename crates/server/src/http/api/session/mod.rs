//! `POST session` signs in, `DELETE session` signs out; `GET sessions` lists those of a person, `DELETE sessions/{id}` ends
//! one.

mod end;
mod list;
pub(super) mod sign_in;
mod sign_out;

pub use end::end;
pub use list::list;
pub use sign_in::sign_in;
pub use sign_out::sign_out;
