//! The proof of an erasure (A6.2) and that of a wipe (A12.3): made for who governed the group or sees the device, and checked
//! by whoever is handed it.

use std::path::Path;

use renkei_client_core::audit::Flaw;
use renkei_client_core::client::Client;
use renkei_client_core::erasure_proof::{self, Evidence};
use renkei_client_core::files;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::{Hash32, sha256};
use renkei_client_core::proto::sentence::sentence;
use renkei_client_core::proto::wipe_proof::{Subject, WipeProof};
use renkei_client_core::wipe_proof;

use super::Outcome;
use crate::args::proof::WipeProofOf;
use crate::failure::{Failure, Result};
use crate::reply::Reply;
use crate::terminal::Terminal;
use crate::{resolve, show};

/// Longest file that is looked at: as of an audit's.
const LONGEST: u64 = 1 << 30;

pub(super) async fn make(client: &Client, group: &str, out: Option<String>) -> Result<Outcome> {
    let group = resolve::group(client, group)?;
    new_file(out.as_deref())?;
    let (evidence, proof) = client.erasure_proof(group).await?;
    let bytes = serde_json::to_vec(&evidence).map_err(|_| Code::TooLarge)?;
    let sha256 = write(out.as_deref(), &bytes)?;
    Ok(Reply::ErasureProof { file: out, sha256, checked: false, proof: Box::new(proof) }.into())
}

pub(super) async fn make_of_wipe(client: &Client, of: WipeProofOf, out: Option<String>) -> Result<Outcome> {
    let subject = match (of.device, of.user) {
        (Some(device), _) => Subject::Device(resolve::device(client, &device)?),
        (None, Some(user)) => Subject::User(resolve::user(client, &user).await?),
        (None, None) => return Err(Code::BadInput.into()),
    };
    new_file(out.as_deref())?;
    let (evidence, proof) = client.wipe_proof(subject).await?;
    let sha256 = write(out.as_deref(), &evidence.encode())?;
    Ok(Reply::WipeProof { file: out, sha256, checked: false, proof: Box::new(proof) }.into())
}

fn new_file(out: Option<&str>) -> Result<()> {
    match out.filter(|out| Path::new(out).try_exists().unwrap_or(true)) {
        Some(out) => Err(Failure::about(Code::FileExists, out)),
        None => Ok(()),
    }
}

fn write(out: Option<&str>, bytes: &[u8]) -> Result<Option<Hash32>> {
    let Some(out) = out else { return Ok(None) };
    files::write_private(Path::new(out), bytes)?;
    Ok(Some(sha256(bytes)))
}

/// Checks a file that somebody was handed, against the fingerprint that this one has from elsewhere. The first byte tells of
/// what it is the proof: that of an erasure is JSON, that of a wipe begins with its version.
pub(crate) fn verify(file: &Path, root: Hash32, terminal: Terminal) -> Result<Reply> {
    let unread = |error: std::io::Error| Failure::about(Code::BadInput, format!("{}: {error}", file.display()));
    if std::fs::metadata(file).map_err(unread)?.len() > LONGEST {
        return Err(Failure::about(Code::TooLarge, file.display().to_string()));
    }
    let bytes = std::fs::read(file).map_err(unread)?;
    let not_one = |error: String| {
        let not = terminal.say("消去の証明のファイルではありません", "not the proof of an erasure or of a wipe");
        Failure::about(Code::BadInput, format!("{}: {not} ({error})", file.display()))
    };
    let wrong = |flaw: Flaw| {
        let first = terminal.say("最初の誤り", "the first thing that is wrong");
        let why = sentence(flaw.code, terminal.language);
        let place = show::place(flaw.place, terminal.language);
        Failure::about(Code::ExportWrong, format!("{first}: {place}: {} – {why}", flaw.code))
    };
    let (name, sha256) = (Some(file.display().to_string()), Some(sha256(&bytes)));
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        let evidence = WipeProof::decode(&bytes).map_err(|error| not_one(error.to_string()))?;
        let proof = wipe_proof::verify(&evidence, root).map_err(wrong)?;
        return Ok(Reply::WipeProof { file: name, sha256, checked: true, proof: Box::new(proof) });
    }
    let evidence: Evidence = serde_json::from_slice(&bytes).map_err(|error| not_one(error.to_string()))?;
    let proof = erasure_proof::verify(&evidence, root).map_err(wrong)?;
    Ok(Reply::ErasureProof { file: name, sha256, checked: true, proof: Box::new(proof) })
}
