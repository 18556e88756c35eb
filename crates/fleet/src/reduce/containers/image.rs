//! Starting an instance with its image got again: a name like `latest`, or what ours is made from, means something newer some day.
//!
//! Only what does not run: its container is made anew if the image turns out to be another one, and nothing that works is ended for that.

use crate::containers::GetImage;
use crate::event::CallId;
use crate::reduce::start::{begin, refusal};
use crate::reduce::turn::Turn;
use crate::{FleetError, InstanceId, Owner, Place};

/// Somebody wants an instance that does not run started, with its image got again.
pub(super) fn get_again(turn: &mut Turn, call: CallId, id: &InstanceId) {
    let checked = if turn.core.closing.is_some() { Err(FleetError::Closed) } else { check_again(turn, id) };
    if let Err(error) = checked {
        return turn.answer(call, Err(error));
    }
    turn.behind(id).get_image = GetImage::Again;
    begin(turn, id, Some(call));
}

/// Whether its image can be got again now.
pub(in crate::reduce) fn check_again(turn: &Turn, id: &InstanceId) -> Result<(), FleetError> {
    let instance = turn.known(id)?;
    if instance.owner != Owner::Portal || !matches!(instance.profile.place, Place::Docker(_)) {
        return Err(FleetError::NoImage { name: instance.name.clone() });
    }
    if instance.state.is_ended() { Ok(()) } else { Err(refusal(turn, id, "started with its image got again")) }
}
