//! What of the person's a container gets, if they chose so: what opencode knows of model providers, and whom git names.

use std::path::Path;

use crate::{Folders, Pass};

/// The content of `auth.json`, and the name and address that git writes; each only if it was chosen and is there.
pub(super) async fn of(folders: &Folders, pass: &Pass) -> (Option<String>, Option<(String, String)>) {
    let (folders, pass) = (folders.clone(), pass.clone());
    let read = tokio::task::spawn_blocking(move || {
        let auth = pass.auth.then(|| auth(&folders)).flatten();
        let git = pass.git.then(|| git(&folders)).flatten();
        (auth, git)
    });
    read.await.unwrap_or_default()
}

fn auth(folders: &Folders) -> Option<String> {
    // opencode's folder for data is beside ours.
    let beside = folders.data.parent().map(|data| data.join("opencode/auth.json"));
    let usual = folders.home.join(".local/share/opencode/auth.json");
    let text = beside.into_iter().chain([usual]).find_map(|path| std::fs::read_to_string(path).ok())?;
    // One line, so that it is one variable.
    serde_json::from_str::<serde_json::Value>(&text).ok().map(|value| value.to_string())
}

fn git(folders: &Folders) -> Option<(String, String)> {
    let beside = folders.config.parent().map(|config| config.join("git/config"));
    let files = [Some(folders.home.join(".gitconfig")), beside];
    let texts: Vec<String> =
        files.into_iter().flatten().filter_map(|path| std::fs::read_to_string::<&Path>(&path).ok()).collect();
    let value = |key: &str| texts.iter().find_map(|text| user_value(text, key));
    Some((value("name")?, value("email")?))
}

/// The value of a key of the section `[user]`.
fn user_value(text: &str, key: &str) -> Option<String> {
    let mut is_user = false;
    let mut found = None;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            is_user = line.trim_matches(['[', ']']).trim().eq_ignore_ascii_case("user");
        } else if is_user
            && let Some((name, value)) = line.split_once('=')
            && name.trim().eq_ignore_ascii_case(key)
        {
            found = Some(value.trim().trim_matches('"').to_owned());
        }
    }
    found.filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::user_value;

    #[test]
    fn the_last_word_of_the_section_user_counts() {
        let text =
            "[core]\n name = no\n[User]\n  name = \"Ada L\"\n\temail=a@x\n[alias]\nemail = no\n[user]\nemail = b@x\n";
        assert_eq!(user_value(text, "name").as_deref(), Some("Ada L"));
        assert_eq!(user_value(text, "email").as_deref(), Some("b@x"));
        assert_eq!(user_value("[core]\nname = x", "name"), None);
    }
}
