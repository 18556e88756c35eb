//! What instances use, and the budget for it.

use std::sync::Arc;

use super::{Bench, has, tells};
use crate::effect::Effect;
use crate::event::Event;
use crate::{Change, NoticeId, Usage};

const MIB: u64 = 1 << 20;

fn uses(bench: &mut Bench, mib: u64) -> Vec<Effect> {
    let usage = Usage { memory_bytes: mib * MIB, cpu_percent: 1.0 };
    bench.happens(Event::UsageSeen { usage: [(Bench::id(), usage)].into() })
}

fn allows(bench: &mut Bench, mib: Option<u32>) {
    let instance = Arc::make_mut(bench.core.state.instances.get_mut(&Bench::id()).expect("it is there"));
    Arc::make_mut(&mut instance.profile).memory_budget_mib = mib;
}

fn notice() -> NoticeId {
    NoticeId::from("budget-aaaaaaaa")
}

#[test]
fn a_budget_is_broken_once_and_kept_with_some_room() {
    let mut bench = Bench::ready();
    uses(&mut bench, 5000);
    assert!(!bench.instance().is_over_budget, "without a budget nothing is too much");
    allows(&mut bench, Some(1000));
    uses(&mut bench, 1000);
    assert!(!bench.instance().is_over_budget, "all of it may be used");
    let effects = uses(&mut bench, 1001);
    assert!(bench.instance().is_over_budget && tells(&effects, &Change::Notice(notice())));
    let shown = &bench.core.state.notices[&notice()];
    assert_eq!(shown.message, "`site` uses 1001 MiB of memory, more than its budget of 1000 MiB");
    for mib in [2000, 990, 951] {
        let effects = uses(&mut bench, mib);
        assert!(bench.instance().is_over_budget, "{mib}: near its border it would come and go");
        assert!(!has(&effects, |effect| matches!(effect, Effect::Publish(Change::Notice(_)))), "told once");
    }
    let effects = uses(&mut bench, 950);
    assert!(!bench.instance().is_over_budget && tells(&effects, &Change::NoticeGone(notice())));
    uses(&mut bench, 960);
    assert!(!bench.instance().is_over_budget);
}

#[test]
fn what_ends_or_may_use_more_is_over_no_budget() {
    let broken = || {
        let mut bench = Bench::ready();
        allows(&mut bench, Some(100));
        uses(&mut bench, 200);
        assert!(bench.instance().is_over_budget);
        bench
    };
    for budget in [None, Some(300)] {
        let mut bench = broken();
        allows(&mut bench, budget);
        uses(&mut bench, 200);
        assert!(!bench.instance().is_over_budget && bench.core.state.notices.is_empty(), "{budget:?}");
    }
    let mut bench = broken();
    let at = bench.at();
    bench.happens(Event::Exited { at, failure: super::failure("gone"), asked: true, is_clean: false });
    bench.is("stopped");
    assert!(!bench.instance().is_over_budget && bench.core.state.notices.is_empty());
    uses(&mut bench, 200);
    assert!(!bench.instance().is_over_budget && bench.instance().usage.is_none(), "it does not run");
}
