//! What `ssh` says when no connection comes about, and what it means.

use super::SshError;

impl SshError {
    /// Why no connection came about, from everything that `ssh` wrote to its standard error.
    pub(super) fn of_no_connection(host: &str, text: &str) -> Self {
        let host = host.to_owned();
        let says = |part: &str| text.contains(part);
        if says("REMOTE HOST IDENTIFICATION HAS CHANGED") || says("Offending ") {
            return host_key_changed(host, text);
        }
        if says("Host key verification failed") || says("No matching host key fingerprint") {
            return Self::HostKeyUnknown { host };
        }
        if says("Could not resolve hostname") {
            return Self::UnknownHost { host };
        }
        if let Some(methods) = text.lines().rev().find_map(|line| line.split("Permission denied (").nth(1)) {
            let methods = methods.split(')').next().unwrap_or(methods);
            return if methods.contains("password") || methods.contains("keyboard-interactive") {
                Self::WantsPassword { host }
            } else {
                Self::KeyRefused { host, methods: methods.to_owned() }
            };
        }
        if says("Too many authentication failures") {
            return Self::KeyRefused { host, methods: "too many keys were tried".to_owned() };
        }
        if says("Bad configuration option")
            || says("bad configuration option")
            || says("Bad owner or permissions")
            || says("Can't open user config file")
        {
            return Self::BadConfiguration { message: last_line(text) };
        }
        if says("Connection refused") {
            return Self::Refused { host };
        }
        if says("timed out") || says("Timeout, server") {
            return Self::TimedOut { host };
        }
        Self::Unreachable { host, message: last_line(text) }
    }
}

fn host_key_changed(host: String, text: &str) -> SshError {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let at = lines.iter().position(|line| line.starts_with("The fingerprint for the "));
    let fingerprint = at.and_then(|at| {
        let kind = lines[at].strip_prefix("The fingerprint for the ")?.split(" key").next()?;
        Some(format!("{kind} {}", lines.get(at + 1)?.trim_end_matches('.')))
    });
    let known_in = lines
        .iter()
        .find(|line| line.starts_with("Offending "))
        .and_then(|line| line.split(" key in ").nth(1))
        .map(str::to_owned);
    // `ssh` writes the command that removes it, with the name under which the key is known.
    let remedy = lines
        .iter()
        .find(|line| line.starts_with("ssh-keygen "))
        .map_or_else(|| format!("ssh-keygen -R \"{host}\""), |line| (*line).to_owned());
    SshError::HostKeyChanged { host, fingerprint, known_in, remedy }
}

/// The last line that says something.
pub(super) fn last_line(text: &str) -> String {
    let is_telling = |line: &&str| !line.is_empty() && !line.starts_with("Warning: Permanently added");
    text.lines().map(str::trim).rev().find(is_telling).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::SshError;

    fn check(text: &str, expected: &SshError) {
        assert_eq!(&SshError::of_no_connection("box", text), expected, "{text}");
    }

    #[test]
    fn what_ssh_says_is_told_apart() {
        let host = || "box".to_owned();
        check(
            "ssh: Could not resolve hostname box: Name or service not known\n",
            &SshError::UnknownHost { host: host() },
        );
        check("ssh: connect to host box port 22: Connection refused\n", &SshError::Refused { host: host() });
        check("ssh: connect to host box port 22: Connection timed out\n", &SshError::TimedOut { host: host() });
        check("Connection timed out during banner exchange\n", &SshError::TimedOut { host: host() });
        check("Host key verification failed.\n", &SshError::HostKeyUnknown { host: host() });
        check("root@box: Permission denied (publickey,password).\n", &SshError::WantsPassword { host: host() });
        check(
            "root@box: Permission denied (publickey).\n",
            &SshError::KeyRefused { host: host(), methods: "publickey".to_owned() },
        );
        check(
            "/home/a/.ssh/config: line 3: Bad configuration option: hots\n/home/a/.ssh/config: terminating, 1 bad configuration options\n",
            &SshError::BadConfiguration {
                message: "/home/a/.ssh/config: terminating, 1 bad configuration options".to_owned(),
            },
        );
        check(
            "ssh: connect to host box port 22: No route to host\n",
            &SshError::Unreachable {
                host: host(),
                message: "ssh: connect to host box port 22: No route to host".to_owned(),
            },
        );
    }

    #[test]
    fn a_changed_host_key_is_told_with_its_fingerprint() {
        let text = "@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n@@@\n\
            IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!\n\
            The fingerprint for the ED25519 key sent by the remote host is\nSHA256:abc/def.\n\
            Please contact your system administrator.\n\
            Add correct host key in /h/known_hosts to get rid of this message.\n\
            Offending ED25519 key in /h/known_hosts:3\n  remove with:\n  ssh-keygen -f \"/h/known_hosts\" -R \"[127.0.0.1]:2222\"\n\
            Host key for [127.0.0.1]:2222 has changed and you have requested strict checking.\nHost key verification failed.\n";
        check(
            text,
            &SshError::HostKeyChanged {
                host: "box".to_owned(),
                fingerprint: Some("ED25519 SHA256:abc/def".to_owned()),
                known_in: Some("/h/known_hosts:3".to_owned()),
                remedy: "ssh-keygen -f \"/h/known_hosts\" -R \"[127.0.0.1]:2222\"".to_owned(),
            },
        );
    }
}
