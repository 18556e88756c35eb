//! What an opencode process is there for, as far as its program and arguments say. Pure; knows nothing of processes.

use std::{
    ffi::{OsStr, OsString},
    path::Path,
};

use super::{interpreters, own_arguments, starters};

/// What an opencode process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// A server without a face: `opencode serve`.
    Serve,
    /// A server that has opened its page in a browser: `opencode web`.
    Web,
    /// An agent for an editor, spoken to on its input; it listens, too: `opencode acp`.
    Acp,
    /// The interface in a terminal: `opencode`. It listens only when it was told to by `--port`, `--hostname` or `--mdns`.
    Tui,
}

/// How a process stands to the opencode that its arguments name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// It runs opencode's own program.
    Program,
    /// It interprets opencode's script, which either is opencode or starts its program.
    Script,
    /// It only starts one: a shell with a command, npx.
    Starter,
}

/// An opencode, recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Recognised {
    pub(super) role: Role,
    pub(super) form: Form,
    /// The folder that the arguments name, as they name it.
    pub(super) folder: Option<OsString>,
}

/// The program's own names: as installed, as the desktop apps ship it, as npm's package caches it, as a Nix package wraps it.
const PROGRAMS: [&str; 4] = ["opencode", "opencode-cli", ".opencode", ".opencode-wrapped"];

/// A shell in a shell in a shell is looked into; deeper nobody goes.
pub(super) const DEEPEST: u8 = 4;

/// What the arguments of a process say. `None`: it is no opencode, or one that neither serves nor is an interface (`run`, `auth`, `--help` …).
///
/// ```
/// use launch::{Role, role_of};
/// let words = |line: &str| line.split(' ').map(Into::into).collect::<Vec<_>>();
/// assert_eq!(role_of(None, &words("opencode serve --port 4096")), Some(Role::Serve));
/// assert_eq!(role_of(None, &words("opencode run hello")), None);
/// ```
pub fn role_of(executable: Option<&Path>, arguments: &[OsString]) -> Option<Role> {
    recognise(executable, arguments).map(|found| found.role)
}

/// The same, with all that can be told.
pub(super) fn recognise(executable: Option<&Path>, arguments: &[OsString]) -> Option<Recognised> {
    look_into(executable, arguments, 0)
}

/// opencode's program is bun as well, and is only that when its environment says so.
pub(super) fn recognise_bun(arguments: &[OsString]) -> Option<Recognised> {
    let rest = arguments.get(1..).unwrap_or_default();
    interpreters::look_into("bun", rest, 0).or_else(|| starters::look_into("bun", arguments, 0))
}

pub(super) fn look_into(executable: Option<&Path>, arguments: &[OsString], depth: u8) -> Option<Recognised> {
    if depth > DEEPEST {
        return None;
    }
    let called = arguments.first().map(|name| base_name(name));
    let runs = executable.map(|path| base_name(path.as_os_str()));
    let rest = arguments.get(1..).unwrap_or_default();
    if [&runs, &called].into_iter().flatten().any(|name| PROGRAMS.contains(&name.as_str())) {
        return own_arguments::read(rest).map(|(role, folder)| Recognised { role, form: Form::Program, folder });
    }
    // `sh` may be `dash` or `busybox`, and npm calls itself by a whole sentence: the name that it goes by comes first.
    [called, runs].into_iter().flatten().find_map(|name| {
        interpreters::look_into(&name, rest, depth).or_else(|| starters::look_into(&name, arguments, depth))
    })
}

/// The name of a program: without its folder, and without the `.exe` of Windows (npm's package has it everywhere).
pub(super) fn base_name(path: &OsStr) -> String {
    let path = path.to_string_lossy();
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    name.strip_suffix(".exe").unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SERVE: Option<Role> = Some(Role::Serve);
    const TUI: Option<Role> = Some(Role::Tui);

    fn check(executable: &str, arguments: &[&str], expected: Option<Role>) {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let executable = Some(executable).filter(|path| !path.is_empty()).map(Path::new);
        assert_eq!(role_of(executable, &arguments), expected, "{executable:?} {arguments:?}");
    }

    #[test]
    fn the_program_itself() {
        for name in ["opencode", "/usr/bin/opencode", "./opencode.exe", "opencode-cli", "/x/bin/.opencode"] {
            check("", &[name, "serve", "--port", "4096"], SERVE);
            check(name, &["whatever", "serve"], SERVE);
        }
        let program = "/opt/opencode/bin/opencode";
        for (arguments, expected) in [
            (vec!["web"], Some(Role::Web)),
            (vec!["acp", "--cwd", "/x"], Some(Role::Acp)),
            (vec![], TUI),
            (vec!["--port", "4096"], TUI),
            (vec!["--port=4096", "."], TUI),
            (vec!["/some/project"], TUI),
            (vec!["-m", "anthropic/x", "--prompt", "serve", "--continue"], TUI),
            (vec!["--log-level", "DEBUG", "serve"], SERVE),
            (vec!["--print-logs", "serve"], SERVE),
            (vec!["serve", "--mdns", "--cors", "https://a"], SERVE),
            (vec!["--", "serve"], TUI),
        ] {
            check(program, &[&[program], &arguments[..]].concat(), expected);
        }
    }

    #[test]
    fn what_neither_serves_nor_is_an_interface() {
        for command in [
            "run",
            "attach",
            "auth",
            "models",
            "upgrade",
            "mcp",
            "github",
            "export",
            "import",
            "agent",
            "stats",
            "session",
            "debug",
            "uninstall",
            "providers",
            "plugin",
            "plug",
            "pr",
            "db",
            "completion",
            "generate",
        ] {
            check("/usr/bin/opencode", &["opencode", command, "serve"], None);
        }
        for option in ["--help", "-h", "--version", "-v"] {
            check("", &["opencode", option], None);
            check("", &["opencode", "serve", option], None);
        }
    }

    #[test]
    fn through_an_interpreter() {
        for (executable, arguments, expected) in [
            ("/usr/bin/node", vec!["node", "/usr/lib/node_modules/opencode-ai/bin/opencode", "serve"], SERVE),
            ("/usr/bin/node", vec!["node", "--no-warnings", "-r", "x.js", "/a/opencode.mjs", "serve"], SERVE),
            ("/usr/bin/node", vec!["node", "/usr/bin/opencode"], TUI),
            ("/usr/bin/node", vec!["node", "C:\\npm\\opencode-ai\\bin\\opencode", "web"], Some(Role::Web)),
            ("/usr/bin/bun", vec!["bun", "/src/packages/opencode/src/index.ts", "serve"], SERVE),
            (
                "/usr/bin/bun",
                vec!["bun", "run", "--cwd", "packages/opencode", "--conditions=browser", "src/index.ts"],
                TUI,
            ),
            (
                "/usr/bin/bun",
                vec!["bun", "run", "--conditions=browser", "./packages/opencode/src/index.ts", "serve"],
                SERVE,
            ),
            ("/usr/bin/deno", vec!["deno", "run", "-A", "/x/opencode.ts", "acp"], Some(Role::Acp)),
            ("/usr/bin/dash", vec!["/bin/sh", "/x/opencode", "serve"], SERVE),
            ("/usr/bin/bash", vec!["bash", "-e", "/x/opencode.exe", "serve"], SERVE),
            ("/usr/bin/env", vec!["env", "-i", "A=1", "opencode", "serve"], SERVE),
            ("/usr/bin/env", vec!["/usr/bin/env", "node", "/x/opencode", "serve"], SERVE),
            ("/bin/busybox", vec!["sh", "/x/opencode", "serve"], SERVE),
            ("/usr/bin/node", vec!["node", "/srv/app.js", "opencode", "serve"], None),
            ("/usr/bin/node", vec!["node", "-e", "opencode", "serve"], None),
            ("/usr/bin/node", vec!["node"], None),
            ("/usr/bin/bun", vec!["bun", "install", "opencode"], None),
            ("/usr/bin/bun", vec!["bun", "run", "opencode.test.ts"], None),
        ] {
            check(executable, &arguments, expected);
        }
    }

    #[test]
    fn through_a_shell_with_a_command() {
        for (command, expected) in [
            ("opencode serve --port 4096", SERVE),
            ("'opencode' serve", SERVE),
            ("cd /x && OPENCODE_SERVER_PASSWORD='a b' exec opencode serve 2>&1 | tee log", SERVE),
            ("\"$HOME/.opencode/bin/opencode\" serve", SERVE),
            ("if true; then nohup opencode web & fi", Some(Role::Web)),
            ("sh -c 'opencode serve'", SERVE),
            ("timeout 60 opencode serve", SERVE),
            ("opencode", TUI),
            ("opencode run hello; opencode serve", SERVE),
            ("opencode run 'then opencode serve'", None),
            ("echo opencode serve", None),
            ("vim opencode.json", None),
            ("opencode --version", None),
            ("X=$(opencode --version); echo $X", None),
            ("# opencode serve\ntrue", None),
            ("echo 'opencode serve", None),
        ] {
            check("/usr/bin/dash", &["sh", "-c", command], expected);
            check("/usr/bin/bash", &["/bin/bash", "-lc", command, "name"], expected);
            check("/usr/bin/bash", &["-bash", "-o", "pipefail", "-c", command], expected);
            check("/usr/bin/script", &["script", "-qfc", command, "/dev/null"], expected);
        }
        let nested = (0..20).fold("opencode serve".to_owned(), |inner, _| format!("sh -c {inner:?}"));
        check("/bin/sh", &["sh", "-c", &nested], None);
    }

    #[test]
    fn through_a_package_runner() {
        for arguments in [
            vec!["npm exec opencode-ai serve --port 4096", "", "", ""],
            vec!["npm exec opencode-ai@1.18.33 serve"],
            vec!["npx", "opencode-ai", "serve"],
            vec!["node", "/usr/bin/npx", "-y", "opencode-ai@latest", "serve"],
            vec!["node", "/usr/lib/node_modules/npm/bin/npm-cli.js", "exec", "--", "opencode", "serve"],
            vec!["node", "/usr/lib/node_modules/npm/bin/npx-cli.js", "opencode", "serve"],
            vec!["bunx", "opencode-ai", "serve"],
            vec!["bun", "x", "opencode", "serve"],
            vec!["pnpm", "dlx", "opencode-ai", "serve"],
            vec!["node", "/x/pnpm.cjs", "dlx", "opencode-ai", "serve"],
            vec!["deno", "run", "-A", "npm:opencode-ai", "serve"],
        ] {
            check("", &arguments, SERVE);
        }
        check("", &["npm exec opencode-ai"], TUI);
        for arguments in [
            vec!["npm install opencode-ai"],
            vec!["npm", "install", "opencode-ai"],
            vec!["npx", "opencode-ai", "--version"],
            vec!["npx", "cowsay", "opencode", "serve"],
            vec!["npm", "run", "opencode"],
        ] {
            check("", &arguments, None);
        }
    }

    #[test]
    fn names_that_only_sound_like_it() {
        for arguments in [
            vec!["vim", "opencode.json"],
            vec!["opencode-portal", "serve"],
            vec!["portal", "serve"],
            vec!["grep", "-r", "opencode", "serve"],
            vec!["tail", "-f", "/home/a/.local/share/opencode/log"],
            vec!["bash", "/x/opencode.sh", "serve"],
            vec!["bash", "opencode-install", "serve"],
            vec!["node", "/x/opencode/server.js", "serve"],
            vec!["opencoded", "serve"],
            vec!["OpenCode"],
            vec!["my-opencode", "serve"],
            vec!["bash"],
            vec![""],
            vec![],
        ] {
            check("/usr/bin/other", &arguments, None);
            check("", &arguments, None);
        }
    }

    proptest! {
        #[test]
        fn any_arguments_are_read_without_a_fault(
            words in prop::collection::vec(
                prop_oneof![
                    Just("opencode".to_owned()), Just("serve".to_owned()), Just("sh".to_owned()), Just("-c".to_owned()),
                    Just("node".to_owned()), Just("npx".to_owned()), Just("--".to_owned()), Just("env".to_owned()),
                    "\\PC{0,12}", "[-a-z'\"$()<>|&;\\\\ =@:/]{0,20}",
                ],
                0..8,
            ),
        ) {
            let arguments: Vec<OsString> = words.iter().map(OsString::from).collect();
            // Whatever stands there: nothing is recognised in which the name does not stand.
            if !words.iter().any(|word| word.replace(['\'', '"', '\\'], "").contains("opencode")) {
                prop_assert_eq!(role_of(None, &arguments), None);
            }
        }
    }
}
