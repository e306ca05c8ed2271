//! Asking until there is an answer: over as many connections as it takes, for as long as a person would wait.
//!
//! What the person is told at the end is what is known then: that the server is busy, if it said so, and that it can't
//! be reached, if a question may have got there and nothing came back.

use std::time::Duration;

use renkei_proto::code::Code;
use renkei_proto::frame::Fault;
use tokio::time::Instant;

use crate::Result;

/// Between two tries of one question: the first pause, and the longest. A server that is busy is not made busier.
pub(super) const AGAIN: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));

/// How one try went.
pub(super) enum Tried<T> {
    /// There is no connection to ask over. It waited a moment for one.
    Away,
    /// The session is over, for this reason.
    Over(Fault),
    /// The question was asked, and this came back.
    Asked(Result<T>),
}

/// Whether the same question may be answered otherwise in a moment.
fn passes(code: Code) -> bool {
    matches!(code, Code::Unreachable | Code::ShuttingDown | Code::Busy | Code::SessionRequired)
}

/// Tries until there is an answer that stays, or `patience` is over.
pub(super) async fn until_answered<T, F>(patience: Duration, mut try_once: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Tried<T>>,
{
    let end = Instant::now() + patience;
    // A question that got no answer may have had its effect: no later "busy" takes that back.
    let mut unanswered = false;
    let mut pause = AGAIN.0;
    loop {
        let fault = match tokio::time::timeout_at(end, try_once()).await {
            Err(_) => return Err(Code::Unreachable.into()),
            Ok(Tried::Away) => {
                pause = AGAIN.0;
                continue;
            }
            Ok(Tried::Over(fault)) => return Err(fault),
            Ok(Tried::Asked(Err(fault))) if passes(fault.code) => fault,
            Ok(Tried::Asked(answer)) => return answer,
        };
        unanswered |= fault.code == Code::Unreachable;
        if Instant::now() + pause >= end {
            return Err(if unanswered { Code::Unreachable.into() } else { fault });
        }
        tokio::time::sleep(pause).await;
        pause = if fault.code == Code::Busy { AGAIN.1.min(pause * 2) } else { AGAIN.0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);

    fn says(code: Code) -> Tried<u8> {
        Tried::Asked(Err(code.into()))
    }

    async fn told(mut try_once: impl FnMut(u32) -> Tried<u8>) -> (Result<u8>, u32) {
        let mut tries = 0;
        let asked = until_answered(PATIENCE, || {
            tries += 1;
            let tried = try_once(tries);
            async {
                if matches!(tried, Tried::Away) {
                    tokio::time::sleep(AGAIN.0).await;
                }
                tried
            }
        });
        let told = asked.await;
        (told, tries)
    }

    #[tokio::test(start_paused = true)]
    async fn whom_the_server_keeps_telling_that_it_is_busy_is_told_so() {
        let (told, tries) = told(|_| says(Code::Busy)).await;
        assert_eq!(told, Err(Code::Busy.into()));
        assert!(tries < 20, "{tries} tries make it busier");
    }

    #[tokio::test(start_paused = true)]
    async fn busy_passes() {
        let (told, _) = told(|tries| if tries < 4 { says(Code::Busy) } else { Tried::Asked(Ok(7)) }).await;
        assert_eq!(told, Ok(7));
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_goes_after_it_was_busy_is_gone() {
        let (told, _) = told(|tries| if tries == 1 { says(Code::Busy) } else { Tried::Away }).await;
        assert_eq!(told, Err(Code::Unreachable.into()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_question_that_got_no_answer_is_not_called_refused() {
        let (told, _) = told(|tries| says(if tries == 1 { Code::Unreachable } else { Code::Busy })).await;
        assert_eq!(told, Err(Code::Unreachable.into()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_try_that_hangs_ends_with_patience() {
        let asked: Result<u8> = until_answered(PATIENCE, std::future::pending).await;
        assert_eq!(asked, Err(Code::Unreachable.into()));
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_stays_is_told_at_once() {
        let (told, tries) = told(|_| says(Code::TicketsOpen)).await;
        assert_eq!((told, tries), (Err(Code::TicketsOpen.into()), 1));
    }
}
