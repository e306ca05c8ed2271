// The words of announcements and of the accounts that speak officially, and what is ordered of them.

import type { Act } from './acts';
import * as app from './ask';
import { fill, person } from './office.svelte';
import { speech } from './words.svelte';
import type { AnnouncementView, Deed, OfficialView } from './types';

type Pair = readonly [string, string];

const phrases = {
  title: ['お知らせ', 'Announcements'],
  help: [
    '事業所や医師会の名で公開されたお知らせです。作った人、確かめた人、公開した人は別の人です。',
    'What was published in the name of a facility or of the association. Who wrote it, who checked it and who published it are different people.',
  ],
  none: ['公開されたお知らせはまだありません。', 'Nothing has been published yet.'],
  older: ['前のお知らせも表示', 'Show older ones'],
  notHere: ['本文はつながったときに表示されます。', 'The text is shown when there is a connection.'],
  waiting: [
    '確認または公開を待っているお知らせの案があります（{count}件）。',
    '{count} drafts of announcements wait for you to check or publish them.',
  ],
  see: ['お知らせを見る', 'See announcements'],
  author: ['作った人', 'Written by'],
  checkers: ['確かめる人', 'Checked by'],
  publishedBy: ['公開した人', 'Published by'],
  approves: ['承認', 'approves'],
  objects: ['異議あり', 'objects'],
  notYet: ['まだ', 'not yet'],
  // Drafting
  draft: ['お知らせの案を作る', 'Draft an announcement'],
  draftAgain: ['文面を直す', 'Change the text'],
  draftBefore: [
    '「{name}」の名で出すお知らせの案です。選んだ人全員が文面を承認し、別の上長が公開するまで、ほかの人には見えません。患者の情報は書かないでください。',
    'A draft in the name of {name}. Until everybody whom you choose has approved of the text, and a superior publishes it, nobody else sees it. Write nothing of a patient.',
  ],
  draftAgainBefore: ['文面を変えると、確認は最初からやり直しになります。', 'With another text all checks begin anew.'],
  japanese: [
    '日本語の本文（「# 」で始まる行は見出し）',
    'Text in Japanese (a line that begins with “# ” is a heading)',
  ],
  english: ['英語の本文（空欄なら日本語だけ）', 'Text in English (empty: the Japanese one)'],
  whom: ['確認を頼む人', 'Whom you ask to check it'],
  nobody: [
    '頼める人がいません。事業所に従事者が登録されると選べます。',
    'There is nobody to ask: you can choose people of your facility once they are registered.',
  ],
  send: ['確認を頼む', 'Ask for the checks'],
  sent: ['案を作り、確認を頼みました。', 'The draft is there, and its checks are asked for.'],
  goesTo: ['確かめる人、公開されれば地域の全員', 'those who check it, and the whole district once it is published'],
  // What can be done
  approve: ['この文面を承認', 'Approve this text'],
  approveBefore: [
    '上に表示された文面を読み、公開してよいと署名します。文面が変わると、承認は無効になります。',
    'You sign that you have read the text above and that it may be published. Another text needs another approval.',
  ],
  approveAfter: ['承認しました。', 'Approved.'],
  object: ['異議を出す', 'Object'],
  objectBefore: [
    'この文面のままでは公開されなくなります。理由は作った人に直接伝えてください。',
    'This text is not published as it is. Tell its author why.',
  ],
  objectAfter: ['異議を出しました。', 'You object.'],
  publish: ['公開する', 'Publish'],
  publishBefore: [
    '上に表示された文面を、「{name}」の名で地域の全員に公開します。',
    'Publishes the text above to the whole district, in the name of {name}.',
  ],
  publishAfter: ['公開しました。', 'It is published.'],
  withdraw: ['公開を取り下げる', 'Withdraw it'],
  withdrawBefore: [
    'このお知らせの公開を取り下げます。全員の画面から消えます。',
    'Withdraws this announcement: nobody is shown it any more.',
  ],
  withdrawAfter: ['取り下げました。', 'Withdrawn.'],
  giveUp: ['案を取りやめる', 'Give it up'],
  giveUpBefore: ['この案を取りやめます。', 'Gives this draft up.'],
  giveUpAfter: ['案を取りやめました。', 'The draft is given up.'],
  // Official accounts
  officials: ['公式アカウント', 'Official accounts'],
  officialsHelp: [
    '事業所や医師会を代表して発信するアカウントです。療養相談室の担当者2人が登録します。ここにない人が公式を名乗ったら、療養相談室に知らせてください。',
    'Accounts that speak for a facility or the association. Two operators of the Desk list them. Whoever claims to and is not here: tell the Desk.',
  ],
  noOfficials: ['登録された公式アカウントはまだありません。', 'No account is listed yet.'],
  speaksFor: ['代表する名', 'Speaks for'],
  purpose: ['目的', 'What for'],
  responsible: ['責任者', 'Answers for it'],
  since: ['{time} から', 'since {time}'],
  proposed: ['登録待ち（2人目の署名）', 'waits for a second signature'],
  proposedEnd: ['取り消し待ち（2人目の署名）', 'to be withdrawn: waits for a second signature'],
  proposedBy: ['提案した人', 'Proposed by'],
  nameOfficial: ['公式アカウントを登録', 'List an account'],
  nameOfficialBefore: [
    '選んだ担当者のアカウントを、医師会を代表する公式アカウントとして提案します。別の担当者が署名すると登録されます。',
    'Proposes this operator’s account as one that speaks for the association. It is listed with another operator’s signature.',
  ],
  nameOfficialAfter: ['提案しました。別の担当者の署名を待っています。', 'Proposed: another operator has to sign it.'],
  whose: ['アカウントの持ち主', 'Whose account'],
  sign: ['署名する', 'Sign'],
  signBefore: [
    'ここに表示された内容に署名します。あなたの署名で有効になります。',
    'You sign exactly what is shown here. With your signature it counts.',
  ],
  signAfter: ['署名しました。', 'Signed.'],
  end: ['登録の取り消しを提案', 'Propose to withdraw it'],
  endBefore: [
    'このアカウントが公式でなくなることを提案します。別の担当者が署名すると、印が消えます。',
    'Proposes that this account speaks officially no more. The mark goes with another operator’s signature.',
  ],
  endAfter: ['提案しました。別の担当者の署名を待っています。', 'Proposed: another operator has to sign it.'],
} as const satisfies Record<string, Pair>;

export type AnnouncementPhrase = keyof typeof phrases;

const progresses: Record<AnnouncementView['progress'], Pair> = {
  checked: ['確認中', 'being checked'],
  objected: ['異議あり', 'objected to'],
  approved: ['全員が承認・公開待ち', 'approved by all, to be published'],
  published: ['公開', 'published'],
  withdrawn: ['取り下げ', 'withdrawn'],
};

/** The sentence, with what is between braces filled in. */
export function proclaim(phrase: AnnouncementPhrase, values: Record<string, string | number> = {}): string {
  return fill(phrases[phrase], values);
}

export const progressOf = (one: AnnouncementView) => speech.pick(progresses[one.progress]);

/** What a checker said. */
export const verdict = (said: boolean | null) => proclaim(said === null ? 'notYet' : said ? 'approves' : 'objects');

const order = (
  phrase: [AnnouncementPhrase, AnnouncementPhrase, AnnouncementPhrase],
  deed: Deed,
  values: Record<string, string> = {},
): Act => ({
  title: proclaim(phrase[0]),
  before: proclaim(phrase[1], values),
  press: proclaim(phrase[0]),
  run: () => app.perform(deed),
  after: () => proclaim(phrase[2]),
});

export function checking(one: AnnouncementView, approve: boolean): Act {
  const { announcement, text } = one;
  const deed: Deed = { deed: 'check-announcement', announcement, text, approve };
  return approve
    ? order(['approve', 'approveBefore', 'approveAfter'], deed)
    : order(['object', 'objectBefore', 'objectAfter'], deed);
}

export function publishing(one: AnnouncementView): Act {
  const { announcement, text, name } = one;
  return order(
    ['publish', 'publishBefore', 'publishAfter'],
    { deed: 'publish-announcement', announcement, text },
    { name },
  );
}

/** A draft is given up by its author, what is published withdrawn by a superior. */
export function withdrawing(one: AnnouncementView): Act {
  const deed: Deed = { deed: 'withdraw-announcement', announcement: one.announcement };
  return one.published === null
    ? order(['giveUp', 'giveUpBefore', 'giveUpAfter'], deed)
    : { ...order(['withdraw', 'withdrawBefore', 'withdrawAfter'], deed), grave: true };
}

/** Names an account, as chosen when it is pressed. */
export function naming(chosen: () => { user: string; purpose: string; responsible: string[] }): Act {
  return {
    title: proclaim('nameOfficial'),
    before: proclaim('nameOfficialBefore'),
    press: proclaim('nameOfficial'),
    run: () => app.perform({ deed: 'name-official', ...chosen() }),
    after: () => proclaim('nameOfficialAfter'),
  };
}

export const signing = (one: OfficialView) =>
  order(['sign', 'signBefore', 'signAfter'], { deed: 'sign-official', user: one.who.user, shown: one.toSign ?? '' });
export const ending = (one: OfficialView) =>
  order(['end', 'endBefore', 'endAfter'], { deed: 'withdraw-official', user: one.who.user });

export { person };
