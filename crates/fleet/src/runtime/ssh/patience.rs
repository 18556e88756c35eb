//! How often another machine is tried, and a server of ours there looked at. Pure.

use std::time::Duration;

use launch::ssh::SshError;

use crate::InstanceState;

/// The first and the longest pause before connecting again.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));
/// The pause after a refusal that does not pass by itself: a host that is asked too often with a wrong key shuts us out.
const REFUSED: Duration = Duration::from_mins(3);
/// How often a server is looked at that is on screen, or of which something is expected. A look is one small script there.
pub(super) const LOOK: Duration = Duration::from_secs(2);
/// How often any other one.
const LOOK_SELDOM: Duration = Duration::from_secs(10);

/// How long to wait after so many failures: twice as long each time, and not as long as everybody else who lost the same network.
pub(super) fn pause(error: &SshError, failures: u32) -> Duration {
    let pause = if error.may_pass() {
        BACK_OFF.0.saturating_mul(1 << failures.saturating_sub(1).min(10)).min(BACK_OFF.1)
    } else {
        REFUSED
    };
    let mut byte = [0_u8];
    // Without randomness they come together, which is only less polite.
    let _even = getrandom::fill(&mut byte);
    pause.mul_f64(0.75 + f64::from(byte[0]) / 512.0)
}

/// How often a server is looked at. One that works tells by its stream when it ends.
pub(super) fn look_every(state: &InstanceState, is_on_screen: bool) -> Duration {
    if *state == InstanceState::Ready && !is_on_screen { LOOK_SELDOM } else { LOOK }
}

#[cfg(test)]
mod tests {
    use launch::ssh::SshError;

    use super::{BACK_OFF, LOOK, LOOK_SELDOM, REFUSED, look_every, pause};
    use crate::{InstanceState, Step, Timestamp};

    #[test]
    fn who_waits_for_nothing_looks_seldom() {
        let starting = InstanceState::Starting { step: Step::Connecting, since: Timestamp(1) };
        let degraded = InstanceState::Degraded { reason: "silent".to_owned() };
        for (state, is_on_screen, expected) in [
            (InstanceState::Ready, false, LOOK_SELDOM),
            (InstanceState::Ready, true, LOOK),
            (InstanceState::Stopping, false, LOOK),
            (InstanceState::Locked, false, LOOK),
            (starting, false, LOOK),
            (degraded, false, LOOK),
        ] {
            assert_eq!(look_every(&state, is_on_screen), expected, "{state:?}");
        }
    }

    #[test]
    fn pauses_grow_and_a_refusal_is_not_repeated_soon() {
        let passes = SshError::TimedOut { host: "a".to_owned() };
        let refused = SshError::WantsPassword { host: "a".to_owned() };
        let is_about = |pause: std::time::Duration, usual: std::time::Duration| {
            (usual.mul_f64(0.7)..usual.mul_f64(1.3)).contains(&pause)
        };
        assert!(is_about(pause(&passes, 1), BACK_OFF.0));
        assert!(is_about(pause(&passes, 3), BACK_OFF.0 * 4));
        assert!(is_about(pause(&passes, u32::MAX), BACK_OFF.1));
        assert!(is_about(pause(&refused, 1), REFUSED));
    }
}
