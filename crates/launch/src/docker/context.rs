//! Docker's contexts, as its own command keeps them below `~/.docker`.

use std::{fs, path::Path};

use serde_json::Value;

use super::{EngineFound, EngineProblem, Origin, TlsFiles};

/// The context that was chosen with `docker context use`.
pub(super) fn current(config: &Path) -> Option<String> {
    let chosen = read(&config.join("config.json"))?.get("currentContext")?.as_str()?.to_owned();
    (!chosen.is_empty()).then_some(chosen)
}

/// Every context, by name. What cannot be read is left out: other programs write there, too.
pub(super) fn contexts(config: &Path) -> Vec<EngineFound> {
    let folders = fs::read_dir(config.join("contexts/meta")).into_iter().flatten().flatten();
    let mut found: Vec<_> = folders.filter_map(|folder| context(config, &folder.path())).collect();
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found
}

fn context(config: &Path, folder: &Path) -> Option<EngineFound> {
    let meta = read(&folder.join("meta.json"))?;
    let name = meta.get("Name")?.as_str()?;
    let endpoint = meta.get("Endpoints")?.get("docker")?;
    let address = endpoint.get("Host")?.as_str().filter(|host| !host.is_empty())?;
    let mut engine = EngineFound::new(name, address, Origin::Context);
    if endpoint.get("SkipTLSVerify").and_then(Value::as_bool).unwrap_or_default() {
        engine.problem.get_or_insert(EngineProblem::Unchecked { setting: "SkipTLSVerify" });
    }
    // A context's certificates are in a folder of the same name as its description's.
    let tls = config.join("contexts/tls").join(folder.file_name()?).join("docker");
    Some(if tls.is_dir() { engine.with_tls(TlsFiles::in_folder(&tls)) } else { engine })
}

fn read(path: &Path) -> Option<Value> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}
