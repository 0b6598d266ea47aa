//! Journeys of real people through a real server and a real browser. `cargo xtask test` builds both and says
//! where they are.

mod agreement;
mod board;
mod contested_cells;
mod device_first;
mod device_store;
mod drafts;
mod figure_details;
mod first_slice;
mod history;
mod kills;
mod late_figures;
mod later_file;
mod later_release;
mod offline;
mod outbox_file;
mod paper;
mod pasting;
mod poor_browsers;
mod production;
mod programme;
mod public_door;
mod random_typing;
mod review_offline;
mod rights;
mod session_end;
mod shared_computer;
mod start;
mod support;
mod tabs;
mod task_list;
mod tasks;
mod traps;
mod typing;
mod upgrade;
mod way_of_a_form;
