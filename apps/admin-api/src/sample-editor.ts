import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { byName } from '#libs/configuration';
import { entityKey, MOST_SAMPLES, type FlowId, type ProcedureSample } from '#libs/oauth';
import { expectationShape, storedSampleShape } from '#libs/procedure-testing';
import { SERVICES, type AdminServices } from './admin-services.ts';
import type { sampleBody } from './bodies.ts';
import type { Edit } from './edit.ts';
import { Editor, existing } from './editor.ts';
import { notFound, Problem, type ProblemDetail } from './problem.ts';
import { sampleOfContext } from './sample-of-context.ts';
import { credentialsIn } from './sample-secrets.ts';

const UNSAVED = 'The sample was not saved.';

/** Saves samples of procedures. They decide nothing of what is answered, so who writes procedures may, whoever owns them. */
@Injectable()
export class SampleEditor {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly editor: Editor,
  ) {}

  /** @throws Problem `invalid-body` with all that is wrong, `too-many-samples` */
  async save(edit: Edit, procedure: string, name: string, body: z.output<typeof sampleBody>): Promise<ProcedureSample> {
    const sample = { name, description: body.description, sample: await this.#sample(procedure, body), expect: body.expect };
    const problems = [
      ...misfits(storedSampleShape, sample.sample, '/sample'),
      ...misfits(expectationShape, sample.expect, '/expect'),
      ...credentialsIn(sample.sample, '/sample'),
    ];
    if (problems.length > 0) throw new Problem('invalid-body', UNSAVED, { errors: problems });
    await this.#change(edit, procedure, 'procedure.save-sample', (samples) => {
      const others = samples.filter((one) => one.name !== name);
      if (others.length >= MOST_SAMPLES) throw new Problem('too-many-samples', `A procedure may have ${MOST_SAMPLES} samples.`);
      return [...others, sample].sort(byName);
    });
    return sample;
  }

  /** @throws Problem `not-found` */
  async delete(edit: Edit, procedure: string, name: string): Promise<void> {
    await this.#change(edit, procedure, 'procedure.delete-sample', (samples) => {
      if (!samples.some((one) => one.name === name)) throw notFound(`sample "${name}" of procedure "${procedure}"`);
      return samples.filter((one) => one.name !== name);
    });
  }

  async #change(
    { actor, preconditions }: Edit,
    id: string,
    action: string,
    change: (samples: readonly ProcedureSample[]) => readonly ProcedureSample[],
  ): Promise<void> {
    // It stays whose it is: a file that says nothing of samples leaves them.
    const edit = { actor, preconditions, takeOver: true, proposalNote: '' };
    await this.editor.update(edit, 'procedure', entityKey(id), (before) => ({ ...before, samples: change(before.samples) }), { action });
  }

  async #sample(id: string, { sample, context, profile }: z.output<typeof sampleBody>): Promise<Readonly<Record<string, unknown>>> {
    const { current } = this.services.configuration;
    const { flow } = existing('procedure', entityKey(id), current.get('procedure', entityKey(id)));
    const refuse = (pointer: string, message: string) => new Problem('invalid-body', UNSAVED, { errors: [{ pointer, message }] });
    if ((sample === undefined) === (context === undefined)) throw refuse('/sample', 'must have exactly one of "sample" and "context"');
    if (sample !== undefined) return sample;
    if (profile === undefined) throw refuse('/profile', 'must say where the context is looked up');
    const members = context as NonNullable<typeof context>;
    const found = await this.services.dryRunner.context({ profile, flow: flow as FlowId, program: { source: '' }, ...members } as never);
    return sampleOfContext(current, members, found, this.services.clock());
  }
}

function misfits(schema: z.ZodType, value: unknown, pointer: string): readonly ProblemDetail[] {
  const read = schema.safeParse(value, { reportInput: false });
  return read.success ? [] : read.error.issues.map(({ path, message }) => ({ pointer: [pointer, ...path].join('/'), message }));
}
