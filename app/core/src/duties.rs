//! What a person owes before the work goes on: the points to note (A10.1) and periodic checks (A9.2). What is confirmed is
//! exactly what was shown, by its hash.

use renkei_client_core::client::Client;
use renkei_client_core::proto::hash::Hash32;
use renkei_client_core::proto::id::ReviewId;
use renkei_client_core::proto::time::Date;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Result;

/// Something to be read and confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DutyView {
    /// By what it is confirmed.
    pub duty: Duty,
    /// The association's text; the Japanese one binds.
    pub ja: String,
    /// The same in English.
    pub en: String,
    /// The last day, where there is one.
    #[ts(type = "string | null")]
    pub due: Option<Date>,
}

/// Names what is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Duty {
    /// The points to note.
    Notice {
        /// Which version.
        version: u32,
        /// Its hash.
        #[ts(type = "string")]
        text: Hash32,
    },
    /// A periodic check.
    Review {
        /// Which.
        #[ts(type = "string")]
        review: ReviewId,
        /// The hash of its points.
        #[ts(type = "string")]
        text: Hash32,
    },
}

/// Everything that this person owes now, with the texts.
pub(crate) async fn duties(client: &Client) -> Result<Vec<DutyView>> {
    let owed = client.owed();
    let mut all: Vec<(Duty, Option<Date>)> = Vec::new();
    all.extend(owed.notice.map(|since| (Duty::Notice { version: since.version, text: since.text }, None)));
    all.extend(owed.reviews.into_iter().map(|(round, _)| {
        let duty = Duty::Review { review: round.plan.review, text: round.plan.points };
        (duty, Some(round.plan.due))
    }));
    let mut views = Vec::with_capacity(all.len());
    for (duty, due) in all {
        let (Duty::Notice { text, .. } | Duty::Review { text, .. }) = duty;
        let wording = client.text(text).await?;
        views.push(DutyView { duty, ja: wording.japanese.to_string(), en: wording.english.to_string(), due });
    }
    Ok(views)
}

/// Confirms one of them.
pub(crate) async fn confirm(client: &Client, duty: Duty) -> Result<()> {
    match duty {
        Duty::Notice { version, text } => client.acknowledge_notice(version, text).await.map(drop)?,
        Duty::Review { review, text } => client.confirm_review(review, text).await.map(drop)?,
    }
    Ok(())
}
