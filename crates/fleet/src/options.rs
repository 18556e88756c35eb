//! What a host wants of its fleet beyond what the person has set.

/// What a host wants of its fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether instances of others are looked for.
    pub discovery: Discovery,
    /// Whether it stays: it restores what ran last, restarts what crashes, puts to sleep what is idle.
    /// A command that ends at once does none of this.
    pub stays: bool,
}

/// Whether instances of others are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discovery {
    /// As the settings say.
    AsSet,
    /// Not at all, whatever the settings say.
    Off,
}

impl Options {
    /// Of a host that stays. `PORTAL_DISCOVERY=off` switches the search for instances of others off.
    pub fn staying(discovery_variable: Option<&str>) -> Self {
        let discovery = if discovery_variable == Some("off") { Discovery::Off } else { Discovery::AsSet };
        Self { discovery, stays: true }
    }

    /// Of a command that ends at once and has something to say of instances of others.
    pub fn looking(discovery_variable: Option<&str>) -> Self {
        Self { stays: false, ..Self::staying(discovery_variable) }
    }

    /// Of a command that ends at once.
    pub fn passing() -> Self {
        Self { discovery: Discovery::Off, stays: false }
    }
}
