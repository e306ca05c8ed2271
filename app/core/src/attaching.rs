//! Files that are to be sent. Only a person's own choice in a window of the system, a drop or a paste brings one here: the page
//! names none.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use renkei_client_core::attach::Outgoing;
use renkei_client_core::made::Said;
use renkei_client_core::proto::bounds;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::GroupId;
use renkei_client_core::random;
use serde::Serialize;
use ts_rs::TS;
use zeroize::Zeroizing;

use crate::trouble::Trouble;
use crate::{Inside, Result};

/// Files that wait to be taken over at most: one more than a message takes, so that this is said.
const OFFERED: usize = bounds::FILES + 1;

/// What is pasted has no name.
const PASTED: &str = "貼り付けた画像";

/// A file that a person chose.
pub(crate) enum Offered {
    Path(PathBuf),
    Pasted(Zeroizing<Vec<u8>>),
}

/// A file that lies ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Chip {
    /// Names it here.
    pub id: String,
    /// As the person has it.
    pub name: String,
    /// A media type.
    pub media: String,
    /// Bytes, as they are sent.
    #[ts(type = "number")]
    pub length: u64,
    /// What it says of its making, which goes along: name and text of each line.
    pub says: Vec<(String, String)>,
}

/// What lies ready for a group, and what was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Attached {
    /// What lies ready.
    pub files: Vec<Chip>,
    /// What can't be sent: its name, and why.
    pub refused: Vec<(String, Trouble)>,
    /// Whoever receives it here may only look at it: of a patient group nothing is ever downloaded.
    pub look_only: bool,
}

/// Files on the bench.
#[derive(Default)]
pub(crate) struct Bench {
    offered: Mutex<Vec<Offered>>,
    ready: Mutex<BTreeMap<GroupId, Vec<(Chip, Outgoing)>>>,
}

impl core::fmt::Debug for Bench {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Bench").finish_non_exhaustive()
    }
}

fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Bench {
    /// A person chose these.
    pub(crate) fn offer(&self, files: impl IntoIterator<Item = Offered>) {
        let mut offered = held(&self.offered);
        let room = OFFERED.saturating_sub(offered.len());
        offered.extend(files.into_iter().take(room));
    }

    /// Puts files back that were to be sent.
    pub(crate) fn put_back(&self, group: GroupId, files: Vec<Outgoing>) {
        let files = files.into_iter().map(|outgoing| (chip(&outgoing, Vec::new()), outgoing));
        held(&self.ready).entry(group).or_default().extend(files);
    }

    /// Takes what lies ready for a group, unless `look` at the names under which it would go says why not.
    pub(crate) fn take<E>(
        &self,
        group: GroupId,
        look: impl FnOnce(&[&str]) -> core::result::Result<(), E>,
    ) -> core::result::Result<Vec<Outgoing>, E> {
        let mut ready = held(&self.ready);
        let names: Vec<&str> = ready.get(&group).into_iter().flatten().map(|(_, outgoing)| outgoing.name()).collect();
        look(&names)?;
        let files = ready.remove(&group).unwrap_or_default();
        Ok(files.into_iter().map(|(_, outgoing)| outgoing).collect())
    }

    pub(crate) fn remove(&self, group: GroupId, id: &str) {
        if let Some(files) = held(&self.ready).get_mut(&group) {
            files.retain(|(chip, _)| chip.id != id);
        }
    }

    fn chips(&self, group: GroupId) -> Vec<Chip> {
        held(&self.ready).get(&group).into_iter().flatten().map(|(chip, _)| chip.clone()).collect()
    }
}

fn chip(outgoing: &Outgoing, says: Vec<Said>) -> Chip {
    let id: [u8; 8] = random();
    Chip {
        id: data_encoding::HEXLOWER.encode(&id),
        name: outgoing.name().to_owned(),
        media: outgoing.media().name().to_owned(),
        length: outgoing.length(),
        says: says.into_iter().map(|said| (said.field, said.text)).collect(),
    }
}

fn pasted_name(bytes: &[u8]) -> String {
    let ending = if bytes.starts_with(&[0xff, 0xd8]) { "jpg" } else { "png" };
    format!("{PASTED}.{ending}")
}

/// What lies ready for a group, together with what was `chosen` for it just now. Otherwise what was dropped before somebody
/// was writing is forgotten: it was meant for nobody here.
pub(crate) async fn attach(inside: &Inside, group: GroupId, chosen: bool) -> Result<Attached> {
    let offered = std::mem::take(&mut *held(&inside.bench.offered));
    let mut refused = Vec::new();
    for one in offered.into_iter().filter(|_| chosen) {
        let name = match &one {
            Offered::Path(path) => path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            Offered::Pasted(bytes) => pasted_name(bytes),
        };
        let called = name.clone();
        let taking = tokio::task::spawn_blocking(move || {
            let outgoing = match one {
                Offered::Path(path) => Outgoing::from_path(&path),
                Offered::Pasted(bytes) => Outgoing::from_bytes(&called, bytes),
            }?;
            let says = outgoing.says()?;
            Ok::<_, renkei_client_core::Fault>((chip(&outgoing, says), outgoing))
        });
        let taken = taking.await.unwrap_or_else(|_| Err(Code::FormatNotAllowed.into()));
        let mut ready = held(&inside.bench.ready);
        let files = ready.entry(group).or_default();
        match taken {
            Ok(_) if files.len() >= bounds::FILES => refused.push((name, too_many())),
            Ok(taken) => files.push(taken),
            Err(fault) => refused.push((name, fault.into())),
        }
    }
    Ok(Attached { files: inside.bench.chips(group), refused, look_only: look_only(inside, group) })
}

fn too_many() -> Trouble {
    Trouble::of_page(
        "too_many_files",
        "1回に送れるファイルは10個までです。残りは次の書き込みで送ってください。",
        "A message takes ten files at most. Send the others with the next message.",
    )
}

/// Whether everything in this group is to be looked at only, whatever its author says.
fn look_only(inside: &Inside, group: GroupId) -> bool {
    use renkei_client_core::policy::group::a12_files::downloads_forbidden;
    inside.client.look(|replica| {
        let state = replica.group(group).and_then(renkei_client_core::replica::Followed::group);
        state.is_none_or(|state| downloads_forbidden(state, replica.registry().now(), inside.client.user(), 0))
    })
}
