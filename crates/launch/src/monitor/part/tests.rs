use super::*;

fn words(text: &str) -> Vec<String> {
    text.split('|').map(str::to_owned).collect()
}

#[track_caller]
fn check(command: &str, part: Part) {
    assert_eq!(part_of(&words(command), &[]), part, "{command}");
}

#[test]
fn language_servers_are_known_by_name() {
    for command in [
        "gopls",
        "/root/go/bin/gopls|serve",
        "/root/.cargo/bin/rust-analyzer",
        "clangd|--background-index|--clang-tidy",
        "node|/p/node_modules/.bin/typescript-language-server|--stdio",
        "/usr/bin/opencode|/home/u/.cache/opencode/packages/typescript-language-server/lib/cli.mjs|--stdio",
        "/usr/bin/opencode|/c/node_modules/pyright/dist/pyright-langserver.js|--stdio",
        "node|/c/node_modules/svelte-language-server/bin/server.js|--stdio",
        "node|--max-old-space-size=3072|/p/node_modules/typescript/lib/tsserver.js|--useInferredProjectPerProject",
        "node|/home/u/.cache/opencode/bin/vscode-eslint/server/out/eslintServer.js|--stdio",
        "java|-Declipse.application=x|-jar|/j/plugins/org.eclipse.equinox.launcher_1.6.jar|-configuration|/c",
        "biome|lsp-proxy|--stdio",
        "/p/node_modules/.bin/oxlint|--lsp",
        "deno|lsp",
        "ty|server",
        "/bin/sh|/e/elixir-ls/language_server.sh",
        "python3.11|-m|pylsp",
        "julia|--startup-file=no|-e|using LanguageServer; runserver()",
        r"C:\bin\zls.exe",
    ] {
        check(command, Part::Lsp);
    }
    for command in
        ["biome|check", "deno|run|x.ts", "ruff|check", "cat|/p/gopls", "oxlint|src", "rubocop", "ls|/x/vscode-eslint"]
    {
        check(command, Part::Tool);
    }
}

#[test]
fn tool_servers_are_known_by_name() {
    for command in [
        "github-mcp-server|stdio",
        "node|/p/mcp_memory.js",
        "npm exec @modelcontextprotocol/server-filesystem /tmp",
        "sh|-c|mcp-server-filesystem /tmp",
        "uvx|mcp-server-time",
        "/c/.venv/bin/python|/c/.venv/bin/mcp-server-git",
        "python3|-m|mcp_server_fetch",
        "npx|-y|@playwright/mcp@latest",
        "node|/n/_npx/1/node_modules/@modelcontextprotocol/server-memory/dist/index.js",
    ] {
        check(command, Part::Mcp);
    }
    for command in ["grep|-r|mcp", "bash|-c|grep -r mcp .", "cat|mcp.json", "python3|build.py|mcp"] {
        check(command, Part::Tool);
    }
}

#[test]
fn configured_tool_servers_are_known_by_their_command() {
    let configured: Vec<Vec<String>> = [
        "npx|-y|@acme/weather@1.2.3|--units|c",
        "/opt/tools/serve.sh|--stdio",
        "python3|/p/eater.py",
        "docker|run|-i|--rm|acme/tickets",
        "sh|-c|sleep 1000; true",
    ]
    .map(words)
    .into();
    for command in [
        "npx|-y|@acme/weather@1.2.3|--units|c",
        "npm exec @acme/weather@1.2.3 --units c",
        "node|/root/.npm/_npx/12ab/node_modules/@acme/weather/index.js|--units|c",
        "node|/root/.npm/_npx/12ab/node_modules/.bin/weather|--units|c",
        "/opt/tools/serve.sh|--stdio",
        "/bin/sh|/opt/tools/serve.sh|--stdio",
        "/root/.pyenv/versions/3.11.7/bin/python3|/p/eater.py",
        "docker|run|-i|--rm|acme/tickets",
        "sh|-c|sleep 1000; true",
    ] {
        assert_eq!(part_of(&words(command), &configured), Part::Mcp, "{command}");
    }
    for command in [
        "python3|/p/other.py",
        "/opt/tools/serve.sh",
        "grep|@acme/weather|package.json",
        "sh|-c|sleep 1000",
        "cat|/p/eater.py",
        "npm exec @acme/weatherman",
    ] {
        assert_eq!(part_of(&words(command), &configured), Part::Tool, "{command}");
    }
    assert_eq!(part_of(&words("ls"), &[vec![]]), Part::Tool, "an empty configured command is nobody's");
}

#[test]
fn the_shell_of_a_terminal_runs_nothing_by_itself() {
    for command in ["/bin/bash|-l", "-zsh", "fish", "/usr/bin/zsh|-i|-l", "sh", "/bin/bash|--login"] {
        check(command, Part::Terminal);
    }
    for command in ["bash|-c|make", "bash|-lc|make", "sh|build.sh", "/bin/bash|-x|build.sh"] {
        check(command, Part::Tool);
    }
}

#[test]
fn the_server_is_known_behind_its_wrapper() {
    for command in [
        "opencode|serve|--port|3100",
        "/u/node_modules/opencode-linux-x64/bin/opencode|serve",
        "node|/usr/bin/opencode|web",
        "bun|run|opencode|serve",
        "/usr/lib/node_modules/opencode-ai/bin/.opencode|serve",
    ] {
        check(command, Part::Server);
    }
}

#[test]
fn anything_is_a_tool_and_nothing_too() {
    for command in ["make", "", "node|server.js", "python3", "env"] {
        check(command, Part::Tool);
    }
    assert_eq!(part_of(&[], &[]), Part::Tool);
}
