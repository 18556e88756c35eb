//! What other programs have written down: the shared registry, and opencode's own file for its background service. Only read.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use launch::ProcessIdentity;
use serde::Deserialize;
use tokio::time::Instant;

use super::super::context::Context;
use super::super::ticks::ticks;
use super::LOOK;
use super::verifying::Verifier;
use crate::discovery::{Address, Credentials, DiscoveryEvent, Found};
use crate::event::Event;
use crate::files::registry_file;
use crate::{Owner, Source, State};

/// How often it is asked whether what no process is seen of still answers.
const VERIFY: Duration = Duration::from_secs(5);

/// What tells whether a file has changed.
type Stamp = (Option<SystemTime>, u64);

fn stamp(path: &Path) -> Stamp {
    std::fs::metadata(path).map_or((None, 0), |metadata| (metadata.modified().ok(), metadata.len()))
}

/// Looks at the registry.
pub(super) async fn registry(context: Context) {
    let path = context.folders.registry();
    let read = move || match registry_file::process_entries(&path) {
        Ok(entries) => entries,
        Err(error) => {
            tracing::debug!(%error, "The registry was not read");
            Vec::new()
        }
    };
    let path = context.folders.registry();
    follow(&context, Source::Registry, &[path], read).await;
}

/// Looks at the file of opencode's background service.
pub(super) async fn service_file(context: Context) {
    let mut paths = vec![context.folders.home.join(".local/state/opencode/service.json")];
    // The folder for state of the user may be another one; ours is in it, too.
    if let Some(folder) = context.folders.state.parent() {
        let path = folder.join("opencode").join("service.json");
        if !paths.contains(&path) {
            paths.insert(0, path);
        }
    }
    let files = paths.clone();
    let read = move || files.iter().filter_map(|path| service(path)).collect();
    follow(&context, Source::ServiceFile, &paths, read).await;
}

/// Tells what is written, whenever that changes, and asks from time to time whether what no process is seen of answers.
async fn follow(context: &Context, source: Source, paths: &[PathBuf], read: impl Fn() -> Vec<Found>) {
    let mut ticks = ticks(LOOK);
    let mut verifier = Verifier::default();
    let mut before: Option<Vec<Stamp>> = None;
    let mut written: Vec<Found> = Vec::new();
    let mut verify_at = Instant::now();
    loop {
        ticks.tick().await;
        let stamps: Vec<Stamp> = paths.iter().map(|path| stamp(path)).collect();
        if before.as_ref() != Some(&stamps) {
            before = Some(stamps);
            written = read();
            // What a known process is meant by shows at once.
            report(context, source, &written, &verifier);
            verify_at = Instant::now();
        }
        if written.is_empty() || Instant::now() < verify_at {
            continue;
        }
        let asked: Vec<_> = {
            let state = context.states.borrow();
            let unseen = written.iter().filter(|found| !is_seen(found, &state));
            unseen.filter_map(|found| found.endpoint.clone()).collect()
        };
        verifier.ask(&asked).await;
        report(context, source, &written, &verifier);
        verify_at = Instant::now() + VERIFY;
    }
}

/// Whether it is surely known by its process, so that it need not be asked.
fn is_seen(found: &Found, state: &State) -> bool {
    state.instances.values().any(|instance| {
        let is_ours = instance.owner == Owner::Portal && found.id.as_ref() == Some(&instance.id);
        let is_process = instance.process().is_some_and(|process| Some(process.pid) == found.pid);
        is_ours || is_process
    })
}

fn report(context: &Context, source: Source, written: &[Found], verifier: &Verifier) {
    let found = written.iter().cloned().map(|found| {
        let is_verified = found.endpoint.as_ref().is_some_and(|endpoint| verifier.knows(endpoint));
        Found { is_verified: is_verified && may_be_alone(&found), ..found }
    });
    context.report(Event::Discovery(DiscoveryEvent::SourceSeen { source, found: found.collect() }));
}

/// Whether it may be shown without a process that is seen. The service's password is sent where its file says, so its process must live.
fn may_be_alone(found: &Found) -> bool {
    found.source != Source::ServiceFile || found.pid.is_some_and(|pid| ProcessIdentity::observe(pid).is_some())
}

#[derive(Deserialize)]
struct ServiceFile {
    url: String,
    #[serde(default)]
    pid: Option<u32>,
    #[serde(default)]
    password: Option<String>,
}

fn service(path: &Path) -> Option<Found> {
    let text = std::fs::read(path).ok()?;
    let file: ServiceFile = serde_json::from_slice(&text)
        .inspect_err(|error| tracing::debug!(%error, path = %path.display(), "The service's file was not understood"))
        .ok()?;
    let own = launch::own_addresses();
    let address = Address::parse(&file.url).ok()?;
    let password = file.password.filter(|password| !password.is_empty());
    Some(Found {
        endpoint: Some(address.endpoint.among(&own)),
        pid: file.pid.filter(|pid| *pid > 1),
        credentials: password.map(|password| Credentials::new(None, password)),
        ..Found::by(Source::ServiceFile)
    })
}
