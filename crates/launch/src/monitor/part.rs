//! What a process of a server's tree is to the server, told by its command alone.
//!
//! Knows programs by their names, and nothing of processes or of the system.

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
///
/// What a child starts itself is of the child's part; that is for who sees the tree.
pub fn part_of(command: &[String], mcp_commands: &[Vec<String>]) -> Part {
    if mcp_commands.iter().any(|configured| is_configured(command, configured)) {
        Part::Mcp
    } else if is_language_server(command) {
        Part::Lsp
    } else if program(command).is_some_and(is_mcp_name) {
        Part::Mcp
    } else if is_opencode(command) {
        Part::Server
    } else if is_terminal_shell(command) {
        Part::Terminal
    } else {
        Part::Tool
    }
}

/// Programs that are language servers and nothing else: those that opencode itself starts, and other well-known ones.
const LANGUAGE_SERVERS: &[&str] = &[
    "angular-language-server",
    "ansible-language-server",
    "asm-lsp",
    "astro-ls",
    "basedpyright-langserver",
    "bash-language-server",
    "ccls",
    "clangd",
    "clojure-lsp",
    "cmake-language-server",
    "csharp-ls",
    "docker-langserver",
    "elixir-ls",
    "elm-language-server",
    "erlang_ls",
    "eslintserver",
    "expert",
    "fsautocomplete",
    "gopls",
    "graphql-lsp",
    "haskell-language-server",
    "haskell-language-server-wrapper",
    "helm_ls",
    "intelephense",
    "jdtls",
    "jedi-language-server",
    "kotlin-language-server",
    "kotlin-lsp",
    "lua-language-server",
    "marksman",
    "metals",
    "nil",
    "nixd",
    "ocamllsp",
    "omnisharp",
    "oxc_language_server",
    "phpactor",
    "pylsp",
    "pyright",
    "pyright-langserver",
    "rnix-lsp",
    "roslyn-language-server",
    "ruby-lsp",
    "rust-analyzer",
    "solargraph",
    "sourcekit-lsp",
    "svelteserver",
    "tailwindcss-language-server",
    "taplo",
    "terraform-ls",
    "texlab",
    "tinymist",
    "tsserver",
    "typescript-language-server",
    "vls",
    "vtsls",
    "vue-language-server",
    "yaml-language-server",
    "zls",
];

/// Folders of packages whose programs are language servers under names that say nothing (`cli.mjs`, `server.js`).
const LANGUAGE_SERVER_PACKAGES: &[&str] = &[
    "@astrojs/language-server",
    "@vue/language-server",
    "dockerfile-language-server-nodejs",
    "org.eclipse.equinox.launcher",
    "svelte-language-server",
    "typescript-language-server",
    "vscode-eslint",
    "vscode-langservers-extracted",
];

/// Programs that are language servers when they are told to: the program, and the argument that tells.
const TOLD_TO_BE_LANGUAGE_SERVERS: &[(&str, &str)] = &[
    ("biome", "lsp-proxy"),
    ("dart", "language-server"),
    ("deno", "lsp"),
    ("gleam", "lsp"),
    ("oxlint", "--lsp"),
    ("prisma", "language-server"),
    ("rubocop", "--lsp"),
    ("ruff", "server"),
    ("terraform", "lsp"),
    ("ty", "server"),
];

/// Programs that run another program which an argument names.
const INTERPRETERS: &[&str] = &[
    "bun", "bunx", "deno", "env", "java", "node", "nodejs", "npx", "php", "pipx", "pnpm", "python", "python3", "ruby",
    "tsx", "uv", "uvx",
];

/// Programs that fetch a package and run it: what runs then has another command line, in which only the package is told.
const PACKAGE_RUNNERS: &[&str] =
    &["bun", "bunx", "deno", "docker", "npm", "npx", "pipx", "pnpm", "podman", "uv", "uvx", "yarn"];

/// What package runners are told to do.
const RUNNER_WORDS: &[&str] = &["dlx", "exec", "run", "tool", "x"];

const SHELLS: &[&str] =
    &["ash", "bash", "csh", "dash", "elvish", "fish", "ksh", "nu", "powershell", "pwsh", "sh", "tcsh", "xonsh", "zsh"];

fn is_configured(command: &[String], configured: &[String]) -> bool {
    let Some((program, arguments)) = configured.split_first() else { return false };
    let name = file_name(program);
    // An interpreter may stand before it: the system puts it there for scripts.
    let is_itself = command.iter().take(3).enumerate().any(|(at, word)| {
        file_name(word) == name && command.get(at + 1..).is_some_and(|rest| rest.starts_with(arguments))
    });
    is_itself || package(name, arguments).is_some_and(|package| is_run_from(command, package))
}

/// The package that a runner is told to fetch, without its version.
fn package<'configured>(runner: &str, arguments: &'configured [String]) -> Option<&'configured str> {
    if !PACKAGE_RUNNERS.contains(&runner) {
        return None;
    }
    let is_option = |word: &&String| word.starts_with('-') || RUNNER_WORDS.contains(&word.as_str());
    let package = arguments.iter().find(|word| !is_option(word))?;
    let version = package.char_indices().skip(1).find(|(_, letter)| *letter == '@').map_or(package.len(), |(at, _)| at);
    // A short name would be found in everything.
    Some(&package[..version]).filter(|package| package.len() >= 4)
}

/// Whether a package is named where a program or a package is named: not in any argument that speaks of it.
fn is_run_from(command: &[String], package: &str) -> bool {
    let Some((first, rest)) = command.split_first() else { return false };
    let named = |word: &str| {
        word.split(char::is_whitespace).any(|word| is_path_with(word, package) || without_version(word) == package)
    };
    // Some runners write their whole command line into their name.
    named(first)
        || (is_interpreter(file_name(first)) || is_runner(first)) && rest.iter().take(6).any(|word| named(word))
}

fn is_runner(word: &str) -> bool {
    PACKAGE_RUNNERS.contains(&file_name(word))
}

fn without_version(word: &str) -> &str {
    let at = word.char_indices().skip(1).find(|(_, letter)| *letter == '@').map_or(word.len(), |(at, _)| at);
    &word[..at]
}

/// Whether the path leads through the folder or to the file of that name.
fn is_path_with(path: &str, name: &str) -> bool {
    let bare = name.rsplit('/').next().unwrap_or(name);
    path.contains('/') && (path.contains(&format!("/{name}/")) || file_name(path) == bare)
}

fn is_language_server(command: &[String]) -> bool {
    let Some(first) = command.first() else { return false };
    let program = program(command).unwrap_or(first);
    let name = stem(program).to_lowercase();
    let is_named =
        LANGUAGE_SERVERS.contains(&name.as_str()) || name.starts_with("omnisharp") || name == "language_server";
    let is_packaged = || {
        // A script's package is in its path; a jar is an argument of its own.
        let scripts = || command.iter().take(8).filter(|word| word.contains('/'));
        (is_interpreter(file_name(first)) || is_named_opencode(file_name(first)))
            && LANGUAGE_SERVER_PACKAGES.iter().any(|package| scripts().any(|script| script.contains(package)))
    };
    let is_told = || {
        TOLD_TO_BE_LANGUAGE_SERVERS
            .iter()
            .any(|(told, word)| [stem(first), &name].contains(told) && command.iter().any(|argument| argument == word))
    };
    let is_julia = || name == "julia" && command.iter().any(|argument| argument.contains("LanguageServer"));
    is_named || is_packaged() || is_told() || is_julia()
}

/// As a part of the name between others: `mcp-server-time`, `github_mcp`, `dbmcp.js`; packages of the protocol itself, too.
fn is_mcp_name(program: &str) -> bool {
    file_name(program).to_lowercase().contains("mcp") || program.contains("modelcontextprotocol")
}

fn is_opencode(command: &[String]) -> bool {
    program(command).is_some_and(|program| is_named_opencode(file_name(program)))
}

fn is_named_opencode(name: &str) -> bool {
    matches!(name.strip_suffix(".exe").unwrap_or(name), "opencode" | ".opencode" | "opencode-ai")
}

/// A shell without a command or a script to run.
fn is_terminal_shell(command: &[String]) -> bool {
    let Some((first, rest)) = command.split_first() else { return false };
    let name = file_name(first);
    let name = name.strip_prefix('-').unwrap_or(name);
    let name = name.strip_suffix(".exe").unwrap_or(name);
    // `-c`, also among others: `-lc`.
    let runs_a_command = |word: &String| {
        !word.starts_with('-') || (!word.starts_with("--") && word.contains('c')) || word == "--command"
    };
    SHELLS.contains(&name) && !rest.iter().any(runs_a_command)
}

/// The program that a command runs: behind an interpreter its script, behind a shell's `-c` the first word.
fn program(command: &[String]) -> Option<&str> {
    let (first, rest) = command.split_first()?;
    let name = file_name(first);
    if let Some(exec) = first.strip_prefix("npm exec ") {
        return exec.split_whitespace().next();
    }
    let is_shell = SHELLS.contains(&name);
    // opencode runs scripts of its language servers by itself.
    let is_script_of_opencode = is_named_opencode(name) && rest.first().is_some_and(|word| word.contains('/'));
    if !(is_shell || is_interpreter(name) || is_script_of_opencode) {
        return Some(first);
    }
    if let (true, Some(at)) = (is_shell, rest.iter().position(|word| word == "-c")) {
        return rest.get(at + 1).and_then(|text| text.split_whitespace().find(|word| *word != "exec")).or(Some(first));
    }
    if let Some(at) = rest.iter().position(|word| word == "-m" && name.starts_with("python")) {
        return rest.get(at + 1).map(String::as_str);
    }
    let is_option = |word: &&String| word.starts_with('-') || RUNNER_WORDS.contains(&word.as_str());
    rest.iter().find(|word| !is_option(word)).or(Some(first)).map(String::as_str)
}

fn is_interpreter(name: &str) -> bool {
    let name = name.strip_suffix(".exe").unwrap_or(name);
    INTERPRETERS.contains(&name) || name.strip_prefix("python").is_some_and(|version| version.starts_with(['2', '3']))
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The file's name without the endings of programs and scripts.
fn stem(path: &str) -> &str {
    let name = file_name(path);
    [".exe", ".cmd", ".mjs", ".cjs", ".js", ".ts", ".py", ".rb", ".sh", ".bat", ".jar", ".dll"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .unwrap_or(name)
}

#[cfg(test)]
mod tests;
