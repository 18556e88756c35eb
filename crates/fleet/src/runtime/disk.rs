//! Two threads that write files in the order in which they are told: one for our own, one for the shared registry, whose lock may take half a minute.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::context::now;
use super::saved_records::SavedRecords;
use super::saved_settings::SavedSettings;
use crate::event::Event;
use crate::files::registry_file::{self, RegistryChange, RegistryError, Written};
use crate::files::registry_lock::{LockError, Patience};
use crate::files::{history_file, kept_files, last_fleet_file, profile_file};
use crate::record::Record;
use crate::roster::RosterEvent;
use crate::{FleetError, Folders, InstanceId, Notice, NoticeId, NoticeLevel, Profile, Settings, SettingsChange};

/// How long after a failure the registry is tried again.
const AGAIN: Duration = Duration::from_secs(30);
/// How long after a failure records are tried again.
const RECORDS_AGAIN: Duration = Duration::from_secs(2);

/// The way to the threads. Clones are the same.
#[derive(Clone)]
pub(crate) struct Disk {
    own: mpsc::Sender<Job>,
    shared: mpsc::Sender<SharedJob>,
}

enum Job {
    WriteRecord(Box<Record>, Option<oneshot::Sender<io::Result<()>>>),
    RemoveRecord(InstanceId),
    ChangeSettings { number: u64, change: SettingsChange },
    LookAtSettings,
    SaveProfile(InstanceId, Arc<Profile>),
    RememberRunning(Vec<InstanceId>),
    ClaimRunning,
    Run(Box<dyn FnOnce(&Folders) + Send>),
    Barrier(oneshot::Sender<()>),
}

enum SharedJob {
    Change(RegistryChange),
    Barrier(oneshot::Sender<()>),
}

/// Takes what the threads have to report.
pub(crate) type Report = Arc<dyn Fn(Event) + Send + Sync>;

impl Disk {
    /// Starts the threads. They end when the last clone is gone.
    pub(crate) fn start(folders: &Arc<Folders>, settings: Settings, report: &Report) -> Result<Self, FleetError> {
        let (own, jobs) = mpsc::channel();
        let (shared, shared_jobs) = mpsc::channel();
        let thread = |name: &str, work: Box<dyn FnOnce() + Send>| {
            let started = std::thread::Builder::new().name(name.to_owned()).spawn(work);
            started.map(drop).map_err(|source| FleetError::File {
                action: "start a thread for",
                path: folders.state.clone(),
                source,
            })
        };
        let (own_folders, own_report) = (Arc::clone(folders), Arc::clone(report));
        let settings = SavedSettings::new(folders.settings(), settings);
        thread("fleet-files", Box::new(move || write_own(&jobs, &own_folders, settings, &own_report)))?;
        let (registry, report) = (folders.registry(), Arc::clone(report));
        thread("fleet-registry", Box::new(move || write_shared(&shared_jobs, &registry, &report)))?;
        Ok(Self { own, shared })
    }

    /// Writes a record.
    pub(crate) fn write_record(&self, record: Box<Record>) {
        self.send(Job::WriteRecord(record, None));
    }

    /// Writes a record, and waits until it is there.
    pub(crate) async fn write_record_now(&self, record: Record) -> io::Result<()> {
        let (done, wait) = oneshot::channel();
        self.send(Job::WriteRecord(Box::new(record), Some(done)));
        wait.await.unwrap_or_else(|_| Err(io::Error::other("the fleet is closed")))
    }

    pub(crate) fn remove_record(&self, id: InstanceId) {
        self.send(Job::RemoveRecord(id));
    }

    /// Makes a change to the settings, and reports what they say then.
    pub(crate) fn change_settings(&self, number: u64, change: SettingsChange) {
        self.send(Job::ChangeSettings { number, change });
    }

    /// Reports what the settings say, after every change that was told before.
    pub(crate) fn look_at_settings(&self) {
        self.send(Job::LookAtSettings);
    }

    pub(crate) fn save_profile(&self, id: InstanceId, profile: Arc<Profile>) {
        self.send(Job::SaveProfile(id, profile));
    }

    /// Writes down what ran, in the order of what else is written.
    pub(crate) fn remember_running(&self, ids: Vec<InstanceId>) {
        self.send(Job::RememberRunning(ids));
    }

    /// Reports what ran last, once all that was to be written down is there.
    pub(crate) fn claim_running(&self) {
        self.send(Job::ClaimRunning);
    }

    /// Does something with our files, in the order of what else is written, and gives what came of it; none: the fleet is closed.
    pub(crate) fn run<T, W>(&self, work: W) -> impl Future<Output = Option<T>> + use<T, W>
    where
        T: Send + 'static,
        W: FnOnce(&Folders) -> T + Send + 'static,
    {
        let (done, wait) = oneshot::channel();
        self.send(Job::Run(Box::new(move |folders| {
            let _gone = done.send(work(folders));
        })));
        async { wait.await.ok() }
    }

    pub(crate) fn change_registry(&self, change: RegistryChange) {
        let _gone = self.shared.send(SharedJob::Change(change));
    }

    /// Waits until everything that was told so far is written, but not for somebody else's lock.
    pub(crate) async fn settle(&self) {
        const LONGEST: Duration = Duration::from_secs(3);
        let (own, own_wait) = oneshot::channel();
        let (shared, shared_wait) = oneshot::channel();
        self.send(Job::Barrier(own));
        let _gone = self.shared.send(SharedJob::Barrier(shared));
        let both = async { (own_wait.await, shared_wait.await) };
        if tokio::time::timeout(LONGEST, both).await.is_err() {
            tracing::warn!("Not everything could be written before the end");
        }
    }

    fn send(&self, job: Job) {
        // The thread ends only with the last sender.
        let _gone = self.own.send(job);
    }
}

fn write_own(jobs: &mpsc::Receiver<Job>, folders: &Folders, mut settings: SavedSettings, report: &Report) {
    let mut records = SavedRecords::new(folders.records());
    let mut tried = Instant::now();
    loop {
        // However much else there is to write.
        if records.are_waiting() && tried.elapsed() >= RECORDS_AGAIN {
            tell(report, "records", &folders.records(), &records.try_again());
            tried = Instant::now();
        }
        let job = if records.are_waiting() {
            match jobs.recv_timeout(RECORDS_AGAIN.saturating_sub(tried.elapsed())) {
                Ok(job) => Some(job),
                Err(mpsc::RecvTimeoutError::Timeout) => None,
                Err(mpsc::RecvTimeoutError::Disconnected) => return,
            }
        } else {
            match jobs.recv() {
                Ok(job) => Some(job),
                Err(_) => return,
            }
        };
        let Some(job) = job else { continue };
        match job {
            Job::WriteRecord(record, done) => {
                let result = records.write(record);
                tell_of_records(report, folders, &records, &result);
                if let Some(done) = done {
                    let _gone = done.send(result);
                }
            }
            Job::RemoveRecord(id) => {
                let result = records.remove(&id);
                tell_of_records(report, folders, &records, &result);
                tell(report, "history", &folders.history(), &history_file::remove(&folders.history(), &id));
                tell(report, "kept", &folders.kept(), &kept_files::remove(&folders.kept(), &id));
                remove_logs(&folders.logs(), &id);
                let result = profile_file::remove(&folders.profiles(), &id);
                tell(report, "profiles", &folders.profiles(), &result);
            }
            Job::ChangeSettings { number, change } => settings.change(number, change, report),
            Job::LookAtSettings => settings.look(report),
            Job::SaveProfile(id, profile) => {
                let result = profile_file::write(&folders.profiles(), &id, &profile);
                tell(report, "profiles", &folders.profiles(), &result);
            }
            Job::RememberRunning(ids) => {
                let result = last_fleet_file::add(&folders.last_fleet(), &ids);
                tell(report, "last-fleet", &folders.last_fleet(), &result);
            }
            Job::ClaimRunning => {
                let ids = last_fleet_file::claim(&folders.last_fleet());
                if !ids.is_empty() {
                    report(Event::Roster(RosterEvent::RanLast { ids }));
                }
            }
            Job::Run(work) => work(folders),
            Job::Barrier(done) => {
                // Perhaps nobody is here to try later.
                if records.are_waiting() {
                    tell(report, "records", &folders.records(), &records.try_again());
                }
                let _gone = done.send(());
            }
        }
    }
}

/// As long as one waits, the trouble is not over, whatever became of another.
fn tell_of_records(report: &Report, folders: &Folders, records: &SavedRecords, result: &io::Result<()>) {
    if result.is_err() || !records.are_waiting() {
        tell(report, "records", &folders.records(), result);
    }
}

fn remove_logs(folder: &Path, id: &InstanceId) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let first = format!("{id}.log");
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(&first) {
            let _gone = std::fs::remove_file(entry.path());
        }
    }
}

/// Raises a notice for a failure, and takes it back after a success.
pub(super) fn tell(report: &Report, id: &str, path: &Path, result: &io::Result<()>) {
    match result {
        Ok(()) => report(Event::NoticeOver(NoticeId::from(id))),
        Err(error) => report(Event::NoticeRaised(Notice {
            id: NoticeId::from(id),
            level: NoticeLevel::Error,
            message: format!("Could not write `{}`: {error}", path.display()),
            hint: Some("Make room on the disk, or correct the permissions; what runs goes on".to_owned()),
        })),
    }
}

/// Makes changes of the registry in order. What fails is tried again; of several about one entry the last counts.
fn write_shared(jobs: &mpsc::Receiver<SharedJob>, registry: &Path, report: &Report) {
    let mut waiting: BTreeMap<InstanceId, RegistryChange> = BTreeMap::new();
    loop {
        let job = if waiting.is_empty() {
            match jobs.recv() {
                Ok(job) => Some(job),
                Err(_) => return,
            }
        } else {
            match jobs.recv_timeout(AGAIN) {
                Ok(job) => Some(job),
                Err(mpsc::RecvTimeoutError::Timeout) => None,
                Err(mpsc::RecvTimeoutError::Disconnected) => return,
            }
        };
        match job {
            Some(SharedJob::Change(change)) => {
                waiting.insert(id_of(&change).clone(), change);
            }
            Some(SharedJob::Barrier(done)) => {
                let _gone = done.send(());
                continue;
            }
            None => {}
        }
        let mut failed = None;
        waiting.retain(|_, change| match registry_file::change(registry, change, Patience::USUAL, now().as_ms()) {
            Ok(Written::Done) => false,
            Ok(Written::AfterBackup(copy)) => {
                report(Event::NoticeRaised(corrupt(registry, Some(&copy))));
                false
            }
            Err(error) => {
                tracing::warn!(%error, "The registry was not changed");
                failed = Some(error);
                true
            }
        });
        match failed {
            None => report(Event::NoticeOver(NoticeId::from("registry"))),
            Some(error) => report(Event::NoticeRaised(trouble(&error))),
        }
    }
}

fn id_of(change: &RegistryChange) -> &InstanceId {
    match change {
        RegistryChange::Put(entry) => &entry.id,
        RegistryChange::Remove { id, .. } => id,
    }
}

fn trouble(error: &RegistryError) -> Notice {
    let hint = match error {
        RegistryError::Lock(LockError::Busy { .. }) => "End that program, or wait for it; Portal tries again",
        RegistryError::Lock(LockError::Create { .. }) | RegistryError::Write { .. } => {
            "Make room on the disk, or correct the permissions; Portal tries again"
        }
        RegistryError::ReadOnly { .. } | RegistryError::Read { .. } => {
            "Correct the permissions of the file; Portal tries again"
        }
    };
    Notice {
        id: NoticeId::from("registry"),
        level: NoticeLevel::Warning,
        message: format!("Other programs do not see all instances: {error}"),
        hint: Some(hint.to_owned()),
    }
}

/// The registry made no sense.
pub(super) fn corrupt(registry: &Path, copy: Option<&Path>) -> Notice {
    let (hint, level) = match copy {
        Some(copy) => (format!("What was in it was kept as `{}`", copy.display()), NoticeLevel::Warning),
        None => ("It is kept under another name before anything is written to it".to_owned(), NoticeLevel::Info),
    };
    Notice {
        id: NoticeId::from("registry-corrupt"),
        level,
        message: format!("The registry `{}` makes no sense", registry.display()),
        hint: Some(hint),
    }
}
