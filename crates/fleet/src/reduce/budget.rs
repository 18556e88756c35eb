//! The memory that an instance's process tree may use before the person is told.

use super::asked;
use super::turn::Turn;
use crate::{InstanceId, Notice, NoticeId, NoticeLevel};

const MIB: u64 = 1 << 20;
/// Below the budget by one part of so many it is kept again: at its border the warning would come and go.
const EASE: u64 = 20;

/// Compares what an instance uses with what it may use.
pub(super) fn compare(turn: &mut Turn, id: &InstanceId, memory_bytes: u64) {
    let Some(instance) = turn.instance(id) else { return };
    let budget = instance.profile.memory_budget_mib.map(|mib| u64::from(mib) * MIB);
    let was_over = instance.is_over_budget;
    let is_over =
        budget.is_some_and(|budget| memory_bytes > budget || (was_over && memory_bytes > budget - budget / EASE));
    match budget {
        Some(budget) if is_over && !was_over => {
            let notice = Notice {
                id: notice_of(id),
                level: NoticeLevel::Warning,
                message: format!(
                    "`{}` uses {} MiB of memory, more than its budget of {} MiB",
                    instance.name,
                    memory_bytes / MIB,
                    budget / MIB
                ),
                hint: Some("End the process that grows, restart the instance, or raise its budget".to_owned()),
            };
            turn.change(id, |instance| instance.is_over_budget = true);
            asked::raise(turn, notice);
        }
        _ if was_over && !is_over => keeps(turn, id),
        _ => {}
    }
}

/// It keeps its budget again, does not run any more, or is forgotten.
pub(super) fn keeps(turn: &mut Turn, id: &InstanceId) {
    if turn.instance(id).is_some_and(|instance| instance.is_over_budget) {
        turn.change(id, |instance| instance.is_over_budget = false);
    }
    asked::over(turn, &notice_of(id));
}

fn notice_of(id: &InstanceId) -> NoticeId {
    NoticeId::from(format!("budget-{id}").as_str())
}
