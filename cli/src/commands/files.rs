//! Files of groups: sent, looked at, and kept where that is allowed (A12.2).

use renkei_client_core::attach::Outgoing;
use renkei_client_core::client::Client;
use renkei_client_core::made::Said;
use renkei_client_core::media;
use renkei_client_core::proto::file::Part;
use renkei_client_core::proto::hash::sha256;
use renkei_client_core::proto::id::FileId;
use renkei_client_core::sending::Unfinished;
use renkei_client_core::viewing::OpenFile;

use super::{Outcome, about, ask_first, in_order, who_one};
use crate::args::files::FileCommand;
use crate::failure::{Failure, Result};
use crate::reply::{About, FileViewed, Reply, SaysRow, SendingRow};
use crate::resolve;

/// Columns of a picture in a terminal.
const COLUMNS: u32 = 64;

/// From dark to light.
const SHADES: [char; 10] = [' ', '.', ':', '-', '=', '+', '*', '#', '%', '@'];

pub(super) async fn run(client: &Client, command: FileCommand) -> Result<Outcome> {
    in_order(client)?;
    match command {
        FileCommand::Send { group, files, text, no_download, sure } => {
            let group = resolve::group(client, &group)?;
            // A picture is made small in a moment, but not on the thread that keeps the connection.
            let made = move || {
                let made = files.iter().map(|path| {
                    let about =
                        |fault: renkei_client_core::Fault| Failure::about(fault.code, path.display().to_string());
                    let made = Outgoing::from_path(path).map_err(about)?;
                    let says = made.says().map_err(about)?;
                    Ok((made, path.file_name().unwrap_or_default().to_string_lossy().into_owned(), says))
                });
                made.collect::<Result<Vec<_>>>()
            };
            let made = tokio::task::spawn_blocking(made).await;
            let made = made.map_err(|_| renkei_client_core::proto::code::Code::BadInput)??;
            let says = |(_, name, says): &(Outgoing, String, Vec<Said>)| {
                let lines: Vec<_> = says.iter().map(|said| (said.field.clone(), said.text.clone())).collect();
                (!lines.is_empty()).then(|| SaysRow { name: name.clone(), lines })
            };
            let says: Vec<SaysRow> = made.iter().filter_map(says).collect();
            let names = made.iter().map(|(made, ..)| made.name());
            let texts = std::iter::once(text.as_str()).chain(names);
            let identifying: Vec<_> = texts.flat_map(|text| about::identified(client, Some(group), text)).collect();
            if !says.is_empty() || !identifying.is_empty() {
                let shown = sha256(format!("{says:?}{identifying:?}").as_bytes()).to_string();
                if let Some(question) = ask_first(&sure, &shown, false, Reply::Says { files: says, identifying })? {
                    return Ok(question);
                }
            }
            let mut files: Vec<Outgoing> = made.into_iter().map(|(made, _, _)| made).collect();
            let accepted = client.send_files(group, &text, &mut files, no_download).await?;
            let stale = !client.heads_are_fresh();
            Ok(Reply::Accepted { size: accepted.head.size, time: accepted.time, stale }.into())
        }
        FileCommand::View { group, seq, file, preview } => {
            let group = resolve::group(client, &group)?;
            let part = if preview { Part::Preview } else { Part::Content };
            viewed(client, &client.open_file(group, seq, file.saturating_sub(1), part).await?).await
        }
        FileCommand::Save { group, seq, file, to } => {
            let group = resolve::group(client, &group)?;
            client.save_file(group, seq, file.saturating_sub(1), &to).await?;
            Ok(Reply::FileSaved { file: to.display().to_string() }.into())
        }
        FileCommand::Uploads => {
            let row = |one: Unfinished| {
                let Unfinished { id, group, since, files, arrived, chunks, .. } = one;
                let label = client.label(group).map(|label| label.to_string());
                SendingRow { id, group, label, since, files, arrived, chunks }
            };
            Ok(Reply::Sendings { sendings: client.sendings().await?.into_iter().map(row).collect() }.into())
        }
        FileCommand::Resume { id } => {
            let accepted = client.go_on(unfinished(client, &id).await?).await?;
            let stale = !client.heads_are_fresh();
            Ok(Reply::Accepted { size: accepted.head.size, time: accepted.time, stale }.into())
        }
        FileCommand::Cancel { id } => {
            client.cancel_sending(unfinished(client, &id).await?)?;
            Ok(Reply::Done.into())
        }
        FileCommand::Forbid { group, sure } => {
            let group = resolve::group(client, &group)?;
            let what = About::ForbidDownloads { of: about::named(client, group)? };
            if let Some(question) = about::ask(&sure, what)? {
                return Ok(question);
            }
            Ok(client.forbid_downloads(group).await?.into())
        }
    }
}

/// What is open, under the watermark of who looks.
pub(super) async fn viewed(client: &Client, open: &OpenFile) -> Result<Outcome> {
    let (length, picture) = open.look(|bytes| {
        let picture = open.media.is_picture().then(|| drawn(bytes)).transpose();
        picture.map(|picture| (bytes.len() as u64, picture))
    })??;
    let (name, media) = (open.name.clone(), open.media.name().to_owned());
    let by = who_one(client, client.user()).await;
    Ok(Reply::FileViewed(FileViewed { name, media, length, by, at: client.now(), picture }).into())
}

/// The sending that was meant.
async fn unfinished(client: &Client, text: &str) -> Result<FileId> {
    let all = client.sendings().await?;
    let candidates: Vec<(FileId, String)> = all.iter().map(|one| (one.id, String::new())).collect();
    resolve::one(text, &candidates)
}

/// A picture in letters: all that a terminal has.
fn drawn(bytes: &[u8]) -> renkei_client_core::Result<Vec<String>> {
    let picture = media::decode(bytes)?;
    // A letter is twice as high as it is wide.
    let rows = (u64::from(COLUMNS) * u64::from(picture.height()) / u64::from(picture.width().max(1)) / 2).clamp(1, 48);
    let rows = u32::try_from(rows).unwrap_or(48);
    let small = picture.resize_exact(COLUMNS, rows, media::Filter::Triangle).to_luma8();
    let letter = |shade: &u8| SHADES.get(usize::from(*shade) * SHADES.len() / 256).copied().unwrap_or(' ');
    let line = |row: &[u8]| row.iter().map(letter).collect::<String>().trim_end().to_owned();
    Ok(small.as_raw().chunks(COLUMNS as usize).map(line).collect())
}
