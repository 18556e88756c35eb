//! How long a word takes to the screen from a server in a container and from one behind `ssh`, beside one of this machine.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use opencode_api::{Client, Directory, Port, Secret, ServerAddress};
use testkit::demo::{self, Model};
use testkit::{Sshd, World, opencode_image, within};

use crate::containers::engine;
use crate::latency::{Counted, count};
use crate::report::{Figure, quantile};
use crate::stage::{Server, Stage, server_in};
use crate::support::desk::{DEADLINE, portal_binary};

/// Lets the model count in each place, one after the other in the same window.
pub async fn measure() -> Result<Vec<Figure>> {
    let engine = engine().await?;
    opencode_image(&engine).await;
    // Where containers reach it, too.
    let model = Model::serve_at((engine.gateway().await, 0).into()).await?;
    let there = World::new();
    let sshd = Sshd::start(&there).await;
    Sshd::install_opencode(&there);
    let stage = Stage::set_up().await?;
    sshd.be_known_to(&stage.desk.world);

    let native = stage.desk.world.root().join("native");
    start(&stage, &model, &native, &[])?;
    let server = within(DEADLINE, async || server_in(&stage.desk.world, &native)).await;
    let native = count_at(&stage, server.context("No server of this machine")?).await?;

    let boxed = stage.desk.world.root().join("boxed");
    start(&stage, &model, &boxed, &["--docker", "--engine", &engine.address()])?;
    let label = format!("org.opencode-portal.directory={}", boxed.display());
    let all = engine.containers_with(&label).await;
    let container = all.first().context("No container")?;
    let server = server_of(&engine.inspect(container).await, &boxed).context("A container without a server")?;
    let boxed = count_at(&stage, server).await;
    engine.remove(container).await;
    let boxed = boxed?;

    let far = there.root().join("far");
    start(&stage, &model, &far, &["--ssh", sshd.host()])?;
    let server = within(DEADLINE, async || server_in(&there, &far)).await.context("No server over there")?;
    let pid = server.pid;
    let far = count_at(&stage, server).await;
    std::process::Command::new("kill").arg(pid.to_string()).status()?;
    let far = far?;

    let figure = |name, of: Counted| {
        let Counted { mut delays, .. } = of;
        Figure {
            name,
            value: format!("{:.0} ms", quantile(&mut delays, 0.95)),
            method: format!(
                "p50 {:.0}, longest {:.0} ms, of {} deltas at 100 a second",
                quantile(&mut delays, 0.5),
                quantile(&mut delays, 1.0),
                delays.len()
            ),
        }
    };
    Ok(vec![
        figure("event to painted text, this machine, p95", native),
        figure("  in a container", boxed),
        figure("  by ssh, over loopback", far),
    ])
}

/// Starts an instance as a person does in a terminal; the window shows it.
fn start(stage: &Stage, model: &Model, directory: &Path, place: &[&str]) -> Result<()> {
    std::fs::create_dir_all(directory)?;
    std::fs::write(directory.join("opencode.json"), demo::opencode_config(&model.base_url()).to_string())?;
    let mut command = stage.desk.command(portal_binary());
    command.arg("start").arg(directory).args(place);
    for (name, value) in demo::environment() {
        command.arg("--env").arg(format!("{name}={value}"));
    }
    let output = command.output()?;
    ensure!(output.status.success(), "`portal start` failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

async fn count_at(stage: &Stage, server: Server) -> Result<Counted> {
    let session = stage.open_new_session(&server).await?;
    count(stage, &server, &session).await
}

/// The server in a container, from what the engine says of it.
fn server_of(container: &serde_json::Value, directory: &Path) -> Option<Server> {
    let variables = container["Config"]["Env"].as_array()?;
    let password =
        variables.iter().find_map(|variable| variable.as_str()?.strip_prefix("OPENCODE_SERVER_PASSWORD="))?;
    let ports = container["NetworkSettings"]["Ports"].as_object()?;
    let port = ports.values().find_map(|bound| bound[0]["HostPort"].as_str()?.parse().ok())?;
    let instance = container["Config"]["Labels"]["org.opencode-portal.instance"].as_str()?.to_owned();
    Some(Server {
        pid: u32::try_from(container["State"]["Pid"].as_u64()?).ok()?,
        instance,
        client: Client::new(ServerAddress::loopback(Port::new(port)?, Some(Secret::new(password)))),
        directory: Directory::new(directory.display().to_string()),
    })
}
