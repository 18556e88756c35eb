//! An address that was added is changed: what it is called, where it stands and what is kept go with it.

use fleet::{
    AddAddress, AddressError, AddressFound, ChangeAddress, Fingerprint, FleetError, InstanceState, Keep, Overhearing,
    Profile, Trust,
};
use serde_json::Value;
use testkit::{RealServer, TlsFront, TlsIdentity, World, no_process_left};

use crate::support::{Ground, folders};

fn pinned(identity: &TlsIdentity) -> Trust {
    Trust::Pinned(Fingerprint::of(identity.der()))
}

/// Nothing is changed but the address.
fn to(url: &str, trust: Option<Trust>) -> ChangeAddress {
    let (user, password) = (None, None);
    ChangeAddress { url: url.to_owned(), user, password, keep: Keep::File, trust, overhearing: Overhearing::Refused }
}

/// A file of the person's configuration.
fn file(ground: &Ground, name: &str) -> Value {
    let text = std::fs::read_to_string(folders(&ground.world).config.join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_changed_stays_the_same_instance_with_its_password() {
    let (ground, elsewhere) = (Ground::new().await, World::with_project("elsewhere"));
    let server = RealServer::start(&elsewhere, &ground.model).await;
    let (first, second) = (TlsIdentity::self_signed(&["127.0.0.1"]), TlsIdentity::self_signed(&["127.0.0.1"]));
    let front = TlsFront::start(server.address(), "/old", &first).await;
    let moved = TlsFront::start(server.address(), "/new/place", &second).await;
    let add = AddAddress {
        url: front.url("127.0.0.1"),
        name: None,
        user: None,
        password: Some(server.password().to_owned()),
        keep: Keep::File,
        trust: Some(pinned(&first)),
        overhearing: Overhearing::Refused,
    };
    let fleet = &ground.fleet;
    let id = fleet.add_address(add).await.unwrap();
    ground.wait_for(&id, &InstanceState::Ready).await;
    let before = fleet.added_address(&id).unwrap();
    assert_eq!((before.url.as_str(), before.user.as_deref()), (front.url("127.0.0.1").as_str(), Some("opencode")));
    assert_eq!(before.trust, pinned(&first));
    fleet.rename(&id, "Build").await.unwrap();
    let group = Some("work".to_owned());
    fleet.set_profile(&id, Profile { is_pinned: true, group: group.clone(), ..Profile::default() }).await.unwrap();
    let session = ground.prompt(&id, "@text Done.").await;

    // Another proxy stands before it now, with another path and another certificate. Nobody types the password again.
    let url = moved.url("127.0.0.1");
    let wrong = fleet.check_address(&url, Some(pinned(&first))).await.unwrap();
    assert!(matches!(wrong.found, AddressFound::Untrusted(_)), "{wrong:?}");
    assert_eq!(fleet.change_address(&id, to(&url, Some(pinned(&second)))).await.unwrap(), id);
    let instance = ground.wait_for(&id, &InstanceState::Ready).await;
    assert_eq!((instance.url(), instance.is_secured), (Some(url.clone()), Some(true)));
    assert_eq!((instance.name.as_str(), &instance.profile.group, instance.profile.is_pinned), ("Build", &group, true));
    assert_eq!(instance.directory, elsewhere.project());
    ground.wait(&id, |instance| instance.sessions.contains_key(&session)).await;
    assert_eq!(fleet.state().instances.values().filter(|instance| instance.name == "Build").count(), 1);

    // What is kept is kept for the new address alone.
    let list = file(&ground, "addresses.json");
    assert_eq!(list["addresses"].as_array().unwrap().len(), 1, "{list}");
    assert_eq!(list["addresses"][0]["base_path"], "/new/place");
    assert_eq!(list["accounts"], serde_json::json!([format!("opencode@{url}")]));
    let kept = file(&ground, "passwords.json");
    let accounts: Vec<&String> = kept["passwords"].as_object().unwrap().keys().collect();
    assert_eq!(accounts, [&format!("opencode@{url}")]);

    // Its own address, where no certificate is shown.
    let direct = format!("http://127.0.0.1:{}", server.port());
    let changed = fleet.change_address(&id, to(&direct, None)).await.unwrap();
    let is_there =
        |instance: &fleet::Instance| instance.state == InstanceState::Ready && instance.url().as_ref() == Some(&direct);
    let instance = ground.wait(&changed, is_there).await;
    assert_eq!(instance.name, "Build");
    ground.end().await;
    drop((front, moved, server));
    no_process_left(&elsewhere).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_password_is_tried_at_once_and_a_refused_change_changes_nothing() {
    let (ground, elsewhere) = (Ground::new().await, World::with_project("elsewhere"));
    let server = RealServer::start(&elsewhere, &ground.model).await;
    let identity = TlsIdentity::self_signed(&["127.0.0.1"]);
    let front = TlsFront::start(server.address(), "/a", &identity).await;
    let url = front.url("127.0.0.1");
    let add = |url: &str, password: &str, trust| AddAddress {
        url: url.to_owned(),
        name: None,
        user: None,
        password: Some(password.to_owned()),
        keep: Keep::File,
        trust,
        overhearing: Overhearing::Accepted,
    };
    let fleet = &ground.fleet;
    let id = fleet.add_address(add(&url, "of another server", Some(pinned(&identity)))).await.unwrap();
    ground.wait_for(&id, &InstanceState::Locked).await;
    let change = ChangeAddress { password: Some(server.password().to_owned()), ..to(&url, None) };
    assert_eq!(fleet.change_address(&id, change.clone()).await.unwrap(), id);
    let instance = ground.wait_for(&id, &InstanceState::Ready).await;
    assert_eq!(instance.way.trust, pinned(&identity), "what was not said stays");
    // It is said when it is wrong, and does not go on with the one from before.
    let wrong = ChangeAddress { password: Some("wrong".to_owned()), ..change.clone() };
    fleet.change_address(&id, wrong).await.unwrap();
    ground.wait_for(&id, &InstanceState::Locked).await;
    fleet.change_address(&id, change).await.unwrap();
    ground.wait_for(&id, &InstanceState::Ready).await;

    let other = fleet.add_address(add("http://build.invalid:4096", "x", None)).await.unwrap();
    let list = file(&ground, "addresses.json");
    let refused = fleet.change_address(&id, to("http://far.invalid:1", None)).await;
    assert!(matches!(&refused, Err(FleetError::Overheard { url }) if url == "http://far.invalid:1"), "{refused:?}");
    let accepted = ChangeAddress { overhearing: Overhearing::Accepted, ..to("http://build.invalid:4096", None) };
    let refused = fleet.change_address(&id, accepted).await;
    let is_taken = |error: &FleetError| matches!(error, FleetError::Address(AddressError::OnTheList { .. }));
    assert!(refused.as_ref().is_err_and(is_taken), "{refused:?}");
    let refused = fleet.change_address(&id, to("ftp://x", None)).await;
    assert!(matches!(refused, Err(FleetError::Address(AddressError::Scheme { .. }))), "{refused:?}");
    assert_eq!(file(&ground, "addresses.json"), list);
    assert_eq!(fleet.instance(&id).unwrap().state, InstanceState::Ready);
    assert!(fleet.instance(&other).is_ok());

    // Of a user alone nothing could come, be it typed or written into the address.
    let open = AddAddress { password: None, ..add("http://open.invalid:1", "", None) };
    let open_id = fleet.add_address(open.clone()).await.unwrap();
    let list = file(&ground, "addresses.json");
    let user = Some("bob".to_owned());
    let is_alone = |error: &FleetError| {
        matches!(error, FleetError::Address(AddressError::UserAlone { user, .. }) if user == "bob")
            && error.to_string().contains("give the password, too")
    };
    for changed in [
        ChangeAddress { user: user.clone(), ..to("http://open.invalid:1", None) },
        to("http://bob@open.invalid:1", None),
    ] {
        let refused = fleet.change_address(&open_id, changed).await;
        assert!(refused.as_ref().is_err_and(is_alone), "{refused:?}");
    }
    for added in [
        AddAddress { user, url: "http://new.invalid:1".to_owned(), ..open.clone() },
        AddAddress { url: "http://bob@new.invalid:1".to_owned(), ..open },
    ] {
        let refused = fleet.add_address(added).await;
        assert!(refused.as_ref().is_err_and(is_alone), "{refused:?}");
    }
    assert_eq!(file(&ground, "addresses.json"), list);
    // Whose password is kept may be named.
    let again = AddAddress { user: Some("opencode".to_owned()), password: None, ..add(&url, "", None) };
    assert_eq!(fleet.add_address(again).await.unwrap(), id);

    let ours = ground.ready().await;
    let refused = fleet.change_address(&ours, to(&url, None)).await;
    assert!(matches!(refused, Err(FleetError::Address(AddressError::NotAdded { .. }))), "{refused:?}");
    ground.end().await;
    drop((front, server));
    no_process_left(&elsewhere).await;
}
