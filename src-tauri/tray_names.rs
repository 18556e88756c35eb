//! What instances are called where two names would read alike: with where they run, or what else tells them apart. Pure.

use bridge::messages::{FleetView, InstanceView, KindView};

/// The name, and if another instance has the same, what tells this one apart: where it runs, else its directory, else its id.
pub fn name_in(fleet: &FleetView, instance: &InstanceView) -> String {
    let namesakes: Vec<&InstanceView> =
        fleet.instances.iter().filter(|other| other.id != instance.id && other.name == instance.name).collect();
    if namesakes.is_empty() {
        return instance.name.clone();
    }
    let home = &fleet.host.home;
    let told_by: [&dyn Fn(&InstanceView) -> String; 2] =
        [&where_it_runs, &|instance| with_tilde(&instance.directory, home)];
    let telling = told_by
        .into_iter()
        .find(|tell| namesakes.iter().all(|other| tell(other) != tell(instance)))
        .map_or_else(|| instance.id.clone(), |tell| tell(instance));
    format!("{} · {telling}", instance.name)
}

fn where_it_runs(instance: &InstanceView) -> String {
    match instance.kind {
        KindView::Process => "this machine".to_owned(),
        KindView::Docker => "container".to_owned(),
        KindView::Ssh => instance.ssh_host.clone().unwrap_or_else(|| instance.host.clone()),
        KindView::Remote => match instance.port {
            Some(port) => format!("{}:{port}", instance.host),
            None => instance.host.clone(),
        },
    }
}

/// A path as people write those below their home folder.
pub fn with_tilde(directory: &str, home: &str) -> String {
    match directory.strip_prefix(home) {
        Some("") if !home.is_empty() => "~".to_owned(),
        Some(rest) if rest.starts_with('/') && !home.is_empty() => format!("~{rest}"),
        _ => directory.to_owned(),
    }
}

#[cfg(test)]
#[path = "tray_names_tests.rs"]
mod tests;
