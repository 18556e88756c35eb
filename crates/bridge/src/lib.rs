//! Our own surface: what a window, a browser or a command line may ask of the fleet, and what it is told.
//!
//! Owns the operations (declared once in `operations`), the wire types (`messages`) and the batching of pushes.
//! It knows no host: neither windows nor HTTP. It decides nothing about the fleet.

pub mod messages;
mod operations;
pub mod typescript;

pub use messages::{Code, Failure};
pub use operations::{Kind, OPERATIONS, Operation, operation};
