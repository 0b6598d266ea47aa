//! What an attacker, a careless hand or a bad day does to a running `chitieu`, each bounded in count and time. What each
//! defends is in `SECURITY.md`. `cargo xtask test` builds the server and says where it is.

mod accounts;
mod answer;
mod backup;
mod bounds;
mod clients;
mod connections;
mod database;
mod headers;
mod log;
mod others_figures;
mod put_back;
mod sign_in;
mod support;
mod visitor;
