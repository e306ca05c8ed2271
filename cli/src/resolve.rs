//! From what a person typed to the thing that is meant: an identifier, the beginning of one, or an exact name.

use core::fmt::Display;
use core::str::FromStr;

use renkei_client_core::client::Client;
use renkei_client_core::proto::code::Code;
use renkei_client_core::proto::id::{DelegationId, DeviceId, FacilityId, GroupId, InvitationId, TakeoutId, UserId};

use crate::failure::{Failure, Result};

/// Shortest beginning of an identifier that is taken, after its dash: a million things would still be told apart.
const BEGINNING: usize = 4;

/// Whether `text` is `id` or long enough a beginning of it.
pub(crate) fn names_id(text: &str, id: &str) -> bool {
    let text = text.trim().to_ascii_lowercase();
    let long_enough = text.split_once('-').is_some_and(|(_, rest)| rest.len() >= BEGINNING);
    long_enough && id.starts_with(&text)
}

/// The one candidate that `text` means. A whole identifier is taken as it is: whether it exists is for the rules.
pub(crate) fn one<T: Copy + Display + FromStr>(text: &str, candidates: &[(T, String)]) -> Result<T> {
    let text = text.trim();
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let found: Vec<&(T, String)> = candidates
        .iter()
        .filter(|(id, name)| names_id(text, &id.to_string()) || (!name.is_empty() && name.trim() == text))
        .collect();
    match found.as_slice() {
        [] => Err(Failure::about(Code::Unknown, text)),
        [(id, _)] => Ok(*id),
        several => {
            let ids: Vec<String> = several.iter().map(|(id, _)| id.to_string()).collect();
            Err(Failure::about(Code::Ambiguous, format!("{text}: {}", ids.join(", "))))
        }
    }
}

/// A person. Those whose ID is in force come first: a namesake who has left doesn't stand in the way.
pub(crate) async fn user(client: &Client, text: &str) -> Result<UserId> {
    if let Ok(id) = text.trim().parse() {
        return Ok(id);
    }
    let all: Vec<(UserId, bool)> = client.look(|replica| {
        let view = replica.registry().now();
        view.users().map(|(id, _)| (id, view.active_user(id))).collect()
    });
    let ids: Vec<UserId> = all.iter().map(|(id, _)| *id).collect();
    let names = client.names(&ids).await?;
    let name = |id: UserId| {
        names.iter().find(|(user, _)| *user == id).map_or(String::new(), |(_, details)| details.name.to_string())
    };
    let candidates = |active: bool| -> Vec<(UserId, String)> {
        all.iter().filter(|(_, is)| *is == active).map(|(id, _)| (*id, name(*id))).collect()
    };
    match one(text, &candidates(true)) {
        Err(failure) if failure.code() == Code::Unknown => one(text, &candidates(false)),
        found => found,
    }
}

pub(crate) fn group(client: &Client, text: &str) -> Result<GroupId> {
    let ids: Vec<GroupId> = client.look(|replica| replica.groups().map(|(id, _)| id).collect());
    let label = |id| client.label(id).map_or(String::new(), |label| label.to_string());
    one(text, &ids.into_iter().map(|id| (id, label(id))).collect::<Vec<_>>())
}

pub(crate) fn facility(client: &Client, text: &str) -> Result<FacilityId> {
    let candidates: Vec<(FacilityId, String)> = client.look(|replica| {
        replica.registry().now().facilities().map(|(id, facility)| (id, facility.name.clone())).collect()
    });
    one(text, &candidates)
}

pub(crate) fn device(client: &Client, text: &str) -> Result<DeviceId> {
    let candidates: Vec<(DeviceId, String)> =
        client.look(|replica| replica.registry().now().devices().map(|(id, _)| (id, String::new())).collect());
    one(text, &candidates)
}

pub(crate) fn delegation(client: &Client, text: &str) -> Result<DelegationId> {
    let candidates: Vec<(DelegationId, String)> =
        client.look(|replica| replica.registry().now().delegations().map(|(id, _)| (id, String::new())).collect());
    one(text, &candidates)
}

pub(crate) fn takeout(client: &Client, text: &str) -> Result<TakeoutId> {
    let asked = client.takeouts().into_iter().map(|(one, _)| one.request.takeout);
    let standing = client.standing_takeouts().into_iter().map(|one| one.permit.takeout);
    one(text, &asked.chain(standing).map(|id| (id, String::new())).collect::<Vec<_>>())
}

/// An invitation, and the group that it is to.
pub(crate) fn invitation(client: &Client, text: &str) -> Result<(GroupId, InvitationId)> {
    let all: Vec<(GroupId, InvitationId)> = client.look(|replica| {
        let groups = replica.groups().filter_map(|(id, followed)| Some((id, followed.group()?)));
        groups.flat_map(|(id, group)| group.invitations().map(move |(invitation, _)| (id, invitation))).collect()
    });
    let candidates: Vec<_> = all.iter().map(|(_, invitation)| (*invitation, String::new())).collect();
    let id = one(text, &candidates)?;
    all.into_iter().find(|(_, invitation)| *invitation == id).ok_or_else(|| Failure::about(Code::Unknown, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> Vec<(UserId, String)> {
        vec![
            (UserId([0x11; 16]), "見本 花子".to_owned()),
            (UserId([0x12; 16]), "見本 太郎".to_owned()),
            (UserId([0x13; 16]), "見本 花子".to_owned()),
            (UserId([0x14; 16]), String::new()),
        ]
    }

    #[test]
    fn a_name_means_one_person_or_nobody() {
        assert_eq!(one(" 見本 太郎 ", &people()), Ok(UserId([0x12; 16])));
        assert_eq!(one("見本 花子", &people()).unwrap_err().code(), Code::Ambiguous);
        assert_eq!(one("見本 次郎", &people()).unwrap_err().code(), Code::Unknown);
        assert_eq!(one("", &people()).unwrap_err().code(), Code::Unknown);
    }

    #[test]
    fn a_beginning_is_taken_from_four_characters_on() {
        let id = UserId([0x12; 16]).to_string();
        assert_eq!(one(&id[..8], &people()), Ok(UserId([0x12; 16])));
        assert_eq!(one(&id[..8].to_uppercase(), &people()), Ok(UserId([0x12; 16])));
        assert_eq!(one(&id[..7], &people()).unwrap_err().code(), Code::Unknown);
        assert_eq!(one("usr-", &people()).unwrap_err().code(), Code::Unknown);
    }

    #[test]
    fn a_whole_identifier_needs_no_list() {
        let id = UserId([0x77; 16]);
        assert_eq!(one(&id.to_string(), &people()), Ok(id));
        assert_eq!(one::<UserId>(&DeviceId([1; 16]).to_string(), &people()).unwrap_err().code(), Code::Unknown);
    }
}
