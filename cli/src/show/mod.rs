//! Answers in words: Japanese or English.

mod about;
mod access;
mod announcements;
mod audit;
mod broadcast;
mod card;
mod care;
mod corrections;
mod desk;
mod duties;
mod ending;
mod files;
mod form_scans;
mod import;
mod leak;
mod office;
mod official;
mod overview;
mod proof;
mod scans;
mod sessions;
mod tables;
mod takeout;
mod urgent;
mod uses;
mod wipe_proof;

pub(crate) use access::flaw;
pub(crate) use audit::place;
pub(crate) use desk::report_table;
use jiff::tz::{Offset, TimeZone};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::sentence::{Language, sentence};
use renkei_client_core::proto::time::Time;
pub(crate) use tables::tables;

use crate::labels;
use crate::reply::{Actor, Reply, Status, Where, Who, Words};

/// The words for `reply`.
#[expect(clippy::too_many_lines, reason = "a table, one arm for each answer")]
pub(crate) fn text(reply: &Reply, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    match reply {
        Reply::Done => say("完了しました。", "Done.").to_owned(),
        Reply::Accepted { time, stale, .. } => {
            let recorded = format!("{} {}", say("記録しました。", "Recorded."), moment(*time));
            if *stale { format!("{recorded}\n{}", sentence(Code::HeadsStale, language)) } else { recorded }
        }
        Reply::Root { fingerprint } => {
            format!("{}: {fingerprint}", say("ルート鍵の指紋", "Fingerprint of the root key"))
        }
        Reply::Founded { fingerprint, server } => {
            format!("{} ({server})\n{fingerprint}", say("医師会を設立しました。", "The association is founded."))
        }
        Reply::Ticket { link, expires, facility, user } => {
            let mut lines = vec![link.clone()];
            lines.extend(facility.map(|facility| format!("  {}: {facility}", say("事業所", "Facility"))));
            lines.extend(user.map(|user| format!("  {}: {user}", say("従事者", "Person"))));
            lines.push(format!("  {}: {}", say("有効期限", "Good until"), moment(*expires)));
            let care = say(
                "この登録票は秘密です。本人だけに、他人に見られない方法で渡してください。",
                "This link is secret: give it to that one person, by a private way.",
            );
            lines.push(format!("  {care}"));
            lines.join("\n")
        }
        Reply::Appointed { user } => format!("{}: {user}", say("任命しました", "Appointed")),
        Reply::Enrolled { profile, device, words } => {
            let next = say(
                "承認する人と電話などで次の言葉を比べてください。承認されたら renkei sign-in でサインインできます。",
                "Compare these words with whoever approves, over the telephone. Once approved: renkei sign-in",
            );
            format!("{} {device} (--profile {profile})\n{next}\n{}", say("登録しました。", "Enrolled."), both(words))
        }
        Reply::Enrolment { device, approved: false, .. } => {
            format!("{device}: {}", say("承認を待っています。", "waiting for approval."))
        }
        Reply::Enrolment { device, admitted_by, .. } => {
            let by = admitted_by.filter(|by| *by < 2).map(|by| match language {
                Language::Japanese => format!("（事業所の承認: 2人中{by}人）"),
                Language::English => format!(" (facility admitted by {by} of 2)"),
            });
            let approved = say("端末は承認されています。", "approved.");
            format!("{device}: {approved}{}", by.unwrap_or_default())
        }
        Reply::Factor { secret, uri } => {
            let first = say(
                "認証アプリ（コード生成アプリ）に次の鍵を登録してください。二度と表示されません。",
                "Enter this key into your code generator. It is not shown again.",
            );
            format!("{first}\n  {secret}\n  {uri}")
        }
        Reply::SetUp => say(
            "初回の設定が済みました。次の確認コードで renkei sign-in を実行してください。",
            "The first sign-in is set up. Run renkei sign-in with the next code.",
        )
        .to_owned(),
        Reply::RecoveryCodes { codes } => sessions::recovery_codes(codes, language),
        Reply::Sessions { sessions } => list(sessions, language, |one| sessions::session(one, language)),
        Reply::Rules { association, facility, proposed } => sessions::rules(association, facility, proposed, language),
        Reply::Reset { user, waits: true } => match language {
            Language::Japanese => format!("{user}: もう一人の管理者の署名（同じ操作）を待っています。"),
            Language::English => format!("{user}: waits for a second administrator to do the same."),
        },
        Reply::Reset { user, waits: false } => match language {
            Language::Japanese => {
                format!("{user}: パスワードと認証アプリを初期化しました。次のサインインで設定し直します。")
            }
            Language::English => {
                format!("{user}: password and code generator are forgotten; the next sign-in sets new ones.")
            }
        },
        Reply::SignedIn { who, locks_in, owes, .. } => {
            let first = match language {
                Language::Japanese => {
                    format!("サインインしました: {}（{locks_in}秒操作がないとロック）", person(who, language))
                }
                Language::English => {
                    format!("Signed in: {} (locks after {locks_in} idle seconds)", person(who, language))
                }
            };
            let lifted = owes.lifted.map(|time| duties::lifted(time, language));
            [first].into_iter().chain(takeout::owes(owes, language)).chain(lifted).collect::<Vec<_>>().join("\n")
        }
        Reply::Status(status) => show_status(status, language),
        Reply::User { user } => format!("{}: {user}", say("従事者", "Person")),
        Reply::Delegation { delegation } => format!("{}: {delegation}", say("委託", "Delegation")),
        Reply::Group { group } => format!("{}: {group}", say("グループ", "Group")),
        Reply::Invitation { invitation } => format!("{}: {invitation}", say("招待", "Invitation")),
        Reply::Candidates { operators } => {
            list(operators, language, |one| format!("{}  {}\n{}", one.device, one.name, both(&one.words)))
        }
        Reply::Applications { applications } => list(applications, language, |one| office::application(one, language)),
        Reply::Facilities { facilities } => list(facilities, language, |one| office::facility(one, language)),
        Reply::Staff { people } => list(people, language, |one| office::staff(one, language)),
        Reply::Offers { offers } => list(offers, language, |one| office::offer(one, language)),
        Reply::Devices { devices } => list(devices, language, |one| office::device(one, language)),
        Reply::Delegations { delegations } => list(delegations, language, |one| office::delegation(one, language)),
        Reply::Endings { endings } => list(endings, language, |one| ending::row(one, language)),
        Reply::Groups { groups } => list(groups, language, |one| care::group(one, language)),
        Reply::GroupDetails(details) => care::details(details, language),
        Reply::Gone { devices } => list(devices, language, |one| care::gone(one, language)),
        Reply::Members { members } => list(members, language, |one| care::member(one, language)),
        Reply::Invitations { invitations } => list(invitations, language, |one| care::invitation(one, language)),
        Reply::Items { items } => list(items, language, |one| care::item(one, language)),
        Reply::Item { item } => care::item(item, language),
        Reply::WhoCouldRead { on, readers } => audit::who_could_read(*on, readers, language),
        Reply::Exported { file, registry, groups } => audit::exported(file, *registry, *groups, language),
        Reply::Checked(checked) => audit::checked(checked, language),
        Reply::ErasureProof { file, sha256, checked, proof } => {
            self::proof::erasure(file.as_deref(), *sha256, *checked, proof, language)
        }
        Reply::WipeProof { file, sha256, checked, proof } => {
            wipe_proof::text(file.as_deref(), *sha256, *checked, proof, language)
        }
        Reply::Heads { heads } => heads.clone(),
        Reply::Compared { comparison } => audit::compared(comparison, language),
        Reply::Distrusted { logs } => audit::distrusted(logs, language),
        Reply::ImportPlan(plan) => import::plan(plan, language),
        Reply::Imported(row) => import::imported(row, language),
        Reply::ImportDone { registered, passed_over } => import::done(*registered, *passed_over, language),
        Reply::FacilityTickets { file, tickets, findings } => import::tickets(file, *tickets, findings, language),
        Reply::Overview(overview) => overview::text(overview, language),
        Reply::Tables { files } => overview::written(files, language),
        Reply::FileViewed(file) => files::viewed(file, language),
        Reply::FileSaved { file } => format!("{} {file}", say("保存しました:", "Kept:")),
        Reply::Says { files, identifying } => files::says(files, identifying, language),
        Reply::Sendings { sendings } => list(sendings, language, |one| files::sending(one, language)),
        Reply::Trail { versions } => list(versions, language, |one| corrections::version(one, language)),
        Reply::Seen { seen, not_yet } => corrections::seen(seen, not_yet, language),
        Reply::AccessWritten { file, records, head } => access::written(file, *records, head, language),
        Reply::WhoRead { on, readers, scans } => access::who_read(*on, readers, scans, language),
        Reply::AccessCounts { rows } => access::counts(rows, language),
        Reply::Leak(leak) => leak::report(leak, language),
        Reply::AccessChecked(checked) => access::checked(checked, language),
        Reply::Wiping { devices } => office::wiping(devices, language),
        Reply::Wiped { devices } => list(devices, language, |one| office::wiped(one, language)),
        Reply::Texts { texts } => list(texts, language, |one| duties::row(one, language)),
        Reply::Text { text, version, wording, acknowledged, unread, .. } => {
            duties::text((*text, *version), wording, *acknowledged, *unread, language)
        }
        Reply::Points { review, due, wording } => duties::points(*review, *due, wording, language),
        Reply::Review { review } => format!("{}: {review}", say("定期確認", "Review")),
        Reply::Reviews { rounds } => list(rounds, language, |one| duties::review(one, language)),
        Reply::Officials { accounts } => list(accounts, language, |one| official::row(one, language)),
        Reply::BroadcastDraft { text, drill } => broadcast::draft(text, *drill, language),
        Reply::Broadcast { broadcast } => format!("{}: {broadcast}", say("緊急一斉連絡", "Broadcast")),
        Reply::Broadcasts { broadcasts } => list(broadcasts, language, |one| broadcast::row(one, language)),
        Reply::HowPeopleAre { people } => broadcast::people(people, language),
        Reply::Urgent { urgent } => list(urgent, language, |one| urgent::row(one, language)),
        Reply::Rings { urgent } => urgent::rings(urgent, language),
        Reply::QuietHours { hours } => urgent::quiet_hours(*hours, language),
        Reply::DutyOfSecrecy => duties::duty_of_secrecy(language).to_owned(),
        Reply::Printed { file, pages, sample } => {
            let marked = if *sample { say("（見本）", " (marked 見本)") } else { "" };
            match language {
                Language::Japanese => format!("{file}: {pages}ページ{marked}"),
                Language::English => format!("{file}: {pages} pages{marked}"),
            }
        }
        Reply::Card { card } => card::shown(card.as_deref(), language),
        Reply::Cards { revisions } => card::history(revisions, language),
        Reply::Scans { forms } => list(forms, language, |one| scans::row(one, language)),
        Reply::FormScans { forms } => list(forms, language, |one| form_scans::row(one, language)),
        Reply::Uses { uses } => list(uses, language, |one| uses::row(one, language)),
        Reply::Form(form) => uses::form(form, language),
        Reply::Inquiry { inquiry } => desk::opened(inquiry, language),
        Reply::Incident { incident } => desk::reported(incident, language),
        Reply::Incidents { incidents } => list(incidents, language, |one| desk::incident(one, language)),
        Reply::Inquiries { inquiries, counts } => desk::inquiries(inquiries, counts, language),
        Reply::Announcement { announcement } => format!("{}: {announcement}", say("お知らせ", "Announcement")),
        Reply::Announcements { announcements: all } => list(all, language, |one| announcements::row(one, language)),
        Reply::AnnouncementText { row, wording } => announcements::text(row, wording, language),
        Reply::Training { training } => format!("{}: {training}", say("研修", "Training")),
        Reply::Trainings { rounds } => list(rounds, language, |one| desk::training(one, language)),
        Reply::Material { training, until, wording } => desk::material(*training, *until, wording, language),
        Reply::ReportWritten { file } => desk::written(file, language),
        Reply::Report { at, since, facilities, .. } => desk::report(*at, *since, facilities, language),
        Reply::Takeout { takeout } => format!("{}: {takeout}", say("持ち出し", "Takeout")),
        Reply::Takeouts { takeouts, standing } => takeout::all(takeouts, standing, language),
        Reply::TakenOut { .. } => takeout::exported(reply, language),
        Reply::ChartText { text, .. } => text.trim_end().to_owned(),
        Reply::About(about) => about::text(about, language),
        Reply::TakeoutCounts { rows } => takeout::counts(rows, language),
    }
}

fn list<T>(rows: &[T], language: Language, row: impl Fn(&T) -> String) -> String {
    if rows.is_empty() {
        return language.pick("ありません。", "None.").to_owned();
    }
    rows.iter().map(row).collect::<Vec<_>>().join("\n")
}

/// A moment where the people are: in Japan, whatever this machine is set to.
fn moment(time: Time) -> String {
    let zone = TimeZone::get("Asia/Tokyo").unwrap_or_else(|_| TimeZone::fixed(Offset::constant(9)));
    let at = i64::try_from(time.0).ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    at.map_or_else(|| "?".to_owned(), |at| at.to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string())
}

fn both(words: &Words) -> String {
    format!("    {}\n    {}", words.kana, words.latin)
}

/// The mark of an official account stands before the name, in brackets that no name begins with (S8).
fn mark(of: &str, language: Language) -> String {
    match language {
        Language::Japanese => format!("【公式 {of}】"),
        Language::English => format!("[official: {of}] "),
    }
}

/// A name as somebody chose it. One that begins with a sign, as the mark does, stands in quotes, so that it is seen to be
/// a name: brackets, ticks and stars come in more shapes than a list of them would hold.
fn plain_name(name: &str) -> String {
    if name.trim_start().starts_with(char::is_alphanumeric) { name.to_owned() } else { format!("「{name}」") }
}

/// `見本 花子（看護師・見本訪問看護）`. One whose name is not for this viewer is shown by the identifier.
fn person(who: &Who, language: Language) -> String {
    let name = who.name.as_deref().map_or_else(|| who.user.to_string(), plain_name);
    let name = who.official.iter().map(|of| mark(of, language)).chain([name]).collect::<String>();
    let profession = who.profession.map(|profession| labels::profession(profession, language).to_owned());
    let about: Vec<String> = profession.into_iter().chain(who.facility_name.clone()).collect();
    match (about.is_empty(), language) {
        (true, _) => name,
        (false, Language::Japanese) => format!("{name}（{}）", about.join("・")),
        (false, Language::English) => format!("{name} ({})", about.join(", ")),
    }
}

fn facility_name(place: &Where) -> String {
    place.name.clone().unwrap_or_else(|| place.facility.to_string())
}

/// Who acted, and for whom where the Desk acted by delegation.
fn actor(actor: &Actor, language: Language) -> String {
    let who = person(&actor.who, language);
    match (&actor.acting_for, language) {
        (None, _) => who,
        (Some(place), Language::Japanese) => format!("{who}［{}の委託］", facility_name(place)),
        (Some(place), Language::English) => format!("{who} [for {}]", facility_name(place)),
    }
}

fn role(role: &str, language: Language) -> &str {
    match role {
        "operator" => language.pick("療養相談室の担当者", "operator of the Desk"),
        "facility-manager" => language.pick("事業所管理者", "facility manager"),
        "sns-administrator" => language.pick("SNS管理者", "SNS administrator"),
        "group-manager" => language.pick("グループ担当", "group manager"),
        "deputy" => language.pick("SNS管理者の代理", "deputy of the SNS administrators"),
        other => other,
    }
}

fn show_status(status: &Status, language: Language) -> String {
    let say = |japanese: &'static str, english: &'static str| language.pick(japanese, english);
    let mut lines = vec![
        format!("{}: {}", say("プロファイル", "Profile"), status.profile),
        format!("{}: {}", say("端末", "Device"), status.device),
        format!("{}: {}", say("サーバー", "Server"), status.server),
    ];
    let Some(who) = status.who.as_ref().filter(|_| status.signed_in) else {
        if let Some(locked) = status.locked {
            lines.push(match language {
                Language::Japanese => format!(
                    "ロック中（解除: renkei sign-in）。グループ{}件、書き込み{}件",
                    locked.groups, locked.messages
                ),
                Language::English => {
                    format!("Locked (unlock: renkei sign-in). {} groups, {} messages", locked.groups, locked.messages)
                }
            });
            if locked.urgent > 0 {
                lines.push(match language {
                    Language::Japanese => format!("【至急】{}件。ロックを解除して確認してください。", locked.urgent),
                    Language::English => format!("URGENT: {}. Unlock and look.", locked.urgent),
                });
            }
            return lines.join("\n");
        }
        lines.push(
            if status.approved {
                say("サインインしていません: renkei sign-in", "Not signed in: renkei sign-in")
            } else {
                say("承認を待っています: renkei enrol --status", "Not approved yet: renkei enrol --status")
            }
            .to_owned(),
        );
        return lines.join("\n");
    };
    lines.push(format!("{}: {}", say("従事者", "Person"), person(who, language)));
    if !status.roles.is_empty() {
        let roles: Vec<&str> = status.roles.iter().map(|name| role(name, language)).collect();
        lines.push(format!("{}: {}", say("役割", "Roles"), roles.join(say("、", ", "))));
    }
    lines.extend(status.association_name.as_ref().map(|name| format!("{}: {name}", say("医師会", "Association"))));
    let connection = if status.online { say("接続中", "connected") } else { say("オフライン", "offline") };
    lines.push(format!("{}: {connection}", say("接続", "Connection")));
    let posture = status.posture.as_ref().and_then(|posture| office::posture(posture, language));
    lines.extend(posture.map(|line| format!("{}: {line}", say("端末の状態", "How it is kept"))));
    if !status.heads_fresh {
        lines.push(
            say(
                "注意: サーバーの最新の状態を確認できません。メンバーの追加や承認はできません。",
                "Warning: the server's latest state can't be confirmed. Nobody can be let in.",
            )
            .to_owned(),
        );
    }
    if status.keys_replaced {
        lines.push(sentence(Code::KeysReplaced, language).to_owned());
    }
    lines.push(format!("{}: {}", say("グループ", "Groups"), status.groups));
    lines.extend(duties::owes(&status.owes, language));
    lines.extend(takeout::owes(&status.owes, language));
    lines.join("\n")
}

/// Why something can't be read, in one line.
fn reason(code: renkei_client_core::proto::code::Code, language: Language) -> String {
    format!("[{}]", sentence(code, language))
}

#[cfg(test)]
mod tests {
    use renkei_client_core::proto::act::Profession;
    use renkei_client_core::proto::id::{FacilityId, UserId};

    use super::*;

    #[test]
    fn a_moment_is_shown_as_in_japan() {
        assert_eq!(moment(Time(1_774_969_200)), "2026-04-01 00:00");
        assert_eq!(moment(Time(u64::MAX)), "?");
    }

    #[test]
    fn a_person_is_shown_with_profession_and_facility() {
        let who = Who {
            user: UserId([1; 16]),
            name: Some("見本 花子".to_owned()),
            profession: Some(Profession::Nurse),
            facility: Some(FacilityId([2; 16])),
            facility_name: Some("見本訪問看護".to_owned()),
            official: None,
        };
        assert_eq!(person(&who, Language::Japanese), "見本 花子（看護師・見本訪問看護）");
        assert_eq!(person(&who, Language::English), "見本 花子 (nurse, 見本訪問看護)");
        let unknown = Who { name: None, profession: None, facility_name: None, ..who };
        assert_eq!(person(&unknown, Language::English), UserId([1; 16]).to_string());
    }

    #[test]
    fn s8_the_mark_of_an_official_account_can_not_be_had_by_a_name() {
        let who = |name: &str, official: Option<&str>| Who {
            user: UserId([1; 16]),
            name: Some(name.to_owned()),
            profession: None,
            facility: None,
            facility_name: None,
            official: official.map(str::to_owned),
        };
        for language in [Language::Japanese, Language::English] {
            let real = person(&who("架空 結", Some("見本医師会")), language);
            assert!(real.contains("見本医師会"));
            let names =
                [real.as_str(), "[official: 見本医師会] 架空 結", "【公式 見本医師会】架空 結", " 【公式】", "✅ 公式"];
            for name in names {
                let shown = person(&who(name, None), language);
                assert_ne!(shown, real);
                assert_eq!(shown, format!("「{name}」"), "whoever is called like the mark is quoted");
            }
            for name in ["公式 見本医師会", "架空 結【公式】", "official Tanaka", "㍿みなと"] {
                assert!(!person(&who(name, None), language).starts_with(['【', '[']), "{name}");
            }
        }
        assert_eq!(person(&who("架空 結", Some("見本医師会")), Language::Japanese), "【公式 見本医師会】架空 結");
        assert_eq!(person(&who("架空 結", Some("見本医師会")), Language::English), "[official: 見本医師会] 架空 結");
    }
}
