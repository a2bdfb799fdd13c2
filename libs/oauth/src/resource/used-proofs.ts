import { hash } from 'node:crypto';
import { SeenProofs, type DpopProof } from '#libs/dpop';
import type { SingleUses } from '../single-uses.ts';

/** Takes each DPoP proof once, whichever node it comes to. RFC 9449 section 11.1. */
export class UsedProofs {
  /** What came to this node before costs the store nothing. */
  readonly #seen = new SeenProofs();

  constructor(private readonly uses: SingleUses) {}

  /** False when the proof has been taken before. @param now seconds since 1970 */
  async take(profile: string, { thumbprint, jti, until }: DpopProof, now: number): Promise<boolean> {
    if (!this.#seen.take(thumbprint, jti, now)) return false;
    const named = hash('sha256', `${thumbprint}\n${jti}`, 'buffer');
    return this.uses.isFirst({ profile, kind: 'dpop-proof', hash: named, expiresAt: until });
  }
}
