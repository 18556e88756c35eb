//! `portal start`.

use std::path::{Path, PathBuf};

use bridge::fleet;
use bridge::messages::{
    CheckDirectory, DirectoryView, FleetScope, InstanceRef, InstanceView, ListSshDirectory, Nothing, OwnerView,
    SshDirectoryView, StartInstance, StateView,
};
use clap::Parser as _;

use super::up::{tell_how_all_are, wait_until_up};
use crate::arguments::{Add, Arguments, Command, Start};
use crate::output::{Trouble, say};
use crate::place_arguments::{Asked, PlaceArguments};
use crate::portal::{Portal, absolute};
use crate::profile_arguments::ProfileArguments;

/// Starts an instance, or says that one runs there already; or starts all; or adds one that runs elsewhere.
pub(crate) async fn run(options: Start) -> Result<(), Trouble> {
    if options.remote.is_some() {
        return super::add::add(as_added(&options)?).await;
    }
    let mut portal = Portal::open().await?;
    let result = start(&mut portal, options).await;
    portal.close().await;
    result
}

/// What `portal add` would have been told.
fn as_added(options: &Start) -> Result<Add, Trouble> {
    if options.profile != ProfileArguments::default() {
        return Err(Trouble::typed_wrong(
            "How a server elsewhere is run is not ours to say; `--remote` takes only `--name`",
        )
        .hint(Some("`portal add URL` takes a user, a password and certificates".to_owned())));
    }
    let name = options.name.iter().flat_map(|name| ["--name", name]);
    let url = options.remote.as_deref().unwrap_or_default();
    let typed = ["portal", "add"].into_iter().chain(name).chain(["--", url]);
    match Arguments::try_parse_from(typed).map(|arguments| arguments.command) {
        Ok(Command::Add(add)) => Ok(add),
        Ok(_) => Err(Trouble::typed_wrong("`--remote` takes an address")),
        Err(error) => Err(Trouble::typed_wrong(error.to_string())),
    }
}

async fn start(portal: &mut Portal, options: Start) -> Result<(), Trouble> {
    let Start { directory, name, new, all: _, remote: _, mut profile } = options;
    let Some(directory) = directory else {
        let group = profile.group;
        let is_down = |state: &StateView| matches!(state, StateView::Stopped | StateView::Crashed { .. });
        let down = portal.ours(group.as_deref(), is_down).await?;
        let _: Nothing = portal.ask("start_all", &FleetScope { group }).await?;
        return tell_how_all_are(portal, &down, "Everything runs already").await;
    };
    let (directory, serving) = if let Asked::Host(host) = profile.place.asked() {
        (whole(portal, there(directory, host)?, host).await?, None)
    } else {
        here(portal, directory).await?
    };
    if let Some(engine) = profile.place.engine_mut() {
        *engine = portal.bridge.fleet().engine_as_known(Path::new(&directory), engine.trim()).await;
    }
    let instances = if new { Vec::new() } else { portal.view().await?.instances };
    let there = meant(&instances, &directory, serving.as_deref(), &profile.place);
    let is_ours = there.is_some_and(|instance| instance.owner == OwnerView::Portal);
    let known = there.filter(|_| is_ours).map(|instance| instance.profile.clone()).unwrap_or_default();
    let was_live = there.is_some_and(|instance| {
        portal.bridge.fleet().state().instances.get(&instance.id.as_str().into()).is_some_and(|i| i.state.is_live())
    });
    let pull = profile.place.gets_image_again();
    if let Some(instance) = there.filter(|_| was_live && pull) {
        let name = &instance.name;
        let stop = fleet::line_of(["portal", "stop", &instance.id]);
        let hint = format!("Stop it with `{stop}`, then start it so");
        return Err(
            Trouble::new(format!("{name} runs, and its image is got again only before a start")).hint(Some(hint))
        );
    }
    let is_anywhere = profile.place.asked() == Asked::Anything;
    let changed = profile.over(&known)?;
    let is_changed = changed.is_some();
    // Without a profile it could be what runs here in another way.
    let profile = changed.or((!is_anywhere).then_some(known));
    let request =
        StartInstance { directory, name, profile, another: new.then_some(true), image_again: pull.then_some(true) };
    let started: InstanceRef = portal.ask("start_instance", &request).await?;
    wait_until_up(portal, &started.instance, if was_live { "Already running:" } else { "Started" }).await?;
    if was_live && is_changed {
        say("What you gave is kept, and counts from its next start on");
    }
    Ok(())
}

/// A directory of this machine, and the instance that serves it, if one does.
async fn here(portal: &mut Portal, directory: PathBuf) -> Result<(String, Option<String>), Trouble> {
    // Not made absolute: empty, and refused with the right words by whoever checks it.
    let path = absolute(&directory).unwrap_or(directory);
    let directory = text_of(path)?;
    let checked: DirectoryView =
        portal.ask("check_directory", &CheckDirectory { directory: directory.clone() }).await?;
    Ok((directory, checked.instance))
}

/// A directory of another machine: where we are here says nothing about that.
fn there(directory: PathBuf, host: &str) -> Result<String, Trouble> {
    let directory = text_of(directory)?;
    let is_whole = directory.starts_with('/') || directory == "~" || directory.starts_with("~/");
    if !is_whole {
        return Err(Trouble::typed_wrong(format!("`{directory}` says nothing on `{host}`"))
            .hint(Some("Give the directory there from the root on, or in quotes below `~/`".to_owned())));
    }
    let shorter = directory.trim_end_matches('/');
    Ok(if shorter.is_empty() { "/".to_owned() } else { shorter.to_owned() })
}

/// The same from the root on, as that machine says: the instances that there are have it so.
async fn whole(portal: &mut Portal, directory: String, host: &str) -> Result<String, Trouble> {
    if !directory.starts_with('~') {
        return Ok(directory);
    }
    let request = ListSshDirectory { host: host.to_owned(), path: directory };
    let listed: SshDirectoryView = portal.ask("list_ssh_directory", &request).await?;
    Ok(listed.path)
}

fn text_of(path: PathBuf) -> Result<String, Trouble> {
    path.into_os_string().into_string().map_err(|path| Trouble::new(format!("`{}` is not UTF-8", path.display())))
}

/// The instance that is there already and is meant: the one that serves the directory, if it can be, or another of ours.
fn meant<'a>(
    instances: &'a [InstanceView],
    directory: &str,
    serving: Option<&str>,
    place: &PlaceArguments,
) -> Option<&'a InstanceView> {
    let can_be = |instance: &&InstanceView| place.can_mean(&instance.profile.place);
    let serving = instances.iter().find(|instance| Some(instance.id.as_str()) == serving).filter(can_be);
    let is_another = |instance: &&InstanceView| {
        instance.owner == OwnerView::Portal && instance.directory == directory && can_be(instance)
    };
    serving.or_else(|| instances.iter().find(is_another))
}

#[cfg(test)]
mod tests {
    use bridge::messages::{DockerPlaceView, InstanceView, PlaceView, ProfileView, SshPlaceView};
    use clap::Parser as _;

    use super::{meant, there};
    use crate::arguments::{Arguments, Command};

    #[test]
    fn a_directory_of_another_machine_is_given_whole() {
        for (typed, expected) in
            [("/srv/app/", Some("/srv/app")), ("/", Some("/")), ("~", Some("~")), ("~/app", Some("~/app"))]
        {
            assert_eq!(there(typed.into(), "build").ok().as_deref(), expected, "{typed}");
        }
        for typed in ["app", ".", "", "~ada/app"] {
            let refused = format!("{:?}", there(typed.into(), "build").unwrap_err());
            assert!(refused.contains("says nothing on `build`"), "{typed}: {refused}");
        }
    }

    #[test]
    fn of_several_in_a_directory_the_one_of_the_right_kind_is_meant() {
        let at = |id: &str, place: PlaceView| InstanceView {
            profile: ProfileView { place, ..ProfileView::default() },
            ..InstanceView::stopped(id, "app", "/srv/app")
        };
        let engine = |engine: &str| {
            PlaceView::Docker(DockerPlaceView { engine: Some(engine.to_owned()), ..DockerPlaceView::default() })
        };
        let instances = [
            at("process", PlaceView::Process),
            at("container", engine("a")),
            at("other engine", engine("b")),
            at("far", PlaceView::Ssh(SshPlaceView { host: "build".to_owned(), stays: false })),
        ];
        let check = |typed: &[&str], serving: Option<&str>, expected: Option<&str>| {
            let Ok(Arguments { command: Command::Start(start) }) =
                Arguments::try_parse_from([&["portal", "start", "/srv/app"], typed].concat())
            else {
                panic!("{typed:?} is no `portal start`")
            };
            let found = meant(&instances, "/srv/app", serving, &start.profile.place);
            assert_eq!(found.map(|instance| instance.id.as_str()), expected, "{typed:?}");
        };
        check(&[], Some("process"), Some("process"));
        check(&[], Some("container"), Some("container"));
        check(&["--docker"], Some("process"), Some("container"));
        check(&["--docker", "--engine", "b"], Some("process"), Some("other engine"));
        check(&["--docker", "--engine", "c"], Some("process"), None);
        check(&["--docker", "--engine", ""], Some("process"), Some("container"));
        check(&["--cpus", "1"], Some("process"), Some("container"));
        check(&[], None, Some("process"));
        check(&["--ssh", "build"], None, Some("far"));
        check(&["--ssh", "elsewhere"], None, None);

        // The same path of another machine is another directory.
        let far = [instances[3].clone()];
        let Ok(Arguments { command: Command::Start(start) }) =
            Arguments::try_parse_from(["portal", "start", "/srv/app"])
        else {
            panic!("it is a `portal start`")
        };
        assert!(meant(&far, "/srv/app", None, &start.profile.place).is_none());
    }
}
