//! What is started to run a command in a terminal, by tables.

use super::*;

/// Runs on a machine that has these programs, all in /usr/bin.
fn run(command: &[&str], installed: &[&str], chosen: &[&str]) -> Result<Opening, OpeningError> {
    let find = |name: &str| installed.contains(&name).then(|| Path::new("/usr/bin").join(name));
    let chosen: Vec<_> = chosen.iter().map(|&choice| choice.to_owned()).collect();
    let command: Vec<_> = command.iter().map(|&word| word.to_owned()).collect();
    running(&command, &Machine { chosen: &chosen, find: &find })
}

#[test]
fn each_terminal_gets_the_words_one_by_one() {
    let exec = ["docker", "exec", "-it", "a b;c'd", "sh"];
    let words = ["/usr/bin/docker", "exec", "-it", "a b;c'd", "sh"];
    let check = |terminal: &str, before: &[&str]| {
        let opening = run(&exec, &[terminal, "docker"], &[]).unwrap();
        assert_eq!(opening.program, Path::new("/usr/bin").join(terminal));
        let expected: Vec<OsString> = before.iter().chain(&words).map(OsString::from).collect();
        assert_eq!(opening.arguments, expected, "{terminal}");
        assert_eq!(opening.folder, None);
    };
    check("ghostty", &["-e"]);
    check("kitty", &[]);
    check("alacritty", &["-e"]);
    check("wezterm", &["start", "--"]);
    check("foot", &[]);
    check("ptyxis", &["--new-window", "--"]);
    check("kgx", &["--"]);
    check("gnome-terminal", &["--"]);
    check("konsole", &["-e"]);
    check("xfce4-terminal", &["-x"]);
    check("mate-terminal", &["-x"]);
    check("x-terminal-emulator", &["-e"]);
    check("xterm", &["-e"]);
}

#[test]
fn what_a_terminal_would_read_in_a_word_is_quoted() {
    let opening = run(&["ssh", "-t", "h", "cd 'a;b'"], &["wt", "ssh"], &[]).unwrap();
    assert_eq!(opening.arguments, ["new-tab", "--", "/usr/bin/ssh", "-t", "h", "cd 'a\\;b'"]);
    let opening = run(&["ssh", "-t", "h", "cd 'a;b'"], &["osascript", "ssh"], &[]).unwrap();
    let typed = opening.arguments.last().and_then(|last| last.to_str());
    assert_eq!(typed, Some(r#"/usr/bin/ssh -t h "cd 'a;b'""#));
}

#[test]
fn the_persons_own_terminal_comes_first() {
    let opening = run(&["ssh", "h"], &["kitty", "foot", "xterm", "ssh"], &["/opt/bin/foot"]).unwrap();
    assert_eq!(opening.program, Path::new("/usr/bin/foot"));
    // One that is chosen but cannot be told a command is passed by.
    let opening = run(&["ssh", "h"], &["tilix", "xterm", "ssh"], &["tilix"]).unwrap();
    assert_eq!(opening.program, Path::new("/usr/bin/xterm"));
}

#[test]
fn nothing_else_is_run() {
    let all = ["xterm", "sh", "docker", "ssh"];
    for command in [&[][..], &[""], &["sh", "-c", "id"], &["/usr/bin/sh"], &["docker.evil"], &["ssh", "a\nb"]] {
        let error = run(command, &all, &[]).unwrap_err();
        assert!(matches!(error, OpeningError::NotACommand { .. }), "{command:?}: {error}");
    }
    for (command, installed, missing) in
        [(&["podman", "exec"][..], &["xterm"][..], "podman"), (&["/no/such/docker"], &["xterm", "docker"], "docker")]
    {
        let error = run(command, installed, &[]).unwrap_err();
        assert_eq!(error, OpeningError::NotInstalled { program: missing.to_owned() }, "{command:?}");
    }
    let error = run(&["ssh", "h"], &["ssh", "tilix"], &[]).unwrap_err();
    assert!(matches!(error, OpeningError::NoProgram { what: "terminal", .. }), "{error}");
}
