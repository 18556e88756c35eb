//! Our own surface: what a window, a browser or a command line may ask of the fleet, and what it is told.
//!
//! Owns the operations (declared once in `operations`), the wire types (`messages`), the batching of pushes and the tour.
//! It knows no host: neither windows nor HTTP. It decides nothing about the fleet.
#![deny(missing_docs)]

mod bridge;
mod call;
mod convert;
mod handlers;
mod host;
pub mod messages;
mod once;
mod operations;
mod pushes;
mod risks;
mod tour;
pub mod typescript;

pub use bridge::Bridge;
pub(crate) use bridge::Core;
pub use call::{Call, WindowId};
/// For hosts: to open and end the fleet, and for what is drawn without a window (the tray).
pub use fleet;
pub use host::{Host, HostAbilities, HostFuture};
pub use messages::{Code, Failure};
pub use operations::{Kind, OPERATIONS, Operation, operation};
pub use pushes::Pushes;
pub use risks::{Risk, is_unsafe, risks};
