//! Where an opencode may be, in the order of preference.

use std::{
    cmp::Reverse,
    fs,
    path::{Path, PathBuf},
};

use crate::{BinaryQuery, Environment, Source};

use super::native_in;

/// The name of the program's file.
const PROGRAM: &str = if cfg!(windows) { "opencode.exe" } else { "opencode" };

/// A file that may be an opencode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) path: PathBuf,
    pub(super) source: Source,
}

/// Every candidate, whether it is there or not.
pub(super) fn candidates(query: &BinaryQuery, system_folders: &[PathBuf]) -> Vec<Candidate> {
    let on_path = query.environment.path();
    if let Some(setting) = &query.setting {
        return vec![Candidate { path: meant_by(setting, &query.home, &on_path), source: Source::Setting }];
    }
    let on_path = on_path.into_iter().filter(|folder| folder.is_absolute()).map(|folder| (folder, Source::Path));
    let usual = usual_folders(&query.environment, &query.home)
        .into_iter()
        .chain(system_folders.iter().cloned())
        .map(|folder| (folder, Source::UsualPlace));
    let mut all: Vec<Candidate> =
        on_path.chain(usual).map(|(folder, source)| Candidate { path: folder.join(PROGRAM), source }).collect();
    all.extend(
        installed_by_us(&query.data_folder).into_iter().map(|path| Candidate { path, source: Source::OwnFolder }),
    );
    all.extend(query.pinned.iter().map(|path| Candidate { path: path.clone(), source: Source::Pinned }));
    let mut known = Vec::new();
    all.retain(|candidate| {
        !known.contains(&candidate.path) && {
            known.push(candidate.path.clone());
            true
        }
    });
    all
}

/// A bare name is looked up like a shell would; `~/` is the home folder.
fn meant_by(setting: &Path, home: &Path, on_path: &[PathBuf]) -> PathBuf {
    if let Ok(rest) = setting.strip_prefix("~") {
        return home.join(rest);
    }
    if setting.components().count() == 1 && setting.is_relative() {
        return on_path
            .iter()
            .map(|folder| folder.join(setting))
            .find(|path| path.is_file())
            .unwrap_or_else(|| setting.to_owned());
    }
    setting.to_owned()
}

/// Folders where the installers of a user put programs, the one meant for opencode first.
pub(crate) fn usual_folders(environment: &Environment, home: &Path) -> Vec<PathBuf> {
    let from = |variable: &str, otherwise: &str| {
        environment.get(variable).filter(|value| !value.is_empty()).map_or_else(|| home.join(otherwise), PathBuf::from)
    };
    let mut folders = vec![home.join(".opencode/bin"), from("BUN_INSTALL", ".bun").join("bin")];
    folders.extend(npm_prefixes(environment, home).into_iter().map(|prefix| prefix.join("bin")));
    folders.extend(
        newest_first(&from("NVM_DIR", ".nvm").join("versions/node")).into_iter().map(|version| version.join("bin")),
    );
    folders.extend(
        newest_first(&home.join(".local/share/fnm/node-versions"))
            .into_iter()
            .map(|version| version.join("installation/bin")),
    );
    let volta = from("VOLTA_HOME", ".volta");
    // Before Volta's own `bin`, which holds shims that stay in between.
    folders.extend([volta.join("tools/image/packages/opencode-ai/bin"), volta.join("bin")]);
    folders.extend([from("PNPM_HOME", ".local/share/pnpm"), home.join("Library/pnpm"), home.join(".yarn/bin")]);
    folders.extend(environment.get("HOMEBREW_PREFIX").map(|prefix| Path::new(prefix).join("bin")));
    folders.extend([
        home.join(".linuxbrew/bin"),
        home.join(".local/share/mise/shims"),
        home.join(".local/bin"),
        home.join("bin"),
    ]);
    folders
}

/// Folders of the whole system.
pub(super) fn system_folders() -> Vec<PathBuf> {
    ["/opt/homebrew/bin", "/home/linuxbrew/.linuxbrew/bin", "/usr/local/bin", "/usr/bin", "/snap/bin"]
        .map(PathBuf::from)
        .into()
}

fn npm_prefixes(environment: &Environment, home: &Path) -> Vec<PathBuf> {
    let set = ["NPM_CONFIG_PREFIX", "npm_config_prefix"]
        .into_iter()
        .filter_map(|name| environment.get(name))
        .map(PathBuf::from);
    let configured = fs::read_to_string(home.join(".npmrc")).ok().and_then(|text| prefix_of_npmrc(&text, home));
    set.chain(configured).chain([home.join(".npm-global"), home.join(".npm-packages"), home.join(".npm")]).collect()
}

fn prefix_of_npmrc(text: &str, home: &Path) -> Option<PathBuf> {
    let value = text.lines().filter_map(|line| line.split_once('=')).find(|(name, _)| name.trim() == "prefix")?.1;
    let value = value.trim().trim_matches('"').replace("${HOME}", &home.to_string_lossy());
    match value.strip_prefix("~/") {
        Some(rest) => Some(home.join(rest)),
        None => Some(PathBuf::from(value)).filter(|path| path.is_absolute()),
    }
}

/// What [`crate::install()`] left, newest first.
fn installed_by_us(data_folder: &Path) -> Vec<PathBuf> {
    newest_first(&data_folder.join("opencode"))
        .into_iter()
        .filter_map(|version| native_in(&[version.join("node_modules")]))
        .collect()
}

/// The folders in it that are named by a version.
fn newest_first(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut versions: Vec<(Vec<u64>, PathBuf)> =
        entries.filter_map(|entry| Some((version_numbers(entry.file_name().to_str()?)?, entry.path()))).collect();
    versions.sort_by_key(|(version, _)| Reverse(version.clone()));
    versions.into_iter().map(|(_, path)| path).collect()
}

fn version_numbers(name: &str) -> Option<Vec<u64>> {
    let name = name.strip_prefix('v').unwrap_or(name);
    let numbers = name.split(['-', '+']).next().unwrap_or(name);
    numbers.split('.').map(|number| number.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    fn query(home: &Path, variables: &[(&str, &str)]) -> BinaryQuery {
        BinaryQuery {
            setting: None,
            environment: variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect(),
            home: home.to_owned(),
            data_folder: home.join("data"),
            pinned: Some(PathBuf::from("/pinned/opencode")),
            timeout: std::time::Duration::from_secs(1),
        }
    }

    fn found(query: &BinaryQuery) -> Vec<(String, Source)> {
        candidates(query, &[PathBuf::from("/usr/local/bin")])
            .into_iter()
            .map(|candidate| (candidate.path.to_string_lossy().into_owned(), candidate.source))
            .collect()
    }

    #[test]
    fn the_path_comes_first_and_the_pinned_one_last() {
        let all = found(&query(Path::new("/h"), &[("PATH", "/a:relative:/h/.local/bin:/b")]));
        assert_eq!(all.first(), Some(&("/a/opencode".to_owned(), Source::Path)));
        assert_eq!(all.last(), Some(&("/pinned/opencode".to_owned(), Source::Pinned)));
        assert!(
            !all.iter().any(|(path, _)| path.starts_with("relative")),
            "a relative entry means another file in every folder"
        );
        assert_eq!(
            all.iter().filter(|(path, _)| path == "/h/.local/bin/opencode").count(),
            1,
            "one file is one candidate"
        );
        for usual in ["/h/.opencode/bin", "/h/.bun/bin", "/h/.npm-global/bin", "/h/.volta/bin", "/usr/local/bin"] {
            assert!(all.contains(&(format!("{usual}/opencode"), Source::UsualPlace)), "{usual}");
        }
    }

    #[test]
    fn variables_move_the_usual_places() {
        let all = found(&query(
            Path::new("/h"),
            &[
                ("BUN_INSTALL", "/x/bun"),
                ("VOLTA_HOME", "/x/volta"),
                ("PNPM_HOME", "/x/pnpm"),
                ("NPM_CONFIG_PREFIX", "/x/npm"),
                ("HOMEBREW_PREFIX", "/x/brew"),
            ],
        ));
        for moved in ["/x/bun/bin", "/x/volta/bin", "/x/pnpm", "/x/npm/bin", "/x/brew/bin"] {
            assert!(all.contains(&(format!("{moved}/opencode"), Source::UsualPlace)), "{moved}");
        }
    }

    #[test]
    fn nvm_and_our_own_folder_give_the_newest_first() {
        let home = tempfile::tempdir().unwrap();
        for version in ["v9.1.0", "v22.3.0", "v20.20.2"] {
            fs::create_dir_all(home.path().join(".nvm/versions/node").join(version).join("bin")).unwrap();
        }
        fs::create_dir_all(home.path().join("data/opencode/.installing-1-x")).unwrap();
        let all = found(&query(home.path(), &[]));
        let versions: Vec<&str> =
            all.iter().filter_map(|(path, _)| path.split_once("/.nvm/versions/node/")?.1.split('/').next()).collect();
        assert_eq!(versions, ["v22.3.0", "v20.20.2", "v9.1.0"]);
        assert!(!all.iter().any(|(path, _)| path.contains(".installing")), "an unfinished installation is none");
    }

    #[test]
    fn a_setting_is_the_only_candidate() {
        for (setting, expected) in [
            ("/opt/oc", "/opt/oc"),
            ("~/oc/bin/opencode", "/h/oc/bin/opencode"),
            ("no-such-program", "no-such-program"),
        ] {
            let mut query = query(Path::new("/h"), &[("PATH", "/a")]);
            query.setting = Some(PathBuf::from(setting));
            assert_eq!(found(&query), [(expected.to_owned(), Source::Setting)]);
        }
    }

    #[test]
    fn npmrc_tells_the_prefix() {
        let home = Path::new("/h");
        for (text, expected) in [
            ("prefix=/opt/npm", Some("/opt/npm")),
            ("a=b\nprefix = ~/.npm-own\n", Some("/h/.npm-own")),
            ("prefix=${HOME}/x", Some("/h/x")),
            ("prefix=\"/q\"", Some("/q")),
            ("prefix=relative", None),
            ("registry=https://r", None),
        ] {
            assert_eq!(prefix_of_npmrc(text, home), expected.map(PathBuf::from), "{text}");
        }
    }
}
