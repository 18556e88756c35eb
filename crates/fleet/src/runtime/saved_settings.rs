//! The settings as they are saved, for the thread that writes our files. Every change is made to what the file says at that
//! moment, because other hosts of the same user make theirs. Must not know what follows from a setting.

use std::path::PathBuf;

use super::context::now;
use super::disk::{Report, tell};
use crate::event::Event;
use crate::files::settings_file;
use crate::{Notice, NoticeLevel, Settings, SettingsChange};

/// The settings as they are saved.
pub(super) struct SavedSettings {
    path: PathBuf,
    /// What the file said when it last made sense.
    said: Settings,
    /// Changes that could not be written yet.
    unsaved: Vec<SettingsChange>,
    /// The number of the last change.
    number: u64,
}

impl SavedSettings {
    /// As they were read at the opening.
    pub(super) fn new(path: PathBuf, said: Settings) -> Self {
        Self { path, said, unsaved: Vec::new(), number: 0 }
    }

    /// Makes a change, with those that could not be made before.
    pub(super) fn change(&mut self, number: u64, change: SettingsChange, report: &Report) {
        self.number = number;
        // The same one again counts once, where it was made last.
        self.unsaved.retain(|earlier| *earlier != change);
        self.unsaved.push(change);
        self.look(report);
    }

    /// Reports what the file says with our changes. What cannot be read stays what it was.
    pub(super) fn look(&mut self, report: &Report) {
        if self.unsaved.is_empty() {
            self.read(report);
        } else {
            self.save(report);
        }
        report(Event::SettingsSeen { settings: with_all(&self.said, &self.unsaved), after: self.number });
    }

    fn read(&mut self, report: &Report) {
        match settings_file::look(&self.path) {
            Ok(said) => {
                if let Some(said) = said {
                    self.said = said;
                }
                report(Event::NoticeOver(settings_file::notice_id()));
            }
            Err(error) => report(Event::NoticeRaised(Notice {
                id: settings_file::notice_id(),
                level: NoticeLevel::Warning,
                message: format!("The settings in `{}` could not be read: {error}", self.path.display()),
                hint: Some("They stay what they were; correct the file or its permissions".to_owned()),
            })),
        }
    }

    fn save(&mut self, report: &Report) {
        let change = |settings| with_all(&settings, &self.unsaved);
        let result = match settings_file::change(&self.path, now().as_ms(), &self.said, change) {
            Ok(said) => {
                self.said = said;
                self.unsaved.clear();
                Ok(())
            }
            Err(error) => {
                if let Ok(Some(said)) = settings_file::look(&self.path) {
                    self.said = said;
                }
                Err(error)
            }
        };
        tell(report, settings_file::notice_id().as_str(), &self.path, &result);
    }
}

fn with_all(settings: &Settings, changes: &[SettingsChange]) -> Settings {
    changes.iter().fold(settings.clone(), |settings, change| settings.changed_by(change))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::{Arc, Mutex};

    use super::SavedSettings;
    use crate::event::Event;
    use crate::files::settings_file;
    use crate::runtime::disk::Report;
    use crate::{OnQuit, Settings, SettingsChange, SettingsPatch, Theme};

    fn theme(theme: Theme) -> SettingsChange {
        SettingsChange::Patch(SettingsPatch { theme: Some(theme), ..SettingsPatch::default() })
    }

    /// What was reported last of the settings, and whether there is a notice.
    type Reported = (Option<(Settings, u64)>, bool);

    fn reports() -> (Report, Arc<Mutex<Reported>>) {
        let seen = Arc::new(Mutex::new((None, false)));
        let writing = Arc::clone(&seen);
        let report = move |event| match event {
            Event::SettingsSeen { settings, after } => writing.lock().unwrap().0 = Some((settings, after)),
            Event::NoticeRaised(_) => writing.lock().unwrap().1 = true,
            Event::NoticeOver(_) => writing.lock().unwrap().1 = false,
            other => panic!("{other:?}"),
        };
        (Arc::new(report), seen)
    }

    #[test]
    fn what_could_not_be_saved_holds_and_is_saved_with_the_next_change() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        let mut saved = SavedSettings::new(path.clone(), Settings::initial());
        let (report, seen) = reports();
        // It can neither be read nor written, whoever asks.
        std::fs::create_dir(&path).unwrap();
        saved.change(1, theme(Theme::Dark), &report);
        saved.change(2, theme(Theme::Dark), &report);
        let dark = Settings { theme: Theme::Dark, ..Settings::initial() };
        assert_eq!(*seen.lock().unwrap(), (Some((dark.clone(), 2)), true));
        assert_eq!(saved.unsaved.len(), 1, "the same again is not kept twice");
        std::fs::remove_dir(&path).unwrap();
        let remember = SettingsChange::Remember("/srv/site".into());
        saved.change(3, remember, &report);
        let both = Settings { recent_directories: vec![PathBuf::from("/srv/site")], ..dark };
        assert_eq!(*seen.lock().unwrap(), (Some((both.clone(), 3)), false));
        assert_eq!(settings_file::look(&path).unwrap(), Some(both));
    }

    #[test]
    fn what_makes_no_sense_changes_nothing_and_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        let known = Settings { on_quit: OnQuit::Keep, ..Settings::initial() };
        let mut saved = SavedSettings::new(path.clone(), known.clone());
        let (report, seen) = reports();
        std::fs::write(&path, "{").unwrap();
        saved.look(&report);
        assert_eq!(*seen.lock().unwrap(), (Some((known.clone(), 0)), true));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{");
        assert_eq!(folder.path().read_dir().unwrap().count(), 1, "the person may be writing it just now");
        std::fs::remove_file(&path).unwrap();
        saved.look(&report);
        assert_eq!(*seen.lock().unwrap(), (Some((known, 0)), false));
    }
}
