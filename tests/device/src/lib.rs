//! The conformance list of a device's store. The journey `device_store` runs it natively on the store in memory
//! and in browsers on IndexedDB.

#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
mod copy;
pub mod list;
mod memory;

/// What came of the list on the store in memory: the facts that hold, a line each.
pub async fn in_memory() -> Result<Vec<&'static str>, String> {
    list::run(memory::Memory::open).await
}
