import { expect, test } from 'vitest';
import { Composing, sends } from '../src/lib/keys';

const key = (more: KeyboardEventInit & { keyCode?: number } = {}) =>
  new KeyboardEvent('keydown', { key: 'Enter', ...more });

test('Enter while a word is converted never sends', () => {
  let now = 0;
  const composing = new Composing(() => now);
  composing.begin();
  expect(sends(key(), true, composing)).toBe(false);
  expect(sends(key({ ctrlKey: true }), true, composing)).toBe(false);
  composing.end();
  now += 10;
  expect(sends(key(), true, composing), 'the key that ended it, arriving after it').toBe(false);
  now += 100;
  expect(sends(key(), true, composing)).toBe(true);
  expect(sends(key({ isComposing: true }), true, composing)).toBe(false);
  expect(sends(key({ keyCode: 229 }), true, composing)).toBe(false);
});

test('Enter alone sends only where the person chose so', () => {
  const composing = new Composing();
  expect(sends(key(), false, composing)).toBe(false);
  expect(sends(key({ ctrlKey: true }), false, composing)).toBe(true);
  expect(sends(key({ shiftKey: true }), true, composing)).toBe(false);
  expect(sends(new KeyboardEvent('keydown', { key: 'a', ctrlKey: true }), true, composing)).toBe(false);
});
