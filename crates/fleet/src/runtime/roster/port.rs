//! Which port a server of ours gets: the one that its profile says, or the next that is free.

use opencode_api::Port;

use crate::effect::LaunchPlan;
use crate::runtime::context::Context;
use crate::runtime::failure::plain;
use crate::{Failure, InstanceId};

/// The first port that we try.
const FIRST_PORT: u16 = 3100;

/// The port for the next try of a start; `taken` are those that nobody may get.
pub(in crate::runtime) async fn choose(context: &Context, plan: &LaunchPlan, taken: &[u16]) -> Result<Port, Failure> {
    if let Some(port) = plan.profile.port {
        return if is_free(port).await { Ok(port) } else { Err(taken_by(context, &plan.at.instance, port).await) };
    }
    let taken = taken.to_vec();
    let chosen = tokio::task::spawn_blocking(move || launch::next_free_port(FIRST_PORT, &taken)).await;
    let port = chosen.map_err(|error| plain(&error.to_string()))?.map_err(|error| plain(&error.to_string()))?;
    Port::new(port).ok_or_else(|| plain("The system offered port 0"))
}

/// Whether nobody listens on a port.
pub(in crate::runtime) async fn is_free(port: Port) -> bool {
    let checked = tokio::task::spawn_blocking(move || launch::next_free_port(port.get(), &[])).await;
    checked.is_ok_and(|found| found.is_ok_and(|found| found == port.get()))
}

/// The port of the profile belongs to somebody: never another one in silence, but who has it.
pub(in crate::runtime) async fn taken_by(context: &Context, id: &InstanceId, port: Port) -> Failure {
    let ours = {
        let state = context.states.borrow();
        let mut others = state.instances.values().filter(|other| other.id != *id && other.port == Some(port));
        others.find(|other| other.state.is_live()).map(|other| format!("instance `{}`", other.name))
    };
    let holder = match ours {
        Some(ours) => ours,
        None => match tokio::task::spawn_blocking(move || launch::listener_on(port.get())).await.ok().flatten() {
            Some((pid, name)) => format!("`{name}` (pid {pid})"),
            None => "a program that cannot be seen from here, or the system does not let you use it".to_owned(),
        },
    };
    Failure {
        cause: format!("Port {port} of its profile is taken by {holder}"),
        hint: Some("End that, or choose another port in the profile, or none".to_owned()),
        last_lines: Vec::new(),
    }
}
