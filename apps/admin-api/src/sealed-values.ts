import { KeySealError, type KeySealer } from '#libs/oauth';

/** Seals a text; what is stored is kept when it holds the same text, so that putting it again changes nothing. */
export async function sealedAgain(sealer: KeySealer, stored: string | null, text: string): Promise<string> {
  if (stored !== null && (await isSealOf(sealer, stored, text))) return stored;
  return sealer.sealText(text);
}

async function isSealOf(sealer: KeySealer, stored: string, text: string): Promise<boolean> {
  try {
    return (await sealer.openText(stored)) === text;
  } catch (error) {
    // Sealed under a key that is gone: it is sealed anew.
    if (error instanceof KeySealError) return false;
    throw error;
  }
}
