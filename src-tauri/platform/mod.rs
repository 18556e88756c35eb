//! What differs between systems: the environment before the toolkit starts, the session bus, the lock of our state folder.

mod environment;
mod lock;
pub mod session_bus;

pub use environment::prepare_environment;
pub use lock::StateLock;
