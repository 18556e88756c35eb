//! Looking for opencode, again and again, and installing it meanwhile.

use super::{Bench, found, has, tells};
use crate::effect::Effect;
use crate::event::Event;
use crate::versions::VersionsEvent;
use crate::{Change, Opencode, OpencodeSource};

impl Bench {
    /// The number of the search that these effects begin.
    fn search(effects: &[Effect]) -> u64 {
        let search = effects.iter().find_map(|effect| match effect {
            Effect::LookForOpencode { search, .. } | Effect::InstallOpencode { search } => Some(*search),
            _ => None,
        });
        search.unwrap_or_else(|| panic!("nothing is looked for: {effects:?}"))
    }

    fn looks(&mut self) -> u64 {
        Self::search(&self.happens(Event::LookForOpencode))
    }

    fn search_ends(&mut self, search: u64, opencode: Opencode) -> Vec<Effect> {
        self.happens(Event::OpencodeSeen { search, opencode })
    }

    fn opencode(&self) -> &Opencode {
        &self.core.state.opencode
    }
}

fn missing() -> Opencode {
    Opencode::Missing { searched: Vec::new(), install_error: None }
}

fn another() -> Opencode {
    Opencode::Found { path: "/new/opencode".into(), version: "2.0.0".to_owned(), source: OpencodeSource::Setting }
}

#[test]
fn an_earlier_search_that_ends_later_changes_nothing() {
    let mut bench = Bench::new();
    let (earlier, later) = (bench.looks(), bench.looks());
    assert!(tells(&bench.search_ends(later, found()), &Change::Opencode));
    assert!(bench.search_ends(earlier, missing()).is_empty());
    assert_eq!(*bench.opencode(), found());
    // Nor one that ends first.
    let (earlier, later) = (bench.looks(), bench.looks());
    bench.search_ends(earlier, missing());
    assert_eq!(*bench.opencode(), Opencode::Looking);
    bench.search_ends(later, another());
    assert_eq!(*bench.opencode(), another());
}

#[test]
fn a_start_waits_for_the_last_search() {
    let mut bench = Bench::new();
    let (earlier, later) = (bench.looks(), bench.looks());
    bench.start("aaaaaaaa");
    assert!(bench.search_ends(earlier, missing()).is_empty(), "it did not fail");
    assert!(has(&bench.search_ends(later, found()), |effect| matches!(effect, Effect::Launch(_))));
}

#[test]
fn a_search_that_ends_during_an_installation_does_not_end_it() {
    let mut bench = Bench::new();
    let search = bench.looks();
    let install = Bench::search(&bench.happens(Event::InstallOpencode));
    bench.happens(Event::InstallProgress { search: install, line: "fetching".to_owned() });
    let installing = Opencode::Installing { line: "fetching".to_owned() };
    assert!(bench.search_ends(search, missing()).is_empty());
    assert_eq!(*bench.opencode(), installing);
    assert!(bench.happens(Event::LookForOpencode).is_empty(), "what is installed is found when it is there");
    bench.search_ends(install, another());
    assert_eq!(*bench.opencode(), another());
    // The end of an installation that no longer counts.
    bench.looks();
    bench.happens(Event::InstallProgress { search: install, line: "late".to_owned() });
    bench.happens(Event::InstallFailed { search: install, reason: "late".to_owned() });
    assert_eq!(*bench.opencode(), Opencode::Looking);
}

#[test]
fn an_update_counts_more_than_a_search_that_began_before_it() {
    let mut bench = Bench::new();
    let search = bench.looks();
    bench.start("aaaaaaaa");
    let call = bench.call();
    let version = "2.0.0".to_owned();
    for event in [
        VersionsEvent::Update { call, version: Some(version.clone()) },
        VersionsEvent::Installed { version: version.clone(), path: "/new/opencode".into() },
    ] {
        bench.happens(Event::Versions(event));
    }
    let effects = bench.happens(Event::Versions(VersionsEvent::Checked { version }));
    assert!(has(&effects, |effect| matches!(effect, Effect::Launch(_))), "who waited for the search need not");
    assert!(bench.search_ends(search, missing()).is_empty());
    assert_eq!(*bench.opencode(), another());
}
