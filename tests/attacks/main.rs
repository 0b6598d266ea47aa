//! What an attacker, a careless hand or a bad day does to a running `chitieu`, each bounded in count and time.

mod accounts;
mod backup;
mod put_back;
mod support;
