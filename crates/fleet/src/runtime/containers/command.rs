//! The command that opens a shell in a container, for a person's own terminal.

use super::super::context::Context;
use super::engines;
use crate::containers::ContainerRef;
use crate::{FleetError, LaunchError};

/// The words of the command that opens a shell in this container.
pub(crate) async fn shell_command(context: &Context, container: &ContainerRef) -> Result<Vec<String>, FleetError> {
    let asked = async {
        let engine = engines::connect_to(context, container, super::WORK).await?;
        let version = engine.version().await?;
        Ok::<_, LaunchError>(launch::docker::exec_command(&engine, &version, &container.id))
    };
    Ok(asked.await?)
}
