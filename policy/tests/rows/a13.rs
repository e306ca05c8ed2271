//! Article 13: settings of the association, and stricter ones of a facility (A13.1); people's own devices (A12.6).

use proptest::prelude::*;
use renkei_policy::registry::a13_settings::Rules;
use renkei_proto::act::{DeviceRegistration, Ownership, RegistryAct};
use renkei_proto::code::Code;
use renkei_proto::id::FacilityId;
use renkei_proto::posture::Posture;
use renkei_proto::settings::{Crowded, PasswordKinds, Setting};

use crate::common::*;

const BOTH: PasswordKinds = PasswordKinds { long: true, changing: true, second_factor: false };

fn set(d: &mut District, seat: Seat, facility: Option<FacilityId>, setting: Setting) -> Result<(), Code> {
    d.act(seat, RegistryAct::Set { facility, setting }).map(drop)
}

fn set_for_all(d: &mut District, setting: Setting) -> Result<(), Code> {
    set(d, OPERATOR.operator(), None, setting)?;
    set(d, COLLEAGUE.operator(), None, setting)
}

fn rules(d: &District, facility: FacilityId) -> Rules {
    d.registry.now().rules(Some(facility))
}

#[test]
fn a13_1_a_suspended_operators_voice_counts_once_the_operator_is_let_on() {
    let mut d = District::open();
    let setting = Setting::IdleComputer(900);
    set(&mut d, COLLEAGUE.operator(), None, setting).expect("a first voice");
    d.act(OPERATOR.operator(), RegistryAct::SuspendUser { user: COLLEAGUE.user }).expect("suspended");
    set(&mut d, OPERATOR.operator(), None, setting).granted("A13.1: the other voice is taken");
    assert_eq!(rules(&d, CLINIC).idle_computer, 600, "A12.4: the first may have been a thief's");
    set(&mut d, OPERATOR.operator(), None, setting)
        .refused(Code::SecondPersonRequired, "A13.1: one is not two meanwhile");
    d.act(OPERATOR.operator(), RegistryAct::ResumeUser { user: COLLEAGUE.user }).expect("let on");
    set(&mut d, OPERATOR.operator(), None, setting).granted("A13.1: two have signed, and either finishes it");
    assert_eq!(rules(&d, CLINIC).idle_computer, 900, "A13.1: it holds");
}

#[test]
fn a13_1_two_operators_set_for_everybody() {
    let mut d = District::open();
    let setting = Setting::IdleComputer(900);
    set(&mut d, DOCTOR.admin(), None, setting).refused(Code::NotOperator, "A13.1: not an administrator");
    set(&mut d, OPERATOR.admin(), None, setting).refused(Code::WrongRole, "A13.1: as an operator");
    set(&mut d, OPERATOR.operator(), None, setting).granted("A13.1: one proposes");
    assert_eq!(rules(&d, CLINIC).idle_computer, 600, "A13.1: one signature changes nothing");
    set(&mut d, OPERATOR.operator(), None, setting).refused(Code::SecondPersonRequired, "A13.1: one is not two");
    set(&mut d, COLLEAGUE.operator(), None, Setting::IdleComputer(800)).granted("A13.1: another value is another one");
    assert_eq!(rules(&d, CLINIC).idle_computer, 600, "A13.1: two values are no agreement");
    set(&mut d, OPERATOR.operator(), None, Setting::IdleComputer(800)).granted("A13.1: the same value");
    assert_eq!(rules(&d, CLINIC).idle_computer, 800, "A13.1: it holds");
    assert_eq!(d.registry.now().proposals().count(), 0, "A13.1: nothing waits");
    set(&mut d, COLLEAGUE.operator(), None, Setting::IdleComputer(800)).refused(Code::NothingToDo, "A13.1: it holds");
}

#[test]
fn a13_1_the_root_is_one_of_two_and_whoever_left_the_desk_is_none() {
    let mut d = District::open();
    set(&mut d, ROOT, None, Setting::Sessions(3)).granted("A13.1: the root proposes");
    set(&mut d, ROOT, None, Setting::Sessions(3)).refused(Code::SecondPersonRequired, "A13.1: it is one");
    set(&mut d, OPERATOR.operator(), None, Setting::Sessions(3)).granted("A13.1: with an operator it is two");
    assert_eq!(rules(&d, CLINIC).sessions, 3, "A13.1: it holds");
    set(&mut d, COLLEAGUE.operator(), None, Setting::Sessions(4)).expect("proposed");
    d.end(ROOT, COLLEAGUE).expect("left");
    set(&mut d, OPERATOR.operator(), None, Setting::Sessions(4)).granted("A13.1: signed");
    assert_eq!(rules(&d, CLINIC).sessions, 3, "A13.1: one of the two has left");
    assert_eq!(d.registry.now().proposals().collect::<Vec<_>>().len(), 1, "A13.1: it waits for another one");
}

#[test]
fn a13_1_a_facility_sets_what_is_stricter_by_its_own_administrator() {
    let mut d = District::open();
    set_for_all(&mut d, Setting::Passwords(BOTH)).expect("both kinds");
    let long = PasswordKinds { changing: false, ..BOTH };
    let third = PasswordKinds { long: false, changing: false, second_factor: true };
    for (stricter, weaker) in [
        (Setting::Passwords(long), Setting::Passwords(third)),
        (Setting::IdleMobile(299), Setting::IdleMobile(301)),
        (Setting::IdleComputer(599), Setting::IdleComputer(601)),
        (Setting::SessionEnd(8 * 3600), Setting::SessionEnd(13 * 3600)),
        (Setting::Sessions(1), Setting::Sessions(3)),
        (Setting::OwnDevices(false), Setting::IdleMobile(59)),
        (Setting::Crowded(Crowded::Refuse), Setting::Sessions(0)),
    ] {
        set(&mut d, CHIEF.admin(), Some(STATION), weaker).refused(Code::WeakerThanPolicy, "A13.1: only stricter");
        set(&mut d, DOCTOR.admin(), Some(STATION), stricter).refused(Code::NotAdministrator, "A13.1: its own one");
        set(&mut d, CHIEF.oneself(), Some(STATION), stricter).refused(Code::WrongRole, "A13.1: in the role");
        set(&mut d, NURSE.admin(), Some(STATION), stricter).refused(Code::NotAdministrator, "A13.1: no colleague");
        set(&mut d, OPERATOR.operator(), Some(STATION), stricter)
            .refused(Code::NotAdministrator, "A13.1: nor the Desk");
        set(&mut d, CHIEF.admin(), Some(STATION), stricter).granted("A13.1: stricter");
        set(&mut d, CHIEF.admin(), Some(STATION), stricter).refused(Code::NothingToDo, "A13.1: it holds");
    }
    assert_eq!(rules(&d, CLINIC), Rules { passwords: BOTH, ..Rules::default() }, "A13.1: nobody else is bound");
    set(&mut d, CHIEF.admin(), Some(facility(9)), Setting::Sessions(1))
        .refused(Code::Unknown, "A13.1: there is no such facility");
    set(&mut d, CHIEF.admin(), Some(STATION), Setting::IdleMobile(300)).granted("A13.1: back to the association's");
}

#[test]
fn a13_1_of_two_kinds_of_passwords_what_does_for_both_holds_and_some_password_always_does() {
    let kinds = |long, changing, second_factor| PasswordKinds { long, changing, second_factor };
    let (long, changing, third) = (kinds(true, false, false), kinds(false, true, false), kinds(false, false, true));
    let mut d = District::open();
    set(&mut d, CHIEF.admin(), Some(STATION), Setting::Passwords(long)).granted("A13.1: as the association has it");
    set_for_all(&mut d, Setting::Passwords(third)).expect("for all");
    assert_eq!(rules(&d, STATION).passwords, long, "A13.1: a long password does beside a second factor as well");
    assert_eq!(rules(&d, CLINIC).passwords, third, "A13.1: who has set nothing has the association's");
    set(&mut d, DOCTOR.admin(), Some(CLINIC), Setting::Passwords(changing)).granted("A13.1: stricter than the third");
    assert_eq!(rules(&d, CLINIC).passwords, changing, "A13.1: it holds");
    // Nothing is both long for good and changed every two months.
    set_for_all(&mut d, Setting::Passwords(changing)).expect("for all");
    assert_eq!(rules(&d, STATION).passwords, changing, "A13.1: where nothing does for both, the association's hold");
    let code = Code::WeakerThanPolicy;
    set(&mut d, CHIEF.admin(), Some(STATION), Setting::Passwords(third))
        .refused(code, "A13.1: the third asks for less");
}

#[test]
fn a13_1_what_a_facility_set_like_the_association_stays_when_the_association_loosens() {
    let mut d = District::open();
    let setting = Setting::IdleComputer(600);
    assert_eq!(rules(&d, STATION).idle_computer, 600, "the association's");
    set(&mut d, CHIEF.admin(), Some(STATION), setting).granted("A13.1: it is meant to stay");
    set(&mut d, CHIEF.admin(), Some(STATION), setting).refused(Code::NothingToDo, "A13.1: it is set already");
    set_for_all(&mut d, Setting::IdleComputer(900)).expect("looser");
    assert_eq!(rules(&d, STATION).idle_computer, 600, "A13.1: as the facility wants it");
    assert_eq!(rules(&d, CLINIC).idle_computer, 900, "A13.1: who has set nothing has the association's");
}

/// What computing the rules costs a server with many settings: `cargo test --release -- --ignored --nocapture measures`.
#[test]
#[ignore = "a measurement, for the eye"]
fn measures_rules_of_a_district_that_changes_its_mind() {
    let mut d = District::open();
    for n in 0..2_000 {
        let setting = Setting::IdleComputer(300 + n % 2);
        set(&mut d, CHIEF.admin(), Some(STATION), setting).expect("set");
    }
    let begun = std::time::Instant::now();
    for _ in 0..1_000 {
        std::hint::black_box(rules(&d, STATION));
    }
    println!("{:?} for the rules of one facility, of 2,000 settings", begun.elapsed() / 1_000);
}

#[test]
fn a13_1_nobody_sets_what_the_policy_does_not_allow() {
    let mut d = District::open();
    let none = PasswordKinds { long: false, changing: false, second_factor: false };
    for beyond in [
        Setting::IdleMobile(901),
        Setting::IdleComputer(901),
        Setting::IdleMobile(0),
        Setting::SessionEnd(24 * 3600 + 1),
        Setting::Sessions(0),
        Setting::Sessions(9),
        Setting::Passwords(none),
    ] {
        set(&mut d, OPERATOR.operator(), None, beyond).refused(Code::WeakerThanPolicy, "A11.4: not by the Desk either");
    }
}

#[test]
fn a12_6_a_facility_that_forbids_own_devices_approves_none_and_lets_none_in() {
    let mut d = District::open();
    let own = |who: Who| DeviceRegistration { ownership: Ownership::Own, ..who.registration() };
    let (helper, phone) = (who(33), who(34));
    for one in [helper, phone] {
        d.register(CHIEF.admin(), STATION, one).expect("registered");
    }
    let approve = |d: &mut District, who: Who| {
        d.act(CHIEF.admin(), RegistryAct::ApproveDevice { user: who.user, device: own(who) })
    };
    approve(&mut d, helper).granted("A12.6: allowed");
    d.registry.now().may_sign_in(helper.user, helper.device).granted("A12.6: allowed");
    set(&mut d, CHIEF.admin(), Some(STATION), Setting::OwnDevices(false)).expect("forbidden");
    let refused = d.registry.now().may_sign_in(helper.user, helper.device).map(drop);
    refused.refused(Code::ByodNotAllowed, "A12.6: none gets in");
    d.registry.now().may_sign_in(NURSE.user, NURSE.device).granted("A12.6: the facility's own do");
    approve(&mut d, phone).refused(Code::ByodNotAllowed, "A12.6: none is approved");
    set(&mut d, CHIEF.admin(), Some(STATION), Setting::OwnDevices(true)).expect("allowed again");
    d.registry.now().may_sign_in(helper.user, helper.device).granted("A12.6: reversible");
}

#[test]
fn a12_6_nobody_is_locked_out_where_every_administrator_works_on_an_own_device() {
    let mut d = District::open();
    let own = |who: Who| DeviceRegistration { ownership: Ownership::Own, ..who.registration() };
    // The only administrator goes over to an own telephone, and the facility's device is lost.
    let phone = CHIEF.with(131);
    let approve = RegistryAct::ApproveDevice { user: CHIEF.user, device: own(phone) };
    d.act(CHIEF.admin(), approve).expect("approved");
    d.act(CHIEF.oneself(), RegistryAct::ApproveDevice { user: CHIEF.user, device: own(phone) }).map(drop).ok();
    assert!(d.registry.now().active_device(phone.device), "in use");
    d.wipe(phone.admin(), CHIEF).expect("lost");
    let forbid = Setting::OwnDevices(false);
    set(&mut d, phone.admin(), Some(STATION), forbid).refused(Code::OnlyOwnDevices, "A12.6: not by one press");
    // The association forbids them for everybody: the administrator gets in to register another device, colleagues don't.
    d.register(phone.admin(), STATION, who(33)).expect("registered");
    d.act(phone.admin(), RegistryAct::ApproveDevice { user: who(33).user, device: own(who(33)) }).expect("approved");
    set_for_all(&mut d, forbid).expect("for all");
    let enters = |d: &District, who: Who| d.registry.now().may_sign_in(who.user, who.device).map(drop);
    enters(&d, phone).granted("A12.6: somebody must be there to register a device");
    enters(&d, who(33)).refused(Code::ByodNotAllowed, "A12.6: only where it is needed");
    let desk = CHIEF.with(132);
    let more = || RegistryAct::ApproveDevice { user: CHIEF.user, device: desk.registration() };
    d.act(phone.admin(), more()).expect("approved");
    d.act(phone.oneself(), more()).map(drop).ok();
    assert!(d.registry.now().active_device(desk.device), "in use");
    enters(&d, phone).refused(Code::ByodNotAllowed, "A12.6: from now on it is not needed");
    enters(&d, desk).granted("A12.6: the facility's gets in");
    d.act(phone.admin(), RegistryAct::SuspendDevice { device: desk.device, lost: true }).expect("lost as well");
    enters(&d, phone).granted("A12.6: and where it is lost, the own one again");
}

fn kinds() -> impl Strategy<Value = PasswordKinds> {
    let any = (any::<bool>(), any::<bool>(), any::<bool>());
    any.prop_map(|(long, changing, second_factor)| PasswordKinds { long, changing, second_factor })
}

fn setting() -> impl Strategy<Value = Setting> {
    prop_oneof![
        kinds().prop_map(Setting::Passwords),
        (0_u32..1000).prop_map(Setting::IdleMobile),
        (0_u32..1000).prop_map(Setting::IdleComputer),
        (0_u32..100_000).prop_map(Setting::SessionEnd),
        (0_u8..10).prop_map(Setting::Sessions),
        any::<bool>().prop_map(|end| Setting::Crowded(if end { Crowded::EndOldest } else { Crowded::Refuse })),
        any::<bool>().prop_map(Setting::OwnDevices),
        (any::<bool>(), any::<bool>()).prop_map(|(screen_lock, updated)| {
            Setting::PostureRequired(Posture { screen_lock, updated, ..Posture::default() })
        }),
        (0_u16..400).prop_map(Setting::PostureEvery),
    ]
}

/// In the plainest words: nothing is allowed by `a` that `b` forbids.
fn no_weaker(a: &Rules, b: &Rules) -> bool {
    let fewer = |a: bool, b: bool| !a || b;
    // Whatever is accepted as a stricter kind would do beside a second factor as well.
    fewer(a.passwords.long, b.passwords.long || b.passwords.second_factor)
        && fewer(a.passwords.changing, b.passwords.changing || b.passwords.second_factor)
        && fewer(a.passwords.second_factor, b.passwords.second_factor)
        && a.idle_mobile <= b.idle_mobile
        && a.idle_computer <= b.idle_computer
        && a.session_end <= b.session_end
        && a.sessions <= b.sessions
        && (a.crowded == Crowded::Refuse || b.crowded == Crowded::EndOldest)
        && fewer(a.own_devices, b.own_devices)
        && fewer(b.posture_required.screen_lock, a.posture_required.screen_lock)
        && fewer(b.posture_required.updated, a.posture_required.updated)
        && a.posture_every <= b.posture_every
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a13_1_whatever_was_set_a_facility_is_never_weaker_and_always_within_the_policy(
        all in proptest::collection::vec((any::<bool>(), setting()), 1..30)
    ) {
        let mut d = District::open();
        for (association, setting) in all {
            let before = rules(&d, STATION);
            let result = if association {
                set_for_all(&mut d, setting)
            } else {
                set(&mut d, CHIEF.admin(), Some(STATION), setting)
            };
            let (whole, own) = (d.registry.now().rules(None), rules(&d, STATION));
            prop_assert!(no_weaker(&own, &whole), "{own:?} is weaker than {whole:?}");
            prop_assert!(own.idle_mobile <= 900 && own.idle_computer <= 900, "A11.4: never over 15 minutes");
            let kinds = own.passwords;
            prop_assert!(kinds.long || kinds.changing || kinds.second_factor, "some password is accepted");
            prop_assert!(own.sessions >= 1 && own.session_end >= 3600);
            if result.is_err() {
                prop_assert_eq!(before, own, "a refusal changed something");
            } else if !association {
                prop_assert!(own.settings().contains(&setting), "{setting:?} was granted and does not hold");
            }
        }
    }
}
