//! Journeys of real people through a real server and a real browser. `cargo xtask test` builds both and says
//! where they are.

mod agreement;
mod company;
mod device_first;
mod device_store;
mod drafts;
mod figure_details;
mod first_slice;
mod history;
mod kills;
mod later_release;
mod offline;
mod paper;
mod pasting;
mod poor_browsers;
mod production;
mod public_door;
mod random_typing;
mod review_offline;
mod rights;
mod shared_computer;
mod start;
mod support;
mod tasks;
mod traps;
mod typing;
mod upgrade;
