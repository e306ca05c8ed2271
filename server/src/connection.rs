//! One connection of the main protocol: request streams, and the one sync stream.

use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use quinn::{RecvStream, SendStream, VarInt};
use renkei_policy::a11_session::{Connection, Need};
use renkei_proto::access::Asked;
use renkei_proto::bounds;
use renkei_proto::code::Code;
use renkei_proto::codec;
use renkei_proto::frame::{Answer, ClientFrame, Fault};

use crate::hub::{Live, lock};
use crate::service::{Service, decode_code};
use crate::sign_in::SetUp;
use crate::sync;

/// A frame is here within this time: a large one over a bad link.
const FRAME_TIME: Duration = Duration::from_mins(1);

/// Streams of a signed-in client at once: its sync stream and some requests.
const STREAMS: u32 = 16;

/// What the requests of one connection share.
pub(crate) struct Driver {
    pub(crate) service: Arc<Service>,
    pub(crate) live: Arc<Live>,
    pub(crate) quic: quinn::Connection,
    pub(crate) exporter: [u8; 32],
    /// Where the connection was made from. A later change of address does not change who is counted.
    pub(crate) address: IpAddr,
    /// A first sign-in that is half done.
    pub(crate) set_up: Mutex<Option<SetUp>>,
    /// The sync stream, of which there is one.
    syncing: Mutex<Option<tokio::task::JoinHandle<()>>>,
}

/// Serves a connection until it ends.
pub(crate) async fn serve(service: Arc<Service>, quic: quinn::Connection, identified: Connection, exporter: [u8; 32]) {
    let live = service.hub.join(quic.clone(), identified);
    let device = live.device();
    // The device may have been cut off between the look at its certificate and its joining.
    if let Err(code) = service.owner(device) {
        live.cut(code);
    }
    let driver = Arc::new(Driver {
        service: Arc::clone(&service),
        live: Arc::clone(&live),
        quic: quic.clone(),
        exporter,
        address: quic.remote_address().ip(),
        set_up: Mutex::new(None),
        syncing: Mutex::new(None),
    });
    while let Ok((send, receive)) = quic.accept_bi().await {
        tokio::spawn(stream(Arc::clone(&driver), send, receive));
    }
    if let Some(task) = lock(&driver.syncing).take() {
        task.abort();
    }
    service.hub.leave(&live);
}

async fn stream(driver: Arc<Driver>, send: SendStream, mut receive: RecvStream) {
    // Before the person is signed in, a frame is a password at most.
    let open = driver.live.permit(Need::OpenSession).is_ok();
    let frame = match read_frame(&mut receive, if open { bounds::FRAME } else { bounds::ENROL_FRAME }).await {
        Ok(bytes) => codec::decode::<ClientFrame>(&bytes).map_err(decode_code),
        Err(Some(code)) => Err(code),
        Err(None) => return,
    };
    let answer: Result<Answer, Fault> = match frame {
        Ok(ClientFrame::Request(request)) => {
            let answer = driver.handle(request.op).await;
            if let Err(fault) = &answer {
                tracing::debug!(request = %request.id, device = %driver.live.device(), code = %fault.code, "refused");
            }
            answer
        }
        Ok(ClientFrame::Sync(positions)) => match driver.live.permit(Need::OpenSession) {
            Ok(()) => return driver.sync(send, positions.into_vec()),
            Err(refusal) => {
                let code = driver.service.why(driver.live.user(), refusal.0);
                driver.service.recorder.refused(driver.subject(), Asked::Sync, code);
                return reset(send, code);
            }
        },
        Err(code) => {
            driver.service.recorder.refused(driver.subject(), Asked::Unreadable, code);
            Err(code.into())
        }
    };
    let bytes = zeroize::Zeroizing::new(codec::encode(&answer));
    send_and_finish(send, &bytes).await;
}

/// Reads a whole frame, in order, within its bound and its time. `None` for an error: the peer is gone.
pub(crate) async fn read_frame(
    receive: &mut RecvStream,
    bound: usize,
) -> Result<zeroize::Zeroizing<Vec<u8>>, Option<Code>> {
    let read = async {
        let mut bytes = zeroize::Zeroizing::new(Vec::new());
        loop {
            match receive.read_chunk(bound + 1, true).await {
                Ok(None) => return Ok(bytes),
                Ok(Some(chunk)) if bytes.len() + chunk.bytes.len() > bound => return Err(Some(Code::TooLarge)),
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk.bytes),
                Err(_) => return Err(None),
            }
        }
    };
    tokio::time::timeout(FRAME_TIME, read).await.unwrap_or(Err(Some(Code::TooLarge)))
}

/// Sends a whole answer. A peer that has gone away no longer wants it.
pub(crate) async fn send_and_finish(mut send: SendStream, bytes: &[u8]) {
    if send.write_all(bytes).await.is_ok() && send.finish().is_ok() {
        drop(send.stopped().await);
    }
}

/// Ends a stream with `code` as its application error.
pub(crate) fn reset(mut send: SendStream, code: Code) {
    drop(send.reset(VarInt::from_u32(u32::from(code.number()))));
}

impl Driver {
    /// A signed-in client may have more under way than a stranger.
    pub(crate) fn widen(&self) {
        let window = u32::try_from(2 * bounds::FRAME).unwrap_or(u32::MAX);
        self.quic.set_receive_window(VarInt::from_u32(window));
        self.quic.set_max_concurrent_bi_streams(VarInt::from_u32(STREAMS));
    }

    /// Starts the sync stream; an earlier one of this connection gives way.
    fn sync(self: &Arc<Self>, send: SendStream, positions: Vec<(renkei_proto::statement::LogId, u64)>) {
        let mut syncing = lock(&self.syncing);
        let earlier = syncing.take();
        let driver = Arc::clone(self);
        *syncing = Some(tokio::spawn(async move {
            if let Some(earlier) = earlier {
                earlier.abort();
                // Only when it is over can it take no mark any more that is meant for this one.
                drop(earlier.await);
            }
            sync::run(driver, send, positions).await;
        }));
    }
}
