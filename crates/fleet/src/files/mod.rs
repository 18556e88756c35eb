//! Our files and the one that we share: how they are read and written.
//!
//! What is in them and when they are written is decided by `reduce`. Everything here blocks, and is called from threads that may.

pub(crate) mod address_file;
pub(crate) mod atomic;
pub(crate) mod directory_lock;
mod entries_file;
mod file_lock;
pub(crate) mod forgotten_file;
pub(crate) mod history_file;
mod identity_file;
pub(crate) mod kept_files;
pub(crate) mod last_fleet_file;
pub(crate) mod left_there_file;
mod place_file;
pub(crate) mod profile_file;
pub(crate) mod record_file;
pub(crate) mod registry_file;
pub(crate) mod registry_lock;
pub(crate) mod secret_file;
pub(crate) mod settings_file;
pub(crate) mod state_id;
pub(crate) mod trial_file;

use std::io;

/// What came of removing something: that there was none is well.
fn well_if_gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
