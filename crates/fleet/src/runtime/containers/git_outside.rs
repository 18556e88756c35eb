//! A project whose git folder is outside of it: a worktree, a submodule. Inside a container it is then not there.
//!
//! It is said and not mounted: that folder belongs to the whole repository, and what is written into it (hooks, configuration) is run
//! by whoever uses git there.

use std::path::{Component, Path, PathBuf};

use super::super::context::Context;
use crate::event::{Event, RunId};
use crate::notice::AboutInstance;
use crate::{DockerPlace, Notice, NoticeLevel};

/// Says that git will not work inside, or that what was said before is over.
pub(super) async fn tell(context: &Context, at: &RunId, directory: &Path, place: &DockerPlace) {
    let id = AboutInstance::GitOutside.of(&at.instance);
    let (directory, place, home) = (directory.to_path_buf(), place.clone(), context.folders.home.clone());
    // The project may be on a sleeping share.
    let looked = tokio::task::spawn_blocking(move || {
        let folder = git_folder_outside(&directory)?;
        let is_given = place.mounts.iter().any(|mount| folder.starts_with(at_home(&mount.path, &home)));
        (!is_given).then_some((directory, folder))
    });
    let Ok(Some((directory, folder))) = looked.await else { return context.report(Event::NoticeOver(id)) };
    let (project, folder) = (directory.display(), folder.display());
    context.report(Event::NoticeRaised(Notice {
        id,
        level: NoticeLevel::Warning,
        message: format!(
            "The git folder of `{project}` is `{folder}`, which is not in its container: git does not work there"
        ),
        hint: Some(format!(
            "Give it `{folder}` as one more folder in its profile; read-only it can look into the history and not commit"
        )),
    }));
}

fn at_home(path: &Path, home: &Path) -> PathBuf {
    path.strip_prefix("~").map_or_else(|_| path.to_path_buf(), |rest| home.join(rest))
}

/// The repository's git folder, when a file in the project says that it is elsewhere.
fn git_folder_outside(project: &Path) -> Option<PathBuf> {
    let text = std::fs::read_to_string(project.join(".git")).ok()?;
    let own = tidy(&project.join(text.strip_prefix("gitdir:")?.trim()));
    // A worktree's own folder is in the one of the repository, which it needs as a whole.
    let common = std::fs::read_to_string(own.join("commondir")).ok();
    let folder = common.map_or_else(|| own.clone(), |common| tidy(&own.join(common.trim())));
    (!folder.starts_with(project)).then_some(folder)
}

/// The path without `..`: git writes paths as from its own folder.
fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(tidy.pop()),
            part => tidy.push(part),
        }
    }
    tidy
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::git_folder_outside;

    #[test]
    fn a_worktree_and_a_submodule_name_what_is_outside_and_a_clone_nothing() {
        let root = testkit::World::new();
        let root = root.root();
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let main = root.join("main/.git");
        write("main/.git/worktrees/side/commondir", "../..\n");
        write("side/.git", &format!("gitdir: {}/worktrees/side\n", main.display()));
        assert_eq!(git_folder_outside(&root.join("side")), Some(main.clone()));
        write("main/.git/modules/lib/HEAD", "ref: refs/heads/main\n");
        write("main/lib/.git", "gitdir: ../.git/modules/lib\n");
        assert_eq!(git_folder_outside(&root.join("main/lib")), Some(main.join("modules/lib")));
        assert_eq!(git_folder_outside(&root.join("main")), None, "the submodule's is inside");
        write("own/.git", "gitdir: .bare\n");
        assert_eq!(git_folder_outside(&root.join("own")), None);
        write("odd/.git", "nonsense");
        assert_eq!(git_folder_outside(&root.join("odd")), None);
        assert_eq!(git_folder_outside(&root.join("none")), None);
    }
}
