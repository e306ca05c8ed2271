import { expect, test } from 'vitest';
import { Heights } from '../src/lib/heights';

/** The same, slowly. */
class Slow {
  readonly all: number[];
  constructor(count: number, guess: number) {
    this.all = Array.from({ length: count }, () => guess);
  }
  top(line: number): number {
    return this.all.slice(0, line).reduce((sum, height) => sum + height, 0);
  }
  at(down: number): number {
    let line = 0;
    while (line < this.all.length - 1 && this.top(line + 1) <= down) line += 1;
    return line;
  }
}

test('lines stand where a plain sum says, whatever was learnt in which order', () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  for (const count of [1, 2, 7, 64, 100]) {
    const [fast, slow] = [new Heights(count, 50), new Slow(count, 50)];
    for (let round = 0; round < 200; round += 1) {
      const [line, height] = [random(count), 1 + random(300)];
      const before = slow.all[line] ?? 0;
      expect(fast.learn(line, height)).toBe(height - before);
      slow.all[line] = height;
      const down = random(count * 160);
      expect(fast.at(down)).toBe(slow.at(down));
      expect(fast.top(line)).toBe(slow.top(line));
    }
    expect(fast.total()).toBe(slow.top(count));
  }
});

test('what was learnt stays when lines are added', () => {
  const heights = new Heights(3, 10);
  heights.learn(1, 40);
  heights.resize(5);
  expect([heights.top(2), heights.total()]).toEqual([50, 80]);
  heights.resize(1);
  expect(heights.total()).toBe(10);
});

test('no lines at all stand nowhere', () => {
  const heights = new Heights(0, 10);
  expect([heights.at(100), heights.total(), heights.learn(0, 5)]).toEqual([0, 0, 0]);
});

test('a hundred thousand lines are found in few steps', () => {
  const heights = new Heights(100_000, 96);
  heights.learn(99_999, 200);
  expect(heights.at(heights.total() - 1)).toBe(99_999);
  expect(heights.at(50_000 * 96)).toBe(50_000);
});
