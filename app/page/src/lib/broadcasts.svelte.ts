// The words of emergency broadcasts and of how people are, and what is ordered there.

import type { Act } from './acts';
import * as app from './ask';
import { fill } from './office.svelte';
import type { BroadcastView } from './types';

type Pair = readonly [string, string];

const phrases = {
  emergency: ['緊急一斉連絡', 'Emergency'],
  drill: ['訓練', 'Drill'],
  answer: [
    'あなたの安否を知らせてください。最後に選んだものが伝わります。',
    'Say how you are. The last one you choose counts.',
  ],
  received: ['読みました', 'I have read it'],
  safe: ['無事です', 'I am safe'],
  'needs-help': ['助けが必要です', 'I need help'],
  nothing: ['未回答', 'has said nothing'],
  said: ['知らせた安否', 'You said'],
  people: ['安否を見る', 'See how people are'],
  peopleCounts: [
    '{all}人中、助けが必要{help}人、未回答{silent}人',
    '{all} people: {help} need help, {silent} have said nothing',
  ],
  close: ['この連絡を終了する', 'End this broadcast'],
  closeBefore: [
    '終了すると、安否の回答を受け付けなくなります。これまでの回答は残ります。',
    'When it is over nobody can answer any more. What was answered stays.',
  ],
  closeAfter: ['終了しました。', 'It is over.'],
  send: ['緊急一斉連絡を送る', 'Send an emergency broadcast'],
  sendBefore: [
    '地域のすべての利用者に、すぐに送ります。患者の情報は書かないでください。全員に安否を尋ねます。',
    'It goes to everybody in the district at once, and asks how they are. Write nothing about patients.',
  ],
  sendAfter: ['送りました。', 'It is sent.'],
  text: ['本文（140字まで）', 'Text (140 characters)'],
  asDrill: ['訓練として送る', 'Send it as a drill'],
} as const satisfies Record<string, Pair>;

/** The sentence, with what is between braces filled in. */
export const tells = (phrase: keyof typeof phrases, values: Record<string, string | number> = {}): string =>
  fill(phrases[phrase], values);

export const states = ['safe', 'needs-help', 'received'] as const;

/** How somebody is, in words. */
export const stateOf = (says: BroadcastView['said']): string => (says === null ? tells('nothing') : tells(says));

export const sending = (chosen: () => { text: string; drill: boolean }): Act => ({
  title: tells('send'),
  before: tells('sendBefore'),
  press: tells('send'),
  run: () => app.perform({ deed: 'broadcast', ...chosen() }),
  after: () => tells('sendAfter'),
  grave: true,
});

export const closing = (broadcast: number): Act => ({
  title: tells('close'),
  before: tells('closeBefore'),
  press: tells('close'),
  run: () => app.perform({ deed: 'close-broadcast', broadcast }),
  after: () => tells('closeAfter'),
});
