//! A device's TLS certificate: renewed by the device itself, long before its end or, after months away, with the first
//! sign-in (A2.1, A12.1).
//!
//! The new one takes the place of the old one on the disk once the session has gone on with it over a connection of its own:
//! one that the server does not take, for whatever reason, shuts nobody out (docs/decisions/0049).

use renkei_proto::code::Code;
use renkei_proto::frame::{Answer, Op, RENEW, RESUME};
use renkei_proto::id::SessionId;
use renkei_proto::key::SigningSecret;

use crate::Result;
use crate::clock::Clock;
use crate::link::Link;
use crate::profile::Profile;
use crate::vault::Vault;

/// A session, as a connection takes it up.
pub(crate) type Held<'a> = (SessionId, &'a SigningSecret);

/// Asks for a certificate for a new TLS key over `link`, signed with the device's key, and goes on with the session over a
/// new connection with it. Gives the profile with it, which is on the disk by then, and that connection.
pub(crate) async fn renew(
    profile: &Profile,
    signing: &SigningSecret,
    link: &Link,
    held: Held<'_>,
) -> Result<(Profile, Link)> {
    let (tls_key, request) = crate::keys::tls_key()?;
    let mut signed = link.exporter().to_vec();
    signed.extend_from_slice(request.as_slice());
    let signature = signing.sign(RENEW, &signed);
    let Answer::Certificate(certificate) = link.request(Op::RenewCertificate { request, signature }).await? else {
        return Err(Code::Malformed.into());
    };
    let ends = crate::keys::certificate_ends(certificate.as_slice()).ok_or(Code::NotAuthentic)?;
    let present = crate::keys::certificate_ends(profile.approved()?.certificate.as_slice());
    // One that ends sooner is for a present one that lasts too long, and must be in force here. This device's clock refuses
    // nothing else: it may be the one that is wrong.
    let lasts = present.is_none_or(|present| ends >= present) || ends > Clock::new(&profile.public().server).now();
    let authority = profile.public().authority.as_slice();
    if !lasts || crate::tls::main(authority, certificate.as_slice(), &tls_key).is_err() {
        return Err(Code::NotAuthentic.into());
    }
    let renewed = profile.with_certificate(certificate, tls_key.to_vec());
    let link = renewed.resume(held).await?;
    renewed.save()?;
    Ok((renewed, link))
}

impl Profile {
    /// Goes on with a session over a new connection.
    pub(crate) async fn resume(&self, (session, key): Held<'_>) -> Result<Link> {
        let link = self.link().await?;
        let signature = key.sign(RESUME, link.exporter());
        link.request(Op::Resume { session, signature }).await?;
        Ok(link)
    }

    /// The server let this device in with a certificate that has ended, for its renewal alone: renews it and goes on with
    /// the session over a new connection.
    pub(crate) async fn renewed(&self, vault: &Vault, link: &Link, held: Held<'_>) -> Result<(Self, Link)> {
        let renewed = renew(self, &vault.contents.keys.signing, link, held).await?;
        link.close();
        Ok(renewed)
    }
}
