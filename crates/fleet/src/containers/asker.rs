//! Who asked a container to end.

/// Who asked a container to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asker {
    /// One of this user's hosts.
    Portal,
    /// Somebody who told its engine, as with `docker stop`.
    Docker,
    /// Perhaps somebody: it ended as one does that is asked to, and what was told then was not heard.
    Unheard,
    /// Nobody: the engine itself was stopped, and has ended all that it ran.
    Engine,
}
