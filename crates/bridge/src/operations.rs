//! The list of our operations: the only place that names them.
//!
//! `operations!` makes of it the list `OPERATIONS`, the dispatch, and the TypeScript.
//! Both hosts take any name and ask `dispatch`, so an operation that is declared here is reachable everywhere.

use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::bridge::{Core, required};
use crate::convert::{internal, invalid};
use crate::handlers::{self, forward::is_read};
use crate::once::Once;
use crate::{Call, Failure};

/// What a call may do, told from its declaration alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// No effect; may be repeated freely.
    Query,
    /// Changes something; carries a request id and is carried out once for that id.
    Mutation,
    /// Fire and forget, about the calling window alone.
    Trigger,
    /// Passed through to an instance's server; the reply is a line of JSON and bytes.
    Forward,
}

impl Kind {
    /// The word that TypeScript and the documentation use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Mutation => "mutation",
            Self::Trigger => "trigger",
            Self::Forward => "forward",
        }
    }
}

/// One declared operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its name, on every host.
    pub name: &'static str,
    /// What it may do.
    pub kind: Kind,
}

/// The operation of that name.
pub fn operation(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.name == name)
}

/// Makes everything that must agree about the operations of one list.
macro_rules! operations {
    ($($(#[doc = $doc:literal])+ $kind:ident $name:ident($request:ident) -> $reply:ident;)+) => {
        /// Every operation, in the order of declaration.
        pub const OPERATIONS: &[Operation] = &[
            $(Operation { name: stringify!($name), kind: operations!(@kind $kind) },)+
        ];

        /// Carries out an operation: decodes, asks its handler, encodes. Whatever changes something goes through `once`.
        pub(crate) async fn dispatch(
            core: &Arc<Core>,
            once: &Once,
            operation: &Operation,
            call: Call,
        ) -> Result<Bytes, Failure> {
            match operation.name {
                $(stringify!($name) => operations!(@run $kind $name $request core once call),)+
                name => unreachable!("`{name}` is not declared"),
            }
        }

        /// Tells the TypeScript generator of every operation.
        pub(crate) fn describe(writer: &mut crate::typescript::Writer) {
            $(writer.operation::<crate::messages::$request, operations!(@reply $kind $reply)>(
                stringify!($name), operations!(@kind $kind), &[$($doc),+],
            );)+
        }
    };
    (@kind query) => { Kind::Query };
    (@kind mutation) => { Kind::Mutation };
    (@kind trigger) => { Kind::Trigger };
    (@kind forward) => { Kind::Forward };
    (@run query $name:ident $request:ident $core:ident $once:ident $call:ident) => {{
        let request: crate::messages::$request = decode(stringify!($name), &$call.payload)?;
        encode(&handlers::query::$name($core, request).await?)
    }};
    (@run trigger $name:ident $request:ident $core:ident $once:ident $call:ident) => {{
        let request: crate::messages::$request = decode(stringify!($name), &$call.payload)?;
        encode(&handlers::trigger::$name($core, &$call.window, request).await?)
    }};
    (@run mutation $name:ident $request:ident $core:ident $once:ident $call:ident) => {{
        let request: crate::messages::$request = decode(stringify!($name), &$call.payload)?;
        let id = required($call.request_id.as_deref(), stringify!($name))?;
        let core = Arc::clone($core);
        let work = async move { encode(&handlers::mutation::$name(&core, request).await?) };
        $once.run(&id, ($call.name, $call.payload.to_string()), work).await
    }};
    (@run forward $name:ident $request:ident $core:ident $once:ident $call:ident) => {{
        let request: crate::messages::$request = decode(stringify!($name), &$call.payload)?;
        if is_read(&request) {
            return handlers::forward::$name($core, request).await;
        }
        let id = required($call.request_id.as_deref(), stringify!($name))?;
        let core = Arc::clone($core);
        let work = async move { handlers::forward::$name(&core, request).await };
        $once.run(&id, ($call.name, $call.payload.to_string()), work).await
    }};
    (@reply forward $reply:ident) => { crate::typescript::Framed<crate::messages::$reply> };
    (@reply $kind:ident $reply:ident) => { crate::messages::$reply };
}

operations! {
    /// Everything that a window shows at first.
    query fleet(Nothing) -> FleetView;
    /// The end of an instance's output.
    query instance_log(InstanceLog) -> LogText;
    /// Whether an instance could be started in a directory; fails with the reason if not.
    query check_directory(CheckDirectory) -> DirectoryView;
    /// What answers at an address, asked without a password.
    query check_address(CheckAddress) -> AddressView;
    /// The address of an instance that was added by it.
    query added_address(InstanceRef) -> AddedAddressView;
    /// The container engines of this machine, and what each offers.
    query docker_engines(Nothing) -> EnginesView;
    /// The hosts that `ssh` knows by name.
    query ssh_hosts(Nothing) -> SshHostsView;
    /// The directories below one of another machine.
    query list_ssh_directory(ListSshDirectory) -> SshDirectoryView;
    /// What happened to an instance, newest first.
    query instance_history(InstanceRef) -> HistoryView;
    /// What the process tree of an instance uses and has used.
    query instance_resources(InstanceRef) -> ResourcesView;
    /// A page of an instance's output.
    query read_log(ReadLog) -> LogPageView;
    /// Where a text is in an instance's output.
    query search_log(SearchLog) -> LogMatches;
    /// Writes an instance's whole output into a file in the person's download folder.
    mutation save_log(InstanceRef) -> SavedFile;
    /// Starts an instance, or gives the one that runs there already.
    mutation start_instance(StartInstance) -> InstanceRef;
    /// Stops an instance and every process that it started.
    mutation stop_instance(InstanceRef) -> Nothing;
    /// Stops an instance and starts it again.
    mutation restart_instance(InstanceRef) -> Nothing;
    /// Starts an instance in a container that does not run, with its image got again: pulled, or built anew if it is ours.
    mutation get_image_again(InstanceRef) -> Nothing;
    /// Takes an instance that does not run off the list.
    mutation remove_instance(RemoveInstance) -> Nothing;
    /// Gives an instance another name.
    mutation rename_instance(RenameInstance) -> Nothing;
    /// Changes how an instance is run and shown.
    mutation set_profile(SetProfile) -> Nothing;
    /// Stops an idle instance and shows it asleep; its sessions can still be read.
    mutation sleep_instance(InstanceRef) -> Nothing;
    /// Wakes an instance that is asleep; returns when it answers.
    mutation wake_instance(InstanceRef) -> Nothing;
    /// Starts every instance of ours that does not run, a few at a time.
    mutation start_all(FleetScope) -> Nothing;
    /// Stops every instance of ours that runs.
    mutation stop_all(FleetScope) -> Nothing;
    /// Starts every instance of ours that has crashed, a few at a time.
    mutation restart_failed(FleetScope) -> Nothing;
    /// Continues sessions that ran when their server ended.
    mutation continue_sessions(ContinueSessions) -> Nothing;
    /// Forgets which sessions ran when the server ended.
    mutation dismiss_interrupted(InstanceRef) -> Nothing;
    /// Ends the process of an instance that somebody else started.
    mutation stop_external(StopExternal) -> Nothing;
    /// Gives the password of a locked instance.
    mutation unlock_instance(UnlockInstance) -> Nothing;
    /// Adds the address of a server.
    mutation add_address(AddAddress) -> InstanceRef;
    /// Changes the address of an instance that was added by it, or how its server lets us in.
    mutation change_address(ChangeAddress) -> InstanceRef;
    /// Trusts another certificate at the address of an instance.
    mutation trust_certificate(TrustCertificate) -> Nothing;
    /// Ends one process below an instance's server.
    mutation end_child(EndChild) -> Nothing;
    /// Looks up the newest version of opencode; the result is pushed.
    mutation look_for_versions(Nothing) -> Nothing;
    /// Installs a version of opencode, checks it, and restarts idle instances with it, one at a time; progress is pushed.
    mutation update_opencode(UpdateOpencode) -> Nothing;
    /// Answers a permission request.
    mutation answer_permission(AnswerPermission) -> Nothing;
    /// Answers a question.
    mutation answer_question(AnswerQuestion) -> Nothing;
    /// Dismisses a question.
    mutation reject_question(RejectQuestion) -> Nothing;
    /// Answers what `ssh` asks while it connects.
    mutation answer_prompt(AnswerPrompt) -> Nothing;
    /// Connects to the machine of an instance at once, and asks what that takes.
    mutation connect_instance(InstanceRef) -> Nothing;
    /// Changes the settings that are given.
    mutation update_settings(UpdateSettings) -> SettingsView;
    /// Installs opencode into our own data folder; progress is pushed.
    mutation install_opencode(Nothing) -> Nothing;
    /// Looks for opencode again; the result is pushed.
    mutation look_for_opencode(Nothing) -> Nothing;
    /// Starts the tour's instance, with the built-in scripted model, or gives the one that runs.
    mutation start_tour(Nothing) -> InstanceRef;
    /// Opens something in the person's own programs.
    mutation open(OpenTarget) -> Nothing;
    /// Opens the person's terminal with a shell in an instance's container, or on the machine that it runs on.
    mutation open_shell(InstanceRef) -> Nothing;
    /// Lets the person choose a directory in a native dialog.
    mutation pick_directory(Nothing) -> PickedDirectory;
    /// Quits the app.
    mutation quit(Quit) -> Nothing;
    /// Says what this window shows in full, in place of what it said before.
    trigger watch(Watch) -> Nothing;
    /// Asks for a snapshot in this window's pushes.
    trigger resync(Nothing) -> Nothing;
    /// Any operation of an instance's own server.
    forward forward(Forward) -> ForwardHead;
}

fn decode<T: DeserializeOwned>(name: &str, payload: &Value) -> Result<T, Failure> {
    // An operation that takes nothing may be sent nothing.
    let payload = if payload.is_null() { &serde_json::json!({}) } else { payload };
    T::deserialize(payload).map_err(|error| invalid(format!("The request of `{name}` makes no sense: {error}")))
}

fn encode<T: Serialize>(reply: &T) -> Result<Bytes, Failure> {
    let reply = serde_json::to_vec(reply).map_err(|error| internal("The reply could not be written", &error))?;
    Ok(reply.into())
}
