// The words of the administrator's screens, in Japanese and English; `{…}` is filled in. What has no English does not compile.

import { harmless } from './harmless';
import { speech } from './words.svelte';
import type { DeviceState, FacilityState, StaffState, Who } from './types';

type Pair = readonly [string, string];

const phrases = {
  // The frame
  inbox: ['対応待ち', 'To do'],
  staff: ['従事者', 'Staff'],
  own: ['自分の端末', 'My devices'],
  desk: ['事業所', 'Facilities'],
  // The inbox
  nothingWaits: [
    '対応を待っているものはありません。招待、新しい端末、持ち出しの申請、端末の申告などが届くと、ここに表示されます。',
    'Nothing waits for you. Invitations, new devices, requests to take something out and declarations appear here.',
  ],
  invitationsHelp: [
    '自事業所の従事者が、ほかの事業所のグループに招待されています。承認した人だけが参加します。',
    'Your people are invited to groups of other facilities. Only those whom you approve join.',
  ],
  devicesHelp: [
    '登録用リンクで登録された端末です。本人と言葉を照合してから承認してください。',
    'Devices enrolled by a link. Compare the words with the person before you approve.',
  ],
  secondSignature: [
    'ほかの人が署名済みです。あなたの署名で使えるようになります。',
    'Somebody has signed already: with your signature it can be used.',
  ],
  takeouts: ['持ち出しの申請', 'Requests to take something out'],
  takeoutsHelp: [
    '情報または端末を外に持ち出す申請です。承認した内容と期間だけが許可されます。',
    'Requests to take information or a device out. Exactly what you approve is permitted, for that time.',
  ],
  takeoutEnds: ['持ち出しの終わり', 'Takeouts to close'],
  takeoutEndsHelp: [
    '期限を過ぎたか、本人が終わったと申告した持ち出しです。返却や消去を確かめて記録してください。',
    'They are over, or the person says so. Make sure that it is back or erased, and put it on record.',
  ],
  postures: ['端末の状態の申告', 'How devices are kept'],
  posturesHelp: [
    '本人が申告した端末の状態です。端末を見て確かめてから確認してください。',
    'What people declare of their devices. Look at the device before you confirm.',
  ],
  resets: ['リセットの署名', 'Resets to sign'],
  resetsHelp: [
    'パスワードと認証アプリのリセットは2人の署名で行います。本人からの依頼であることを確かめてください。',
    'It takes two signatures to reset a password and authenticator. Make sure that the person has asked for it.',
  ],
  reviews: ['定期確認', 'Periodic checks'],
  reviewsHelp: [
    '定期確認がまだの人です。期限までに確認するよう伝えてください。確認は本人だけが行えます。',
    'These people have not confirmed yet. Remind them in time: only they can do it.',
  ],
  forms: ['スキャンがない様式', 'Forms without their scan'],
  formsHelp: [
    '記録済みの誓約書のスキャンが保管されていません。記録したときと同じファイルを選んでください。',
    'The pledge is on record, its scan is not here. Choose the same file as was recorded.',
  ],
  applications: ['事業所の利用申請', 'Applications of facilities'],
  applicationsHelp: [
    '事業所管理者に電話し、言葉を照合してから承認してください。療養相談室の担当者2人の承認で使えるようになります。',
    'Call the facility manager and compare the words. Two operators of the Desk must admit it.',
  ],
  admittedBy: ['承認 2人中{count}人', 'admitted by {count} of 2'],
  signedBy: ['署名した人', 'Signed by'],
  // Takeouts
  takesOut: ['持ち出す人', 'Who'],
  what: ['対象', 'What'],
  theDevice: ['端末そのもの', 'the device itself'],
  extent: ['書き込み{messages}件・ファイル{files}個', '{messages} messages, {files} files'],
  medium: ['媒体', 'Medium'],
  purpose: ['目的', 'Purpose'],
  period: ['期間', 'Period'],
  periodOf: ['{from} から {until} まで', '{from} to {until}'],
  declaredEnd: ['本人の申告', 'Declared'],
  notDeclared: ['まだ申告なし', 'nothing yet'],
  late: ['期限超過', 'overdue'],
  approveTakeout: ['承認する', 'Approve'],
  refuseTakeout: ['却下する', 'Refuse'],
  confirmEnd: ['終わりを確認する', 'Confirm the end'],
  how: ['どう終わったか', 'How it ended'],
  onDay: ['確認した日', 'On which day'],
  // Postures
  required: ['求められている状態', 'Asked for'],
  declared: ['申告', 'Declared'],
  undeclared: ['申告なし', 'not declared'],
  nothingRequired: ['求められている項目はありません', 'nothing is asked for'],
  confirmedUntil: ['{day}まで確認済み', 'confirmed until {day}'],
  unconfirmed: ['未確認', 'not confirmed'],
  confirmPosture: ['確認した', 'Confirm'],
  declare: ['状態を申告する', 'Declare how it is kept'],
  declareHelp: [
    '当てはまるものだけに印を付けてください。申告は署名つきで記録され、SNS管理者が確認すると有効になります。',
    'Tick only what holds. Your declaration is signed, and counts once your administrator has confirmed it.',
  ],
  dueNow: [
    'この端末は申告または確認が必要です。それまで患者の記録は見られません。',
    'This device must be declared or confirmed. Until then it shows no records of patients.',
  ],
  dueSoon: ['まもなく確認の期限です。もう一度申告してください。', 'The confirmation ends soon: declare it again.'],
  waitsForAdministrator: [
    '申告済みです。SNS管理者の確認を待っています。',
    'Declared. Your administrator has to confirm it.',
  ],
  // Staff
  addPerson: ['従事者を登録する', 'Register a person'],
  importPeople: ['ファイルからまとめて登録', 'Register from a file'],
  staffHelp: [
    '事業所の従事者です。名前を押すと、端末、サインイン、IDの操作が表示されます。',
    'The people of your facility. Press a name for devices, sessions and what can be done.',
  ],
  onlyYou: [
    'まだあなただけです。「従事者を登録する」で同僚を登録し、登録用リンクを渡してください。',
    'Only you are here so far. Register your colleagues and hand each a link.',
  ],
  profession: ['職種', 'Profession'],
  name: ['氏名', 'Name'],
  kana: ['ふりがな', 'Reading'],
  registerHelp: [
    '登録するとIDが発行され、続けて端末の登録用リンクが表示されます。誓約書（様式2）を記録するまで本人はサインインできません。',
    'The person gets an ID, and you a link for a device. There is no sign-in before Form 2 is on record.',
  ],
  register: ['登録してリンクを表示', 'Register and show the link'],
  devicesCount: ['端末{count}台', '{count} devices'],
  managerMark: ['事業所管理者', 'facility manager'],
  administratorMark: ['SNS管理者', 'SNS administrator'],
  groupManagerMark: ['グループ担当', 'group manager'],
  noPledgeMark: ['誓約書なし', 'no pledge'],
  reviewMark: ['定期確認 未了', 'check not confirmed'],
  postureMark: ['端末の申告・確認が必要', 'device to be declared or confirmed'],
  resetMark: ['リセットの署名待ち', 'reset waits for a signature'],
  devices: ['端末', 'Devices'],
  noDevices: [
    '端末はまだありません。「端末の登録用リンクを発行」を押し、表示されたリンクを本人に渡してください。',
    'No device yet. Issue a link and hand it to the person.',
  ],
  sessions: ['サインイン中', 'Signed in'],
  noSessions: ['サインイン中の端末はありません。', 'Signed in nowhere.'],
  sessionsUnknown: [
    'サインインの状況を今は確かめられません。つながると表示されます。',
    'This can’t be told now. It appears once there is a connection.',
  ],
  since: ['{time} から', 'since {time}'],
  lastThere: ['最後の操作 {minutes}分前', 'last used {minutes} minutes ago'],
  lastNow: ['最後の操作 1分以内', 'used just now'],
  lockedSession: ['ロック中', 'locked'],
  thisDevice: ['この端末', 'this device'],
  notMe: ['これは私ではない', 'This is not me'],
  id: ['ID', 'ID'],
  pledge: ['誓約書（様式2）', 'Pledge (Form 2)'],
  pledgeThere: ['記録済み', 'on record'],
  pledgeMissing: ['記録なし（サインインできません）', 'missing: no sign-in'],
  wipeConfirmed: ['端末が消去を確認しました（{time}）', 'the device confirmed its wipe ({time})'],
  wipeOrdered: [
    '消去を指示済み。端末からの確認はまだです（次につながったときに消え、ここに日時が出ます）',
    'ordered; the device has not confirmed yet (it is wiped when it connects, and this line says so)',
  ],
  // Orders: what it will do, and what it did
  issue: ['端末の登録用リンクを発行', 'Issue a link for a device'],
  issueBefore: [
    '{who}が端末を1台登録できるリンクを発行します。リンクを受け取った人は誰でも端末を登録できるので、本人だけに渡してください。登録された端末は、言葉を照合して承認するまで使えません。',
    'Issues a link with which {who} can enrol one device. Whoever has the link can use it: hand it to nobody else. The device can’t be used before you compare its words and approve it.',
  ],
  issueAfter: ['{who}の端末の登録用リンクを発行しました。', 'Issued a link for a device of {who}.'],
  ticketTitle: ['本人に渡してください', 'Hand this over'],
  ticketHelp: [
    '相手の端末で読み取るか、文字列を渡してください。{until}まで、1回だけ使えます。閉じると二度と表示されません。',
    'Scan it with the other device, or hand over the text. Good until {until}, once. It is never shown again.',
  ],
  linkText: ['登録用リンク', 'Enrolment link'],
  filePledge: ['誓約書を記録', 'File the pledge'],
  filePledgeBefore: [
    '{who}が署名した誓約書（様式2）の日付とスキャンを記録します。スキャンは暗号化して保管されます。',
    'Puts on record that {who} has signed Form 2, with its scan. The scan is kept encrypted.',
  ],
  filePledgeAfter: [
    '{who}の誓約書を記録しました。サインインできるようになります。',
    'Filed the pledge of {who}, who can sign in now.',
  ],
  filePledgeHalf: [
    '{who}の誓約書を記録しました。スキャンの保管はまだです。「対応待ち」から保管してください。',
    'Filed the pledge of {who}. Its scan is not kept yet: see To do.',
  ],
  signedOn: ['署名した日', 'Signed on'],
  dayHelp: ['例: 2026-03-01', 'such as 2026-03-01'],
  badDay: ['日付が読み取れません。2026-03-01 のように入力してください。', 'Type the day as 2026-03-01.'],
  scan: ['スキャン（画像・PDF）', 'Scan (picture or PDF)'],
  chooseFile: ['ファイルを選ぶ', 'Choose a file'],
  chooseFiles: ['ファイルを選ぶ（複数可）', 'Choose files'],
  noFile: ['選ばれていません', 'none chosen'],
  exempt: ['誓約書の免除を記録', 'File an equal pledge'],
  exemptBefore: [
    '{who}が同じ内容の誓約書を既に取り交わしていることを記録します。誓約書は事業所で保管してください。',
    'Puts on record that {who} holds an equal pledge already. Keep it at the facility.',
  ],
  exemptSince: ['取り交わした日', 'Held since'],
  exemptAfter: ['{who}の誓約書の免除を記録しました。サインインできるようになります。', 'Filed. {who} can sign in now.'],
  deposit: ['スキャンを保管', 'Keep the scan'],
  depositBefore: ['{form}のスキャンを暗号化して保管します。', 'Keeps the scan of {form}, encrypted.'],
  depositAfter: ['{form}のスキャンを保管しました。', 'The scan of {form} is kept.'],
  form1Of: ['{name}の連携守秘誓約書（様式1）', 'the pledge of {name} (Form 1)'],
  form2Of: ['{who}の誓約書（様式2）', 'the pledge of {who} (Form 2)'],
  reset: ['パスワードと認証アプリをリセット', 'Reset password and authenticator'],
  resetBefore: [
    '{who}のパスワードと認証アプリの設定を無効にします。次のサインインで、承認済みの端末を使って本人が新しく決めます。これまでの記録は失われません。本人のほかにSNS管理者が2人以上いる事業所では、もう1人の署名も必要です。',
    'Has the password and authenticator of {who} forgotten. The person sets new ones at the next sign-in, on an approved device; no record is lost. Where there are two administrators besides the person, both must sign.',
  ],
  resetAfter: [
    '{who}のパスワードと認証アプリをリセットしました。本人に、いつもの端末で新しく決めるよう伝えてください。',
    'Reset. Tell {who} to set new ones on the usual device.',
  ],
  resetWaits: [
    '署名しました。24時間以内にもう1人が署名すると、{who}のリセットが有効になります。',
    'Signed. The reset of {who} takes effect when another administrator signs within 24 hours.',
  ],
  sign: ['署名する', 'Sign'],
  lift: ['入力間違いの待ち時間を解除', 'End the wait after wrong entries'],
  liftBefore: [
    'パスワードや確認コードを続けて間違えたための待ち時間を終わらせ、{who}がすぐに試せるようにします。本人が困っていることを電話などで確かめてください。',
    'Ends the wait after wrong entries, so that {who} can try at once. Make sure that it is the person who asks.',
  ],
  liftAfter: ['{who}の待ち時間を解除しました。すぐにサインインを試せます。', '{who} can try again now.'],
  grant: ['グループ担当にする', 'Make a group manager'],
  grantBefore: [
    '{who}が、事業所のグループを作成し、人を招待できるようにします。招待はそれぞれの事業所のSNS管理者が承認します。',
    'Lets {who} open groups for the facility and invite. Each invitation is approved by the invited person’s administrator.',
  ],
  grantAfter: ['{who}をグループ担当にしました。', '{who} can open groups and invite now.'],
  revoke: ['グループ担当から外す', 'No longer a group manager'],
  revokeBefore: [
    '{who}が、事業所のグループの作成と招待をできないようにします。参加中のグループはそのまま読み書きできます。',
    'Lets {who} open no groups and invite nobody any more. Groups in which the person is stay as they are.',
  ],
  revokeAfter: ['{who}をグループ担当から外しました。', '{who} opens no groups and invites nobody any more.'],
  suspendUser: ['従事者を停止', 'Suspend the person'],
  suspendUserBefore: [
    '{who}を停止します。すべての端末のサインインが直ちに終わり、再開するまで読むことも書くこともできません。中身は消えません。',
    'Suspends {who}. Every session ends at once, and nothing can be read or written until you let the person go on. Nothing is erased.',
  ],
  suspendUserAfter: [
    '{who}を停止しました。再開するまで使えません。',
    '{who} is suspended until you let the person go on.',
  ],
  resumeUser: ['従事者を再開', 'Let the person go on'],
  resumeUserBefore: ['{who}の停止を解き、また使えるようにします。', 'Lets {who} go on.'],
  resumeUserAfter: ['{who}を再開しました。もう一度サインインすれば使えます。', '{who} can sign in again.'],
  endUser: ['IDを終了', 'End the ID'],
  endUserBefore: [
    '{who}のIDを終了します。サインイン、端末{count}台、グループへの参加がすべて終わり、端末の中身は消去されます。元に戻せません。書いたものは記録に残ります。離職後も守秘義務が続くことを本人に説明してください。',
    'Ends the ID of {who}: sessions, {count} devices and memberships end, and the devices are wiped. This can’t be undone. What was written stays on record. Tell the person that the duty of secrecy goes on.',
  ],
  endUserAfter: [
    '{who}のIDを終了しました。各端末が消去を終えると、下の一覧に確認の日時が出ます。',
    'The ID of {who} has ended. Each device’s confirmation appears in the list.',
  ],
  suspend: ['停止', 'Suspend'],
  suspendBefore: [
    '{device}を停止します。サインインは直ちに終わり、再開するまで使えません。中身は消えません。',
    'Suspends {device}. Its session ends at once, and it can’t be used until it may go on. Nothing is erased.',
  ],
  suspendAfter: ['{device}を停止しました。「再開」を押すまで使えません。', '{device} is suspended.'],
  lost: ['紛失', 'Lost'],
  lostBefore: [
    '{device}を紛失として記録し、直ちに停止します。見つからないときは、続けて「消去」を押してください。',
    'Puts on record that {device} is lost, and suspends it at once. If it isn’t found, wipe it next.',
  ],
  lostAfter: [
    '{device}を紛失として停止しました。見つからないときは「消去」を押してください。',
    '{device} is suspended as lost. If it isn’t found, wipe it.',
  ],
  resume: ['再開', 'Let go on'],
  resumeBefore: ['{device}の停止を解き、また使えるようにします。', 'Lets {device} go on.'],
  resumeAfter: ['{device}を再開しました。', '{device} can be used again.'],
  retire: ['使用終了', 'Retire'],
  retireBefore: [
    '{device}の使用を終了します。中身は消去され、その端末は二度と使えません。買い替えや返却のときに使います。',
    'Takes {device} out of use, for good: what it keeps is wiped. For a device that is replaced or given back.',
  ],
  retireAfter: [
    '{device}の使用終了を指示しました。端末が消去を終えると、一覧に確認の日時が出ます。',
    '{device} is out of use. The list says when it has confirmed its wipe.',
  ],
  wipe: ['消去', 'Wipe'],
  wipeBefore: [
    '{device}の中身を消去します。患者の記録も鍵も消え、元に戻せません。今つながっていれば直ちに、つながっていなければ次につながったときに消えます。ほかの端末には影響しません。',
    'Wipes {device}, for good: every record and key on it goes, at once where it is connected, otherwise when it connects. No other device is touched.',
  ],
  wipeAfter: [
    '{device}の消去を指示しました。サーバーはその端末にもう何も渡しません。端末が消去を終えると、一覧に確認の日時が出ます。',
    'The wipe of {device} is ordered: the server gives it nothing any more. The list says when the device has confirmed.',
  ],
  endSession: ['サインインを終了', 'End the session'],
  endSessionBefore: [
    '{device}のサインインを終わらせます。もう一度使うには、パスワードと確認コードが必要です。端末の中身は消えません。',
    'Ends the session of {device}. To go on, password and code are needed. Nothing is erased.',
  ],
  endSessionAfter: ['{device}のサインインを終わらせました。', 'The session of {device} has ended.'],
  notMeAfter: [
    '{device}のサインインを終わらせました。心当たりがないときは、すぐにSNS管理者に連絡し、パスワードのリセットと端末の停止を依頼してください。',
    'The session of {device} has ended. If you don’t know it, call your administrator at once: have the password reset and the device suspended.',
  ],
  recovery: ['予備コードを作り直す', 'New recovery codes'],
  recoveryBefore: [
    '新しい予備コードを作ります。前の予備コードはすべて使えなくなります。紙に書き写せる所で行ってください。',
    'Makes new recovery codes: all old ones stop working. Have paper at hand.',
  ],
  recoveryAfter: ['新しい予備コードを作りました。', 'There are new recovery codes.'],
  newPassword: ['パスワードを変える', 'Change the password'],
  newPasswordBefore: [
    'パスワードを変えます。13文字以上で、英字・数字・記号を入れてください。この端末ではそのまま続けられます。ほかの端末のサインインは終わり、次から新しいパスワードが必要です。',
    'Changes your password: 13 characters or more, with letters, digits and symbols. You go on here; sessions on your other devices end and need the new one.',
  ],
  newPasswordAfter: [
    'パスワードを変えました。ほかの端末のサインインは終わりました。',
    'The password is changed. Sessions on your other devices have ended.',
  ],
  presentPassword: ['今のパスワード', 'Present password'],
  declareAfter: [
    '{device}の状態を申告しました。SNS管理者が確認すると有効になります。',
    'Declared. It counts once your administrator has confirmed it.',
  ],
  confirmPostureBefore: [
    '{device}が申告のとおりであることを、端末を見て確かめたものとして署名します。',
    'You sign that you have looked at {device} and that it is kept as declared.',
  ],
  confirmPostureAfter: ['{device}の状態を確認しました。', 'You confirmed how {device} is kept.'],
  approveTakeoutBefore: [
    '{who}の持ち出しを、表示された対象・媒体・期間に限って許可します。',
    'Permits exactly this takeout of {who}, on this medium and for this time.',
  ],
  refuseTakeoutBefore: [
    '{who}の持ち出しの申請を却下します。本人に知らされます。',
    'Refuses the request of {who}, who is told.',
  ],
  approveTakeoutAfter: [
    '{who}の持ち出しを承認しました。期限後に返却・消去の確認がここに届きます。',
    'Approved the takeout of {who}. You are asked to confirm its end when it is over.',
  ],
  refuseTakeoutAfter: ['{who}の持ち出しの申請を却下しました。', 'Refused the request of {who}.'],
  confirmEndBefore: [
    '{who}の持ち出しがどう終わったかを、確かめたものとして署名します。',
    'You sign how the takeout of {who} ended.',
  ],
  confirmEndAfter: ['{who}の持ち出しの終わりを記録しました。', 'The end of the takeout of {who} is on record.'],
  closeReview: ['定期確認を終了', 'Close the check'],
  closeReviewBefore: [
    'この定期確認を終了します。まだの人は{count}人です。終了すると、もう確認できません。',
    'Closes this check; {count} people have not confirmed. Nobody can any more.',
  ],
  closeReviewAfter: ['定期確認を終了しました。', 'The check is closed.'],
  waitingPeople: ['まだの人', 'Not yet'],
  doneCount: ['確認済み {count}人', '{count} have confirmed'],
  admit: ['承認する', 'Admit'],
  admitBefore: [
    '{name}の利用を承認します。事業所管理者の画面に同じ言葉が出ていることを、申請書とは別に調べた電話番号で確かめてください。一つでも違えば承認しないでください。',
    'Admits {name}. Call the manager, on a number that you found by yourself, and make sure that the same words are on that screen. If one differs, do not admit it.',
  ],
  admitAfter: ['{name}を承認しました。今日から使えます。', '{name} is admitted.'],
  admitWaits: [
    '{name}を承認しました。もう1人の療養相談室の担当者の承認で使えるようになります。',
    'You have admitted {name}. Another operator of the Desk must as well.',
  ],
  youSigned: ['あなたは承認済みです。もう1人を待っています。', 'You have signed; another operator is awaited.'],
  comparedWithManager: [
    '言葉が同じであることを事業所管理者と確かめました',
    'I have compared the words with the manager',
  ],
  invitationApproved: ['{who}の参加を承認しました。', 'Approved: {who} joins.'],
  invitationDeclined: ['{who}の参加を承認しませんでした。', 'Refused: {who} does not join.'],
  deviceApproved: ['{who}の端末を承認しました。', 'Approved the device of {who}.'],
  differ: [
    '違うときは、登録用リンクが他人に渡ったおそれがあります。新しいリンクを発行し直してください。',
    'If they differ, somebody else may have the link: issue a new one.',
  ],
  // A file of people
  importTitle: ['ファイルからまとめて登録', 'Register from a file'],
  importHelp: [
    '表計算ソフトで「氏名、ふりがな、職種、誓約書（署名日）、スキャン（ファイル名）」の列を作り、CSV形式で保存したファイルを選んでください。先に間違いをすべて表示し、直るまで何も登録しません。',
    'Choose a CSV file with the columns name, kana, profession, pledge (the day signed), scan (a file’s name). First everything that is wrong is shown; until it is put right nothing is registered.',
  ],
  peopleFile: ['従事者のファイル（CSV）', 'File of people (CSV)'],
  scanFiles: ['誓約書のスキャン（任意）', 'Scans of pledges (if any)'],
  withTickets: ['新しい人に端末の登録用リンクを発行する', 'Issue a link for a device to everybody new'],
  check: ['間違いがないか調べる', 'Check the file'],
  fault: ['誤り', 'fault'],
  note: ['注意', 'note'],
  wholeFile: ['ファイル', 'file'],
  lineOf: ['{line}行目', 'line {line}'],
  faultsFirst: [
    '{count}か所を直して、もう一度調べてください。まだ何も登録していません。',
    'Put {count} places right and check again. Nothing was registered.',
  ],
  nothingWrong: [
    '間違いはありません。新しく登録する人は{count}人です。まだ何も登録していません。',
    'Nothing is wrong. {count} people are new. Nothing was registered yet.',
  ],
  there: ['登録済み', 'registered already'],
  becomesAdministrator: ['SNS管理者に任命', 'becomes SNS administrator'],
  becomesGroupManager: ['グループ担当を付与', 'becomes group manager'],
  importNow: ['{count}人を登録する', 'Register {count} people'],
  importGoOn: ['続きを登録する', 'Go on'],
  imported: ['登録しました', 'registered'],
  importDone: [
    '終わりました。それぞれの登録用リンクを本人だけに渡してください。閉じると二度と表示されません。',
    'Done. Hand each link to its person only. They are never shown again.',
  ],
  showLink: ['リンクを表示', 'Show the link'],
  // The Desk
  facilitiesHelp: [
    '地域の事業所です。利用申請の承認は「対応待ち」で行います。',
    'The facilities of the district. Applications are admitted in To do.',
  ],
  issueFacility: ['事業所の申請用リンクを発行', 'Issue a link for an application'],
  issueFacilityBefore: [
    '事業所が1つ利用を申請できるリンクを発行します。申請する事業所の事業所管理者だけに渡してください。申請は、言葉を照合して2人が承認するまで有効になりません。',
    'Issues a link with which one facility can apply. Hand it to its manager only. Nothing is in force before two operators have compared the words and admitted it.',
  ],
  issueFacilityAfter: ['事業所の申請用リンクを発行しました。', 'Issued a link for an application.'],
  noFacilities: [
    '事業所はまだありません。利用申請が届くと、ここと「対応待ち」に表示されます。',
    'No facility yet. Applications appear here and in To do.',
  ],
  counts: ['SNS管理者{administrators}人・従事者{staff}人', '{administrators} administrators, {staff} people'],
  memberMark: ['医師会会員', 'member of the association'],
  delegations: ['委託されている事業所', 'Delegated to the Desk'],
  noDelegations: ['今、委託されている事業所はありません。', 'No facility delegates to the Desk now.'],
  everything: ['すべてのグループ', 'all groups'],
  readsMark: ['閲覧可', 'may read'],
  untilTime: ['{time}まで', 'until {time}'],
  actingFor: ['{name}の代理として', 'On behalf of {name}'],
} as const satisfies Record<string, Pair>;

export type Phrase = keyof typeof phrases;

const staffStates: Record<StaffState, Pair> = {
  'no-pledge': ['誓約書待ち', 'waits for the pledge'],
  'no-device': ['端末なし', 'no device yet'],
  suspended: ['停止中', 'suspended'],
  'in-force': ['有効', 'in force'],
  ended: ['終了', 'ended'],
};

const deviceStates: Record<DeviceState, Pair> = {
  approved: ['承認済み', 'approved'],
  pending: ['承認待ち', 'waits for approval'],
  lost: ['紛失・停止中', 'lost, suspended'],
  suspended: ['停止中', 'suspended'],
  ended: ['IDの終了により消去', 'wiped with its ended ID'],
  wiped: ['消去', 'wiped'],
  retired: ['使用終了', 'retired'],
};

const facilityStates: Record<FacilityState, Pair> = {
  applied: ['利用申請・承認0人', 'applied'],
  'half-admitted': ['承認 2人中1人', 'admitted by one of two'],
  suspended: ['停止中', 'suspended'],
  'in-force': ['利用中', 'in force'],
  ended: ['利用終了', 'has left'],
};

const facilityKinds: Record<string, Pair> = {
  clinic: ['診療所', 'clinic'],
  hospital: ['病院', 'hospital'],
  'dental-clinic': ['歯科診療所', 'dental clinic'],
  pharmacy: ['薬局', 'pharmacy'],
  'visiting-nurse-station': ['訪問看護ステーション', 'visiting-nurse station'],
  'care-manager-office': ['居宅介護支援事業所', 'care-manager office'],
  'home-help-station': ['訪問介護事業所', 'home-help station'],
  desk: ['療養相談室', 'consultation desk'],
  other: ['その他', 'other'],
};

export const postureLines: Record<string, Pair> = {
  'screen-lock': ['画面が自動でロックされる', 'The screen locks by itself'],
  'boot-password': [
    '起動・解除に8文字以上のパスワードが必要',
    'A password of 8 characters or more to start or unlock it',
  ],
  'no-file-sharing': ['ファイル共有ソフトが入っていない', 'No file-sharing software is installed'],
  antivirus: ['ウイルス対策ソフトが動き、最新である', 'Antivirus software runs and is current'],
  'no-stored-passwords': ['ブラウザーにパスワードを保存していない', 'No browser stores passwords'],
  managed: ['端末管理（MDM）の対象である', 'It is under mobile device management'],
  updated: ['OSが最新に更新されている', 'The system’s updates are installed'],
};

const media: Record<string, Pair> = {
  paper: ['紙', 'paper'],
  'usb-memory': ['USBメモリー', 'USB memory'],
  'external-disk': ['外付けディスク', 'external disk'],
  computer: ['登録外のパソコン', 'a computer not registered here'],
  chart: ['カルテ・介護記録', 'the chart'],
  device: ['端末そのもの', 'the device itself'],
  other: ['その他の媒体', 'another medium'],
};

const purposes: Record<string, Pair> = {
  visit: ['訪問', 'a visit'],
  conference: ['サービス担当者会議', 'a conference'],
  referral: ['紹介・転院', 'a referral'],
  chart: ['カルテへの転記', 'the chart'],
  'patient-request': ['本人・家族の求め', 'asked for by the patient or family'],
  authority: ['行政・保険者の求め', 'asked for by an authority'],
  repair: ['修理・点検', 'a repair'],
  other: ['その他の目的', 'another purpose'],
};

const takeoutEnds: Record<string, Pair> = {
  returned: ['返却', 'returned'],
  erased: ['消去・破棄', 'erased'],
  filed: ['診療録等に綴じた', 'filed in the chart'],
  'not-used': ['持ち出さなかった', 'not used'],
  lost: ['紛失', 'lost'],
};

const systems: Record<string, string> = {
  linux: 'Linux',
  windows: 'Windows',
  'mac-os': 'macOS',
  ios: 'iOS',
  android: 'Android',
};

/** A sentence in the person's language, with what is between braces filled in. */
export function fill(pair: Pair, values: Record<string, string | number>): string {
  return speech.pick(pair).replaceAll(/\{(\w+)\}/gu, (_, key: string) => harmless(String(values[key] ?? '')));
}

/** The same of the sentences here. */
export function tell(phrase: Phrase, values: Record<string, string | number> = {}): string {
  return fill(phrases[phrase], values);
}

const found = (table: Record<string, Pair>, key: string) => {
  const pair = table[key];
  return pair ? speech.pick(pair) : '';
};

export const staffState = (state: StaffState) => speech.pick(staffStates[state]);
export const deviceState = (state: DeviceState) => speech.pick(deviceStates[state]);
export const facilityState = (state: FacilityState) => speech.pick(facilityStates[state]);
export const facilityKind = (kind: string) => found(facilityKinds, kind);
export const postureLine = (line: string) => found(postureLines, line);
export const medium = (name: string) => found(media, name);
export const purpose = (name: string) => found(purposes, name);
export const takeoutEnd = (name: string) => found(takeoutEnds, name);

/** A person in a sentence. */
export function person(who: Who): string {
  return speech.language === 'ja' ? `${speech.name(who)}さん` : speech.name(who);
}

/** A device: what it is, what it runs, and whose. */
export function kindOf(device: { kind: 'phone' | 'tablet' | 'computer'; system?: string; own: boolean }): string {
  const system = device.system === undefined ? [] : [systems[device.system] ?? ''];
  const owner = device.own ? speech.say('ownDevice') : speech.say('ofFacility');
  const about = [...system, owner].join(speech.language === 'ja' ? '・' : ', ');
  return speech.language === 'ja' ? `${speech.say(device.kind)}（${about}）` : `${speech.say(device.kind)} (${about})`;
}

/** A device in a sentence, with its person. */
export function deviceOf(
  device: { kind: 'phone' | 'tablet' | 'computer'; system?: string; own: boolean },
  who: Who,
): string {
  return speech.language === 'ja' ? `${person(who)}の${kindOf(device)}` : `the ${kindOf(device)} of ${person(who)}`;
}
