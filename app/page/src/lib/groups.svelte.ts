// The words of the screens where groups are opened and people invited, in Japanese and English; `{…}` is filled in.

import * as app from './ask';
import type { Act } from './acts';
import { fill, person } from './office.svelte';
import { speech } from './words.svelte';
import type { InvitationStanding, MemberView, Newcomers, SentInvitation, Who } from './types';

type Pair = readonly [string, string];

const phrases = {
  manage: ['グループの管理', 'Manage groups'],
  manageHelp: [
    '事業所が作成したグループです。押すと、参加者と招待が表示されます。',
    'The groups of your facility. Press one for its members and invitations.',
  ],
  noneYet: [
    'まだグループはありません。「グループを作る」で作り、参加する人を招待してください。',
    'There is no group yet. Open one, then invite who is to take part.',
  ],
  members: ['参加者', 'Members'],
  readers: ['参加者{count}人', '{count} members'],
  waitingCount: ['承認待ちの招待{count}件', '{count} invitations wait'],
  lacksConsent: ['患者同意書（様式3）の記録が必要', 'consent (Form 3) is missing'],
  lacksScan: ['患者同意書のスキャンが必要', 'scan of the consent is missing'],
  closedMark: ['終了', 'closed'],
  // Opening
  open: ['グループを作る', 'Open a group'],
  openHelp: [
    'グループは事業所の責任で作成されます。作成した人の氏名は参加者全員に表示されます。',
    'Your facility answers for the group. Every member sees who opened it.',
  ],
  openPatientHelp: [
    '患者グループでは、患者同意書（様式3）を記録するまで誰も書き込めません。作成後すぐに記録できます。',
    'Nobody can write in a patient group before Form 3 is on record. You can record it next.',
  ],
  openFreeHelp: ['自由グループには患者の情報を書けません。', 'Nothing about patients may be written in a free group.'],
  opened: ['グループ「{label}」を作りました。', 'The group “{label}” is open.'],
  kind: ['種類', 'Kind'],
  patient: ['患者グループ', 'about one patient'],
  free: ['自由グループ', 'free, without patient information'],
  label: ['グループ名', 'Name of the group'],
  labelHelp: [
    '参加者と、招待を承認するSNS管理者にだけ見えます。暗号化されて送られます。',
    'Seen by members and by the administrators who decide on invitations. It is sent encrypted.',
  ],
  newcomers: ['後から参加する人が読める範囲', 'What later members may read'],
  fromDay: ['読める最初の日', 'From which day on'],
  reading: ['自分も参加する', 'I take part myself'],
  readsLine: ['後から参加する人が読める範囲: {range}', 'Later members may read: {range}'],
  // Form 3
  consent: ['患者同意書（様式3）を記録', 'Record the consent (Form 3)'],
  consentNeeded: [
    '患者同意書（様式3）がまだ記録されていません。記録するまで、このグループには誰も書き込めません。',
    'Form 3 is not on record yet. Until it is, nobody can write in this group.',
  ],
  consentBefore: [
    '署名済みの患者同意書（様式3）を記録し、スキャンを暗号化して保管します。氏名と続柄はグループを管理する人だけが見られます。',
    'Puts the signed Form 3 on record and keeps its scan, encrypted. Only who manages the group sees name and relation.',
  ],
  consentAfter: [
    '患者同意書を記録しました。このグループに書き込めます。',
    'The consent is on record: the group can be written in.',
  ],
  consentHalf: [
    '患者同意書を記録しました。スキャンの保管はまだです。この画面の「スキャンを保管」を押してください。',
    'The consent is on record. Its scan is not kept yet: press “Keep the scan” on this screen.',
  ],
  consentBy: ['同意した人', 'Who consented'],
  byPatient: ['本人', 'the patient'],
  byFamily: ['家族', 'the family'],
  signer: ['署名した人の氏名', 'Name of who signed'],
  relation: ['患者との続柄', 'Relation to the patient'],
  signedOn: ['署名した日', 'Signed on'],
  copyGivenOn: ['控えを渡した日', 'Copy handed over on'],
  keepScan: ['スキャンを保管', 'Keep the scan'],
  keepScanNeeded: [
    '患者同意書のスキャンがまだ保管されていません。記録したときと同じファイルを選んでください。',
    'The scan of the consent is not here. Choose the same file as was recorded.',
  ],
  keepScanBefore: [
    '記録済みの患者同意書のスキャンを暗号化して保管します。',
    'Keeps the scan of the consent on record, encrypted.',
  ],
  keepScanAfter: ['患者同意書のスキャンを保管しました。', 'The scan of the consent is kept.'],
  // Inviting
  invite: ['人を招待する', 'Invite somebody'],
  search: ['氏名・ふりがな・事業所の一部', 'Part of a name, reading or facility'],
  facility: ['事業所', 'Facility'],
  anyFacility: ['すべての事業所', 'every facility'],
  look: ['探す', 'Search'],
  nobody: [
    '見つかりません。文字を減らすか、事業所を変えて探してください。利用を始めていない人は招待できません。',
    'Nobody found. Try fewer letters or another facility. Who does not use Renkei yet can’t be invited.',
  ],
  many: [
    'ほかにもいます。文字を足すか、事業所を選んで絞り込んでください。',
    'There are more. Add letters or choose a facility.',
  ],
  already: ['参加中', 'a member'],
  invited: ['招待済み', 'invited'],
  inviteOne: ['{who}を招待', 'Invite {who}'],
  inviteBefore: [
    '{who}（{standing}）を「{label}」に招待します。この人の事業所のSNS管理者が承認すると参加します。承認する人にはグループ名が伝わります。',
    'Invites {who} ({standing}) to “{label}”. The person joins when an administrator of their facility approves, who is told the group’s name.',
  ],
  inviteAfter: [
    '{who}を招待しました。この人の事業所のSNS管理者の承認を待っています。',
    'Invited {who}. It waits for an administrator of their facility.',
  ],
  // Invitations
  invitations: ['招待', 'Invitations'],
  noInvitations: ['招待はまだありません。', 'Nobody has been invited yet.'],
  invitedBy: ['{time} に{by}が招待', 'invited by {by}, {time}'],
  waitsFor: ['承認を待っている相手: {who}', 'waits for: {who}'],
  waitsForNobody: [
    '承認できるSNS管理者が今はいません。この人の事業所に確かめてください。',
    'No administrator can approve it now. Ask the person’s facility.',
  ],
  decidedBy: ['{time} に{by}', '{by}, {time}'],
  declinedHelp: [
    '必要なときは、承認しなかったSNS管理者に電話などで事情を確かめてから、もう一度招待してください。',
    'If it is needed, ask that administrator why, then invite again.',
  ],
  withdraw: ['招待を取り下げる', 'Withdraw'],
  withdrawBefore: [
    '{who}への招待を取り下げます。承認されなくなります。後でもう一度招待できます。',
    'Takes the invitation of {who} back: it can’t be approved any more. You can invite again later.',
  ],
  withdrawAfter: ['{who}への招待を取り下げました。', 'The invitation of {who} is withdrawn.'],
  // Ending a membership
  remove: ['参加を解除', 'Remove'],
  removeBefore: [
    '{who}の参加を直ちに解除します。以後の書き込みは読めず、この人の端末からグループの鍵が消えます。これまでに書いたものは残ります。もう一度参加するには、招待と承認が必要です。',
    'Ends the membership of {who} at once. The person reads nothing new, and the group’s keys go from their devices. What they wrote stays. To come back takes an invitation and an approval.',
  ],
  removeAfter: ['{who}の参加を解除しました。', '{who} is not a member any more.'],
  leave: ['このグループから抜ける', 'Leave this group'],
  leaveBefore: [
    'あなたの参加を直ちに解除します。このグループは読めなくなり、端末からグループの鍵が消えます。書いたものは残ります。もう一度参加するには、招待と承認が必要です。',
    'Ends your membership at once. You can’t read this group any more, and its keys go from your devices. What you wrote stays. To come back takes an invitation and an approval.',
  ],
  leaveAfter: ['グループから抜けました。', 'You have left the group.'],
  leaveHelp: [
    'このグループから抜けるときは、グループを作った事業所か、自事業所のSNS管理者に参加の解除を依頼してください。',
    'To leave this group, ask the facility that opened it, or your own SNS administrator, to remove you.',
  ],
  since: ['{time} から', 'since {time}'],
  isClosed: ['このグループは終了しています。招待はできません。', 'This group is closed: nobody can be invited.'],
} as const satisfies Record<string, Pair>;

export type GroupPhrase = keyof typeof phrases;

const standings: Record<InvitationStanding, Pair> = {
  open: ['承認待ち', 'waits for approval'],
  approved: ['承認済み', 'approved'],
  declined: ['承認されませんでした', 'declined'],
  withdrawn: ['取り下げ済み', 'withdrawn'],
};

const ranges: Record<Newcomers, Pair> = {
  all: ['これまでのすべて', 'everything'],
  'from-approval': ['承認された後の書き込みだけ', 'only what is written after the approval'],
  'from-day': ['決めた日から後の書き込み', 'what was written from a day on'],
};

/** The sentence, with what is between braces filled in. */
export function told(phrase: GroupPhrase, values: Record<string, string | number> = {}): string {
  return fill(phrases[phrase], values);
}

export const standing = (name: InvitationStanding) => speech.pick(standings[name]);
export const range = (name: Newcomers) => speech.pick(ranges[name]);
export const rangeNames = Object.keys(ranges) as Newcomers[];

export function inviting(group: string, label: string, who: Who): Act {
  const values = { who: person(who), standing: speech.standing(who), label };
  return {
    title: told('invite'),
    before: told('inviteBefore', values),
    press: told('inviteOne', values),
    run: () => app.perform({ deed: 'invite', group, user: who.user }),
    after: () => told('inviteAfter', values),
  };
}

export function withdrawing(group: string, one: SentInvitation): Act {
  const values = { who: person(one.who) };
  return {
    title: told('withdraw'),
    before: told('withdrawBefore', values),
    press: told('withdraw'),
    run: () => app.perform({ deed: 'withdraw-invitation', group, invitation: one.invitation }),
    after: () => told('withdrawAfter', values),
  };
}

/** Ends a membership: one's own reads otherwise. */
export function removing(group: string, member: MemberView): Act {
  const { who } = member;
  const values = { who: person(who) };
  return {
    title: told(who.me ? 'leave' : 'remove'),
    before: told(who.me ? 'leaveBefore' : 'removeBefore', values),
    press: told(who.me ? 'leave' : 'remove'),
    grave: true,
    run: () => app.perform({ deed: 'remove-member', group, user: who.user }),
    after: () => told(who.me ? 'leaveAfter' : 'removeAfter', values),
  };
}
