//! What is on the device: the client's store in IndexedDB, and what the device knows of its people.

pub mod device;
pub mod indexed_db;
