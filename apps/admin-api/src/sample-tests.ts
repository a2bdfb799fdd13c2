import { Inject, Injectable } from '@nestjs/common';
import {
  entityKey,
  programLibraryOf,
  type Configuration,
  type LibraryPin,
  type ProcedureSample,
  type FlowId,
  type SampleTest,
  type TestState,
  type VersionTests,
} from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';

/** After that many milliseconds no further sample is begun: an upload is waited for. */
const PATIENCE = 15_000;

/** A version to be tested, stored or not. */
export interface TestedVersion {
  readonly procedure: string;
  readonly script: string;
  readonly libraries: readonly LibraryPin[];
  readonly secrets: readonly string[];
}

/** Runs versions in the samples of their procedures. */
@Injectable()
export class SampleTests {
  constructor(@Inject(SERVICES) private readonly services: AdminServices) {}

  /** @param samples those of the procedure, at most `MOST_SAMPLES` */
  async run(
    configuration: Configuration,
    flow: string,
    version: TestedVersion,
    samples: readonly ProcedureSample[],
    by: string,
  ): Promise<VersionTests> {
    const { procedure, script, secrets } = version;
    const libraries = version.libraries.flatMap((pin) => {
      const stored = configuration.get('library-version', entityKey(pin.library, pin.version));
      return stored === undefined ? [] : [programLibraryOf(stored)];
    });
    const program = { procedure, flow: flow as FlowId, script, libraries, secrets };
    const until = performance.now() + PATIENCE;
    const ended: SampleTest[] = [];
    for (const sample of samples)
      ended.push(performance.now() < until ? await this.services.sampleRunner.run(program, sample) : late(sample.name));
    return { state: stateOf(ended), at: this.services.clock(), by, samples: ended };
  }
}

function late(name: string): SampleTest {
  return { name, state: 'not-run', problems: ['those before it took too long'], milliseconds: 0 };
}

/** One that fails decides; without any, or with one that could not run, nothing was shown. */
function stateOf(samples: readonly SampleTest[]): TestState {
  if (samples.some(({ state }) => state === 'failed')) return 'failed';
  return samples.length > 0 && samples.every(({ state }) => state === 'passed') ? 'passed' : 'not-run';
}
