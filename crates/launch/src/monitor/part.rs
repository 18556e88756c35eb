//! What a process of a server's tree is to the server, told by its command alone.

/// What a process is to the server in whose tree it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The server itself, or a wrapper around it.
    Server,
    /// A tool server that speaks the Model Context Protocol.
    Mcp,
    /// A language server.
    Lsp,
    /// The shell of a terminal, and what runs in it.
    Terminal,
    /// A command that an agent runs, and anything else.
    Tool,
}

/// Which part of a server a child is, by its command alone. `mcp_commands`: the configured ones.
pub fn part_of(_command: &[String], _mcp_commands: &[Vec<String>]) -> Part {
    Part::Tool
}
