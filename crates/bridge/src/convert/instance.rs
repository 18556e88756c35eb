//! An instance as a window shows it.

use fleet::{Activity, Instance, InstanceState, Kind, Owner, Role, Source, Timestamp};

use super::{certificate_view, path_text, profile_view, way_view};
use crate::messages::{
    self, ContainerView, InstanceView, InterruptedView, KindView, OwnerView, RestartView, RoleView, SourceView,
    StateView,
};

pub(crate) fn instance_view(instance: &Instance) -> InstanceView {
    InstanceView {
        id: instance.id.to_string(),
        name: instance.name.clone(),
        directory: path_text(&instance.directory),
        kind: match instance.kind {
            Kind::Process { .. } => KindView::Process,
            Kind::Docker { .. } => KindView::Docker,
            Kind::Ssh { .. } => KindView::Ssh,
            Kind::Remote => KindView::Remote,
        },
        owner: match instance.owner {
            Owner::Portal => OwnerView::Portal,
            Owner::External => OwnerView::External,
        },
        sources: instance.sources.iter().map(|source| source_view(*source)).collect(),
        role: match instance.role {
            Role::Serve => RoleView::Serve,
            Role::Web => RoleView::Web,
            Role::Acp => RoleView::Acp,
            Role::Tui => RoleView::Tui,
        },
        command: instance.command.clone(),
        is_secured: instance.is_secured,
        host: instance.host.clone(),
        state: state_view(instance),
        port: instance.port.map(fleet::Port::get),
        way: way_view(instance),
        container: container_view(instance),
        ssh_host: match &instance.kind {
            Kind::Ssh { host, .. } => Some(host.clone()),
            Kind::Process { .. } | Kind::Docker { .. } | Kind::Remote => None,
        },
        pid: instance.process().map(|process| process.pid),
        version: instance.version.clone(),
        started_at_ms: instance.started_at.map(Timestamp::as_ms),
        memory_bytes: instance.usage.map(|usage| usage.memory_bytes),
        cpu_percent: instance.usage.map(|usage| usage.cpu_percent),
        doing: instance.doing().map(ToOwned::to_owned),
        waiting: count(instance.waiting()),
        last_end: instance.last_end.clone(),
        restart: instance.restart.map(|restart| RestartView {
            at_ms: restart.at.as_ms(),
            attempt: restart.attempt,
            attempts: restart.attempts,
        }),
        interrupted: instance.interrupted.iter().map(|session| interrupted_view(instance, session)).collect(),
        is_over_budget: instance.is_over_budget,
        profile: profile_view(&instance.profile),
        demo: instance.demo.is_some(),
        attach_command: attach_command(instance),
        log_path: instance.log.as_deref().map(path_text),
    }
}

fn container_view(instance: &Instance) -> Option<ContainerView> {
    let container = instance.container()?;
    Some(ContainerView {
        id: container.id.clone(),
        name: container.name.clone(),
        engine: if container.engine.is_empty() { "default".to_owned() } else { container.engine.clone() },
        image: container.image.clone(),
        volume: container.volume.clone(),
    })
}

fn source_view(source: Source) -> SourceView {
    match source {
        Source::Started => SourceView::Started,
        Source::Process => SourceView::Process,
        Source::Registry => SourceView::Registry,
        Source::ServiceFile => SourceView::ServiceFile,
        Source::Added => SourceView::Added,
        Source::Mdns => SourceView::Mdns,
        Source::Container => SourceView::Container,
    }
}

fn interrupted_view(instance: &Instance, session: &fleet::SessionId) -> InterruptedView {
    let title = instance.sessions.get(session).map(|session| session.title.clone());
    InterruptedView { session: session.to_string(), title: title.unwrap_or_else(|| session.to_string()) }
}

/// A count as the wire has it.
pub(crate) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn state_view(instance: &Instance) -> StateView {
    match &instance.state {
        InstanceState::Stopped => StateView::Stopped,
        InstanceState::Starting { step, since } => {
            StateView::Starting { step: step.text().to_owned(), since_ms: since.as_ms() }
        }
        InstanceState::Ready => StateView::Ready {
            activity: match instance.activity() {
                Activity::Idle => messages::Activity::Idle,
                Activity::Busy => messages::Activity::Busy,
                Activity::Waiting => messages::Activity::Waiting,
            },
        },
        InstanceState::Stopping => StateView::Stopping,
        InstanceState::Asleep => StateView::Asleep,
        InstanceState::Degraded { reason } => StateView::Degraded { reason: reason.clone() },
        InstanceState::Locked => StateView::Locked,
        InstanceState::Unreachable { reason, certificate } => {
            StateView::Unreachable { reason: reason.clone(), certificate: certificate.as_deref().map(certificate_view) }
        }
        InstanceState::Crashed(failure) => StateView::Crashed {
            cause: failure.cause.clone(),
            hint: failure.hint.clone(),
            last_lines: failure.last_lines.clone(),
        },
        InstanceState::Unknown { reason } => StateView::Unknown { reason: reason.clone() },
    }
}

/// The command that attaches a terminal UI. It asks for the password in `OPENCODE_SERVER_PASSWORD`, which is not shown.
fn attach_command(instance: &Instance) -> Option<String> {
    let url = instance.url()?;
    let directory = fleet::quoted_text(&path_text(&instance.directory));
    instance.state.is_live().then(|| format!("opencode attach {url} --dir {directory}"))
}
