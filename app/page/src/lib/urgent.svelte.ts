// The words of urgent messages, and what is ordered there.

import type { Act } from './acts';
import * as app from './ask';
import { fill } from './office.svelte';
import type { CalledView, Who } from './types';

type Pair = readonly [string, string];

const phrases = {
  urgent: ['至急連絡', 'Urgent'],
  callsYou: ['が至急呼び出しています', 'calls you urgently'],
  youCalled: ['至急の呼び出し（あなたから）', 'Your urgent call'],
  acknowledge: ['確認しました', 'I have seen to it'],
  reached: ['連絡がつきました（呼び出しを終える）', 'I have reached somebody: stop calling'],
  callOff: ['呼び出しをやめる', 'Stop calling'],
  show: ['書き込みを見る', 'Show the message'],
  telephoneNow: ['まだ確認されていません。電話してください。', 'Nobody has acknowledged it. Telephone.'],
  noNumber: ['（事業所の電話番号は登録されていません）', '(the facility has given no number)'],
  lockedRings: [
    '至急の呼び出しがあります。ロックを解除して確認してください。',
    'You are called urgently. Unlock and look.',
  ],
  // Where one writes
  asUrgent: ['至急（確認されるまで呼び出す）', 'Urgent (rings until it is acknowledged)'],
  whom: ['呼び出す人', 'Whom to call'],
  whomHelp: [
    '選んだ人の端末が、確認されるまで鳴ります。3分応答がなければ代わりの人も呼び出し、それでも応答がなければ電話番号をお知らせします。',
    'It rings those chosen until they acknowledge it: after 3 minutes also who stands in for them, and then you are told whom to telephone.',
  ],
  nobodyToCall: ['このグループには、呼び出せる人がほかにいません。', 'Nobody else in this group can be called.'],
  sendUrgent: ['至急で送る', 'Send and call'],
  withoutFiles: [
    'ファイルは一緒に送れません。先にファイルだけを送るか、外してください。',
    'Files can’t go with it. Send them first, or take them away.',
  ],
  calling: ['呼び出しています。応答の様子は画面の上に表示されます。', 'It rings. How it goes on stands at the top.'],
  // Who stands in
  standIn: ['代わりの人', 'Who stands in for you'],
  standInHelp: [
    'あなたが至急の呼び出しに3分応答しないとき、このグループで代わりに呼び出される人です。',
    'Who is called in this group where you have not answered an urgent call for 3 minutes.',
  ],
  nobody: ['（なし）', '(nobody)'],
  setStandIn: ['代わりの人を決める', 'Choose who stands in'],
  standInAfter: ['代わりの人を設定しました。', 'It is set.'],
  // How one is reached
  reach: ['至急連絡の受け方', 'How urgent messages reach you'],
  quiet: ['呼び出しを鳴らさない時間帯', 'Hours at which nothing rings'],
  quietNow: ['{from} から {until} まで', 'from {from} to {until}'],
  quietNone: ['なし（いつでも鳴ります）', 'none (it rings at any time)'],
  setQuiet: ['時間帯を決める', 'Set the hours'],
  noQuiet: ['時間帯をなくす', 'No hours any more'],
  quietBefore: [
    'この時間帯（日本時間）には、至急の呼び出しもあなたの端末では鳴りません。代わりの人がすぐに呼び出されます。代わりの人がいなければ、送った人に電話するよう伝えます。',
    'At these hours (in Japan) not even urgent messages ring on your devices. Who stands in for you is called at once; without one, the sender is told to telephone.',
  ],
  noQuietBefore: [
    '至急の呼び出しは、いつでもあなたの端末で鳴るようになります。',
    'Urgent messages ring on your devices at any time.',
  ],
  from: ['始め', 'From'],
  until: ['終わり', 'To'],
  quietAfter: ['時間帯を設定しました。', 'The hours are set.'],
  telephone: ['事業所の電話番号', 'Telephone number of your facility'],
  telephoneNone: ['登録されていません', 'none'],
  setTelephone: ['電話番号を登録', 'Set the number'],
  noTelephone: ['電話番号をなくす', 'Take the number back'],
  telephoneBefore: [
    '至急の呼び出しに誰も応答しないとき、送った人に表示する番号です。地域のすべての利用者が見られます。',
    'It is shown to whoever called urgently and reached nobody. Everybody in the district can see it.',
  ],
  telephoneAfter: ['登録しました。', 'It is set.'],
  number: ['電話番号（例 03-0000-0000）', 'Number (such as 03-0000-0000)'],
} as const satisfies Record<string, Pair>;

type UrgentPhrase = keyof typeof phrases;

/** The sentence, with what is between braces filled in. */
export const ring = (phrase: UrgentPhrase, values: Record<string, string | number> = {}): string =>
  fill(phrases[phrase], values);

const states: Record<CalledView['state'], Pair> = {
  rings: ['呼び出し中', 'is called'],
  'stand-in': ['呼び出し中（代わりの人も）', 'is called, and so is who stands in'],
  telephone: ['応答なし', 'no answer'],
  acknowledged: ['確認済み', 'has acknowledged it'],
  'called-off': ['呼び出しを終了', 'called off'],
  retracted: ['書き込みの取り消し', 'taken back'],
  stopped: ['グループの停止・終了', 'the group is halted or closed'],
  gone: ['参加者ではなくなりました', 'not a member any more'],
  expired: ['確認されないまま終了', 'ended without an answer'],
};

export const stateOf = (called: CalledView) => fill(states[called.state], {});

/** Who acknowledged it in somebody's place. */
export const inPlace = (called: CalledView): Who | null =>
  called.state === 'acknowledged' && called.by && called.by.user !== called.who.user ? called.by : null;

/** Sets who stands in when it is pressed. */
export const standingIn = (group: string, chosen: () => string | null): Act => ({
  title: ring('setStandIn'),
  before: ring('standInHelp'),
  press: ring('setStandIn'),
  run: () => app.perform({ deed: 'set-stand-in', group, user: chosen() }),
  after: () => ring('standInAfter'),
});

export const quieting = (chosen: () => [string, string] | null): Act => ({
  title: ring('quiet'),
  before: ring('quietBefore'),
  press: ring('setQuiet'),
  run: () => app.perform({ deed: 'set-quiet-hours', quiet: chosen() }),
  after: () => ring('quietAfter'),
});

export const unquieting = (): Act => ({
  title: ring('noQuiet'),
  before: ring('noQuietBefore'),
  press: ring('noQuiet'),
  run: () => app.perform({ deed: 'set-quiet-hours', quiet: null }),
  after: () => ring('quietAfter'),
});

export const telephoning = (chosen: () => string): Act => ({
  title: ring('telephone'),
  before: ring('telephoneBefore'),
  press: ring('setTelephone'),
  run: () => app.perform({ deed: 'set-telephone', number: chosen() }),
  after: () => ring('telephoneAfter'),
});

export const untelephoning = (): Act => ({
  title: ring('noTelephone'),
  before: ring('telephoneBefore'),
  press: ring('noTelephone'),
  run: () => app.perform({ deed: 'set-telephone', number: null }),
  after: () => ring('telephoneAfter'),
});
