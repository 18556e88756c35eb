//! The hosts that the person has written into `~/.ssh/config`.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

/// A host of `~/.ssh/config`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshHost {
    /// Its name, as `ssh` takes it.
    pub name: String,
    /// Where it is, when that is written beside it.
    pub address: Option<String>,
    /// The user there, when that is written beside it.
    pub user: Option<String>,
}

/// A file of configuration is small; somebody may include a device.
const FILE_LIMIT: u64 = 1024 * 1024;
/// How deep files may include each other; `ssh` itself goes as far.
const DEEPEST: usize = 16;
const FILES_LIMIT: usize = 100;
const HOSTS_LIMIT: usize = 1000;

/// The hosts named in `~/.ssh/config` and in what it includes, in their order, each once. Patterns are left out. A file that cannot be read has none.
pub fn hosts(home: &Path) -> Vec<SshHost> {
    let folder = home.join(".ssh");
    let mut reading = Reading { home, folder: &folder, files: 0, block: Vec::new(), hosts: Vec::new() };
    reading.file(&folder.join("config"), 0);
    reading.hosts
}

struct Reading<'a> {
    home: &'a Path,
    folder: &'a Path,
    files: usize,
    /// Places in `hosts` that the lines now belong to.
    block: Vec<usize>,
    hosts: Vec<SshHost>,
}

impl Reading<'_> {
    fn file(&mut self, path: &Path, depth: usize) {
        if depth > DEEPEST || self.files >= FILES_LIMIT {
            return;
        }
        self.files += 1;
        // A pipe would be waited for.
        if !fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
            return;
        }
        let Ok(file) = fs::File::open(path) else { return };
        let mut bytes = Vec::new();
        if file.take(FILE_LIMIT).read_to_end(&mut bytes).is_err() {
            return;
        }
        for line in String::from_utf8_lossy(&bytes).lines() {
            self.line(line, depth);
        }
    }

    fn line(&mut self, line: &str, depth: usize) {
        let words = words(line);
        let Some((keyword, values)) = words.split_first() else { return };
        match keyword.to_ascii_lowercase().as_str() {
            "host" => self.block = values.iter().filter_map(|name| self.host(name)).collect(),
            "match" => self.block.clear(),
            "hostname" => self.in_block(values, |host| &mut host.address),
            "user" => self.in_block(values, |host| &mut host.user),
            "include" => {
                // What is included belongs to the block that includes it, and what follows it, too.
                let block = self.block.clone();
                let paths: Vec<PathBuf> = values.iter().flat_map(|pattern| self.included(pattern)).collect();
                for path in paths {
                    self.file(&path, depth + 1);
                    self.block.clone_from(&block);
                }
            }
            _ => {}
        }
    }

    fn host(&mut self, name: &str) -> Option<usize> {
        if name.is_empty() || name.starts_with(['!', '-']) || name.contains(['*', '?']) {
            return None;
        }
        if let Some(known) = self.hosts.iter().position(|host| host.name == name) {
            return Some(known);
        }
        if self.hosts.len() >= HOSTS_LIMIT {
            return None;
        }
        self.hosts.push(SshHost { name: name.to_owned(), address: None, user: None });
        Some(self.hosts.len() - 1)
    }

    /// What is written first counts.
    fn in_block(&mut self, values: &[String], field: impl Fn(&mut SshHost) -> &mut Option<String>) {
        let Some(value) = values.first() else { return };
        for place in &self.block {
            let host = &mut self.hosts[*place];
            let value = value.replace("%h", &host.name);
            field(host).get_or_insert(value);
        }
    }

    fn included(&self, pattern: &str) -> Vec<PathBuf> {
        let path = match pattern.strip_prefix("~/") {
            Some(rest) => self.home.join(rest),
            None => self.folder.join(pattern),
        };
        let mut found = vec![PathBuf::from("/")];
        for part in path.components().skip(1) {
            let part = part.as_os_str();
            let text = part.to_string_lossy();
            if text.contains(['*', '?']) {
                found = found.iter().flat_map(|folder| matching(folder, &text)).take(FILES_LIMIT).collect();
            } else {
                for folder in &mut found {
                    folder.push(part);
                }
            }
        }
        found
    }
}

fn matching(folder: &Path, pattern: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name()).filter(|name| {
        let name = name.to_string_lossy();
        (pattern.starts_with('.') || !name.starts_with('.')) && fits(pattern.as_bytes(), name.as_bytes())
    });
    let mut paths: Vec<PathBuf> = names.map(|name| folder.join(name)).collect();
    paths.sort();
    paths
}

/// Whether a name fits a pattern of `*` and `?`.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    // Where to go on when what follows the last star does not fit.
    let (mut at, mut in_name, mut star) = (0, 0, None);
    while in_name < name.len() {
        if at < pattern.len() && (pattern[at] == b'?' || (pattern[at] != b'*' && pattern[at] == name[in_name])) {
            at += 1;
            in_name += 1;
        } else if at < pattern.len() && pattern[at] == b'*' {
            star = Some((at, in_name));
            at += 1;
        } else if let Some((star_at, taken)) = star {
            star = Some((star_at, taken + 1));
            at = star_at + 1;
            in_name = taken + 1;
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

/// The words of a line: a keyword and its values, which may stand in quotes. `Keyword=value` is the same as `Keyword value`.
fn words(line: &str) -> Vec<String> {
    let line = line.trim();
    if line.starts_with('#') {
        return Vec::new();
    }
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let (mut is_quoted, mut has_equals) = (false, false);
    for letter in line.chars() {
        match letter {
            '"' => {
                is_quoted = !is_quoted;
                word.get_or_insert_default();
            }
            '#' if !is_quoted && word.is_none() => break,
            '=' if !is_quoted && !has_equals && (words.is_empty() || (words.len() == 1 && word.is_none())) => {
                has_equals = true;
                words.extend(word.take());
            }
            letter if letter.is_whitespace() && !is_quoted => words.extend(word.take()),
            letter => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(found: &[SshHost]) -> Vec<&str> {
        found.iter().map(|host| host.name.as_str()).collect()
    }

    #[test]
    fn hosts_are_read_with_what_is_included() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(".ssh/config.d");
        fs::create_dir_all(&folder).unwrap();
        let write = |name: &str, text: &str| fs::write(home.path().join(".ssh").join(name), text).unwrap();
        write(
            "config",
            "# mine\nInclude config.d/*.conf ~/more\nHost=build  \"two words\" *.example !not\n  HostName 10.0.0.1\n  User ci\n\
             Host *\n  User nobody\nMatch host x\n  HostName wrong\nhost BUILD2 # the other\n\tHostName = %h.lan\nHost build\n HostName late\nInclude config\n",
        );
        write("config.d/b.conf", "Host b\nHostName b.example\n");
        write("config.d/a.conf", "Host a a-2\n");
        write("config.d/.hidden.conf", "Host hidden\n");
        write("config.d/a.conf.bak", "Host old\n");
        fs::write(home.path().join("more"), "Host more -oProxyCommand=x\n").unwrap();
        let found = hosts(home.path());
        assert_eq!(names(&found), ["a", "a-2", "b", "more", "build", "two words", "BUILD2"]);
        let build = found.iter().find(|host| host.name == "build").unwrap();
        assert_eq!((build.address.as_deref(), build.user.as_deref()), (Some("10.0.0.1"), Some("ci")));
        assert_eq!(found.last().unwrap().address.as_deref(), Some("BUILD2.lan"));
    }

    #[test]
    fn there_may_be_none() {
        let home = tempfile::tempdir().unwrap();
        assert!(hosts(home.path()).is_empty());
        fs::create_dir_all(home.path().join(".ssh/config")).unwrap();
        assert!(hosts(home.path()).is_empty());
    }

    #[test]
    fn there_are_never_too_many() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join(".ssh")).unwrap();
        let text = (0..3000).map(|number| format!("Host h{number}")).collect::<Vec<_>>().join("\n");
        fs::write(home.path().join(".ssh/config"), text).unwrap();
        assert_eq!(hosts(home.path()).len(), HOSTS_LIMIT);
    }

    #[test]
    fn patterns_fit() {
        for (pattern, name, expected) in [
            ("*.conf", "a.conf", true),
            ("*.conf", "a.conf.bak", false),
            ("a?c", "abc", true),
            ("*", "", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-b-b", false),
        ] {
            assert_eq!(fits(pattern.as_bytes(), name.as_bytes()), expected, "{pattern} {name}");
        }
    }
}
