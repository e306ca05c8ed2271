// Sizes of files, as short as they say something.

/** `340 KB`, `2.4 MB`. */
export function size(bytes: number): string {
  const kilo = Math.max(1, Math.round(bytes / 1024));
  return kilo < 1024 ? `${kilo} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}
