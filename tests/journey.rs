//! The main job in the real window, by clicks and keys, on the real opencode with the scripted model.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use testkit::{processes_in, within};

use crate::support::agent::instance_process;
use crate::support::desk::{DEADLINE, Desk};
use crate::support::project::project_with_model;
use crate::support::window::Window;

/// The Enter key, as `WebDriver` names it.
const ENTER: &str = "\u{E007}";

#[tokio::test(flavor = "multi_thread")]
async fn a_person_starts_an_instance_works_with_it_answers_reviews_and_stops_it() -> Result<()> {
    let desk = Desk::set_up()?;
    let _model = project_with_model(&desk).await?;
    let window = Window::open(&desk, &[]).await?;

    start_instance(&window, desk.world.project()).await?;
    window.click("button", "New session").await?;

    // A streamed answer.
    say(&window, "@text 60 words at 60/s").await?;
    window.sees("the agent reads a file").await?;

    // A command: once.
    say(&window, "@bash echo portal-was-$((40+2))").await?;
    window.sees("Wants to run a command").await?;
    window.sees("Always will cover:").await?;
    answer(&window, "Allow once", "Wants to run a command").await?;
    window.sees("portal-was-42").await?;
    window.sees_no("Wants to run a command").await?;

    // An edit with its diff: no, with a reason, and the agent goes on.
    say(&window, "@edit hello.txt old => new\n@count 3").await?;
    window.sees("Wants to change a file").await?;
    window.sees("one new line").await?;
    window.click("button", "Reject with a message").await?;
    window.type_into("textbox", "What should it do instead?", "Not this line.").await?;
    window.click("button", "Reject and send").await?;
    window.sees("#1 #2 #3").await?;
    ensure!(desk.world.read("hello.txt").contains("one old line"), "A rejected edit changed the file");

    // The same edit: always.
    say(&window, "@edit hello.txt old => new").await?;
    window.sees("Wants to change a file").await?;
    answer(&window, "Always allow", "Wants to change a file").await?;
    let is_changed = async || desk.world.read("hello.txt").contains("one new line").then_some(());
    within(DEADLINE, is_changed).await.context("The allowed edit did not change the file")?;
    // What is allowed always is not asked again.
    say(&window, "@edit hello.txt another => a third").await?;
    let is_changed = async || desk.world.read("hello.txt").contains("a third").then_some(());
    within(DEADLINE, is_changed).await.context("The edit that is always allowed was not made")?;

    // Review: the turn, then the work tree, then side by side.
    review(&window).await?;

    // Stop a long answer.
    say(&window, "@text 4000 words at 20/s").await?;
    window.sees("Working").await?;
    window.click("button", "Stop").await?;
    window.sees("Stopped").await?;

    // Restart: the session is still there and works.
    let before = instance_pid(&desk)?;
    window.click("treeitem", "project").await?;
    read_output(&window).await?;
    window.click("button", "Restart").await?;
    let is_new = async || instance_pid(&desk).ok().filter(|pid| *pid != before);
    within(DEADLINE, is_new).await.context("The instance did not restart")?;
    window.sees("Idle ·").await?;
    window.click("button", "Open ").await?;
    say(&window, "@count 5").await?;
    window.sees("#1 #2 #3 #4 #5").await?;
    window.sees_no("Working").await?;

    // Stop: nothing is left of it. While the answer is still ending, a stop would ask first.
    window.click("treeitem", "project").await?;
    window.sees("Idle ·").await?;
    window.click("button", "Stop").await?;
    window.sees("Stopped ·").await?;
    ensure!(instance_pid(&desk).is_err(), "The instance's process is still there");
    window.close().await?;
    testkit::no_process_left(&desk.world).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_outlives_a_killed_app_and_is_adopted() -> Result<()> {
    let desk = Desk::set_up()?;
    let _model = project_with_model(&desk).await?;
    let window = Window::open(&desk, &[]).await?;
    start_instance(&window, desk.world.project()).await?;
    let pid = instance_pid(&desk)?;

    kill_app(&desk)?;
    drop(window);
    ensure!(instance_pid(&desk)? == pid, "The instance died with the app");

    let window = Window::open(&desk, &[]).await?;
    window.click("treeitem", "project").await?;
    window.click("button", "New session").await?;
    // What is not in the prompt: only then it has answered, and rests when it works no more.
    say(&window, "@count 4").await?;
    window.sees("#1 #2 #3 #4").await?;
    window.sees_no("Working").await?;
    ensure!(instance_pid(&desk)? == pid, "The instance was started anew instead of adopted");
    window.click("treeitem", "project").await?;
    // While the answer is still ending, a stop would ask first.
    window.sees("Idle ·").await?;
    window.click("button", "Stop").await?;
    window.sees("Stopped ·").await?;
    window.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tour_shows_everything_without_an_account() -> Result<()> {
    let desk = Desk::set_up()?;
    let window = Window::open(&desk, &[]).await?;
    window.click("button", "Start the tour").await?;
    window.sees("Demo").await?;
    let composer = window.find("textbox", "Prompt").await?;
    if window.run("return document.querySelector('[aria-label=\"Prompt\"]').value ?? ''", vec![]).await?.as_str()
        == Some("")
    {
        composer.send_keys("Show me what you can do").await?;
    }
    composer.send_keys(ENTER).await?;
    window.sees("demo model").await?;
    window.sees("Wants to run a command").await?;
    answer(&window, "Allow once", "Wants to run a command").await?;
    window.sees("Wants to change a file").await?;
    answer(&window, "Allow once", "Wants to change a file").await?;
    window.sees("1 file changed").await?;
    window.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn directories_that_cannot_be_served_are_refused_with_a_reason() -> Result<()> {
    let desk = Desk::set_up()?;
    let file = desk.world.write("a file.txt", "");
    let window = Window::open(&desk, &[]).await?;
    window.click("button", "New instance").await?;
    for (typed, reason) in [
        (desk.world.project().join("no such folder").display().to_string(), "does not exist"),
        (file.display().to_string(), "is a file"),
    ] {
        let field = window.find("textbox", "Directory").await?;
        field.clear().await?;
        field.send_keys(&typed).await?;
        window.sees(reason).await?;
    }
    // Nothing typed was lost, and nothing was started.
    let field = window.run("return document.activeElement.value", vec![]).await?;
    ensure!(field.as_str().is_some_and(|text| text.ends_with("a file.txt")), "The field lost what was typed: {field}");
    ensure!(instance_process(&desk).is_none(), "Something was started");
    window.close().await
}

/// Starts an instance by the New instance page and waits until it is idle.
async fn start_instance(window: &Window, directory: &Path) -> Result<()> {
    window.click("button", "New instance").await?;
    window.type_into("textbox", "Directory", &directory.display().to_string()).await?;
    window.sees("Ready to start in").await?;
    window.click("button", "Start").await?;
    window.sees("No sessions yet").await
}

/// Waits until the agent rests, types a prompt and sends it. A newline in it is typed as Shift+Enter.
async fn say(window: &Window, prompt: &str) -> Result<()> {
    window.sees_no("Working").await?;
    let field = window.find("textbox", "Prompt").await?;
    for (index, line) in prompt.lines().enumerate() {
        if index > 0 {
            field.send_keys("\u{E008}\u{E007}\u{E008}").await?;
        }
        field.send_keys(line).await?;
    }
    field.send_keys(ENTER).await?;
    Ok(())
}

/// Presses a button of the request that is shown, and sees it go.
async fn answer(window: &Window, button: &str, question: &str) -> Result<()> {
    window.click("button", button).await?;
    window.sees_no(question).await.with_context(|| format!("`{button}` did not answer `{question}`"))
}

/// Looks at an older turn, then at the whole work tree, then at that side by side.
async fn review(window: &Window) -> Result<()> {
    const DOCK: &str = "aside[aria-label=Dock]";
    window.sees_no("Working").await?;
    window.click("button", "1 file changed").await?;
    window.sees_in(DOCK, "one old line").await?;
    window.click("label", "Work tree").await?;
    window.sees_in(DOCK, "a third").await?;
    window.sees_in(DOCK, "one old line").await?;
    window.click("button", "Side by side").await?;
    let split = async || window.run("return document.querySelector('aside .diff-split') !== null", vec![]).await.ok();
    within(DEADLINE, async || split().await?.as_bool()?.then_some(())).await.context("The diff is not side by side")?;
    window.sees_in(DOCK, "a third").await?;
    window.click("button", "Side by side").await
}

/// Looks at the server's output: it ends where the window ends, shows its end, and goes to what is searched.
async fn read_output(window: &Window) -> Result<()> {
    const PLACE: &str = "const log = document.querySelector('[role=log]'); const below = log.scrollHeight - log.scrollTop - log.clientHeight;";
    window.click("tab", "Logs").await?;
    let holds = async |what: &str, condition: &str| {
        let script = format!("{PLACE} return {condition}");
        let is_so = async || window.run(&script, vec![]).await.ok()?.as_bool()?.then_some(());
        within(DEADLINE, is_so).await.with_context(|| format!("The output: {what}"))
    };
    holds("it is no taller than the window", "log.scrollHeight > log.clientHeight && log.clientHeight < innerHeight")
        .await?;
    holds("its end is in view", "below < 30").await?;
    // What the server writes first.
    window.type_into("textbox", "Search the output", "server listening").await?;
    holds("what is found is in view", "below > 30").await?;
    window.click("tab", "Sessions").await
}

/// The pid of the desk's `opencode serve`.
fn instance_pid(desk: &Desk) -> Result<u32> {
    Ok(instance_process(desk).context("No instance runs")?.0)
}

/// Ends the app as a crash would.
fn kill_app(desk: &Desk) -> Result<()> {
    let (pid, _) = processes_in(&desk.world)
        .into_iter()
        .find(|(_, command)| command.contains("opencode-portal") && !command.contains("WebKit"))
        .context("The app does not run")?;
    let status = std::process::Command::new("kill").args(["-s", "KILL", &pid.to_string()]).status()?;
    ensure!(status.success(), "The app could not be killed");
    Ok(())
}
