//! What a person is told, in Japanese and English: what happened, and what to do next.

use crate::code::Code;
use crate::frame::PasswordRule;

/// A language of screens and messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// 日本語.
    #[default]
    Japanese,
    /// English.
    English,
}

impl Language {
    /// The language of a locale such as `ja_JP.UTF-8`. Anything but Japanese reads English.
    pub fn of_locale(locale: &str) -> Self {
        if locale.to_ascii_lowercase().starts_with("ja") { Self::Japanese } else { Self::English }
    }

    /// Chooses by language.
    pub const fn pick<T: Copy>(self, japanese: T, english: T) -> T {
        match self {
            Self::Japanese => japanese,
            Self::English => english,
        }
    }
}

/// The sentence for `code`.
pub const fn sentence(code: Code, language: Language) -> &'static str {
    let (japanese, english) = both(code);
    language.pick(japanese, english)
}

/// What a password lacks.
pub const fn password_rule(rule: PasswordRule, language: Language) -> &'static str {
    match rule {
        PasswordRule::Length => language.pick(
            "もっと長くしてください（13文字以上。医師会が認める場合は8文字以上）",
            "make it longer: 13 characters, or 8 where the association allows it",
        ),
        PasswordRule::Letter => language.pick("英字を入れてください", "use a letter"),
        PasswordRule::Digit => language.pick("数字を入れてください", "use a digit"),
        PasswordRule::Symbol => language.pick("記号を入れてください", "use a symbol"),
        PasswordRule::Guessable => language.pick(
            "推測されやすい文字列です。無関係な語を組み合わせてください",
            "too easy to guess: combine unrelated words",
        ),
        PasswordRule::Personal => {
            language.pick("氏名や事業所名を使わないでください", "leave out your name and your facility's name")
        }
        PasswordRule::Reused => {
            language.pick("直近10回に使ったパスワードは使えません", "not one of your last ten passwords")
        }
    }
}

#[expect(clippy::too_many_lines, reason = "a table, one row for each code")]
const fn both(code: Code) -> (&'static str, &'static str) {
    match code {
        Code::FacilityNotAdmitted => (
            "事業所の利用がまだ承認されていません。療養相談室の承認をお待ちください。",
            "This facility has not been admitted yet. Wait for the consultation desk to admit it.",
        ),
        Code::FacilitySuspended => (
            "この事業所の利用は停止されています。療養相談室にお問い合わせください。",
            "This facility is suspended. Contact the consultation desk.",
        ),
        Code::UserSuspended => (
            "このIDは停止されています。事業所のSNS管理者に再開を依頼してください。",
            "This ID is suspended. Ask the facility's SNS administrator to resume it.",
        ),
        Code::PostureMissing => (
            "この端末の状態の申告か、SNS管理者の確認が済んでいません。端末の状態を申告し、確認を依頼してください。",
            "How this device is kept is not declared, or not confirmed up to today. Declare it, then ask your SNS \
             administrator to confirm it.",
        ),
        Code::DeviceSuspended => (
            "この端末は停止されています。停止した人か、事業所のSNS管理者に再開を依頼してください。",
            "This device is suspended. Ask whoever suspended it, or your SNS administrator, to resume it.",
        ),
        Code::FacilityEnded => (
            "この事業所の利用は終了しました。お心当たりがない場合は、療養相談室にご連絡ください。",
            "This facility's admission has ended. If you did not expect that, call the consultation desk.",
        ),
        Code::GroupsOpen => (
            "引き継ぎも終了もしていないグループがあります。先に引き継ぐか終了するか、グループの終了も併せて指示してください。",
            "This facility has groups that are neither handed over nor closed. Hand them over or close them first, or order that they be closed with it.",
        ),
        Code::NotOriginator => (
            "この操作は連携元事業所だけが行えます。連携元事業所にご依頼ください。",
            "Only the originating facility may do this. Ask the originating facility.",
        ),
        Code::NotAMember => (
            "委託できるのは医師会の会員事業所だけです。会員でない事業所は、自らグループを作成してください。",
            "Only member facilities of the association can delegate. A facility that is not one creates its groups itself.",
        ),
        Code::DelegationMissing => (
            "この事業所からの委託がありません。事業所のSNS管理者に委託の登録を依頼してください。",
            "That facility has not delegated to the desk. Ask its SNS administrator to record a delegation.",
        ),
        Code::DelegationExpired => (
            "委託の期間が終わっています。事業所のSNS管理者に新しい委託を依頼してください。",
            "The delegation has ended. Ask the facility's SNS administrator for a new one.",
        ),
        Code::DelegationWithoutReading => (
            "この委託では療養相談室の担当者は閲覧できません。閲覧を認める委託を事業所に依頼してください。",
            "Under this delegation the desk's staff may not read. Ask the facility for a delegation that permits it.",
        ),
        Code::CardChanged => (
            "カードは先に別の人が変更しました。その変更を確認し、必要な分をもう一度変更してください。",
            "Somebody else has changed the card meanwhile. Look at that change, then make yours again.",
        ),
        Code::CardNotApplicable => (
            "患者カードは患者グループにのみあります。患者グループで作成してください。",
            "Only a group about a patient has a patient card. Write it in one.",
        ),
        Code::GroupClosed => (
            "このグループは終了しています。続けるには新しいグループを作成してください。",
            "This group is closed. Create a new group to go on.",
        ),
        Code::NotAReader => (
            "このグループのメンバーではありません。参加が必要なら連携元事業所に招待を依頼してください。",
            "Not a member of this group. If you need to take part, ask the originating facility for an invitation.",
        ),
        Code::AlreadyInGroup => (
            "この方はすでにメンバーか、招待中です。グループの一覧を確かめてください。",
            "This person is already a member or invited. Look at the group's list.",
        ),
        Code::RetentionRunning => (
            "消去できるのは、終了後に保存期間が過ぎたグループだけです。終了し、保存期間が過ぎてからもう一度行ってください。",
            "Only a group that was closed and then kept for as long as it must be can be erased. Close it, and order this when its time is over.",
        ),
        Code::GroupErased => (
            "このグループは消去されました。経緯は連携元事業所にお問い合わせください。",
            "This group was erased. Ask the facility that runs it why.",
        ),
        Code::ConsentMissing => (
            "患者同意書が記録されていません。連携元事業所が同意書を記録すると書き込めます。",
            "No patient consent is recorded. Messages can be sent once the originating facility records the consent form.",
        ),
        Code::ConsentNotApplicable => (
            "自由グループに患者同意書は記録できません。患者グループを作成してください。",
            "A free group can't hold a patient's consent. Create a patient group.",
        ),
        Code::ConsentWithdrawn => (
            "患者の同意が撤回されたため、このグループは凍結されています。連携元事業所にお問い合わせください。",
            "The patient's consent was withdrawn, and this group is frozen. Ask the originating facility.",
        ),
        Code::ErasureHeld => (
            "このグループの消去は保留されています。保留の期限が過ぎてから確認してください。",
            "Erasure of this group is on hold. Confirm it when the hold is over.",
        ),
        Code::NoAdministrator => (
            "SNS管理者が一人もいなくなります。先に後任を任命してください。",
            "The facility would be without an SNS administrator. Appoint a successor first.",
        ),
        Code::NotFacilityManager => (
            "この操作は事業所管理者だけが行えます。事業所管理者にご依頼ください。",
            "Only the facility manager may do this. Ask the facility manager.",
        ),
        Code::SecondPersonRequired => (
            "お一人では行えません。権限のあるもう一人（SNS管理者または療養相談室の担当者）に依頼してください。",
            "You can't do this alone. Ask a second person who may (an administrator, or an operator of the Desk).",
        ),
        Code::ManagerNeeded => (
            "事業所管理者のIDは終了できません。先に管理者の役割を引き継いでください。",
            "The facility manager's ID can't be ended. Hand the office over first.",
        ),
        Code::DeviceNotApproved => (
            "この端末は承認されていません。事業所のSNS管理者に承認を依頼してください。",
            "This device is not approved. Ask your facility's SNS administrator to approve it.",
        ),
        Code::NotAdministrator => (
            "この操作は該当する事業所のSNS管理者だけが行えます。SNS管理者にご依頼ください。",
            "Only an SNS administrator of that facility may do this. Ask the SNS administrator.",
        ),
        Code::ApprovalMissing => (
            "相手の事業所のSNS管理者の承認がまだです。承認をお待ちください。",
            "The invited person's own SNS administrator has not approved yet. Wait for the approval.",
        ),
        Code::InvitationSpent => (
            "この招待はすでに処理されています。必要なら改めて招待してください。",
            "This invitation has already been decided or withdrawn. Invite again if needed.",
        ),
        Code::UserEnded => (
            "このIDは終了しています。業務で知り得た患者や事業所の情報を漏らさない義務は、離職後も続きます。\
             必要なら事業所のSNS管理者に相談してください。",
            "This ID has been ended. The duty to keep what you learned of patients and of the facility secret goes on after \
             you have left. If you need to, speak to the facility's SNS administrator.",
        ),
        Code::KeyInUse => (
            "この端末の鍵はすでに登録されています。端末を初めから登録し直してください。",
            "This key is registered already. Enrol the device again from the start.",
        ),
        Code::ReleaseWrong => (
            "招待の内容が一致しません。招待した事業所に、招待の送り直しを依頼してください。",
            "This is not what the invitation says. Ask the facility that invited to invite again.",
        ),
        Code::TooSoon => (
            "この端末の鍵は更新されたばかりです。明日以降にもう一度お試しください。",
            "This device's keys were renewed a moment ago. Try again tomorrow.",
        ),
        Code::PledgeMissing => (
            "従事者誓約書が記録されていません。事業所のSNS管理者に記録を依頼してください。",
            "No staff pledge is recorded. Ask your SNS administrator to record it.",
        ),
        Code::ReviewOverdue => (
            "定期確認が期限を過ぎているため、操作が制限されています。確認事項を読んで確認すると、すぐに解除されます。",
            "A periodic review is overdue, so this is held back. Read its points and confirm them: that ends it at once.",
        ),
        Code::NoticeUnread => (
            "医師会の留意事項（最新版）をまだ確認していません。読んで確認すると、続けて利用できます。",
            "You have not acknowledged the association's points to note in their present version. Read and acknowledge \
             them to go on.",
        ),
        Code::PasswordTooWeak => (
            "パスワードが条件を満たしていません。次の点を直してください。",
            "The password does not meet the rules. Mend these points.",
        ),
        Code::TryLater => (
            "短時間に試行が続いたため、しばらく受け付けられません。時間をおいてやり直してください。",
            "Too many attempts in a short time. Wait and try again.",
        ),
        Code::SecondFactorRequired => (
            "確認コードが必要です。認証アプリの6桁の数字を入力してください。",
            "A code is needed. Enter the six digits of your code generator.",
        ),
        Code::DeviceWiped => (
            "この端末は管理者により消去されました。別の端末を登録してください。",
            "This device has been wiped by an administrator. Enrol another device.",
        ),
        Code::DownloadForbidden => (
            "このファイルはダウンロードが禁止されています。この画面で見ることはできます。持ち出しが必要なときは、事業所のSNS管理者に\
             持ち出しを申請してください。",
            "This file may not be downloaded. You can look at it here. If it has to leave, ask your facility's SNS administrator \
             for a takeout.",
        ),
        Code::FormatNotAllowed => (
            "送れるのは写真（JPEG・PNG）、PDF、音声（MP3・M4A・WAV・Ogg・FLAC）だけです。ファイルの種類と中身を確かめてください。",
            "Only pictures (JPEG, PNG), PDF and sound (MP3, M4A, WAV, Ogg, FLAC) can be sent. Check what kind of file it is, and that \
             it is what its name says.",
        ),
        Code::UploadsFull => (
            "送信途中のファイルが多すぎます。先にほかの送信を終えるか、一日たってからやり直してください。",
            "Too many files are on their way and belong to no message yet. Finish sending the others first, or try again in a day.",
        ),
        Code::UploadsSpent => (
            "ファイルの送信量が1日の上限（従事者・グループ・全体）に達しました。表示された時間の後に送信すると、続きから送ります。",
            "As many bytes of files were sent within a day as one person, one group or all together may. Send it again after the time \
             shown: it goes on from where it stopped.",
        ),
        Code::FileIncomplete => (
            "ファイルがまだすべて届いていません。もう一度送信すると、続きから送ります。",
            "The file has not arrived whole. Send it again: it goes on from where it stopped.",
        ),
        Code::OpeningOver => (
            "ファイルを開いてから時間がたったため閉じました。もう一度開いてください。",
            "The file was closed because it was opened too long ago. Open it again.",
        ),
        Code::FileChanged => (
            "送信中にファイルの中身が変わりました。もう一度添付してください。",
            "The file changed while it was being sent. Attach it again.",
        ),
        Code::InquiryClosed => (
            "この問い合わせは終了しています。続けるときは、再開してから書いてください。",
            "This inquiry is closed. To go on with it, reopen it first.",
        ),
        Code::InquiryOnly => (
            "問い合わせは、問い合わせた人と療養相談室だけのものです。ほかの人と話すときは、グループを作ってください。",
            "An inquiry is between who asks and the consultation desk. To talk with others, open a group.",
        ),
        Code::TooManyInquiries => (
            "開いている問い合わせが多すぎます。済んだものを終了してから、新しく始めてください。",
            "Too many of your inquiries are open. Close those that are settled, then open a new one.",
        ),
        Code::ReplyAwaited => (
            "問い合わせた人の返事を待つ期間です。期間が過ぎてから終了してください。",
            "The person who asked still has time to write back. Close the inquiry when that time is over.",
        ),
        Code::AskedMeanwhile => (
            "問い合わせた人が、その間に続きを書いています。読んでから、もう一度回答してください。",
            "The person who asked has written meanwhile. Read it, then answer once more.",
        ),
        Code::NotOperator => (
            "この操作は療養相談室の担当者だけが行えます。療養相談室にお問い合わせください。",
            "Only an operator of the consultation desk may do this. Contact the desk.",
        ),
        Code::NotRoot => (
            "この操作には医師会のルート鍵（最上位の鍵）が必要です。鍵の保管者に依頼してください。",
            "This needs the association's root key. Ask its keeper.",
        ),
        Code::NotTheAuthor => (
            "書き込みを訂正・取り消しできるのは書いた本人だけです。誤りに気づいたら、書いた人に伝えてください。",
            "Only the person who wrote a message corrects it or takes it back. Tell the author what is wrong with it.",
        ),
        Code::AlreadyRetracted => (
            "この書き込みはすでに取り消されています。伝えることがあれば、新しく書いてください。",
            "This message was taken back already. If there is something to say, write a new one.",
        ),
        Code::UseConsentMissing => (
            "グループ外での利用への有効な同意が記録されていません。先に同意書を記録してください。",
            "No consent to uses beyond the group stands. Record one first.",
        ),
        Code::UsesStanding => (
            "グループ外での利用が残っています。それぞれの資料の処分を確認して記録してから、もう一度行ってください。",
            "Uses beyond the group are still open. Record what became of each, then do this again.",
        ),
        Code::IncidentOwn => (
            "報告した人は、自分の報告の対応を一人で決められません。ほかの管理者か療養相談室に頼んでください。",
            "Whoever reported something does not decide alone how it is dealt with. Ask another administrator, or the consultation desk.",
        ),
        Code::TooManyIncidents => (
            "対応中の報告が多すぎます。急ぐときは療養相談室に電話してください。",
            "Too many of your reports are open. If it is urgent, telephone the consultation desk.",
        ),
        Code::MeasuresMissing => (
            "まだ記録されていない対応があります。拡大の防止、連絡、原因、再発防止のそれぞれに、行ったか不要かを記録してから終了してください。",
            "Something is not on record yet. Of containing, telling, explaining and preventing, record that each was done or was not needed; then close it.",
        ),
        Code::GroupHalted => (
            "このグループは一時停止しています。再開されるまで、読むことも書くこともできません。急ぐことは電話で連絡してください。",
            "This group is halted. Until it goes on, nothing is read or written in it. If something is urgent, telephone.",
        ),
        Code::ChecksMissing => (
            "確認を依頼した全員が、この文面を承認してはいません。未確認の人に確認を依頼するか、指摘に応じて文面を直してください。公開できるのは、全員が承認した文面そのものだけです。",
            "Not everybody who was asked to check has approved this very text. Remind who has yet to look, or change the text where somebody objects. Only the text that all approved is published.",
        ),
        Code::TooManyCalls => (
            "このグループでの至急の呼び出しは、一人1時間に5回、24時間に15回までです。急ぐことは電話で連絡してください。普通の書き込みはできます。",
            "In this group a person may call urgently 5 times an hour and 15 times in 24 hours. If it is urgent, telephone. Ordinary messages can be sent.",
        ),
        Code::TooManyBroadcasts => (
            "緊急一斉連絡は、同時に3件、24時間に12件までです。終わったものを終了してから送ってください。",
            "At most 3 emergency broadcasts are open at once, and 12 are sent in 24 hours. Close one that is over first.",
        ),
        Code::BroadcastClosed => (
            "この緊急一斉連絡は終了しています。助けが必要なときは電話してください。",
            "This emergency broadcast is over. If you need help, telephone.",
        ),
        Code::SignInFailed => (
            "サインインできませんでした。ID、パスワード、確認コードを確かめてください。",
            "Sign-in failed. Check the ID, the password and the code.",
        ),
        Code::SessionRequired => ("サインインしていません。サインインしてください。", "Not signed in. Sign in first."),
        Code::SessionLocked => (
            "ロックされています。パスワードで解除してください。",
            "The session is locked. Unlock it with your password.",
        ),
        Code::SessionExpired => (
            "続けて利用できる時間の上限に達したため、サインインが終了しました。もう一度サインインしてください。",
            "The session has lasted as long as one may. Sign in again.",
        ),
        Code::TooManySessions => (
            "同時に使える端末の数に達しています。使っていない端末でサインアウトしてから、もう一度お試しください。",
            "You are signed in on as many devices as your facility allows. Sign out on one of them, then try again.",
        ),
        Code::PasswordExpired => (
            "パスワードの有効期間が過ぎました。新しいパスワードを設定してください。",
            "Your password has expired. Set a new one.",
        ),
        Code::StepUpRequired => (
            "管理の操作には新しい確認コードが必要です。確認コードを入力してから、もう一度お試しください。",
            "An administrative act needs a fresh code of the code generator. Enter one, then do it again.",
        ),
        Code::ByodNotAllowed => (
            "この事業所では私物の端末は使えません。事業所の端末で登録してください。",
            "This facility lets no private devices in. Enrol one of the facility's.",
        ),
        Code::OnlyOwnDevices => (
            "管理者が使える端末が私物だけのため、私物端末を禁止すると誰も管理できなくなります。先に管理者の一人に事業所の端末を登録してください。",
            "The administrators here have private devices only: forbidding them would leave nobody to administer. First enrol a device of the facility's for one of them.",
        ),
        Code::PasswordChanged => (
            "パスワードが別の端末で変更されたため、この端末のセッションは終了しました。新しいパスワードでサインインしてください。心当たりがなければ、すぐに管理者に連絡してください。",
            "The password was changed on another device, so the session on this one has ended. Sign in with the new password; if it was not you, call your administrator at once.",
        ),
        Code::WeakerThanPolicy => (
            "医師会の定めより緩い設定にはできません。同じか、より厳しい値にしてください。",
            "A setting can't be weaker than the association's. Choose the same or a stricter one.",
        ),
        Code::SessionEnded => {
            ("セッションは終了しています。もう一度サインインしてください。", "The session is over. Sign in again.")
        }
        Code::FactorsReset => (
            "パスワードと認証アプリが管理者により初期化され、セッションは終了しました。サインインの際に新しく設定してください。心当たりがなければ、すぐに管理者に連絡してください。",
            "Your password and code generator were reset by an administrator, and the session has ended. Set them up anew when you sign in; if you did not ask for it, call your administrator at once.",
        ),
        Code::SetUpRequired => (
            "パスワードと認証アプリの設定が必要です（初回、または初期化された後）。サインインして設定してください。",
            "A password and a code generator have to be set (the first time, or after a reset). Sign in and set them.",
        ),
        Code::SetUpDone => (
            "初回の設定は済んでいます。通常のサインインをしてください。",
            "The first sign-in was made already. Sign in as usual.",
        ),
        Code::CertificateRequired => (
            "端末の証明書を確認できません。端末が未登録なら登録し、続くときは事業所のSNS管理者に連絡してください。",
            "The device's certificate could not be verified. Enrol the device if it is not enrolled; if this goes on, ask your administrator.",
        ),
        Code::CertificateExpired => (
            "端末の証明書の期限が切れています。SNS管理者から新しい登録票を受け取り、端末を登録し直してください。",
            "The device's certificate has expired. Get a new enrolment ticket from your SNS administrator and enrol again.",
        ),
        Code::TicketRefused => (
            "登録票が使えません。発行者に新しい登録票を依頼してください。",
            "The enrolment ticket can't be used. Ask its issuer for a new one.",
        ),
        Code::NotFounded => (
            "このサーバーではまだ医師会が設立されていません。先に設立を行ってください。",
            "No association has been founded on this server yet. Found it first.",
        ),
        Code::ClaimRefused => (
            "設立用コードが正しくないか、設立済みです。サーバーの初期化で表示されたコードを確かめてください。",
            "The claim code is wrong or the association is founded already. Check the code shown at the server's initialisation.",
        ),
        Code::RekeyRequired => (
            "メンバーが変わったため鍵を更新します。もう一度送信してください。",
            "The members have changed, so the keys must be renewed. Send again.",
        ),
        Code::EpochTaken => (
            "別の端末が先に鍵を更新しました。もう一度送信してください。",
            "Another device renewed the keys first. Send again.",
        ),
        Code::RosterMismatch => (
            "鍵の更新中にメンバーが変わりました。もう一度送信してください。",
            "The members changed while the keys were renewed. Send again.",
        ),
        Code::HistoryNotDue => (
            "過去の書き込みの鍵は、渡し済みか、渡せない端末です。操作は不要です。",
            "These devices have the keys of earlier messages, or may not have them. Nothing needs to be done.",
        ),
        Code::TooManyDevices => (
            "端末の数が上限に達しています。使わなくなった端末を使用終了にするか、グループのメンバーを見直してください。",
            "There are as many devices as may be. Retire devices that are not used, or look through the group's members.",
        ),
        Code::Unknown => (
            "指定されたものが見つかりません。一覧で名前やIDを確かめてください。",
            "That does not exist. Check the name or the identifier in the list.",
        ),
        Code::AlreadyExists => {
            ("同じIDのものがすでにあります。一覧で確かめてください。", "That identifier is taken. Look at the list.")
        }
        Code::NothingToDo => ("すでにその状態です。操作は不要です。", "It is so already. Nothing needs to be done."),
        Code::CounterWrong => (
            "送信の順序が記録と合いません。最新の状態を受け取ってから、もう一度お試しください。",
            "The order of sending does not fit the record. Let the device catch up and try again.",
        ),
        Code::HeadMismatch => (
            "記録の食い違いを検出しました。使用を止め、療養相談室に連絡してください。",
            "The records disagree. Stop using the service and tell the consultation desk.",
        ),
        Code::WrongLog => (
            "別のグループまたは別の医師会あての記録です。アプリを更新してください。",
            "This record belongs to another group or association. Update the app.",
        ),
        Code::WrongRole => (
            "その役割ではこの操作を行えません。権限のある管理者に依頼してください。",
            "That role may not do this. Ask an administrator who may.",
        ),
        Code::UnknownRules => (
            "新しい規則の記録があります。アプリを更新してください。",
            "There are records under newer rules. Update the app.",
        ),
        Code::SignatureInvalid => (
            "署名が正しくありません。使用を止め、療養相談室に連絡してください。",
            "A signature does not hold. Stop and tell the consultation desk.",
        ),
        Code::SidecarMismatch => (
            "一緒に送られた内容が署名と一致しません。アプリを更新してください。",
            "What was sent does not match its signature. Update the app.",
        ),
        Code::DateOutOfRange => {
            ("日付が正しい範囲にありません。日付を確かめてください。", "The date is out of range. Check the date.")
        }
        Code::Malformed => {
            ("通信の内容を読み取れません。アプリを更新してください。", "What was sent can't be read. Update the app.")
        }
        Code::TooLarge => (
            "内容が大きすぎます。短くするか、分けて送ってください。",
            "It is too large. Shorten it or send it in parts.",
        ),
        Code::UnknownVersion => {
            ("対応していない版です。アプリを更新してください。", "An unknown version. Update the app.")
        }
        Code::OutOfOrder => {
            ("通信の順序が正しくありません。接続し直してください。", "Out of order on this connection. Connect again.")
        }
        Code::NotForYou => (
            "これを見る権限がありません。必要ならSNS管理者に相談してください。",
            "You have no access to this. Speak to your SNS administrator if you need it.",
        ),
        Code::Busy => ("混み合っています。少し待ってやり直してください。", "Too busy. Wait a moment and try again."),
        Code::StorageFull => (
            "サーバーの記録領域がいっぱいです。何も保存されていません。運用担当者に連絡してください。",
            "The server's disk is full. Nothing was saved. Tell the operators of the service.",
        ),
        Code::StorageFailed => (
            "サーバーの記録装置に障害があります。運用担当者に連絡してください。",
            "The server's storage has failed. Tell the operators of the service.",
        ),
        Code::ShuttingDown => (
            "サーバーが停止中です。少し待つと自動で再接続します。",
            "The server is going down. Wait: the connection is made again by itself.",
        ),
        Code::Unreachable => (
            "サーバーに接続できません。通信環境とサーバーのアドレスを確かめてください。",
            "The server can't be reached. Check the network and the server's address.",
        ),
        Code::ServerNotTrusted => (
            "接続先が正しいサーバーではありません。使用を止め、登録票の発行者に確かめてください。",
            "This is not the right server. Stop, and check with whoever issued the ticket.",
        ),
        Code::VaultClosed => {
            ("この端末の保管庫を開けません。サインインしてください。", "This device's vault can't be opened. Sign in.")
        }
        Code::LogNotTrusted => (
            "記録の改ざんまたは欠落を検出したため、送信を止めました。療養相談室に連絡してください。",
            "A record was altered or withheld, so sending has stopped. Tell the consultation desk.",
        ),
        Code::KeyAwaited => (
            "鍵の受け渡しを待っています。メンバーの端末がオンラインになると自動で読めます。",
            "Waiting for a colleague's device to hand over the key. It becomes readable by itself.",
        ),
        Code::NotAuthentic => (
            "内容が送信者の書いたものと一致しません。療養相談室に連絡してください。",
            "This is not what its author wrote. Tell the consultation desk.",
        ),
        Code::ProfileFailed => (
            "この端末のファイルを読み書きできません。空き容量と権限を確かめてください。",
            "A file of this device can't be read or written. Check free space and permissions.",
        ),
        Code::ProfileExists => (
            "同じ名前のプロファイルがあります。--profile で別の名前を指定してください。",
            "A profile of that name exists. Give another name with --profile.",
        ),
        Code::NotEnrolled => (
            "この端末は登録されていません。renkei enrol で登録してください。",
            "This device is not enrolled. Enrol it with `renkei enrol`.",
        ),
        Code::NotSignedIn => {
            ("サインインしていません。renkei sign-in を実行してください。", "Not signed in. Run `renkei sign-in`.")
        }
        Code::BadInput => ("入力が正しくありません。入力を確かめてください。", "The input is not right. Check it."),
        Code::HeadsStale => (
            "サーバーの最新の状態を確認できないため、メンバーの追加や承認を止めています。\
             通信環境と端末の時計を確かめ、続くときは療養相談室に連絡してください。",
            "The server's latest state can't be confirmed, so nobody is let in. Check the network and this device's \
             clock; if it goes on, tell the consultation desk.",
        ),
        Code::KeysReplaced => (
            "この端末の鍵が別の場所で置き換えられました。署名鍵が盗まれた恐れがあります。\
             SNS管理者に連絡して、この端末を消去し、登録し直してください。",
            "Somebody else has replaced this device's keys: its signing key may be stolen. \
             Tell your SNS administrator, who wipes this device; then enrol it anew.",
        ),
        Code::Unconfirmed => (
            "送信しましたが、サーバーの確認が取れていません。後から反映されることがあります。\
             現在の状態を確かめてから、次の操作をしてください。",
            "It was sent, but the server has not confirmed it; it may still take effect. Look at the present state before \
             you do anything else.",
        ),
        Code::ExportWrong => (
            "この書き出しは、正しい記録と一致しないか、一部が欠けています。書き出した人に確かめ、説明がつかなければ療養相談室に連絡してください。",
            "This export differs from the true record, or a part is missing. Ask whoever made it; if that explains nothing, tell the \
             consultation desk.",
        ),
        Code::Ambiguous => (
            "同じ名前のものが複数あります。IDで指定してください。",
            "Several things have that name. Give the identifier.",
        ),
        Code::ImportFaulty => (
            "ファイルに直すべき行があり、何も登録していません。示された行を直してやり直してください。",
            "The file has lines to correct, so nothing of it was taken. Correct the lines named, and try again.",
        ),
        Code::TakeoutNotPermitted => (
            "この持ち出しは許可されていません。許可の範囲（情報・媒体・期間・端末）を確かめ、必要ならSNS管理者に申請してください。",
            "No permit in force covers this takeout. Look at what it covers (items, medium, period, device), or ask your SNS \
             administrator for one.",
        ),
        Code::TakeoutsOpen => (
            "24時間以内の申請、または終了の確認が済んでいない持ち出しの数が上限に達しています。返却・消去を申告し、SNS管理者の確認を受けてください。",
            "Too many takeouts were asked for within a day, or have not been confirmed to have ended. Declare what was returned \
             or erased, and have your SNS administrator confirm it.",
        ),
        Code::FileExists => (
            "同じ名前のファイルがあり、上書きしていません。別の名前を指定してください。",
            "There is a file of that name, and it was left as it is. Give another name.",
        ),
        Code::PrinterMissing => (
            "印刷用のプログラム renkei-forms が見つからないか、動作しませんでした。renkei と同じ場所に入れてやり直してください。",
            "renkei-forms, the program that prints, is not there or did not work. Put it beside renkei, and try again.",
        ),
        Code::FontMissing => (
            "日本語フォント（BIZ UDPゴシック）がないか、使われている文字がフォントにありません。フォントを入れてやり直してください。",
            "The Japanese font (BIZ UDPGothic) is missing, or no font has a character of the text. Install the font, and try again.",
        ),
        Code::ScanDiffers => (
            "記録された書式のスキャンと一致しません。書式の記録時に使った元のファイルを確かめて、それを指定してください。",
            "This is not the scan whose hash is recorded with the form. Find the file that was used when the form was recorded.",
        ),
        Code::ScanLetGo => (
            "このスキャンはすでに消去されています。記録（日付・ハッシュ・消去した人）は残っています。必要なときは紙の原本を確認してください。",
            "This scan was erased. What is on record of it stays: its day, its hash, and who let it go. If it is needed, look at the paper itself.",
        ),
        Code::NotDeputy => (
            "今はSNS管理者の代理ではありません（期間の前、期間の終了、または取り消し）。SNS管理者に依頼してください。",
            "You are no deputy of the SNS administrators now: the time has not begun, is over, or was ended. Ask an SNS administrator.",
        ),
        Code::NotForDeputies => (
            "代理にはできない操作です。SNS管理者または事業所管理者に依頼してください。",
            "A deputy does not do this. Ask an SNS administrator or the facility manager.",
        ),
        Code::TicketsOpen => (
            "使われていない登録票が上限に達しています。発行済みの登録票での登録と承認を済ませるか、期限（7日）が切れるのを待ってください。",
            "Too many enrolment tickets of yours are still open. Have those used that you issued, and approve their devices, or \
             wait until they lapse after seven days.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_says_what_happened_and_what_to_do_in_both_languages() {
        for &code in Code::ALL {
            let (japanese, english) = both(code);
            assert!(japanese.matches('。').count() >= 2, "{code}: {japanese}");
            assert!(english.matches('.').count() >= 2 && english.is_ascii(), "{code}: {english}");
        }
    }
}
