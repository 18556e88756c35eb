//! Interpreters that run opencode's script: those of JavaScript, and shells. Pure.

use std::ffi::OsString;

use super::{
    own_arguments,
    role::{Form, Recognised, base_name},
    starters,
};

const OF_JAVASCRIPT: [&str; 4] = ["node", "nodejs", "bun", "deno"];
/// `script` is none, but takes a command the way that they do.
const SHELLS: [&str; 8] = ["sh", "bash", "dash", "zsh", "fish", "ash", "ksh", "script"];
/// Script names that are opencode's wherever they lie.
const SCRIPTS: [&str; 5] = ["opencode", "opencode.js", "opencode.ts", "opencode.mjs", "opencode.cjs"];
/// Parts of a path that make a script opencode's: the npm package, and the source.
const PLACES: [&str; 2] = ["opencode-ai/bin/", "packages/opencode/src/index.ts"];

/// Options of the interpreters whose value is a word of its own.
const WITH_VALUE: [&str; 16] = [
    "-r",
    "--require",
    "--import",
    "--loader",
    "--experimental-loader",
    "-C",
    "--conditions",
    "--preload",
    "--env-file",
    "--config",
    "-c",
    "--tsconfig-override",
    "--title",
    "-o",
    "--rcfile",
    "--init-file",
];
/// Options of those of JavaScript after which there is no script.
const INLINE: [&str; 5] = ["-e", "--eval", "-p", "--print", "-"];

/// What the interpreter of this name does with these arguments.
pub(super) fn look_into(name: &str, arguments: &[OsString], depth: u8) -> Option<Recognised> {
    // A login shell is called `-bash`.
    let shell = name.strip_prefix('-').unwrap_or(name);
    if SHELLS.contains(&shell) {
        if let Some(text) = command_text(arguments) {
            return starters::of_text(&text.to_string_lossy(), depth);
        }
        return script(arguments, &[], depth);
    }
    OF_JAVASCRIPT.contains(&name).then(|| script(arguments, &INLINE, depth)).flatten()
}

/// The text after the option `-c`, which may stand together with others: `-lc`.
fn command_text(arguments: &[OsString]) -> Option<&OsString> {
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let text = word.to_string_lossy();
        if text == "--command" || (text.starts_with('-') && !text.starts_with("--") && text.contains('c')) {
            return words.find(|word| !word.to_string_lossy().starts_with('-'));
        }
        if text == "-o" || text == "--rcfile" || text == "--init-file" {
            words.next();
        } else if !text.starts_with(['-', '+']) {
            return None;
        }
    }
    None
}

/// The script that is interpreted, if it is opencode's or a package runner's.
fn script(arguments: &[OsString], inline: &[&str], depth: u8) -> Option<Recognised> {
    let mut folder = None;
    let mut words = arguments.iter().enumerate();
    while let Some((at, word)) = words.next() {
        let text = word.to_string_lossy();
        match &*text {
            "--cwd" => folder = words.next().map(|(_, folder)| folder.to_string_lossy()),
            option if inline.contains(&option) => return None,
            option if WITH_VALUE.contains(&option) => {
                words.next();
            }
            option if option.starts_with('-') => {}
            // Of bun and deno: what follows is the script.
            "run" => {}
            script => {
                let rest = &arguments[at + 1..];
                let path = folder.map_or_else(|| script.to_owned(), |folder| format!("{folder}/{script}"));
                if is_opencodes(&path) {
                    return own_arguments::read(rest).map(|(role, folder)| Recognised {
                        role,
                        form: Form::Script,
                        folder,
                    });
                }
                return starters::of_script(script, rest, depth);
            }
        }
    }
    None
}

fn is_opencodes(script: &str) -> bool {
    let path = script.replace('\\', "/");
    SCRIPTS.contains(&base_name(path.as_ref()).as_str()) || PLACES.iter().any(|place| path.contains(place))
}
