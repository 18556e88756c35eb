//! The whole fleet, the binary and the notices.

use fleet::{Folders, Notice, NoticeLevel, Opencode, OpencodeSource, State};

use super::{instance_view, path_text, prompt_view, request_view, session_view, versions_view, waiting};
use crate::host::HostAbilities;
use crate::messages::{self, FleetView, HostView, NoticeView, OpencodeView};

pub(crate) fn fleet_view(state: &State, folders: &Folders, host: HostAbilities) -> FleetView {
    let instances = state.in_order();
    let mut requests: Vec<_> = instances
        .iter()
        .flat_map(|instance| waiting(instance).map(|request| request_view(instance, request)))
        .collect();
    requests.sort_by(|one, other| (one.asked_at_ms, &one.id).cmp(&(other.asked_at_ms, &other.id)));
    FleetView {
        sessions: instances
            .iter()
            .flat_map(|instance| instance.sessions.values().map(|session| session_view(instance, session)))
            .collect(),
        instances: instances.iter().map(|instance| instance_view(instance)).collect(),
        requests,
        opencode: opencode_view(&state.opencode),
        versions: versions_view(&state.versions),
        settings: (&*state.settings).into(),
        host: host_view(folders, host),
        notices: state.notices.values().map(notice_view).collect(),
        prompts: state.prompts.iter().map(prompt_view).collect(),
    }
}

fn host_view(folders: &Folders, host: HostAbilities) -> HostView {
    let HostAbilities { name, version, picks_directories, opens_programs, quits } = host;
    HostView {
        name: name.to_owned(),
        version,
        picks_directories,
        opens_programs,
        quits,
        config_folder: path_text(&folders.config),
        log_folder: path_text(&folders.logs()),
        home: path_text(&folders.home),
    }
}

pub(crate) fn opencode_view(opencode: &Opencode) -> OpencodeView {
    match opencode {
        Opencode::Looking => OpencodeView::Looking,
        Opencode::Found { path, version, source } => {
            OpencodeView::Found { path: path_text(path), version: version.clone(), source: source_view(*source) }
        }
        Opencode::Missing { searched, install_error } => OpencodeView::Missing {
            searched: searched.iter().map(|path| path_text(path)).collect(),
            install_error: install_error.clone(),
        },
        Opencode::Broken { path, reason, source } => {
            OpencodeView::Broken { path: path_text(path), reason: reason.clone(), source: source_view(*source) }
        }
        Opencode::Installing { line } => OpencodeView::Installing { line: line.clone() },
    }
}

fn source_view(source: OpencodeSource) -> messages::OpencodeSource {
    match source {
        OpencodeSource::Setting => messages::OpencodeSource::Setting,
        OpencodeSource::Path => messages::OpencodeSource::Path,
        OpencodeSource::UsualPlace => messages::OpencodeSource::UsualPlace,
        OpencodeSource::Installed => messages::OpencodeSource::Installed,
        OpencodeSource::Pinned => messages::OpencodeSource::Pinned,
    }
}

pub(crate) fn notice_view(notice: &Notice) -> NoticeView {
    NoticeView {
        id: notice.id.to_string(),
        level: match notice.level {
            NoticeLevel::Info => messages::NoticeLevel::Info,
            NoticeLevel::Warning => messages::NoticeLevel::Warning,
            NoticeLevel::Error => messages::NoticeLevel::Error,
        },
        message: notice.message.clone(),
        hint: notice.hint.clone(),
    }
}
