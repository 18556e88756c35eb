//! `portal engines`.

use anyhow::Context as _;
use bridge::messages::{EngineView, EnginesView, Nothing};

use crate::arguments::Engines;
use crate::output::{Trouble, columns, say};
use crate::portal::Portal;

/// Lists the container engines of this machine, the usual one first.
pub(crate) async fn run(options: Engines) -> Result<(), Trouble> {
    let mut portal = Portal::open().await?;
    let engines: Result<EnginesView, Trouble> = portal.ask("docker_engines", &Nothing {}).await;
    portal.close().await;
    let engines = engines?;
    if options.json {
        say(&serde_json::to_string_pretty(&engines).context("The list could not be written")?);
    } else {
        for line in describe(&engines) {
            say(&line);
        }
    }
    Ok(())
}

fn describe(view: &EnginesView) -> Vec<String> {
    let EnginesView { engines, hint } = view;
    let mut lines = Vec::new();
    if engines.is_empty() {
        lines.push("No container engines".to_owned());
    } else {
        let row = |engine: &EngineView| {
            let version = engine.version.clone().unwrap_or_else(|| "-".to_owned());
            [engine.name.clone(), version, engine.address.clone()]
        };
        let head = ["NAME", "VERSION", "ADDRESS"].map(ToOwned::to_owned);
        let rows: Vec<_> = std::iter::once(head).chain(engines.iter().map(row)).collect();
        for (number, line) in columns(&rows).into_iter().enumerate() {
            lines.push(line);
            // The first line is the head.
            let problem = number.checked_sub(1).and_then(|engine| engines[engine].problem.as_ref());
            lines.extend(problem.map(|problem| format!("  {problem}")));
        }
    }
    lines.extend(hint.clone());
    lines
}

#[cfg(test)]
mod tests {
    use bridge::messages::{EngineView, EnginesView};

    use super::describe;

    #[test]
    fn what_is_wrong_with_an_engine_is_said_below_it() {
        let engine = |name: &str, version: Option<&str>, problem: Option<&str>| EngineView {
            name: name.to_owned(),
            address: format!("unix:///{name}.sock"),
            version: version.map(ToOwned::to_owned),
            problem: problem.map(ToOwned::to_owned),
            network_off_problem: None,
            networks: Vec::new(),
            images: Vec::new(),
        };
        let engines = vec![
            engine("default", Some("Docker 27.3.1"), None),
            engine("colima", None, Some("It does not answer; run `colima start`")),
        ];
        let expected = [
            "NAME     VERSION        ADDRESS",
            "default  Docker 27.3.1  unix:///default.sock",
            "colima   -              unix:///colima.sock",
            "  It does not answer; run `colima start`",
        ];
        assert_eq!(describe(&EnginesView { engines, hint: None }), expected);
        let none = EnginesView { engines: Vec::new(), hint: Some("Install Docker or Podman".to_owned()) };
        assert_eq!(describe(&none), ["No container engines", "Install Docker or Podman"]);
    }
}
