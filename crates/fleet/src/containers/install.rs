//! What to do where no container engine works.

/// What to do where no engine works, on this system, as a sentence without its end; with one address, whose page has the instructions.
pub const INSTALL_AN_ENGINE: &str = if cfg!(target_os = "macos") {
    "Install Docker Desktop, OrbStack, Colima or Podman and start it: https://docs.docker.com/desktop/setup/install/mac-install/"
} else if cfg!(windows) {
    "Install Docker Desktop or Podman Desktop and start it: https://docs.docker.com/desktop/setup/install/windows-install/"
} else {
    "Install Docker or Podman from your distribution and start it, or Docker's own packages: https://docs.docker.com/engine/install/"
};
