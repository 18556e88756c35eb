//! What a profile may not say. Pure: whether its binary works, and what its mounts would give away, is looked at elsewhere.

use launch::docker::NETWORK_OFF;
use serde_json::Value;

use crate::{DockerPlace, Network, Place, Profile, ProfileError};

/// Arguments that we give ourselves, and what says the same in a profile.
const OWN_ARGUMENTS: [(&str, &str); 4] =
    [("--port", "port"), ("--hostname", "hostname"), ("--log-level", "log level"), ("--print-logs", "log level")];

/// Variables that we set ourselves, and why.
const OWN_VARIABLES: [(&str, &str); 6] = [
    ("OPENCODE_SERVER_PASSWORD", "each start gets a password of its own, which nobody has to know"),
    ("OPENCODE_SERVER_USERNAME", "it belongs to the password of each start"),
    ("OPENCODE_PERMISSION", "it is the profile's permission policy"),
    ("PORTAL_INSTANCE", "it marks the processes of an instance"),
    ("PORTAL_STATE", "it marks the processes of an instance"),
    ("PORTAL_HOST", "it marks the processes of an instance"),
];

/// Networks that engines have and no container of ours goes into: why not, and what does what was wanted.
const NOT_FOR_US: [(&str, &str, &str); 3] = [
    (
        "host",
        "there no port of it is published on loopback alone, and every machine that reaches this one would reach its server",
        "start opencode as a process, which has this machine's network and listens on loopback, or choose another network",
    ),
    (
        "none",
        "there nothing reaches its server, not even Portal",
        "let its network be off (`--network off`), which this machine alone reaches",
    ),
    (
        NETWORK_OFF,
        "it is Portal's own, and it is looked after only where it is asked for",
        "let its network be off (`--network off`), which is the same",
    ),
];

impl Profile {
    /// Whether an instance can be run with it.
    pub fn check(&self) -> Result<(), ProfileError> {
        if let Some(config) = &self.config {
            check_json("configuration", config, "an object", Value::is_object)?;
        }
        if let Some(permission) = &self.permission {
            let is_policy = |value: &Value| {
                value.is_object() || value.as_str().is_some_and(|word| ["ask", "allow", "deny"].contains(&word))
            };
            check_json("permission policy", permission, r#"an object, "ask", "allow" or "deny""#, is_policy)?;
        }
        if let Some(hostname) = &self.hostname
            && !is_hostname(hostname)
        {
            return Err(ProfileError::Hostname { hostname: hostname.clone() });
        }
        if let Place::Docker(place) = &self.place {
            check_container(place)?;
            self.environment.iter().try_for_each(|(name, _)| check_containers_variable(name))?;
        }
        self.arguments.iter().try_for_each(|argument| check_argument(argument))?;
        self.environment.iter().try_for_each(|(name, value)| check_variable(name, value))?;
        let mut names: Vec<&str> = self.environment.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        match names.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(ProfileError::VariableTwice { name: pair[0].to_owned() }),
            None => Ok(()),
        }
    }
}

/// Whether a container can be made so, as far as that can be told without its engine.
fn check_container(place: &DockerPlace) -> Result<(), ProfileError> {
    let is_number = |text: &str| text.parse::<u32>().is_ok() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(user) = &place.user
        && !user.split_once(':').is_some_and(|(uid, gid)| is_number(uid) && is_number(gid))
    {
        return Err(ProfileError::User { user: user.clone() });
    }
    if let Some(image) = &place.image
        && let Err(problem) = launch::docker::ImageName::parse(image)
    {
        return Err(ProfileError::Image { problem: problem.to_string() });
    }
    if let Network::Named(network) = &place.network {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        if network.is_empty() || !network.bytes().all(is_letter) {
            return Err(ProfileError::Network { network: network.clone() });
        }
        if let Some((_, why, remedy)) = NOT_FOR_US.iter().find(|(name, ..)| name == network) {
            return Err(ProfileError::NetworkNotForUs { network: network.clone(), why, remedy });
        }
    }
    place.pass.variables.iter().try_for_each(|name| {
        check_variable(name, "")?;
        check_containers_variable(name)
    })
}

/// A container has some variables of its own, whether another value of them was set or passed.
fn check_containers_variable(name: &str) -> Result<(), ProfileError> {
    let why = match name {
        "PATH" => "opencode and what it runs are found by the image's own",
        "TMPDIR" => "every container has a folder of its own for what is temporary",
        "SSH_AUTH_SOCK" => "it names a socket of this machine; pass the SSH agent itself (`--pass ssh-agent`)",
        _ if name == "HOME" || (name.starts_with("XDG_") && name.ends_with("_HOME")) => {
            "opencode would keep its sessions outside of their volume, and lose them with the container"
        }
        _ => return Ok(()),
    };
    Err(ProfileError::ContainersOwnVariable { name: name.to_owned(), why })
}

fn check_json(
    what: &'static str,
    text: &str,
    wanted: &'static str,
    is_wanted: impl Fn(&Value) -> bool,
) -> Result<(), ProfileError> {
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        // Its message ends with the place, which ours has already.
        let problem = error.to_string();
        let problem = problem.split(" at line ").next().unwrap_or_default().to_owned();
        ProfileError::NotJson { what, line, column, problem }
    })?;
    if is_wanted(&value) { Ok(()) } else { Err(ProfileError::OfAnotherKind { what, wanted, found: kind_of(&value) }) }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "another text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn is_hostname(text: &str) -> bool {
    let is_name = !text.is_empty()
        && text.len() < 254
        && !text.starts_with(['-', '.'])
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    is_name || text.parse::<std::net::IpAddr>().is_ok()
}

fn check_argument(argument: &str) -> Result<(), ProfileError> {
    if argument.contains('\0') {
        return Err(ProfileError::Unpassable { what: "An argument".to_owned() });
    }
    let name = argument.split('=').next().unwrap_or_default();
    match OWN_ARGUMENTS.iter().find(|(own, _)| *own == name) {
        Some((_, instead)) => Err(ProfileError::OwnArgument { argument: name.to_owned(), instead }),
        None => Ok(()),
    }
}

fn check_variable(name: &str, value: &str) -> Result<(), ProfileError> {
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err(ProfileError::VariableName { name: name.to_owned() });
    }
    if value.contains('\0') {
        return Err(ProfileError::Unpassable { what: format!("The variable `{name}`") });
    }
    match OWN_VARIABLES.iter().find(|(own, _)| *own == name) {
        Some((_, why)) => Err(ProfileError::OwnVariable { name: name.to_owned(), why }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use crate::{DockerPlace, Network, Place, Profile};

    fn check(change: impl FnOnce(&mut Profile), expected: &str) {
        let mut profile = Profile::default();
        change(&mut profile);
        let said = profile.check().err().map_or_else(|| "well".to_owned(), |error| error.to_string());
        assert!(said.contains(expected), "{said:?} does not say {expected:?}");
        assert!(!said.contains("hunter2"), "{said}");
    }

    #[test]
    fn json_is_refused_with_what_is_wrong_and_where() {
        let config = |text: &str| Some(text.to_owned());
        check(|profile| profile.config = config(r#"{"model":"a/b"}"#), "well");
        check(
            |profile| profile.config = config("{\n  \"model\": \"a\"\n  \"b\": 1}"),
            "line 3, column 3: expected `,`",
        );
        check(|profile| profile.config = config("[]"), "has to be an object, not a list");
        check(|profile| profile.config = config(r#"{"apiKey":"hunter2"#), "no JSON at line 1");
        check(|profile| profile.permission = config(r#""ask""#), "well");
        check(|profile| profile.permission = config(r#"{"bash":"deny"}"#), "well");
        check(|profile| profile.permission = config(r#""perhaps""#), "\"ask\", \"allow\" or \"deny\"");
        check(|profile| profile.permission = config("ask"), "The permission policy is no JSON");
    }

    #[test]
    fn hostnames_are_names_or_addresses() {
        for well in ["127.0.0.1", "0.0.0.0", "::", "::1", "localhost", "my-box.local"] {
            check(|profile| profile.hostname = Some(well.to_owned()), "well");
        }
        for bad in ["http://a", "a:80", "a b", "", "-x", "[::1]"] {
            check(|profile| profile.hostname = Some(bad.to_owned()), "is no address to listen at");
        }
    }

    #[test]
    fn a_container_is_refused_that_no_engine_could_make() {
        let place = |change: fn(&mut DockerPlace)| {
            let mut place = DockerPlace::default();
            change(&mut place);
            move |profile: &mut Profile| profile.place = Place::Docker(place)
        };
        check(place(|place| place.user = Some("1000:1000".to_owned())), "well");
        check(place(|place| place.user = Some("me".to_owned())), "`me` is no user of a container");
        check(place(|place| place.user = Some("+1:2".to_owned())), "no user of a container");
        check(place(|place| place.image = Some("some/opencode:1".to_owned())), "well");
        check(place(|place| place.image = Some("Not An Image".to_owned())), "is no name of an image");
        check(place(|place| place.network = Network::Named("my-net".to_owned())), "well");
        check(place(|place| place.network = Network::Named(String::new())), "is no name of a network");
        for (network, expected) in [
            ("host", "start opencode as a process"),
            ("none", "not even Portal; let its network be off"),
            ("opencode-portal-off", "let its network be off"),
            ("hosts", "well"),
            ("bridge", "well"),
        ] {
            let docker = DockerPlace { network: Network::Named(network.to_owned()), ..DockerPlace::default() };
            check(|profile| profile.place = Place::Docker(docker), expected);
        }
        check(place(|place| place.pass.variables = vec!["A=B".to_owned()]), "no name of a variable");
        check(
            place(|place| place.pass.variables = vec!["OPENCODE_SERVER_PASSWORD".to_owned()]),
            "set by Portal itself",
        );
    }

    #[test]
    fn what_a_container_has_of_its_own_can_be_neither_set_nor_passed() {
        for (name, expected) in [
            ("HOME", "keep its sessions outside of their volume"),
            ("XDG_DATA_HOME", "keep its sessions outside of their volume"),
            ("XDG_STATE_HOME", "keep its sessions outside of their volume"),
            ("XDG_CONFIG_HOME", "`XDG_CONFIG_HOME` can be neither set for a container nor passed to it"),
            ("PATH", "the image's own"),
            ("TMPDIR", "a folder of its own"),
            ("SSH_AUTH_SOCK", "`--pass ssh-agent`"),
            ("JAVA_HOME", "well"),
            ("XDG_SESSION_TYPE", "well"),
            ("home", "well"),
        ] {
            let mut passed = DockerPlace::default();
            passed.pass.variables = vec!["LANG".to_owned(), name.to_owned()];
            check(|profile| profile.place = Place::Docker(passed), expected);
            let set = vec![("A".to_owned(), "b".to_owned()), (name.to_owned(), "hunter2".to_owned())];
            let container = Place::Docker(DockerPlace::default());
            check(|profile| (profile.place, profile.environment) = (container, set.clone()), expected);
            // A process has them from the person's shell, and takes others.
            check(|profile| profile.environment = set, "well");
        }
    }

    #[test]
    fn what_we_set_ourselves_is_refused_with_why() {
        let argument = |text: &str| vec![text.to_owned()];
        check(|profile| profile.arguments = argument("--cors=x"), "well");
        check(|profile| profile.arguments = argument("--port"), "use the profile's port");
        check(|profile| profile.arguments = argument("--hostname=0.0.0.0"), "`--hostname` is set by Portal itself");
        check(|profile| profile.arguments = argument("--log-level"), "use the profile's log level");
        check(|profile| profile.arguments = argument("a\0b"), "An argument has a character");
        let variable = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
        check(|profile| profile.environment = variable("A", "b"), "well");
        check(|profile| profile.environment = variable("", "b"), "no name of a variable");
        check(|profile| profile.environment = variable("A=B", "b"), "no name of a variable");
        check(|profile| profile.environment = variable("A", "hunter2\0"), "The variable `A` has a character");
        check(
            |profile| profile.environment = variable("OPENCODE_SERVER_PASSWORD", "hunter2"),
            "each start gets a password of its own",
        );
        check(
            |profile| profile.environment = [variable("A", "1"), variable("A", "2")].concat(),
            "The variable `A` is there twice",
        );
    }
}
