//! The second factor: a time-based code (RFC 6238) on top of password and device certificate, accepted once (A11.6).

use renkei_proto::frame::TotpSecret;
use renkei_proto::time::Time;
use totp_rs::{Algorithm, Builder, Totp};

/// Seconds of one step (RFC 6238, section 5.2).
pub const STEP: u64 = 30;

/// Digits of a code.
pub const DIGITS: u8 = 6;

/// Steps before and after the present one that are accepted: for a slow typist and a clock that is a little off.
const SKEW: u16 = 1;

/// A code accepted for a step that is further ahead than this, in seconds, was accepted by a clock that was wrong, and is not
/// waited for: a month, after which nobody has a code in mind that was read over a shoulder.
const FORGOTTEN: u64 = 30 * 86_400;

fn generator(secret: &TotpSecret) -> Totp {
    // 20 bytes are RFC 4226's recommended length, six digits its least: nothing here is non-compliant.
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_skew(SKEW)
        .with_step_duration(STEP)
        .with_secret(secret.0.to_vec())
        .build_noncompliant()
}

/// The step for which `code` is good at `time`, if it is newer than `last`, the step accepted before.
///
/// The caller stores the answer as the new `last` before it lets anybody in: so a code read over a shoulder is worthless.
pub fn check(secret: &TotpSecret, code: u32, time: Time, last: Option<u64>) -> Option<u64> {
    let text = format!("{code:06}");
    let step = generator(secret).check(&text, time.0)?;
    let forgotten = |last: u64| last.saturating_sub(step) > FORGOTTEN / STEP;
    last.is_none_or(|last| step > last || forgotten(last)).then_some(step)
}

/// The code at `time`: what the person's code generator shows.
pub fn code(secret: &TotpSecret, time: Time) -> u32 {
    generator(secret).generate(time.0).to_string().parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: TotpSecret = TotpSecret(*b"12345678901234567890");

    #[test]
    fn a11_6_codes_are_those_of_rfc_6238() {
        // Appendix B gives eight digits; ours are the last six.
        for (time, eight) in [(59, 94_287_082), (1_111_111_109, 7_081_804), (20_000_000_000, 65_353_130)] {
            assert_eq!(code(&SECRET, Time(time)), eight % 1_000_000);
        }
    }

    #[test]
    fn a11_6_a_code_is_accepted_once_and_only_near_its_time() {
        let now = Time(1_800_000_000);
        let shown = code(&SECRET, now);
        let step = check(&SECRET, shown, now, None).unwrap();
        assert_eq!(step, now.0 / STEP);
        assert_eq!(check(&SECRET, shown, now, Some(step)), None);
        assert_eq!(check(&SECRET, shown, now.plus(STEP), None), Some(step));
        assert_eq!(check(&SECRET, shown, now.plus(3 * STEP), None), None);
        assert_eq!(check(&SECRET, shown + 1, now, None), None);
    }

    #[test]
    fn a11_6_a_code_of_next_year_bars_none_of_today_and_a_day_that_comes_back_brings_none_back() {
        let now = Time(1_800_000_000);
        let (shown, step) = (code(&SECRET, now), now.0 / STEP);
        let accepted = |later: u64| Some((now.0 + later) / STEP);
        assert_eq!(check(&SECRET, shown, now, accepted(365 * 86_400)), Some(step));
        for later in [STEP, 86_400, FORGOTTEN] {
            assert_eq!(check(&SECRET, shown, now, accepted(later)), None, "{later}");
        }
    }
}
