// What an urgent message sounds like: three pairs of tones, made here. Nothing is loaded, nothing is stored.

/** Seconds at which a tone begins, and its height. */
const TONES: readonly (readonly [number, number])[] = [0, 0.9, 1.8].flatMap((at) => [
  [at, 880] as const,
  [at + 0.25, 1_175] as const,
]);

/** Rings once. Where there is no sound, what rings is seen all the same. */
export function bell(): void {
  if (typeof AudioContext === 'undefined') return;
  const sound = new AudioContext();
  for (const [at, height] of TONES) {
    const tone = sound.createOscillator();
    const loud = sound.createGain();
    tone.frequency.value = height;
    loud.gain.setValueAtTime(0.0001, sound.currentTime + at);
    loud.gain.exponentialRampToValueAtTime(0.4, sound.currentTime + at + 0.03);
    loud.gain.exponentialRampToValueAtTime(0.0001, sound.currentTime + at + 0.22);
    tone.connect(loud).connect(sound.destination);
    tone.start(sound.currentTime + at);
    tone.stop(sound.currentTime + at + 0.25);
  }
  setTimeout(() => void sound.close(), 3_000);
}
