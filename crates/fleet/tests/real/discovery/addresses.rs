//! Addresses that the person adds.

use fleet::{AddAddress, FleetError, InstanceId, InstanceState, Keep, Kind, Overhearing, Source};
use testkit::{Fault, FaultProxy};

use super::{Field, free_port, serve};
use crate::support::PATIENCE;

fn add(url: &str) -> AddAddress {
    AddAddress {
        url: url.to_owned(),
        name: None,
        user: None,
        password: None,
        keep: Keep::No,
        trust: None,
        overhearing: Overhearing::Refused,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_added_address_is_reached_stays_and_goes_with_its_password() {
    let mut field = Field::new().await;
    let port = free_port();
    let mut command = serve(port);
    command.env("OPENCODE_SERVER_PASSWORD", "s3cret");
    let foreign = field.start("served", command);
    field.sees(&foreign.directory, |instance| instance.state == InstanceState::Locked).await;
    // Behind another port it is another address: a machine far away, as far as anybody can see.
    let proxy = FaultProxy::start(([127, 0, 0, 1], port).into()).await;
    let url = format!("http://opencode:s3cret@127.0.0.1:{}/", proxy.port());
    let id = field.fleet().add_address(AddAddress { keep: Keep::File, ..add(&url) }).await.unwrap();
    let ready = |instance: &fleet::Instance| instance.state == InstanceState::Ready;
    let seen = field.fleet().wait_until(&id, PATIENCE, ready).await.unwrap();
    assert_eq!((&seen.kind, seen.is_secured), (&Kind::Remote, Some(true)));
    assert_eq!(seen.sources.iter().collect::<Vec<_>>(), [&Source::Added]);
    assert_eq!(seen.directory, foreign.directory, "it says itself what it serves");
    assert_eq!(field.fleet().add_address(add(&format!("localhost:{}", proxy.port()))).await.unwrap(), id, "once");

    // The next start knows the address and the password.
    field.reopen().await;
    let is_there = |fleet: &fleet::Fleet, id: &InstanceId| fleet.instance(id).is_ok_and(|instance| ready(&instance));
    testkit::until("it is known again", PATIENCE, async || is_there(field.fleet(), &id)).await;
    field.fleet().rename(&id, "Far away").await.unwrap();
    assert_eq!(field.fleet().instance(&id).unwrap().name, "Far away");

    // What does not answer stays on the list and says so; it is back when it answers again.
    proxy.set(Fault::Cut);
    let is_silent = |instance: &fleet::Instance| matches!(instance.state, InstanceState::Degraded { .. });
    field.fleet().wait_until(&id, PATIENCE, is_silent).await.unwrap();
    proxy.set(Fault::None);
    field.fleet().wait_until(&id, PATIENCE, ready).await.unwrap();

    // The server itself is known by its process; its address is nothing new.
    let same = field.fleet().add_address(add(&format!("127.0.0.1:{port}"))).await.unwrap();
    let both = field.fleet().instance(&same).unwrap();
    assert!(both.sources.contains(&Source::Process) && both.sources.contains(&Source::Added));
    field.fleet().remove(&same).await.unwrap();
    assert!(!field.fleet().instance(&same).unwrap().sources.contains(&Source::Added), "its process is still there");

    field.fleet().remove(&id).await.unwrap();
    assert!(field.fleet().instance(&id).is_err());
    let config = crate::support::folders(&field.world).config;
    let text = |name: &str| std::fs::read_to_string(config.join(name)).unwrap_or_default();
    testkit::until("the list forgets it", PATIENCE, async || {
        !text("addresses.json").contains(&proxy.port().to_string())
    })
    .await;
    testkit::until("the password is gone", PATIENCE, async || !text("passwords.json").contains("s3cret")).await;
    field.end(vec![foreign]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_address_is_refused_with_what_is_wrong() {
    let field = Field::new().await;
    for (url, says) in [
        ("", "An address is needed"),
        ("ftp://build:4096", "ftp"),
        ("http://build:4096/session?x", "/session?x"),
        ("build:99999", "99999"),
        ("fd00::2", "fd00::2"),
    ] {
        let refused = field.fleet().add_address(add(url)).await;
        assert!(
            matches!(&refused, Err(FleetError::Address(error)) if error.to_string().contains(says)),
            "{url}: {refused:?}"
        );
    }
    assert!(field.fleet().state().instances.values().all(|instance| !instance.sources.contains(&Source::Added)));
    field.end(Vec::new()).await;
}
