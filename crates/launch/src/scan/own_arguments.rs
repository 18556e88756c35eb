//! opencode's own arguments: its commands, and which of its options take a value. Pure.

use std::ffi::OsString;

use super::role::Role;

/// Commands that end by themselves or belong to another server. Any other word is the folder of an interface.
const NEITHER: [&str; 24] = [
    "agent",
    "api",
    "attach",
    "auth",
    "completion",
    "console",
    "db",
    "debug",
    "export",
    "generate",
    "github",
    "import",
    "login",
    "logout",
    "mcp",
    "models",
    "plug",
    "plugin",
    "pr",
    "providers",
    "run",
    "service",
    "session",
    "stats",
];

/// As above; they replace or remove opencode itself.
const MAINTENANCE: [&str; 2] = ["uninstall", "upgrade"];

/// Options whose value is a word of its own.
const WITH_VALUE: [&str; 15] = [
    "--agent",
    "--cors",
    "--cwd",
    "--hostname",
    "--log-level",
    "--mdns-domain",
    "--model",
    "--port",
    "--prompt",
    "--register",
    "--replay-limit",
    "--session",
    "-a",
    "-m",
    "-s",
];

/// What opencode does with these arguments, and the folder that they name.
pub(super) fn read(arguments: &[OsString]) -> Option<(Role, Option<OsString>)> {
    let mut role = None;
    let mut folder = None;
    let mut only_names = false;
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let text = word.to_string_lossy();
        if only_names || !text.starts_with('-') || text == "-" {
            if role.is_none() {
                role = Some(match &*text {
                    "serve" if !only_names => Role::Serve,
                    "web" if !only_names => Role::Web,
                    "acp" if !only_names => Role::Acp,
                    command if !only_names && (NEITHER.contains(&command) || MAINTENANCE.contains(&command)) => {
                        return None;
                    }
                    _ => {
                        // A process that has overwritten its arguments leaves empty ones behind.
                        folder = Some(word.clone()).filter(|word| !word.is_empty());
                        Role::Tui
                    }
                });
            }
            continue;
        }
        match &*text {
            "--" => only_names = true,
            "--help" | "-h" | "--version" | "-v" => return None,
            "--cwd" => folder = words.next().cloned(),
            option if WITH_VALUE.contains(&option) => {
                words.next();
            }
            option => {
                if let Some(value) = option.strip_prefix("--cwd=") {
                    folder = Some(value.into());
                }
            }
        }
    }
    Some((role.unwrap_or(Role::Tui), folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arguments: &str, expected: Option<(Role, Option<&str>)>) {
        let words: Vec<OsString> = arguments.split_whitespace().map(OsString::from).collect();
        assert_eq!(read(&words), expected.map(|(role, folder)| (role, folder.map(OsString::from))), "{arguments}");
    }

    #[test]
    fn the_folder_is_read() {
        check("", Some((Role::Tui, None)));
        check("../work", Some((Role::Tui, Some("../work"))));
        check("--port 1 work --mdns", Some((Role::Tui, Some("work"))));
        check("-- serve", Some((Role::Tui, Some("serve"))));
        check("serve work", Some((Role::Serve, None)));
        check("acp --cwd work", Some((Role::Acp, Some("work"))));
        check("acp --cwd=work --port 1", Some((Role::Acp, Some("work"))));
        check("acp --cwd", Some((Role::Acp, None)));
        check("--session serve --port", Some((Role::Tui, None)));
    }
}
