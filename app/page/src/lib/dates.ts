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
