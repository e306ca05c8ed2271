// How a group ends or changes hands: what is offered to whom, what it says before it is ordered; and axe.

import { cleanup, render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Ask, Decisions, EndingView, Who } from '../src/lib/types';

let answer: (ask: Ask) => unknown;
const asked: Ask[] = [];

vi.mock('@tauri-apps/api/core', () => ({
  invoke: (_: string, { ask }: { ask: Ask }) => {
    asked.push(ask);
    return Promise.resolve().then(() => answer(ask));
  },
}));
vi.mock('@tauri-apps/api/event', () => ({ listen: () => Promise.resolve(() => undefined) }));

const { default: Ending } = await import('../src/parts/Ending.svelte');
const { default: Inbox } = await import('../src/screens/Decisions.svelte');
const { speech } = await import('../src/lib/words.svelte');

const who = (name: string): Who => ({
  user: name,
  name,
  profession: 'doctor',
  facility: 'Hinata (fiction)',
  me: false,
  official: null,
  actingFor: null,
});
const ending = (facts: Partial<EndingView> = {}): EndingView => ({
  group: 'grp-1',
  label: 'Team H',
  facility: 'Hinata (fiction)',
  closed: null,
  due: null,
  frozenBy: null,
  frozen: null,
  withdrawnOn: null,
  heldUntil: null,
  heldBecause: null,
  orderedBy: null,
  erased: null,
  offered: null,
  closable: true,
  withdrawable: true,
  droppable: false,
  acceptable: false,
  orderable: false,
  toConfirm: null,
  facilities: [{ facility: 'fac-2', name: 'Clinic (fiction)' }],
  ...facts,
});
const inbox = (endings: EndingView[]): Decisions => ({
  invitations: [],
  devices: [],
  takeouts: [],
  postures: [],
  resets: [],
  reviews: [],
  forms: [],
  applications: [],
  inquiries: [],
  endings,
});

let view: EndingView;
const said: string[] = [];

beforeEach(() => {
  asked.length = 0;
  said.length = 0;
  speech.language = 'ja';
  view = ending();
  answer = (ask) =>
    ask.ask === 'ending'
      ? view
      : { outcome: ask.ask === 'do' && ask.deed.deed === 'offer-handover' ? 'waits' : 'done' };
  // axe measures letters, for which nothing is drawn here.
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
});
afterEach(cleanup);

const button = (name: string) => screen.getByRole('button', { name });
const dialog = () => within(screen.getByRole('dialog'));
const orders = () => asked.flatMap((ask) => (ask.ask === 'do' ? [ask.deed] : []));

async function accessible(): Promise<void> {
  const rules = { 'color-contrast': { enabled: false }, region: { enabled: false } };
  const result = await axe.run(document.body, { rules });
  expect(result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
}

async function shown() {
  const user = userEvent.setup();
  render(Ending, { group: 'grp-1', version: 0, done: (line: string) => void said.push(line) });
  await screen.findByRole('button', { name: 'グループを終了' });
  return user;
}

test('A5.1: a group is offered to the facility that was chosen, and closed by no single key', async () => {
  const user = await shown();
  await accessible();
  await user.click(button('別の事業所に引き継ぐ'));
  expect(dialog().getByText(/相手にはグループ名が伝わります/u)).toBeTruthy();
  await accessible();
  await user.click(dialog().getByRole('button', { name: '別の事業所に引き継ぐ' }));
  await user.click(button('グループを終了'));
  expect(dialog().getByText(/再開はできません/u)).toBeTruthy();
  await user.click(dialog().getByRole('button', { name: 'グループを終了' }));
  expect(orders()).toEqual([
    { deed: 'offer-handover', group: 'grp-1', to: 'fac-2' },
    { deed: 'close-group', group: 'grp-1' },
  ]);
  expect(said).toEqual(['申し出ました。相手の事業所のSNS管理者の返事を待っています。', 'グループを終了しました。']);
});

test('A6.2: that consent was withdrawn needs the day and the scan of the paper', async () => {
  const user = await shown();
  await user.click(button('同意の撤回を記録'));
  const press = () => dialog().getByRole<HTMLButtonElement>('button', { name: '同意の撤回を記録' });
  expect(dialog().getByText(/直ちに凍結され/u)).toBeTruthy();
  expect(press().disabled).toBe(true);
  await user.selectOptions(dialog().getByLabelText('撤回した人'), 'family');
  await user.type(dialog().getByLabelText('撤回の日'), '2026/3/2');
  expect(press().disabled, 'without a scan').toBe(true);
  await user.upload(
    dialog().getByLabelText(/^撤回書のスキャン/u),
    new File(['%PDF-'], 'paper.pdf', { type: 'application/pdf' }),
  );
  await user.click(press());
  // The file is read before anything is ordered.
  await vi.waitFor(() => expect(orders()).toHaveLength(1));
  const [deed] = orders();
  expect(deed).toMatchObject({ deed: 'withdraw-consent', group: 'grp-1', by: 'family', on: '2026-03-02' });
});

test('A5.1, A6.2: the inbox has what is offered and what a second person confirms, each with what it says', async () => {
  const user = userEvent.setup();
  const none = { closable: false, withdrawable: false, facilities: [] };
  const offered = ending({ ...none, offered: 'Ours (fiction)', acceptable: true });
  const frozen = ending({
    ...none,
    group: 'grp-2',
    label: 'Team K',
    frozen: 1_795_000_000,
    frozenBy: who('Ken'),
    withdrawnOn: '2026-03-02',
    toConfirm: 'a'.repeat(64),
  });
  const nothing = () => undefined;
  render(Inbox, { waiting: inbox([offered, frozen]), toRoom: nothing, close: nothing, reload: nothing });
  await accessible();
  await user.click(button('引き受ける'));
  expect(dialog().getByText(/責任は自事業所にあります/u)).toBeTruthy();
  await user.click(dialog().getByRole('button', { name: '引き受ける' }));
  await screen.findByText('「Team H」を引き受けました。');
  await user.click(button('消去を確認する'));
  expect(dialog().getByText(/戻せません/u)).toBeTruthy();
  expect(dialog().getByText(/同意の撤回（.*3月2日.*）/u)).toBeTruthy();
  await user.click(dialog().getByRole('button', { name: '消去を確認する' }));
  await screen.findByText('「Team K」を消去しました。');
  expect(orders()).toEqual([
    { deed: 'accept-handover', group: 'grp-1' },
    { deed: 'confirm-erasure', group: 'grp-2', shown: 'a'.repeat(64) },
  ]);
});
