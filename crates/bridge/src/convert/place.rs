//! Where an instance is to run.

use fleet::{DockerPlace, Mount, Network, Pass, Place, SshPlace};

use super::path_text;
use super::profile::some_text;
use crate::messages::{DockerPlaceView, MountView, NetworkView, PlaceView, SshPlaceView};

pub(crate) fn place_view(place: &Place) -> PlaceView {
    match place {
        Place::Process => PlaceView::Process,
        Place::Docker(docker) => PlaceView::Docker(docker_view(docker)),
        Place::Ssh(SshPlace { host, stays }) => PlaceView::Ssh(SshPlaceView { host: host.clone(), stays: *stays }),
    }
}

fn docker_view(place: &DockerPlace) -> DockerPlaceView {
    let mount = |mount: &Mount| MountView {
        path: path_text(&mount.path),
        target: mount.target.as_deref().map(path_text),
        is_writable: mount.is_writable,
    };
    DockerPlaceView {
        engine: place.engine.clone(),
        image: place.image.clone(),
        memory_mib: place.memory_mib,
        cpu_percent: place.cpu_percent,
        pids: place.pids,
        network: match &place.network {
            Network::On => NetworkView::On,
            Network::Off => NetworkView::Off,
            Network::Named(name) => NetworkView::Named { name: name.clone() },
        },
        mounts: place.mounts.iter().map(mount).collect(),
        user: place.user.clone(),
        passes_auth: place.pass.auth,
        passes_git: place.pass.git,
        passes_ssh_agent: place.pass.ssh_agent,
        passes_variables: place.pass.variables.clone(),
    }
}

pub(crate) fn place(view: PlaceView) -> Place {
    match view {
        PlaceView::Process => Place::Process,
        PlaceView::Docker(docker) => Place::Docker(docker_place(docker)),
        PlaceView::Ssh(SshPlaceView { host, stays }) => Place::Ssh(SshPlace { host: host.trim().to_owned(), stays }),
    }
}

fn docker_place(view: DockerPlaceView) -> DockerPlace {
    let mount = |mount: MountView| Mount {
        path: mount.path.trim().into(),
        target: some_text(mount.target).map(Into::into),
        is_writable: mount.is_writable,
    };
    DockerPlace {
        engine: some_text(view.engine),
        image: some_text(view.image),
        memory_mib: view.memory_mib.filter(|mib| *mib > 0),
        cpu_percent: view.cpu_percent.filter(|percent| *percent > 0),
        pids: view.pids.filter(|pids| *pids > 0),
        network: match view.network {
            NetworkView::On => Network::On,
            NetworkView::Off => Network::Off,
            NetworkView::Named { name } => Network::Named(name.trim().to_owned()),
        },
        mounts: view.mounts.into_iter().map(mount).collect(),
        user: some_text(view.user),
        pass: Pass {
            auth: view.passes_auth,
            git: view.passes_git,
            ssh_agent: view.passes_ssh_agent,
            variables: view.passes_variables.into_iter().filter_map(|name| some_text(Some(name))).collect(),
        },
    }
}
