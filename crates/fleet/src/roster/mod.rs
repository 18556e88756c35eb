//! The instances that are ours as a whole: their profiles, their groups, starting and stopping many.

/// What can happen to the roster.
#[derive(Debug)]
pub(crate) enum RosterEvent {}

/// What we do about the roster.
#[derive(Debug)]
pub(crate) enum RosterEffect {}
