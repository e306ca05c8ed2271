//! Facilities, people, devices and delegations in words.

use renkei_client_core::proto::act::{DelegationScope, OperatingSystem, Ownership};
use renkei_client_core::proto::posture::Posture;
use renkei_client_core::proto::sentence::{Language, sentence};

use super::{both, facility_name, moment, person};
use crate::labels;
use crate::reply::{
    Application, DelegationRow, DeputyRow, DeviceRow, DeviceState, FacilityRow, OfferRow, PostureRow, StaffRow, WipeRow,
};

/// The words that hold, joined; nothing if none does.
fn marks(all: &[(bool, &str)]) -> String {
    let marks: Vec<&str> = all.iter().filter(|(holds, _)| *holds).map(|(_, mark)| *mark).collect();
    if marks.is_empty() { String::new() } else { format!("  [{}]", marks.join(", ")) }
}

fn member(yes: bool, language: Language) -> &'static str {
    if yes { language.pick("会員", "member") } else { language.pick("非会員", "not a member") }
}

pub(super) fn application(one: &Application, language: Language) -> String {
    let admitted = match language {
        Language::Japanese => format!("承認 2人中{}人", one.admitted_by),
        Language::English => format!("admitted by {} of 2", one.admitted_by),
    };
    format!(
        "{}  {} ({}, {}, {admitted})\n    {}: {}\n{}",
        one.facility,
        one.name,
        labels::facility(one.facility_kind, language),
        member(one.association_member, language),
        language.pick("事業所管理者", "Facility manager"),
        person(&one.manager, language),
        both(&one.words),
    )
}

pub(super) fn facility(one: &FacilityRow, language: Language) -> String {
    let waiting = marks(&[
        (!one.admitted, language.pick("承認待ち", "waiting for admission")),
        (one.suspended, language.pick("利用停止中", "suspended")),
    ]);
    let counts = match language {
        Language::Japanese => format!("SNS管理者{}人・従事者{}人", one.administrators, one.staff),
        Language::English => format!("{} administrators, {} staff", one.administrators, one.staff),
    };
    let manager = one
        .manager
        .as_ref()
        .map(|who| format!("\n    {}: {}", language.pick("事業所管理者", "Facility manager"), person(who, language)));
    let telephone = one.telephone.as_ref().map(|number| format!("\n    ☎ {number}"));
    format!(
        "{}  {} ({}, {}, {counts}){waiting}{}{}",
        one.facility,
        one.name,
        labels::facility(one.facility_kind, language),
        member(one.association_member, language),
        telephone.unwrap_or_default(),
        manager.unwrap_or_default(),
    )
}

pub(super) fn staff(one: &StaffRow, language: Language) -> String {
    let kana = one.kana.as_ref().map(|kana| format!("  {kana}")).unwrap_or_default();
    let devices = match language {
        Language::Japanese => format!("端末{}台", one.devices),
        Language::English => format!("{} devices", one.devices),
    };
    let marks = marks(&[
        (one.facility_manager, language.pick("事業所管理者", "facility manager")),
        (one.administrator, language.pick("SNS管理者", "SNS administrator")),
        (one.group_manager, language.pick("グループ担当", "group manager")),
        (!one.pledge, language.pick("誓約書なし", "no pledge")),
        (one.suspended, language.pick("停止中", "suspended")),
        (!one.active && !one.suspended, language.pick("無効", "not in force")),
        (
            !one.active && !one.suspended && one.farewell.is_none(),
            language.pick("離職後の守秘: 未説明", "not told of the duty of secrecy"),
        ),
        (one.farewell.is_some(), language.pick("離職後の守秘: 記録済み", "duty of secrecy on record")),
    ]);
    let deputy = one.deputy.map(|one| deputy(one, language)).unwrap_or_default();
    format!("{}  {}{kana}  {devices}{marks}{deputy}", one.who.user, person(&one.who, language))
}

/// For how long the person is, or will be, a deputy.
fn deputy(one: DeputyRow, language: Language) -> String {
    let (from, until) = (moment(one.from), moment(one.until));
    match (one.now, language) {
        (true, Language::Japanese) => format!("  [SNS管理者の代理: {until} まで]"),
        (true, Language::English) => format!("  [deputy of the SNS administrators until {until}]"),
        (false, Language::Japanese) => format!("  [SNS管理者の代理（予定）: {from} から {until} まで]"),
        (false, Language::English) => format!("  [deputy of the SNS administrators from {from} until {until}]"),
    }
}

pub(super) fn system(system: OperatingSystem) -> &'static str {
    match system {
        OperatingSystem::Linux => "Linux",
        OperatingSystem::Windows => "Windows",
        OperatingSystem::MacOs => "macOS",
        OperatingSystem::Ios => "iOS",
        OperatingSystem::Android => "Android",
    }
}

pub(super) fn owned(ownership: Ownership, language: Language) -> &'static str {
    match ownership {
        Ownership::Facility => language.pick("事業所の端末", "the facility's"),
        Ownership::Own => language.pick("私物", "own"),
    }
}

pub(super) fn offer(one: &OfferRow, language: Language) -> String {
    let owner = one.owner.as_ref().map(|who| person(who, language));
    let owner = owner.or_else(|| one.facility.map(|facility| facility.to_string())).unwrap_or_default();
    format!(
        "{}  {owner}  {} {} ({})\n{}",
        one.device,
        labels::device(one.device_kind, language),
        system(one.system),
        owned(one.ownership, language),
        both(&one.words),
    )
}

pub(super) fn state(one: &DeviceRow, language: Language) -> &'static str {
    match one.state {
        DeviceState::Pending if one.approved_by.is_some() => {
            language.pick("もう一人の確認待ち", "waits for the second signature")
        }
        DeviceState::Pending => language.pick("SNS管理者の承認待ち", "waits for the administrator"),
        DeviceState::Approved => language.pick("承認済み", "approved"),
        DeviceState::Wiped => language.pick("消去済み", "wiped"),
        DeviceState::Ended => language.pick("IDの終了により消去", "wiped with its ended ID"),
        DeviceState::Suspended => language.pick("停止中", "suspended"),
        DeviceState::Lost => language.pick("紛失・停止中", "lost, suspended"),
        DeviceState::Retired => language.pick("使用終了", "retired"),
    }
}

pub(super) fn device(one: &DeviceRow, language: Language) -> String {
    let state = state(one, language);
    let confirmed = match (one.state, one.wipe_confirmed, language) {
        (DeviceState::Pending | DeviceState::Approved | DeviceState::Suspended | DeviceState::Lost, ..) => {
            String::new()
        }
        (_, Some(time), Language::Japanese) => format!("・端末が消去を確認 {}", moment(time)),
        (_, Some(time), Language::English) => format!(", the device confirmed its wipe {}", moment(time)),
        (_, None, _) => language.pick("・端末からの確認待ち", ", not yet confirmed by the device").to_owned(),
    };
    let words = one.words.as_ref().filter(|_| one.state == DeviceState::Pending);
    let words = words.map(|words| format!("\n{}", both(words))).unwrap_or_default();
    format!(
        "{}  {}  {} {} ({})  [{state}{confirmed}]{}{words}",
        one.device,
        person(&one.owner, language),
        labels::device(one.device_kind, language),
        system(one.system),
        owned(one.ownership, language),
        kept(one, language),
    )
}

/// How the device is kept, where anything is asked or declared and it is still there.
fn kept(one: &DeviceRow, language: Language) -> String {
    let gone = matches!(one.state, DeviceState::Wiped | DeviceState::Ended | DeviceState::Retired);
    let posture = one.posture.as_ref().filter(|_| !gone);
    posture.and_then(|posture| self::posture(posture, language)).map(|line| format!("\n    {line}")).unwrap_or_default()
}

/// The line on how a device is kept; none where nothing is asked and nothing declared.
pub(super) fn posture(one: &PostureRow, language: Language) -> Option<String> {
    if one.required == Posture::default() && one.declared.is_none() {
        return None;
    }
    let holds = one.declared.map(|declared| {
        let lines = declared.lines().into_iter().filter(|(_, holds)| *holds);
        let names: Vec<&str> = lines.map(|(name, _)| labels::posture(name, language)).collect();
        if names.is_empty() {
            language.pick("なし", "nothing").to_owned()
        } else {
            names.join(language.pick("、", ", "))
        }
    });
    let declared = match holds {
        Some(holds) => format!("{}: {holds}", language.pick("申告", "declared")),
        None => language.pick("未申告", "not declared").to_owned(),
    };
    let confirmed = match (one.confirmed_until, language) {
        (Some(until), Language::Japanese) => format!("、{until}まで確認済み"),
        (Some(until), Language::English) => format!("; confirmed until {until}"),
        (None, _) => language.pick("、未確認", "; not confirmed").to_owned(),
    };
    let warning = if one.overdue {
        language.pick(
            "  ★要対応: 申告（renkei device declare）とSNS管理者の確認が必要です",
            "  ! due: declare it (renkei device declare) and have your administrator confirm it",
        )
    } else if one.ends_soon {
        language.pick("  ★まもなく期限です。再確認を依頼してください", "  ! ends soon: ask for a new confirmation")
    } else {
        ""
    };
    Some(format!("{declared}{confirmed}{warning}"))
}

pub(super) fn wiping(devices: &[DeviceRow], language: Language) -> String {
    let head = match language {
        Language::Japanese => format!("次の{}台を消去します。元に戻せません。", devices.len()),
        Language::English => format!("These {} devices will be wiped, for good.", devices.len()),
    };
    let rows = devices.iter().map(|one| device(one, language));
    std::iter::once(head).chain(rows).collect::<Vec<String>>().join("\n")
}

pub(super) fn wiped(one: &WipeRow, language: Language) -> String {
    let what = match (one.refused, one.confirmed, language) {
        (Some(code), ..) => sentence(code, language).to_owned(),
        (None, Some(time), Language::Japanese) => format!("消去を指示・端末が確認 {}", moment(time)),
        (None, Some(time), Language::English) => format!("ordered; the device confirmed {}", moment(time)),
        (None, None, _) => {
            language.pick("消去を指示・端末からの確認待ち", "ordered; not yet confirmed by the device").to_owned()
        }
    };
    format!("{}  {}  [{what}]", one.device, person(&one.owner, language))
}

pub(super) fn delegation(one: &DelegationRow, language: Language) -> String {
    let scope = match one.scope {
        DelegationScope::Facility => language.pick("全グループ", "all groups").to_owned(),
        DelegationScope::Group(group) => one.group_label.clone().unwrap_or_else(|| group.to_string()),
    };
    let until = match language {
        Language::Japanese => format!("{}まで", moment(one.until)),
        Language::English => format!("until {}", moment(one.until)),
    };
    let marks = marks(&[
        (one.operators_read, language.pick("閲覧可", "operators may read")),
        (one.revoked, language.pick("取り消し済み", "revoked")),
    ]);
    format!("{}  {}  {scope}  {until}{marks}", one.delegation, facility_name(&one.by))
}
