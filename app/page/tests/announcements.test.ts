// Announcements and official accounts: what is read, drafted, checked, published; whose signature is on what was shown; and axe.

import { cleanup, render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type {
  AnnouncementsView,
  AnnouncementView,
  Ask,
  Checked,
  OfficialView,
  Place,
  Status,
  Who,
} from '../src/lib/types';

let answer: (ask: Ask) => unknown;
const asked: Ask[] = [];

vi.mock('@tauri-apps/api/core', () => ({
  invoke: (_: string, { ask }: { ask: Ask }) => {
    asked.push(ask);
    return Promise.resolve().then(() => answer(ask));
  },
}));
vi.mock('@tauri-apps/api/event', () => ({ listen: () => Promise.resolve(() => undefined) }));

const { default: App } = await import('../src/App.svelte');
const { speech } = await import('../src/lib/words.svelte');

const who = (name: string, me = false): Who => ({
  user: name,
  name,
  profession: 'nurse',
  facility: 'Hinata (fiction)',
  me,
  official: null,
  actingFor: null,
});
const place: Place = { key: '0123456789abcdef', name: 'Nobuko', standing: 'ready', words: null };
const announcement = (facts: Partial<AnnouncementView> = {}): AnnouncementView => ({
  announcement: 'ann-1',
  name: 'Hinata (fiction)',
  association: false,
  progress: 'published',
  drafted: 1_795_000_000,
  published: 1_795_000_100,
  text: 'a'.repeat(64),
  words: ['# 年末年始\n\n休みます <b>。\n二行目', '# Year’s end\n\nClosed.'],
  author: null,
  checks: [],
  publishedBy: null,
  toCheck: false,
  checker: false,
  toPublish: false,
  ownDraft: false,
  withdrawable: false,
  ...facts,
});
const official = (facts: Partial<OfficialView> = {}): OfficialView => ({
  who: who('Desk'),
  name: 'Association (fiction)',
  purpose: '災害時の連絡',
  responsible: [who('Aki')],
  since: 1_795_000_000,
  proposedBy: null,
  toSign: null,
  ...facts,
});

let status: Status;
let view: AnnouncementsView;
let drafted: (meant: string | null) => Checked;

beforeEach(() => {
  asked.length = 0;
  speech.language = 'ja';
  status = {
    me: who('Nobuko', true),
    online: true,
    fresh: true,
    locksAfter: 300,
    administrator: false,
    deputy: false,
    operator: false,
    opensGroups: false,
    notice: false,
    reviews: 0,
    posture: false,
    announcements: 0,
    takeouts: 0,
    unsent: 0,
  };
  view = {
    all: [announcement()],
    more: false,
    ownName: 'Hinata (fiction)',
    colleagues: [who('Yui'), who('Ken')],
    officials: [official()],
    namesOfficials: false,
  };
  drafted = () => ({ checked: 'sent' });
  answer = (ask) => {
    switch (ask.ask) {
      case 'people':
        return [place];
      case 'enter':
        return 'in';
      case 'status':
        return status;
      case 'announcements':
        return view;
      case 'draft-announcement':
        return drafted(ask.meant);
      case 'do':
        return { outcome: 'done' };
      case 'home':
      case 'urgent':
      case 'broadcasts':
        return [];
      default:
        return null;
    }
  };
  // axe measures letters, for which nothing is drawn here.
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
});
afterEach(cleanup);

const button = (name: string | RegExp) => screen.getByRole('button', { name });
const dialog = () => within(screen.getByRole('dialog'));
const orders = () => asked.flatMap((ask) => (ask.ask === 'do' ? [ask.deed] : []));

async function accessible(): Promise<void> {
  const result = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
  expect(result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
}

async function atAnnouncements() {
  const user = userEvent.setup();
  render(App);
  await user.click(await screen.findByRole('button', { name: /Nobuko/u }));
  await user.type(await screen.findByLabelText(/^パスワード/u), 'x');
  await user.keyboard('{Enter}');
  await user.click(
    await screen.findByRole('button', { name: status.announcements > 0 ? 'お知らせを見る' : 'お知らせ' }),
  );
  await screen.findByRole('heading', { name: 'お知らせ' });
  return user;
}

test('S4, S8: who only reads sees the texts and who speaks officially, and nothing to press on them', async () => {
  await atAnnouncements();
  expect(screen.getByRole('heading', { name: '年末年始', level: 3 })).toBeTruthy();
  expect(screen.getByText(/休みます <b>。/u).textContent).toContain('\n二行目');
  expect(within(screen.getByRole('list', { name: '公式アカウント' })).getByText('災害時の連絡')).toBeTruthy();
  await accessible();
  for (const name of ['公開する', 'この文面を承認', '公開を取り下げる', '署名する', '公式アカウントを登録']) {
    expect(screen.queryByRole('button', { name }), name).toBeNull();
  }
});

test('S4: a draft needs somebody who checks it, and what tells of a person is asked about first', async () => {
  const user = await atAnnouncements();
  await user.click(button('お知らせの案を作る'));
  const press = () => dialog().getByRole<HTMLButtonElement>('button', { name: '確認を頼む' });
  await user.type(dialog().getByLabelText(/^日本語の本文/u), '# 休み');
  expect(press().disabled, 'nobody checks it').toBe(true);
  await user.click(dialog().getByRole('checkbox', { name: /Yui/u }));
  await accessible();
  const found = [{ called: ['氏名', 'a name'] as [string, string], words: '花子', inName: false }];
  drafted = (meant) =>
    meant === 'q1' ? { checked: 'sent' } : { checked: 'asks', asked: 'q1', otherPatient: false, found };
  await user.click(press());
  await user.click(await screen.findByRole('button', { name: 'このまま送る' }));
  await screen.findByText('案を作り、確認を頼みました。');
  const plans = asked.flatMap((ask) => (ask.ask === 'draft-announcement' ? [[ask.plan, ask.meant]] : []));
  const plan = { again: null, ja: '# 休み', en: null, checkers: ['Yui'] };
  expect(plans).toEqual([
    [plan, null],
    [plan, 'q1'],
  ]);
});

test('S4: a checker is told, reads the text above the button, and signs that very text or objects', async () => {
  status = { ...status, announcements: 1 };
  const waits = announcement({
    progress: 'checked',
    published: null,
    author: who('Yui'),
    checks: [[who('Nobuko', true), null]],
    toCheck: true,
    checker: true,
  });
  view = { ...view, all: [waits] };
  const user = await atAnnouncements();
  await user.click(button('この文面を承認'));
  expect(dialog().getByText(/休みます/u)).toBeTruthy();
  await accessible();
  await user.click(dialog().getByRole('button', { name: 'この文面を承認' }));
  await screen.findByText('承認しました。');
  await user.click(button('異議を出す'));
  await user.click(dialog().getByRole('button', { name: '異議を出す' }));
  await screen.findByText('異議を出しました。');
  const deed = { deed: 'check-announcement', announcement: 'ann-1', text: 'a'.repeat(64) };
  expect(orders()).toEqual([
    { ...deed, approve: true },
    { ...deed, approve: false },
  ]);
});

test('S4: without its text nothing is approved or published', async () => {
  const facts = { progress: 'approved', published: null, words: null, toPublish: true, author: who('Yui') } as const;
  view = { ...view, all: [announcement(facts)] };
  await atAnnouncements();
  expect(screen.getByText('本文はつながったときに表示されます。')).toBeTruthy();
  expect(screen.queryByRole('button', { name: '公開する' })).toBeNull();
});

test('S8: an operator proposes an account, and gives the second signature to what is shown', async () => {
  const proposed = official({ since: null, proposedBy: who('Ken'), toSign: 'b'.repeat(64) });
  view = { ...view, all: [], officials: [proposed], namesOfficials: true };
  const user = await atAnnouncements();
  await user.click(button('署名する'));
  expect(dialog().getByText('災害時の連絡')).toBeTruthy();
  await user.click(dialog().getByRole('button', { name: '署名する' }));
  await screen.findByText('署名しました。');
  await user.click(button('公式アカウントを登録'));
  const press = () => dialog().getByRole<HTMLButtonElement>('button', { name: '公式アカウントを登録' });
  expect(press().disabled).toBe(true);
  await user.selectOptions(dialog().getByLabelText('アカウントの持ち主'), 'Ken');
  await user.type(dialog().getByLabelText('目的'), '講習会の案内');
  await user.click(dialog().getByRole('checkbox', { name: /Yui/u }));
  await accessible();
  await user.click(press());
  await screen.findByText(/提案しました/u);
  expect(orders()).toEqual([
    { deed: 'sign-official', user: 'Desk', shown: 'b'.repeat(64) },
    { deed: 'name-official', user: 'Ken', purpose: '講習会の案内', responsible: ['Yui'] },
  ]);
});
