//! What tells instances of one name apart.

use super::*;
use crate::tray_menu::tests::{fleet, instance, ready};

fn named(id: &str, directory: &str, kind: KindView) -> InstanceView {
    let view = instance(id, ready(bridge::messages::Activity::Idle));
    InstanceView { name: "api".into(), directory: directory.into(), kind, ..view }
}

fn check(instances: &[InstanceView], expected: &[&str]) {
    let fleet = FleetView { instances: instances.to_vec(), ..fleet() };
    let names: Vec<_> = instances.iter().map(|instance| name_in(&fleet, instance)).collect();
    assert_eq!(names, expected);
}

#[test]
fn names_that_read_alike_say_where_it_runs() {
    let here = named("here", "/srv/api", KindView::Process);
    let boxed = named("boxed", "/srv/api", KindView::Docker);
    let there = InstanceView { ssh_host: Some("build".into()), ..named("there", "/srv/api", KindView::Ssh) };
    let far =
        InstanceView { host: "far.example".into(), port: Some(8080), ..named("far", "/srv/api", KindView::Remote) };
    check(std::slice::from_ref(&here), &["api"]);
    check(&[here.clone(), InstanceView { name: "web".into(), ..boxed.clone() }], &["api", "web"]);
    let expected = ["api · this machine", "api · container", "api · build", "api · far.example:8080"];
    check(&[here, boxed, there, far], &expected);
}

#[test]
fn two_of_one_kind_are_told_apart_by_their_directories_or_ids() {
    let one = named("one", "/home/ada/api", KindView::Docker);
    let two = named("two", "/srv/api", KindView::Docker);
    check(&[one.clone(), two.clone()], &["api · ~/api", "api · /srv/api"]);
    let three = named("three", "/srv/api", KindView::Docker);
    check(&[one, two, three], &["api · ~/api", "api · two", "api · three"]);
}
