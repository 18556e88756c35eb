//! What windows are told without asking.
//!
//! `queue` merges what waits for one window, `running` keeps what a window that begins to watch has missed, `window` gives it out in time, `windows` knows all that are open, `feed` turns changes of the fleet into items.
//! Nothing here waits for a window: one that does not read gets a snapshot when it reads again.

pub(crate) mod feed;
mod on_screen;
mod queue;
mod running;
mod weight;
mod window;
mod windows;

pub(crate) use queue::Queue;
pub use window::Pushes;
pub(crate) use windows::Windows;
