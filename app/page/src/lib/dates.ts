// Dates the Japanese way, always in Japan's time: everybody in the district reads the same clock.

import type { Language } from './words.svelte';

const ZONE = 'Asia/Tokyo';
const made = new Map<string, Intl.DateTimeFormat>();

function format(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options);
  const known = made.get(key);
  if (known) return known;
  const fresh = new Intl.DateTimeFormat(language === 'ja' ? 'ja-JP' : 'en-GB', { timeZone: ZONE, ...options });
  made.set(key, fresh);
  return fresh;
}

const at = (seconds: number) => new Date(seconds * 1000);

/** `14:05`. */
export function clock(seconds: number, language: Language): string {
  return format(language, { hour: '2-digit', minute: '2-digit', hour12: false }).format(at(seconds));
}

/** `2026年11月22日(日)`; without the year in the present one. */
export function day(seconds: number, language: Language, now: number): string {
  const year = format('ja', { year: 'numeric' });
  const same = year.format(at(seconds)) === year.format(at(now));
  const date: Intl.DateTimeFormatOptions = { month: 'long', day: 'numeric', weekday: 'short' };
  return format(language, same ? date : { year: 'numeric', ...date }).format(at(seconds));
}

/** Names the day in Japan: equal for two moments of one day. */
export function dayKey(seconds: number): string {
  return format('ja', { year: 'numeric', month: '2-digit', day: '2-digit' }).format(at(seconds));
}

/** As short as can be told apart: the hour today, `昨日`, else the day. */
export function brief(seconds: number, language: Language, now: number): string {
  if (dayKey(seconds) === dayKey(now)) return clock(seconds, language);
  if (dayKey(seconds) === dayKey(now - 24 * 3600)) return language === 'ja' ? '昨日' : 'yesterday';
  return format(language, { month: 'numeric', day: 'numeric' }).format(at(seconds));
}

/** Day and hour in full. */
export function moment(seconds: number, language: Language, now: number): string {
  return `${day(seconds, language, now)} ${clock(seconds, language)}`;
}

/** A day of the calendar (`2026-03-01`) as people write it. */
export function calendar(date: string, language: Language, now: number): string {
  const noon = Date.parse(`${date}T12:00:00+09:00`) / 1000;
  return Number.isNaN(noon) ? '' : day(noon, language, now);
}

/** Today in Japan, as a day of the calendar. */
export function today(now: number): string {
  return new Date((now + 9 * 3600) * 1000).toISOString().slice(0, 10);
}

/** What a person typed as a day, however: with full-width digits, `年月日`, strokes or points. Nothing if it is no day. */
export function typedDay(text: string): string | null {
  const plain = text.normalize('NFKC').trim();
  const match = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$/u.exec(plain);
  if (!match) return null;
  const [year, month, date] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const found = new Date(Date.UTC(year, month - 1, date));
  const same = found.getUTCMonth() === month - 1 && found.getUTCDate() === date;
  return same ? found.toISOString().slice(0, 10) : null;
}

/** A day of birth in the Japanese era, with the year and the age: `昭和15年2月29日（1940年）・86歳`. */
export function birthday(date: string, language: Language, now: number): string {
  const [year = 0, month = 1, dayOf = 1] = date.split('-').map(Number);
  const noon = Date.UTC(year, month - 1, dayOf, 3) / 1000;
  const part = (name: 'year' | 'month' | 'day') => Number(format('en', { [name]: 'numeric' }).format(at(now)));
  const before = part('month') * 100 + part('day') < month * 100 + dayOf;
  const age = part('year') - year - (before ? 1 : 0);
  if (language === 'en') {
    const text = format('en', { year: 'numeric', month: 'long', day: 'numeric' }).format(at(noon));
    return `${text}, aged ${age}`;
  }
  const era = new Intl.DateTimeFormat('ja-JP-u-ca-japanese', {
    timeZone: ZONE,
    era: 'long',
    year: 'numeric',
    month: 'long',
    day: 'numeric',
  });
  return `${era.format(at(noon))}（${year}年）・${age}歳`;
}
