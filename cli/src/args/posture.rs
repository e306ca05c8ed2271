//! How devices are kept, and whose are meant, on the command line.

use clap::Args;
use renkei_client_core::proto::posture::Posture;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, Args, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "flags, as the policy lists them")]
pub(crate) struct PostureArgs {
    /// The screen locks by itself / 画面が自動でロックされる
    #[arg(long)]
    screen_lock: bool,
    /// A password of 8 characters or more at the start or unlocking / 起動または解除に8文字以上のパスワードが必要
    #[arg(long)]
    boot_password: bool,
    /// No file-sharing software / ファイル共有ソフトが入っていない
    #[arg(long)]
    no_file_sharing: bool,
    /// Antivirus software, kept current (computers) / ウイルス対策ソフトが最新である（パソコン）
    #[arg(long)]
    antivirus: bool,
    /// No browser stores passwords / ブラウザーにパスワードを保存していない
    #[arg(long)]
    no_stored_passwords: bool,
    /// Under mobile device management / MDM（モバイル端末管理）で管理されている
    #[arg(long)]
    managed: bool,
    /// The system's updates are installed / OSの更新が済んでいる
    #[arg(long)]
    updated: bool,
}

impl From<PostureArgs> for Posture {
    fn from(args: PostureArgs) -> Self {
        Self {
            screen_lock: args.screen_lock,
            boot_password: args.boot_password,
            no_file_sharing: args.no_file_sharing,
            antivirus: args.antivirus,
            no_stored_passwords: args.no_stored_passwords,
            managed: args.managed,
            updated: args.updated,
        }
    }
}

#[derive(Debug, Clone, Args, Serialize, Deserialize)]
#[group(required = true, multiple = true)]
pub(crate) struct WhoseDevices {
    /// Of this person / この人の端末
    #[arg(long, value_name = "USER", conflicts_with = "facility")]
    pub(crate) user: Option<String>,
    /// Of one's own facility / 自事業所の端末
    #[arg(long)]
    pub(crate) facility: bool,
    /// Not people's own / 私物の端末を除く
    #[arg(long, requires = "facility")]
    pub(crate) facility_owned: bool,
}
