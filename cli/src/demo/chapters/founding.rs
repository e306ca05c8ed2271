//! The association is founded, and the Desk gets its operators.

use std::path::PathBuf;

use renkei_client_core::office::details;
use renkei_client_core::probe::{self, Probe};
use renkei_client_core::proto::act::{DeviceKind, Profession};
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::frame::{Op, PasswordRule};
use renkei_client_core::proto::id::UserId;
use renkei_client_core::proto::key::SigningSecret;
use renkei_client_core::proto::time::DAY;
use renkei_client_core::root::Root;

use crate::demo::district::{District, line, signed_pledge};
use crate::demo::person::{self, Person, password};
use crate::demo::report::{Report, Stop};
use crate::demo::server::{self, Server};

pub(super) async fn play(report: &mut Report, home: PathBuf) -> Result<District, Stop> {
    report.chapter("医師会の設立", "The association is founded");
    let data = home.join("server");
    let claim = server::init(&data)?;
    let server = Server::start(&data)?;
    report.check("—", "サーバー起動（別プロセス）", "a server in its own process", true, server.address());

    let passphrase = password("見本の長いパスフレーズ kaze-no-oto 2026")?;
    let mut root = Root::create(&home.join("root.key"), &passphrase)?;
    let claim = claim.parse()?;
    let name = line("見本区医師会（架空）")?;
    let desk = line("療養相談室（架空）")?;
    let founded = root.found(server.address(), &claim, name, desk).await;
    report.done(
        "A2.1",
        "医師会を設立し、ルート鍵でサーバーを認証",
        "found the association; its root certifies the server",
        founded,
        |accepted| format!("registry entry {}", accepted.head.size),
    )?;
    let mut stranger = Root::create(&home.join("stranger.key"), &passphrase)?;
    let again = stranger.found(server.address(), &claim, line("別の医師会")?, line("別の相談室")?).await;
    report.refused("A2.1", "同じサーバーに二度目の設立", "found a second association on it", again, Code::ClaimRefused);

    let mut operators = Vec::new();
    for (name, profile) in [("架空 和子", "desk-1"), ("架空 緑", "desk-2")] {
        operators.push(operator(report, &home, &server, &mut root, name, profile).await?);
    }
    let mut district = District {
        home,
        server,
        root,
        operators,
        people: Vec::new(),
        facilities: Vec::new(),
        hanako: None,
        taro: None,
    };
    strangers(report, &district).await?;
    guesses(report, &mut district).await?;
    Ok(district)
}

async fn operator(
    report: &mut Report,
    home: &std::path::Path,
    server: &Server,
    root: &mut Root,
    name: &'static str,
    profile: &str,
) -> Result<Person, Stop> {
    let ticket = root.operator_ticket(details(name, None)?, Profession::Consultant, signed_pledge(name)?).await?;
    let mut person = person::enrol(home, name, profile, DeviceKind::Computer, &ticket, None).await?;
    let reused = person::enrol(home, name, "copy-of-ticket", DeviceKind::Computer, &ticket, None).await;
    report.refused(
        "A8.2",
        "使用済みの登録票",
        "use an enrolment ticket a second time",
        reused.map(|_| ()),
        Code::TicketRefused,
    );
    let candidates = root.candidates().await?;
    let candidate = candidates.iter().find(|one| one.device == person.device());
    let candidate = candidate.ok_or_else(|| Stop("the operator's device did not arrive".into()))?;
    let same = candidate.words.kana == person.words;
    report.check("A8.2", "両方の画面の照合用の言葉が一致", "the words on both screens agree", same, &person.words);
    let early = person.profile.sign_in(&password(&person.password)?, None).await;
    report.refused(
        "A8.2",
        "承認を待つ端末でサインイン",
        "sign in on a device that waits for its approval",
        early.map(drop),
        Code::DeviceNotApproved,
    );
    root.appoint(candidate).await?;
    person.approved().await?;
    if profile == "desk-1" {
        weak_passwords(report, &person).await?;
    }
    person.set_up(server).await?;
    person.sign_in(server).await?;
    let facility = person.client()?.look(|replica| {
        let view = replica.registry().now();
        view.user(person.user().ok()?).and_then(|user| view.facility(user.facility)).map(|one| one.name.clone())
    });
    report.check(
        "A15.1",
        "療養相談室の担当者がサインイン",
        "an operator of the Desk signs in",
        facility.is_some(),
        &format!("{name}, {}", facility.unwrap_or_default()),
    );
    Ok(person)
}

async fn weak_passwords(report: &mut Report, person: &Person) -> Result<(), Stop> {
    let weak = person.profile.set_up(&password("kakuu2026")?).await;
    let failed = weak.as_ref().err().map(|fault| fault.failed.clone().into_vec()).unwrap_or_default();
    let named = [PasswordRule::Length, PasswordRule::Symbol].iter().all(|rule| failed.contains(rule));
    report.refused("A11.2", "弱いパスワード", "choose a weak password", weak.map(|_| ()), Code::PasswordTooWeak);
    report.check(
        "A11.2",
        "満たしていない条件が一つずつ示される",
        "each failed rule is named",
        named,
        &format!("{failed:?}"),
    );
    let personal = person.profile.set_up(&password("架空-療養相談室-7-umi-sora")?).await;
    report.refused(
        "A11.2",
        "氏名と事業所名を含むパスワード",
        "build it on one's own and the facility's name",
        personal.map(|_| ()),
        Code::PasswordTooWeak,
    );
    Ok(())
}

async fn strangers(report: &mut Report, district: &District) -> Result<(), Stop> {
    let profile = &district.operators[0].profile;
    for (japanese, english, probe, code) in [
        (
            "端末証明書なしの接続",
            "connect without a device certificate",
            Probe::NoCertificate,
            Code::CertificateRequired,
        ),
        (
            "別の認証局の証明書",
            "connect with another authority's certificate",
            Probe::ForeignCertificate,
            Code::CertificateRequired,
        ),
        (
            "耐量子でない鍵交換（X25519のみ）",
            "offer X25519 alone, which a quantum computer will open",
            Probe::ClassicalKeyExchange,
            Code::UnknownVersion,
        ),
        ("未知のALPN", "an unknown ALPN", Probe::UnknownAlpn, Code::UnknownVersion),
    ] {
        let refusal = probe::refusal(profile, probe).await?;
        report.refused("A2.1", japanese, english, Err::<(), _>(refusal), code);
    }
    Ok(())
}

/// Wrong passwords and codes, another person's ID, and the delays that follow.
async fn guesses(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    let (first, second) = (&district.operators[0], &district.operators[1]);
    let right = password(&first.password)?;
    let no_code = first.profile.sign_in(&right, None).await;
    report.refused(
        "A11.6",
        "確認コードなしのサインイン",
        "sign in without the second factor",
        no_code.map(|_| ()),
        Code::SecondFactorRequired,
    );
    let client = first.client()?;
    let other = Op::SignIn {
        user: second.user()?,
        password: password(&second.password)?,
        code: Some(second.new_code(&district.server)?),
        session_key: SigningSecret::from_seed(&renkei_client_core::random()).public(),
    };
    report.refused(
        "A11.1",
        "他人のIDで自分の端末からサインイン",
        "sign in with somebody else's ID on one's own device",
        client.ask(other).await,
        Code::SignInFailed,
    );
    let nobody = Op::SignIn {
        user: UserId([0xee; 16]),
        password: right.clone(),
        code: Some(0),
        session_key: SigningSecret::from_seed(&renkei_client_core::random()).public(),
    };
    report.refused(
        "A11.5",
        "存在しないID（同じ答え）",
        "an ID that nobody has: the same answer",
        client.ask(nobody).await,
        Code::SignInFailed,
    );
    let code = first.new_code(&district.server)?;
    for _ in 0..4 {
        drop(first.profile.sign_in(&password("machigai-7-no-aikotoba")?, Some(code)).await);
    }
    let locked = first.profile.sign_in(&right, Some(code)).await;
    let wait = locked.as_ref().err().and_then(|fault| fault.retry_after);
    report.refused(
        "A11.5",
        "失敗を重ねた後の試行",
        "try on after repeated failures",
        locked.map(|_| ()),
        Code::TryLater,
    );
    report.check("A11.5", "待ち時間が示される", "the seconds to wait are told", wait.is_some(), &format!("{wait:?} s"));
    district.server.advance(DAY)?;
    // The next day everybody signs in anew.
    for operator in &mut district.operators {
        operator.sign_in(&district.server).await?;
    }
    Ok(())
}
