import { z } from 'zod';
import type { Binding, Origin } from '#libs/oauth';
import { shape } from './shape.ts';
import { id } from './values.ts';

/** Which procedure answers a flow of an endpoint. */
export const bindingBody = shape({
  procedure: id.meta({ description: 'Id of a procedure of the same flow.' }),
  version: z.int().min(1).max(1_000_000).nullable().default(null).meta({ description: 'A pinned version; null for the active one.' }),
}).meta({ description: 'Which procedure answers a flow of an endpoint; without one the shipped default does.' });

export type BindingBody = z.output<typeof bindingBody>;

/** The entity that a body describes. */
export function bindingOf(profile: string, endpoint: string, flow: string, body: BindingBody, origin: Origin): Binding {
  return { profile, endpoint, flow, procedure: body.procedure, version: body.version, origin };
}
