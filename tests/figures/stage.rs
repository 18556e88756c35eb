//! What most figures stand on: a desk, the scripted model, the app's window, and servers to look at from the side.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use opencode_api::{Client, Directory, Forward, Method, Port, Secret, ServerAddress};
use serde_json::{Value, json};
use testkit::demo::Model;
use testkit::{World, processes_in, within};

use crate::support::desk::{DEADLINE, Desk};
use crate::support::proc::{Process, tree};
use crate::support::project::project_with_model;
use crate::support::window::Window;

/// A window over a desk whose opencode knows the scripted model only.
pub struct Stage {
    /// First, so that the window ends before the screen does.
    pub window: Window,
    /// The screen, the bus, the folders.
    pub desk: Desk,
    /// Plays what prompts say.
    pub _model: Model,
}

/// A server that the app started, asked directly.
pub struct Server {
    /// Its process.
    pub pid: u32,
    /// The app's id for it.
    pub instance: String,
    /// Its client.
    pub client: Client,
    /// Where it works.
    pub directory: Directory,
}

impl Stage {
    /// Opens the window.
    pub async fn set_up() -> Result<Stage> {
        Stage::on(Desk::set_up()?).await
    }

    /// Opens the window on that desk.
    pub async fn on(desk: Desk) -> Result<Stage> {
        let model = project_with_model(&desk).await?;
        let window = Window::open(&desk, &[]).await?;
        interactive_ms(&window).await?;
        Ok(Stage { window, desk, _model: model })
    }

    /// The app's process.
    pub fn app(&self) -> Result<u32> {
        app_of(&self.desk)
    }

    /// The app's process and `WebKit`'s, without the servers.
    pub fn app_and_web(&self) -> Result<Vec<Process>> {
        let app = self.app()?;
        Ok(tree(app).into_iter().filter(|process| process.pid == app || process.name.starts_with("WebKit")).collect())
    }

    /// `WebKit`'s process for the page.
    pub fn web(&self) -> Result<u32> {
        let all = self.app_and_web()?;
        let web = all.iter().find(|process| process.name.starts_with("WebKitWebProc"));
        Ok(web.context("WebKit has no process for the page")?.pid)
    }

    /// Goes to a place of the app.
    pub async fn go(&self, hash: &str) -> Result<()> {
        self.window.run("location.hash = arguments[0]", vec![json!(hash)]).await?;
        Ok(())
    }

    /// Opens the page that starts an instance in `directory`, up to the click.
    pub async fn prepare_start(&self, directory: &Path) -> Result<()> {
        std::fs::create_dir_all(directory)?;
        self.go("#/new-instance").await?;
        self.window.type_into("textbox", "Directory", &directory.display().to_string()).await?;
        self.window.sees("Ready to start in").await
    }

    /// Starts an instance in `directory` by the window and waits until it is idle.
    pub async fn start(&self, directory: &Path) -> Result<Server> {
        self.prepare_start(directory).await?;
        self.window.click("button", "Start").await?;
        self.window.find("treeitem", &format!("{}, Idle", name_of(directory))).await?;
        // Not earlier: a server whose port was taken is replaced.
        self.server(directory).await
    }

    /// The server of `directory`, once its process is there.
    pub async fn server(&self, directory: &Path) -> Result<Server> {
        let found = within(DEADLINE, async || server_in(&self.desk.world, directory)).await;
        found.with_context(|| format!("No server runs in {}", directory.display()))
    }

    /// A new session, opened in the window.
    pub async fn open_new_session(&self, server: &Server) -> Result<String> {
        let reply = server.ask("POST", "/session", &[], Some(json!({ "title": "Figures" }))).await?;
        let session = reply["id"].as_str().context("A session without an id")?.to_owned();
        self.go(&format!("#/session/{}/{session}", server.instance)).await?;
        self.window.find("textbox", "Prompt").await?;
        Ok(session)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // Instances outlive the app, as they should; here nobody comes back for them. Each is found by its environment, which names this world.
        for (pid, _) in processes_in(&self.desk.world) {
            Command::new("kill").args(["-s", "KILL", &pid.to_string()]).stderr(Stdio::null()).status().ok();
        }
    }
}

impl Server {
    /// Asks it something; the answer must be a good one.
    pub async fn ask(&self, method: &str, path: &str, query: &[(&str, &str)], body: Option<Value>) -> Result<Value> {
        let answer = self
            .client
            .forward(Forward {
                method: if method == "POST" { Method::Post } else { Method::Get },
                path: path.to_owned(),
                query: query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
                directory: self.directory.clone(),
                body: body.map(|body| body.to_string().into_bytes().into()),
            })
            .await?;
        ensure!(answer.status < 300, "{method} {path}: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
        Ok(serde_json::from_slice(&answer.body).unwrap_or(Value::Null))
    }

    /// Sends a prompt and waits until its turn is over.
    pub async fn answer(&self, session: &str, text: &str) -> Result<()> {
        let body = json!({ "parts": [{ "type": "text", "text": text }] });
        self.ask("POST", &format!("/session/{session}/message"), &[], Some(body)).await?;
        Ok(())
    }

    /// Sends a prompt.
    pub async fn prompt(&self, session: &str, text: &str) -> Result<()> {
        let body = json!({ "parts": [{ "type": "text", "text": text }] });
        self.ask("POST", &format!("/session/{session}/prompt_async"), &[], Some(body)).await?;
        Ok(())
    }
}

/// The process of the app on a desk.
pub fn app_of(desk: &Desk) -> Result<u32> {
    let all = processes_in(&desk.world);
    let app = all.into_iter().find(|(pid, command)| {
        command.contains("opencode-portal")
            && std::fs::read_to_string(format!("/proc/{pid}/comm"))
                .is_ok_and(|name| name.starts_with("opencode-portal"))
    });
    Ok(app.context("The app does not run")?.0)
}

/// When the page became interactive, in ms since the epoch, once it is.
pub async fn interactive_ms(window: &Window) -> Result<f64> {
    let read = async || {
        let script = "return performance.getEntriesByName('interactive').map((mark) => performance.timeOrigin + mark.startTime)[0] ?? null";
        window.run(script, vec![]).await.ok()?.as_f64()
    };
    within(DEADLINE, read).await.context("The page never became interactive")
}

/// This moment, in ms since the epoch.
pub fn now_ms() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs_f64() * 1_000.0
}

/// The last part of a path.
pub fn name_of(directory: &Path) -> String {
    directory.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The server that runs in `directory`: its port from its command line, its password from its environment, which is ours to read.
pub fn server_in(world: &World, directory: &Path) -> Option<Server> {
    let is_here = |pid: u32| std::fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|folder| folder == directory);
    let all = processes_in(world).into_iter();
    let (pid, command) = all.filter(|(_, command)| command.contains(" serve ")).find(|(pid, _)| is_here(*pid))?;
    let port = command.split("--port ").nth(1)?.split_whitespace().next()?.parse().ok()?;
    let environment = std::fs::read(format!("/proc/{pid}/environ")).ok()?;
    let variable = |name: &str| {
        let mut all = environment.split(|byte| *byte == 0);
        all.find_map(|one| String::from_utf8_lossy(one).strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
    };
    let password = Secret::new(variable("OPENCODE_SERVER_PASSWORD")?);
    let client = Client::new(ServerAddress::loopback(Port::new(port)?, Some(password)));
    let instance = variable("PORTAL_INSTANCE")?;
    Some(Server { pid, instance, client, directory: Directory::new(directory.display().to_string()) })
}
