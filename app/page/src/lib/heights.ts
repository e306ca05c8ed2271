// Where each of very many lines stands, when most have never been drawn. A tree of partial sums: finding a line and
// learning a height take some twenty steps for a hundred thousand lines.

export class Heights {
  private readonly known = new Map<number, number>();
  private sums: Float64Array;

  constructor(
    private count: number,
    private readonly guess: number,
  ) {
    this.sums = Heights.sums(count, () => guess);
  }

  private static sums(count: number, height: (line: number) => number): Float64Array {
    const sums = new Float64Array(count + 1);
    for (let at = 1; at <= count; at += 1) {
      sums[at] = (sums[at] ?? 0) + height(at - 1);
      const parent = at + (at & -at);
      if (parent <= count) sums[parent] = (sums[parent] ?? 0) + (sums[at] ?? 0);
    }
    return sums;
  }

  /** The height of a line, learnt or guessed. */
  of(line: number): number {
    return this.known.get(line) ?? this.guess;
  }

  /** There are so many lines now. */
  resize(count: number): void {
    if (count === this.count) return;
    for (const line of [...this.known.keys()]) if (line >= count) this.known.delete(line);
    this.count = count;
    this.sums = Heights.sums(count, (line) => this.of(line));
  }

  /** A line is this high. How much it grew. */
  learn(line: number, height: number): number {
    const grown = height - this.of(line);
    if (line >= this.count || grown === 0) return 0;
    this.known.set(line, height);
    for (let at = line + 1; at <= this.count; at += at & -at) this.sums[at] = (this.sums[at] ?? 0) + grown;
    return grown;
  }

  /** How far down a line begins. */
  top(line: number): number {
    let sum = 0;
    for (let at = Math.min(line, this.count); at > 0; at -= at & -at) sum += this.sums[at] ?? 0;
    return sum;
  }

  /** The height of all. */
  total(): number {
    return this.top(this.count);
  }

  /** The line that is `down` from the top. */
  at(down: number): number {
    let line = 0;
    let rest = down;
    let step = 1;
    while (step * 2 <= this.count) step *= 2;
    for (; step > 0; step = Math.floor(step / 2)) {
      const next = line + step;
      if (next <= this.count && (this.sums[next] ?? 0) <= rest) {
        line = next;
        rest -= this.sums[next] ?? 0;
      }
    }
    return Math.min(line, Math.max(0, this.count - 1));
  }
}
