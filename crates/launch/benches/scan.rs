//! What finding opencode processes costs of the processor, among few and many processes: `cargo bench -p launch --bench scan`.
//!
//! For each number of sleeping processes, with 30 servers among them, it prints one line a figure, beside what reading everything through
//! sysinfo and `listeners` costs in the same run. `-- 100 1000` takes only these numbers. Linux only.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "it measures and prints")]

#[cfg(target_os = "linux")]
mod linux {
    use std::{
        net::TcpListener,
        process::{Child, Command, Stdio},
        time::{Duration, Instant},
    };

    use launch::Scanner;
    use rustix::time::{ClockId, clock_gettime};
    use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

    const SERVERS: usize = 30;
    const LOOKS: u32 = 20;
    /// Until then a process is new, and looked at each time.
    const NEW_FOR: Duration = Duration::from_secs(6);

    /// Processes of our own, ended with this.
    struct Crowd(Vec<Child>);

    impl Drop for Crowd {
        fn drop(&mut self) {
            for child in &mut self.0 {
                child.kill().unwrap();
            }
            for child in &mut self.0 {
                child.wait().unwrap();
            }
        }
    }

    /// What one of the servers is.
    pub fn serve() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        // A server that has nothing to do has 15 open files, one at work some more.
        let _files: Vec<_> = (0..20).map(|_| listener.try_clone().unwrap()).collect();
        loop {
            std::thread::park();
        }
    }

    pub fn measure(counts: &[usize]) {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("opencode");
        let us = std::env::current_exe().unwrap();
        assert!(Command::new("cp").arg(us).arg(&program).status().unwrap().success());
        let start = |command: &mut Command| command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();

        let _servers = Crowd((0..SERVERS).map(|_| start(Command::new(&program).arg("serve"))).collect());
        let mut crowd = Crowd(Vec::new());
        for count in counts {
            while crowd.0.len() < *count {
                crowd.0.push(start(Command::new("sleep").arg("3600")));
            }
            let deadline = Instant::now() + Duration::from_mins(1);
            let listening = || Scanner::new().look().iter().filter(|found| !found.listens.is_empty()).count();
            while listening() < SERVERS {
                assert!(Instant::now() < deadline, "the servers listen");
            }
            one_size();
        }
    }

    fn one_size() {
        let all = std::fs::read_dir("/proc").unwrap().filter(|entry| {
            entry
                .as_ref()
                .is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with(|c: char| c.is_ascii_digit()))
        });
        println!("among {} processes, {SERVERS} of them servers; processor time of one look:", all.count());

        report("first look", LOOKS, || drop(Scanner::new().look()));

        let mut scanner = Scanner::new();
        scanner.look();
        std::thread::sleep(NEW_FOR);
        scanner.look();
        report("nothing new", LOOKS, || drop(scanner.look()));
        let mut listeners = Vec::new();
        report("somebody began to listen, so all are looked at", LOOKS, || {
            listeners.push(TcpListener::bind(("127.0.0.1", 0)).unwrap());
            scanner.look();
        });
        drop(listeners);
        scanner.look();

        let before = spent();
        let start = Instant::now();
        for _ in 0..LOOKS {
            std::thread::sleep(Duration::from_secs(1));
            scanner.look();
        }
        let share = (spent().saturating_sub(before)).as_secs_f64() / start.elapsed().as_secs_f64() * 100.0;
        println!("  {:<50} {share:>8.2} % of a core", "once a second");

        let mut system = System::new().unwrap();
        let what = ProcessRefreshKind::nothing()
            .without_tasks()
            .with_cmd(UpdateKind::Always)
            .with_exe(UpdateKind::Always)
            .with_user(UpdateKind::OnlyIfNotSet)
            .with_environ(UpdateKind::OnlyIfNotSet)
            .with_cwd(UpdateKind::Always);
        report("sysinfo, all processes", 5, || {
            system.refresh_processes_specifics(ProcessesToUpdate::All, true, what);
        });
        report("listeners, all sockets", 5, || drop(listeners::get_all().unwrap()));
    }

    fn report(name: &str, times: u32, mut look: impl FnMut()) {
        let before = spent();
        (0..times).for_each(|_| look());
        println!("  {name:<50} {:>8.2} ms", ((spent().saturating_sub(before)) / times).as_secs_f64() * 1_000.0);
    }

    /// The processor time of this thread.
    fn spent() -> Duration {
        Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap()
    }
}

fn main() {
    #[cfg(target_os = "linux")]
    {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        if arguments.first().is_some_and(|first| first == "serve") {
            linux::serve();
        }
        let counts: Vec<usize> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
        linux::measure(if counts.is_empty() { &[100, 1_000, 5_000] } else { &counts });
    }
}
