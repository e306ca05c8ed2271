//! Enrolment: the ticket and what follows from its secret, the bundle and its compare words, and both frames.

use renkei_proto::act::{Act, RegistryAct};
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::frame::{
    Accepted, EnrolAnswer, EnrolOp, Fault, Greeting, NewTicket, OFFER, ROOT_REQUEST, RootAnswer, RootOp, Secret32,
    Sidecar,
};
use renkei_proto::hash::Hash32;
use renkei_proto::key::{Mac, Signature, SigningSecret};
use renkei_proto::ticket::{
    Bundle, Offer, Purpose, Ticket, bundle_mac, client_proof, poll_proof, possession_mac, server_proof,
};
use renkei_proto::words::compare_words;

use super::{Case, hex_of, variant};
use crate::fixtures::{
    DESK, EXPORTER, FACILITY, NOW, OTHER_USER, TICKET, blob, bundle, details, facility_bundle, founding, hash, head,
    list, newcomer, person, registration, root, sealing, server_keys, sign, signed_receipt, statement, ticket,
};

fn tickets() -> Vec<Case> {
    let psk = ticket().secret.psk();
    let to = |purpose| Ticket { purpose, ..ticket() };
    vec![
        Case::new("a device", ticket())
            .with("link", ticket().link().as_str())
            .with("encoded", hex_of(&ticket()))
            .with("psk", Hash32(*psk))
            .with("bind", Hash32(*ticket().secret.bind()))
            .with("exporter", Hash32(EXPORTER))
            .with("client_proof", client_proof(&psk, &EXPORTER))
            .with("server_proof", server_proof(&psk, &EXPORTER))
            .with("poll_proof", poll_proof(&psk, &EXPORTER)),
        Case::new("a facility", to(Purpose::Facility(FACILITY)))
            .with("encoded", hex_of(&to(Purpose::Facility(FACILITY)))),
        Case::new("an operator", to(Purpose::Operator(OTHER_USER))),
        Case::new("a device", Purpose::Device(OTHER_USER)),
        Case::new("a facility", Purpose::Facility(DESK)),
        Case::new("an operator", Purpose::Operator(OTHER_USER)),
    ]
}

pub(super) fn offer(bundle: &Bundle) -> Offer {
    let bytes = codec::encode(bundle);
    Offer { ticket: TICKET, bind: bundle_mac(&ticket().secret.bind(), &bytes), bundle: blob(&bytes) }
}

fn bundles() -> Vec<Case> {
    let mut cases = Vec::new();
    let root = root().public().root_fingerprint();
    for (name, bundle) in [("a device", bundle()), ("a facility", facility_bundle())] {
        let words = compare_words(root, &codec::encode(&bundle));
        let registration = compare_words(root, &codec::encode(&bundle.registration));
        cases.push(Case::new(name, offer(&bundle)).with("bind_key", Hash32(*ticket().secret.bind())));
        cases.push(
            Case::new(name, bundle)
                .with("root", root)
                .with("compare_words_kana", words.kana)
                .with("compare_words_latin", words.latin)
                .with("compare_words_of_the_registration_kana", registration.kana)
                .with("compare_words_of_the_registration_latin", registration.latin),
        );
    }
    cases
}

pub(super) fn new_ticket() -> NewTicket {
    NewTicket {
        ticket: TICKET,
        psk: Secret32::new(*ticket().secret.psk()),
        purpose: Purpose::Operator(OTHER_USER),
        expires: ticket().expires,
    }
}

/// A signature over the exporter value and what follows it.
pub(super) fn over_exporter(key: &SigningSecret, domain: renkei_proto::hash::Domain, rest: &[u8]) -> Signature {
    key.sign(domain, &[&EXPORTER, rest].concat())
}

fn root_ops() -> Vec<RootOp> {
    let appointment =
        statement(Act::Registry(RegistryAct::AppointOperator { person: person(), device: registration() }));
    let sidecar = Sidecar { sealing: Some(sealing()), details: Some(details()), boxes: None };
    vec![
        RootOp::Found { claim: Secret32::new([0xe1; 32]), signed: sign(&founding()) },
        RootOp::Standing,
        RootOp::NewTicket(new_ticket()),
        RootOp::Offers,
        RootOp::Submit { signed: sign(&appointment), sidecar },
    ]
}

fn enrol_ops() -> Vec<EnrolOp> {
    let psk = ticket().secret.psk();
    let offer = offer(&bundle());
    let op = codec::encode(&RootOp::Standing);
    let signature = over_exporter(&newcomer(), OFFER, offer.bundle.as_slice());
    vec![
        EnrolOp::Greet,
        EnrolOp::Prove { ticket: TICKET, proof: client_proof(&psk, &EXPORTER) },
        EnrolOp::Offer { offer, signature },
        EnrolOp::Possess(possession()),
        EnrolOp::Poll { ticket: TICKET, proof: poll_proof(&psk, &EXPORTER) },
        EnrolOp::Root { signature: over_exporter(&root(), ROOT_REQUEST, &op), op: blob(&op) },
        EnrolOp::Receipt(signed_receipt()),
    ]
}

fn possession() -> Mac {
    possession_mac(&[0xe2; 32], &[0xe3; 32], &EXPORTER)
}

pub(super) fn accepted() -> Accepted {
    Accepted { head: head(13), time: NOW }
}

fn answers() -> Vec<EnrolAnswer> {
    let certified = Some(sign(&statement(Act::Registry(RegistryAct::CertifyServer(server_keys())))));
    vec![
        EnrolAnswer::Greeting(None),
        EnrolAnswer::Greeting(Some(Greeting { found: sign(&founding()), certified: None })),
        EnrolAnswer::Greeting(Some(Greeting { found: sign(&founding()), certified })),
        EnrolAnswer::Proved {
            proof: server_proof(&ticket().secret.psk(), &EXPORTER),
            share: Secret32::new([0xe4; 32]),
        },
        EnrolAnswer::Challenge { x25519: hash(0xe5), kem: blob(&[0xe6; 1_088]) },
        EnrolAnswer::Waiting,
        EnrolAnswer::Approved {
            certificate: blob(b"a certificate"),
            authority: blob(b"the authority's"),
            association: root().public().association(),
            user: OTHER_USER,
        },
        EnrolAnswer::Root(RootAnswer::Accepted(accepted())),
        EnrolAnswer::Root(RootAnswer::Standing { head: head(13), counter: 5 }),
        EnrolAnswer::Root(RootAnswer::Done),
        EnrolAnswer::Root(RootAnswer::Offers(list(&[offer(&bundle())]))),
        EnrolAnswer::Received,
    ]
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = tickets();
    cases.extend(bundles());
    cases.extend(root_ops().into_iter().map(|op| Case::new(variant(&op), op)));
    cases.extend(enrol_ops().into_iter().map(|op| {
        let exporter = Hash32(EXPORTER);
        let case = Case::new(variant(&op), op.clone()).with("exporter", exporter);
        if matches!(op, EnrolOp::Possess(_)) { case.with("x25519", hash(0xe2)).with("kem", hash(0xe3)) } else { case }
    }));
    for (at, answer) in answers().into_iter().enumerate() {
        cases.push(Case::new(format!("{at} {}", variant(&answer)), Ok::<_, Fault>(answer)));
    }
    cases.push(Case::new("refused", Err::<EnrolAnswer, _>(Fault::from(Code::TicketRefused))));
    cases
}
