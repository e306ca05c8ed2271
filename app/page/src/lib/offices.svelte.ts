// The words of what a facility lets others do for it, of facilities that are stopped, of review rounds and the report; and what
// is ordered there.

import type { Act } from './acts';
import * as app from './ask';
import { fill, person } from './office.svelte';
import { speech } from './words.svelte';
import type { Deed, DelegationView, FacilityView, Who } from './types';

type Pair = readonly [string, string];

const phrases = {
  // Delegations
  delegations: ['療養相談室への委託', 'What the Desk does for you'],
  delegationsHelp: [
    'グループの作成・招待・参加の解除を、期日まで療養相談室に委託できます。委託による操作には、いつも「{name}の委託」と表示されます。',
    'Until a day, the Desk can open groups, invite and remove for you. Whatever it does so always says for whom.',
  ],
  none: ['今、委託しているものはありません。', 'Nothing is delegated now.'],
  everything: ['自事業所のすべてのグループ', 'every group of the facility'],
  delegate: ['療養相談室に委託する', 'Delegate to the Desk'],
  delegateBefore: [
    '期日まで、療養相談室が自事業所に代わってグループの作成・招待・参加の解除をできるようにします。いつでも取り消せます。',
    'Until that day the Desk may open groups, invite and remove for your facility. You can take it back at any time.',
  ],
  delegateAfter: ['療養相談室に委託しました。', 'It is delegated.'],
  scope: ['委託する範囲', 'What'],
  until: ['委託の最終日', 'Last day'],
  reads: [
    '療養相談室の担当者が内容を読めるようにする（必要なときだけ）',
    'The Desk’s operators may read, too (only where it is needed)',
  ],
  revoke: ['委託を取り消す', 'Take it back'],
  revokeBefore: [
    'この委託を直ちに取り消します。療養相談室は以後、代わりに操作できません。',
    'Takes this back at once: the Desk does nothing more for you.',
  ],
  revokeAfter: ['委託を取り消しました。', 'It is taken back.'],
  untilTime: ['{time} まで', 'until {time}'],
  operatorsRead: ['担当者も読める', 'operators read'],
  forWhom: ['どの事業所のために', 'For which facility'],
  forDesk: ['療養相談室', 'the Desk itself'],
  actsFor: [
    '「{name}」の委託により作ります。招待の承認者や参加者に、委託によることが表示されます。',
    'It is opened for {name}, by its delegation. Who approves and who joins sees that.',
  ],
  // Deputies
  deputy: ['SNS管理者の代理', 'deputy of the administrators'],
  deputyUntil: ['SNS管理者の代理（{until} まで）', 'deputy of the administrators until {until}'],
  isDeputy: [
    'あなたは今、SNS管理者の代理です。従事者の停止、端末の停止・消去、サインインの終了ができます。招待と持ち出しは［対応待ち］に届きます。登録やリセットはSNS管理者だけが行えます。',
    'You are a deputy of the administrators now. You can stop people and devices, wipe devices and end sessions; invitations and takeouts come to “To do”. Registering and resetting stay with the administrators.',
  ],
  nameDeputy: ['SNS管理者の代理にする', 'Make a deputy'],
  nameDeputyBefore: [
    '{who}が期日まで、SNS管理者に代わって、招待・端末・持ち出しの承認や停止などをできるようにします。したことは本人の名で記録されます。',
    'Until that day {who} may approve invitations, devices and takeouts, and stop people and devices, for the administrators. What is done is on record under their own name.',
  ],
  nameDeputyAfter: ['{who}をSNS管理者の代理にしました。', '{who} is a deputy.'],
  deputyFrom: ['代理の開始日（空欄なら今から）', 'From (empty: now)'],
  deputyTo: ['代理の最終日', 'Last day'],
  endDeputy: ['代理を終える', 'End it'],
  endDeputyBefore: ['{who}の代理を直ちに終えます。', 'Ends it at once: {who} is no deputy any more.'],
  endDeputyAfter: ['{who}の代理を終えました。', '{who} is no deputy any more.'],
  // Facilities
  stop: ['利用を停止', 'Stop it'],
  stopBefore: [
    '「{name}」の利用を直ちに停止します。全員のサインインが終わり、患者の情報を読めなくなります。再開には担当者2人の署名が要ります。',
    'Stops {name} at once: everybody there is signed out and reads nothing of patients. To let it go on takes two operators.',
  ],
  stopAfter: ['「{name}」の利用を停止しました。', '{name} is stopped.'],
  goOn: ['利用を再開', 'Let it go on'],
  goOnBefore: [
    '「{name}」の利用の再開に署名します。担当者2人の署名で再開します。',
    'You sign that {name} may go on. It does with two operators’ signatures.',
  ],
  goOnAfter: ['「{name}」の利用を再開しました。', '{name} goes on.'],
  goOnWaits: [
    '署名しました。もう1人の担当者の署名を待っています。',
    'Signed. It waits for another operator’s signature.',
  ],
  // Rounds and numbers
  oversight: ['定期確認と報告', 'Checks and numbers'],
  rounds: ['定期確認', 'Periodic checks'],
  noRounds: ['行われている定期確認はありません。', 'No check is under way.'],
  everybody: ['全員', 'everybody'],
  due: ['{day} まで', 'until {day}'],
  done: ['{asked}人中{done}人が確認', '{done} of {asked} have confirmed'],
  openRound: ['定期確認を始める', 'Begin a check'],
  openRoundBefore: [
    '療養相談室が定めた確認事項を、対象の人に確認してもらいます。期日を過ぎて確認していない人は、決めた日数の後、読むだけになり、その後は確認以外できなくなります。',
    'Asks people to confirm the association’s points. Who has not after the last day reads only, and later does nothing but confirm, after as many days as you say.',
  ],
  openRoundAfter: ['定期確認を始めました。対象の人の画面に表示されます。', 'The check has begun: people are shown it.'],
  lastDay: ['期日', 'Last day'],
  restrictAfter: ['期日から何日で読むだけにするか', 'Days after it until who has not only reads'],
  lockAfter: ['期日から何日で確認だけにするか', 'Days after it until nothing but confirming is left'],
  report: ['事業所ごとの数', 'Numbers by facility'],
  reportHelp: [
    '件数と状態だけです。書き込みの内容や患者の名前は含みません。',
    'Numbers and states alone: nothing of what is written, no patient’s name.',
  ],
  facility: ['事業所', 'Facility'],
  people: ['従事者（停止中）', 'People (stopped)'],
  pledges: ['誓約書なし', 'Without Form 2'],
  devices: ['端末（状態の不備）', 'Devices (not as asked)'],
  invitations: ['承認待ちの招待', 'Invitations that wait'],
  reviews: ['定期確認', 'Checks'],
  trainings: ['研修', 'Training'],
  takeouts: ['持ち出し（申請中・期限超過）', 'Takeouts (asked for, overdue)'],
  refused: ['拒否（{days}日間）', 'Refusals ({days} days)'],
} as const satisfies Record<string, Pair>;

export type OfficePhrase = keyof typeof phrases;

/** The sentence, with what is between braces filled in. */
export function arrange(phrase: OfficePhrase, values: Record<string, string | number> = {}): string {
  return fill(phrases[phrase], values);
}

const order = (
  phrase: [OfficePhrase, OfficePhrase, OfficePhrase],
  deed: () => Deed,
  values: Record<string, string> = {},
): Act => ({
  title: arrange(phrase[0]),
  before: arrange(phrase[1], values),
  press: arrange(phrase[0]),
  run: () => app.perform(deed()),
  after: () => arrange(phrase[2], values),
});

/** Delegates what was chosen when it is pressed. */
export const delegating = (typed: () => { group: string | null; until: string; reads: boolean }) =>
  order(['delegate', 'delegateBefore', 'delegateAfter'], () => ({ deed: 'delegate', ...typed() }));

export const undelegating = (one: DelegationView) =>
  order(['revoke', 'revokeBefore', 'revokeAfter'], () => ({ deed: 'revoke-delegation', delegation: one.delegation }));

/** Names a deputy for the days that were typed when it is pressed. */
export const deputising = (who: Who, typed: () => { from: string | null; until: string }) =>
  order(
    ['nameDeputy', 'nameDeputyBefore', 'nameDeputyAfter'],
    () => ({ deed: 'name-deputy', user: who.user, ...typed() }),
    { who: person(who) },
  );

export const undeputising = (who: Who) =>
  order(['endDeputy', 'endDeputyBefore', 'endDeputyAfter'], () => ({ deed: 'end-deputy', user: who.user }), {
    who: person(who),
  });

/** Stops a facility, or signs that it may go on. */
export function stopping(one: FacilityView): Act {
  const { facility, name } = one;
  if (one.state !== 'suspended') {
    const deed: Deed = { deed: 'suspend-facility', facility, suspended: true };
    return { ...order(['stop', 'stopBefore', 'stopAfter'], () => deed, { name }), grave: true };
  }
  const act = order(
    ['goOn', 'goOnBefore', 'goOnAfter'],
    () => ({ deed: 'suspend-facility', facility, suspended: false }),
    { name },
  );
  return { ...act, after: (outcome) => arrange(outcome?.outcome === 'waits' ? 'goOnWaits' : 'goOnAfter', { name }) };
}

/** Opens a round as typed when it is pressed. */
export const rounding = (typed: () => { due: string; restrictAfter: number; lockAfter: number }) =>
  order(['openRound', 'openRoundBefore', 'openRoundAfter'], () => ({ deed: 'open-review', ...typed() }));

export { speech };
