//! What touches a facility, as tables for a spreadsheet (A8.1). What people call a group can be a
//! patient's name: it is shown on the screen and in no file.

use renkei_client_core::proto::act::{DelegationScope, GroupKind};
use renkei_client_core::proto::sentence::Language;
use renkei_client_core::table::{OnRecord, Table};

use super::{actor, facility_name, moment, office, overview, takeout};
use crate::labels;
use crate::reply::{DelegationRow, DeviceRow, GroupRow, Overview, TakeoutRow, Who};

/// Each table by what its file is called.
pub(crate) fn tables(one: &Overview, on_record: &OnRecord, language: Language) -> [(&'static str, Vec<u8>); 5] {
    let writer = Writer { language, on_record };
    [
        ("groups", writer.groups(one)),
        ("members", writer.members(one)),
        ("devices", writer.devices(&one.devices)),
        ("delegations", writer.delegations(&one.delegations)),
        ("takeouts", writer.takeouts(&one.takeouts)),
    ]
}

struct Writer<'r> {
    language: Language,
    on_record: &'r OnRecord,
}

impl Writer<'_> {
    fn say(&self, japanese: &'static str, english: &'static str) -> &'static str {
        self.language.pick(japanese, english)
    }

    fn yes(&self, yes: bool) -> String {
        if yes { self.say("○", "yes").to_owned() } else { String::new() }
    }

    /// The column by which a group is named.
    fn group_header(&self) -> [&'static str; 1] {
        [self.say("グループID", "group")]
    }

    fn group_cells(row: &GroupRow) -> [String; 1] {
        [row.group.to_string()]
    }

    fn who(&self, who: &Who) -> [String; 4] {
        [
            who.name.clone().unwrap_or_default(),
            who.profession.map(|profession| labels::profession(profession, self.language)).unwrap_or_default().into(),
            who.facility_name.clone().unwrap_or_default(),
            who.user.to_string(),
        ]
    }

    fn who_header(&self) -> [&'static str; 4] {
        [
            self.say("氏名", "name"),
            self.say("職種", "profession"),
            self.say("事業所", "facility"),
            self.say("従事者ID", "person"),
        ]
    }

    fn groups(&self, all: &Overview) -> Vec<u8> {
        let header = [
            self.say("種別", "kind"),
            self.say("連携元", "originator"),
            self.say("自事業所との関係", "how it touches us"),
            self.say("メンバー数", "members"),
            self.say("同意書", "consent"),
            self.say("終了", "closed"),
        ];
        let mut table = Table::new(self.group_header().into_iter().chain(header));
        for one in &all.groups {
            let row = &one.row;
            let consent = match (row.group_kind, row.consent) {
                (GroupKind::Free | GroupKind::Inquiry | GroupKind::Incident, _) => String::new(),
                (GroupKind::Patient, true) => self.say("記録あり", "recorded").to_owned(),
                (GroupKind::Patient, false) => self.say("なし", "missing").to_owned(),
            };
            let rest = [
                labels::group(row.group_kind, self.language).to_owned(),
                facility_name(&row.originator),
                overview::touch(one.touch, self.language).to_owned(),
                row.members.to_string(),
                consent,
                self.yes(row.closed),
            ];
            fill(&mut table, Self::group_cells(row), rest);
        }
        table.finish(self.on_record)
    }

    fn members(&self, all: &Overview) -> Vec<u8> {
        let header = [
            self.say("状態", "state"),
            self.say("開始", "since"),
            self.say("終了", "ended"),
            self.say("招待した人", "invited by"),
            self.say("承認した人", "approved by"),
        ];
        let names = self.group_header().into_iter().chain(self.who_header());
        let mut table = Table::new(names.chain(header));
        for one in &all.groups {
            for member in &one.members {
                let state = match (member.ended.is_some(), member.active) {
                    (true, _) => self.say("解除", "ended"),
                    (false, false) => self.say("ID終了", "ID ended"),
                    (false, true) => self.say("参加中", "member"),
                };
                let rest = [
                    state.to_owned(),
                    moment(member.since),
                    member.ended.map(moment).unwrap_or_default(),
                    actor(&member.invited_by, self.language),
                    actor(&member.approved_by, self.language),
                ];
                let named = Self::group_cells(&one.row).into_iter().chain(self.who(&member.who));
                fill(&mut table, named, rest);
            }
            for invitation in &one.invitations {
                let rest = [
                    self.say("承認待ち", "invited").to_owned(),
                    moment(invitation.at),
                    String::new(),
                    actor(&invitation.by, self.language),
                    String::new(),
                ];
                let named = Self::group_cells(&one.row).into_iter().chain(self.who(&invitation.invited));
                fill(&mut table, named, rest);
            }
        }
        table.finish(self.on_record)
    }

    fn devices(&self, all: &[DeviceRow]) -> Vec<u8> {
        let header = [
            self.say("端末ID", "device"),
            self.say("種類", "kind"),
            self.say("OS", "system"),
            self.say("所有", "owned"),
            self.say("状態", "state"),
            self.say("消去の確認", "wipe confirmed"),
        ];
        let mut table = Table::new(self.who_header().into_iter().chain(header));
        for one in all {
            let rest = [
                one.device.to_string(),
                labels::device(one.device_kind, self.language).to_owned(),
                office::system(one.system).to_owned(),
                office::owned(one.ownership, self.language).to_owned(),
                office::state(one, self.language).to_owned(),
                one.wipe_confirmed.map(moment).unwrap_or_default(),
            ];
            fill(&mut table, self.who(&one.owner), rest);
        }
        table.finish(self.on_record)
    }

    fn delegations(&self, all: &[DelegationRow]) -> Vec<u8> {
        let header = [
            self.say("委託ID", "delegation"),
            self.say("委託元", "by"),
            self.say("範囲", "scope"),
            self.say("終了日時", "until"),
            self.say("担当者の閲覧", "operators read"),
            self.say("取り消し", "revoked"),
        ];
        let mut table = Table::new(header);
        for one in all {
            let scope = match one.scope {
                DelegationScope::Facility => self.say("全グループ", "all groups").to_owned(),
                DelegationScope::Group(group) => group.to_string(),
            };
            let row = [
                one.delegation.to_string(),
                facility_name(&one.by),
                scope,
                moment(one.until),
                self.yes(one.operators_read),
                self.yes(one.revoked),
            ];
            fill(&mut table, row, []);
        }
        table.finish(self.on_record)
    }

    fn takeouts(&self, all: &[TakeoutRow]) -> Vec<u8> {
        let header = [
            self.say("持ち出しID", "takeout"),
            self.say("対象", "what"),
            self.say("媒体", "medium"),
            self.say("目的", "purpose"),
            self.say("開始", "from"),
            self.say("期限", "until"),
            self.say("状態", "state"),
            self.say("決定した人", "decided by"),
            self.say("終わり方", "ended as"),
            self.say("確認日", "on"),
        ];
        let mut table = Table::new(self.who_header().into_iter().chain(header));
        for one in all {
            let hidden = TakeoutRow { label: None, ..one.clone() };
            let rest = [
                one.takeout.to_string(),
                takeout::subject(&hidden, self.language),
                labels::medium(one.request.medium, self.language).to_owned(),
                labels::purpose(one.request.purpose, self.language).to_owned(),
                moment(one.request.from),
                moment(one.request.until),
                takeout::stage(one.stage, self.language).to_owned(),
                one.decided_by.as_ref().and_then(|who| who.name.clone()).unwrap_or_default(),
                one.ended.map(|how| labels::takeout_end(how, self.language)).unwrap_or_default().to_owned(),
                one.ended_on.map(|on| on.to_string()).unwrap_or_default(),
            ];
            fill(&mut table, self.who(&one.who), rest);
        }
        table.finish(self.on_record)
    }
}

fn fill<const N: usize>(table: &mut Table, first: impl IntoIterator<Item = String>, rest: [String; N]) {
    let cells: Vec<String> = first.into_iter().chain(rest).collect();
    table.row(cells.iter().map(String::as_str));
}
