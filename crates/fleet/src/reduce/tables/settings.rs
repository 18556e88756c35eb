//! Settings: changed by us, and by other hosts of the same user.

use std::path::{Path, PathBuf};

use super::{Bench, answers, found, has, port, tells};
use crate::effect::Effect;
use crate::event::{Event, Outcome};
use crate::{Change, OnQuit, Opencode, Settings, SettingsChange, SettingsPatch, Theme};

impl Bench {
    fn sets(&mut self, patch: SettingsPatch) -> Vec<Effect> {
        let call = self.call();
        self.happens(Event::UpdateSettings { call, patch })
    }

    fn saved(&mut self, settings: &Settings, after: u64) -> Vec<Effect> {
        self.happens(Event::SettingsSeen { settings: settings.clone(), after })
    }

    fn settings(&self) -> &Settings {
        &self.core.state.settings
    }
}

fn dark() -> SettingsPatch {
    SettingsPatch { theme: Some(Theme::Dark), ..SettingsPatch::default() }
}

fn saves(effects: &[Effect], expected: u64, wanted: &SettingsChange) -> bool {
    has(
        effects,
        |effect| matches!(effect, Effect::ChangeSettings { number, change } if *number == expected && change == wanted),
    )
}

fn looks(effects: &[Effect]) -> bool {
    has(effects, |effect| matches!(effect, Effect::LookForOpencode { .. }))
}

#[test]
fn only_what_is_changed_is_saved() {
    let mut bench = Bench::new();
    let effects = bench.sets(dark());
    assert!(saves(&effects, 1, &SettingsChange::Patch(dark())), "{effects:?}");
    assert!(tells(&effects, &Change::Settings) && matches!(answers(&effects)[..], [Ok(Outcome::Done)]));
    // What is saved may have changed since we looked: it is said again, but nothing is new for those who watch.
    let effects = bench.sets(dark());
    assert!(saves(&effects, 2, &SettingsChange::Patch(dark())) && !tells(&effects, &Change::Settings));
    let effects = bench.sets(SettingsPatch::default());
    assert!(!has(&effects, |effect| matches!(effect, Effect::ChangeSettings { .. })), "nothing was asked for");
    bench.start("aaaaaaaa");
    let at = bench.at();
    let effects = bench.happens(Event::Recorded { at, port: Some(port()) });
    assert!(saves(&effects, 3, &SettingsChange::Remember(super::DIRECTORY.into())), "{effects:?}");
}

#[test]
fn what_another_host_has_changed_is_taken_over() {
    let mut bench = Bench::new();
    let other =
        Settings { on_quit: OnQuit::Keep, recent_directories: vec!["/srv/other".into()], ..Settings::initial() };
    let effects = bench.saved(&other, 0);
    assert_eq!(*bench.settings(), other);
    assert!(tells(&effects, &Change::Settings) && !looks(&effects));
    assert!(!has(&effects, |effect| matches!(effect, Effect::ChangeSettings { .. })), "it is saved already");
    assert!(bench.saved(&other, 0).is_empty(), "the same again is no change");
}

#[test]
fn what_was_read_before_our_last_change_is_too_old() {
    let mut bench = Bench::new();
    bench.sets(dark());
    let other = Settings { on_quit: OnQuit::Keep, ..Settings::initial() };
    assert!(bench.saved(&other, 0).is_empty());
    assert_eq!((bench.settings().theme, bench.settings().on_quit), (Theme::Dark, OnQuit::Ask));
    let both = Settings { theme: Theme::Dark, ..other };
    bench.saved(&both, 1);
    assert_eq!(*bench.settings(), both);
}

#[test]
fn another_binary_of_another_host_is_looked_for() {
    let mut bench = Bench::new();
    assert_eq!(bench.core.state.opencode, found());
    let chosen = Settings { opencode_binary: Some(PathBuf::from("/new/opencode")), ..Settings::initial() };
    let effects = bench.saved(&chosen, 0);
    assert!(has(
        &effects,
        |effect| matches!(effect, Effect::LookForOpencode { setting: Some(path), .. } if path == Path::new("/new/opencode"))
    ));
    assert_eq!(bench.core.state.opencode, Opencode::Looking);
    // Our own choice comes back as it was saved: that is nothing new.
    let patch = SettingsPatch { opencode_binary: Some(PathBuf::new()), ..SettingsPatch::default() };
    assert!(looks(&bench.sets(patch)));
    assert!(bench.saved(&Settings::initial(), 1).is_empty());
}
