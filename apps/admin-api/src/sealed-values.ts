import type { KeySealer } from '#libs/oauth';

/** Seals a text; what is stored is kept when it holds the same text, so that putting it again changes nothing. */
export async function sealedAgain(sealer: KeySealer, stored: string | null, text: string): Promise<string> {
  return stored !== null && (await sealer.holdsText(stored, text)) ? stored : sealer.sealText(text);
}
