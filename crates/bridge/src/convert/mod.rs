//! Domain types to wire types and back, by hand, so that a domain type never becomes part of the wire by accident.

mod certificate;
mod failure;
mod fleet;
mod instance;
mod place;
mod profile;
mod prompt;
mod request;
mod resources;
mod secret_json;
mod session;
mod settings;
mod told;
mod transcript;
mod versions;

pub(crate) use certificate::{address_view, certificate_view, trust_of, trust_view, way_view};
pub(crate) use failure::{internal, invalid};
pub(crate) use fleet::{fleet_view, notice_view, opencode_view};
pub(crate) use instance::instance_view;
pub(crate) use place::place;
pub(crate) use profile::{profile, profile_view};
pub(crate) use prompt::prompt_view;
pub(crate) use request::{request_view, waiting};
pub(crate) use resources::{log_matches_view, log_page_view, resources_view};
pub(crate) use session::session_view;
pub(crate) use transcript::transcript_event;
pub(crate) use versions::versions_view;

use std::path::Path;

/// A path as the wire has it: text. What is not text is shown as near to it as can be.
pub(crate) fn path_text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
