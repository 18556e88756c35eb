//! Looking for opencode, and installing it.

use std::path::PathBuf;
use std::time::Duration;

use launch::{BinaryQuery, Install, PINNED_VERSION, Search, Source};
use tokio::sync::mpsc;

use super::context::Context;
use crate::event::Event;
use crate::{Opencode, OpencodeSource};

/// How long a candidate may take to tell its version.
const VERSION: Duration = Duration::from_secs(10);

/// Looks for opencode.
pub(super) async fn look(context: Context, search: u64, setting: Option<PathBuf>) {
    let environment = context.shell.environment().await;
    let query = BinaryQuery {
        setting,
        environment: (*environment).clone(),
        home: context.folders.home.clone(),
        data_folder: context.folders.data.clone(),
        pinned: context.folders.pinned_opencode.clone(),
        timeout: VERSION,
    };
    let opencode = match launch::binary::find(&query).await {
        Search::Found(binary) => {
            Opencode::Found { path: binary.path, version: binary.version, source: source(binary.source) }
        }
        Search::Missing { searched } => Opencode::Missing { searched, install_error: None },
        Search::Broken(rejected) => match rejected.into_iter().next() {
            Some(first) => {
                Opencode::Broken { path: first.path, reason: first.reason.to_string(), source: source(first.source) }
            }
            None => Opencode::Missing { searched: Vec::new(), install_error: None },
        },
    };
    context.report(Event::OpencodeSeen { search, opencode });
}

/// Installs opencode into our own data folder.
pub(super) async fn install(context: Context, search: u64) {
    let environment = (*context.shell.environment().await).clone();
    let request =
        Install { version: PINNED_VERSION.to_owned(), data_folder: context.folders.data.clone(), environment };
    let (progress, mut lines) = mpsc::channel(16);
    let follower = {
        let context = context.clone();
        tokio::spawn(async move {
            while let Some(line) = lines.recv().await {
                context.report(Event::InstallProgress { search, line });
            }
        })
    };
    let installed = launch::install(&request, progress).await;
    // Its last line comes before the result.
    let _ended = follower.await;
    context.report(match installed {
        Ok(binary) => Event::OpencodeSeen {
            search,
            opencode: Opencode::Found { path: binary.path, version: binary.version, source: OpencodeSource::Installed },
        },
        Err(error) => Event::InstallFailed { search, reason: error.to_string() },
    });
}

fn source(source: Source) -> OpencodeSource {
    match source {
        Source::Setting => OpencodeSource::Setting,
        Source::Path => OpencodeSource::Path,
        Source::UsualPlace => OpencodeSource::UsualPlace,
        Source::OwnFolder => OpencodeSource::Installed,
        Source::Pinned => OpencodeSource::Pinned,
    }
}
