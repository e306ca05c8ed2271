// Texts of others are drawn as text, never as markup. Characters that turn the direction or hide are shown as what they
// are, so that nobody reads something else than was written.

// A joiner between two pictures makes one picture of them and hides nothing.
const HIDDEN =
  /[\u202a-\u202e\u2066-\u2069\u200b\u200c\u200e\u200f\u2060-\u2064\ufeff\u00ad]|(?<!\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]?)\u200d/gu;

/** The text with a visible mark for each character that would not be seen. */
export function harmless(text: string): string {
  return text.replace(HIDDEN, '\u2423');
}
