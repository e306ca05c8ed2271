import { expect, test } from 'vitest';
import { birthday, brief, clock, day, dayKey } from '../src/lib/dates';
import { harmless } from '../src/lib/harmless';

test('characters that hide or turn are made visible', () => {
  expect(harmless('abc\u202edcba')).toBe('abc␣dcba');
  expect(harmless('\u200b\u2066\ufeff')).toBe('␣␣␣');
  expect(harmless('<b>太字</b>')).toBe('<b>太字</b>');
  expect(harmless('👨‍⚕️👩🏽‍⚕️')).toBe('👨‍⚕️👩🏽‍⚕️');
  expect(harmless('血\u200d圧')).toBe('血␣圧');
});

test('dates are those of Japan, wherever the device thinks it is', () => {
  const evening = Date.UTC(2026, 10, 22, 14, 59) / 1000;
  expect(clock(evening, 'ja')).toBe('23:59');
  expect(day(evening, 'ja', evening)).toBe('11月22日(日)');
  expect(day(evening, 'ja', evening + 366 * 86400)).toBe('2026年11月22日(日)');
  expect(dayKey(evening)).not.toBe(dayKey(evening + 60));
  expect(brief(evening, 'ja', evening + 60)).toBe('昨日');
  expect(brief(evening, 'ja', evening + 3 * 86400)).toBe('11/22');
});

test('a birthday is told by the era, with the age on that day in Japan', () => {
  const before = Date.UTC(2026, 1, 27, 14, 59) / 1000;
  expect(birthday('1940-02-28', 'ja', before)).toBe('昭和15年2月28日（1940年）・85歳');
  expect(birthday('1940-02-28', 'ja', before + 60)).toBe('昭和15年2月28日（1940年）・86歳');
  expect(birthday('2019-05-01', 'ja', before)).toContain('令和元年5月1日');
});
