//! Article 6: who is given the proof of an erasure, and what it says of backups (A6.2).

use renkei_policy::group::a06_proof;
use renkei_proto::act::{GroupKind, RegistryAct};
use renkei_proto::code::Code;
use renkei_proto::id::{FacilityId, GroupId};
use renkei_proto::settings::Setting;

use crate::common::*;

const G: GroupId = group(1);

fn set(d: &mut District, seat: Seat, facility: Option<FacilityId>, days: Option<u16>) -> Result<(), Code> {
    d.act(seat, RegistryAct::Set { facility, setting: Setting::Backups(days) }).map(drop)
}

fn say(d: &mut District, days: Option<u16>) -> u64 {
    let from = d.registry.now().size();
    set(d, OPERATOR.operator(), None, days).expect("a voice");
    set(d, COLLEAGUE.operator(), None, days).expect("the second");
    from
}

#[test]
fn a06_2_how_long_backups_are_kept_is_the_associations_to_say() {
    let mut d = District::open();
    set(&mut d, DOCTOR.admin(), Some(CLINIC), Some(7)).refused(Code::WeakerThanPolicy, "A6.2: of the one server");
    set(&mut d, OPERATOR.operator(), None, Some(0)).refused(Code::WeakerThanPolicy, "A6.2: none is not said that way");
    set(&mut d, OPERATOR.operator(), None, Some(367)).refused(Code::WeakerThanPolicy, "A6.2: an archive is no backup");
    assert_eq!(d.registry.now().backups_since(0), None, "A6.2: nothing is promised that nobody said");
    set(&mut d, OPERATOR.operator(), None, Some(35)).granted("A6.2: a voice");
    assert_eq!(d.registry.now().rules(None).backups, None, "A13.1: two sign");
    set(&mut d, COLLEAGUE.operator(), None, Some(35)).granted("A6.2: the second");
    assert_eq!(d.registry.now().rules(Some(CLINIC)).backups, Some(35), "A13.1: it holds");
}

#[test]
fn a06_2_a_backup_from_before_an_erasure_counts_by_the_longest_time_that_was_said_since() {
    let mut d = District::open();
    say(&mut d, Some(90));
    let erased = say(&mut d, Some(35));
    assert_eq!(d.registry.now().backups_since(erased), Some(90), "A6.2: as was said then");
    let later = d.registry.now().size();
    assert_eq!(d.registry.now().backups_since(later), Some(35), "A6.2: of what was erased since");
    say(&mut d, Some(60));
    assert_eq!(d.registry.now().backups_since(later), Some(60), "A6.2: they are kept for longer now");
    say(&mut d, None);
    assert_eq!(d.registry.now().backups_since(later), None, "A6.2: nothing is said any more");
}

#[test]
fn a06_2_the_proof_is_for_who_answered_for_the_groups_end() {
    let mut d = District::open();
    d.create(DOCTOR.admin(), G, GroupKind::Patient, true).expect("a group");
    let ask = |d: &District, user, device| {
        let view = d.registry.now();
        let standing = view.may_act(user, device).expect("in force");
        a06_proof::permit(d.group(G), view, &standing).map(drop).map_err(|refusal| refusal.0)
    };
    ask(&d, DOCTOR.user, DOCTOR.device).refused(Code::NothingToDo, "A6.2: nothing was erased");
    ask(&d, CHIEF.user, CHIEF.device).refused(Code::NotAdministrator, "A6.2: of another facility");
    ask(&d, OPERATOR.user, OPERATOR.device)
        .refused(Code::NotAdministrator, "A6.2: the Desk, while the originator is there");
}
