//! Takeouts: every kind of thing, medium, purpose and end, asked for, decided and confirmed; and an export.

use renkei_proto::access::What;
use renkei_proto::act::{Act, RegistryAct};
use renkei_proto::frame::Op;
use renkei_proto::id::TakeoutId;
use renkei_proto::statement::Statement;
use renkei_proto::takeout::{
    Medium, StandingTakeout, TakeoutEnd, TakeoutExport, TakeoutForm, TakeoutPurpose, TakeoutRequest, TakeoutSubject,
};

use crate::fixtures::{DEVICE, GROUP, NOW, OTHER_USER, date, hash, statement};

const TAKEOUT: TakeoutId = TakeoutId([0xe5; 16]);

const MEDIA: [Medium; 7] = [
    Medium::Paper,
    Medium::UsbMemory,
    Medium::ExternalDisk,
    Medium::Computer,
    Medium::Chart,
    Medium::Device,
    Medium::Other,
];

const PURPOSES: [TakeoutPurpose; 8] = [
    TakeoutPurpose::Visit,
    TakeoutPurpose::Conference,
    TakeoutPurpose::Referral,
    TakeoutPurpose::Chart,
    TakeoutPurpose::PatientRequest,
    TakeoutPurpose::Authority,
    TakeoutPurpose::Repair,
    TakeoutPurpose::Other,
];

const ENDS: [TakeoutEnd; 5] =
    [TakeoutEnd::Returned, TakeoutEnd::Erased, TakeoutEnd::Filed, TakeoutEnd::NotUsed, TakeoutEnd::Lost];

fn request() -> TakeoutRequest {
    TakeoutRequest {
        takeout: TAKEOUT,
        what: TakeoutSubject::Information { group: GROUP, first: 5, last: 70_003 },
        medium: Medium::UsbMemory,
        purpose: TakeoutPurpose::Conference,
        from: NOW,
        until: NOW.plus(86_400),
        device: DEVICE,
    }
}

/// One of each act, named by its variant.
pub(super) fn acts() -> Vec<RegistryAct> {
    use RegistryAct as A;
    let standing = StandingTakeout { takeout: TAKEOUT, user: OTHER_USER, group: Some(GROUP), until: NOW.plus(86_400) };
    vec![
        A::RequestTakeout(request()),
        A::DecideTakeout { takeout: TAKEOUT, request: hash(0xe6), approve: true },
        A::GrantStandingTakeout(standing),
        A::RevokeTakeout { takeout: TAKEOUT },
        A::DeclareTakeoutEnd { takeout: TAKEOUT, how: TakeoutEnd::Erased },
        A::ConfirmTakeoutEnd { takeout: TAKEOUT, how: TakeoutEnd::Returned, on: date("2026-11-23") },
    ]
}

/// Every word, each in a statement.
pub(super) fn words() -> Vec<(String, Statement)> {
    let asked = |name: String, request| {
        (format!("Registry RequestTakeout {name}"), statement(Act::Registry(RegistryAct::RequestTakeout(request))))
    };
    let device = TakeoutRequest { what: TakeoutSubject::Device, medium: Medium::Device, ..request() };
    let mut all = vec![asked("of a device".to_owned(), device)];
    all.extend(MEDIA.map(|medium| asked(format!("on {medium:?}"), TakeoutRequest { medium, ..request() })));
    all.extend(PURPOSES.map(|purpose| asked(format!("for {purpose:?}"), TakeoutRequest { purpose, ..request() })));
    all.extend(ENDS.map(|how| {
        let act = RegistryAct::DeclareTakeoutEnd { takeout: TAKEOUT, how };
        (format!("Registry DeclareTakeoutEnd {how:?}"), statement(Act::Registry(act)))
    }));
    let everywhere = StandingTakeout { takeout: TAKEOUT, user: OTHER_USER, group: None, until: NOW };
    let act = Act::Registry(RegistryAct::GrantStandingTakeout(everywhere));
    all.push(("Registry GrantStandingTakeout for every group".to_owned(), statement(act)));
    all
}

fn export(form: TakeoutForm) -> TakeoutExport {
    TakeoutExport { takeout: TAKEOUT, group: GROUP, form, first: 5, last: 70_003, items: 280, manifest: hash(0xe7) }
}

pub(super) fn op() -> Op {
    Op::TakeOut(export(TakeoutForm::Archive))
}

/// What is put on record.
pub(super) fn happenings() -> [What; 2] {
    [TakeoutForm::Archive, TakeoutForm::Text].map(|form| {
        let TakeoutExport { takeout, group, form, first, last, items, manifest } = export(form);
        What::TakenOut { takeout, group, form, first, last, items, manifest }
    })
}
