//! One file a screen: reads state, sends intent.

pub mod board;
pub mod entry;
pub mod review;
pub mod sign_in;
pub mod work;
