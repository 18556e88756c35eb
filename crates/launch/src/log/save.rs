//! Everything that is kept of a log, in one file.

use std::{
    io::{self, BufWriter, Write},
    path::Path,
};

use super::{ansi, chain::Chain};
use crate::LaunchError;

/// What happens to a file that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaveOver {
    /// It stays, and nothing is saved.
    Refuse,
    /// It is replaced.
    Replace,
}

const BLOCK: u64 = 256 * 1024;

/// Writes everything that is kept into one file, oldest first and without ANSI sequences. Gives the number of bytes.
/// The file is there as a whole or not at all.
pub fn save(path: &Path, to: &Path, over: SaveOver) -> Result<u64, LaunchError> {
    let chain = Chain::open(path).map_err(|source| LaunchError::Log { path: path.to_owned(), source })?;
    write(&chain, to, over).map_err(|source| LaunchError::Log { path: to.to_owned(), source })
}

fn write(chain: &Chain, to: &Path, over: SaveOver) -> io::Result<u64> {
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if over == SaveOver::Refuse && to.symlink_metadata().is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let file = tempfile::Builder::new().prefix(".saving-").tempfile_in(folder)?;
    let mut written = 0;
    let mut writer = BufWriter::new(file.as_file());
    let mut from = 0;
    let mut rest: Vec<u8> = Vec::new();
    loop {
        let block = chain.read(from, BLOCK)?;
        from += block.len() as u64;
        let is_last = block.is_empty();
        rest.extend(block);
        // Up to the last line break, because a block may end within a sequence; a line that is too long is taken as it comes.
        let end = match rest.iter().rposition(|byte| *byte == b'\n') {
            Some(at) if !is_last => at + 1,
            None if !is_last && (rest.len() as u64) < 4 * BLOCK => 0,
            _ => rest.len(),
        };
        let mut plain = Vec::with_capacity(end);
        ansi::strip(&rest[..end], &mut plain);
        writer.write_all(&plain)?;
        written += plain.len() as u64;
        rest.drain(..end);
        if is_last {
            break;
        }
    }
    writer.flush()?;
    drop(writer);
    file.as_file().sync_all()?;
    match over {
        SaveOver::Replace => file.persist(to),
        SaveOver::Refuse => file.persist_noclobber(to),
    }
    .map_err(|error| error.error)?;
    Ok(written)
}
