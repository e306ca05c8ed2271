// The words of reports that something went wrong, of what is done about it, and of halting a group; and what is ordered there.

import type { Act } from './acts';
import * as app from './ask';
import { calendar } from './dates';
import { fill } from './office.svelte';
import { speech } from './words.svelte';

type Pair = readonly [string, string];

const phrases = {
  // Reporting
  report: ['インシデントを報告する', 'Report an incident'],
  reportThis: ['この内容を報告する', 'Report this message'],
  reportBefore: [
    '報告は、あなたの事業所のSNS管理者と療養相談室にだけ届きます。ほかの人には見えません。報告者の氏名は伝わります。患者の氏名は書かないでください。',
    'The report goes to the SNS administrators of your facility and to the Desk, and to nobody else. They see who reports. Write no patient’s name.',
  ],
  reportAbout: [
    '「{label}」の書き込みについての報告です。書き込みそのものは送られません。どのグループの何番目かだけが記録されます。',
    'It is about a message in “{label}”. The message is not sent along: only its group and place are on record.',
  ],
  what: ['何が起きたか', 'What went wrong'],
  subject: ['件名', 'Subject'],
  text: ['気付いたこと', 'What you noticed'],
  send: ['報告する', 'Report'],
  sent: [
    '報告しました。一覧の「インシデント報告」で、対応の様子を確かめられます。',
    'It is reported. See what is done about it under “Incident report” in the list.',
  ],
  goesTo: ['自事業所のSNS管理者と療養相談室', 'the administrators of your facility, and the Desk'],
  // The report
  record: ['報告の記録', 'On record of this report'],
  reporter: ['報告した人', 'Reported by'],
  noticed: ['気付いた日時', 'Noticed'],
  about: ['対象の書き込み', 'Message'],
  show: ['書き込みを見る', 'Show the message'],
  notHere: [
    '「{label}」の書き込み（内容はこの画面では見られません）',
    'a message in “{label}” (you can’t read it here)',
  ],
  otherGroup: ['ほかのグループ', 'another group'],
  takenBy: ['担当', 'Seen to by'],
  nobodyYet: ['まだ決まっていません', 'nobody yet'],
  closedBy: ['終了した人', 'Closed by'],
  measures: ['対応の記録', 'What was done'],
  doneOn: ['{day} に実施', 'done on {day}'],
  notNeeded: ['{day} に不要と判断', 'found not to be needed, {day}'],
  open: ['未記録', 'not on record'],
  // Seeing to it
  take: ['担当する', 'See to it'],
  takeBefore: [
    'この報告の担当になります。報告した人と、この報告を読める人全員に、あなたの氏名が表示されます。',
    'You see to this report from now on. The reporter and everybody who reads it see your name.',
  ],
  takeAfter: ['担当になりました。', 'You see to this report now.'],
  measure: ['対応を記録', 'Record what was done'],
  measureBefore: [
    '行ったことを、署名つきで記録します。同じ項目をもう一度記録すると、新しい記録に置き換わります。',
    'Puts on record, signed, what was done. Recording the same item again replaces what it says.',
  ],
  measureAfter: ['「{measure}」を記録しました。', '“{measure}” is on record.'],
  item: ['項目', 'Item'],
  result: ['結果', 'Result'],
  wasDone: ['行った', 'done'],
  wasNotNeeded: ['不要と判断した', 'found not to be needed'],
  on: ['行った日・判断した日', 'On which day'],
  close: ['報告を終了', 'Close the report'],
  closeBefore: [
    'この報告を終了します。以後は書き込めません。続きがあれば、報告を再開できます。',
    'Closes this report: nothing more is written in it. It can be reopened if there is more to say.',
  ],
  closeAfter: ['報告を終了しました。', 'The report is closed.'],
  closeHelp: [
    '対応の記録が4項目そろうと終了できます。不要なものは「不要と判断した」と記録してください。',
    'It can be closed when all four are on record. Record what is not needed as such.',
  ],
  reopen: ['報告を再開', 'Reopen'],
  reopenBefore: [
    'この報告を再開します。また書き込めるようになり、担当を決め直します。',
    'Reopens this report: it can be written in again, and somebody sees to it anew.',
  ],
  reopenAfter: ['報告を再開しました。', 'The report is open again.'],
  // Halting
  halt: ['グループを一時停止', 'Halt the group'],
  haltBefore: [
    'このグループを直ちに一時停止します。再開するまで、誰も書き込めず、これまでの書き込みも表示されません。内容は消えません。停止したことは参加者全員に、あなたの氏名とともに表示されます。再開できるのは、連携元の事業所のSNS管理者です。',
    'Halts this group at once. Until it goes on nobody writes, and what was written is not shown. Nothing is lost. Every member sees that you halted it. An SNS administrator of the originating facility lets it go on.',
  ],
  haltAfter: [
    'グループを一時停止しました。安全を確かめたら、この画面で再開してください。',
    'The group is halted. When it is safe, let it go on from here.',
  ],
  isHalted: ['{who}がこのグループを一時停止しています。', '{who} has halted this group.'],
  resume: ['グループを再開', 'Let it go on'],
  resumeBefore: [
    'このグループを再開します。参加者全員が、これまでの書き込みを読み、新しく書き込めるようになります。',
    'Lets this group go on: its members read what was written and write again.',
  ],
  resumeAfter: ['グループを再開しました。', 'The group goes on.'],
} as const satisfies Record<string, Pair>;

export type IncidentPhrase = keyof typeof phrases;

export const kinds: Record<string, Pair> = {
  misdirected: ['誤送信', 'sent to the wrong people'],
  'wrong-content': ['誤記・取り違え', 'wrong patient or wrong words'],
  leak: ['漏えい・のぞき見', 'leaked, or looked at'],
  lost: ['紛失・盗難', 'lost or stolen'],
  attack: ['なりすまし・攻撃', 'an impostor or an attack'],
  misconduct: ['不適切な書き込み', 'improper words'],
  malfunction: ['障害', 'something does not work'],
  other: ['その他', 'something else'],
};

export const measures: Record<string, Pair> = {
  contained: ['拡大の防止', 'contained'],
  notified: ['連絡・謝罪', 'told those whom it concerns'],
  explained: ['原因の確認', 'explained'],
  prevented: ['再発防止・研修', 'prevented for the future'],
};

const named = (table: Record<string, Pair>, name: string) => {
  const pair = table[name];
  return pair ? speech.pick(pair) : name;
};

export const kindName = (name: string) => named(kinds, name);
export const measureName = (name: string) => named(measures, name);

/** The sentence, with what is between braces filled in. */
export function put(phrase: IncidentPhrase, values: Record<string, string | number> = {}): string {
  return fill(phrases[phrase], values);
}

export const onDay = (phrase: 'doneOn' | 'notNeeded', date: string) =>
  put(phrase, { day: calendar(date, speech.language, Date.now() / 1000) });

const order = (
  phrase: [IncidentPhrase, IncidentPhrase, IncidentPhrase],
  deed: 'take-incident' | 'close-incident' | 'reopen-incident' | 'halt-group' | 'resume-group',
  group: string,
): Act => ({
  title: put(phrase[0]),
  before: put(phrase[1]),
  press: put(phrase[0]),
  run: () => app.perform({ deed, group }),
  after: () => put(phrase[2]),
});

export const taking = (group: string) => order(['take', 'takeBefore', 'takeAfter'], 'take-incident', group);
export const closing = (group: string) => order(['close', 'closeBefore', 'closeAfter'], 'close-incident', group);
export const reopening = (group: string) => order(['reopen', 'reopenBefore', 'reopenAfter'], 'reopen-incident', group);
export const resuming = (group: string) => order(['resume', 'resumeBefore', 'resumeAfter'], 'resume-group', group);
/** What stops a whole team is not one key away. */
export const halting = (group: string): Act => ({
  ...order(['halt', 'haltBefore', 'haltAfter'], 'halt-group', group),
  grave: true,
});

/** Puts on record what was chosen when it is pressed. */
export function measuring(group: string, chosen: () => { measure: string; done: boolean; on: string }): Act {
  return {
    title: put('measure'),
    before: put('measureBefore'),
    press: put('measure'),
    run: () => app.perform({ deed: 'record-measure', group, ...chosen() }),
    after: () => put('measureAfter', { measure: measureName(chosen().measure) }),
  };
}
