//! Training rounds (A15.1): opened by the Desk or a facility's administrator, and who has taken part.

use renkei_policy::registry::a15_training::Training;
use renkei_proto::act::{RegistryAct, TrainingPlan};
use renkei_proto::frame::{Accepted, Sidecar};
use renkei_proto::hash::Hash32;
use renkei_proto::id::{TrainingId, UserId};
use renkei_proto::statement::Role;
use renkei_proto::time::Date;

use crate::Result;
use crate::client::Client;

impl Client {
    /// The open training rounds that this person has yet to take part in.
    pub fn trainings_due(&self) -> Vec<Training> {
        self.look(|replica| replica.registry().now().trainings_due(self.user()).cloned().collect())
    }

    /// Opens a training round: for one's own facility as its administrator, else as an operator of the Desk.
    pub async fn open_training(&self, plan: TrainingPlan) -> Result<Accepted> {
        let (_, role) = self.own_facility()?;
        self.registry_act(role, RegistryAct::OpenTraining(plan), Sidecar::default()).await
    }

    /// This person has worked through the material.
    pub async fn attend_training(&self, training: TrainingId, material: Hash32) -> Result<Accepted> {
        let act = RegistryAct::AttendTraining { training, material };
        self.registry_act(Role::User, act, Sidecar::default()).await
    }

    /// Somebody was there, at a session held in person on that day.
    pub async fn record_attendance(&self, training: TrainingId, user: UserId, held_on: Date) -> Result<Accepted> {
        let (_, role) = self.own_facility()?;
        let act = RegistryAct::RecordAttendance { training, user, held_on };
        self.registry_act(role, act, Sidecar::default()).await
    }

    /// Closes a training round.
    pub async fn close_training(&self, training: TrainingId) -> Result<Accepted> {
        let (_, role) = self.own_facility()?;
        self.registry_act(role, RegistryAct::CloseTraining { training }, Sidecar::default()).await
    }
}
