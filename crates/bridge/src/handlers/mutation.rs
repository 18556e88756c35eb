//! Operations that change something. `Once` has seen to it that each is carried out once.

use fleet::{Kind, RequestId, SettingsPatch, Start};

use crate::convert::{invalid, path_text, place, profile};
use crate::messages::{
    AnswerPermission, AnswerQuestion, InstanceRef, Nothing, OnQuit, OpenTarget, PickedDirectory, Quit, RejectQuestion,
    RemoveInstance, RenameInstance, SettingsView, StartInstance, UpdateSettings,
};
use crate::{Code, Core, Failure};

pub(crate) use super::found::{add_address, change_address, stop_external, trust_certificate, unlock_instance};
pub(crate) use super::resources::{end_child, save_log};
pub(crate) use super::roster::{look_for_versions, restart_failed, set_profile, start_all, stop_all, update_opencode};
pub(crate) use super::ssh::{answer_prompt, connect_instance};
pub(crate) use super::supervision::{continue_sessions, dismiss_interrupted, sleep_instance, wake_instance};

const DONE: Nothing = Nothing {};

pub(crate) async fn start_instance(core: &Core, request: StartInstance) -> Result<InstanceRef, Failure> {
    let StartInstance { directory, name, profile: view, another, image_again } = request;
    let place = view.as_ref().map(|view| place(view.place.clone()));
    let there = core.fleet.there(&directory, place.as_ref()).await?;
    if there.as_ref().is_some_and(|instance| instance.demo.is_some()) {
        // The tour needs its model and its own environment, however it is started.
        return start_tour(core, Nothing {}).await;
    }
    let known = there.map(|instance| instance.profile.clone()).unwrap_or_default();
    let profile = view.map(|view| profile(view, &known)).transpose()?;
    let another = another.unwrap_or_default();
    let start = Start { directory, name, environment: Vec::new(), demo: None, profile, another };
    let id = if image_again.unwrap_or_default() {
        core.fleet.start_with_image_again(start).await?
    } else {
        core.fleet.start(start).await?
    };
    Ok(InstanceRef { instance: id.to_string() })
}

pub(crate) async fn stop_instance(core: &Core, request: InstanceRef) -> Result<Nothing, Failure> {
    core.fleet.stop(&request.instance.into()).await?;
    Ok(DONE)
}

pub(crate) async fn restart_instance(core: &Core, request: InstanceRef) -> Result<Nothing, Failure> {
    let id = request.instance.into();
    if core.fleet.instance(&id)?.demo.is_some() {
        core.tour.restart(&core.fleet, &id).await?;
    } else {
        core.fleet.restart(&id).await?;
    }
    Ok(DONE)
}

pub(crate) async fn get_image_again(core: &Core, request: InstanceRef) -> Result<Nothing, Failure> {
    core.fleet.get_image_again(&request.instance.into()).await?;
    Ok(DONE)
}

pub(crate) async fn remove_instance(core: &Core, request: RemoveInstance) -> Result<Nothing, Failure> {
    let id = request.instance.into();
    if request.with_data.unwrap_or_default() {
        core.fleet.remove_with_data(&id).await?;
    } else {
        core.fleet.remove(&id).await?;
    }
    Ok(DONE)
}

pub(crate) async fn open_shell(core: &Core, request: InstanceRef) -> Result<Nothing, Failure> {
    let id = request.instance.into();
    let words = match core.fleet.instance(&id)?.kind {
        Kind::Docker { .. } => core.fleet.container_shell(&id).await?,
        Kind::Ssh { .. } => core.fleet.machine_shell(&id).await?,
        Kind::Process { .. } | Kind::Remote => None,
    };
    let Some(words) = words else { return Err(invalid("It runs in no container and on no other machine")) };
    let line = fleet::line_of(words.iter().map(String::as_str));
    core.host.open_command(words).await.map_err(|failure| match failure.code {
        // Where there is no terminal to open, the person has one.
        Code::NotHere => Failure { hint: Some(format!("Type in a terminal of yours: {line}")), ..failure },
        _ => failure,
    })?;
    Ok(DONE)
}

pub(crate) async fn rename_instance(core: &Core, request: RenameInstance) -> Result<Nothing, Failure> {
    core.fleet.rename(&request.instance.into(), request.name.trim()).await?;
    Ok(DONE)
}

pub(crate) async fn answer_permission(core: &Core, request: AnswerPermission) -> Result<Nothing, Failure> {
    let AnswerPermission { instance, request, reply, message } = request;
    core.fleet.reply_permission(&instance.into(), &RequestId::from(request), reply.into(), message).await?;
    Ok(DONE)
}

pub(crate) async fn answer_question(core: &Core, request: AnswerQuestion) -> Result<Nothing, Failure> {
    let AnswerQuestion { instance, request, answers } = request;
    core.fleet.reply_question(&instance.into(), &RequestId::from(request), answers).await?;
    Ok(DONE)
}

pub(crate) async fn reject_question(core: &Core, request: RejectQuestion) -> Result<Nothing, Failure> {
    core.fleet.reject_question(&request.instance.into(), &RequestId::from(request.request)).await?;
    Ok(DONE)
}

pub(crate) async fn update_settings(core: &Core, request: UpdateSettings) -> Result<SettingsView, Failure> {
    let settings = core.fleet.update_settings(request.into()).await?;
    Ok((&settings).into())
}

pub(crate) async fn install_opencode(core: &Core, _: Nothing) -> Result<Nothing, Failure> {
    core.fleet.install_opencode();
    Ok(DONE)
}

pub(crate) async fn look_for_opencode(core: &Core, _: Nothing) -> Result<Nothing, Failure> {
    core.fleet.look_for_opencode();
    Ok(DONE)
}

pub(crate) async fn start_tour(core: &Core, _: Nothing) -> Result<InstanceRef, Failure> {
    let id = core.tour.start(&core.fleet).await?;
    Ok(InstanceRef { instance: id.to_string() })
}

pub(crate) async fn open(core: &Core, target: OpenTarget) -> Result<Nothing, Failure> {
    core.host.open(target).await?;
    Ok(DONE)
}

pub(crate) async fn pick_directory(core: &Core, _: Nothing) -> Result<PickedDirectory, Failure> {
    let directory = core.host.pick_directory().await?;
    Ok(PickedDirectory { directory: directory.map(|path| path_text(&path)) })
}

pub(crate) async fn quit(core: &Core, quit: Quit) -> Result<Nothing, Failure> {
    // A host that cannot quit must not leave a setting behind.
    if quit.remember && quit.instances != OnQuit::Ask && core.host.view().quits {
        let patch = SettingsPatch { on_quit: Some(quit.instances.into()), ..SettingsPatch::default() };
        core.fleet.update_settings(patch).await?;
    }
    core.host.quit(quit).await?;
    Ok(DONE)
}
