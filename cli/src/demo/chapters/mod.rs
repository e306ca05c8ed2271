//! The day of a district, chapter by chapter.

mod access;
mod announcements;
mod broadcasts;
mod calls;
mod cards;
mod care;
mod clock;
mod corrections;
mod deputies;
mod desk;
mod devices;
mod duties;
mod ending;
mod facilities;
mod files;
mod form_scans;
mod founding;
mod groups;
mod incidents;
mod lists;
mod locks;
mod newcomers;
mod official;
mod scans;
mod staff;
mod takeout;
mod takeout_more;
mod trouble;
mod trust;
mod uses;
mod window;

use super::district::District;
use super::report::{Report, Stop};

/// Plays everything.
pub(super) async fn play(report: &mut Report, keep: bool) -> Result<(), Stop> {
    let folder = tempfile::Builder::new().prefix("renkei-demo-").tempdir()?;
    let home = folder.path().to_owned();
    let played = chapters(report, home).await;
    match played {
        Ok(mut district) if keep => leave_up(report, &mut district, &folder.keep()),
        Ok(_) => {}
        Err(stop) => {
            println!("demo: what it left is in {}", folder.keep().display());
            return Err(stop);
        }
    }
    Ok(())
}

async fn chapters(report: &mut Report, home: std::path::PathBuf) -> Result<District, Stop> {
    let mut district = founding::play(report, home).await?;
    facilities::play(report, &mut district).await?;
    staff::play(report, &mut district).await?;
    form_scans::play(report, &district).await?;
    groups::play(report, &mut district).await?;
    desk::play(report, &mut district).await?;
    care::play(report, &mut district).await?;
    cards::play(report, &district).await?;
    lists::play(report, &mut district).await?;
    incidents::play(report, &district).await?;
    announcements::play(report, &district).await?;
    official::play(report, &district).await?;
    broadcasts::play(report, &district).await?;
    window::play(report, &district).await?;
    calls::play(report, &mut district).await?;
    trust::play(report, &mut district).await?;
    access::play(report, &district).await?;
    files::play(report, &district).await?;
    uses::play(report, &district).await?;
    scans::play(report, &district).await?;
    deputies::play(report, &mut district).await?;
    ending::play(report, &district).await?;
    locks::play(report, &mut district).await?;
    clock::play(report, &mut district).await?;
    devices::play(report, &mut district).await?;
    duties::play(report, &mut district).await?;
    takeout::play(report, &mut district).await?;
    newcomers::play(report, &mut district).await?;
    trouble::play(report, &mut district).await?;
    trust::lying(report, &mut district).await?;
    devices::away(report, &mut district).await?;
    newcomers::expired(report, &mut district).await?;
    locks::forgotten(report, &district).await?;
    Ok(district)
}

/// Leaves the server up, and says how to sign in as each person.
fn leave_up(report: &Report, district: &mut District, home: &std::path::Path) {
    let process = district.server.keep();
    report.chapter("サーバーは動作中です", "The server stays up");
    println!("server {} (process {process}; stop it with: kill {process})", district.server.address());
    println!("export RENKEI_HOME={}", home.display());
    // The server's clock was moved forward; the devices' goes along.
    println!("export {}={}", renkei_client_core::dev::VARIABLE, district.server.ahead());
    println!("root {}   (for: renkei audit verify FILE --root …)", district.root.fingerprint());
    // The second operator's ID has ended.
    let all = district.operators.iter().take(1).chain(district.people.iter().map(|(_, person)| person));
    for person in all {
        let profile = person.dir.file_name().unwrap_or_default().to_string_lossy();
        let secret = person.factor.as_ref().map(|factor| data_encoding::BASE32_NOPAD.encode(&factor.0));
        println!("  {}: renkei sign-in --profile {profile}", person.name);
        println!("      password {}   code generator (base32) {}", person.password, secret.unwrap_or_default());
    }
}
