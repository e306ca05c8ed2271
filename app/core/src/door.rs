//! Coming in: enrolment, the first sign-in, password and code, and unlocking (A11).

use data_encoding::BASE32_NOPAD;
use renkei_client_core::client::Client;
use renkei_client_core::enrol::{About, enrol};
use renkei_client_core::profile::{FirstSignIn, Profile};
use renkei_client_core::proto::act::{DeviceKind, OperatingSystem, Ownership};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::SecondFactor;
use renkei_client_core::proto::id::UserId;
use renkei_client_core::proto::ticket::Purpose;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zeroize::{Zeroize as _, Zeroizing};

use crate::Result;
use crate::link;
use crate::secret::Secret;
use crate::tablet::{Place, Tablet};

/// What this build runs on.
const SYSTEM: OperatingSystem = if cfg!(target_os = "macos") {
    OperatingSystem::MacOs
} else if cfg!(target_os = "windows") {
    OperatingSystem::Windows
} else if cfg!(target_os = "android") {
    OperatingSystem::Android
} else if cfg!(target_os = "ios") {
    OperatingSystem::Ios
} else {
    OperatingSystem::Linux
};

/// What the person says of the device at its enrolment.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ThisDevice {
    /// Phone, tablet or computer.
    #[ts(type = "\"phone\" | \"tablet\" | \"computer\"")]
    pub kind: DeviceKind,
    /// The person's own, not the facility's (A12.6).
    pub own: bool,
}

/// The second factor.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Second {
    /// Six digits of the code generator.
    Code(Secret),
    /// A recovery code.
    Recovery(Secret),
}

/// What came of an attempt to come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Entry {
    /// Signed in.
    In,
    /// A code is needed as well.
    Code,
    /// The first sign-in: this password is to be set, and a code generator.
    SetUp,
}

/// What a code generator is set up with, shown once.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Factor {
    /// In base 32, to be typed.
    pub secret: String,
    /// The rows of the QR picture: `1` is dark.
    pub rows: Vec<String>,
}

impl Drop for Factor {
    fn drop(&mut self) {
        self.secret.zeroize();
        self.rows.zeroize();
    }
}

impl core::fmt::Debug for Factor {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Factor(…)")
    }
}

pub(crate) async fn enrol_here(tablet: &Tablet, text: &str, name: &str, device: &ThisDevice) -> Result<Place> {
    let ticket = link::parse(text)?;
    if matches!(ticket.purpose, Purpose::Facility(_)) {
        return Err(Code::BadInput.into());
    }
    let (key, name) = tablet.fresh(name)?;
    let ownership = if device.own { Ownership::Own } else { Ownership::Facility };
    let about = About { kind: device.kind, system: SYSTEM, ownership };
    let enrolled = enrol(&ticket, about, None, &tablet.dir(&key)?).await?;
    tablet.keep(&key, name.as_str(), (&enrolled.words.kana, &enrolled.words.latin))?;
    tablet.people().into_iter().find(|place| place.key == key).ok_or_else(|| Code::ProfileFailed.into())
}

/// Comes in with a password, and with `second` where it is asked for; `new` replaces a password that has expired.
pub(crate) async fn enter(
    profile: &mut Profile,
    password: &Secret,
    second: Option<&Second>,
    new: Option<&Secret>,
) -> Result<core::result::Result<Client, Entry>> {
    if !profile.poll().await? {
        return Err(Code::DeviceNotApproved.into());
    }
    let password = password.password()?;
    let Some(second) = second else {
        return first_word(profile, password).await;
    };
    let second = match second {
        Second::Code(code) => SecondFactor::Code(code.totp()?),
        Second::Recovery(code) => SecondFactor::Recovery(code.recovery()?),
    };
    let new = new.map(Secret::password).transpose()?;
    Ok(Ok(profile.sign_in_with(&password, second, new).await?))
}

/// The password alone: it unlocks, or the server says what else it needs.
async fn first_word(
    profile: &Profile,
    password: renkei_client_core::proto::frame::Password,
) -> Result<core::result::Result<Client, Entry>> {
    if profile.counts().await.is_ok() {
        match profile.unlock(&password).await {
            // It came to its end, or the app was stopped while it was open: then all factors are needed.
            Err(fault) if matches!(fault.code, Code::SessionEnded | Code::SessionExpired | Code::PasswordChanged) => {}
            unlocked => return Ok(Ok(unlocked?)),
        }
    }
    match profile.sign_in(&password, None).await {
        Err(fault) if fault.code == Code::SecondFactorRequired => Ok(Err(Entry::Code)),
        Err(fault) if fault.code == Code::SetUpRequired => Ok(Err(Entry::SetUp)),
        Err(fault) => Err(fault.into()),
        Ok(_) => Err(Code::Malformed.into()),
    }
}

/// The usual address of a code generator's secret, as text and as a picture.
pub(crate) fn factor(user: UserId, first: &FirstSignIn) -> Result<Factor> {
    let secret = BASE32_NOPAD.encode(&first.factor().0);
    let uri = Zeroizing::new(format!("otpauth://totp/Renkei:{user}?secret={secret}&issuer=Renkei"));
    Ok(Factor { secret, rows: picture(&uri)? })
}

/// The rows of a text's QR picture: `1` is dark.
pub(crate) fn picture(text: &str) -> Result<Vec<String>> {
    let code = qrcodegen::QrCode::encode_text(text, qrcodegen::QrCodeEcc::Medium).map_err(|_| Code::TooLarge)?;
    let row = |y| (0..code.size()).map(|x| if code.get_module(x, y) { '1' } else { '0' }).collect();
    Ok((0..code.size()).map(row).collect())
}
