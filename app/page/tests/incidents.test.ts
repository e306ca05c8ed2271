// Reporting that something went wrong, seeing to a report, and halting a group: what is asked of the app, what is said; and axe.

import { cleanup, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type {
  Ask,
  Checked,
  Deed,
  GroupView,
  HomeRow,
  IncidentView,
  Place,
  Status,
  Timeline,
  Trouble,
  Who,
} from '../src/lib/types';

let answer: (ask: Ask) => unknown;
const asked: Ask[] = [];

vi.mock('@tauri-apps/api/core', () => ({
  invoke: (_: string, { ask }: { ask: Ask }) => {
    asked.push(ask);
    return Promise.resolve().then(() => answer(ask) ?? (['urgent', 'broadcasts'].includes(ask.ask) ? [] : null));
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
const status: Status = {
  me: who('Nobuko', true),
  online: true,
  fresh: true,
  locksAfter: 300,
  administrator: false,
  deputy: false,
  operator: false,
  opensGroups: true,
  notice: false,
  reviews: 0,
  posture: false,
  announcements: 0,
  takeouts: 0,
  unsent: 0,
};
const home = (facts: Partial<HomeRow> = {}): HomeRow => ({
  group: 'grp-1',
  label: 'Team H',
  kind: 'patient',
  facility: 'Hinata (fiction)',
  actingFor: null,
  unseen: 0,
  last: null,
  draft: false,
  waiting: 0,
  refused: 0,
  awaitingKeys: false,
  chart: false,
  shut: null,
  ...facts,
});
const message: Timeline['lines'][number] = {
  line: 'message',
  seq: 7,
  time: 1_795_000_060,
  author: who('Ken'),
  text: 'of somebody else',
  unreadable: null,
  corrected: null,
  retracted: null,
  seen: null,
  files: [],
};
const incident = (facts: Partial<IncidentView> = {}): IncidentView => ({
  kind: 'wrong-content',
  about: { group: 'grp-1', label: 'Team H', line: 0 },
  noticed: 1_795_000_000,
  reporter: who('Yui'),
  taken: null,
  closed: null,
  measures: [{ measure: 'contained', done: true, on: '2026-11-20', by: who('Aki') }],
  missing: ['notified', 'explained', 'prevented'],
  seesTo: true,
  ...facts,
});
const view = (facts: Partial<GroupView> = {}): GroupView => ({
  row: {
    group: 'grp-1',
    label: 'Team H',
    kind: 'patient',
    facility: 'Hinata (fiction)',
    readers: 1,
    waiting: 0,
    lacksConsent: false,
    lacksScan: false,
    closed: false,
  },
  newcomers: 'all',
  newcomersFrom: null,
  governs: true,
  halted: null,
  scanFor: null,
  members: [{ who: who('Nobuko', true), since: 1_795_000_000, removable: true }],
  invitations: [],
  ...facts,
});
const refusal = (code: string): Trouble => ({
  code,
  ja: '今はできません。',
  en: 'Not now.',
  retryAfter: null,
  failed: [],
  later: false,
});

let rows: HomeRow[];
let record: IncidentView;
let members: GroupView;
let reported: (meant: string | null) => Checked;
let done: (deed: Deed) => unknown;

beforeEach(() => {
  asked.length = 0;
  speech.language = 'ja';
  rows = [home()];
  record = incident();
  members = view();
  reported = () => ({ checked: 'sent' });
  done = () => ({ outcome: 'done' });
  answer = (ask) => {
    switch (ask.ask) {
      case 'people':
        return [place];
      case 'enter':
        return 'in';
      case 'status':
        return status;
      case 'home':
        return rows;
      case 'timeline':
        return { total: 1, from: 0, unseenFrom: null, unsent: [], lines: [message] } satisfies Timeline;
      case 'draft':
        return '';
      case 'sending':
        return [];
      case 'attach':
        return { files: [], refused: [], lookOnly: true };
      case 'incident':
        return record;
      case 'members':
        return members;
      case 'report':
        return reported(ask.meant);
      case 'do':
        return done(ask.deed);
      default:
        return null;
    }
  };
  // axe measures letters, for which nothing is drawn here.
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
});
afterEach(cleanup);

const button = (name: string | RegExp) => screen.getByRole('button', { name });
const orders = () => asked.flatMap((ask) => (ask.ask === 'do' ? [ask.deed] : []));
const reports = () => asked.flatMap((ask) => (ask.ask === 'report' ? [ask] : []));

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
  await screen.findByRole('button', { name: 'インシデントを報告する' });
  return user;
}

async function inGroup(name = /Team H/u) {
  const user = await inside();
  await user.click(await screen.findByRole('button', { name }));
  return user;
}

test('a message is reported by the keyboard, once it was said who reads it', async () => {
  const user = await inGroup();
  (await screen.findByRole('button', { name: 'この内容を報告する' })).focus();
  await user.keyboard('{Enter}');
  const dialog = within(screen.getByRole('dialog'));
  expect(dialog.getByText(/SNS管理者と療養相談室にだけ届きます/u)).toBeTruthy();
  expect(dialog.getByText(/「Team H」の書き込みについての報告です/u)).toBeTruthy();
  const press = () => dialog.getByRole<HTMLButtonElement>('button', { name: '報告する' });
  expect(press().disabled).toBe(true);
  await accessible();
  await user.selectOptions(dialog.getByLabelText('何が起きたか'), 'leak');
  await user.type(dialog.getByLabelText('件名'), 'wrong group');
  await user.type(dialog.getByLabelText('気付いたこと'), 'not of this patient');
  await user.click(press());
  await screen.findByText(/報告しました。/u);
  const plan = { kind: 'leak', about: ['grp-1', 7], subject: 'wrong group', text: 'not of this patient' };
  expect(reports()).toEqual([{ ask: 'report', plan, meant: null }]);
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('a report without a message asks about names first, and a refusal leaves what was typed', async () => {
  const user = await inside();
  await user.click(button('インシデントを報告する'));
  await user.type(screen.getByLabelText('件名'), 'lost');
  await user.type(screen.getByLabelText('気付いたこと'), 'of Hanako');
  const found = [{ called: ['氏名', 'a name'] as [string, string], words: 'Hanako', inName: false }];
  reported = (meant) =>
    meant === 'q1' ? { checked: 'sent' } : { checked: 'asks', asked: 'q1', otherPatient: false, found };
  await user.click(button('報告する'));
  await screen.findByText(/患者を特定できる情報かもしれません/u);
  await user.click(button('直す'));
  expect(screen.getByLabelText<HTMLInputElement>('件名').value).toBe('lost');
  reported = () => {
    throw refusal('too_many_incidents');
  };
  await user.click(button('報告する'));
  await screen.findByText('今はできません。');
  expect(screen.getByLabelText<HTMLTextAreaElement>('気付いたこと').value).toBe('of Hanako');
  reported = (meant) =>
    meant === 'q1' ? { checked: 'sent' } : { checked: 'asks', asked: 'q1', otherPatient: false, found };
  await user.click(button('報告する'));
  await user.click(await screen.findByRole('button', { name: 'このまま送る' }));
  await screen.findByText(/報告しました。/u);
  expect(reports().map((ask) => [ask.plan.about, ask.meant])).toEqual([
    [null, null],
    [null, null],
    [null, null],
    [null, 'q1'],
  ]);
});

test('a report is seen to: taken, what was done recorded, and closed when all is on record', async () => {
  rows = [home({ group: 'grp-9', label: 'Mixed up', kind: 'incident' })];
  const user = await inGroup(/Mixed up/u);
  expect(screen.queryByRole('button', { name: 'この内容を報告する' })).toBeNull();
  await user.click(button('報告の記録'));
  await screen.findByText('誤記・取り違え');
  expect(screen.getByText('まだ決まっていません')).toBeTruthy();
  expect(screen.getByText(/11月20日.*に実施/u)).toBeTruthy();
  expect(screen.getAllByText('未記録').length).toBe(3);
  expect(screen.queryByRole('button', { name: '報告を終了' })).toBeNull();
  await accessible();
  await user.click(button('担当する'));
  const top = () => within(screen.getAllByRole('dialog').at(-1) ?? document.body);
  record = incident({ taken: who('Nobuko', true) });
  await user.click(top().getByRole('button', { name: '担当する' }));
  await screen.findByText('担当になりました。');
  await waitFor(() => expect(screen.queryByRole('button', { name: '担当する' })).toBeNull());

  await user.click(button('対応を記録'));
  expect(top().getByLabelText<HTMLSelectElement>('項目').value).toBe('notified');
  await user.selectOptions(top().getByLabelText('結果'), 'not-needed');
  await user.clear(top().getByLabelText('行った日・判断した日'));
  expect(top().getByRole<HTMLButtonElement>('button', { name: '対応を記録' }).disabled).toBe(true);
  await user.type(top().getByLabelText('行った日・判断した日'), '2026/11/21');
  await accessible();
  record = incident({ taken: who('Nobuko', true), missing: [] });
  await user.click(top().getByRole('button', { name: '対応を記録' }));
  await screen.findByText('「連絡・謝罪」を記録しました。');
  await user.click(await screen.findByRole('button', { name: '報告を終了' }));
  await user.click(top().getByRole('button', { name: '報告を終了' }));
  await screen.findByText('報告を終了しました。');
  expect(orders()).toEqual([
    { deed: 'take-incident', group: 'grp-9' },
    { deed: 'record-measure', group: 'grp-9', measure: 'notified', done: false, on: '2026-11-21' },
    { deed: 'close-incident', group: 'grp-9' },
  ]);
});

test('who reported sees what is on record and orders nothing but the reopening', async () => {
  rows = [home({ group: 'grp-9', label: 'Mixed up', kind: 'incident' })];
  record = incident({ seesTo: false, about: { group: 'grp-1', label: null, line: null } });
  const user = await inGroup(/Mixed up/u);
  await user.click(button('報告の記録'));
  await screen.findByText(/「ほかのグループ」の書き込み/u);
  for (const name of ['担当する', '対応を記録', '報告を終了', '報告を再開', '書き込みを見る']) {
    expect(screen.queryByRole('button', { name })).toBeNull();
  }
  cleanup();
  record = incident({ seesTo: false, closed: who('Aki') });
  const again = await inGroup(/Mixed up/u);
  await again.click(button('報告の記録'));
  await again.click(await screen.findByRole('button', { name: '報告を再開' }));
  const all = screen.getAllByRole('dialog');
  await again.click(within(all.at(-1) ?? document.body).getByRole('button', { name: '報告を再開' }));
  await screen.findByText('報告を再開しました。');
  expect(orders()).toEqual([{ deed: 'reopen-incident', group: 'grp-9' }]);
});

test('halting says what it does, is not one key away, and the group says who halted it', async () => {
  const user = await inGroup();
  await user.click(await screen.findByRole('button', { name: '参加者' }));
  await user.click(await screen.findByRole('button', { name: 'グループを一時停止' }));
  const dialog = within(screen.getByRole('dialog'));
  expect(dialog.getByText(/誰も書き込めず、これまでの書き込みも表示されません/u)).toBeTruthy();
  expect(dialog.getByRole('button', { name: 'やめる' }).hasAttribute('autofocus')).toBe(true);
  expect(orders()).toEqual([]);
  await accessible();
  members = view({ halted: who('Nobuko', true) });
  await user.click(dialog.getByRole('button', { name: 'グループを一時停止' }));
  await screen.findByText(/このグループを一時停止しています/u);
  expect(screen.queryByRole('button', { name: 'グループを一時停止' })).toBeNull();
  await user.click(button('グループを再開'));
  members = view();
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'グループを再開' }));
  await screen.findByText('グループを再開しました。');
  await waitFor(() => expect(screen.queryByText(/このグループを一時停止しています/u)).toBeNull());
  expect(orders()).toEqual([
    { deed: 'halt-group', group: 'grp-1' },
    { deed: 'resume-group', group: 'grp-1' },
  ]);
});

test('who does not govern a group halts nothing', async () => {
  members = view({ governs: false });
  const user = await inGroup();
  await user.click(await screen.findByRole('button', { name: '参加者' }));
  await screen.findByRole('heading', { name: '参加者' });
  expect(screen.queryByRole('button', { name: 'グループを一時停止' })).toBeNull();
});
