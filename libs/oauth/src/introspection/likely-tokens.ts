import type { Program } from '../procedures/sandbox.ts';
import type { PhantomToken } from './phantom-tokens.ts';

/** What a program asked an issuer for, and got, when it last introspected a token. */
export interface LikelyToken extends PhantomToken {
  /** Null for the presented data unchanged: whoever has the token at hand can make the text, and nobody needs to keep it. */
  readonly args: string | null;
}

/** Characters kept in one generation; two generations are kept. */
const GENERATION_CHARACTERS = 16_000_000;

/**
 * Expects what a procedure will ask for, so that its phantom token can be sent along with the run.
 *
 * That is the presented data unchanged, if it is what the program asked for with the token before: then the host signs ahead.
 * Else it is what the program asked for when it last saw this very token.
 */
export class LikelyTokens {
  #young = new Map<string, LikelyToken>();
  #old = new Map<string, LikelyToken>();
  #characters = 0;
  /** Programs that issued the presented data unchanged the last time they were watched. */
  readonly #passesDataOn = new Map<string, boolean>();

  /** @param token names the token and all that its phantom token depends on besides the program */
  known(program: Program, token: string): LikelyToken | undefined {
    const name = `${program.key}\n${token}`;
    const young = this.#young.get(name);
    if (young !== undefined) return young;
    const old = this.#old.get(name);
    if (old !== undefined) this.#keep(name, old);
    return old;
  }

  learn(program: Program, token: string, issued: LikelyToken): void {
    const passesOn = issued.args === null;
    // What is expected of the program anyhow need not be kept.
    if (passesOn && this.passesDataOn(program)) return;
    this.#passesDataOn.set(program.key, passesOn);
    this.#keep(`${program.key}\n${token}`, issued);
  }

  /** Whether the program has asked for any token. */
  isWatched(program: Program): boolean {
    return this.#passesDataOn.has(program.key);
  }

  passesDataOn(program: Program): boolean {
    return this.#passesDataOn.get(program.key) === true;
  }

  /** The program did not use what was signed ahead for it. */
  unlearn(program: Program): void {
    this.#passesDataOn.set(program.key, false);
  }

  #keep(name: string, issued: LikelyToken): void {
    this.#young.set(name, issued);
    this.#characters += name.length + (issued.args?.length ?? 0) + issued.jwt.length;
    if (this.#characters < GENERATION_CHARACTERS) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#characters = 0;
  }
}
