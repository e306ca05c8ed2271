// The words of how a group ends or changes hands, and what is ordered there.

import type { Act } from './acts';
import * as app from './ask';
import { calendar, moment } from './dates';
import { fill } from './office.svelte';
import { content } from './pick';
import { say, speech } from './words.svelte';
import type { Consenter, Deed, EndingView } from './types';

type Pair = readonly [string, string];

const phrases = {
  title: ['グループの終了・引き継ぎ', 'Ending and handing over'],
  inbox: ['グループの引き継ぎと消去', 'Groups to take over or erase'],
  inboxHelp: [
    '自事業所に引き継ぎを申し出られたグループと、消去に2人目の確認が要るグループです。',
    'Groups that are offered to your facility, and groups whose erasure needs a second person.',
  ],
  isClosed: ['{time} に終了', 'closed {time}'],
  dueFrom: ['{time} から消去できます', 'can be erased from {time} on'],
  isFrozen: [
    '同意の撤回（{day}）が記録され、凍結されています。別の人が確認すると消去されます。',
    'Consent was withdrawn ({day}): it is frozen. It is erased when another person confirms.',
  ],
  frozenBy: ['記録した人', 'Recorded by'],
  isHeld: ['{day} まで消去できません（{why}）', 'kept from being erased until {day} ({why})'],
  isOrdered: ['消去の2人目の確認待ち', 'its erasure waits for a second person'],
  orderedBy: ['1人目', 'Ordered by'],
  isErased: ['{time} に消去', 'erased {time}'],
  isOffered: ['「{name}」に引き継ぎを申し出ています', 'offered to {name}'],
  originator: ['連携元', 'Originator'],
  // What can be done
  close: ['グループを終了', 'Close the group'],
  closeBefore: [
    'このグループを終了します。以後は誰も書き込めません。読むことは保存期間が終わるまでできます。再開はできません。',
    'Closes this group: nobody writes in it any more. It can be read until its retention is over. It can’t be reopened.',
  ],
  closeAfter: ['グループを終了しました。', 'The group is closed.'],
  offer: ['別の事業所に引き継ぐ', 'Hand it over'],
  offerBefore: [
    '選んだ事業所に、このグループの連携元になるよう申し出ます。相手のSNS管理者が引き受けると、以後の招待や終了は相手の事業所が行います。参加者は変わりません。相手にはグループ名が伝わります。',
    'Offers this group to another facility. When its administrator accepts, that facility invites and closes from then on. Its members stay. They are told what it is called.',
  ],
  offerAfter: [
    '申し出ました。相手の事業所のSNS管理者の返事を待っています。',
    'Offered: it waits for an administrator of that facility.',
  ],
  toWhom: ['引き継ぐ事業所', 'To which facility'],
  drop: ['引き継ぎの申し出を取り消す', 'Take the offer back'],
  dropBefore: [
    '申し出を取り消します。このグループは今の事業所のままです。',
    'Takes the offer back: the group stays where it is.',
  ],
  dropAfter: ['申し出を取り消しました。', 'The offer is taken back.'],
  accept: ['引き受ける', 'Accept'],
  acceptBefore: [
    '「{label}」の連携元を自事業所が引き受けます。以後の招待・終了・保存の責任は自事業所にあります。',
    'Your facility becomes the originator of “{label}”: it answers for invitations, closing and retention from now on.',
  ],
  acceptAfter: ['「{label}」を引き受けました。', 'Your facility has taken “{label}” over.'],
  decline: ['引き受けない', 'Decline'],
  declineBefore: ['「{label}」の引き継ぎを断ります。', 'Declines “{label}”.'],
  declineAfter: ['「{label}」の引き継ぎを断りました。', 'Declined “{label}”.'],
  withdraw: ['同意の撤回を記録', 'Record that consent was withdrawn'],
  withdrawBefore: [
    '患者の同意が撤回されたことを記録します。グループは直ちに凍結され、誰も読み書きできなくなります。別の人が確認すると、内容は消去されて戻りません。持ち出された情報は返却・消去が求められます。',
    'Records that the patient’s consent was withdrawn. The group freezes at once: nobody reads or writes. When another person confirms, its content is erased for good. What was taken out is called back.',
  ],
  withdrawAfter: [
    '同意の撤回を記録し、グループを凍結しました。別のSNS管理者または療養相談室の確認を待っています。',
    'It is on record and the group is frozen. It waits for another administrator, or the Desk.',
  ],
  withdrawHalf: [
    '同意の撤回を記録し、グループを凍結しました。スキャンの保管はまだです。コマンド（renkei scan deposit）で保管してください。',
    'It is on record and the group is frozen. Its scan is not kept yet: keep it with the command renkei scan deposit.',
  ],
  withdrawer: ['撤回した人', 'Who withdrew it'],
  signedOn: ['撤回の日', 'The day on the paper'],
  scan: ['撤回書のスキャン（PDFまたは画像）', 'The scan (PDF or picture)'],
  order: ['消去を始める', 'Order the erasure'],
  orderBefore: [
    '保存期間が終わったグループの消去を始めます。別の人が確認すると、内容は消去されて戻りません。',
    'The retention is over: orders that the group be erased. When another person confirms, its content is gone for good.',
  ],
  orderAfter: ['消去を始めました。別の人の確認を待っています。', 'Ordered: it waits for another person.'],
  confirm: ['消去を確認する', 'Confirm the erasure'],
  confirmBefore: [
    '「{label}」の内容を、サーバーとすべての端末から消去します。戻せません。消去の記録（誰が、いつ、なぜ）だけが残ります。',
    'Erases the content of “{label}” on the server and on every device. There is no way back. What stays is the record of who did it, when and why.',
  ],
  confirmAfter: ['「{label}」を消去しました。', '“{label}” is erased.'],
} as const satisfies Record<string, Pair>;

export type EndingPhrase = keyof typeof phrases;

const reasons: Record<string, Pair> = {
  'record-keeping': ['法令による保存', 'records must be kept by law'],
  dispute: ['係争', 'a dispute'],
  authority: ['行政の求め', 'an authority asked'],
  other: ['その他', 'another reason'],
};

/** The sentence, with what is between braces filled in. */
export function conclude(phrase: EndingPhrase, values: Record<string, string | number> = {}): string {
  return fill(phrases[phrase], values);
}

const now = () => Date.now() / 1000;

/** Where it stands, a sentence each. */
export function standings(one: EndingView): string[] {
  const at = (seconds: number) => moment(seconds, speech.language, now());
  const on = (day: string) => calendar(day, speech.language, now());
  const found: string[] = [];
  if (one.erased !== null) return [conclude('isErased', { time: at(one.erased) })];
  if (one.closed !== null) found.push(conclude('isClosed', { time: at(one.closed) }));
  if (one.closed !== null && one.due !== null) found.push(conclude('dueFrom', { time: at(one.due) }));
  if (one.frozen !== null) found.push(conclude('isFrozen', { day: one.withdrawnOn ? on(one.withdrawnOn) : '' }));
  if (one.orderedBy) found.push(conclude('isOrdered'));
  if (one.heldUntil !== null) {
    const reason = reasons[one.heldBecause ?? ''];
    found.push(conclude('isHeld', { day: on(one.heldUntil), why: reason ? speech.pick(reason) : '' }));
  }
  if (one.offered !== null) found.push(conclude('isOffered', { name: one.offered }));
  return found;
}

const order = (
  phrase: [EndingPhrase, EndingPhrase, EndingPhrase],
  deed: Deed,
  label: string | null = null,
  grave = false,
): Act => {
  const values = { label: label ?? say('unnamed') };
  return {
    title: conclude(phrase[0]),
    before: conclude(phrase[1], values),
    press: conclude(phrase[0]),
    grave,
    run: () => app.perform(deed),
    after: () => conclude(phrase[2], values),
  };
};

/** What can be ordered of a group that ends, but what asks for a form. */
export function orders(one: EndingView): Act[] {
  const { group, label } = one;
  const found: Act[] = [];
  if (one.acceptable) {
    found.push(order(['accept', 'acceptBefore', 'acceptAfter'], { deed: 'accept-handover', group }, label));
    found.push(order(['decline', 'declineBefore', 'declineAfter'], { deed: 'drop-handover', group }, label));
  }
  if (one.droppable) found.push(order(['drop', 'dropBefore', 'dropAfter'], { deed: 'drop-handover', group }));
  if (one.orderable)
    found.push(order(['order', 'orderBefore', 'orderAfter'], { deed: 'order-erasure', group }, label, true));
  if (one.toConfirm !== null) {
    const deed: Deed = { deed: 'confirm-erasure', group, shown: one.toConfirm };
    found.push(order(['confirm', 'confirmBefore', 'confirmAfter'], deed, label, true));
  }
  if (one.closable) {
    found.push(order(['close', 'closeBefore', 'closeAfter'], { deed: 'close-group', group }, label, true));
  }
  return found;
}

/** Offers it to the facility that was chosen when it is pressed. */
export function offering(one: EndingView, to: () => string): Act {
  return {
    title: conclude('offer'),
    before: conclude('offerBefore'),
    press: conclude('offer'),
    run: () => app.perform({ deed: 'offer-handover', group: one.group, to: to() }),
    after: () => conclude('offerAfter'),
  };
}

/** Records what was typed and chosen when it is pressed. */
export function freezing(one: EndingView, typed: () => { by: Consenter; on: string; scan: File | null }): Act {
  return {
    title: conclude('withdraw'),
    before: conclude('withdrawBefore'),
    press: conclude('withdraw'),
    grave: true,
    run: async () => {
      const { by, on, scan } = typed();
      if (!scan) return null;
      return app.perform({ deed: 'withdraw-consent', group: one.group, by, on, scan: await content(scan) });
    },
    after: (outcome) => conclude(outcome?.outcome === 'waits' ? 'withdrawHalf' : 'withdrawAfter'),
  };
}
