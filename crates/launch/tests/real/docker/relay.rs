//! A socket that leads to the engine's, until it is cut.

use std::path::Path;

use tempfile::TempDir;
use tokio::{
    io::copy_bidirectional,
    net::{UnixListener, UnixStream},
    sync::watch,
};

/// Passes on everything that comes to its own socket. Ends when dropped.
pub struct Relay {
    folder: TempDir,
    is_cut: watch::Sender<bool>,
}

impl Relay {
    pub fn to(socket: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("d.sock")).unwrap();
        let (is_cut, mut cut) = watch::channel(false);
        let socket = socket.to_owned();
        tokio::spawn(async move {
            loop {
                let accepted = tokio::select! {
                    accepted = listener.accept() => accepted,
                    _ = cut.wait_for(|cut| *cut) => return,
                };
                let (Ok((mut near, _)), socket, mut cut) = (accepted, socket.clone(), cut.clone()) else { return };
                tokio::spawn(async move {
                    let Ok(mut far) = UnixStream::connect(socket).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        _ = cut.wait_for(|cut| *cut) => {}
                    }
                });
            }
        });
        Self { folder, is_cut }
    }

    pub fn address(&self) -> String {
        format!("unix://{}/d.sock", self.folder.path().display())
    }

    /// Ends every connection, and takes no more.
    pub fn cut(&self) {
        self.is_cut.send_replace(true);
    }
}
