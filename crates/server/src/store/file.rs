//! The file of a database on SQLite: who may read it, who holds it, and whether it is still the same one.

use super::error::StoreError;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, SqliteConnection};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Only the account that the server runs under reads or writes a database.
const PRIVATE: u32 = 0o600;

/// Bytes of the write-ahead file from which on it is written into the database.
const MUCH_AHEAD: u64 = 4 << 20;

/// The file that an address names; none for PostgreSQL and for a database in memory.
pub fn path_of(url: &str) -> Result<Option<PathBuf>, StoreError> {
    if url.starts_with("postgres") || url.contains(":memory:") {
        return Ok(None);
    }
    Ok(Some(SqliteConnectOptions::from_str(url)?.get_filename().to_owned()))
}

/// A name beside the file's: `chitieu.db` and `-wal` give `chitieu.db-wal`.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

/// Makes an empty file where there is none.
pub fn create_private(path: &Path) -> io::Result<()> {
    OpenOptions::new().create(true).append(true).mode(PRIVATE).open(path).map(drop)
}

/// Takes a file and what lies beside it away from everybody else.
pub fn make_private(path: &Path) -> io::Result<()> {
    for file in [path.to_owned(), beside(path, "-wal"), beside(path, "-shm")] {
        if file.exists() && fs::metadata(&file)?.mode() & 0o077 != 0 {
            fs::set_permissions(&file, Permissions::from_mode(PRIVATE))?;
        }
    }
    Ok(())
}

/// A database's file is this process's alone for as long as this lives; the system frees it when the process ends,
/// however it ends. It is held on a file of its own, since the database's may be exchanged.
#[derive(Debug)]
pub struct Held {
    _file: File,
}

/// Why a file is not held.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// Another process holds it.
    #[error("another process holds it")]
    InUse,
    /// The lock's file cannot be made.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Held {
    /// Holds a database's file.
    pub fn hold(path: &Path) -> Result<Self, HoldError> {
        // Whichever name it is called by.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let mut options = OpenOptions::new();
        let file = options.create(true).append(true).mode(PRIVATE).open(beside(&path, ".lock"))?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => HoldError::InUse,
            TryLockError::Error(error) => HoldError::Io(error),
        })?;
        Ok(Self { _file: file })
    }
}

/// What a file is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    changed: (i64, i64),
}

impl Stamp {
    fn of(path: &Path) -> io::Result<Self> {
        let file = fs::metadata(path)?;
        let changed = (file.mtime(), file.mtime_nsec());
        Ok(Self { device: file.dev(), inode: file.ino(), size: file.size(), changed })
    }
}

/// Knows whether a database's file is still the one that was opened. Writers append to the write-ahead file and this
/// alone copies it into the database, so that whoever else changes the database's file is noticed, also where it was
/// overwritten under its name.
pub struct Watch {
    path: PathBuf,
    stamp: Stamp,
    /// Opened before anybody could exchange the file, so that nothing is ever copied into another one that has its name.
    own: SqliteConnection,
}

impl Watch {
    /// Begins with the file as it is.
    pub async fn begin(path: PathBuf, mut own: SqliteConnection) -> Result<Self, StoreError> {
        copy_over(&mut own, "TRUNCATE").await?;
        Ok(Self { stamp: Stamp::of(&path)?, path, own })
    }

    /// False where another file is there, or none, or somebody wrote into it.
    pub fn is_same(&self) -> bool {
        Stamp::of(&self.path).is_ok_and(|stamp| stamp == self.stamp)
    }

    /// Looks after the file: false where it is no more the same; else what was written ahead is copied into it once
    /// that is much.
    pub async fn look(&mut self) -> bool {
        if !self.is_same() {
            return false;
        }
        let ahead = fs::metadata(beside(&self.path, "-wal")).map_or(0, |file| file.size());
        if ahead > MUCH_AHEAD {
            if let Err(error) = copy_over(&mut self.own, "PASSIVE").await {
                tracing::warn!(%error, "the write-ahead file is not copied into the database now");
            }
            if let Ok(stamp) = Stamp::of(&self.path) {
                let is_same_file = (stamp.device, stamp.inode) == (self.stamp.device, self.stamp.inode);
                self.stamp = if is_same_file { stamp } else { self.stamp };
            }
        }
        true
    }

    /// The write-ahead file belongs to the database that was there before; applied to the present one it would destroy
    /// it. It is kept under another name, which is given.
    pub fn set_aside(&self, name: &str) -> Option<PathBuf> {
        let kept = beside(&self.path, &format!("-wal.{name}"));
        // What is not there need not go.
        fs::remove_file(beside(&self.path, "-shm")).ok();
        fs::rename(beside(&self.path, "-wal"), &kept).ok().map(|()| kept)
    }
}

async fn copy_over(own: &mut SqliteConnection, how: &'static str) -> Result<(), StoreError> {
    let how = AssertSqlSafe(format!("PRAGMA wal_checkpoint({how})"));
    sqlx::query(how).fetch_all(own).await?;
    Ok(())
}

/// Makes names and contents of a folder last.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_held_once_under_any_of_its_names_and_free_again_afterwards() {
        let folder = std::env::temp_dir().join(format!("chitieu-held-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("a.db");
        create_private(&path).expect("a file");
        assert_eq!(fs::metadata(&path).expect("it is there").mode() & 0o777, PRIVATE);
        let link = folder.join("b.db");
        std::os::unix::fs::symlink(&path, &link).expect("a link");
        let held = Held::hold(&path).expect("nobody holds it");
        assert!(matches!(Held::hold(&link), Err(HoldError::InUse)));
        drop(held);
        assert!(Held::hold(&link).is_ok());
        fs::remove_dir_all(&folder).ok();
    }
}
