//! Which of the recognised processes serve, and which are only the wrappers around those. Pure.

use std::collections::{HashMap, HashSet};

use super::role::{Form, Role};

/// A recognised process, with what decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) pid: u32,
    pub(super) role: Role,
    pub(super) form: Form,
    pub(super) listens: bool,
    /// Not a second old: a script may be about to start the program, a copy of its parent about to run another one.
    pub(super) is_young: bool,
    /// It runs the same program with the same arguments as its parent, and listens nowhere else.
    pub(super) is_copy: bool,
    /// The opencode that says in this one's environment to have started it, as a tool or in a terminal; it is no wrapper then.
    pub(super) started_by: Option<u32>,
    /// Everybody above it, the parent first.
    pub(super) above: Vec<Above>,
}

/// Somebody above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Above {
    pub(super) pid: u32,
    /// It runs packages (npm, bun …), so it stands above what it started and does nothing itself.
    pub(super) is_package_runner: bool,
}

/// Those that serve or are an interface, each with the wrappers above it, outermost first.
pub(super) fn without_wrappers(members: &[Member]) -> Vec<(u32, Vec<u32>)> {
    let by_pid: HashMap<u32, &Member> = members.iter().map(|member| (member.pid, member)).collect();
    let wrappers: HashMap<u32, Vec<u32>> = members
        .iter()
        .filter(|member| !is_passing(member, &by_pid))
        .map(|member| (member.pid, wrappers_of(member, &by_pid)))
        .collect();
    // A starter wraps nothing that counts by itself, or a chain of them would hide what is at its end.
    let only_wrap: HashSet<u32> = wrappers.values().flatten().copied().collect();
    let serves = |member: &&Member| {
        wrappers.contains_key(&member.pid)
            && member.form != Form::Starter
            && (member.listens || !only_wrap.contains(&member.pid))
    };
    members
        .iter()
        .filter(serves)
        .map(|member| (member.pid, wrappers.get(&member.pid).cloned().unwrap_or_default()))
        .collect()
}

/// Whether in a moment it will be something else, or will have started what counts.
fn is_passing(member: &Member, by_pid: &HashMap<u32, &Member>) -> bool {
    let parent_is_known = member.above.first().is_some_and(|parent| by_pid.contains_key(&parent.pid));
    // Until it runs another program, a copy has its parent's sockets open, too.
    let is_copy = member.is_copy && parent_is_known;
    member.is_young && (is_copy || (member.form == Form::Script && !member.listens))
}

/// From the process upwards, as long as everybody is there for it alone. Package runners count only in between and right above.
fn wrappers_of(member: &Member, by_pid: &HashMap<u32, &Member>) -> Vec<u32> {
    let mut wrappers = Vec::new();
    // Between wrappers there may be somebody who is none (`timeout`); who is above the last wrapper does not count.
    let mut below_is_wrapper = true;
    for above in &member.above {
        match by_pid.get(&above.pid) {
            Some(other) if wraps(other, member) => {
                wrappers.push(above.pid);
                below_is_wrapper = true;
            }
            // An opencode that is none of its wrappers: what is above that one wraps that one.
            Some(_) => break,
            None if above.is_package_runner && below_is_wrapper => wrappers.push(above.pid),
            None => below_is_wrapper = false,
        }
    }
    wrappers.reverse();
    wrappers
}

fn wraps(above: &Member, member: &Member) -> bool {
    match above.form {
        Form::Starter => true,
        Form::Script | Form::Program => {
            !above.listens && above.role == member.role && member.started_by != Some(above.pid)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn member(pid: u32, form: Form, above: &[u32]) -> Member {
        Member {
            pid,
            role: Role::Serve,
            form,
            listens: false,
            is_young: false,
            is_copy: false,
            started_by: None,
            above: above.iter().map(|pid| Above { pid: *pid, is_package_runner: false }).collect(),
        }
    }

    fn check(members: &[Member], expected: &[(u32, &[u32])]) {
        let expected: Vec<(u32, Vec<u32>)> = expected.iter().map(|(pid, above)| (*pid, above.to_vec())).collect();
        assert_eq!(without_wrappers(members), expected, "{members:#?}");
    }

    #[test]
    fn the_innermost_counts() {
        // npx (10) → sh (11) → node (12) → opencode (13)
        let mut npm = member(13, Form::Program, &[12, 11, 10, 9]);
        npm.listens = true;
        check(
            &[
                member(10, Form::Starter, &[9]),
                member(11, Form::Starter, &[10, 9]),
                member(12, Form::Script, &[11, 10, 9]),
                npm,
            ],
            &[(13, &[10, 11, 12])],
        );
    }

    #[test]
    fn a_launcher_of_the_same_name_is_a_wrapper() {
        check(&[member(10, Form::Program, &[]), member(11, Form::Program, &[10])], &[(11, &[10])]);
    }

    #[test]
    fn who_started_another_one_as_a_tool_counts_too() {
        let mut tool = member(11, Form::Program, &[10]);
        tool.started_by = Some(10);
        check(&[member(10, Form::Program, &[]), tool], &[(10, &[]), (11, &[])]);

        let mut interface = member(10, Form::Program, &[]);
        interface.role = Role::Tui;
        check(&[interface, member(12, Form::Program, &[11, 10])], &[(10, &[]), (12, &[])]);

        let mut server = member(10, Form::Program, &[8]);
        server.listens = true;
        check(
            &[
                member(8, Form::Starter, &[]),
                server,
                member(11, Form::Starter, &[10, 8]),
                member(12, Form::Program, &[11, 10, 8]),
            ],
            &[(10, &[8]), (12, &[11])],
        );
    }

    #[test]
    fn a_starter_alone_is_nothing() {
        check(&[member(10, Form::Starter, &[])], &[]);
        check(&[member(10, Form::Script, &[])], &[(10, &[])]);
    }

    #[test]
    fn what_is_about_to_become_something_else_waits() {
        let young = |mut member: Member| {
            member.is_young = true;
            member
        };
        let copy = |mut member: Member| {
            member.is_copy = true;
            member
        };
        check(&[young(member(10, Form::Program, &[]))], &[(10, &[])]);
        check(&[young(member(10, Form::Script, &[]))], &[]);
        let mut listens = young(member(10, Form::Script, &[]));
        listens.listens = true;
        check(&[listens], &[(10, &[])]);
        // A server that is just starting a tool: the child still looks like it, and must not make a wrapper of it.
        check(&[member(10, Form::Program, &[]), young(copy(member(11, Form::Program, &[10])))], &[(10, &[])]);
        check(&[member(10, Form::Program, &[]), copy(member(11, Form::Program, &[10]))], &[(11, &[10])]);
        let listening = |mut member: Member| {
            member.listens = true;
            member
        };
        let server = || listening(member(10, Form::Program, &[]));
        let child = || listening(member(11, Form::Program, &[10]));
        check(&[server(), young(copy(child()))], &[(10, &[])]);
        check(&[server(), young(child())], &[(10, &[]), (11, &[])]);
    }

    #[test]
    fn package_runners_count_where_they_touch() {
        let runner = |pid| Above { pid, is_package_runner: true };
        let plain = |pid| Above { pid, is_package_runner: false };
        let mut server = member(13, Form::Program, &[]);
        server.above = vec![plain(12), runner(11), plain(10), runner(9)];
        check(&[member(12, Form::Starter, &[11, 10, 9]), server.clone()], &[(13, &[11, 12])]);
        check(&[server], &[(13, &[])]);
    }

    fn any_member(pid: u32) -> impl Strategy<Value = Member> {
        let form = prop_oneof![Just(Form::Program), Just(Form::Script), Just(Form::Starter)];
        let role = prop_oneof![Just(Role::Serve), Just(Role::Tui)];
        let facts = (any::<bool>(), any::<bool>(), any::<bool>(), prop::option::of(2..12u32));
        (form, role, facts, prop::collection::vec((2..12u32, any::<bool>()), 0..5)).prop_map(
            move |(form, role, (listens, is_young, is_copy, started_by), above)| Member {
                pid,
                role,
                form,
                listens,
                is_young,
                is_copy,
                started_by,
                above: above
                    .into_iter()
                    .map(|(pid, is_package_runner)| Above { pid, is_package_runner })
                    .filter(|above| above.pid != pid)
                    .collect(),
            },
        )
    }

    proptest! {
        #[test]
        fn nothing_that_listens_is_lost_and_nothing_counts_twice(
            members in (2..12u32).map(any_member).collect::<Vec<_>>(),
        ) {
            let found = without_wrappers(&members);
            for member in &members {
                let times = found.iter().filter(|(pid, _)| *pid == member.pid).count();
                prop_assert!(times <= 1);
                let may_pass = member.form == Form::Starter || (member.is_young && member.is_copy);
                prop_assert!(times == 1 || !member.listens || may_pass, "{member:?}");
            }
            for (pid, wrappers) in &found {
                prop_assert!(!wrappers.contains(pid));
            }
        }
    }
}
