//! Settings as they are typed and shown: `idle-mobile=300`, `passwords=long,changing`.

use renkei_client_core::proto::posture::Posture;
use renkei_client_core::proto::settings::{Crowded, PasswordKinds, Setting};

/// Every setting by name, and the values that it takes.
pub(crate) const NAMES: [(&str, &str); 12] = [
    ("passwords", "long,changing,second-factor"),
    ("idle-mobile", "SECONDS"),
    ("idle-computer", "SECONDS"),
    ("session-end", "SECONDS"),
    ("sessions", "NUMBER"),
    ("crowded", "end-oldest|refuse"),
    ("own-devices", "yes|no"),
    ("posture", "none|screen-lock,boot-password,no-file-sharing,antivirus,no-stored-passwords,managed,updated"),
    ("posture-every", "DAYS"),
    ("retention", "YEARS"),
    ("downloads", "yes|no"),
    ("backups", "DAYS|unsaid"),
];

/// What `rules set --help` says of them.
pub(crate) fn help() -> String {
    let all = NAMES.map(|(name, values)| format!("{name}={values}"));
    let all = all.join("  ");
    format!("What to set: {all} / 設定（名前=値）: {all}")
}

/// Reads `name=value`.
pub(crate) fn setting(text: &str) -> Result<Setting, String> {
    let (name, value) = text.split_once('=').ok_or("name=value")?;
    let number = || value.parse::<u32>().map_err(|_| format!("{name}: a number, not {value}"));
    let one_of = |words: &str| format!("{name}: one of {words}, not {value}");
    match name {
        "passwords" => kinds(value).map(Setting::Passwords).ok_or_else(|| one_of("long,changing,second-factor")),
        "idle-mobile" => number().map(Setting::IdleMobile),
        "idle-computer" => number().map(Setting::IdleComputer),
        "session-end" => number().map(Setting::SessionEnd),
        "sessions" => value.parse().map(Setting::Sessions).map_err(|_| format!("{name}: a number, not {value}")),
        "crowded" => match value {
            "end-oldest" => Ok(Setting::Crowded(Crowded::EndOldest)),
            "refuse" => Ok(Setting::Crowded(Crowded::Refuse)),
            _ => Err(one_of("end-oldest, refuse")),
        },
        "own-devices" => match value {
            "yes" => Ok(Setting::OwnDevices(true)),
            "no" => Ok(Setting::OwnDevices(false)),
            _ => Err(one_of("yes, no")),
        },
        "posture" => posture(value).map(Setting::PostureRequired).ok_or_else(|| {
            let lines = Posture::default().lines().map(|(line, _)| line);
            one_of(&format!("none or {}", lines.join(",")))
        }),
        "posture-every" => {
            value.parse().map(Setting::PostureEvery).map_err(|_| format!("{name}: a number of days, not {value}"))
        }
        "downloads" => match value {
            "yes" => Ok(Setting::Downloads(true)),
            "no" => Ok(Setting::Downloads(false)),
            _ => Err(one_of("yes, no")),
        },
        "backups" if value == "unsaid" => Ok(Setting::Backups(None)),
        "backups" => {
            let days = value.parse().map_err(|_| format!("{name}: a number of days, or unsaid, not {value}"));
            days.map(|days| Setting::Backups(Some(days)))
        }
        "retention" => value.parse().map(Setting::Retention).map_err(|_| format!("{name}: years, not {value}")),
        _ => Err(format!("no setting of the name {name}")),
    }
}

fn kinds(text: &str) -> Option<PasswordKinds> {
    let mut kinds = PasswordKinds { long: false, changing: false, second_factor: false };
    for word in text.split(',') {
        match word.trim() {
            "long" => kinds.long = true,
            "changing" => kinds.changing = true,
            "second-factor" => kinds.second_factor = true,
            _ => return None,
        }
    }
    Some(kinds)
}

fn posture(text: &str) -> Option<Posture> {
    if text == "none" {
        return Some(Posture::default());
    }
    let mut asked = Posture::default();
    for word in text.split(',') {
        match word.trim() {
            "screen-lock" => asked.screen_lock = true,
            "boot-password" => asked.boot_password = true,
            "no-file-sharing" => asked.no_file_sharing = true,
            "antivirus" => asked.antivirus = true,
            "no-stored-passwords" => asked.no_stored_passwords = true,
            "managed" => asked.managed = true,
            "updated" => asked.updated = true,
            _ => return None,
        }
    }
    Some(asked)
}

/// The same in writing.
pub(crate) fn written(setting: Setting) -> String {
    match setting {
        Setting::Passwords(kinds) => {
            let words = [(kinds.long, "long"), (kinds.changing, "changing"), (kinds.second_factor, "second-factor")];
            let accepted: Vec<&str> =
                words.into_iter().filter(|(accepted, _)| *accepted).map(|(_, word)| word).collect();
            format!("passwords={}", accepted.join(","))
        }
        Setting::IdleMobile(seconds) => format!("idle-mobile={seconds}"),
        Setting::IdleComputer(seconds) => format!("idle-computer={seconds}"),
        Setting::SessionEnd(seconds) => format!("session-end={seconds}"),
        Setting::Sessions(count) => format!("sessions={count}"),
        Setting::Crowded(Crowded::EndOldest) => "crowded=end-oldest".to_owned(),
        Setting::Crowded(Crowded::Refuse) => "crowded=refuse".to_owned(),
        Setting::OwnDevices(allowed) => format!("own-devices={}", if allowed { "yes" } else { "no" }),
        Setting::PostureRequired(asked) => {
            let lines: Vec<&str> =
                asked.lines().into_iter().filter(|(_, asked)| *asked).map(|(line, _)| line).collect();
            format!("posture={}", if lines.is_empty() { "none".to_owned() } else { lines.join(",") })
        }
        Setting::PostureEvery(days) => format!("posture-every={days}"),
        Setting::Retention(years) => format!("retention={years}"),
        Setting::Downloads(allowed) => format!("downloads={}", if allowed { "yes" } else { "no" }),
        Setting::Backups(None) => "backups=unsaid".to_owned(),
        Setting::Backups(Some(days)) => format!("backups={days}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a13_1_a_setting_is_read_as_it_is_written() {
        let all = [
            "passwords=long",
            "passwords=long,changing,second-factor",
            "idle-mobile=300",
            "idle-computer=600",
            "session-end=43200",
            "sessions=2",
            "crowded=end-oldest",
            "crowded=refuse",
            "own-devices=yes",
            "own-devices=no",
            "posture=none",
            "posture=screen-lock,boot-password,no-file-sharing,antivirus,no-stored-passwords,managed,updated",
            "posture-every=183",
            "retention=5",
            "downloads=yes",
            "downloads=no",
            "backups=35",
            "backups=unsaid",
        ];
        for text in all {
            assert_eq!(written(setting(text).unwrap()), text);
        }
        for (name, _) in NAMES {
            assert!(all.iter().any(|text| text.split_once('=').is_some_and(|(one, _)| one == name)), "{name}");
        }
        assert!(all.iter().all(|text| NAMES.iter().any(|(name, _)| text.starts_with(&format!("{name}=")))));
        for text in ["", "idle-mobile", "idle-mobile=", "idle-mobile=-1", "sessions=300", "passwords=", "colour=red"] {
            assert!(setting(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a13_1_the_help_names_every_setting() {
        let mut command = crate::help::command(renkei_client_core::proto::sentence::Language::Japanese);
        let rules = command.find_subcommand_mut("rules").unwrap();
        let help = rules.find_subcommand_mut("set").unwrap().render_long_help().to_string();
        for (name, _) in NAMES {
            assert!(help.contains(&format!("{name}=")), "{name}: {help}");
        }
    }
}
