import { CommandedProcess } from '../commanded-process.mjs';

/** The load generator as the bench sees it. */
export class Generator extends CommandedProcess {
  /** @param {{ node: string, core: number | null }} where */
  constructor({ node, core }) {
    super({ name: 'the load generator', script: new URL('./generator.mjs', import.meta.url), node, core });
  }
}
