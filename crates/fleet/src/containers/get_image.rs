//! How a start gets the image of its container.

/// How a start gets the image of its container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum GetImage {
    /// The engine's own, if it has it.
    #[default]
    IfMissing,
    /// From where it comes, though the engine has one of that name: there may be a newer one.
    Again,
}
