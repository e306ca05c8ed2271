//! The check before sending over real connections (S2): what this person's own groups know of patients is found in what goes
//! elsewhere. What counts as what is the rows' test; here it is whose names are looked for.

use renkei_client_core::groups::NewGroup;
use renkei_client_core::policy::s2_identifying::Kind;
use renkei_client_core::proto::act::{GroupKind, HistoryPolicy};
use renkei_client_core::proto::card::{Kana, PatientCard};
use renkei_client_core::proto::id::GroupId;
use renkei_tests::{PATIENCE, Person, Team, line, within};

const TEXT: &str = "試験 太郎さん（しけんたろう）の件です。電話は03-5555-0100です。";

/// What a person is asked about, in words.
fn asked(person: &Person, group: Option<GroupId>) -> Vec<(Kind, &'static str)> {
    let found = person.client().identifying(group, TEXT);
    found.into_iter().map(|one| (one.kind, TEXT.get(one.at).expect("a place in the text"))).collect()
}

async fn create(person: &Person, kind: GroupKind, label: &str) -> GroupId {
    let (label, history) = (line(label), HistoryPolicy::All);
    let new = NewGroup { kind, label, history, acting_for: None, creator_reads: true };
    person.client().create_group(new).await.expect("a group")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s2_a_patients_name_from_the_card_is_asked_about_wherever_it_does_not_belong() {
    let team = Team::of_two().await;
    let taro = team.group;
    let card = PatientCard {
        kana: Some(Kana::new("しけん たろう").expect("kana")),
        ..PatientCard::named(line("試験 太郎"))
    };
    let telephone = (Kind::Telephone, "03-5555-0100");
    let name = [(Kind::PatientName, "試験 太郎"), (Kind::PatientName, "しけんたろう")];
    let free = create(&team.doctor, GroupKind::Free, "見本 勉強会").await;
    let other = create(&team.doctor, GroupKind::Patient, "例田さん 在宅").await;
    assert_eq!(asked(&team.doctor, Some(free)), [telephone], "nobody is called so yet");
    let written = team.doctor.client().change_card(taro, card, None).await.expect("written");
    assert_eq!(asked(&team.doctor, Some(free)), [&name[..], &[telephone]].concat(), "in a free group");
    assert_eq!(asked(&team.doctor, None), [&name[..], &[telephone]].concat(), "to the Desk");
    assert_eq!(asked(&team.doctor, Some(other)), name, "in another patient's group");
    assert_eq!(asked(&team.doctor, Some(taro)), [], "in the patient's own everything is in place");
    let here = team.chief.client();
    let comes = here.wait_until(PATIENCE, |it| (it.group(taro)?.group()?.size() >= written.head.size).then_some(()));
    comes.await.expect("the card");
    within("the card's key", async {
        while !here.card(taro).is_ok_and(|shown| shown.is_some_and(|shown| shown.card.is_ok())) {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    assert_eq!(asked(&team.chief, None), [&name[..], &[telephone]].concat(), "whoever reads the card is asked");
    // Nothing is refused by it: the author decides.
    team.doctor.client().send(free, TEXT).await.expect("sent");
}
