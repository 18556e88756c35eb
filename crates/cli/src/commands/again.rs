//! The command that does what was refused, for a person to copy: the same options, and no secret.

use bridge::fleet;

use crate::arguments::{Add, Change, Keep};

/// A command as it was typed, so that it can be said again with one more option.
pub(crate) struct Again {
    words: Vec<String>,
    /// Whether a password may stand in it: then it is not said.
    is_secret: bool,
}

impl Again {
    /// `portal add` with these options.
    pub(super) fn to_add(options: &Add) -> Self {
        let Add { url, name, user, password_stdin, keep, ca: _, trust: _, unencrypted } = options;
        let mut again = Self::of("add", url.trim());
        again.is_secret = has_credentials(url);
        again.option("--name", name.as_deref());
        again.option("--user", user.as_deref());
        again.password(*password_stdin, *keep);
        again.flag("--unencrypted", *unencrypted);
        again
    }

    /// `portal change` with these options, of the instance with this id: its name may be another one's, too.
    pub(super) fn to_change(id: &str, options: &Change) -> Self {
        let Change { which: _, url, user, password_stdin, keep, ca: _, trust: _, system_certificates: _, unencrypted } =
            options;
        let mut again = Self::of("change", id);
        again.is_secret = url.as_deref().is_some_and(has_credentials);
        again.option("--url", url.as_deref().map(str::trim));
        again.option("--user", user.as_deref());
        again.password(*password_stdin, *keep);
        again.flag("--unencrypted", *unencrypted);
        again
    }

    /// The same trusting this certificate and no other, in the marks of what is to be typed.
    pub(super) fn trusting(&self, fingerprint: &str) -> String {
        if self.is_secret {
            return format!("the same command with `--trust {fingerprint}`");
        }
        let words = self.words.iter().map(String::as_str).chain(["--trust", fingerprint]);
        format!("`{}`", fleet::line_of(words))
    }

    fn of(command: &str, what: &str) -> Self {
        let words = ["portal", command, what].map(ToOwned::to_owned).to_vec();
        Self { words, is_secret: false }
    }

    fn option(&mut self, option: &str, value: Option<&str>) {
        match value {
            // It would be read as an option of its own.
            Some(value) if value.starts_with('-') => self.words.push(format!("{option}={value}")),
            Some(value) => self.words.extend([option.to_owned(), value.to_owned()]),
            None => {}
        }
    }

    fn flag(&mut self, flag: &str, is_given: bool) {
        self.words.extend(is_given.then(|| flag.to_owned()));
    }

    fn password(&mut self, is_given: bool, keep: Keep) {
        self.flag("--password-stdin", is_given);
        match keep {
            Keep::File => self.option("--keep", Some("file").filter(|_| is_given)),
            Keep::Keyring => {}
        }
    }
}

/// Whether a user and a password may stand in an address.
fn has_credentials(url: &str) -> bool {
    url.contains('@')
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::Again;
    use crate::arguments::{Arguments, Command};

    fn again(typed: &[&str]) -> String {
        let parsed = Arguments::try_parse_from([&["portal"], typed].concat()).unwrap();
        match parsed.command {
            Command::Add(add) => Again::to_add(&add),
            Command::Change(change) => Again::to_change("k3jx92ab", &change),
            other => panic!("{other:?}"),
        }
        .trusting("AA:BB")
    }

    #[test]
    fn a_command_is_said_again_with_all_but_its_secrets() {
        for (typed, expected) in [
            (&["add", "https://far"][..], "`portal add https://far --trust AA:BB`"),
            (
                &["add", "https://far", "--name", "My box", "--user=-a", "--password-stdin", "--unencrypted"],
                "`portal add https://far --name 'My box' '--user=-a' --password-stdin --unencrypted --trust AA:BB`",
            ),
            (
                &["change", "My box", "--url", "https://new", "--user", "ada", "--password-stdin", "--keep", "file"],
                "`portal change k3jx92ab --url https://new --user ada --password-stdin --keep file --trust AA:BB`",
            ),
            (&["change", "far", "--ca", "f.pem"], "`portal change k3jx92ab --trust AA:BB`"),
            (&["change", "far", "--system-certificates"], "`portal change k3jx92ab --trust AA:BB`"),
            (&["add", "https://ada:s3cret@far"], "the same command with `--trust AA:BB`"),
        ] {
            assert_eq!(again(typed), expected, "{typed:?}");
        }
    }
}
