//! Patient cards, and their keys as they are handed on.

use renkei_proto::act::{Act, Card, CardKey};
use renkei_proto::bytes::{Blob, List};
use renkei_proto::card::{CardContent, CareMember, CareRole, Carer, Kana, PatientCard};
use renkei_proto::codec;
use renkei_proto::hash::Hash32;
use renkei_proto::id::{GroupId, UserId};
use renkei_proto::statement::{LogId, Statement};
use renkei_proto::text::Line;
use renkei_sealing::card::{self, RevisionKey};
use serde_json::{Value, json};

use crate::accepted::{Maker, key, message_statement};
use crate::keys::{hex, unhex};
use crate::open::{Fields, padded, shown, statement};
use crate::refused::Breaker;

fn empty(replaces: Option<u64>) -> Statement {
    let (salt, key, ciphertext) =
        (Hash32([if replaces.is_some() { 0xe6 } else { 0xe1 }; 32]), Hash32::default(), Blob::default());
    Statement { act: Act::Card(Card { replaces, epoch: 3, salt, key, ciphertext }), ..message_statement() }
}

fn handing() -> Statement {
    let act = Act::CardKey(CardKey { card: 69_999, epoch: 4, salt: Hash32([0xe4; 32]), sealed: Blob::default() });
    Statement { act, ..message_statement() }
}

fn named() -> PatientCard {
    PatientCard::named(Line::new("見本 花子").unwrap())
}

fn fuller() -> PatientCard {
    let member = CareMember { role: CareRole::VisitingNurse, who: Carer::User(UserId([0x21; 16])) };
    PatientCard {
        kana: Some(Kana::new("ミホン ハナコ").unwrap()),
        facts: List::new(vec![Line::new("ペニシリンアレルギー").unwrap()]).unwrap(),
        team: List::new(vec![member]).unwrap(),
        ..named()
    }
}

pub(crate) fn accepted(maker: &mut Maker) {
    for (name, replaces, card) in [("a name", None, named()), ("a later one", Some(69_990), fuller())] {
        let mut it = empty(replaces);
        card::seal(&mut it, &card, &key(3)).unwrap();
        let statement = hex(&codec::encode(&it));
        let payload = hex(&padded(codec::encode(&CardContent::Patient(card.clone()))));
        let out = json!({ "associated_data": hex(&it.associated_data()), "payload": payload, "card": card });
        let fixed = json!({ "key": shown(&key(3)), "statement": statement });
        maker.add("open-card", name, fixed, out.clone(), Fields::new);
        let mut on = handing();
        RevisionKey::of(&it, &key(3)).unwrap().hand_on(&mut on, &key(4)).unwrap();
        let handed = hex(&codec::encode(&on));
        let fixed = json!({ "key": shown(&key(4)), "statement": statement, "handed": handed });
        maker.add("open-card", &format!("{name}, handed on"), fixed, out, Fields::new);
    }
}

fn part(vector: &Value, name: &str) -> Statement {
    statement(unhex(vector[name].as_str().unwrap()))
}

pub(crate) fn refused(all: &mut Breaker<'_>) {
    let vector = all.get("open-card", "a later one");
    let right = part(&vector, "statement");
    let Act::Card(card) = right.act.clone() else { panic!("a card") };
    let mut ciphertext = card.ciphertext.as_slice().to_vec();
    ciphertext[0] ^= 1;
    let changes = [
        ("the first one", Card { replaces: None, ..card.clone() }),
        ("another one before", Card { replaces: Some(69_991), ..card.clone() }),
        ("another epoch", Card { epoch: 2, ..card.clone() }),
        ("another salt", Card { salt: Hash32([9; 32]), ..card.clone() }),
        ("another commitment", Card { key: Hash32([9; 32]), ..card.clone() }),
        ("a changed ciphertext", Card { ciphertext: Blob::new(ciphertext).unwrap(), ..card.clone() }),
        ("no ciphertext", Card { ciphertext: Blob::default(), ..card }),
    ];
    let written = |it: &Statement| hex(&codec::encode(it));
    for (what, card) in changes {
        all.but_one(&vector, what, "statement", written(&Statement { act: Act::Card(card), ..right.clone() }));
    }
    let elsewhere = Statement { log: LogId::Group(GroupId([9; 16])), ..right.clone() };
    all.but_one(&vector, "another group", "statement", written(&elsewhere));
    all.but_one(&vector, "another key", "key", shown(&key(4)));
    all.but_one(&vector, "what hands it on instead of it", "statement", written(&handing()));

    let vector = all.get("open-card", "a later one, handed on");
    let on = part(&vector, "handed");
    let Act::CardKey(handed) = on.act.clone() else { panic!("a key that is handed on") };
    let mut sealed = handed.sealed.as_slice().to_vec();
    sealed[0] ^= 1;
    let changes = [
        ("of another card", CardKey { card: 69_998, ..handed.clone() }),
        ("under another epoch", CardKey { epoch: 3, ..handed.clone() }),
        ("under another salt", CardKey { salt: Hash32([9; 32]), ..handed.clone() }),
        ("changed", CardKey { sealed: Blob::new(sealed).unwrap(), ..handed.clone() }),
        ("nothing", CardKey { sealed: Blob::default(), ..handed }),
    ];
    for (what, handed) in changes {
        let act = Act::CardKey(handed);
        all.but_one(&vector, what, "handed", written(&Statement { act, ..on.clone() }));
    }
    let elsewhere = Statement { log: LogId::Group(GroupId([9; 16])), ..on.clone() };
    all.but_one(&vector, "in another group", "handed", written(&elsewhere));
    all.but_one(&vector, "with the key of the epoch before", "key", shown(&key(3)));
    // Another revision's key is rightly sealed, and is not this one's: whoever hands it on can't change what is read.
    let first = all.get("open-card", "a name, handed on");
    all.but_one(&vector, "another revision's key", "handed", first["handed"].clone());
    all.but_one(&vector, "a card as what hands it on", "handed", vector["statement"].clone());
}
