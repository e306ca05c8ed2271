//! The clock of the server's machine is a year ahead for a while (Articles 2, 11).

use renkei_client_core::proto::frame::Op;

use crate::demo::district::District;
use crate::demo::report::{Report, Stop};

const YEAR: i64 = 365 * 86_400;

const KEY: &str = "pharmacist";

pub(super) async fn play(report: &mut Report, district: &mut District) -> Result<(), Stop> {
    district.person_mut(KEY)?.sign_out().await?;
    district.server.jump(YEAR)?;
    super::devices::back(district, KEY).await?;
    report.check(
        "A11.4",
        "サーバーの機械の時計が1年進んでいる間もサインインできる",
        "sign in while the clock of the server's machine is a year ahead",
        true,
        "with a code of today",
    );
    let renewed = district.person(KEY)?.client()?.renew_certificate(true).await;
    report.done(
        "A2.1",
        "その間に端末の証明書を更新",
        "and renew the device's certificate meanwhile",
        renewed,
        |()| "the old one is kept until the new one is let in".into(),
    )?;
    district.server.jump(-YEAR)?;
    let client = district.person(KEY)?.client()?;
    client.drop_connection();
    report.done(
        "A11.4",
        "時計が戻っても締め出されない",
        "once it is right again, nobody is shut out",
        client.ask(Op::Touch).await,
        |_| "connected again, with that certificate".into(),
    )?;
    Ok(())
}
