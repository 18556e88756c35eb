//! What the tray shows, by tables: one fleet each, and the menu as text.

use std::fmt::Write;

use bridge::messages::{
    ContainerView, HostView, KindView, OnQuit, OpencodeView, QuestionView, SettingsView, ThemeView, VersionsView,
};

use super::*;
use crate::tray_instance::question;

pub fn fleet() -> FleetView {
    FleetView {
        instances: Vec::new(),
        sessions: Vec::new(),
        requests: Vec::new(),
        prompts: Vec::new(),
        opencode: OpencodeView::Looking,
        settings: SettingsView {
            theme: ThemeView::System,
            opencode_binary: None,
            on_quit: OnQuit::Ask,
            recent_directories: Vec::new(),
            tour_offered: true,
            sleep_after_minutes: 0,
            discover: true,
            restore_fleet: false,
        },
        versions: VersionsView::default(),
        host: HostView {
            name: "window".into(),
            version: "0".into(),
            picks_directories: true,
            opens_programs: true,
            quits: true,
            config_folder: String::new(),
            log_folder: String::new(),
            home: "/home/ada".into(),
        },
        notices: Vec::new(),
    }
}

pub fn instance(id: &str, state: StateView) -> InstanceView {
    InstanceView { state, ..InstanceView::stopped(id, id, &format!("/home/ada/{id}")) }
}

fn permission(instance: &str, command: &str, always: &[&str]) -> RequestView {
    RequestView {
        id: format!("per_{command}"),
        instance: instance.into(),
        session: "ses_1".into(),
        session_path: vec!["Title".into()],
        directory: "/".into(),
        asked_at_ms: 0,
        message: None,
        call: None,
        body: RequestBody::Permission {
            permission: "bash".into(),
            patterns: vec![command.into()],
            always: always.iter().map(|&pattern| pattern.into()).collect(),
            command: Some(command.into()),
            file: None,
            diff: None,
        },
    }
}

pub fn ready(activity: Activity) -> StateView {
    StateView::Ready { activity }
}

fn crashed() -> StateView {
    StateView::Crashed { cause: "Exit status 1".into(), hint: None, last_lines: Vec::new() }
}

/// The menu as text: indented, `-` for a line between groups, `(x)` for what only says something.
fn drawn(items: &[Item], depth: usize, text: &mut String) {
    for item in items {
        let indent = "  ".repeat(depth);
        match item {
            Item::Action { label, .. } => writeln!(text, "{indent}{label}").unwrap(),
            Item::Text { label } => writeln!(text, "{indent}({label})").unwrap(),
            Item::Separator => writeln!(text, "{indent}-").unwrap(),
            Item::Submenu { label, items } => {
                writeln!(text, "{indent}{label} >").unwrap();
                drawn(items, depth + 1, text);
            }
        }
    }
}

fn check(fleet: &FleetView, expected: &[&str]) {
    let mut text = String::new();
    drawn(&model(fleet).items, 0, &mut text);
    assert_eq!(text.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn an_empty_fleet_offers_a_new_instance() {
    check(&fleet(), &["Open OpenCode Portal", "-", "New instance in… >", "  Choose…", "(Stop all)", "-", "Quit"]);
}

#[test]
fn each_instance_offers_what_its_state_allows() {
    let mut fleet = fleet();
    let external = InstanceView { owner: OwnerView::External, ..instance("theirs", ready(Activity::Idle)) };
    fleet.instances = vec![
        instance("api", ready(Activity::Busy)),
        instance("web", StateView::Stopped),
        instance("old", crashed()),
        instance("late", StateView::Stopping),
        instance("dozy", StateView::Asleep),
        external,
    ];
    fleet.settings.recent_directories = vec!["/home/ada/web".into(), "/srv/x".into(), "/home/adam/y".into()];
    check(
        &fleet,
        &[
            "Open OpenCode Portal",
            "-",
            "api (busy) >",
            "  Stop",
            "  Restart",
            "  Open",
            "web (stopped) >",
            "  Start",
            "  Open",
            "old (crashed) >",
            "  Start",
            "  Open",
            "late (stopping) >",
            "  Open",
            "dozy (asleep) >",
            "  Wake",
            "  Open",
            "theirs (idle) >",
            "  Open",
            "  -",
            "  (Another program started it)",
            "-",
            "New instance in… >",
            "  ~/web",
            "  /srv/x",
            "  /home/adam/y",
            "  -",
            "  Choose…",
            "Stop all",
            "-",
            "Quit",
        ],
    );
}

#[test]
fn containers_and_other_machines_are_offered_the_same() {
    let mut fleet = fleet();
    let gone = StateView::Unknown { reason: "Docker does not answer".into() };
    let boxed = |id, state| InstanceView { kind: KindView::Docker, ..instance(id, state) };
    let container = ContainerView {
        id: "c1".into(),
        name: Some("api-1".into()),
        engine: "default".into(),
        image: Some("team/api:2".into()),
        volume: None,
    };
    let theirs = InstanceView {
        owner: OwnerView::External,
        container: Some(container),
        ..boxed("theirs", ready(Activity::Idle))
    };
    let there = |id, state| InstanceView { kind: KindView::Ssh, ssh_host: Some("build".into()), ..instance(id, state) };
    fleet.instances = vec![
        boxed("api", ready(Activity::Idle)),
        boxed("web", crashed()),
        boxed("lost", gone),
        there("api", ready(Activity::Busy)),
        there("far", StateView::Stopped),
        InstanceView { state: StateView::Stopped, ..theirs.clone() },
        theirs,
        there("cut", StateView::Unknown { reason: "There is no connection".into() }),
        InstanceView {
            kind: KindView::Remote,
            owner: OwnerView::External,
            is_secured: Some(false),
            ..instance("attic", ready(Activity::Idle))
        },
    ];
    fleet.instances[3].id = "other".into();
    assert!(!fleet.instances.iter().any(|instance| instance.id == "theirs" && is_ours_running(instance)));
    // Only who stops what somebody else has made is asked, and told what it is.
    let asked: Vec<String> = fleet.instances.iter().filter_map(question).collect();
    let expected = "“theirs” is the container api-1 (team/api:2). Whoever made it may miss it, and what its sessions do \
                    ends where it is.";
    assert_eq!(asked, [expected]);
    let mut text = String::new();
    drawn(&instances(&fleet), 0, &mut text);
    let expected = [
        "api · container (idle) >\n  Stop\n  Restart\n  Open",
        "web (crashed) >\n  Start\n  Open",
        "lost (unknown) >\n  Open\n  -\n  (Its container engine does not answer)",
        "api · build (busy) >\n  Stop\n  Restart\n  Open",
        "far (stopped) >\n  Start\n  Open",
        "theirs (stopped) >\n  Start\n  Open",
        "theirs (idle) >\n  Stop\n  Restart\n  Open",
        "cut (unknown) >\n  Connect now\n  Open",
        "attic (idle) >\n  Open\n  -\n  (Start and stop it where it runs)\n  (Careful: no password)\n",
    ];
    assert_eq!(text, expected.join("\n"));
}

#[test]
fn requests_come_first_and_say_what_always_covers() {
    let mut fleet = fleet();
    fleet.instances = vec![InstanceView { name: "API".into(), ..instance("api", ready(Activity::Waiting)) }];
    let question = RequestBody::Question {
        questions: vec![QuestionView {
            question: "Which database?".into(),
            header: "Database".into(),
            options: Vec::new(),
            multiple: false,
            custom: true,
        }],
    };
    fleet.requests = vec![
        permission("api", "npm test\n  --watch", &["npm test*"]),
        permission("api", "ls", &[]),
        RequestView { body: question, ..permission("api", "q", &[]) },
        permission("gone", &"x".repeat(100), &[]),
    ];
    check(
        &fleet,
        &[
            "Open OpenCode Portal",
            "-",
            "API: bash npm test --watch >",
            "  Once",
            "  Always: npm test*",
            "  Reject",
            "  -",
            "  Show",
            "API: bash ls >",
            "  Once",
            "  Reject",
            "  -",
            "  Show",
            "API: Which database? >",
            "  Show",
            &format!("gone: bash {}… >", "x".repeat(LONGEST_LABEL - 12)),
            "  Once",
            "  Reject",
            "  -",
            "  Show",
            "-",
            "API (waiting for you) >",
            "  Stop",
            "  Restart",
            "  Open",
            "-",
            "New instance in… >",
            "  Choose…",
            "Stop all",
            "-",
            "Quit",
        ],
    );
}

#[test]
fn the_icon_shows_the_worst() {
    let check = |states: &[StateView], requests: usize, expected: Mood| {
        let mut fleet = fleet();
        fleet.instances = states.iter().map(|state| instance("a", state.clone())).collect();
        fleet.requests = vec![permission("a", "ls", &[]); requests];
        let model = model(&fleet);
        assert_eq!((model.mood, model.waiting), (expected, requests), "{states:?}");
    };
    check(&[], 0, Mood::Idle);
    check(&[ready(Activity::Idle), StateView::Stopped, StateView::Asleep], 0, Mood::Idle);
    check(&[ready(Activity::Idle), ready(Activity::Busy)], 0, Mood::Running);
    check(&[StateView::Starting { step: "Finding opencode".into(), since_ms: 0 }], 0, Mood::Running);
    check(&[ready(Activity::Busy), ready(Activity::Waiting)], 1, Mood::Waiting);
    check(&[ready(Activity::Busy)], 2, Mood::Waiting);
    check(&[ready(Activity::Waiting), crashed()], 1, Mood::Failed);
    check(&[StateView::Unknown { reason: "Docker does not answer".into() }], 0, Mood::Failed);

    let mut fleet = fleet();
    let silent = StateView::Degraded { reason: "It does not answer".into() };
    fleet.instances = vec![InstanceView { owner: OwnerView::External, ..instance("theirs", silent) }];
    assert_eq!(model(&fleet).mood, Mood::Idle, "what others run raises no alarm");
    fleet.instances =
        vec![InstanceView { owner: OwnerView::External, kind: KindView::Docker, ..instance("x", crashed()) }];
    assert_eq!(model(&fleet).mood, Mood::Idle, "nor does a container of theirs");
}

#[test]
fn long_lists_are_cut_and_lead_to_the_window() {
    let mut fleet = fleet();
    fleet.instances = (0..20).map(|n| instance(&format!("i{n}"), StateView::Stopped)).collect();
    fleet.requests = (0..12).map(|n| permission("i0", &n.to_string(), &[])).collect();
    fleet.settings.recent_directories = vec!["/a".into(); 20];
    let mut text = String::new();
    drawn(&model(&fleet).items, 0, &mut text);
    assert!(text.contains("2 more wait…") && text.contains("5 more…"), "{text}");
    assert_eq!(text.matches("  /a\n").count(), MOST_RECENT);
}

#[test]
fn an_action_survives_as_a_menu_id() {
    let actions = [
        Action::Open,
        Action::Show { place: "session/a b/\"é".into() },
        Action::Answer {
            instance: "a".into(),
            request: "per_1".into(),
            reply: bridge::messages::PermissionReply::Always,
        },
        Action::Start { directory: "/a/ü % \"x".into() },
        Action::Wake { instance: "a".into() },
        Action::Connect { instance: "a".into() },
        Action::StopAll,
        Action::Quit,
    ];
    for action in actions {
        let id = serde_json::to_string(&action).unwrap();
        assert_eq!(serde_json::from_str::<Action>(&id).unwrap(), action);
    }
}
