//! What a window is told of each error, by tables: its code, and the words that say what to do, in the message or in the hint.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use fleet::{
    ApiError, Certificate, CertificateProblem, Fingerprint, FleetError, LaunchError, RemoteDirectoryError,
    RemoteFailure, SshError, UntrustedCertificate,
};
use launch::docker::EngineProblem;

use crate::Code::{Invalid, NotFound, OpencodeMissing, Precondition, Unavailable};
use crate::{Code, Failure};

#[track_caller]
fn check(error: impl Into<FleetError>, code: Code, remedy: &str) {
    let failure = Failure::from(error.into());
    let words = format!("{}; {}", failure.message, failure.hint.as_deref().unwrap_or_default());
    assert!(words.contains(remedy), "`{words}` does not say `{remedy}`");
    assert_eq!(failure.code, code, "{words}");
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn system() -> io::Error {
    io::Error::other("x")
}

#[test]
fn an_engine_that_cannot_be_used_says_what_to_do() {
    let address = || text("unix:///run/docker.sock");
    let source = || Box::<dyn std::error::Error + Send + Sync>::from("connection refused");
    for (error, code, remedy) in [
        (LaunchError::NoEngine, Unavailable, fleet::INSTALL_AN_ENGINE),
        (
            LaunchError::EngineUnreachable { address: address(), source: source() },
            Unavailable,
            "Start the container engine",
        ),
        (LaunchError::EngineTimeout { address: address(), seconds: 5 }, Unavailable, "or restart it"),
        (LaunchError::EnginePermission { address: address() }, Unavailable, "usermod -aG docker"),
        (LaunchError::EngineTls { address: address(), reason: text("x") }, Unavailable, "DOCKER_CERT_PATH"),
        (LaunchError::EngineElsewhere { address: address(), machine: text("x") }, Invalid, "over SSH"),
        (LaunchError::EngineTooOld { address: address(), api: text("1.39") }, Unavailable, "Update it"),
        (LaunchError::EngineUnknown { name: text("x"), known: text("colima") }, Invalid, "Choose one of them"),
        (LaunchError::EngineDiskFull { address: address() }, Unavailable, "docker system prune"),
        (LaunchError::EngineRefused { status: 500, message: text("x") }, Unavailable, "try again"),
        (LaunchError::EngineAnswer { source: source() }, Unavailable, "choose another engine"),
        (LaunchError::EngineAddress { address: text("npipe://x") }, Invalid, "only unix:// and tcp:// are"),
        (
            LaunchError::EngineUnusable {
                name: text("far"),
                source: Box::new(EngineProblem::NoSuchContext { name: text("far") }),
            },
            Unavailable,
            "docker context ls",
        ),
    ] {
        check(error, code, remedy);
    }
}

#[test]
fn a_container_or_an_image_that_does_not_work_says_what_to_do() {
    for (error, code, remedy) in [
        (LaunchError::ContainerNameTaken { name: text("x") }, Precondition, "remove or rename it"),
        (LaunchError::ContainerPortTaken { port: Some(1), message: text("x") }, Precondition, "choose another one"),
        (LaunchError::ContainerPaused { container: text("x") }, Precondition, "unpause it"),
        (LaunchError::ContainerGone { container: text("x") }, NotFound, "makes it anew"),
        (LaunchError::ImageMissing { image: text("x") }, NotFound, "A start of the instance gets it"),
        (LaunchError::NetworkMissing { network: text("x") }, Invalid, "docker network ls"),
        (LaunchError::DirectoryNotShared { message: text("x") }, Invalid, "File sharing"),
        (LaunchError::VolumeInUse { volume: text("x") }, Precondition, "remove that first"),
        (LaunchError::ContainerRuns { container: text("x") }, Precondition, "stop it first"),
        (LaunchError::ImageAccounts { image: text("x"), limit: 1 }, Invalid, "choose another image"),
        (LaunchError::NetworkNotForUs { network: text("x"), reason: "y" }, Precondition, "Choose another one"),
        (LaunchError::NetworkNotOurs { network: text("x"), reason: "x" }, Precondition, "docker network rm x"),
        (LaunchError::NetworkOffImpossible { address: text("x"), reason: "x" }, Invalid, "let its network be on"),
    ] {
        check(error, code, remedy);
    }
}

#[test]
fn a_process_that_cannot_be_run_or_ended_says_what_to_do() {
    let path = || PathBuf::from("/x");
    for (error, code, remedy) in [
        (LaunchError::ProgramMissing { program: path() }, OpencodeMissing, "Install opencode"),
        (LaunchError::CannotRun { program: path(), source: system() }, OpencodeMissing, "choose its binary"),
        (LaunchError::DirectoryGone { directory: path(), source: system() }, Invalid, "Choose another directory"),
        (LaunchError::Log { path: path(), source: system() }, Unavailable, "Make room"),
        (LaunchError::NoFreePort { from: 1 }, Unavailable, "End a program that listens"),
        (LaunchError::Signal { pid: 1, source: system() }, Unavailable, "another user's"),
        (LaunchError::WouldNotEnd { pid: 1 }, Unavailable, "restarted"),
        (LaunchError::NotInTree { pid: 1, root: 2 }, Precondition, "look at what runs now"),
        (LaunchError::NotThatProcess { pid: 1 }, Precondition, "look at what runs now"),
        (LaunchError::NoNetwork, Unavailable, "Connect it"),
        (LaunchError::AnnouncementPort { port: 1, source: system() }, Unavailable, "End that program"),
        (LaunchError::Announcements { source: "x".into() }, Unavailable, "by hand"),
    ] {
        check(error, code, remedy);
    }
}

#[test]
fn a_machine_that_cannot_be_reached_says_what_to_do() {
    let host = || text("build");
    let message = || text("x");
    for (error, code, remedy) in [
        (SshError::NotInstalled, Unavailable, "install OpenSSH's client"),
        (SshError::CannotRun { message: message() }, Unavailable, "ssh -V"),
        (SshError::BadHost { host: host() }, Invalid, "~/.ssh/config, or user@host"),
        (SshError::BadConfiguration { message: message() }, Unavailable, "Correct ~/.ssh/config"),
        (SshError::UnknownHost { host: host() }, Unavailable, "check ~/.ssh/config and the network"),
        (SshError::Refused { host: host() }, Unavailable, "check its port"),
        (SshError::Unreachable { host: host(), message: message() }, Unavailable, "check the network and the VPN"),
        (SshError::TimedOut { host: host() }, Unavailable, "check that it is on"),
        (
            SshError::HostKeyChanged {
                host: host(),
                fingerprint: None,
                known_in: None,
                remedy: text("ssh-keygen -R build"),
            },
            Unavailable,
            "ssh-keygen -R build",
        ),
        (SshError::HostKeyUnknown { host: host() }, Unavailable, "run `ssh build` once in a terminal"),
        (SshError::WantsPassword { host: host() }, Unavailable, "ssh-add"),
        (SshError::NotAnswered { host: host(), asked: text("Password:") }, Unavailable, "to be asked again"),
        (
            SshError::KeyRefused { host: host(), methods: text("publickey") },
            Unavailable,
            "run `ssh build` in a terminal",
        ),
        (SshError::NoShell { host: host(), message: message() }, Unavailable, "who may run commands"),
        (SshError::LineLost { host: host(), message: message() }, Unavailable, "tried again by itself"),
        (SshError::TooSlow { host: host(), seconds: 1 }, Unavailable, "keeps that machine busy"),
        (SshError::CommandFailed { host: host(), code: 1, message: message() }, Unavailable, "Log in there"),
        (SshError::Answer { host: host(), message: message() }, Unavailable, "login files"),
        (SshError::NotForwarded { host: host(), message: message() }, Unavailable, "AllowTcpForwarding yes"),
        (SshError::Folder { folder: PathBuf::from("/x"), message: message() }, Unavailable, "Make room"),
        (SshError::NotOnThisSystem, Unavailable, "ssh -L"),
    ] {
        check(error.clone(), code, remedy);
        check(RemoteFailure::Ssh(error.clone()), code, remedy);
        check(RemoteDirectoryError::Ssh(error), code, remedy);
    }
    let path = || PathBuf::from("/x");
    for (error, remedy) in [
        (RemoteDirectoryError::Missing { host: host(), path: path() }, "create it there"),
        (RemoteDirectoryError::NotAFolder { host: host(), path: path() }, "choose the folder that it is in"),
        (RemoteDirectoryError::Unreadable { host: host(), path: path() }, "change its permissions"),
    ] {
        check(error, Invalid, remedy);
    }
    for (error, remedy) in [
        (RemoteFailure::Directory { host: host(), directory: path() }, "choose another one"),
        (RemoteFailure::Program { host: host(), program: path() }, "install opencode there"),
        (RemoteFailure::Log { host: host(), log: path() }, "make room there"),
        (RemoteFailure::WouldNotEnd { host: host(), pid: 1 }, "restarted"),
        (RemoteFailure::Ended { host: host(), program: path(), output: Vec::new() }, "in its log"),
        (RemoteFailure::GivenUp { host: host() }, "start it again"),
    ] {
        check(error, Unavailable, remedy);
    }
}

#[test]
fn a_certificate_that_is_not_trusted_says_what_to_do() {
    let fingerprint = Fingerprint::of(b"x");
    for (problem, remedy) in [
        (CertificateProblem::UnknownIssuer, "the file of the authority"),
        (CertificateProblem::Changed { trusted: fingerprint }, "whether it was renewed"),
        (CertificateProblem::Expired, "has to renew it"),
        (CertificateProblem::NotYetValid, "clock of this machine"),
        (CertificateProblem::WrongName { wanted: text("build") }, "Use the name that it is for"),
        (CertificateProblem::Other { reason: text("x") }, "Compare its fingerprint"),
    ] {
        let certificate = Certificate::read(b"no certificate");
        let untrusted = Box::new(UntrustedCertificate { certificate, problem });
        check(ApiError::Certificate { address: text("https://build"), untrusted }, Unavailable, remedy);
    }
    let problem = || text("x");
    for (error, code, remedy) in [
        (ApiError::Authorities { file: PathBuf::from("/x"), problem: problem() }, Invalid, "PEM"),
        (ApiError::Encryption { address: text("https://build"), problem: problem() }, Unavailable, "`http://`"),
        (ApiError::Moved { address: text("a"), to: text("https://b") }, Unavailable, "use that address"),
        (ApiError::Unreachable { address: text("a"), source: Arc::new(system()) }, Unavailable, "Try again"),
    ] {
        check(error, code, remedy);
    }
}

#[test]
fn the_causes_are_there_for_whoever_looks_closer() {
    let error = LaunchError::EngineUnreachable { address: text("a"), source: "connection refused".into() };
    let failure = Failure::from(FleetError::from(error));
    assert_eq!(failure.detail.as_deref(), Some("connection refused"));
    assert!(!failure.message.contains("refused"), "{}", failure.message);
}
