//! A container engine, as a person chooses among them.

/// A container engine, as a person chooses among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineSummary {
    /// The name of its context, or what it is; this is what a profile names.
    pub name: String,
    /// Where it answers.
    pub address: String,
    /// What it is, when it answers: `Docker 27.3.1`.
    pub version: Option<String>,
    /// Why it cannot be used, when it cannot, with what to do.
    pub problem: Option<String>,
    /// Why no container there can be without a network, when that is so, with what to do.
    pub network_off_problem: Option<String>,
    /// The networks that a container can be put into, when it answers.
    pub networks: Vec<String>,
    /// Images that have opencode by their name, when it answers.
    pub images: Vec<String>,
}
