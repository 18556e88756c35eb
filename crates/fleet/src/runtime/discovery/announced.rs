//! Servers that announce themselves in the local network. What is announced is a hint: only what answers as an opencode is told.

use std::collections::BTreeMap;
use std::time::Duration;

use launch::mdns::{Announced, Announcement, Browser};
use opencode_api::{Identified, Port};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep_until};

use super::super::context::Context;
use super::verifying::{Verifier, client};
use crate::Source;
use crate::discovery::{DiscoveryEvent, Endpoint, Found};
use crate::event::Event;

/// How often it is asked whether they still answer.
const VERIFY: Duration = Duration::from_secs(5);
/// How long after a failure to listen we try again: the network may be there then.
const AGAIN: Duration = Duration::from_secs(30);
/// How long a server may take to say what it serves.
const PATIENCE: Duration = Duration::from_secs(2);

/// Listens.
pub(super) async fn listen(context: Context) {
    loop {
        match tokio::task::spawn_blocking(Browser::start).await {
            Ok(Ok((browser, heard))) => follow(&context, &browser, heard).await,
            Ok(Err(error)) => tracing::debug!(%error, "Nobody listens for announcements"),
            Err(error) => tracing::warn!(%error, "Listening for announcements broke"),
        }
        tokio::time::sleep(AGAIN).await;
    }
}

async fn follow(context: &Context, browser: &Browser, mut heard: UnboundedReceiver<Announcement>) {
    let mut announced: BTreeMap<String, Announced> = BTreeMap::new();
    let mut verifier = Verifier::default();
    let mut before: Vec<Found> = Vec::new();
    let mut verify_at = Instant::now() + VERIFY;
    loop {
        tokio::select! {
            news = heard.recv() => match news {
                Some(Announcement::Seen(seen)) => {
                    announced.insert(seen.name.clone(), seen);
                }
                Some(Announcement::Gone { name }) => {
                    announced.remove(&name);
                }
                None => return,
            },
            () = sleep_until(verify_at), if !announced.is_empty() => {}
        }
        verify_at = Instant::now() + VERIFY;
        let own = launch::own_addresses();
        let places: BTreeMap<&String, Vec<Endpoint>> =
            announced.iter().map(|(name, announced)| (name, places_of(announced, &own))).collect();
        let all: Vec<Endpoint> = places.values().flatten().cloned().collect();
        verifier.ask(&all).await;
        let mut found = Vec::new();
        for (name, places) in &places {
            let answering: Vec<&Endpoint> = places.iter().filter(|place| verifier.knows(place)).collect();
            if answering.is_empty()
                && before.iter().any(|found| found.endpoint.as_ref().is_some_and(|place| places.contains(place)))
            {
                // It ended without a word: whoever still announces it may say so now.
                let _not_listening = browser.confirm(name);
            }
            found.extend(servers_at(&answering).await);
        }
        // Told even if nothing has changed: what was told before may have been doubted since.
        if !(found.is_empty() && before.is_empty()) {
            before.clone_from(&found);
            context.report(Event::Discovery(DiscoveryEvent::SourceSeen { source: Source::Mdns, found }));
        }
    }
}

/// Where it may be reached. What is on this machine is reached by loopback, as every other source has it.
fn places_of(announced: &Announced, own: &[std::net::IpAddr]) -> Vec<Endpoint> {
    let Some(port) = Port::new(announced.port) else { return Vec::new() };
    let mut places: Vec<Endpoint> = Vec::new();
    for address in &announced.addresses {
        let place = Endpoint::new(&address.to_string(), port).among(own);
        let place = if place.is_here { Endpoint::new("", port) } else { place };
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

/// The servers behind one name. Several machines may use the same, and one machine may have several addresses: those that serve
/// the same in the same version are one.
async fn servers_at(answering: &[&Endpoint]) -> Vec<Found> {
    let mut servers: Vec<(Found, Option<String>)> = Vec::new();
    for endpoint in answering {
        let client = client(endpoint);
        let what = match client.identify(PATIENCE).await {
            Ok(Identified::Open { version }) => {
                let directory = tokio::time::timeout(PATIENCE, client.own_directory()).await;
                directory.ok().and_then(Result::ok).map(|directory| format!("{version} {directory}"))
            }
            _ => None,
        };
        if !servers.iter().any(|(_, known)| *known == what) {
            let endpoint = Some((*endpoint).clone());
            servers.push((Found { endpoint, is_verified: true, ..Found::by(Source::Mdns) }, what));
        }
    }
    servers.into_iter().map(|(found, _)| found).collect()
}
