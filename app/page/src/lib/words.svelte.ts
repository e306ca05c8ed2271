// Every word on a screen, in Japanese and English. Japanese is first: what has no English does not compile.

import { harmless } from './harmless';
import type { Happening, Question, Trouble, Who } from './types';

export type Language = 'ja' | 'en';

const all = {
  app: ['連携', 'Renkei'],
  // Who is there
  whoAreYou: ['どなたが使いますか', 'Who is using this device?'],
  nobodyYet: [
    'この端末にはまだ誰も登録されていません。事業所のSNS管理者から受け取った登録用リンクで始めてください。',
    'Nobody is enrolled on this device yet. Begin with the enrolment link from your SNS administrator.',
  ],
  addPerson: ['この端末に登録する', 'Enrol on this device'],
  waiting: ['承認待ち', 'waiting for approval'],
  wiped: ['消去済み', 'wiped'],
  wipedHelp: [
    'この端末の中身は管理者の指示で消去されました。もう一度使うには、SNS管理者に新しい登録用リンクを依頼してください。',
    'Everything of yours on this device was wiped by order of an administrator. To use it again, ask your SNS administrator for a new link.',
  ],
  removePlace: ['この欄を片付ける', 'Remove this entry'],
  // Enrolling
  enrolTitle: ['端末の登録', 'Enrol this device'],
  link: ['登録用リンク', 'Enrolment link'],
  linkHelp: [
    'SNS管理者から受け取った「renkei:enrol/」で始まる文字列を貼り付けてください。改行が入っていても構いません。',
    'Paste what your SNS administrator gave you; it begins with "renkei:enrol/". Line breaks do no harm.',
  ],
  nameHere: ['この端末での表示名', 'Name on this device'],
  nameHereHelp: [
    'この端末の最初の画面にだけ表示されます。ほかの人には送られません。',
    'Shown on the first screen of this device only. It is sent to nobody.',
  ],
  deviceKind: ['端末の種類', 'Kind of device'],
  phone: ['スマートフォン', 'phone'],
  tablet: ['タブレット', 'tablet'],
  computer: ['パソコン', 'computer'],
  owner: ['端末の持ち主', 'Whose device'],
  ofFacility: ['事業所の端末', "the facility's"],
  ownDevice: ['自分の端末', 'my own'],
  server: ['接続先', 'Server'],
  facilityLink: [
    'これは事業所の利用申請用のリンクです。この画面では使えません。',
    "This link is for a facility's application. It can't be used here.",
  ],
  enrolNow: ['登録する', 'Enrol'],
  compareTitle: ['SNS管理者と言葉を照合してください', 'Compare these words with your administrator'],
  compareHelp: [
    'SNS管理者に電話するか会って、相手の画面に同じ言葉が出ていることを確かめてください。違うときは承認しないよう伝えてください。',
    'Call or meet your SNS administrator and make sure the same words are on their screen. If they differ, ask them not to approve.',
  ],
  stillWaiting: [
    '承認を待っています。承認されると自動で次に進みます。',
    'Waiting for approval. This goes on by itself.',
  ],
  giveUp: ['登録をやめる', 'Give up'],
  // Coming in
  password: ['パスワード', 'Password'],
  passwordAgain: ['もう一度入力', 'The same once more'],
  passwordsDiffer: ['2回の入力が違います。', 'The two differ.'],
  showPassword: ['文字を表示', 'Show'],
  unlockOrSignIn: ['入る', 'Sign in'],
  code: ['確認コード（6桁）', 'Code (six digits)'],
  codeHelp: ['認証アプリに今表示されている6桁を入力してください。', 'The six digits your authenticator shows now.'],
  useRecovery: ['予備コードを使う', 'Use a recovery code'],
  recovery: ['予備コード', 'Recovery code'],
  useCode: ['確認コードを使う', 'Use the code'],
  expired: [
    'パスワードの期限が切れました。新しいパスワードを決めてください。',
    'Your password has expired. Choose a new one.',
  ],
  newPassword: ['新しいパスワード', 'New password'],
  firstTime: [
    '初めてのサインインです。これから使うパスワードを決めます。13文字以上で、英字・数字・記号を入れてください。',
    'This is your first sign-in. Choose your password: 13 characters or more, with letters, digits and symbols.',
  ],
  setPassword: ['このパスワードにする', 'Use this password'],
  factorTitle: ['認証アプリの設定', 'Set up your authenticator'],
  factorHelp: [
    '認証アプリでこの図を読み取り、表示された6桁を入力してください。読み取れないときは下の文字列を手で入力できます。',
    'Scan this with your authenticator, then type the six digits. If it can’t be scanned, type the text below.',
  ],
  confirm: ['確認する', 'Confirm'],
  recoveryTitle: ['予備コード', 'Recovery codes'],
  recoveryHelp: [
    '認証アプリが使えないときに一度ずつ使えます。今、紙に書き写して鍵のかかる所に保管してください。この画面を閉じると二度と表示されません。',
    'Each works once when your authenticator can’t be used. Write them down now and lock them away: they are never shown again.',
  ],
  writtenDown: ['書き写しました', 'I have written them down'],
  opening: ['保管庫を開き、記録を確かめています…', 'Opening the vault and checking the records…'],
  back: ['戻る', 'Back'],
  cancel: ['やめる', 'Cancel'],
  close: ['閉じる', 'Close'],
  again: ['もう一度', 'Try again'],
  // The frame
  offline: [
    '接続できません。読むことはできます。書いたものは保管し、つながり次第送ります。',
    'No connection. You can read on; what you write is kept and sent as soon as there is one.',
  ],
  stale: [
    'サーバーの最新の記録を確認中です。新しい書き込みが欠けているかもしれません。',
    "Checking for the server's newest records. Something new may be missing.",
  ],
  lock: ['ロック', 'Lock'],
  signOut: ['サインアウト', 'Sign out'],
  locked: ['画面をロックしました。', 'Locked.'],
  postureOwed: [
    'この端末の状態の申告または確認が済んでいません。',
    'How this device is kept is not declared or not confirmed.',
  ],
  language: ['English', '日本語'],
  // Home
  groups: ['グループ', 'Groups'],
  needsYou: ['未読・要対応', 'New for you'],
  others: ['そのほか', 'Everything else'],
  noGroups: [
    'まだ参加しているグループがありません。連携元の事業所に招待され、あなたの事業所のSNS管理者が承認すると、ここに表示されます。',
    'You are in no group yet. It appears here when an originating facility invites you and your SNS administrator approves.',
  ],
  unnamed: ['（名称は未着）', '(name not here yet)'],
  unseen: ['未読', 'new'],
  draft: ['下書き', 'draft'],
  toSend: ['送信待ち', 'to be sent'],
  notSent: ['送れていません', 'not sent'],
  awaitingKeys: ['鍵の受け渡し待ち', 'waiting for keys'],
  files: ['ファイル', 'files'],
  patientGroup: ['患者グループ', 'Patient group'],
  freeGroup: ['自由グループ', 'Free group'],
  inquiryGroup: ['問い合わせ', 'Inquiry'],
  incidentGroup: ['インシデント報告', 'Incident report'],
  choose: ['左の一覧からグループを選んでください。', 'Choose a group from the list.'],
  // A group
  nothingWritten: [
    'まだ書き込みがありません。最初の報告を書いてください。',
    'Nothing is written yet. Write the first report.',
  ],
  newFromHere: ['ここから未読', 'New from here'],
  toNewest: ['最新へ', 'To the newest'],
  write: ['書き込む', 'Write'],
  send: ['送る', 'Send'],
  enterSends: ['Enterキーで送る', 'Enter sends'],
  templates: ['ひな型', 'Templates'],
  corrected: ['訂正済み', 'corrected'],
  retracted: ['この書き込みは取り消されました', 'This message was taken back'],
  seenBy: ['既読', 'seen'],
  notYet: ['未読の人', 'Not yet'],
  hasSeen: ['読んだ人', 'Seen by'],
  correct: ['訂正', 'Correct'],
  retract: ['取り消し', 'Take back'],
  correctTitle: ['書き込みを訂正', 'Correct your message'],
  correctHelp: [
    '訂正前の内容も記録に残り、読んだ人全員に訂正が知らされます。',
    'What it said before stays on record, and everybody is told of the correction.',
  ],
  retractTitle: ['書き込みを取り消しますか', 'Take your message back?'],
  retractHelp: [
    '取り消すと元に戻せません。取り消したことは全員に表示され、記録に残ります。',
    'This can’t be undone. Everybody sees that it was taken back, and the record keeps it.',
  ],
  written: ['保管済み・送信待ち', 'kept, to be sent'],
  sendAgain: ['もう一度送る', 'Send again'],
  takeBackToEdit: ['本文に戻す', 'Back to the text'],
  // Before it is sent
  asksTitle: ['送る前の確認', 'Before it is sent'],
  mend: ['直す', 'Change it'],
  sendAsItIs: ['このまま送る', 'Send as it is'],
  inFileName: ['（ファイル名）', '(file name)'],
  goesTo: ['送り先：', 'To: '],
  // Searching
  search: ['検索', 'Search'],
  searchHelp: ['本文をこの端末の中だけで探します。', 'Looks through the texts, on this device only.'],
  searchHere: ['このグループ内', 'in this group'],
  found: ['件見つかりました', 'found'],
  foundNothing: [
    '見つかりませんでした。短い言葉でもう一度お試しください。',
    'Nothing found. Try fewer or shorter words.',
  ],
  // Duties
  notice: ['留意事項', 'Points to note'],
  review: ['定期確認', 'Periodic check'],
  readFirst: [
    '続ける前に、次の内容をお読みください。確認すると署名つきで記録されます。',
    'Please read this before you go on. Your confirmation is signed and on record.',
  ],
  dueOn: ['期限', 'Due'],
  confirmRead: ['読んで確認しました', 'I have read and confirm this'],
  // Decisions
  invitations: ['招待', 'Invitations'],
  newDevices: ['新しい端末', 'New devices'],
  invitedBy: ['招待した人', 'Invited by'],
  invitee: ['招待された人', 'Invited'],
  at: ['日時', 'When'],
  ownerOfDevice: ['使う人', 'Whose'],
  words: ['照合用の言葉', 'Words to compare'],
  approve: ['承認する', 'Approve'],
  decline: ['承認しない', 'Refuse'],
  approveInvitationTitle: ['この招待を承認しますか', 'Approve this invitation?'],
  approveInvitationHelp: [
    '承認すると、この人は患者グループの書き込みを読めるようになります。承認したことは署名つきで記録されます。',
    'The person will read what is written in this group. Your approval is signed and on record.',
  ],
  declineTitle: ['この招待を承認しないことにしますか', 'Refuse this invitation?'],
  approveDeviceTitle: ['この端末を承認しますか', 'Approve this device?'],
  approveDeviceHelp: [
    '本人に電話するか会って、端末の画面に同じ言葉が出ていることを確かめてから承認してください。一つでも違えば承認しないでください。',
    'Call or meet the person and make sure that their screen shows the same words. If one differs, do not approve.',
  ],
  compared: ['言葉が同じであることを本人と確かめました', 'I have compared the words with the person'],
  stepUpHelp: [
    '承認などの管理の操作には、10分以内の確認コードが必要です。',
    'What an administrator does needs a code of the last ten minutes.',
  ],
  // People
  unknownPerson: ['（氏名を確認できません）', '(name not available)'],
  me: ['自分', 'you'],
  official: ['公式', 'official'],
  for: ['の委託により', 'on behalf of'],
  // Files
  attach: ['ファイルを添付', 'Attach files'],
  attachHelp: [
    '写真・PDF・音声を選ぶか、この画面へドラッグしてください。画像は貼り付けもできます。',
    'Choose pictures, PDF or sound, or drop them here. A picture can be pasted too.',
  ],
  attached: ['添付するファイル', 'Files to be sent'],
  takeAway: ['外す', 'Remove'],
  lookOnly: ['見るだけ', 'to look at only'],
  lookOnlyHere: ['見るだけ（患者グループでは常に保存できません）', 'to look at only (always, in a patient group)'],
  lookOnlyWish: ['見るだけにする（保存させない）', 'To look at only: nobody keeps a copy'],
  saysOfItself: ['ファイルに含まれる作成情報', 'What the file says of its making'],
  notAttached: ['添付できません', 'Not attached'],
  picture: ['写真', 'picture'],
  pdf: ['PDF', 'PDF'],
  sound: ['音声', 'sound'],
  sendingFiles: ['送信中', 'Sending'],
  sendingWaits: ['つながり次第、続きから送ります', 'goes on from here as soon as there is a connection'],
  stopSending: ['送信をやめて本文に戻す', 'Stop, and back to the text'],
  openFile: ['開く', 'Open'],
  openingFile: ['読み込んでいます…', 'Reading…'],
  viewer: ['ファイルの閲覧', 'Looking at a file'],
  pageOf: ['ページ', 'page'],
  previousPage: ['前のページ', 'Previous page'],
  nextPage: ['次のページ', 'Next page'],
  smaller: ['縮小', 'Smaller'],
  larger: ['拡大', 'Larger'],
  keepCopy: ['この端末に保存', 'Keep a copy'],
  kept: ['保存しました。保存したことは記録に残ります。', 'Kept. That you did is on record.'],
  onRecord: ['閲覧したことは記録に残ります。', 'That you looked is on record.'],
  noPlayer: [
    'この端末では音声を再生できません。パソコンの管理者に、音声再生の部品の追加を依頼してください。',
    'Sound can’t be played on this device. Ask whoever keeps it to add what plays sound.',
  ],
  notDrawn: [
    'このページは表示できませんでした。閉じてもう一度開いてください。続くときは、送った人に作り直しを頼んでください。',
    'This page could not be shown. Close and open it again; if it goes on, ask whoever sent it to make it anew.',
  ],
  // The patient card
  card: ['患者カード', 'Patient card'],
  noCard: [
    'まだ患者カードがありません。氏名・連絡先・注意点・ケアチームを書いておくと、参加者全員がここで確かめられます。',
    'There is no patient card yet. Write who the patient is, whom to call, what to be careful of and who cares.',
  ],
  writeCard: ['患者カードを書く', 'Write the card'],
  changeCard: ['変更する', 'Change'],
  saveCard: ['この内容で保存', 'Save'],
  cardHistory: ['変更の記録', 'Who changed what'],
  lastChanged: ['最終変更', 'Last changed'],
  patientName: ['氏名', 'Name'],
  kana: ['ふりがな', 'Reading in kana'],
  born: ['生年月日', 'Born'],
  sex: ['性別', 'Sex'],
  female: ['女性', 'female'],
  male: ['男性', 'male'],
  otherSex: ['その他', 'other'],
  notSaid: ['記載なし', 'not said'],
  address: ['住所', 'Address'],
  telephones: ['電話', 'Telephone'],
  onePerLine: ['1行に1件', 'one per line'],
  contacts: ['緊急連絡先', 'Emergency contacts'],
  relation: ['続柄', 'Relation'],
  facts: ['アレルギー・注意点', 'Allergies and cautions'],
  team: ['ケアチーム', 'Care team'],
  role: ['役割', 'As what'],
  who: ['誰', 'Who'],
  noId: ['IDのない人・機関', 'Somebody without an ID'],
  facility: ['事業所', 'Facility'],
  add: ['追加', 'Add'],
  bornHelp: ['例：1940-02-29', 'Like 1940-02-29'],
} as const satisfies Record<string, readonly [string, string]>;

export type Word = keyof typeof all;

export const professions: Record<string, readonly [string, string]> = {
  doctor: ['医師', 'doctor'],
  dentist: ['歯科医師', 'dentist'],
  nurse: ['看護師', 'nurse'],
  pharmacist: ['薬剤師', 'pharmacist'],
  'care-manager': ['ケアマネジャー', 'care manager'],
  helper: ['ホームヘルパー', 'helper'],
  therapist: ['療法士', 'therapist'],
  consultant: ['相談員', 'consultant'],
  clerk: ['事務', 'clerk'],
};

const roles: Record<string, readonly [string, string]> = {
  'attending-doctor': ['主治医', 'attending doctor'],
  doctor: ['専門医・他の医師', 'other doctor'],
  dentist: ['歯科', 'dentist'],
  'visiting-nurse': ['訪問看護', 'visiting nurse'],
  pharmacy: ['薬局', 'pharmacy'],
  'care-manager': ['ケアマネジャー', 'care manager'],
  'home-help': ['訪問介護', 'home help'],
  rehabilitation: ['リハビリ', 'rehabilitation'],
  'day-care': ['通所', 'day care'],
  hospital: ['後方支援病院', 'hospital'],
  municipality: ['地域包括・行政', 'municipality'],
  other: ['その他', 'other'],
};

const cardParts: Record<string, Word> = {
  name: 'patientName',
  kana: 'kana',
  born: 'born',
  sex: 'sex',
  address: 'address',
  telephones: 'telephones',
  contacts: 'contacts',
  facts: 'facts',
  team: 'team',
};

/** Sentences about what happened: `{by}` did it, `{whom}` it is about. */
const happenings: Record<Happening, readonly [string, string]> = {
  created: ['{by}がグループを作成しました', '{by} opened the group'],
  'consent-recorded': ['{by}が患者同意書を記録しました', "{by} recorded the patient's consent"],
  invited: ['{by}が{whom}を招待しました', '{by} invited {whom}'],
  joined: ['{by}が{whom}の参加を承認しました', '{by} approved that {whom} joins'],
  declined: ['{by}が{whom}の参加を承認しませんでした', '{by} did not approve that {whom} joins'],
  withdrawn: ['{by}が{whom}への招待を取り下げました', '{by} withdrew the invitation of {whom}'],
  removed: ['{by}が{whom}の参加を解除しました', '{by} removed {whom}'],
  closed: ['{by}がグループを終了しました', '{by} closed the group'],
  'new-devices': ['{whom}が新しい端末で読めるようになりました', '{whom} can read on a new device now'],
  'consent-withdrawn': ['{by}が同意の撤回を記録しました', '{by} recorded that consent was withdrawn'],
  'freeze-lifted': ['{by}が凍結を解除しました', '{by} lifted the freeze'],
  'erasure-held': ['{by}が消去を保留しました', '{by} put the erasure on hold'],
  'erasure-ordered': ['{by}が消去を指示しました', '{by} ordered the erasure'],
  erased: ['{by}の確認によりグループを消去しました', 'The group was erased on the word of {by}'],
  'handover-offered': ['{by}がほかの事業所への引き継ぎを申し出ました', '{by} offered the group to another facility'],
  'handed-over': ['{by}がグループを引き継ぎました', '{by} took the group over'],
  'handover-dropped': ['{by}が引き継ぎを取りやめました', '{by} dropped the handover'],
  'downloads-forbidden': ['{by}がダウンロードを禁止しました', '{by} forbade downloads'],
  'use-consent-recorded': ['{by}が二次利用の同意を記録しました', '{by} recorded consent to further use'],
  'use-consent-withdrawn': [
    '{by}が二次利用の同意の撤回を記録しました',
    '{by} recorded that consent to further use was withdrawn',
  ],
  used: ['{by}が二次利用を記録しました', '{by} recorded a further use'],
  'use-settled': ['{by}が二次利用の後始末を記録しました', '{by} recorded how a further use was settled'],
  'inquiry-opened': ['{by}が療養相談室に問い合わせました', '{by} asked the Desk'],
  'incident-opened': ['{by}がインシデントを報告しました', '{by} reported an incident'],
  'inquiry-taken': ['{by}が問い合わせの担当になりました', '{by} took the inquiry'],
  'inquiry-answered': ['{by}が問い合わせに回答しました', '{by} answered the inquiry'],
  'inquiry-closed': ['{by}が問い合わせを終了しました', '{by} closed the inquiry'],
  'inquiry-reopened': ['{by}が問い合わせを再開しました', '{by} reopened the inquiry'],
  'incident-taken': ['{by}が報告の担当になりました', '{by} sees to the report'],
  'incident-closed': ['{by}が報告を終了しました', '{by} closed the report'],
  'incident-reopened': ['{by}が報告を再開しました', '{by} reopened the report'],
  'incident-stated': ['{by}がインシデントの種類を記録しました', '{by} recorded what kind of incident it is'],
  'measure-recorded': ['{by}がインシデントへの対応を記録しました', '{by} recorded what was done about the incident'],
  halted: ['{by}がグループを一時停止しました', '{by} halted the group'],
  resumed: ['{by}がグループを再開しました', '{by} let the group go on'],
  called: ['{by}が{whom}を至急呼び出しました', '{by} called {whom} urgently'],
  acknowledged: ['{by}が至急の呼び出しを確認しました', '{by} acknowledged an urgent call'],
  'stands-in': [
    '{by}が応答しないときは{whom}が代わりに呼び出されます',
    'If {by} does not answer, {whom} is called in the place',
  ],
  'nobody-stands-in': ['{by}が代わりの人をなくしました', 'Nobody stands in for {by} any more'],
  'card-changed': ['{by}が患者カードを変更しました', '{by} changed the patient card'],
};

/** What a group is, by the kind that its row tells. */
export const kindWords = {
  patient: 'patientGroup',
  free: 'freeGroup',
  inquiry: 'inquiryGroup',
  incident: 'incidentGroup',
} as const;

/** Where something was found. */
const written = {
  text: ['この文', 'Your text'],
  name: ['ファイル名', 'The file name'],
  both: ['この文とファイル名', 'Your text with the file name'],
} as const satisfies Record<string, readonly [string, string]>;

/** What is asked before something is sent: `{where}` has `{what}` in it. */
const questions = {
  identifying: [
    '{where}には{what}とあります。患者を特定できる情報かもしれません。送りますか？',
    '{where} says {what}. This may tell who a patient is. Send it?',
  ],
  otherPatient: [
    '{where}には{what}とあります。ほかの患者の氏名かもしれません。このグループに送りますか？',
    '{where} says {what}. This may be the name of another patient. Send it to this group?',
  ],
} as const satisfies Record<string, readonly [string, string]>;

/** Pieces that a question quotes; all of them are in the list below it. */
const QUOTED = 3;

class Speech {
  language = $state<Language>('ja');

  pick(pair: readonly [string, string]): string {
    return this.language === 'ja' ? pair[0] : pair[1];
  }

  say(word: Word): string {
    return this.pick(all[word]);
  }

  profession(name: string | null): string {
    const known = name === null ? undefined : professions[name];
    return known ? this.pick(known) : '';
  }

  /** What somebody of the care team does. */
  role(name: string): string {
    const known = roles[name];
    return known ? this.pick(known) : name;
  }

  roles(): string[] {
    return Object.keys(roles);
  }

  /** A part of the patient card. */
  cardPart(name: string): string {
    const known = cardParts[name];
    return known ? this.say(known) : name;
  }

  /** What kind of file a media type is. */
  kind(media: string): string {
    if (media.startsWith('image/')) return this.say('picture');
    return this.say(media === 'application/pdf' ? 'pdf' : 'sound');
  }

  /** The sentence in pieces: text, or one of the two places where people stand. */
  happening(what: Happening): ('by' | 'whom' | { text: string })[] {
    const pieces = this.pick(happenings[what]).split(/\{(by|whom)\}/u);
    return pieces
      .filter((piece) => piece !== '')
      .map((piece) => (piece === 'by' || piece === 'whom' ? piece : { text: piece }));
  }

  /** What is asked before something is sent. */
  asks(question: Question): string {
    const words = [...new Set(question.found.map((one) => harmless(one.words)))];
    const quoted = words.slice(0, QUOTED).map((one) => (this.language === 'ja' ? `「${one}」` : `“${one}”`));
    const more = words.length > QUOTED ? this.pick(['など', ' and more']) : '';
    const names = question.found.filter((one) => one.inName).length;
    const where = names === 0 ? 'text' : names === question.found.length ? 'name' : 'both';
    const what = quoted.join(this.language === 'ja' ? '' : ', ') + more;
    const sentence = this.pick(questions[question.otherPatient ? 'otherPatient' : 'identifying']);
    return sentence.replace(/\{(where|what)\}/gu, (_, part) => (part === 'what' ? what : this.pick(written[where])));
  }

  trouble(trouble: Trouble): string {
    return this.language === 'ja' ? trouble.ja : trouble.en;
  }

  name(who: Who): string {
    return who.name ?? this.say('unknownPerson');
  }

  /** Profession and facility, which always stand beside a name. */
  standing(who: Who): string {
    return [this.profession(who.profession), who.facility ?? ''].filter((part) => part !== '').join('・');
  }
}

export const speech = new Speech();
export const say = (word: Word) => speech.say(word);
