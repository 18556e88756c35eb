//! Which picture the tray shows.

use tauri::image::Image;

use crate::tray_menu::Mood;

/// The panel that the icon lies on: its ink must differ from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// A light panel takes dark ink.
    Light,
    /// A dark panel takes light ink.
    Dark,
}

impl Panel {
    /// No desktop tells the colour of its panel; this is what they have unless somebody changed it.
    /// GNOME's bar is dark in both themes. Where the panel follows the theme, so do we.
    pub fn of(desktop: &str, theme: tauri::Theme) -> Self {
        let follows = desktop.split(':').any(|name| matches!(name, "KDE" | "MATE" | "LXQt" | "X-Cinnamon"));
        match theme {
            tauri::Theme::Light if follows => Self::Light,
            _ => Self::Dark,
        }
    }
}

/// The picture for a mood on a panel.
pub fn picture(mood: Mood, panel: Panel) -> Image<'static> {
    match (mood, panel) {
        (Mood::Idle, Panel::Light) => tauri::include_image!("icons/tray/idle-light-44.png"),
        (Mood::Idle, Panel::Dark) => tauri::include_image!("icons/tray/idle-dark-44.png"),
        (Mood::Running, Panel::Light) => tauri::include_image!("icons/tray/running-light-44.png"),
        (Mood::Running, Panel::Dark) => tauri::include_image!("icons/tray/running-dark-44.png"),
        (Mood::Waiting, Panel::Light) => tauri::include_image!("icons/tray/waiting-light-44.png"),
        (Mood::Waiting, Panel::Dark) => tauri::include_image!("icons/tray/waiting-dark-44.png"),
        (Mood::Failed, Panel::Light) => tauri::include_image!("icons/tray/failed-light-44.png"),
        (Mood::Failed, Panel::Dark) => tauri::include_image!("icons/tray/failed-dark-44.png"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_follows_the_panel() {
        for (desktop, theme, panel) in [
            ("GNOME", tauri::Theme::Light, Panel::Dark),
            ("ubuntu:GNOME", tauri::Theme::Dark, Panel::Dark),
            ("KDE", tauri::Theme::Light, Panel::Light),
            ("KDE", tauri::Theme::Dark, Panel::Dark),
            ("", tauri::Theme::Light, Panel::Dark),
        ] {
            assert_eq!(Panel::of(desktop, theme), panel, "{desktop} {theme:?}");
        }
    }
}
