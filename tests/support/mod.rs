//! What the end-to-end tests stand on: a desk with a screen, a session bus and a panel of its own, and the real app on it.

pub mod agent;
pub mod desk;
pub mod long_session;
pub mod proc;
pub mod project;
pub mod recorder;
pub mod screen;
pub mod tray_host;
pub mod window;
