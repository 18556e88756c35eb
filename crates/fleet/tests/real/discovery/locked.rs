//! Servers that ask for a password: none is guessed, a wrong one is said to be wrong, the right one is kept where the person wants it.

use fleet::{Credentials, FleetError, InstanceState, Keep, Overhearing};

use super::{Field, free_port, serve};

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_server_is_let_in_by_its_password_and_known_again() {
    let mut field = Field::new().await;
    let mut command = serve(free_port());
    command.env("OPENCODE_SERVER_PASSWORD", "s3cret");
    let foreign = field.start("locked", command);
    let is_locked = |instance: &fleet::Instance| instance.state == InstanceState::Locked;
    let seen = field.sees(&foreign.directory, is_locked).await;
    assert_eq!(seen.is_secured, Some(true));
    let wrong = field.fleet().unlock(&seen.id, Credentials::new(None, "guessed"), Keep::No, Overhearing::Refused).await;
    assert!(matches!(wrong, Err(FleetError::WrongPassword { .. })), "{wrong:?}");
    let wrong = field
        .fleet()
        .unlock(&seen.id, Credentials::new(Some("somebody"), "s3cret"), Keep::File, Overhearing::Refused)
        .await;
    assert!(matches!(wrong, Err(FleetError::WrongPassword { .. })), "{wrong:?}");
    assert_eq!(field.fleet().instance(&seen.id).unwrap().state, InstanceState::Locked);

    // In memory only: the next start does not know it.
    field.fleet().unlock(&seen.id, Credentials::new(None, "s3cret"), Keep::No, Overhearing::Refused).await.unwrap();
    assert_eq!(field.fleet().instance(&seen.id).unwrap().state, InstanceState::Ready);
    assert!(
        field.fleet().unlock(&seen.id, Credentials::new(None, "s3cret"), Keep::No, Overhearing::Refused).await.is_err(),
        "it is not locked"
    );
    field.reopen().await;
    field.sees(&foreign.directory, is_locked).await;

    // Kept: the next start tries it by itself.
    field.fleet().unlock(&seen.id, Credentials::new(None, "s3cret"), Keep::File, Overhearing::Refused).await.unwrap();
    field.reopen().await;
    field.sees_ready(&foreign).await;
    let config = crate::support::folders(&field.world).config;
    let list = std::fs::read_to_string(config.join("addresses.json")).unwrap();
    assert!(!list.contains("s3cret"), "{list}");
    field.end(vec![foreign]).await;
}
