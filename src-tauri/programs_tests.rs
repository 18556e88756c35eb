//! Which program opens what, by tables.

use super::*;

/// Opens on a machine that has these programs, all in /usr/bin.
fn open(with: OpenTargetKind, target: &str, installed: &[&str], chosen: &[&str]) -> Result<Opening, OpeningError> {
    let find = |name: &str| installed.contains(&name).then(|| Path::new("/usr/bin").join(name));
    let chosen: Vec<_> = chosen.iter().map(|&choice| choice.to_owned()).collect();
    opening(&OpenTarget { with, target: target.to_owned() }, &Machine { chosen: &chosen, find: &find })
}

fn line(opening: &Opening) -> String {
    let mut words = vec![opening.program.display().to_string()];
    words.extend(opening.arguments.iter().map(|argument| argument.to_string_lossy().into_owned()));
    words.join(" ")
}

#[test]
fn each_target_has_its_program() {
    use OpenTargetKind::{Browser, Editor, Files, Terminal};
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("-rf ü%.rs");
    std::fs::write(&file, "").unwrap();
    let (folder, file) = (folder.path().to_str().unwrap(), file.to_str().unwrap());
    for (with, target, installed, chosen, expected) in [
        (Editor, folder, &["gedit", "code"][..], &[][..], format!("/usr/bin/code {folder}")),
        (Editor, file, &["gedit"], &[], format!("/usr/bin/gedit {file}")),
        (Editor, file, &["code", "subl"], &["vim", "/opt/bin/subl --wait"], format!("/usr/bin/subl {file}")),
        (Terminal, folder, &["xterm", "konsole"], &[], format!("/usr/bin/konsole --workdir {folder}")),
        (Terminal, file, &["foot"], &[], format!("/usr/bin/foot --working-directory={folder}")),
        (Terminal, folder, &["xterm"], &[], "/usr/bin/xterm".to_owned()),
        (
            Terminal,
            folder,
            &["xterm", "kitty", "foot"],
            &["foot"],
            format!("/usr/bin/foot --working-directory={folder}"),
        ),
        (Files, file, &["xdg-open"], &[], format!("/usr/bin/xdg-open {folder}")),
        (
            Browser,
            "https://opencode.ai/docs?a=b",
            &["xdg-open"],
            &[],
            "/usr/bin/xdg-open https://opencode.ai/docs?a=b".to_owned(),
        ),
        (Browser, "mailto:a@b.example", &["gio"], &[], "/usr/bin/gio open mailto:a@b.example".to_owned()),
    ] {
        let opening = open(with, target, installed, chosen).unwrap();
        assert_eq!(line(&opening), expected);
        assert_eq!(opening.folder.is_some(), with == Terminal);
    }
}

#[test]
fn nothing_else_is_opened() {
    use OpenTargetKind::{Browser, Editor, Files, Terminal};
    let all = &["code", "xdg-open", "xterm", "gedit"][..];
    for (with, target) in [
        (Browser, "file:///etc/passwd"),
        (Browser, "javascript:alert(1)"),
        (Browser, "vscode://x"),
        (Browser, "--help"),
        (Browser, "http://"),
        (Browser, ""),
    ] {
        let error = open(with, target, all, &[]).unwrap_err();
        assert!(matches!(error, OpeningError::NotAnAddress { .. }), "{target}: {error}");
    }
    for with in [Editor, Terminal, Files] {
        for target in ["--version", "relative/path", "", "~", "https://opencode.ai"] {
            let error = open(with, target, all, &[]).unwrap_err();
            assert!(matches!(error, OpeningError::NotAbsolute { .. }), "{target}: {error}");
        }
        let error = open(with, "/no/such/path", all, &[]).unwrap_err();
        assert!(matches!(error, OpeningError::NotThere { .. }), "{error}");
    }
}

#[test]
fn a_missing_program_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().to_str().unwrap();
    for (with, installed, what) in [
        // A program that is chosen but not on our list is not started.
        (OpenTargetKind::Editor, &["vim", "gedit"][..], "editor"),
        (OpenTargetKind::Terminal, &["bash"][..], "terminal"),
        (OpenTargetKind::Files, &[][..], "file manager"),
    ] {
        let error = open(with, target, installed, &["vim", "bash"]).unwrap_err();
        assert!(matches!(error, OpeningError::NoProgram { what: missing, .. } if missing == what), "{error}");
    }
}
