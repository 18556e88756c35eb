//! The host of browsers: it has no dialogs, opens no programs and cannot be quit from a page.

use bridge::{Host, HostAbilities};

/// The host of browsers. What it cannot do is refused as `not_here`.
#[derive(Clone, Copy, Debug)]
pub struct Browser;

impl Host for Browser {
    fn view(&self) -> HostAbilities {
        HostAbilities {
            name: "browser",
            version: env!("CARGO_PKG_VERSION").to_owned(),
            picks_directories: false,
            opens_programs: false,
            quits: false,
        }
    }
}
