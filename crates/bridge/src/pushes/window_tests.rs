//! Tests of the pace of pushes, on a clock that stands still until it is moved.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::Pushes;
use crate::WindowId;
use crate::messages::{
    FleetView, HostView, OnQuit, OpencodeView, PushItem, SettingsView, ThemeView, TranscriptEvent, VersionsView,
    WatchedSession,
};
use crate::pushes::{Queue, Windows};

fn fleet() -> FleetView {
    FleetView {
        instances: Vec::new(),
        sessions: Vec::new(),
        requests: Vec::new(),
        prompts: Vec::new(),
        opencode: OpencodeView::Looking,
        versions: VersionsView::default(),
        settings: SettingsView {
            theme: ThemeView::System,
            opencode_binary: None,
            on_quit: OnQuit::Ask,
            recent_directories: Vec::new(),
            tour_offered: false,
            sleep_after_minutes: 0,
            discover: true,
            restore_fleet: false,
        },
        host: HostView {
            name: "browser".to_owned(),
            version: "0".to_owned(),
            picks_directories: false,
            opens_programs: false,
            quits: false,
            config_folder: String::new(),
            log_folder: String::new(),
            home: String::new(),
        },
        notices: Vec::new(),
    }
}

struct Setting {
    windows: Windows,
    id: WindowId,
}

impl Setting {
    fn new() -> Self {
        Self { windows: Windows::default(), id: WindowId::new("main").unwrap() }
    }

    fn open(&self) -> Pushes {
        self.windows.open(&self.id, fleet)
    }

    fn say(&self, line: &str) {
        self.windows.add(&[PushItem::Opencode { opencode: OpencodeView::Installing { line: line.to_owned() } }]);
    }

    fn watched() -> WatchedSession {
        WatchedSession { instance: "i".to_owned(), session: "s".to_owned() }
    }

    fn watch(&self) {
        self.windows.watch(&self.id, [Self::watched()]);
    }

    fn delta(&self, text: &str) {
        self.tell(&::fleet::TranscriptEvent::Delta {
            message: "m".into(),
            part: "p".into(),
            field: "text".to_owned(),
            delta: text.to_owned(),
        });
    }

    fn part(&self, text: &str, time: &Value) {
        let part = json!({"id": "p", "messageID": "m", "type": "text", "text": text, "time": time});
        self.tell(&::fleet::TranscriptEvent::Part { part });
    }

    fn tell(&self, event: &::fleet::TranscriptEvent) {
        self.windows.add_transcript(&Self::watched(), event);
    }
}

fn is_snapshot(item: &PushItem) -> bool {
    matches!(item, PushItem::Snapshot { .. })
}

#[tokio::test(start_paused = true)]
async fn the_first_push_is_a_snapshot_at_once() {
    let setting = Setting::new();
    let began = Instant::now();
    let push = setting.open().next().await.unwrap();
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert_eq!(push.seq, 1);
    assert!(matches!(push.items.as_slice(), [item] if is_snapshot(item)));
}

#[tokio::test(start_paused = true)]
async fn pushes_come_at_most_every_33_ms() {
    let setting = Setting::new();
    let mut pushes = setting.open();
    pushes.next().await.unwrap();
    let began = Instant::now();
    setting.watch();
    // A thousand deltas a second for a second.
    let writer = async {
        for _ in 0..1_000 {
            setting.delta("x");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        setting.windows.close_all();
    };
    let reader = async {
        let (mut count, mut text, mut last) = (0, String::new(), began);
        while let Some(push) = pushes.next().await {
            assert!(count == 0 || last.elapsed() >= Pushes::PACE, "too early by the clock");
            (count, last) = (count + 1, Instant::now());
            for item in push.items {
                let PushItem::Transcript { event: TranscriptEvent::Delta { delta, .. }, .. } = item else {
                    panic!("not a delta");
                };
                text.push_str(&delta);
            }
        }
        (count, text.len())
    };
    let ((), (count, length)) = tokio::join!(writer, reader);
    assert!((28..=31).contains(&count), "{count} pushes in a second");
    assert!(length >= 960, "only the last, unread batch may be missing: {length}");
}

#[tokio::test(start_paused = true)]
async fn the_first_change_after_silence_goes_out_at_once() {
    let setting = Setting::new();
    let mut pushes = setting.open();
    pushes.next().await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    setting.say("a");
    let began = Instant::now();
    assert_eq!(pushes.next().await.unwrap().items.len(), 1);
    assert_eq!(began.elapsed(), Duration::ZERO);
    // The next one waits its turn and holds both changes as one.
    setting.say("b");
    setting.say("c");
    assert_eq!(pushes.next().await.unwrap().items.len(), 1);
    assert_eq!(began.elapsed(), Pushes::PACE);
}

#[tokio::test(start_paused = true)]
async fn silence_is_broken_by_a_heartbeat_every_5_s() {
    let setting = Setting::new();
    let mut pushes = setting.open();
    pushes.next().await.unwrap();
    let began = Instant::now();
    for beat in 1..=3_u32 {
        let push = pushes.next().await.unwrap();
        assert!(push.items.is_empty());
        assert_eq!(push.seq, u64::from(beat) + 1);
        assert_eq!(began.elapsed(), Pushes::HEARTBEAT * beat);
    }
}

#[tokio::test(start_paused = true)]
async fn a_dropped_wait_loses_nothing() {
    let setting = Setting::new();
    let mut pushes = setting.open();
    pushes.next().await.unwrap();
    setting.say("a");
    assert!(tokio::time::timeout(Duration::from_millis(10), pushes.next()).await.is_err());
    let push = pushes.next().await.unwrap();
    assert_eq!((push.seq, push.items.len()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_window_opened_anew_ends_the_earlier_pushes() {
    let setting = Setting::new();
    let mut earlier = setting.open();
    earlier.next().await.unwrap();
    let mut later = setting.open();
    assert!(earlier.next().await.is_none());
    drop(earlier);
    assert!(later.next().await.is_some());
    setting.say("a");
    assert_eq!(later.next().await.unwrap().items.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_place_asked_for_before_the_window_opens_waits_for_it() {
    let setting = Setting::new();
    setting.windows.navigate(Some(&setting.id), "inbox");
    let push = setting.open().next().await.unwrap();
    assert!(
        matches!(push.items.as_slice(), [first, PushItem::Navigate { place }] if is_snapshot(first) && place == "inbox")
    );
    // Only once.
    assert_eq!(setting.open().next().await.unwrap().items.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_closed_window_is_forgotten() {
    let setting = Setting::new();
    drop(setting.open());
    assert!(setting.windows.with(&setting.id, |_| ()).is_none());
}

/// What a window shows of the one text.
#[derive(Default)]
struct Screen {
    text: String,
    /// How often a running text came.
    running: usize,
}

impl Screen {
    fn apply(&mut self, items: Vec<PushItem>) {
        for item in items {
            let PushItem::Transcript { event, .. } = item else { continue };
            match event {
                TranscriptEvent::Delta { delta, .. } => self.text.push_str(&delta),
                TranscriptEvent::Running { text, .. } => {
                    self.running += 1;
                    if text.len() >= self.text.len() {
                        self.text = text;
                    }
                }
                TranscriptEvent::Part { part } => part["text"].as_str().unwrap().clone_into(&mut self.text),
                _ => {}
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_window_that_begins_to_watch_in_the_middle_of_a_text_has_all_of_it() {
    // Begins at each place of the text, reads at each pace, and sometimes what waits for it is dropped.
    for (begins, reads_every, drops_at) in
        (0..12).flat_map(|begins| (1..5).flat_map(move |reads| (0..13).map(move |drops| (begins, reads, drops))))
    {
        let setting = Setting::new();
        let (mut pushes, mut screen) = (setting.open(), Screen::default());
        pushes.next().await.unwrap();
        setting.part("", &json!({"start": 1}));
        for number in 0..12 {
            if number == begins {
                setting.watch();
            }
            setting.delta(&format!("#{number} "));
            if number == drops_at {
                setting.windows.with(&setting.id, Queue::start_over).unwrap();
            }
            if number % reads_every == 0 {
                screen.apply(pushes.next().await.unwrap().items);
            }
        }
        screen.apply(pushes.next().await.unwrap().items);
        let whole = "#0 #1 #2 #3 #4 #5 #6 #7 #8 #9 #10 #11 ";
        assert_eq!(screen.text, whole, "begins {begins}, reads every {reads_every}, drops at {drops_at}");
        assert!(screen.running <= 2, "only when it may lack something");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_finished_runs_for_nobody() {
    let setting = Setting::new();
    let mut pushes = setting.open();
    pushes.next().await.unwrap();
    setting.delta("abc");
    setting.part("abc", &json!({"start": 1, "end": 2}));
    setting.watch();
    // Nothing but a heartbeat.
    let began = Instant::now();
    assert!(pushes.next().await.unwrap().items.is_empty());
    assert_eq!(began.elapsed(), Pushes::HEARTBEAT);
    setting.delta("def");
    setting.windows.end_session(&Setting::watched());
    setting.watch();
    let mut screen = Screen::default();
    screen.apply(pushes.next().await.unwrap().items);
    assert_eq!((screen.text.as_str(), screen.running), ("def", 0));
}

#[tokio::test(start_paused = true)]
async fn a_window_opened_anew_has_the_text_from_its_beginning() {
    let setting = Setting::new();
    let mut earlier = setting.open();
    setting.watch();
    setting.delta("abc");
    earlier.next().await.unwrap();
    let (mut later, mut screen) = (setting.open(), Screen::default());
    setting.delta("def");
    setting.watch();
    setting.delta("ghi");
    screen.apply(later.next().await.unwrap().items);
    setting.delta("jkl");
    screen.apply(later.next().await.unwrap().items);
    assert_eq!((screen.text.as_str(), screen.running), ("abcdefghijkl", 1));
}
