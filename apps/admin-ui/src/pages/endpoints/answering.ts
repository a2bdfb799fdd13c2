import { useAll } from '../../api/all.ts';
import { useEntity } from '../../api/entity.ts';
import type { Binding, Procedure } from '../../api/script-types.ts';
import type { Endpoint, Status } from '../../api/shapes.ts';
import { relative } from '../../components/time.tsx';

/** What answers a flow at an endpoint. */
export interface Answering {
  /** Null for the shipped default. */
  readonly binding: Binding | null;
  /** The version that runs: the pinned or the active one. */
  readonly version: number | null;
  /** Its procedure's active one. */
  readonly activeVersion: number | null;
  /** Sentences about what is wrong with it on the node that was asked. */
  readonly troubles: readonly string[];
}

/** Milliseconds; the sandbox's own clock. */
interface Quarantined {
  readonly program: string;
  readonly until: number;
  readonly reason: string;
}

/** Tells what answers the flows of endpoints of a profile. Undefined while it is read. */
export function useAnswering(of: string): ((endpoint: Endpoint, flow: string) => Answering) | undefined {
  const bindings = useAll<Binding>(`${of}/bindings`).data;
  const procedures = useAll<Procedure>('/procedures').data;
  const status = useEntity<Status>('/status').data?.data;
  if (bindings === undefined || procedures === undefined) return undefined;
  return (endpoint, flow) => {
    const binding = bindings.find((one) => one.endpoint === endpoint.id && one.flow === flow) ?? null;
    if (binding === null) return { binding, version: null, activeVersion: null, troubles: [] };
    const activeVersion = procedures.find(({ id }) => id === binding.procedure)?.activeVersion ?? null;
    const version = binding.version ?? activeVersion;
    return { binding, version, activeVersion, troubles: troublesOf(binding, version, status) };
  };
}

function troublesOf({ profile, flow, procedure }: Binding, version: number | null, status: Status | undefined): readonly string[] {
  if (version === null) return ['It has no active version, so that requests are refused. Activate one, or pin one here.'];
  const quarantined = ((status?.sandbox['quarantined'] ?? []) as readonly Quarantined[])
    .filter(({ program }) => program.startsWith(`${procedure}@${version}#`))
    .map(({ until, reason }) => `It is kept from running until ${new Date(until).toLocaleTimeString()}: ${reason}`);
  const faults = (status?.faults ?? [])
    .filter((fault) => fault.procedure === procedure && fault.version === version && fault.flow === flow && fault.profile === profile)
    .slice(0, 1)
    .map(({ at, message, line }) => `It failed ${relative(at)}${line === undefined ? '' : ` in line ${line}`}: ${message}`);
  return [...quarantined, ...faults];
}
