// What a facility lets others do, facilities that are stopped, rounds and numbers: what is asked of the app, what is said; and axe.

import { cleanup, render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Ask, DelegationsView, DeskView, OversightView, PersonView, StaffView, Who } from '../src/lib/types';

let answer: (ask: Ask) => unknown;
const asked: Ask[] = [];

vi.mock('@tauri-apps/api/core', () => ({
  invoke: (_: string, { ask }: { ask: Ask }) => {
    asked.push(ask);
    return Promise.resolve().then(() => answer(ask));
  },
}));
vi.mock('@tauri-apps/api/event', () => ({ listen: () => Promise.resolve(() => undefined) }));

const { default: Groups } = await import('../src/screens/Groups.svelte');
const { default: Desk } = await import('../src/screens/Desk.svelte');
const { default: Staff } = await import('../src/screens/Staff.svelte');
const { default: Oversight } = await import('../src/screens/Oversight.svelte');
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
const staff = (facts: Partial<StaffView> = {}): StaffView => ({
  who: who('Yui'),
  kana: null,
  state: 'in-force',
  pledge: true,
  manager: false,
  administrator: false,
  groupManager: false,
  devices: 1,
  posture: false,
  reviews: 0,
  reset: false,
  deputy: null,
  ...facts,
});
const device: PersonView['devices'][number] = {
  device: 'dev-1',
  kind: 'phone',
  system: 'linux',
  own: false,
  here: false,
  state: 'approved',
  ownWord: false,
  wipeConfirmed: null,
  keeping: null,
};

let delegations: DelegationsView;
let person: PersonView;
let desk: DeskView;
let oversight: OversightView;
let outcome: unknown;

beforeEach(() => {
  asked.length = 0;
  speech.language = 'ja';
  outcome = { outcome: 'done' };
  delegations = { own: [], gives: true, groups: [['grp-1', 'Team H']], actsFor: [] };
  person = { staff: staff(), managed: true, deputised: false, devices: [device], sessions: [] };
  desk = {
    facilities: [
      {
        facility: 'fac-1',
        name: 'Clinic (fiction)',
        kind: 'clinic',
        member: true,
        state: 'in-force',
        manager: null,
        administrators: 1,
        staff: 3,
      },
    ],
    delegations: [],
  };
  oversight = { rounds: [], report: [], days: 30 };
  answer = (ask) => {
    switch (ask.ask) {
      case 'governed':
        return [];
      case 'delegations':
        return delegations;
      case 'staff':
        return [person.staff];
      case 'person':
        return person;
      case 'desk':
        return desk;
      case 'oversight':
        return oversight;
      case 'do':
        return outcome;
      default:
        return null;
    }
  };
  // axe measures letters, for which nothing is drawn here.
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
});
afterEach(cleanup);

const button = (name: string) => screen.getByRole('button', { name });
const dialog = () => within(screen.getByRole('dialog'));
const orders = () => asked.flatMap((ask) => (ask.ask === 'do' ? [ask.deed] : []));
const nothing = () => undefined;

async function accessible(): Promise<void> {
  const result = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
  expect(result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
}

test('A4.2: an administrator delegates one group or all until a day, and takes it back', async () => {
  const user = userEvent.setup();
  render(Groups, { first: null, version: 0, desk: false, own: 'Hinata (fiction)', close: nothing });
  await user.click(await screen.findByRole('button', { name: '療養相談室に委託する' }));
  expect(screen.getByText(/「Hinata \(fiction\)の委託」と表示/u)).toBeTruthy();
  await user.selectOptions(dialog().getByLabelText('委託する範囲'), 'grp-1');
  const until = dialog().getByLabelText('委託の最終日');
  await user.clear(until);
  expect(dialog().getByRole<HTMLButtonElement>('button', { name: '療養相談室に委託する' }).disabled).toBe(true);
  await user.type(until, '2026-12-31');
  await accessible();
  const one = { delegation: 'dlg-1', facility: 'Hinata (fiction)', everything: false, label: 'Team H', reads: false };
  delegations = { ...delegations, own: [{ ...one, until: 1_798_700_000 }] };
  await user.click(dialog().getByRole('button', { name: '療養相談室に委託する' }));
  await user.click(await screen.findByRole('button', { name: '委託を取り消す' }));
  await user.click(dialog().getByRole('button', { name: '委託を取り消す' }));
  await screen.findByText('委託を取り消しました。');
  expect(orders()).toEqual([
    { deed: 'delegate', group: 'grp-1', until: '2026-12-31', reads: false },
    { deed: 'revoke-delegation', delegation: 'dlg-1' },
  ]);
});

test('A4.2: the Desk opens a patient group only for a facility, which is said before it is pressed', async () => {
  const user = userEvent.setup();
  const actsFor = [{ facility: 'fac-1', name: 'Clinic (fiction)' }];
  delegations = { own: [], gives: false, groups: [], actsFor };
  outcome = { outcome: 'opened', group: 'grp-9' };
  render(Groups, { first: null, version: 0, desk: true, own: 'Desk (fiction)', close: nothing });
  await user.click(await screen.findByRole('button', { name: 'グループを作る' }));
  expect(dialog().getByText(/「Clinic \(fiction\)」の委託により作ります/u)).toBeTruthy();
  await user.selectOptions(dialog().getByLabelText('どの事業所のために'), '療養相談室');
  expect(dialog().queryByLabelText('種類'), 'of its own it opens no patient group').toBeNull();
  await user.selectOptions(dialog().getByLabelText('どの事業所のために'), 'fac-1');
  await user.type(dialog().getByLabelText('グループ名'), 'Team J');
  await accessible();
  await user.click(dialog().getByRole('button', { name: 'グループを作る' }));
  const [deed] = orders();
  expect(deed).toMatchObject({ plan: { kind: 'patient', label: 'Team J', actingFor: 'fac-1', reading: false } });
});

test('A8.3: a deputy is named until a day, and sees what protects alone', async () => {
  const user = userEvent.setup();
  const { unmount } = render(Staff, { version: 0, deputy: false, close: nothing });
  await user.click(await screen.findByRole('button', { name: /Yui/u }));
  await user.click(await screen.findByRole('button', { name: 'SNS管理者の代理にする' }));
  await user.type(dialog().getByLabelText('代理の最終日'), '2026-12-01');
  await accessible();
  await user.click(dialog().getByRole('button', { name: 'SNS管理者の代理にする' }));
  await screen.findByText('YuiさんをSNS管理者の代理にしました。');
  expect(orders()).toEqual([{ deed: 'name-deputy', user: 'Yui', from: null, until: '2026-12-01' }]);
  unmount();

  person = { ...person, managed: false, deputised: true };
  render(Staff, { version: 0, deputy: true, close: nothing });
  expect(screen.queryByRole('button', { name: '従事者を登録する' })).toBeNull();
  await user.click(await screen.findByRole('button', { name: /Yui/u }));
  await screen.findByRole('button', { name: '消去' });
  for (const name of ['パスワードと認証アプリをリセット', 'IDを終了', '使用を終える', 'SNS管理者の代理にする']) {
    expect(screen.queryByRole('button', { name }), name).toBeNull();
  }
});

test('A3.2: a facility is stopped by one, and goes on when a second operator signs', async () => {
  const user = userEvent.setup();
  const { unmount } = render(Desk, { version: 0, close: nothing });
  await user.click(await screen.findByRole('button', { name: '利用を停止' }));
  expect(dialog().getByText(/全員のサインインが終わり/u)).toBeTruthy();
  await user.click(dialog().getByRole('button', { name: '利用を停止' }));
  await screen.findByText('「Clinic (fiction)」の利用を停止しました。');
  unmount();
  desk = { ...desk, facilities: desk.facilities.map((one) => ({ ...one, state: 'suspended' as const })) };
  outcome = { outcome: 'waits' };
  render(Desk, { version: 0, close: nothing });
  await user.click(await screen.findByRole('button', { name: '利用を再開' }));
  await user.click(dialog().getByRole('button', { name: '利用を再開' }));
  await screen.findByText(/もう1人の担当者の署名を待っています/u);
  expect(orders().map((deed) => (deed.deed === 'suspend-facility' ? deed.suspended : null))).toEqual([true, false]);
});

test('A9.2, A15.1: a round is opened and counted, and the numbers are numbers alone', async () => {
  const user = userEvent.setup();
  const round = { review: 'rev-1', facility: null, due: '2026-12-20', confirmed: 3, asked: 5, closable: true };
  oversight = {
    rounds: [round],
    report: [
      {
        name: 'Clinic (fiction)',
        state: 'in-force',
        people: 5,
        suspended: 1,
        pledgesMissing: 0,
        devices: 4,
        postureMissing: 2,
        invitations: 1,
        reviews: [3, 5],
        trainings: [0, 0],
        takeouts: [1, 2],
        refused: 7,
      },
    ],
    days: 30,
  };
  render(Oversight, { version: 0, back: nothing });
  await screen.findByText('5人中3人が確認');
  expect(screen.getByText('拒否（30日間）')).toBeTruthy();
  await accessible();
  await user.click(button('定期確認を始める'));
  const due = dialog().getByLabelText('期日');
  await user.clear(due);
  await user.type(due, '2027/1/31');
  await user.click(dialog().getByRole('button', { name: '定期確認を始める' }));
  await screen.findByText(/定期確認を始めました/u);
  expect(orders()).toEqual([{ deed: 'open-review', due: '2027-01-31', restrictAfter: 14, lockAfter: 30 }]);
});
