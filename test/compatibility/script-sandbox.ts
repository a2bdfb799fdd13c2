import { preludeSource, type Sandbox } from '#libs/oauth';
import { openSandbox } from '#libs/sandbox';

/** The sandbox of production with its prelude, patient: on a busy machine no script is judged by how long it waited. */
export function openScriptSandbox(): Promise<Sandbox> {
  return openSandbox({ prelude: preludeSource(), isolation: 'off', limits: { cpuMilliseconds: 2000, wallMilliseconds: 20_000 } });
}
