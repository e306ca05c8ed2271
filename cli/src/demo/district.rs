//! The cast, all of it fictional, and what they share.

use std::path::PathBuf;

use renkei_client_core::Fault;
use renkei_client_core::enrol::FacilityForm;
use renkei_client_core::office::details;
use renkei_client_core::proto::act::{FacilityKind, FacilityPledge, Profession, StaffPledge};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::Details;
use renkei_client_core::proto::hash::sha256;
use renkei_client_core::proto::id::{FacilityId, GroupId};
use renkei_client_core::proto::text::Line;
use renkei_client_core::proto::time::Date;
use renkei_client_core::root::Root;

use super::person::Person;
use super::report::Stop;
use super::server::Server;

/// Everybody and everything.
pub(super) struct District {
    pub(super) home: PathBuf,
    pub(super) server: Server,
    pub(super) root: Root,
    pub(super) operators: Vec<Person>,
    pub(super) people: Vec<(&'static str, Person)>,
    pub(super) facilities: Vec<(&'static str, FacilityId)>,
    pub(super) hanako: Option<GroupId>,
    pub(super) taro: Option<GroupId>,
}

impl District {
    pub(super) fn person(&self, key: &str) -> Result<&Person, Stop> {
        let found = self.people.iter().find(|(name, _)| *name == key).map(|(_, person)| person);
        found.ok_or_else(|| Stop(format!("nobody is called {key}")))
    }

    pub(super) fn person_mut(&mut self, key: &str) -> Result<&mut Person, Stop> {
        let found = self.people.iter_mut().find(|(name, _)| *name == key).map(|(_, person)| person);
        found.ok_or_else(|| Stop(format!("nobody is called {key}")))
    }

    pub(super) fn take(&mut self, key: &str) -> Result<Person, Stop> {
        let at = self.people.iter().position(|(name, _)| *name == key);
        at.map(|at| self.people.remove(at).1).ok_or_else(|| Stop(format!("nobody is called {key}")))
    }

    /// Everybody in an office shows a fresh code, as after a restart of the server.
    pub(super) async fn step_up(&self) -> Result<(), Stop> {
        let offices = ["doctor", "clinic-nurse", "nurse-chief", "pharmacist", "care-manager"];
        let there = self.people.iter().filter(|(key, _)| offices.contains(key)).map(|(_, person)| person);
        for person in there.chain(&self.operators).filter(|person| person.client.is_some()) {
            person.step_up(&self.server).await?;
        }
        Ok(())
    }

    pub(super) fn facility(&self, key: &str) -> Result<FacilityId, Stop> {
        let found = self.facilities.iter().find(|(name, _)| *name == key).map(|(_, id)| *id);
        found.ok_or_else(|| Stop(format!("no facility is called {key}")))
    }

    pub(super) fn hanako(&self) -> Result<GroupId, Stop> {
        self.hanako.ok_or_else(|| Stop("no group yet".into()))
    }

    pub(super) fn taro(&self) -> Result<GroupId, Stop> {
        self.taro.ok_or_else(|| Stop("no group yet".into()))
    }
}

/// A line of the script.
pub(super) fn line<const MAX: usize>(text: &str) -> Result<Line<MAX>, Fault> {
    Line::new(text).map_err(|_| Code::BadInput.into())
}

/// A day on a form.
pub(super) fn day(text: &str) -> Result<Date, Fault> {
    text.parse().map_err(|_| Code::BadInput.into())
}

/// The scan of a facility's Form 1.
pub(super) fn form1(facility: &str) -> Vec<u8> {
    format!("%PDF-1.7\n% 見本 様式1 {facility}\n").into_bytes()
}

/// The scan of a person's Form 2.
pub(super) fn form2(name: &str) -> Vec<u8> {
    format!("%PDF-1.7\n% 見本 様式2 {name}\n").into_bytes()
}

/// Form 2, signed.
pub(super) fn signed_pledge(name: &str) -> Result<StaffPledge, Fault> {
    Ok(StaffPledge::Signed { on: day("2026-03-01")?, scan: sha256(&form2(name)) })
}

/// A facility of the cast.
pub(super) struct Applicant {
    pub(super) key: &'static str,
    pub(super) facility: &'static str,
    pub(super) kind: FacilityKind,
    pub(super) member: bool,
    pub(super) manager_key: &'static str,
    pub(super) manager: &'static str,
    pub(super) kana: &'static str,
    pub(super) profession: Profession,
}

/// The facilities with their managers, who are their first administrators too.
pub(super) const APPLICANTS: [Applicant; 4] = [
    Applicant {
        key: "clinic",
        facility: "みなと坂クリニック（架空）",
        kind: FacilityKind::Clinic,
        member: true,
        manager_key: "doctor",
        manager: "架空 健",
        kana: "かくう けん",
        profession: Profession::Doctor,
    },
    Applicant {
        key: "station",
        facility: "ひなた訪問看護ステーション（架空）",
        kind: FacilityKind::VisitingNurseStation,
        member: true,
        manager_key: "nurse-chief",
        manager: "架空 信子",
        kana: "かくう のぶこ",
        profession: Profession::Nurse,
    },
    Applicant {
        key: "pharmacy",
        facility: "すずらん薬局（架空）",
        kind: FacilityKind::Pharmacy,
        member: true,
        manager_key: "pharmacist",
        manager: "架空 薫",
        kana: "かくう かおる",
        profession: Profession::Pharmacist,
    },
    Applicant {
        key: "care-office",
        facility: "ケアプラン若葉（架空）",
        kind: FacilityKind::CareManagerOffice,
        member: false,
        manager_key: "care-manager",
        manager: "架空 誠",
        kana: "かくう まこと",
        profession: Profession::CareManager,
    },
];

impl Applicant {
    pub(super) fn form(&self) -> Result<FacilityForm, Fault> {
        let manager: Details = details(self.manager, Some(self.kana))?;
        Ok(FacilityForm {
            name: line(self.facility)?,
            kind: self.kind,
            association_member: self.member,
            pledge: FacilityPledge { signed_on: day("2026-02-20")?, scan: sha256(&form1(self.facility)) },
            manager,
            profession: self.profession,
            manager_pledge: signed_pledge(self.manager)?,
        })
    }
}

/// Somebody who joins a facility as staff.
pub(super) struct Colleague {
    pub(super) key: &'static str,
    pub(super) name: &'static str,
    pub(super) kana: &'static str,
    pub(super) profession: Profession,
    pub(super) administrator: &'static str,
}

/// The staff.
pub(super) const COLLEAGUES: [Colleague; 3] = [
    Colleague {
        key: "clinic-nurse",
        name: "架空 彩",
        kana: "かくう あや",
        profession: Profession::Nurse,
        administrator: "doctor",
    },
    Colleague {
        key: "nurse",
        name: "架空 結",
        kana: "かくう ゆい",
        profession: Profession::Nurse,
        administrator: "nurse-chief",
    },
    Colleague {
        key: "helper",
        name: "架空 玲",
        kana: "かくう れい",
        profession: Profession::Helper,
        administrator: "care-manager",
    },
];

/// Messages of a script: who says what. Lines of the file are `speaker<TAB>text`, `\n` for a line break, `#` a comment.
pub(super) fn script(text: &'static str) -> impl Iterator<Item = (&'static str, String)> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .map(|(speaker, words)| (speaker, words.replace("\\n", "\n")))
}

/// 見本 花子さん.
pub(super) const HANAKO: &str = include_str!("messages_hanako.txt");
/// 見本 太郎さん.
pub(super) const TARO: &str = include_str!("messages_taro.txt");
