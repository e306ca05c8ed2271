// Asking the Desk, seeing to what was asked, and what of it stands in the inbox: what is asked of the app, what is said; and axe.

import { cleanup, render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Ask, Checked, Decisions, HomeRow, InquiryView, Place, Status, Timeline, Who } from '../src/lib/types';

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
const home: HomeRow = {
  group: 'grp-1',
  label: '様式2について',
  kind: 'inquiry',
  facility: 'Desk (fiction)',
  actingFor: null,
  unseen: 0,
  last: null,
  draft: false,
  waiting: 0,
  refused: 0,
  awaitingKeys: false,
  chart: false,
  shut: null,
};
const inquiry = (facts: Partial<InquiryView> = {}): InquiryView => ({
  group: 'grp-1',
  incident: false,
  subject: '様式2について',
  asker: who('Nobuko', true),
  opened: 1_795_000_000,
  state: 'open',
  desks: true,
  taken: null,
  closed: null,
  reason: null,
  days: 0,
  seesTo: false,
  closable: true,
  closableFrom: null,
  ...facts,
});
const inbox = (inquiries: InquiryView[]): Decisions => ({
  invitations: [],
  devices: [],
  takeouts: [],
  postures: [],
  resets: [],
  reviews: [],
  forms: [],
  applications: [],
  inquiries,
  endings: [],
});

let status: Status;
let all: InquiryView[];
let waiting: Decisions;
let opened: (meant: string | null) => Checked;

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
  all = [inquiry()];
  waiting = inbox([]);
  opened = () => ({ checked: 'sent' });
  answer = (ask) => {
    switch (ask.ask) {
      case 'people':
        return [place];
      case 'enter':
        return 'in';
      case 'status':
        return status;
      case 'home':
        return [home];
      case 'timeline':
        return {
          total: 1,
          from: 0,
          unseenFrom: null,
          unsent: [],
          lines: [
            {
              line: 'message',
              seq: 3,
              time: 1_795_000_060,
              author: who('Nobuko', true),
              text: 'とじて保管してください。',
              unreadable: null,
              corrected: null,
              retracted: null,
              seen: null,
              files: [],
            },
          ],
        } satisfies Timeline;
      case 'draft':
        return '';
      case 'attach':
        return { files: [], refused: [], lookOnly: true };
      case 'inquiries':
        return all;
      case 'inquiry':
        return all[0];
      case 'open-inquiry':
        return opened(ask.meant);
      case 'decisions':
        return waiting;
      case 'do':
        return { outcome: 'done' };
      case 'urgent':
      case 'broadcasts':
      case 'sending':
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

async function inside() {
  const user = userEvent.setup();
  render(App);
  await user.click(await screen.findByRole('button', { name: /Nobuko/u }));
  await user.type(await screen.findByLabelText(/^パスワード/u), 'x');
  await user.keyboard('{Enter}');
  await screen.findByRole('button', { name: '問い合わせ' });
  return user;
}

test('A14.1: a question is asked by the keyboard, after it was said who reads it and what not to write', async () => {
  const user = await inside();
  button('問い合わせ').focus();
  await user.keyboard('{Enter}');
  await accessible();
  await user.click(button('問い合わせる'));
  expect(dialog().getByText(/患者の氏名や療養の情報は書かないでください/u)).toBeTruthy();
  const press = () => dialog().getByRole<HTMLButtonElement>('button', { name: '送る' });
  expect(press().disabled).toBe(true);
  await user.type(dialog().getByLabelText('件名'), '様式2について');
  await user.type(dialog().getByLabelText('聞きたいこと'), '架空 花子さんの様式');
  const found = [{ called: ['氏名', 'a name'] as [string, string], words: '架空 花子', inName: false }];
  opened = (meant) =>
    meant === 'q1' ? { checked: 'sent' } : { checked: 'asks', asked: 'q1', otherPatient: false, found };
  await user.click(press());
  await screen.findByText(/患者を特定できる情報かもしれません/u);
  expect(asked.filter((ask) => ask.ask === 'open-inquiry')).toHaveLength(1);
  await user.click(button('このまま送る'));
  await screen.findByText(/問い合わせを送りました/u);
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('A14.1: who asked sees where it stands in its room, closes it and opens it again, and marks no answer', async () => {
  const user = await inside();
  await user.click(await screen.findByRole('button', { name: /様式2について/u }));
  await user.click(await screen.findByRole('button', { name: '問い合わせの状態: 担当待ち' }));
  await accessible();
  expect(screen.queryByRole('button', { name: '回答にする' })).toBeNull();
  expect(dialog().queryByRole('button', { name: '担当する' })).toBeNull();
  await user.click(dialog().getByRole('button', { name: '問い合わせを終了' }));
  all = [inquiry({ state: 'closed', closable: false, closed: who('Nobuko', true), reason: 'settled', desks: false })];
  const two = screen.getAllByRole('dialog');
  await user.click(within(two[two.length - 1] as HTMLElement).getByRole('button', { name: '問い合わせを終了' }));
  await screen.findByText('解決');
  await user.click(dialog().getByRole('button', { name: '問い合わせを再開' }));
  const again = screen.getAllByRole('dialog');
  await user.click(within(again[again.length - 1] as HTMLElement).getByRole('button', { name: '問い合わせを再開' }));
  await screen.findByText('問い合わせを再開しました。');
  expect(orders()).toEqual([
    { deed: 'close-inquiry', group: 'grp-1' },
    { deed: 'reopen-inquiry', group: 'grp-1' },
  ]);
});

test('A14.1: an operator finds it counted in the inbox, sees to it, and marks what was written as the answer', async () => {
  status = { ...status, operator: true };
  const asks = inquiry({ asker: who('Yui'), seesTo: true, closable: false, days: 2 });
  all = [asks];
  const report = inquiry({ group: 'grp-2', incident: true, subject: '誤送信', asker: who('Ken'), seesTo: true });
  waiting = inbox([report, asks]);
  const user = await inside();
  await user.click(await screen.findByRole('button', { name: '対応待ち 2' }));
  const section = within(await screen.findByRole('region', { name: '問い合わせと報告' }));
  expect(section.getByText('インシデント報告')).toBeTruthy();
  expect(section.getByText('2日経過')).toBeTruthy();
  await accessible();
  for (const [at, deed] of [
    [0, 'take-incident'],
    [1, 'take-inquiry'],
  ] as const) {
    await user.click(section.getAllByRole('button', { name: '担当する' })[at] as HTMLElement);
    await user.click(dialog().getByRole('button', { name: '担当する' }));
    await screen.findAllByText('担当になりました。');
    expect(orders().at(-1)?.deed).toBe(deed);
  }
  await user.click(section.getAllByRole('button', { name: '読む・書く' })[1] as HTMLElement);
  await user.click(await screen.findByRole('button', { name: '回答にする' }));
  await user.click(dialog().getByRole('button', { name: '回答にする' }));
  await screen.findByText('回答として記録しました。');
  expect(orders().at(-1)).toEqual({ deed: 'answer-inquiry', group: 'grp-1', seq: 3 });
});

test('A14.1: an operator may not close what waits for a reply, and is told from when on', async () => {
  status = { ...status, operator: true };
  all = [
    inquiry({
      asker: who('Yui'),
      seesTo: true,
      state: 'answered',
      desks: false,
      closable: false,
      closableFrom: 1_796_000_000,
    }),
  ];
  const user = await inside();
  await user.click(await screen.findByRole('button', { name: /様式2について/u }));
  await user.click(await screen.findByRole('button', { name: '問い合わせの状態: 回答済み' }));
  expect(dialog().getByText(/返信がなければ .* から終了できます。/u)).toBeTruthy();
  expect(dialog().queryByRole('button', { name: '問い合わせを終了' })).toBeNull();
  expect(screen.queryByRole('button', { name: '回答にする' })).toBeNull();
});
