import { z } from 'zod';
import { FLOWS, type FlowId, type Origin, type Procedure } from '#libs/oauth';
import { shape } from './shape.ts';
import { description, id } from './values.ts';

/** What a version says about itself. */
export const versionNote = z.string().max(1024).meta({ description: 'What is new in the version, at most 1024 characters.' });

/** A flow, see `FLOWS`. */
export const flowId = z
  .enum(FLOWS.map((flow) => flow.id) as [FlowId, ...FlowId[]])
  .meta({ description: 'The flow it is for; fixed at creation.' });

/** A procedure as administrators write it; its text comes in versions. */
export const procedureBody = shape({
  flow: flowId,
  description: description.default(''),
}).meta({ description: 'JavaScript that answers a flow, in versions of which one is active.' });

export type ProcedureBody = z.output<typeof procedureBody>;

/** The same with the id, for where it does not come from the place. */
export const newProcedureBody = shape({ id, ...procedureBody.shape });

/** The entity that a body describes, before its first version. */
export function procedureOf(id: string, body: ProcedureBody, origin: Origin): Procedure {
  return { id, flow: body.flow, description: body.description, activeVersion: null, samples: [], origin };
}
