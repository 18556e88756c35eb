//! Versions of opencode.

use fleet::{Timestamp, Update, Versions};

use super::instance::count;
use crate::messages::{UpdateView, VersionsView};

pub(crate) fn versions_view(versions: &Versions) -> VersionsView {
    VersionsView {
        latest: versions.latest.clone(),
        looked_at_ms: versions.looked_at.map(Timestamp::as_ms),
        look_error: versions.look_error.clone(),
        update: match versions.update.clone() {
            Update::None => UpdateView::None,
            Update::Installing { version, line } => UpdateView::Installing { version, line },
            Update::Checking { version } => UpdateView::Checking { version },
            Update::RollingOut { version, done, total, instance, is_waiting } => UpdateView::RollingOut {
                version,
                done: count(done),
                total: count(total),
                instance: instance.map(|id| id.to_string()),
                is_waiting,
            },
            Update::Done { version } => UpdateView::Done { version },
            Update::RolledBack { version, reason } => UpdateView::RolledBack { version, reason },
        },
    }
}
