//! Programs that start another one by its name: package runners such as npx, and `env` and its kind. Pure.

use std::ffi::OsString;

use super::{
    own_arguments,
    role::{Form, Recognised, base_name, look_into as look_into_words},
    shell_text,
};

/// They take a command as it is; options, numbers and assignments before it are theirs.
const BEFORE_A_COMMAND: [&str; 11] =
    ["env", "nohup", "setsid", "nice", "ionice", "timeout", "stdbuf", "time", "exec", "command", "sudo"];
/// They run a package by its name, after one of the words below or at once.
const RUNNERS_AT_ONCE: [&str; 2] = ["npx", "bunx"];
const RUNNERS: [&str; 5] = ["npm", "pnpm", "yarn", "bun", "deno"];
const RUNNER_WORDS: [&str; 4] = ["exec", "x", "dlx", "run"];
const PACKAGES: [&str; 2] = ["opencode", "opencode-ai"];

/// What the program of this name starts; `arguments` begin with what it calls itself.
pub(super) fn look_into(name: &str, arguments: &[OsString], depth: u8) -> Option<Recognised> {
    let rest = arguments.get(1..).unwrap_or_default();
    if BEFORE_A_COMMAND.contains(&name) {
        let command = rest.iter().position(|word| !is_before_a_command(&word.to_string_lossy()))?;
        return of_command(&rest[command..], depth);
    }
    // npm writes what it does over its arguments, as one of them.
    let title = arguments.first()?.to_string_lossy();
    if let Some(command) = title.strip_prefix("npm exec ") {
        let words: Vec<OsString> = command.split_whitespace().map(OsString::from).collect();
        return package(&words, depth);
    }
    of_script(name, rest, depth)
}

/// What a text for a shell starts: the first of its commands that counts.
pub(super) fn of_text(text: &str, depth: u8) -> Option<Recognised> {
    shell_text::commands(text).iter().find_map(|command| of_command(command, depth))
}

fn of_command(command: &[OsString], depth: u8) -> Option<Recognised> {
    look_into_words(None, command, depth + 1).map(|found| Recognised { form: Form::Starter, ..found })
}

/// What a script of this name starts: package runners are scripts themselves.
pub(super) fn of_script(script: &str, arguments: &[OsString], depth: u8) -> Option<Recognised> {
    let name = runner_name(script);
    if RUNNERS_AT_ONCE.contains(&name.as_str()) {
        return package(arguments, depth);
    }
    if name == "deno" || RUNNERS.contains(&name.as_str()) {
        let (word, rest) = arguments.split_first()?;
        let word = word.to_string_lossy();
        // `bun run opencode` runs a script of that name out of package.json, whatever it is.
        let runs_packages = RUNNER_WORDS.contains(&&*word) && (word != "run" || name == "deno");
        return runs_packages.then(|| package(rest, depth)).flatten();
    }
    // `deno run npm:PACKAGE`, as its script.
    script.starts_with("npm:").then(|| of_package(script, arguments)).flatten()
}

/// Whether these are the arguments of a program that runs packages or scripts of `package.json`: it stands above what it started and does nothing itself.
pub(super) fn is_package_runner(arguments: &[OsString]) -> bool {
    let word = |at: usize| arguments.get(at).map(|word| word.to_string_lossy()).unwrap_or_default();
    if word(0).starts_with("npm ") {
        return true;
    }
    let name = base_name(word(0).as_ref().as_ref());
    let name = if name.starts_with("node") { runner_name(&word(1)) } else { name };
    match name.as_str() {
        "npm" | "npx" | "pnpm" | "yarn" | "bunx" => true,
        // A file it interprets itself.
        "bun" => word(1) == "x" || (word(1) == "run" && !word(2).contains(['.', '/', '-'])),
        _ => false,
    }
}

/// `/usr/lib/node_modules/npm/bin/npx-cli.js` is npx.
fn runner_name(script: &str) -> String {
    let name = base_name(script.as_ref());
    let name = name.strip_suffix(".js").or_else(|| name.strip_suffix(".cjs")).unwrap_or(&name);
    name.strip_suffix("-cli").unwrap_or(name).to_owned()
}

/// The first word that is no option is the package; `-c TEXT` is a command for the shell.
fn package(arguments: &[OsString], depth: u8) -> Option<Recognised> {
    let mut words = arguments.iter().enumerate();
    while let Some((at, word)) = words.next() {
        let text = word.to_string_lossy();
        match &*text {
            "-c" | "--call" => return of_text(&words.next()?.1.to_string_lossy(), depth),
            "-p" | "--package" => {
                words.next();
            }
            option if option.starts_with('-') => {}
            package => return of_package(package, &arguments[at + 1..]),
        }
    }
    None
}

fn of_package(package: &str, arguments: &[OsString]) -> Option<Recognised> {
    let package = package.strip_prefix("npm:").unwrap_or(package);
    let name = package.split('@').next().unwrap_or_default();
    if !PACKAGES.contains(&name) {
        return None;
    }
    let arguments = match arguments.split_first() {
        Some((first, rest)) if first == "--" => rest,
        _ => arguments,
    };
    own_arguments::read(arguments).map(|(role, folder)| Recognised { role, form: Form::Starter, folder })
}

fn is_before_a_command(word: &str) -> bool {
    word.starts_with('-') || word.starts_with(|first: char| first.is_ascii_digit()) || is_assignment(word)
}

/// `NAME=VALUE`, as before a command.
pub(super) fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_runners_are_known() {
        for (line, expected) in [
            ("npm run dev", true),
            ("node /usr/bin/npm run dev", true),
            ("node /usr/lib/node_modules/npm/bin/npx-cli.js x", true),
            ("/usr/bin/bun x opencode", true),
            ("bun run dev", true),
            ("bun run server.ts", false),
            ("bun server.ts", false),
            ("node server.js", false),
            ("bash", false),
            ("", false),
        ] {
            let words: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
            assert_eq!(is_package_runner(&words), expected, "{line}");
        }
        assert!(is_package_runner(&["npm run dev".into()]), "what npm writes over its arguments");
    }
}
