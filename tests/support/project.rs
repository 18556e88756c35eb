//! A project for the agent to work in, and the model that answers it.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, ensure};
use testkit::demo::{Model, opencode_config};

use super::desk::Desk;

/// Makes the desk's project a git repository with one commit, and the scripted model its opencode's only one.
/// Commands and edits need permission, as the tour's do.
pub async fn project_with_model(desk: &Desk) -> Result<Model> {
    desk.world.write("hello.txt", "one old line\nand another\n");
    commit_all(desk.world.project())?;
    let model = Model::serve(0).await?;
    let folder = desk.world.config().join("opencode");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("opencode.json"), serde_json::to_vec_pretty(&opencode_config(&model.base_url()))?)?;
    Ok(model)
}

fn commit_all(folder: &Path) -> Result<()> {
    let identity = ["-c", "user.name=Tester", "-c", "user.email=tester@localhost", "-c", "init.defaultBranch=main"];
    for arguments in [&["init", "--quiet"][..], &["add", "--all"], &["commit", "--quiet", "--message", "Begin"]] {
        let status = Command::new("git")
            .args(identity)
            .args(arguments)
            .current_dir(folder)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .stdin(Stdio::null())
            .status()?;
        ensure!(status.success(), "`git {}` failed in {}", arguments.join(" "), folder.display());
    }
    Ok(())
}
