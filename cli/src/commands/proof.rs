//! The proof of an erasure: made for who governed the group, and checked by whoever is handed it (A6.2).

use std::path::Path;

use renkei_client_core::client::Client;
use renkei_client_core::erasure_proof::{self, Evidence};
use renkei_client_core::files;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::hash::{Hash32, sha256};
use renkei_client_core::proto::sentence::sentence;

use super::Outcome;
use crate::failure::{Failure, Result};
use crate::reply::Reply;
use crate::terminal::Terminal;
use crate::{resolve, show};

/// Longest file that is looked at: as of an audit's.
const LONGEST: u64 = 1 << 30;

pub(super) async fn make(client: &Client, group: &str, out: Option<String>) -> Result<Outcome> {
    let group = resolve::group(client, group)?;
    if let Some(out) = out.as_ref().filter(|out| Path::new(out).try_exists().unwrap_or(true)) {
        return Err(Failure::about(Code::FileExists, out.clone()));
    }
    let (evidence, proof) = client.erasure_proof(group).await?;
    let bytes = serde_json::to_vec(&evidence).map_err(|_| Code::TooLarge)?;
    if let Some(out) = &out {
        files::write_private(Path::new(out), &bytes)?;
    }
    let sha256 = out.is_some().then(|| sha256(&bytes));
    Ok(Reply::ErasureProof { file: out, sha256, checked: false, proof: Box::new(proof) }.into())
}

/// Checks a file that somebody was handed, against the fingerprint that this one has from elsewhere.
pub(crate) fn verify(file: &Path, root: Hash32, terminal: Terminal) -> Result<Reply> {
    let unread = |error: std::io::Error| Failure::about(Code::BadInput, format!("{}: {error}", file.display()));
    if std::fs::metadata(file).map_err(unread)?.len() > LONGEST {
        return Err(Failure::about(Code::TooLarge, file.display().to_string()));
    }
    let bytes = std::fs::read(file).map_err(unread)?;
    let evidence: Evidence = serde_json::from_slice(&bytes).map_err(|error| {
        let not = terminal.say("消去の証明のファイルではありません", "not the proof of an erasure");
        Failure::about(Code::BadInput, format!("{}: {not} ({error})", file.display()))
    })?;
    let proof = erasure_proof::verify(&evidence, root).map_err(|flaw| {
        let first = terminal.say("最初の誤り", "the first thing that is wrong");
        let why = sentence(flaw.code, terminal.language);
        let place = show::place(flaw.place, terminal.language);
        Failure::about(Code::ExportWrong, format!("{first}: {place}: {} – {why}", flaw.code))
    })?;
    let file = Some(file.display().to_string());
    Ok(Reply::ErasureProof { file, sha256: Some(sha256(&bytes)), checked: true, proof: Box::new(proof) })
}
