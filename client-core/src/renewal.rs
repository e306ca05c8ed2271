//! A device's TLS certificate: renewed by the device itself, long before its end or, after months away, with the first
//! sign-in (A2.1, A12.1).

use renkei_proto::code::Code;
use renkei_proto::frame::{Answer, Op, RENEW, RESUME};
use renkei_proto::id::SessionId;
use renkei_proto::key::SigningSecret;

use crate::Result;
use crate::link::Link;
use crate::profile::Profile;
use crate::vault::Vault;

/// Asks for a certificate for a new TLS key over `link`, signed with the device's key, which gives the profile with it.
pub(crate) async fn renew(profile: &Profile, signing: &SigningSecret, link: &Link) -> Result<Profile> {
    let (tls_key, request) = crate::keys::tls_key()?;
    let mut signed = link.exporter().to_vec();
    signed.extend_from_slice(request.as_slice());
    let signature = signing.sign(RENEW, &signed);
    let Answer::Certificate(certificate) = link.request(Op::RenewCertificate { request, signature }).await? else {
        return Err(Code::Malformed.into());
    };
    // One that is not for this key, or ends before the present one, would shut this device out.
    let ends = |der: &[u8]| crate::keys::certificate_ends(der);
    let lasts = ends(certificate.as_slice()) >= ends(profile.approved()?.certificate.as_slice());
    let authority = profile.public().authority.as_slice();
    if !lasts || crate::tls::main(authority, certificate.as_slice(), &tls_key).is_err() {
        return Err(Code::NotAuthentic.into());
    }
    let mut profile = profile.clone();
    profile.renew(certificate, tls_key.to_vec())?;
    Ok(profile)
}

impl Profile {
    /// The server let this device in with a certificate that has ended, for its renewal alone: renews it and goes on with
    /// the session over a new connection.
    pub(crate) async fn renewed(
        &self,
        vault: &Vault,
        link: &Link,
        session: SessionId,
        session_key: &SigningSecret,
    ) -> Result<(Self, Link)> {
        let profile = renew(self, &vault.contents.keys.signing, link).await?;
        link.close();
        let link = profile.link().await?;
        let signature = session_key.sign(RESUME, link.exporter());
        link.request(Op::Resume { session, signature }).await?;
        Ok((profile, link))
    }
}
