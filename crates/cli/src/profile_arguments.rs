//! How an instance is run, as typed.

use std::path::{Path, PathBuf};

use bridge::messages::{LogLevelView, PlaceView, ProfileView, RestartPolicyView, SleepRuleView, VariableView};
use clap::{Args, ValueEnum};

use crate::output::Trouble;
use crate::place_arguments::{PlaceArguments, limit};

/// How an instance is run and shown. What is given is kept for its next starts.
#[derive(Debug, Default, PartialEq, Args)]
#[command(next_help_heading = "How it is run, kept for its next starts")]
pub(crate) struct ProfileArguments {
    /// The port that it always gets; else the next free one from 3100 on
    #[arg(long, conflicts_with = "all")]
    port: Option<u16>,
    /// The address that it listens at; else loopback
    #[arg(long, conflicts_with = "all")]
    hostname: Option<String>,
    /// The opencode binary that it runs; with --ssh one of that machine
    #[arg(long, value_name = "FILE", conflicts_with = "all")]
    binary: Option<PathBuf>,
    /// One more argument of `opencode serve`, in place of those before; may be repeated
    #[arg(long = "arg", value_name = "ARGUMENT", allow_hyphen_values = true, conflicts_with = "all")]
    arguments: Vec<String>,
    /// A variable; `NAME` alone takes its value from here, so that a secret is on no command line; may be repeated
    #[arg(long = "env", value_name = "NAME[=VALUE]", conflicts_with = "all")]
    environment: Vec<String>,
    /// Overrides of opencode's configuration: a JSON object, or a file with one
    #[arg(long, value_name = "FILE|JSON", conflicts_with = "all")]
    config: Option<String>,
    /// The permission policy: JSON, or a file with it
    #[arg(long, value_name = "FILE|JSON", conflicts_with = "all")]
    permission: Option<String>,
    /// What happens when it ends without being asked to
    #[arg(long, value_enum, conflicts_with = "all")]
    restart: Option<Restart>,
    /// When it is put to sleep: default, never, or a number of idle minutes
    #[arg(long, value_name = "default|never|MINUTES", value_parser = sleep_rule, conflicts_with = "all")]
    sleep: Option<SleepRuleView>,
    /// For a process the memory that its tree should not exceed: more, and you are warned. For a container the memory that it may use: more, and it is ended. In MiB, or with `m` or `g`; 0: no matter
    #[arg(long, value_name = "MIB", value_parser = memory_mib, conflicts_with = "all")]
    memory: Option<u32>,
    /// How much opencode logs
    #[arg(long, value_enum, conflicts_with = "all")]
    log_level: Option<Level>,
    /// The group that it is listed in; empty: none
    #[arg(long)]
    pub(crate) group: Option<String>,
    /// Keep it on top of the list
    #[arg(long, conflicts_with = "all")]
    pin: bool,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Restart {
    Never,
    OnFailure,
    Always,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

fn sleep_rule(text: &str) -> Result<SleepRuleView, String> {
    match text {
        "default" => Ok(SleepRuleView::Default),
        "never" => Ok(SleepRuleView::Never),
        minutes => match minutes.parse() {
            Ok(minutes) if minutes > 0 => Ok(SleepRuleView::After { minutes }),
            _ => Err("give `default`, `never`, or a number of minutes from 1 on".to_owned()),
        },
    }
}

fn memory_mib(typed: &str) -> Result<u32, String> {
    let (number, unit) = match typed.strip_suffix(['m', 'M']) {
        Some(number) => (number, 1),
        None => typed.strip_suffix(['g', 'G']).map_or((typed, 1), |number| (number, 1_024)),
    };
    let number: u32 = number.parse().map_err(|_| "give a number of MiB, or one such as `512m` or `2g`".to_owned())?;
    number.checked_mul(unit).ok_or_else(|| "that is too much".to_owned())
}

impl ProfileArguments {
    /// The profile that is known, changed by what was typed. None: nothing was.
    pub(crate) fn over(self, known: &ProfileView) -> Result<Option<ProfileView>, Trouble> {
        let Self {
            port,
            hostname,
            binary,
            arguments,
            environment,
            config,
            permission,
            restart,
            sleep,
            memory,
            log_level,
            group,
            pin,
            place,
        } = self;
        let mut profile = known.clone();
        profile.place = place.over(&known.place)?;
        for (option, is_given, goes_with_ssh) in
            [("--binary", binary.is_some(), true), ("--hostname", hostname.is_some(), false)]
        {
            let is_senseless = match profile.place {
                PlaceView::Process => false,
                PlaceView::Docker(_) => true,
                PlaceView::Ssh(_) => !goes_with_ssh,
            };
            if is_given && is_senseless {
                return Err(Trouble::typed_wrong(format!("`{option}` is about a process of this machine")));
            }
        }
        profile.port = port.or(profile.port);
        profile.hostname = hostname.or(profile.hostname);
        if let Some(binary) = binary {
            let is_there = matches!(profile.place, PlaceView::Ssh(_));
            // What a path means on another machine, that machine says.
            let whole = if is_there { binary } else { std::path::absolute(&binary).unwrap_or(binary) };
            profile.binary = Some(whole.to_string_lossy().into_owned());
        }
        if !arguments.is_empty() {
            profile.arguments = arguments;
        }
        for typed in &environment {
            let variable = variable(typed)?;
            profile.environment.retain(|known| known.name != variable.name);
            profile.environment.push(variable);
        }
        if let Some(config) = config {
            profile.config = Some(json(&config)?);
        }
        if let Some(permission) = permission {
            profile.permission = Some(json(&permission)?);
        }
        if let Some(restart) = restart {
            profile.restart = match restart {
                Restart::Never => RestartPolicyView::Never,
                Restart::OnFailure => RestartPolicyView::OnFailure,
                Restart::Always => RestartPolicyView::Always,
            };
        }
        profile.sleep = sleep.unwrap_or(profile.sleep);
        if let PlaceView::Docker(docker) = &mut profile.place {
            docker.memory_mib = limit(memory, docker.memory_mib);
        } else {
            profile.memory_budget_mib = memory.or(profile.memory_budget_mib);
        }
        if let Some(level) = log_level {
            profile.log_level = match level {
                Level::Debug => LogLevelView::Debug,
                Level::Info => LogLevelView::Info,
                Level::Warn => LogLevelView::Warn,
                Level::Error => LogLevelView::Error,
            };
        }
        profile.group = group.or(profile.group);
        profile.is_pinned |= pin;
        Ok((profile != *known).then_some(profile))
    }
}

fn variable(typed: &str) -> Result<VariableView, Trouble> {
    let (name, value) = match typed.split_once('=') {
        Some((name, value)) => (name, value.to_owned()),
        None => match std::env::var(typed) {
            Ok(value) => (typed, value),
            Err(_) => {
                return Err(Trouble::new(format!("The variable `{typed}` has no value here; give `{typed}=VALUE`")));
            }
        },
    };
    Ok(VariableView { name: name.to_owned(), value: Some(value) })
}

/// JSON as typed, a word that opencode takes as one, or what a file says.
fn json(typed: &str) -> Result<String, Trouble> {
    let text = typed.trim();
    if ["ask", "allow", "deny"].contains(&text) {
        return Ok(format!("\"{text}\""));
    }
    if text.starts_with(['{', '"', '[']) {
        return Ok(text.to_owned());
    }
    std::fs::read_to_string(Path::new(typed))
        .map_err(|error| Trouble::new(format!("`{typed}` is no JSON, and could not be read as a file: {error}")))
}

#[cfg(test)]
mod tests {
    use bridge::messages::{ProfileView, SleepRuleView};
    use clap::Parser as _;

    use crate::arguments::{Arguments, Command};

    fn check(typed: &[&str], known: ProfileView, expected: &ProfileView) {
        let all = [&["portal", "start", "."], typed].concat();
        let Ok(Arguments { command: Command::Start(start) }) = Arguments::try_parse_from(all) else {
            panic!("{typed:?} is no `portal start`")
        };
        let given = start.profile.over(&known).map_err(|trouble| format!("{trouble:?}")).unwrap();
        assert_eq!(given.unwrap_or(known), *expected, "{typed:?}");
    }

    #[test]
    fn what_is_typed_changes_what_is_known() {
        let known = ProfileView { port: Some(4000), group: Some("a".to_owned()), ..ProfileView::default() };
        check(&[], known.clone(), &known);
        check(
            &["--port", "4001", "--pin"],
            known.clone(),
            &ProfileView { port: Some(4001), is_pinned: true, ..known.clone() },
        );
        check(
            &["--sleep", "5", "--arg", "--pure", "--arg=--cors=x"],
            known.clone(),
            &ProfileView {
                sleep: SleepRuleView::After { minutes: 5 },
                arguments: vec!["--pure".to_owned(), "--cors=x".to_owned()],
                ..known.clone()
            },
        );
        check(
            &["--permission", "ask", "--config", "{}"],
            known.clone(),
            &ProfileView { permission: Some("\"ask\"".to_owned()), config: Some("{}".to_owned()), ..known },
        );
    }
}
