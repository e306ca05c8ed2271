// The words of asking the Desk, and what is ordered of an inquiry.

import type { Act } from './acts';
import * as app from './ask';
import { put } from './incidents.svelte';
import { fill, person } from './office.svelte';
import { speech } from './words.svelte';
import type { Deed, InquiryView } from './types';

type Pair = readonly [string, string];

const phrases = {
  title: ['療養相談室への問い合わせ', 'Questions to the Desk'],
  button: ['問い合わせ', 'Questions'],
  help: [
    '使い方や運用で分からないことを、療養相談室に問い合わせられます。読むのは療養相談室の担当者だけです。患者の氏名や療養の情報は書かないでください。急ぐときは電話してください。',
    'Ask the Desk what you don’t know about using or running this. Its operators alone read it. Write no patient’s name and nothing of anybody’s care. If it is urgent, telephone.',
  ],
  helpDesk: [
    '回答を待っているものから順に並びます。担当になり、書いた返事を［回答にする］で回答として記録してください。',
    'What waits longest comes first. See to one, and mark what you write as the answer.',
  ],
  none: ['まだ問い合わせはありません。', 'Nothing has been asked yet.'],
  ask: ['問い合わせる', 'Ask the Desk'],
  subject: ['件名', 'Subject'],
  text: ['聞きたいこと', 'Your question'],
  send: ['送る', 'Send'],
  sent: [
    '問い合わせを送りました。回答が来ると一覧に未読として出ます。',
    'It is sent. The answer will show up in the list as new.',
  ],
  goesTo: ['療養相談室の担当者', 'the Desk’s operators'],
  openRoom: ['読む・書く', 'Read and write'],
  record: ['問い合わせの状態', 'Where it stands'],
  asker: ['問い合わせた人', 'Asked by'],
  opened: ['日時', 'Asked'],
  state: ['状態', 'State'],
  takenBy: ['担当', 'Seen to by'],
  nobodyYet: ['まだ決まっていません', 'nobody yet'],
  closedBy: ['終了した人', 'Closed by'],
  reason: ['終了の理由', 'Why'],
  waits: ['{days}日経過', 'for {days} days'],
  closableFrom: ['返信がなければ {time} から終了できます。', 'If no reply comes it can be closed from {time} on.'],
  // What can be done
  take: ['担当する', 'See to it'],
  takeBefore: [
    'この問い合わせの担当になります。問い合わせた人に、あなたの氏名が表示されます。',
    'You see to this question from now on. Who asked sees your name.',
  ],
  takeAfter: ['担当になりました。', 'You see to it.'],
  answer: ['回答にする', 'This is the answer'],
  answerBefore: [
    'この書き込みを回答として記録します。問い合わせた人がまた書くまで、対応待ちから消えます。',
    'Records this message as the answer. It no longer waits for you until who asked writes again.',
  ],
  answerAfter: ['回答として記録しました。', 'It is on record as the answer.'],
  close: ['問い合わせを終了', 'Close it'],
  closeBefore: [
    'この問い合わせを終了します。以後は書き込めません。1年の間、問い合わせた人が再開できます。',
    'Closes it: nothing more is written in it. For a year who asked can reopen it.',
  ],
  closeAfter: ['問い合わせを終了しました。', 'It is closed.'],
  reopen: ['問い合わせを再開', 'Reopen'],
  reopenBefore: [
    'この問い合わせを再開します。また書き込めるようになります。',
    'Reopens it: it can be written in again.',
  ],
  reopenAfter: ['問い合わせを再開しました。', 'It is open again.'],
  // The inbox
  inbox: ['問い合わせと報告', 'Questions and reports'],
  inboxHelp: [
    '担当を待っているか、あなたの返事を待っている問い合わせとインシデント報告です。',
    'Questions and reports that nobody sees to yet, or that wait for you.',
  ],
  isReport: ['インシデント報告', 'incident report'],
  isQuestion: ['問い合わせ', 'question'],
} as const satisfies Record<string, Pair>;

export type InquiryPhrase = keyof typeof phrases;

const states: Record<InquiryView['state'], Pair> = {
  open: ['担当待ち', 'nobody sees to it yet'],
  taken: ['対応中', 'seen to'],
  answered: ['回答済み', 'answered'],
  closed: ['終了', 'closed'],
};

const reasons: Record<string, Pair> = {
  settled: ['解決', 'settled'],
  'no-reply': ['返信なし', 'no reply'],
  'asker-gone': ['問い合わせた人のIDが終了', 'who asked has left'],
};

/** The sentence, with what is between braces filled in. */
export function inquire(phrase: InquiryPhrase, values: Record<string, string | number> = {}): string {
  return fill(phrases[phrase], values);
}

export const stateOf = (one: InquiryView) => speech.pick(states[one.state]);
export const reasonOf = (reason: string) => (reasons[reason] ? speech.pick(reasons[reason]) : reason);
/** What of a report is said where questions and reports stand together. */
export const kindOf = (one: InquiryView) => inquire(one.incident ? 'isReport' : 'isQuestion');

const order = (phrase: [InquiryPhrase, InquiryPhrase, InquiryPhrase], deed: Deed): Act => ({
  title: inquire(phrase[0]),
  before: inquire(phrase[1]),
  press: inquire(phrase[0]),
  run: () => app.perform(deed),
  after: () => inquire(phrase[2]),
});

export function taking(one: InquiryView): Act {
  const { group } = one;
  if (!one.incident) return order(['take', 'takeBefore', 'takeAfter'], { deed: 'take-inquiry', group });
  const act = order(['take', 'takeBefore', 'takeAfter'], { deed: 'take-incident', group });
  return { ...act, before: put('takeBefore') };
}

export const answering = (group: string, seq: number) =>
  order(['answer', 'answerBefore', 'answerAfter'], { deed: 'answer-inquiry', group, seq });
export const closing = (group: string) =>
  order(['close', 'closeBefore', 'closeAfter'], { deed: 'close-inquiry', group });
export const reopening = (group: string) =>
  order(['reopen', 'reopenBefore', 'reopenAfter'], { deed: 'reopen-inquiry', group });

export { person };
