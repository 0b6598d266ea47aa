//! A small tree that keeps every rule, for tests that break one.

use super::rules::check;
use crate::tree::write;
use std::path::PathBuf;

/// The tree; it is removed when the test ends.
pub struct Sample(PathBuf);

impl Sample {
    /// Makes it under this name.
    pub fn new(name: &str) -> Self {
        let sample = Self(std::env::temp_dir().join(format!("chitieu-check-{name}-{}", std::process::id())));
        sample.put("crates/domain/Cargo.toml", "[dependencies]\nserde = \"1\"\n");
        sample.put("crates/sync/Cargo.toml", "[dependencies]\nchitieu-domain = \"1\"\n");
        sample.put("crates/domain/src/lib.rs", "//! The plan's nouns.\n");
        sample.put("README.md", "See `crates/domain`.\n");
        assert!(check(&sample.0).expect("the tree reads").faults.is_empty());
        sample
    }

    /// Writes a file.
    pub fn put(&self, path: &str, text: &str) {
        write(&self.0.join(path), text.as_bytes()).expect("the temporary folder is writable");
    }

    /// What is found in it.
    pub fn faults(&self) -> Vec<String> {
        check(&self.0).expect("the tree reads").faults
    }
}

impl Drop for Sample {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}
