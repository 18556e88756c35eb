//! `portal list`.

use anyhow::Context as _;

use crate::arguments::List;
use crate::output::{Trouble, say, table};
use crate::portal::Portal;

/// Lists the instances.
pub(crate) async fn run(options: List) -> Result<(), Trouble> {
    let mut portal = Portal::open().await?;
    let view = portal.view().await;
    portal.close().await;
    let instances = view?.instances;
    if options.json {
        say(&serde_json::to_string_pretty(&instances).context("The list could not be written")?);
    } else if instances.is_empty() {
        say("No instances. Start one: portal start DIRECTORY");
    } else {
        for line in table(&instances) {
            say(&line);
        }
    }
    Ok(())
}
