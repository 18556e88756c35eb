//! The `portal` program in a world of its own.

use std::process::{Output, Stdio};
use std::time::Duration;

use testkit::demo::{self, Model};
use testkit::{World, no_process_left, opencode_binary, processes_in};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::http::Http;

/// Long enough for two busy cores.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// How the prompt of a shell ends, whoever it is for, and how a question does.
const PROMPTS: [&[u8]; 4] = [b"$ ", b"# ", b"[y/N] ", b"client_key': "];

/// A world in which `portal` is run, with the pinned opencode and a scripted model.
pub struct Desk {
    pub world: World,
    pub model: Model,
    variables: Vec<(String, String)>,
}

/// What a command gave.
#[derive(Debug)]
pub struct Done {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Desk {
    pub async fn new() -> Self {
        Self::in_world(World::new()).await
    }

    pub async fn in_world(world: World) -> Self {
        let model = Model::serve(0).await.unwrap();
        let mut variables = world.environment();
        variables.extend(demo::instance_environment(&model.base_url()));
        variables.push(("PORTAL_PINNED_OPENCODE".to_owned(), opencode_binary().to_string_lossy().into_owned()));
        // An opencode of the machine must not win over the pinned one.
        variables.retain(|(name, _)| name != "PATH");
        variables.push(("PATH".to_owned(), "/usr/local/bin:/usr/bin:/bin".to_owned()));
        Self { world, model, variables }
    }

    /// Sets one more variable for what is run from now on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// Instances of others are looked for from now on.
    pub fn discovers(&mut self) {
        self.variables.retain(|(name, _)| name != "PORTAL_DISCOVERY");
    }

    pub fn project(&self) -> String {
        self.world.project().to_string_lossy().into_owned()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portal"));
        command.args(arguments).env_clear().envs(self.variables.iter().cloned()).stdin(Stdio::null());
        command.current_dir(self.world.root()).kill_on_drop(true);
        command
    }

    /// Runs a command to its end.
    pub async fn run(&self, arguments: &[&str]) -> Done {
        let output = tokio::time::timeout(PATIENCE, self.command(arguments).output()).await.expect("it ends").unwrap();
        let Output { status, stdout, stderr } = output;
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Done { code: status.code().unwrap_or(-1), out: text(stdout), err: text(stderr) }
    }

    /// Runs a command that is told something on its input.
    pub async fn run_with_input(&self, arguments: &[&str], input: &str) -> Done {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).await.unwrap();
        drop(stdin);
        let output = tokio::time::timeout(PATIENCE, child.wait_with_output()).await.expect("it ends").unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Done { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs a command in a terminal of its own. The input is typed once something waits for it; what the terminal showed.
    pub async fn in_terminal(&self, arguments: &[&str], input: &str) -> String {
        let quoted = |word: &str| format!("'{}'", word.replace('\'', r"'\''"));
        let line = [env!("CARGO_BIN_EXE_portal")].into_iter().chain(arguments.iter().copied());
        let line = line.map(quoted).collect::<Vec<_>>().join(" ");
        let mut command = Command::new("script");
        command.args(["--quiet", "--return", "--flush", "--command", &line, "/dev/null"]);
        command.env_clear().envs(self.variables.iter().cloned()).env("TERM", "xterm").kill_on_drop(true);
        command.current_dir(self.world.root()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut shown = Vec::new();
        let mut typed = false;
        let talk = async {
            while stdout.read_buf(&mut shown).await.unwrap() > 0 {
                if !typed && PROMPTS.iter().any(|prompt| shown.windows(prompt.len()).any(|end| end == *prompt)) {
                    stdin.write_all(input.as_bytes()).await.unwrap();
                    typed = true;
                }
            }
        };
        let ended = tokio::time::timeout(PATIENCE, talk).await;
        let shown = String::from_utf8_lossy(&shown).into_owned();
        assert!(ended.is_ok(), "it does not end: {shown}");
        child.wait().await.unwrap();
        shown
    }

    /// Starts a command, and gives it with the lines that it prints.
    pub fn begin(&self, arguments: &[&str]) -> (Child, Lines<BufReader<ChildStdout>>) {
        let mut child = self.command(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        (child, lines)
    }

    /// Runs a command that must succeed.
    pub async fn ok(&self, arguments: &[&str]) -> String {
        let done = self.run(arguments).await;
        assert_eq!(done.code, 0, "{arguments:?}: {done:?}");
        done.out
    }

    /// Starts `portal serve`.
    pub async fn serve(&self, arguments: &[&str]) -> Serving {
        let any_port: &[&str] = if arguments.contains(&"--port") { &[] } else { &["--port", "0"] };
        let all = [&["serve"], any_port, arguments].concat();
        let mut child = self.command(&all).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = tokio::time::timeout(PATIENCE, lines.next_line()).await.expect("a first line").unwrap();
        let first = first.expect("it says where it is");
        let (_, address) = first.split_once("http://").expect("an address");
        let (address, token) = address.split_once("/?token=").expect("a token");
        let http = Http { address: address.to_owned(), token: token.to_owned() };
        Serving { child, _lines: lines, http }
    }

    /// Nothing of this world runs any more.
    pub async fn leave(self) {
        no_process_left(&self.world).await;
    }

    /// The servers of this world that run.
    pub fn servers(&self) -> Vec<u32> {
        let is_server = |command: &str| command.contains("opencode") && command.contains(" serve ");
        processes_in(&self.world).into_iter().filter(|(_, command)| is_server(command)).map(|(pid, _)| pid).collect()
    }
}

/// A running `portal serve`. Killed when dropped.
pub struct Serving {
    child: Child,
    // Kept open: what it prints has somewhere to go.
    _lines: Lines<BufReader<ChildStdout>>,
    pub http: Http,
}

impl Serving {
    /// Sends a signal and waits for the end; the exit code.
    pub async fn end(mut self, signal: &str) -> Option<i32> {
        let pid = self.child.id().expect("it runs").to_string();
        let sent = Command::new("kill").args([format!("-{signal}"), pid]).status().await.unwrap();
        assert!(sent.success());
        let status = tokio::time::timeout(Duration::from_secs(30), self.child.wait()).await.expect("it ends").unwrap();
        status.code()
    }
}

/// The command of ours that a refusal hints at, as a shell reads it, without its program.
pub fn hinted(refused: &Done) -> Vec<String> {
    let line = refused.err.rsplit("`portal ").next().and_then(|rest| rest.split('`').next());
    let line = line.filter(|_| refused.err.contains("`portal ")).unwrap_or_else(|| panic!("no hint in {refused:?}"));
    let read = std::process::Command::new("sh").args(["-c", &format!("printf '%s\\n' {line}")]).output().unwrap();
    String::from_utf8(read.stdout).unwrap().lines().map(ToOwned::to_owned).collect()
}

/// Does what a refusal hints at.
pub async fn run_hinted(desk: &Desk, refused: &Done, input: &str) -> Done {
    let words = hinted(refused);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = desk.run_with_input(&words, input).await;
    assert_eq!(done.code, 0, "{words:?}: {done:?}");
    done
}
