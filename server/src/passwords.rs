//! Hashing of passwords: Argon2id (RFC 9106), peppered, on a pool of its own so that a storm of sign-ins can't starve
//! the messages of those already in.

use std::sync::Arc;

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use rand_core::OsRng;
use renkei_proto::code::Code;
use renkei_proto::frame::Password;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// `KiB` of memory of one hash; with two passes the least that OWASP's password storage cheat sheet advises for Argon2id.
const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;

/// Attempts that may wait for the pool: at about 20 ms each the last of them waits some seconds.
const WAITING: usize = 256;

/// The pool.
#[derive(Clone)]
pub(crate) struct Passwords {
    pepper: Arc<Zeroizing<[u8; 32]>>,
    workers: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    /// What an unknown ID's password is compared with, so that the answer takes as long.
    decoy: Arc<str>,
}

fn hasher(pepper: &[u8; 32]) -> Result<Argon2<'_>, Code> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|_| Code::StorageFailed)?;
    Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, params).map_err(|_| Code::StorageFailed)
}

fn hash(pepper: &[u8; 32], password: &Password) -> Result<String, Code> {
    let salt = SaltString::generate(&mut OsRng);
    let hash = hasher(pepper)?.hash_password(password.as_bytes(), &salt).map_err(|_| Code::StorageFailed)?;
    Ok(hash.to_string())
}

impl Passwords {
    /// A pool that leaves at least one core to everything else.
    pub(crate) fn new(pepper: [u8; 32]) -> Result<Self, Code> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let decoy = hash(&pepper, &Password::new("nobody has this password").map_err(|_| Code::StorageFailed)?)?;
        Ok(Self {
            pepper: Arc::new(Zeroizing::new(pepper)),
            workers: Arc::new(Semaphore::new(cores.saturating_sub(1).max(1))),
            queue: Arc::new(Semaphore::new(WAITING)),
            decoy: decoy.into(),
        })
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&[u8; 32]) -> Result<T, Code> + Send + 'static,
    ) -> Result<T, Code> {
        let _place = self.queue.try_acquire().map_err(|_| Code::Busy)?;
        let worker = Arc::clone(&self.workers).acquire_owned().await.map_err(|_| Code::ShuttingDown)?;
        let pepper = Arc::clone(&self.pepper);
        tokio::task::spawn_blocking(move || {
            let result = work(&pepper);
            drop(worker);
            result
        })
        .await
        .unwrap_or(Err(Code::StorageFailed))
    }

    /// The hash of a new password, a PHC string.
    pub(crate) async fn hash(&self, password: Password) -> Result<String, Code> {
        self.work(move |pepper| hash(pepper, &password)).await
    }

    /// Whether `password` is the one hashed in `phc`; `None` for an unknown ID takes as long and is never right.
    pub(crate) async fn verify(&self, password: Password, phc: Option<String>) -> Result<bool, Code> {
        let known = phc.is_some();
        let phc = phc.unwrap_or_else(|| self.decoy.to_string());
        let right = self.work(move |pepper| {
            let parsed = PasswordHash::new(&phc).map_err(|_| Code::StorageFailed)?;
            Ok(hasher(pepper)?.verify_password(password.as_bytes(), &parsed).is_ok())
        });
        Ok(right.await? && known)
    }
}
