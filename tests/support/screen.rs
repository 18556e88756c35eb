//! The X server of a test: its windows, and the close button that a window manager would draw.

use anyhow::{Context, Result};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, MapState, Window};
use x11rb::rust_connection::RustConnection;

/// A connection to the X server of a test.
pub struct Screen {
    connection: RustConnection,
    root: Window,
}

impl Screen {
    /// Connects to `display`, `:N`.
    pub fn connect(display: &str) -> Result<Screen> {
        let (connection, number) =
            x11rb::connect(Some(display)).with_context(|| format!("No X server on {display}"))?;
        let root = connection.setup().roots[number].root;
        Ok(Screen { connection, root })
    }

    /// The window on screen whose name is `name`, if it is there.
    pub fn visible_window(&self, name: &str) -> Result<Option<Window>> {
        for window in self.connection.query_tree(self.root)?.reply()?.children {
            let attributes = self.connection.get_window_attributes(window)?.reply();
            let shown = attributes.is_ok_and(|found| found.map_state == MapState::VIEWABLE);
            let title = self
                .connection
                .get_property(false, window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 256)?
                .reply()
                .map(|property| String::from_utf8_lossy(&property.value).into_owned())
                .unwrap_or_default();
            if shown && title == name {
                return Ok(Some(window));
            }
        }
        Ok(None)
    }

    /// Asks a window to close, as its close button does.
    pub fn close(&self, window: Window) -> Result<()> {
        let atom =
            |name: &str| -> Result<u32> { Ok(self.connection.intern_atom(false, name.as_bytes())?.reply()?.atom) };
        let message =
            ClientMessageEvent::new(32, window, atom("WM_PROTOCOLS")?, [atom("WM_DELETE_WINDOW")?, 0, 0, 0, 0]);
        self.connection.send_event(false, window, EventMask::NO_EVENT, message)?;
        self.connection.flush()?;
        Ok(())
    }
}
