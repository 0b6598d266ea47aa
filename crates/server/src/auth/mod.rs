//! Who is here: what names and passwords must be, sessions, signing in, the brake on guessing. Of the layers below it knows the
//! store alone, and nothing of HTTP.

pub mod accounts;
pub mod hashing;
pub mod passwords;
pub mod session;
pub mod set_up;
pub mod sign_in;
pub mod throttle;
