//! The image that tests make containers from: the pinned opencode and programs of this machine. No registry is needed.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{DockerEngine, opencode_binary};

/// Names what an image of ours was made from.
const LABEL: &str = "org.opencode-portal.test-image";
/// What an agent and the tests run. What this machine does not have is left out.
const PROGRAMS: [&str; 30] = [
    "sh", "bash", "git", "ssh", "ssh-add", "rg", "cat", "chmod", "cp", "date", "dd", "echo", "env", "grep", "head",
    "id", "kill", "ls", "mkdir", "mv", "ps", "readlink", "rm", "sed", "sleep", "tail", "touch", "true", "uname", "wc",
];

/// An image with the pinned opencode, by its name: that of the Portal's own image, `opencode-portal:VERSION`.
///
/// It is made once for an engine and stays there: it is big, and every test needs it. One that is there already and
/// was not made by a test is taken as it is.
///
/// # Panics
/// If it cannot be made.
pub async fn opencode_image(engine: &DockerEngine) -> String {
    let opencode = opencode_binary();
    let name = format!("opencode-portal:{}", version_of(&opencode));
    let content = content_of(&opencode);
    let mark = content.mark.clone();

    // Tests are many processes; one of them makes it.
    let lock = std::env::temp_dir().join("portal-test-image.lock");
    let lock = File::options().create(true).truncate(false).write(true).open(lock).expect("a lock");
    let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock)).await;
    let _lock = lock.expect("a lock is waited for").expect("a lock");

    if is_there(engine, &name, &mark).await {
        return name;
    }
    let archive = tokio::task::spawn_blocking(move || content.archive()).await.expect("an archive");
    let (repository, tag) = name.split_once(':').expect("the name has a tag");
    let changes = [
        format!("LABEL {LABEL}={mark}"),
        "ENV PATH=/usr/local/bin:/usr/bin:/bin".to_owned(),
        r#"ENTRYPOINT ["opencode"]"#.to_owned(),
    ]
    .map(|change| in_query(&change))
    .join("&changes=");
    let path = format!("/images/create?fromSrc=-&repo={repository}&tag={tag}&changes={changes}");
    let (status, answer) = engine.ask("POST", &path, Some(archive.path())).await.expect("the engine answers");
    let answer = String::from_utf8_lossy(&answer);
    assert!(status == 200 && !answer.contains("errorDetail"), "the image cannot be made: {status}: {answer}");
    name
}

/// All the files of the image, as the bytes of a layer.
///
/// # Panics
/// If they cannot be read.
pub async fn opencode_layer() -> Vec<u8> {
    let layer = tokio::task::spawn_blocking(|| fs::read(content_of(&opencode_binary()).archive().path()));
    layer.await.expect("it is waited for").expect("an archive")
}

async fn is_there(engine: &DockerEngine, name: &str, mark: &str) -> bool {
    let (status, answer) = engine.ask("GET", &format!("/images/{name}/json"), None).await.expect("the engine answers");
    if status != 200 {
        return false;
    }
    let image: serde_json::Value = serde_json::from_slice(&answer).expect("an engine answers in JSON");
    image["Config"]["Labels"][LABEL].as_str().is_none_or(|other| other == mark)
}

/// The files of the image.
struct Content {
    opencode: PathBuf,
    files: Vec<PathBuf>,
    mark: String,
}

fn content_of(opencode: &Path) -> Content {
    let search = ["/bin", "/usr/bin", "/usr/local/bin"];
    let find = |name: &&str| search.iter().map(|folder| Path::new(folder).join(name)).find(|path| path.is_file());
    let mut files: BTreeSet<PathBuf> = PROGRAMS.iter().filter_map(find).collect();
    for program in files.clone().iter().map(PathBuf::as_path).chain([opencode]) {
        let libraries = Command::new("ldd").arg(program).output().expect("ldd");
        let libraries = String::from_utf8_lossy(&libraries.stdout).into_owned();
        files.extend(libraries.split_whitespace().filter(|word| word.starts_with('/')).map(PathBuf::from));
    }
    let of = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
    let mark = format!("2-{}-{}-{}", of(opencode), files.len(), files.iter().map(|file| of(file)).sum::<u64>());
    Content { opencode: opencode.to_owned(), files: files.into_iter().collect(), mark }
}

impl Content {
    fn archive(&self) -> tempfile::NamedTempFile {
        let small = tempfile::tempdir().expect("a folder");
        // Folders that an archive does not name are made so that nobody can enter them.
        let below_root = |path: &PathBuf| path.strip_prefix("/").expect("an absolute path").to_owned();
        let named = ["etc/x", "tmp/x", "root/x", "usr/local/bin/x"].map(PathBuf::from);
        for file in self.files.iter().map(below_root).chain(named) {
            fs::create_dir_all(small.path().join(file.parent().expect("a file is in a folder"))).expect("a folder");
        }
        fs::write(small.path().join("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n").expect("a file");
        fs::write(small.path().join("etc/group"), "root:x:0:\n").expect("a file");
        let archive = tempfile::NamedTempFile::new().expect("a file");
        let tar = |more: &mut dyn FnMut(&mut Command)| {
            let mut command = Command::new("tar");
            command
                .args(["--owner=0", "--group=0", "--dereference", "--hard-dereference", "--file"])
                .arg(archive.path());
            more(&mut command);
            let done = command.output().expect("tar");
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        };
        tar(&mut |tar| {
            tar.args(["--create", "--mode=a+rwX,+t", "--directory"]).arg(small.path()).arg("tmp");
        });
        tar(&mut |tar| {
            tar.args(["--append", "--mode=a+rX,go-w", "--exclude=./tmp", "--directory"]).arg(small.path()).arg(".");
            tar.args(["--directory", "/"]).args(self.files.iter().map(below_root));
        });
        tar(&mut |tar| {
            tar.args(["--append", "--mode=755", "--transform", "s,.*,usr/local/bin/opencode,", "--directory"]);
            tar.arg(self.opencode.parent().expect("a program is in a folder"));
            tar.arg(self.opencode.file_name().expect("a program has a name"));
        });
        archive
    }
}

/// `opencode --version`. It writes into the home folder, so it gets one of its own.
fn version_of(opencode: &Path) -> String {
    let home = tempfile::tempdir().expect("a folder");
    let said =
        Command::new(opencode).arg("--version").env_clear().env("HOME", home.path()).output().expect("opencode runs");
    String::from_utf8_lossy(&said.stdout).trim().to_owned()
}

fn in_query(text: &str) -> String {
    let letter = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'/' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(letter).collect()
}
