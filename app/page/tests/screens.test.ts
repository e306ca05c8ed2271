// Screens as somebody finds them who can't see them: by name and role; and checked by axe.

import { cleanup, render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Ask, HomeRow, Place, Status, Timeline, Trouble, Who } from '../src/lib/types';

let answer: (ask: Ask) => unknown;
const asked: Ask[] = [];
let tell: (news: unknown) => void = () => undefined;

vi.mock('@tauri-apps/api/core', () => ({
  invoke: (_: string, { ask }: { ask: Ask }) => {
    asked.push(ask);
    return Promise.resolve().then(() => answer(ask));
  },
}));
vi.mock('@tauri-apps/api/event', () => ({
  listen: (_: string, heard: (event: { payload: unknown }) => void) => {
    tell = (news) => heard({ payload: news });
    return Promise.resolve(() => undefined);
  },
}));

const { default: App } = await import('../src/App.svelte');

const who = (name: string, me = false): Who => ({
  user: name,
  name,
  profession: 'nurse',
  facility: 'ひなた訪問看護ステーション（架空）',
  me,
  actingFor: null,
});
const place: Place = { key: '0123456789abcdef', name: '架空 結', standing: 'ready', words: null };
const status: Status = {
  me: who('架空 結', true),
  online: true,
  fresh: true,
  locksAfter: 300,
  administrator: false,
  operator: false,
  opensGroups: false,
  notice: false,
  reviews: 0,
  posture: false,
  unsent: 0,
};
const row: HomeRow = {
  group: 'a'.repeat(32),
  label: '見本 花子さん',
  kind: 'patient',
  facility: 'みなと坂クリニック（架空）',
  unseen: 1,
  last: { time: 1_795_000_000, author: who('架空 健'), text: '本日の血圧 <b>138/84</b>', files: 0 },
  draft: false,
  waiting: 0,
  refused: 0,
  awaitingKeys: false,
  shut: null,
};
const timeline: Timeline = {
  total: 2,
  from: 0,
  unseenFrom: 1,
  unsent: [],
  lines: [
    { line: 'event', seq: 0, time: 1_795_000_000, by: who('架空 健'), what: 'invited', whom: [who('架空 結', true)] },
    {
      line: 'message',
      seq: 1,
      time: 1_795_000_060,
      author: who('架空 健'),
      text: '本日の血圧 <img src=x onerror=alert(1)>\u202e138/84',
      unreadable: null,
      corrected: null,
      retracted: null,
      seen: [0, 2],
      files: [],
    },
  ],
};
const refusal: Trouble = {
  code: 'sign_in_failed',
  ja: 'IDかパスワードが違います。',
  en: 'ID or password is wrong.',
  retryAfter: 3,
  failed: [],
  later: false,
};

/** A small app behind the page. */
function usual(ask: Ask): unknown {
  switch (ask.ask) {
    case 'people':
      return [place];
    case 'enter':
      return 'in';
    case 'status':
      return status;
    case 'home':
      return [row];
    case 'timeline':
      return timeline;
    case 'draft':
      return '書きかけ';
    default:
      return null;
  }
}

beforeEach(() => {
  asked.length = 0;
  answer = usual;
});
afterEach(cleanup);

async function axeFindsNothing() {
  // jsdom draws nothing, so that contrast is checked in the window itself.
  const found = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
  expect(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
}

async function comeIn() {
  render(App);
  const user = userEvent.setup();
  await user.click(await screen.findByRole('button', { name: '架空 結' }));
  await user.type(screen.getByLabelText('パスワード'), 'kawa-9-no-hotori');
  await user.click(screen.getByRole('button', { name: '入る' }));
  await screen.findByRole('button', { name: /見本 花子さん/u });
  return user;
}

test('a device on which nobody is enrolled says how to begin', async () => {
  answer = (ask) => (ask.ask === 'people' ? [] : null);
  render(App);
  await screen.findByText(/登録用リンクで始めてください/u);
  await axeFindsNothing();
  const user = userEvent.setup();
  await user.click(screen.getByRole('button', { name: 'この端末に登録する' }));
  await screen.findByLabelText('登録用リンク');
  await axeFindsNothing();
});

test('a refusal is said with the next step and the time to wait, and nothing typed is lost', async () => {
  answer = (ask) => {
    if (ask.ask === 'enter') throw refusal;
    return usual(ask);
  };
  render(App);
  const user = userEvent.setup();
  await user.click(await screen.findByRole('button', { name: '架空 結' }));
  await user.type(screen.getByLabelText('パスワード'), 'falsch');
  await user.click(screen.getByRole('button', { name: '入る' }));
  const alert = await screen.findByText('IDかパスワードが違います。');
  expect(alert.closest('[role=alert]')?.textContent).toContain('3秒後');
  expect(screen.getByLabelText<HTMLInputElement>('パスワード').value).toBe('falsch');
  await axeFindsNothing();
});

test('a lock clears the screen, and the same person goes on with the password', async () => {
  await comeIn();
  tell({ news: 'over', why: null });
  await screen.findByText('画面をロックしました。');
  expect(document.body.textContent).not.toContain('見本 花子さん');
  expect(screen.getByRole('heading', { name: '架空 結' })).toBeTruthy();
});

test('a wiped device goes back to the first screen and says why', async () => {
  await comeIn();
  tell({ news: 'over', why: { ...refusal, code: 'device_wiped', ja: 'この端末は消去されました。', retryAfter: null } });
  await screen.findByText('この端末は消去されました。');
  await screen.findByText('どなたが使いますか');
});

test('texts of others are never markup, and hidden characters are shown', async () => {
  const user = await comeIn();
  await user.click(screen.getByRole('button', { name: /見本 花子さん/u }));
  await screen.findByText(/onerror=alert/u);
  expect(document.querySelector('.lines img')).toBeNull();
  expect(document.querySelector('.lines')?.textContent).toContain('␣138/84');
  await screen.findByText('ここから未読');
  await axeFindsNothing();
});

test('a draft is there again, is kept while one types, and goes when it is sent', async () => {
  const user = await comeIn();
  await user.click(screen.getByRole('button', { name: /見本 花子さん/u }));
  const box = await screen.findByLabelText<HTMLTextAreaElement>('書き込む');
  await waitFor(() => expect(box.value).toBe('書きかけ'));
  await user.type(box, 'です');
  await waitFor(() => expect(asked).toContainEqual({ ask: 'keep-draft', group: row.group, text: '書きかけです' }));
  await user.keyboard('{Control>}{Enter}{/Control}');
  await waitFor(() => expect(asked).toContainEqual({ ask: 'post', group: row.group, text: '書きかけです' }));
  await waitFor(() => expect(box.value).toBe(''));
});

test('what is pasted comes as plain text', async () => {
  const user = await comeIn();
  await user.click(screen.getByRole('button', { name: /見本 花子さん/u }));
  const box = await screen.findByLabelText<HTMLTextAreaElement>('書き込む');
  await waitFor(() => expect(box.value).toBe('書きかけ'));
  await user.click(box);
  await user.paste('と<b>太字</b>');
  expect(box.value).toBe('書きかけと<b>太字</b>');
});

test('every word is there in English too', async () => {
  render(App);
  const user = userEvent.setup();
  await user.click(await screen.findByRole('button', { name: 'English' }));
  await screen.findByText('Who is using this device?');
  expect(document.documentElement.lang).toBe('en');
  await user.click(screen.getByRole('button', { name: '日本語' }));
  await screen.findByText('どなたが使いますか');
});
