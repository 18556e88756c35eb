//! One function for each operation, told apart by what they may do. Each decodes, asks the fleet, and encodes.

pub(crate) mod forward;
pub(crate) mod found;
pub(crate) mod mutation;
pub(crate) mod places;
pub(crate) mod query;
pub(crate) mod resources;
pub(crate) mod roster;
pub(crate) mod ssh;
pub(crate) mod supervision;
pub(crate) mod trigger;
