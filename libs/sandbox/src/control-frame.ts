import type { InFlight } from './sandbox-process.ts';

/** A frame that is not a run: configure, load, unload, check, trial. */
export class ControlFrame implements InFlight {
  readonly kind: number;
  readonly program: number;
  readonly spent = 0;
  /** Compiling and building isolates takes longer than a run may. */
  readonly patience: number;
  readonly #text: string;
  readonly #answered: (text: string) => void;

  constructor(kind: number, program: number, text: string, answered: (text: string) => void = () => undefined, patience = 3000) {
    this.kind = kind;
    this.program = program;
    this.#text = text;
    this.#answered = answered;
    this.patience = patience;
  }

  text(): string {
    return this.#text;
  }

  reply(text: string): void {
    this.#answered(text);
  }
}
