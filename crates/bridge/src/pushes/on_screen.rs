//! Which instances are on screen, in any window: they are not put to sleep.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use crate::WindowId;

/// Which instances are on screen. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct OnScreen {
    windows: Arc<Mutex<BTreeMap<WindowId, BTreeSet<String>>>>,
    all: watch::Sender<BTreeSet<String>>,
}

impl Default for OnScreen {
    fn default() -> Self {
        Self { windows: Arc::default(), all: watch::Sender::new(BTreeSet::new()) }
    }
}

impl OnScreen {
    /// A window shows these, and no others; one that shows none is forgotten.
    pub(crate) fn shows(&self, window: &WindowId, instances: BTreeSet<String>) {
        let mut windows = self.windows.lock().expect("nothing panics while it holds what is on screen");
        if instances.is_empty() {
            windows.remove(window);
        } else {
            windows.insert(window.clone(), instances);
        }
        let all: BTreeSet<String> = windows.values().flatten().cloned().collect();
        self.all.send_if_modified(|before| std::mem::replace(before, all.clone()) != all);
    }

    /// All of them, as a value to watch.
    pub(crate) fn watch(&self) -> watch::Receiver<BTreeSet<String>> {
        self.all.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::OnScreen;
    use crate::WindowId;

    #[test]
    fn an_instance_is_on_screen_as_long_as_any_window_shows_it() {
        let screen = OnScreen::default();
        let mut all = screen.watch();
        let (first, second) = (WindowId::new("one").unwrap(), WindowId::new("two").unwrap());
        let of = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        screen.shows(&first, of(&["a", "b"]));
        screen.shows(&second, of(&["b"]));
        assert_eq!(*all.borrow_and_update(), of(&["a", "b"]));
        screen.shows(&first, of(&[]));
        assert_eq!(*all.borrow_and_update(), of(&["b"]));
        screen.shows(&first, of(&["b"]));
        assert!(!all.has_changed().unwrap(), "nothing has changed for those who watch");
        screen.shows(&first, of(&[]));
        screen.shows(&second, of(&[]));
        assert_eq!(*all.borrow_and_update(), of(&[]));
    }
}
