// The words of taking information or a device out, and what is ordered there. Those of an administrator's decision are with
// the other decisions.

import type { Act } from './acts';
import * as app from './ask';
import { fill, medium, person, purpose, takeoutEnd } from './office.svelte';
import { speech } from './words.svelte';
import type { PortableView, StandingView, TakeoutPlan, TakeoutView, Who } from './types';

type Pair = readonly [string, string];

const phrases = {
  title: ['持ち出し', 'Takeouts'],
  help: [
    '情報や事業所の端末を外に持ち出すには、SNS管理者の許可が要ります。申請した内容・媒体・期間だけが許可され、終わったら返却や消去を申告します。',
    'Information and devices of the facility leave with a permit of your administrator: what you asked for, on that medium, for that time. At the end you say that it is back or erased.',
  ],
  mine: ['自分の持ち出し', 'My takeouts'],
  nothing: [
    'まだありません。グループの画面の［持ち出す］から申請できます。',
    'None yet. Ask for one with “Take out” in a group.',
  ],
  theirs: ['事業所の持ち出し', 'Takeouts of the facility'],
  nothingTheirs: ['まだありません。', 'None yet.'],
  past: ['これまでの持ち出し（{count}件）', 'Earlier ones ({count})'],
  standing: ['カルテ転記の継続許可', 'Standing permits for the chart'],
  standingHelp: [
    '期日まで、書き込みをカルテや介護記録に書き写せる許可です。1件ごとの申請は要りません。転記は毎回記録されます。',
    'Until a day, messages may be put into the chart without asking each time. Every time is on record.',
  ],
  allGroups: ['読んでいるすべてのグループ', 'every group that the person reads'],
  untilDay: ['{time} まで', 'until {time}'],
  over: ['終了', 'over'],
  whose: ['許可された人', 'Who'],
  givenBy: ['許可した人', 'Permitted by'],
  decidedBy: ['判断した人', 'Decided by'],
  stoppedBy: ['取り消した人', 'Taken back by'],
  endedAs: ['確認された終わり方', 'Ended, confirmed'],
  owed: [
    '返却や消去の申告がまだの持ち出しがあります（{count}件）。',
    'Of {count} takeouts you have not said that they are back or erased.',
  ],
  see: ['持ち出しを見る', 'See takeouts'],
  calledBack: [
    '同意の撤回などで、このグループの情報は直ちに返却または消去が必要です。',
    'What was taken out of this group must come back or be erased now: consent was withdrawn, or the group ends.',
  ],
  elsewhere: [
    '書き出せるのは、申請に使った端末だけです。',
    'It is exported with the device with which you asked for it.',
  ],
  // Asking
  takeOut: ['持ち出す', 'Take out'],
  request: ['持ち出しを申請', 'Ask to take out'],
  requestBefore: [
    '申請は署名されて、SNS管理者に届きます。許可されるまで何も持ち出せません。必要な分だけを、必要な期間だけ申請してください。',
    'Your request is signed and goes to your administrator. Nothing leaves before it is approved. Ask only for what you need, and for as long as you need it.',
  ],
  requestAfter: [
    '申請しました。許可されると「持ち出し」の画面から書き出せます。',
    'Asked for. When it is approved you export it under “Takeouts”.',
  ],
  requestDevice: ['端末の持ち出しを申請', 'Ask to take a device out'],
  whichDevice: ['持ち出す端末', 'Device'],
  noDevice: [
    '登録されている事業所の端末がありません。自分の端末の持ち出しは申請不要です。',
    'You have no device of the facility. Your own needs no permit.',
  ],
  hereToo: ['この端末', 'this device'],
  since: ['いつの書き込みから', 'Messages from'],
  upto: ['いつの書き込みまで', 'Messages up to'],
  sinceHelp: [
    '空欄のままなら、これまでのすべてです。申請の後の書き込みは含まれません。',
    'Left empty: all so far. What is written after you asked is not included.',
  ],
  starts: ['持ち出しの開始日', 'From'],
  startsHelp: ['空欄なら許可された時から', 'empty: as soon as it is approved'],
  returns: ['返却・消去の期日', 'Back, or erased, by'],
  optional: ['（空欄可）', '(optional)'],
  // What can be done
  export: ['ファイルに書き出す', 'Export to a file'],
  exportBefore: [
    '許可された書き込みとファイルを、パスフレーズで暗号化した1つのファイルに書き出します。次の画面で保存先を選びます。書き出したことは記録されます。',
    'Writes the permitted messages and files to one file, encrypted with a passphrase. You choose where. That is on record.',
  ],
  exporting: ['書き出しています。画面を閉じないでください。', 'Exporting. Please keep this open.'],
  exported: ['{name} に書き出しました', 'Exported to {name}'],
  exportedItems: [
    '書き込みとファイル 計{items}件（うちファイル{files}個）',
    '{items} messages and files ({files} files)',
  ],
  missing: [
    '含められなかったものが{count}件あります。書き出したファイルの中の一覧に理由があります。',
    '{count} of them could not be included: the list inside says why.',
  ],
  passphrase: ['パスフレーズ', 'Passphrase'],
  passphraseHelp: [
    'この画面でしか表示されません。書き留めて、ファイルとは別に持ち運んでください。開くには age に対応したソフトを使います（中身はZIP）。',
    'It is shown here and never again. Write it down and carry it apart from the file. Any program for age opens it; inside is a ZIP.',
  ],
  notChosen: ['保存先が選ばれなかったので、何も書き出していません。', 'No place was chosen: nothing was exported.'],
  chart: ['カルテに転記', 'Put into the chart'],
  chartBefore: [
    '書き込みを、カルテや介護記録に貼り付けるための文にします。表示したことは持ち出しとして記録されます。',
    'Makes a text to be pasted into the chart. That it was shown is on record, as a takeout.',
  ],
  chartShow: ['文を表示する', 'Show the text'],
  chartText: ['転記する文', 'Text for the chart'],
  chartItems: ['書き込み{messages}件', '{messages} messages'],
  chartUnreadable: ['この端末で読めない書き込み{count}件', '{count} messages that this device can’t read'],
  copy: ['コピー', 'Copy'],
  copied: ['コピーしました。カルテに貼り付けてください。', 'Copied: paste it into the chart.'],
  copyYourself: [
    '文を選択しました。Ctrl+C（⌘C）でコピーしてください。',
    'The text is selected: copy it with Ctrl+C (⌘C).',
  ],
  withdraw: ['申請を取り下げる', 'Withdraw'],
  withdrawBefore: ['この申請を取り下げます。何も持ち出せません。', 'Withdraws this request. Nothing leaves.'],
  withdrawAfter: ['申請を取り下げました。', 'Withdrawn.'],
  revoke: ['許可を取り消す', 'End the permit'],
  revokeBefore: [
    '{who}のこの許可を直ちに終えます。すでに持ち出されたものは、返却または消去の確認が要ります。',
    'Ends this permit of {who} at once. What is out already must come back or be erased.',
  ],
  revokeAfter: ['{who}の許可を取り消しました。', 'Ended the permit of {who}.'],
  declare: ['終わりを申告する', 'Say how it ended'],
  declareBefore: [
    'どう終わったかを署名して申告します。SNS管理者が確かめて記録すると、この持ち出しは終わりです。紛失したときは、すぐにSNS管理者にも電話してください。',
    'You sign how it ended. It is over when your administrator has made sure. If it was lost, call your administrator as well, at once.',
  ],
  declareAfter: [
    '「{how}」と申告しました。SNS管理者の確認を待っています。',
    'Declared as “{how}”. Your administrator makes sure.',
  ],
  grant: ['カルテへの転記を許可', 'Permit texts for the chart'],
  grantBefore: [
    '{who}が、読んでいるグループの書き込みを、期日までカルテや介護記録に書き写すことを許可します。ファイルは含みません。転記は毎回記録され、許可はいつでも取り消せます。',
    '{who} may put messages of the groups that {who} reads into the chart until that day, without files. Every time is on record, and you can end the permit at any time.',
  ],
  grantUntil: ['許可の最終日（最長1年）', 'Last day (a year at most)'],
  grantAfter: ['{who}にカルテへの転記を許可しました。', '{who} may put texts into the chart.'],
} as const satisfies Record<string, Pair>;

export type TakeoutPhrase = keyof typeof phrases;

const stages: Record<TakeoutView['stage'], Pair> = {
  requested: ['承認待ち', 'waits for approval'],
  lapsed: ['判断されずに期限切れ', 'lapsed undecided'],
  refused: ['却下', 'refused'],
  withdrawn: ['取り下げ', 'withdrawn'],
  permitted: ['許可', 'permitted'],
  overdue: ['返却・消去の確認待ち', 'to be returned or erased'],
  ended: ['終了', 'ended'],
};

/** What people choose from when they ask. */
export const askedMedia = ['paper', 'usb-memory', 'external-disk', 'computer', 'chart', 'other'];
export const askedPurposes = ['visit', 'conference', 'referral', 'chart', 'patient-request', 'authority', 'other'];
export const devicePurposes = ['visit', 'conference', 'repair', 'other'];

/** The sentence, with what is between braces filled in. */
export function carry(phrase: TakeoutPhrase, values: Record<string, string | number> = {}): string {
  return fill(phrases[phrase], values);
}

export const stageOf = (one: TakeoutView) => speech.pick(stages[one.stage]);

/** Over for good, and nothing is left to do. */
export const isPast = (one: TakeoutView) => ['lapsed', 'refused', 'withdrawn', 'ended'].includes(one.stage);

/** Something is out, or may be, and its person has not said how it ended. */
export const toDeclare = (one: TakeoutView) => one.stage === 'permitted' || one.stage === 'overdue';

/** Asks for what was chosen when it is pressed. */
export function requesting(plan: () => TakeoutPlan, device = false): Act {
  return {
    title: carry(device ? 'requestDevice' : 'request'),
    before: carry('requestBefore'),
    press: carry(device ? 'requestDevice' : 'request'),
    run: () => app.perform({ deed: 'request-takeout', plan: plan() }),
    after: () => carry('requestAfter'),
  };
}

export function withdrawing(one: TakeoutView): Act {
  return {
    title: carry('withdraw'),
    before: carry('withdrawBefore'),
    press: carry('withdraw'),
    run: () => app.perform({ deed: 'revoke-takeout', takeout: one.takeout }),
    after: () => carry('withdrawAfter'),
  };
}

export function revoking(one: TakeoutView | StandingView): Act {
  const values = { who: person(one.who) };
  return {
    title: carry('revoke'),
    before: carry('revokeBefore', values),
    press: carry('revoke'),
    grave: true,
    run: () => app.perform({ deed: 'revoke-takeout', takeout: one.takeout }),
    after: () => carry('revokeAfter', values),
  };
}

/** Says how it ended, as chosen when it is pressed. */
export function declaring(one: TakeoutView, how: () => string): Act {
  return {
    title: carry('declare'),
    before: carry('declareBefore'),
    press: carry('declare'),
    run: () => app.perform({ deed: 'declare-takeout-end', takeout: one.takeout, how: how() }),
    after: () => carry('declareAfter', { how: takeoutEnd(how()) }),
  };
}

/** Lets somebody put texts into the chart until the day that was typed. */
export function granting(who: Who, until: () => string): Act {
  const values = { who: person(who) };
  return {
    title: carry('grant'),
    before: carry('grantBefore', values),
    press: carry('grant'),
    run: () => app.perform({ deed: 'grant-standing-takeout', user: who.user, until: until() }),
    after: () => carry('grantAfter', values),
  };
}

/** A device in a list to choose from. */
export function portable(one: PortableView): string {
  const kind = speech.say(one.kind);
  return one.here ? `${kind}（${carry('hereToo')}）` : kind;
}

export { medium, purpose };
